/** What npm packs is whole: it serves by itself, and an adapter of other people is written, tested and configured with it alone. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { SQLITE_LIBRARY } from '../src/kit/sqlite/index.ts';
import { boundToUs } from './support/child.ts';
import { execOf, installPacked } from './support/packed.ts';
import { temporaryFolderForAll } from './support/temp.ts';
import { readLookup } from './support/xml.ts';

const root = resolve(import.meta.dirname, '..');
const folder = await temporaryFolderForAll();
// Apart: a library is also looked for in the folders above.
const elsewhere = await temporaryFolderForAll();
const gateway = ['node_modules/.bin/helpspot-gateway'];
let packed = '';

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

const config = (own: string) => `server: { port: 0, deadline: 10s }
sources:
  packaged: { adapter: "@acme/gateway-crm", file: people.json }
  own: { adapter: ${own}, file: contracts.json }
  away: { adapter: "@acme/gateway-crm", title: The third, file: nothing.json }
lookups:
  default: { sources: [packaged, own], match: [email], mergeBy: email }
  away: { sources: away, match: [email] }
`;

beforeAll(async () => {
  packed = await installPacked(folder);
  await write({
    'gateway-crm/package.json': JSON.stringify({
      name: '@acme/gateway-crm',
      type: 'module',
      exports: './dist/index.js',
    }),
    'gateway-crm/tsconfig.json': JSON.stringify({
      compilerOptions: {
        ...{ module: 'nodenext', target: 'es2023', types: ['node'], strict: true, declaration: true },
        ...{ rootDir: 'src', outDir: 'dist', exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
      },
      include: ['src'],
    }),
    'gateway-crm/src/doors.ts': `
import { type Adapter, SourceError } from 'helpspot-gateway/contract';
import { createHttpClient } from 'helpspot-gateway/kit/http';
import { quoteIdentifier } from 'helpspot-gateway/kit/sql';
import { shortLine } from 'helpspot-gateway/kit/text';
import { tlsOptions } from 'helpspot-gateway/kit/tls';
import { beforehand } from 'helpspot-gateway/kit/wait';
import { jsonPaths } from 'helpspot-gateway/kit/web';
import { describeAdapter } from 'helpspot-gateway/adapter-suite';
import adapter from './index.js';
const known: Adapter<typeof adapter.settings> = adapter;
// @ts-expect-error: were the types lost, this would be fine
export const wrong: number = new SourceError('timeout', 'no').kind;
export const doors = [known, createHttpClient, quoteIdentifier, shortLine, tlsOptions, beforehand, jsonPaths, describeAdapter];
`,
    'gateway-crm/suite.test.js': `
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { describeAdapter, suiteCustomers } from 'helpspot-gateway/adapter-suite';
import adapter from '@acme/gateway-crm';
const file = join(import.meta.dirname, 'suite.json');
writeFileSync(file, JSON.stringify(suiteCustomers));
describeAdapter({ name: 'acme', adapter, settings: () => ({ file }) });
`,
    'people.json': '[{ "email": "zoe@example.com", "first_name": "Zoë" }]',
    'contracts.json': '[{ "email": "zoe@example.com", "contract": "SC-1" }]',
    'gateway.yaml': config('./adapters/own.js'),
  });
  await copyFile(join(root, 'samples/adapter-template.ts'), join(folder, 'gateway-crm/src/index.ts'));
  await execOf(folder, ['node', 'node_modules/typescript/bin/tsc', '-p', 'gateway-crm']);
  await mkdir(join(folder, 'node_modules/@acme'));
  await symlink('../../gateway-crm', join(folder, 'node_modules/@acme/gateway-crm'));
  await mkdir(join(folder, 'adapters'));
  await copyFile(join(folder, 'gateway-crm/dist/index.js'), join(folder, 'adapters/own.js'));
});

describe('the package', () => {
  it('has what it runs with, and no more', async () => {
    const dist = await readdir(join(folder, 'node_modules/helpspot-gateway/dist'), { recursive: true });
    expect(dist.filter((name) => /\.map$|\.test\.|thread-tasks/.test(name))).toEqual([]);
    const alone = dist.filter((name) => /^(?:src|test)\/.*\.js$|^adapters/.test(name));
    expect(alone, 'modules that are in the bundles').toEqual([]);
    expect(await readdir(join(folder, 'node_modules/helpspot-gateway/docs'))).not.toContain('images');
    expect(await readdir(join(folder, 'node_modules/helpspot-gateway'))).toEqual([
      'LICENSE',
      'README.md',
      'bin',
      'config',
      'deploy',
      'dist',
      'docs',
      'package.json',
      'samples',
    ]);
  });

  it('serves the sample data', async () => {
    expect(await execOf(folder, [...gateway, 'lookup', 'default', 'last_name=mul'])).toContain('Müller');
    expect(
      await execOf(folder, [
        'node_modules/.bin/livelookup',
        '--config=node_modules/helpspot-gateway/config/gateway.yaml',
        '--last_name=mul',
      ]),
    ).toContain('Müller');
  });

  it('has its doors, and no others', async () => {
    const script = (names: readonly string[]) =>
      names.map((name) => `await import(${JSON.stringify(name)}).then(() => 'in', (e) => e.code)`).join(', ');
    const names = [
      '@acme/gateway-crm',
      'helpspot-gateway/kit/http',
      'helpspot-gateway/kit/sql',
      'helpspot-gateway/kit/web',
    ];
    const rooms = ['helpspot-gateway/kit/threads', 'helpspot-gateway/kit/sqlite'];
    const closed = ['helpspot-gateway', ...rooms, 'helpspot-gateway/dist/modules/src/contract/index.js'];
    const text = `console.log([${script([...names, ...closed])}].join())`;
    expect(await execOf(folder, ['node', '--input-type=module', '-e', text])).toBe(
      `${[...names.map(() => 'in'), ...closed.map(() => 'ERR_PACKAGE_PATH_NOT_EXPORTED')].join()}\n`,
    );
  });
});

describe('what the package says of the code of others', () => {
  const bill = z.object({
    bomFormat: z.literal('CycloneDX'),
    specVersion: z.enum(['1.5', '1.6', '1.7']),
    serialNumber: z.string().regex(/^urn:uuid:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/),
    version: z.int().min(1),
    metadata: z.object({
      timestamp: z.iso.datetime(),
      component: z.object({
        type: z.literal('application'),
        name: z.literal('helpspot-gateway'),
        'bom-ref': z.string(),
      }),
    }),
    components: z.array(
      z.object({
        ...{ type: z.literal('library'), 'bom-ref': z.string(), name: z.string(), version: z.string() },
        purl: z.string().startsWith('pkg:npm/'),
        properties: z.array(z.object({ name: z.string(), value: z.string() })),
      }),
    ),
    dependencies: z.array(z.object({ ref: z.string(), dependsOn: z.array(z.string()) })),
  });
  const read = async (name: string) => await readFile(join(folder, 'node_modules/helpspot-gateway/dist', name), 'utf8');

  it('lists what is in the bundles and what npm installs beside them, in CycloneDX', async () => {
    const { metadata, components, dependencies } = bill.parse(JSON.parse(await read('sbom.cdx.json')));
    const refs = components.map((component) => component['bom-ref']);
    expect(new Set(refs).size).toBe(refs.length);
    const known = [metadata.component['bom-ref'], ...refs];
    expect(dependencies.map(({ ref }) => ref).sort()).toEqual([...known].sort());
    expect(dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !known.includes(ref))).toEqual([]);
    const isMarked = ({ properties }: (typeof components)[number]) =>
      properties.some(({ name, value }) => name === 'cdx:npm:package:bundled' && value === 'true');
    const bundled = components.filter(isMarked).map(({ name }) => name);
    const beside = components.filter((component) => !isMarked(component)).map(({ name }) => name);
    expect(bundled).toEqual(expect.arrayContaining(['undici', 'tedious', 'zod', 'libphonenumber-js']));
    expect(beside).toEqual(expect.arrayContaining(['piscina', 'libsql', '@libsql/linux-x64-gnu']));
    for (const tool of ['vitest', 'typescript', 'esbuild', 'playwright-core']) expect(refs.join()).not.toContain(tool);
    const texts = await read('licences.txt');
    for (const name of bundled) expect(texts).toContain(`\n${name} `);
  });

  it('has only licences that ask for no more than their text', async () => {
    expect(await execOf(root, ['npm', 'run', '--silent', 'licences'])).toMatch(/\d+ libraries, 0 with a licence/);
    const licences = [
      'MIT',
      '(MIT OR GPL-3.0)',
      '(MIT AND Zlib)',
      'GPL-3.0',
      'MIT AND GPL-3.0',
      'SEE LICENSE IN X',
      'unknown',
    ];
    const text = `import { isAllowed } from './scripts/shipped.js'; console.log(${JSON.stringify(licences)}.map(isAllowed).join())`;
    expect(await execOf(root, ['node', '--input-type=module', '-e', text])).toBe(
      'true,true,true,false,false,false,false\n',
    );
  });
});

describe('an adapter package', () => {
  it('passes the suite where it is', async () => {
    const said = await execOf(folder, ['node', 'node_modules/vitest/vitest.mjs', 'run', '--root=gateway-crm']);
    expect(said).toMatch(/Tests.*34 passed.*3 skipped/);
  });

  it('is known to every command', async () => {
    const asked = async (...args: readonly string[]) =>
      await execOf(folder, [...gateway, ...args, '--config=gateway.yaml'], { mayFail: true });
    expect(await asked('lookup', 'default', 'email=zoe@example.com')).toMatch(/Zoë[\s\S]*SC-1/);
    expect(await asked('check')).toMatch(
      /packaged +template +\d+ ms +ok[\s\S]*own +template +\d+ ms +ok[\s\S]*away +template +.*cannot be read.*check "file"/,
    );
    const schema = await asked('schema');
    expect(schema).toContain('"const": "@acme/gateway-crm"');
    expect(schema).toContain('"const": "./adapters/own.js"');
  });

  it('is known to the command line of HelpSpot, which tells its failures as those of our own', async () => {
    const asked = async (...args: readonly string[]) =>
      readLookup(await execOf(folder, ['node_modules/.bin/livelookup', ...args], { mayFail: true }));
    expect((await asked('--config=gateway.yaml', '--email=zoe@example.com')).customers).toMatchObject([
      { first_name: 'Zoë', contract: 'SC-1' },
    ]);
    const [failed] = (await asked('--lookup=away', '--config=gateway.yaml', '--email=zoe@example.com')).customers;
    expect(failed?.['lookup_error']).toMatch(/^The third did not answer; try again in a minute/);
  });
});

describe('what new-adapter writes', () => {
  const home = join(folder, 'new');

  beforeAll(async () => {
    await mkdir(home);
    const made = (name: string, ...options: readonly string[]) =>
      execOf(home, [join(folder, ...gateway), 'new-adapter', name, ...options]);
    await made('acme-desk', '--push');
    await made('plain-desk');
    await made('acme-erp', '--sql', '--push');
    await made('plain-erp', '--sql');
    const names = ['acme-desk', 'plain-desk', 'acme-erp', 'plain-erp'];
    // As their own tsconfig.json has it, and stricter, all at once.
    await write({
      'new/tsconfig.json': JSON.stringify({
        extends: './acme-desk/tsconfig.json',
        compilerOptions: { noUnusedLocals: true, noUnusedParameters: true, rootDir: '.', outDir: '../compiled' },
        include: names.map((name) => `${name}/**/*.ts`),
      }),
    });
    await execOf(home, ['node', '../node_modules/typescript/bin/tsc', '-p', '.']);
    await cp(join(folder, 'compiled/acme-desk'), join(home, 'acme-desk/dist'), { recursive: true });
    await symlink('../new/acme-desk', join(folder, 'node_modules/gateway-acme-desk'));
  });

  it('passes its own tests', async () => {
    // As `npm test` runs it. Those for databases pass in test/samples/.
    const vitest = ['node', '../../node_modules/vitest/vitest.mjs', 'run', '--exclude=dist/**'];
    expect(await execOf(join(home, 'acme-desk'), vitest)).toMatch(/Test Files +2 passed \(2\)/);
  });

  it('is configured by the name of its package, found over HTTP and pushed to, also with a contract of its own', async () => {
    // Another copy of the package, in the place where npm puts it for another version.
    const own = join(home, 'acme-desk/node_modules');
    await cp(join(folder, 'node_modules/helpspot-gateway'), join(own, 'helpspot-gateway'), { recursive: true });
    const toy = spawn(...boundToUs(process.execPath, ['--input-type=module', '-e', TOY]), {
      cwd: join(folder, 'compiled/acme-desk'),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void toy.kill());
    const [line]: unknown[] = await once(toy.stdout, 'data');
    await write({
      'desk.yaml': `server: { port: 0, deadline: 10s }
