/** What npm packs is whole: it serves by itself, and an adapter of other people is written, tested and configured with it alone. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boundToUs } from './support/child.ts';
import { execOf, installPacked } from './support/packed.ts';
import { temporaryFolderForAll } from './support/temp.ts';
import { readLookup } from './support/xml.ts';

const root = resolve(import.meta.dirname, '..');
const folder = await temporaryFolderForAll();
const gateway = ['node_modules/.bin/helpspot-gateway'];

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
  await installPacked(folder);
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
    expect(await readdir(join(folder, 'node_modules/helpspot-gateway'))).toEqual([
      'LICENSE',
      'README.md',
      'bin',
      'config',
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
    const closed = ['helpspot-gateway', 'helpspot-gateway/kit/threads', 'helpspot-gateway/dist/src/contract/index.js'];
    const text = `console.log([${script([...names, ...closed])}].join())`;
    expect(await execOf(folder, ['node', '--input-type=module', '-e', text])).toBe(
      `${[...names.map(() => 'in'), ...closed.map(() => 'ERR_PACKAGE_PATH_NOT_EXPORTED')].join()}\n`,
    );
  });
});

describe('an adapter package', () => {
  it('passes the suite where it is', async () => {
    const said = await execOf(folder, ['node', 'node_modules/vitest/vitest.mjs', 'run', '--root=gateway-crm']);
    expect(said).toMatch(/Tests.*32 passed.*2 skipped/);
  });

  it('is known to every command', async () => {
    const asked = async (...args: readonly string[]) =>
      await execOf(folder, [...gateway, ...args, '--config=gateway.yaml'], { mayFail: true });
    expect(await asked('lookup', 'default', 'email=zoe@example.com')).toMatch(/Zoë[\s\S]*SC-1/);
    expect(await asked('check')).toMatch(
      /packaged +template +ok[\s\S]*own +template +ok[\s\S]*away +template +.*cannot be read.*check "file"/,
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

describe('served by the package', () => {
  let served: ChildProcess | undefined;
  let url = '';

  beforeAll(async () => {
    let said = '';
    const child = spawn(...boundToUs(join(folder, ...gateway), ['serve', '--config=gateway.yaml']), { cwd: folder });
    served = child;
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
    for (let tries = 0; tries < 800 && url === ''; tries += 1) {
      url = /listening on (http:\S+)/.exec(said)?.[1] ?? '';
      await delay(25);
    }
    if (url === '') throw new Error(`the gateway does not listen:\n${said}`);
  });
  afterAll(async () => {
    if (served === undefined || served.exitCode !== null) return;
    served.kill('SIGKILL');
    await once(served, 'exit');
  });

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
