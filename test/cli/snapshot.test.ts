/** The snapshot from which bin/livelookup starts where it asks no gateway, in a copy of the package. */
import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:https';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { makeAuthority } from '../support/certificates.ts';
import { temporaryFolderForAll } from '../support/temp.ts';
import { readLookup } from '../support/xml.ts';

const root = resolve(import.meta.dirname, '../..');
const folder = await temporaryFolderForAll();
const run = promisify(execFile);
const trusted = await makeAuthority(folder);
const copy = join(folder, 'package');
const built = join(copy, 'dist/livelookup');
/** Who answers when the snapshot is not for him. */
const without = join(copy, 'bin/livelookup-direct.cjs');

beforeAll(() => {
  mkdirSync(join(copy, 'dist'), { recursive: true });
  for (const name of ['bin', 'config', 'samples', 'package.json', 'dist/livelookup']) {
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  writeFileSync(without, "process.stdout.write('without')");
});

function make(): string {
  const script = 'require("./bin/make-snapshot.cjs").makeSnapshot()';
  return execFileSync(process.execPath, ['-p', script], { cwd: copy, encoding: 'utf8' });
}

function plainEnvironment() {
  const { NODE_OPTIONS: _, ...environment } = process.env;
  return environment;
}

function lookup(
  program = join(copy, 'bin/livelookup'),
  more: Record<string, string> = {},
  file = join(copy, 'config/gateway.yaml'),
) {
  const args = [`--config=${file}`, '--customer_id=1001', '--last_name', '--email'];
  return spawnSync(program, args, { env: { ...plainEnvironment(), ...more }, encoding: 'utf8' });
}

/** @param fields others than `customer_id` @returns a configuration with an adapter whose search is `find`; as a program of its own it says who it is */
function withAdapter(find: string, fields = ''): string {
  const module = `import { fork } from 'node:child_process';
    import { Console } from 'node:console';
    import * as z from ${JSON.stringify(import.meta.resolve('zod'))};
    process.send?.(' of the child');
    export default { name: 'own', title: 'Own', settings: z.strictObject({}),
      open: () => ({ parameters: [], check() {}, find: async () => { ${find} } }) };`;
  writeFileSync(join(folder, 'own.js'), module);
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const file = join(folder, 'own.yaml');
  const lookups = '{ default: { sources: [own], match: [customer_id], fields: { customer_id: id';
  const text = `server: { deadline: 20s }\nsources: { own: { adapter: ./own.js } }\nlookups: ${lookups}${fields} } } }\n`;
  writeFileSync(file, text);
  return file;
}

describe('the snapshot of bin/livelookup', () => {
  it('is not used in another folder than its own', () => {
    // It came with the copy.
    expect(lookup()).toMatchObject({ stdout: 'without', stderr: '' });
  });

  it('answers what the program answers without it, each time with a reference of its own', () => {
    expect(make()).toBe('undefined\n');
    const said = [lookup(), lookup(), lookup(join(root, 'bin/livelookup-direct.cjs'))];
    const [first, second, plain] = said.map(({ stdout }) => stdout);
    expect(first).toBe(plain);
    expect(second).toBe(plain);
    expect(readLookup(plain ?? '').customers).toMatchObject([{ last_name: 'Smith' }]);
    const references = said.map(({ stderr }) => /"reference":"(\w+)"/.exec(stderr)?.[1]);
    expect(new Set(references).size).toBe(3);
    // Links lead to it; today is today, and the environment that of the call.
    symlinkSync(copy, join(folder, 'link'));
    expect(lookup(join(folder, 'link/bin/livelookup'), { TZ: 'Asia/Tokyo' }).stdout).toBe(plain);
  });

  it('reads what there is now, also of the files that it was made with', () => {
    const people = join(copy, 'samples/customers.csv');
    writeFileSync(people, readFileSync(people, 'utf8').replace('Smith', 'Smythe'));
    expect(readLookup(lookup().stdout).customers).toMatchObject([{ last_name: 'Smythe' }]);
  });

  it('waits for a source for as long as it may, and ends with the shell that was started', async () => {
    // No timer is due before the deadline, and nothing else keeps the process.
    const file = withAdapter(`process.stderr.write('asked'); return new Promise(() => {});`);
    const shell = spawn(join(copy, 'bin/livelookup'), [`--config=${file}`, '--customer_id=1'], {
      env: plainEnvironment(),
    });
    const ended = once(shell, 'close');
    await once(shell.stderr, 'data');
    await wait(150);
    expect(shell.exitCode).toBeNull();
    shell.kill('SIGKILL');
    // The lookup has its outputs, too.
    await ended;
  });

  it('answers once, also when the program crashes behind its answer', () => {
    const file = withAdapter(`process.once('exit', () => process.kill(process.pid, 'SIGSEGV')); return [{ id: '1' }];`);
    const { stdout, status } = lookup(undefined, {}, file);
    expect([stdout.split('</livelookup>').length, status]).toEqual([2, 139]);
  });

  it('gives an adapter all of Node.js, and no process of his its own options', () => {
    const file = withAdapter(`
      const child = fork(new URL('own.js', import.meta.url));
      return new Promise((told) => child.once('message', (id) => told([{ id: typeof Console + id }])));`);
    expect(readLookup(lookup(undefined, {}, file).stdout).customers).toMatchObject([
      { customer_id: 'function of the child' },
    ]);
  });

  it('loads what it needs besides with the code cache of the build', () => {
    const part = join(built, readdirSync(built).find((name) => /^sanitise-\w+\.js$/.test(name)) ?? '');
    const file = withAdapter(
      `const { Script } = process.getBuiltinModule('node:vm'), { readFileSync } = process.getBuiltinModule('node:fs');
      const used = () => !new Script(readFileSync(${JSON.stringify(part)}, 'latin1'),
        { cachedData: readFileSync(${JSON.stringify(`${part}.cache`)}) }).cachedDataRejected;
      process.once('exit', () => process.stderr.write('used: ' + used()));
      return [{ id: '1' }];`,
      ', level: { html: "<b>{{id}}</b>" }',
    );
    expect(lookup(undefined, {}, file)).toMatchObject({
      stdout: expect.stringContaining('&lt;b&gt;1&lt;/b&gt;'),
      stderr: expect.stringContaining('used: true'),
    });
  });

  it('lets V8 optimize what a long lookup does', () => {
    const rows = Array.from({ length: 50_000 }, (_, id) => `${id},"Name, ${id}",p${id}@example.com\n`);
    writeFileSync(join(folder, 'many.csv'), `customer_id,last_name,email\n${rows.join('')}`);
    const file = join(folder, 'many.yaml');
    const lookups = '{ default: { sources: many, match: [customer_id] } }';
    writeFileSync(file, `sources: { many: { adapter: csv, file: many.csv } }\nlookups: ${lookups}\n`);
    // V8 takes a snapshot only with the options with which it was made.
    const traced = (...args: readonly string[]) =>
      spawnSync(process.execPath, ['--trace-opt', '--snapshot-blob', join(folder, 'traced'), ...args], {
        ...{ cwd: copy, env: plainEnvironment(), encoding: 'utf8', maxBuffer: 2 ** 24 },
      }).stdout;
    traced('--build-snapshot', 'bin/livelookup-snapshot.cjs');
    const said = traced('bin', `--config=${file}`, '--customer_id=49999');
    expect(said).toContain('<last_name>Name, 49999</last_name>');
    expect(said).toMatch(/completed optimizing .*target TURBOFAN/);
  });

  it('is made once for a build and a version of Node.js', () => {
    const before = readFileSync(join(built, 'snapshot.for'), 'utf8');
    expect(before).toContain(process.version);
    writeFileSync(join(built, 'snapshot.for'), before.replace(process.version, 'v1.0.0'));
    truncateSync(join(built, 'snapshot'), 100);
    expect(make()).toBe('undefined\n');
    expect(lookup().stdout).toContain('</livelookup>');
    // One that is spoilt is made anew.
    truncateSync(join(built, 'snapshot'), 100);
    expect(make()).toBe('undefined\n');
    expect(statSync(join(built, 'snapshot')).size).toBeGreaterThan(1_000_000);
  });

  it.each([
    ['with options of the environment', { NODE_OPTIONS: '--no-warnings' }, () => () => {}],
    ['of another build', {}, () => replaced('build', 'other\n')],
    ['that is spoilt', {}, () => replaced('snapshot', readFileSync(join(built, 'snapshot')).subarray(0, 3_000_000))],
    ['that is empty', {}, () => replaced('snapshot', '')],
  ])('is left out: one %s', (_name, environment: Record<string, string>, spoil) => {
    onTestFinished(spoil());
    expect(lookup(undefined, environment)).toMatchObject({ stdout: 'without', status: 0 });
  });
});

/** Sources whose systems are away, except two files: each adapter answers with words of its own. */
const ADAPTERS = `server: { deadline: 20s }
log: { level: error }
sources:
  files: { adapter: csv, file: people.csv }
  sqlite: { adapter: sqlite, file: ${JSON.stringify(resolve(root, 'samples/assets.db'))}, table: asset_overview }
  http: { adapter: http, url: 'http://127.0.0.1:9/people', query: { id: '{{customer_id}}' }, records: people }
  ldap: { adapter: ldap, url: 'ldap://127.0.0.1:9', baseDn: 'dc=example,dc=com', preset: openldap }
  mysql: { adapter: mysql, host: 127.0.0.1, port: 9, database: crm, user: reader, password: a-secret-of-clear-text, table: people }
  postgres: { adapter: postgres, host: 127.0.0.1, port: 9, database: crm, user: reader, password: a-secret-of-clear-text, table: people }
lookups:
  default: { sources: files, match: [customer_id, email], fields: { last_name: { value: '{{last_name}}!' } } }
  sqlite: { sources: sqlite, match: [customer_id], fields: { tag: asset_tag } }
  http: { sources: http, match: [customer_id] }
  ldap: { sources: ldap, match: [customer_id] }
  mysql: { sources: mysql, match: [customer_id] }
  postgres: { sources: postgres, match: [customer_id] }
`;

/** What is said, without what is of one moment. */
function said({ stdout, stderr, status }: ReturnType<typeof lookup>) {
  const text = `${stdout}${stderr}`.replaceAll(
    /"time":"[^"]*"|(?<="reference":"|\(ref )\w+|(?<="milliseconds":)\d+/g,
    '',
  );
  return { text, status };
}