sources:
  desk: { adapter: gateway-acme-desk, url: "http://127.0.0.1:${String(line).trim()}", token: toy-token-of-a-test }
  wrong: { adapter: gateway-acme-desk, url: "http://127.0.0.1:${String(line).trim()}", token: another }
lookups:
  default: { sources: desk, match: [email] }
  wrong: { sources: wrong, match: [email] }
push: { Desk: { source: desk } }
store: { file: desk.db }
`,
    });
    const served = await serve(join(folder, ...gateway), ['--config=desk.yaml'], folder);
    onTestFinished(() => served.end());
    const answer = async (path: string) => readLookup(await (await fetch(`${served.url}${path}`)).text());
    expect((await answer('/livelookup?email=zoe@example.co.uk')).customers).toMatchObject([{ last_name: 'Brontë' }]);
    // An error of the other copy is known for what it is.
    const [refused] = (await answer('/livelookup/wrong?email=zoe@example.co.uk')).customers;
    expect(refused?.['lookup_error']).toMatch(/^Acme desk refused the credentials of the gateway/);
    const pushed = await fetch(`${served.url}/push/Desk`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ xRequest: 12400, sTitle: 'Printer on fire' }),
    });
    expect(`${pushed.status} ${await pushed.text()}`).toMatch(/^200 .*70001/);
  });
});

/** The toy system of the template, with the customers of the suite; it says its port. */
const TOY = `
import { startSystem } from './test/system.js';
const { port } = await startSystem([{ customer_id: 'C1004', last_name: 'Brontë', email: 'zoe@example.co.uk' }]);
console.log(port);
`;

describe('served by the package', () => {
  let served: Served | undefined;
  let url = '';

  beforeAll(async () => {
    served = await serve(join(folder, ...gateway), ['--config=gateway.yaml'], folder);
    ({ url } = served);
  });
  afterAll(async () => served?.end());

  const ask = async (path: string) => readLookup(await (await fetch(`${url}${path}?email=zoe@example.com`)).text());

  it('answers over HTTP', async () => {
    expect((await ask('/livelookup')).customers).toMatchObject([{ first_name: 'Zoë', contract: 'SC-1' }]);
    const [failed] = (await ask('/livelookup/away')).customers;
    expect(failed?.['lookup_error']).toMatch(/^The third did not answer; try again in a minute/);
  });

  it('takes another adapter when the configuration names another', async () => {
    await write({
      'adapters/other.js': `import own from './own.js';