describe('a lookup from the snapshot', () => {
  it('says of each shown adapter what is said without it', () => {
    expect(make()).toBe('undefined\n');
    writeFileSync(join(folder, 'people.csv'), 'customer_id,last_name,email\n1,Miller,m@example.com\n');
    const file = join(folder, 'adapters.yaml');
    writeFileSync(file, ADAPTERS);
    for (const one of ['default', 'sqlite', 'http', 'ldap', 'mysql', 'postgres', 'none']) {
      const args = [`--config=${file}`, `--lookup=${one}`, '--customer_id=1'];
      const answers = [join(root, 'bin/livelookup-direct.cjs'), join(copy, 'bin/livelookup')].map((program) =>
        said(spawnSync(program, args, { env: plainEnvironment(), encoding: 'utf8' })),
      );
      expect(answers[1]).toEqual(answers[0]);
      expect(answers[0]?.text).toMatch(/<\/livelookup>|<livelookup version="1.0"\/>/);
    }
  });
});

describe('the certificates of NODE_EXTRA_CA_CERTS', () => {
  const extra = { NODE_EXTRA_CA_CERTS: '/no/such/certificates.pem' };
  /** What Node.js says of them at a start that reads them. */
  const READ = 'Ignoring extra certs from `/no/such/certificates.pem`';

  /** @param source as it stands in the file @returns its configuration, with the variable in a field */
  function configured(source: string): string {
    const file = join(folder, 'certificates.yaml');
    const fields =
      '{ customer_id: customer_id, note: { value: "${NODE_EXTRA_CA_CERTS}${livelookup_certificates:-}" } }';
    writeFileSync(
      file,
      `sources: { people: ${source} }\nlookups: { default: { sources: people, match: [customer_id], fields: ${fields} } }\n`,
    );
    return file;
  }

  it('are not read for a lookup in files, which sees the variable as it is', () => {
    expect(make()).toBe('undefined\n');
    writeFileSync(join(folder, 'people.csv'), 'customer_id\n1001\n');
    const { stdout, stderr } = lookup(undefined, extra, configured('{ adapter: csv, file: people.csv }'));
    expect(stdout).toContain(extra.NODE_EXTRA_CA_CERTS);
    expect(stderr).not.toContain(READ);
    // What starts without the snapshot reads them, whatever is asked.
    expect(lookup(join(root, 'bin/livelookup-direct.cjs'), extra).stderr).toContain(READ);
  });

  it.each([
    ['at once', '{ adapter: http'],
    ['by a second start where that could not be guessed', '{ adapter:\n  http'],
  ])('are there for a system that is asked over TLS: %s', async (_name, source) => {
    const { certificate: cert, key, certificateFile } = await trusted.issue('people');
    const asked: string[] = [];
    const server = createServer({ cert, key }, ({ url = '' }, response) => {
      asked.push(url);
      response.setHeader('Content-Type', 'application/json').end('{ "people": [{ "customer_id": "1001" }] }');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const query = `query: { id: '{{customer_id}}' }, records: people }`;
    const file = configured(`${source}, url: 'https://127.0.0.1:${port}/people', ${query}`);
    const inherited = { ...plainEnvironment(), livelookup_certificates: 'of somebody else' };
    const env = { ...inherited, NODE_EXTRA_CA_CERTS: trusted.certificateFile };
    const args = [`--config=${file}`, '--customer_id=1001'];
    const { stdout, stderr } = await run(join(copy, 'bin/livelookup'), args, { env });
    expect(readLookup(stdout).customers).toMatchObject([{ customer_id: '1001', note: env.NODE_EXTRA_CA_CERTS }]);
    // Nothing was seen of the first start.
    expect([asked, stderr.trim().split('\n').length]).toEqual([['/people?id=1001'], 1]);
    // Another authority is not trusted: it is the variable that makes it so.
    const untrusted = { ...env, NODE_EXTRA_CA_CERTS: certificateFile };
    await expect(run(join(copy, 'bin/livelookup'), args, { env: untrusted })).rejects.toMatchObject({ code: 1 });
    expect(asked).toHaveLength(1);
  });

  it.each(['{ adapter: ./own.mjs }', '{ adapter:\n  ./own.mjs }'])(
    'are there for code of others, which runs once: %j',
    (source) => {
      writeFileSync(join(folder, 'own.mjs'), 'console.error(`imported with ${process.env.NODE_EXTRA_CA_CERTS}`);');
      const { stderr } = lookup(undefined, extra, configured(source));
      expect(stderr.match(/imported with .*/g)).toEqual([`imported with ${extra.NODE_EXTRA_CA_CERTS}`]);
      expect(stderr).toContain(READ);
    },
  );
});

/** Replaces a file of the build. @returns puts the right one back */
function replaced(name: string, content: string | Buffer): () => void {
  const file = join(built, name);
  renameSync(file, `${file}.kept`);
  writeFileSync(file, content);
  return () => {
    rmSync(file);
    renameSync(`${file}.kept`, file);
  };
}