export default { ...own, open: () => ({ check: async () => {}, find: async () => [{ email: 'zoe@example.com', contract: 'SC-2' }] }) };`,
      'gateway.yaml': config('./adapters/other.js'),
    });
    let contract: unknown;
    for (let tries = 0; tries < 200 && contract !== 'SC-2'; tries += 1) {
      await delay(50);
      contract = (await ask('/livelookup')).customers[0]?.['contract'];
    }
    expect(contract).toBe('SC-2');
  });
});

describe('installed in an empty folder, without the library of SQLite', () => {
  // With --global npm installs what is optional whatever is omitted; no binary is for this processor.
  const prefix = join(elsewhere, 'empty');
  const command = join(prefix, 'bin/helpspot-gateway');
  const root = join(prefix, 'lib/node_modules/helpspot-gateway');

  beforeAll(async () => {
    const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--silent'];
    await execOf(elsewhere, ['npm', 'install', '--global', `--prefix=${prefix}`, '--cpu=none', ...quiet, packed]);
  });

  it('takes less than 40 MB', async () => {
    expect(await readdir(join(root, 'node_modules'))).not.toContain('libsql');
    const [kilobytes = ''] = (await execOf(folder, ['du', '-sk', prefix])).split('\t');
    expect(Number(kilobytes)).toBeLessThan(40_000);
  });

  it('serves the customers of the sample data, and looks them up', async () => {
    expect(await execOf(prefix, [command, '--version'])).toMatch(/^\d+\.\d+\.\d+\n$/);
    // Those in CSV files: the assets are a database.
    const own = join(prefix, 'customers.yaml');
    const file = JSON.stringify(join(root, 'samples/customers.csv'));
    await writeFile(
      own,
      `server: { port: 0 }
sources: { customers: { adapter: csv, file: ${file} } }
lookups: { default: { sources: customers, match: [{ last_name: prefix }] } }
`,
    );
    const served = await serve(command, [`--config=${own}`], prefix);
    try {
      const answer = await (await fetch(`${served.url}/livelookup?last_name=mul`)).text();
      expect(readLookup(answer).customers).toMatchObject([{ last_name: 'Müller' }]);
    } finally {
      await served.end();
    }
    const said = await execOf(prefix, [join(prefix, 'bin/livelookup'), `--config=${own}`, '--last_name=mul']);
    expect(readLookup(said).customers).toMatchObject([{ last_name: 'Müller' }]);
  });

  it('writes a large answer in a worker thread', async () => {
    const fields = Array.from({ length: 40 }, (_, at) => `field${at}`);
    const lines = Array.from({ length: 400 }, (_, at) => [at, 'Müller', ...fields].join());
    await writeFile(join(prefix, 'many.csv'), [['customer_id', 'last_name', ...fields].join(), ...lines].join('\n'));
    await writeFile(
      join(prefix, 'many.yaml'),
      `sources: { many: { adapter: csv, file: many.csv } }
lookups: { default: { sources: many, match: [last_name], limit: 400 } }
`,
    );
    const said = await execOf(prefix, [join(prefix, 'bin/livelookup'), '--config=many.yaml', '--last_name=mueller']);
    expect(readLookup(said).customers).toHaveLength(400);
  });

  it('has the libraries of the other adapters, and says what to install for SQLite, at check and at the start', async () => {
    await writeFile(
      join(prefix, 'gateway.yaml'),
      `sources:
  people: { adapter: ldap, preset: openldap, url: "ldap://127.0.0.1:1", baseDn: "dc=example,dc=com" }
  assets: { adapter: sqlite, file: assets.db, table: assets }
  hook: { adapter: webhook, url: "https://127.0.0.1:1/" }
lookups: { default: { sources: [people, assets], match: [email] } }
push: { Hook: { source: hook } }
audit: {}
`,
    );
    for (const of of ['check', 'serve']) {
      const said = await execOf(prefix, [command, of, '--config=gateway.yaml'], { mayFail: true, both: true });
      const lines = said.split('\n').filter((line) => line !== '');
      const keys = lines.map(
        (line) => /^gateway\.yaml:\d+:\d+ (\S+): the package libsql is not installed/.exec(line)?.[1],
      );
      expect(keys, said).toEqual(['sources.assets.file', 'push', 'audit']);
      expect(said).toContain(`run "npm install --global ${SQLITE_LIBRARY}"`);
    }
    await writeFile(
      join(prefix, 'people.yaml'),
      `sources:
  people: { adapter: ldap, preset: openldap, url: "ldap://127.0.0.1:1", baseDn: "dc=example,dc=com" }
lookups: { default: { sources: people, match: [email] } }
`,
    );
    const said = await execOf(prefix, [command, 'check', '--config=people.yaml'], { mayFail: true });
    expect(said).toMatch(/people +ldap +.*refused the connection/);
  });
});

/** A gateway that serves. */
interface Served {
  readonly url: string;
  end(): Promise<void>;
}

async function serve(program: string, args: readonly string[], cwd: string): Promise<Served> {
  let said = '';
  const child: ChildProcess = spawn(...boundToUs(program, ['serve', ...args]), { cwd });
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += chunk));
  const end = async () => {
    if (child.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  for (let tries = 0; tries < 800; tries += 1) {
    const url = /listening on (http:\S+)/.exec(said)?.[1];
    if (url !== undefined) return { url, end };
    await delay(25);
  }
  await end();
  throw new Error(`the gateway does not listen:\n${said}`);
}
