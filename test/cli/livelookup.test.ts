import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runLiveLookup } from '../../src/cli/livelookup.ts';
import { runCommand } from '../support/terminal.ts';
import { readLookup } from '../support/xml.ts';

const execute = promisify(execFile);
const packageRoot = resolve(import.meta.dirname, '../..');
let folder: string;
let config: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'livelookup-'));
  config = join(folder, 'gateway.yaml');
  await writeFile(
    join(folder, 'people.csv'),
    "customer_id,first_name,last_name,email,building\n1,Zoë,O'Brien,zoe@example.com,B7\n2,Bob,Jones,bob@example.com,A1\n",
  );
  await writeFile(
    config,
    `commandLine: { customFields: [3, 5] }
sources: { people: { adapter: csv, file: people.csv } }
lookups:
  default: { sources: people, match: [customer_id, email] }
  building: { sources: people, match: [{ building: { from: Custom5 } }] }
  desk: { sources: people, match: [{ building: { from: desk } }] }
`,
  );
});

afterAll(() => rm(folder, { recursive: true }));

const run = (args: readonly string[], environment: Record<string, string> = {}) =>
  runCommand(runLiveLookup, args, environment);

async function found(args: readonly string[]) {
  const { stdout } = await run([`--config=${config}`, ...args]);
  return readLookup(stdout).customers.map((customer) => customer['email']);
}

describe('bin/livelookup', () => {
  it('takes the named parameters of HelpSpot 5.3.0 and later', async () => {
    expect(await found(['--customer_id=2', '--first_name', '--last_name', '--email', '--phone'])).toEqual([
      'bob@example.com',
    ]);
    expect(await found(['--customer_id', '--email=ZOE@example.com', '--unknown=1', '--list[]=2'])).toEqual([
      'zoe@example.com',
    ]);
    expect(await found(['--email[]=zoe@example.com'])).toEqual(['zoe@example.com']);
    expect(await found(['--lookup=building', '--Custom5[]=B7'])).toEqual(['zoe@example.com']);
    expect(await found(['--lookup=desk', '--desk[0]=B7'])).toEqual(['zoe@example.com']);
    // The first of them may be what this lookup searches by.
    expect(await found(['--lookup=building', '--Custom5=B7', '--confg=x'])).toEqual(['zoe@example.com']);
  });

  it('takes the positions of older versions, custom fields included', async () => {
    expect(await found(['2', '', '', '', ''])).toEqual(['bob@example.com']);
    expect(await found(['--lookup=building', '', '', '', '', '', 'x', 'B7'])).toEqual(['zoe@example.com']);
  });

  it('says how many positions nobody has a name for', async () => {
    const { stderr } = await run([`--config=${config}`, '2', '', '', '', '', 'x', 'B7', 'y', 'z']);
    expect(JSON.parse(stderr.split('\n')[0] ?? '')).toMatchObject({ level: 'warn', ignored: 2 });
    const { stderr: none } = await run([`--config=${config}`, '2', '', '', '', '', 'x', 'B7']);
    expect(none).not.toContain('ignored');
  });

  it('reads 2,000 parameters, and tells staff and the log when there are more, as over HTTP', async () => {
    const asked = (most: number) => {
      const fields = Array.from({ length: most - 1 }, (_, field) => `--field${field}=1`);
      return run([`--config=${config}`, '--customer_id=2', ...fields, '--customer_id=1']);
    };
    const whole = await asked(1_999);
    expect(readLookup(whole.stdout).customers).toEqual([expect.objectContaining({ email: 'zoe@example.com' })]);
    expect(whole.stdout).not.toContain('more than 2000');
    const { stdout, stderr } = await asked(2_000);
    const notice = 'The call has more than 2000 fields, of which the gateway reads no more; tell your administrator';
    expect(readLookup(stdout).customers).toMatchObject([
      { email: 'bob@example.com', lookup_notice: expect.stringContaining(notice) },
    ]);
    expect(stderr).toContain('"read":2000');
  });

  it('takes its own options only in front of what HelpSpot adds', async () => {
    // A field of the request that is called "lookup" must not choose another lookup.
    expect(await found(['--customer_id=1', '--lookup=building'])).toEqual(['zoe@example.com']);
  });

  it.each([
    [['--confg=/etc/gateway.yaml', '--customer_id=1001'], 'did you mean --config=…?'],
    [['--Lookup=building', '--config=/etc/gateway.yaml', '--customer_id=1001'], 'write it before all of them'],
    [['--customer_id=1001', '--config', '/etc/gateway.yaml'], 'write it before all of them'],
    [['--customer_id=1001'], 'no configuration is named'],
    [['1001', '', '', '', ''], 'no configuration is named'],
    [[], 'no configuration is named'],
  ])('never answers %j with sample people', async (args, words) => {
    const { status, stdout, stderr } = await run(args);
    expect([status, stderr]).toEqual([1, expect.stringContaining(words)]);
    expect(Object.keys(readLookup(stdout).customers[0] ?? {})).toEqual(['lookup_error']);
  });

  it('refuses an option that it has not in front of what HelpSpot adds', async () => {
    const { status, stderr } = await run([`--config=${config}`, '--verbose', '--customer_id=1']);
    expect([status, stderr]).toEqual([1, expect.stringContaining('there is no option --verbose')]);
  });

  it.skipIf(process.platform !== 'linux').each([
    ["$'--last_name=M\\xfcller'", 'Müller'],
    ["$'--last_name=M\\xc3\\xbcller'", 'Müller'],
    ["'' '' $'M\\xfcller' '' ''", 'Müller'],
    ["'--first_name=Zoë' $'--last_name=\\x8akoda'", 'Škoda'],
    ["--customer_id $'--last_name=O\\x92Brien' --email", 'O’Brien'],
  ])('takes what an old HelpSpot sends in Windows-1252: %s', async (words, last_name) => {
    const file = join(folder, 'old.yaml');
    const people = 'last_name,first_name\nMüller,Jo\nŠkoda,Zoë\nO’Brien,Sinéad\n';
    await writeFile(join(folder, 'old.csv'), people);
    await writeFile(
      file,
      `sources: { people: { adapter: csv, file: old.csv } }
lookups: { default: { sources: people, match: [[first_name, last_name], last_name] } }
`,
    );
    const command = `"${join(packageRoot, 'bin/livelookup')}" "--config=${file}" ${words}`;
    const { stdout } = await execute('bash', ['-c', command]);
    expect(readLookup(stdout).customers).toMatchObject([{ last_name }]);
  });

  it('answers nobody with an empty list', async () => {
    const { status, stdout } = await run([`--config=${config}`, '--email=nobody@example.com']);
    expect(readLookup(stdout).customers).toEqual([]);
    expect(status).toBe(0);
  });

  it('answers XML for every mistake, with the reason on standard error', async () => {
    const missing = await run(['--config=/nowhere/gateway.yaml', '--customer_id=1']);
    expect(missing.status).toBe(1);
    expect(readLookup(missing.stdout).customers).toEqual([
      { lookup_error: expect.stringMatching(/not set up correctly; tell your administrator \(ref \w+\)/) },
    ]);
    expect(missing.stderr).toContain('/nowhere/gateway.yaml');
    expect(missing.stderr).not.toMatch(/\n\s+at /);
    const unknown = await run([`--config=${config}`, '--lookup=bilding', '--customer_id=1']);
    expect(readLookup(unknown.stdout).customers[0]?.['lookup_error']).toContain('did you mean');
  });

  it('reads only the lookup in hand and its sources', async () => {
    const partly = join(folder, 'partly.yaml');
    await writeFile(
      partly,
      `sources: { people: { adapter: csv, file: people.csv }, broken: { adapter: sqlite } }
lookups: { default: { sources: people, match: [email] }, other: { sources: broken } }
`,
    );
    const { status, stdout } = await run([`--config=${partly}`, '--email=bob@example.com']);
    expect(readLookup(stdout).customers).toHaveLength(1);
    expect(status).toBe(0);
    expect((await run([`--config=${partly}`, '--lookup=other'])).stderr).toContain('sources.broken');
  });

  it('finds its configuration by the environment', async () => {
    const { stdout } = await run(['--customer_id=1'], { GATEWAY_CONFIG: config });
    expect(readLookup(stdout).customers).toHaveLength(1);
  });

  it('says how it is used, and its version', async () => {
    expect((await run(['--help'])).stdout).toContain('Usage: livelookup [--lookup=NAME]');
    expect((await run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    // A field of the request may be called "help".
    expect((await run([`--config=${config}`, '--help', '--customer_id=1'])).stdout).toContain('<livelookup');
  });
});

describe('bin/livelookup, built', () => {
  it('works from another folder, through a symbolic link, with its code cache', async () => {
    const link = join(folder, 'lookup link');
    await symlink(join(packageRoot, 'bin/livelookup'), link);
    const { stdout, stderr } = await execute(link, [`--config=${config}`, '--customer_id=1'], { cwd: '/' });
    expect(readLookup(stdout).customers[0]).toMatchObject({ last_name: "O'Brien", first_name: 'Zoë' });
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it.each(['', 'O_NONBLOCK'])(
    'writes a whole answer to one who reads slowly, through a pipe that may not wait: %j',
    async (flag) => {
      const row = `,Zoë,Miller,zoe@example.com,${'x'.repeat(200)}\n`;
      const rows = Array.from({ length: 1_000 }, (_, index) => `${index}${row}`);
      await writeFile(join(folder, 'many.csv'), `customer_id,first_name,last_name,email,building\n${rows.join('')}`);
      const file = join(folder, 'many.yaml');
      const sources = '{ people: { adapter: csv, file: many.csv } }';
      await writeFile(
        file,
        `server: { deadline: 30s }\nsources: ${sources}\nlookups: { default: { sources: people, match: [email], limit: 1000 } }\n`,
      );
      const args = [`--config=${file}`, '--email=zoe@example.com'];
      const perl = `perl -MFcntl -e 'fcntl(STDOUT, F_SETFL, ${flag || '0'} | fcntl(STDOUT, F_GETFL, 0)); exec @ARGV'`;
      const command = `${perl} ${join(packageRoot, 'bin/livelookup')} ${args.join(' ')} | (sleep 1; cat)`;
      const { stdout } = await execute('sh', ['-c', command], { maxBuffer: 2 ** 24 });
      expect(stdout).toBe((await run(args)).stdout);
      // More than a pipe holds.
      expect(stdout.length).toBeGreaterThan(300_000);
    },
    60_000,
  );

  it.skipIf(!existsSync('/dev/full'))('gives one answer where nobody takes what is said beside it', async () => {
    const command = `"${join(packageRoot, 'bin/livelookup')}" "--config=${config}" --customer_id=1`;
    for (const line of [`${command} 2>/dev/full`, `NODE_OPTIONS=--no-warnings ${command} 2>/dev/full`]) {
      const { stdout } = await execute('sh', ['-c', line]);
      expect(readLookup(stdout).customers).toMatchObject([{ first_name: 'Zoë' }]);
    }
  });

  it.skipIf(!existsSync(join(packageRoot, 'dist/livelookup/snapshot')) || process.arch !== 'x64')(
    'says so where the machine lets no Node.js start, and takes nothing of a parent in Node.js',
    async () => {
      const command = `"${join(packageRoot, 'bin/livelookup')}" "--config=${config}" --customer_id=1`;
      const short = await execute('sh', ['-c', `ulimit -c 0; ulimit -v 600000; ${command} 2>/dev/null || true`]);
      expect(readLookup(short.stdout).customers).toEqual([
        { lookup_error: expect.stringMatching(/^Node\.js does not start; tell your administrator .* limits/) },
      ]);
      const { stdout } = await execute('sh', ['-c', `NODE_CHANNEL_FD=0 ${command} </dev/null`]);
      expect(readLookup(stdout).customers).toMatchObject([{ first_name: 'Zoë' }]);
    },
  );

  it('gives one answer where something breaks behind it', async () => {
    const late = `import * as z from ${JSON.stringify(join(packageRoot, 'node_modules/zod/index.js'))};
const records = Array.from({ length: 1000 }, (_, at) => ({ id: String(at), city: 'Bern', text: 'x'.repeat(300) }));
const look = () => { if (process.stdout.writableLength > 0) throw new Error('too late'); setTimeout(look, 2); };
const find = async () => { look(); return records; };
const open = () => ({ parameters: [], check() {}, find });
export default { name: 'late', title: 'Late', settings: z.strictObject({}), open };`;
    await writeFile(join(folder, 'late.js'), late);
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    const file = join(folder, 'late.yaml');
    const lookups = '{ default: { sources: [late], match: [{ city: { from: email } }], limit: 1000 } }';
    await writeFile(file, `sources: { late: { adapter: ./late.js } }\nlookups: ${lookups}\n`);
    const perl = `perl -MFcntl -e 'fcntl(STDOUT, F_SETFL, O_NONBLOCK | fcntl(STDOUT, F_GETFL, 0)); exec @ARGV'`;
    const command = `${perl} "${join(packageRoot, 'bin/livelookup')}" "--config=${file}" --email=Bern | (sleep 1; cat)`;
    const { stdout, stderr } = await execute('sh', ['-c', command], { maxBuffer: 2 ** 24 });
    expect(stderr).toContain('too late');
    expect(stdout.length).toBeGreaterThan(300_000);
    expect(readLookup(stdout).customers.length).toBeGreaterThan(900);
  });

  it('keeps secrets out of standard error, when loading fails and when everything does', async () => {
    await writeFile(
      join(folder, 'broken.js'),
      `import * as z from ${JSON.stringify(join(packageRoot, 'node_modules/zod/index.js'))};
const refuse = (token) => { if (token.startsWith('bad')) throw new TypeError('no ' + token); return token; };
export default {
  name: 'broken', title: 'Broken', settings: z.strictObject({ token: z.string().transform(refuse) }),
  open: ({ token }) => { setTimeout(() => { throw new Error('lost ' + token); }); return new Promise(() => undefined); },
};
`,
    );
    for (const [token, words] of [
      ['bad-s3cret-token', 'no ***'],
      ['good-s3cret-token', 'lost ***'],
    ]) {
      const file = join(folder, 'broken.yaml');
      const sources = `{ broken: { adapter: ./broken.js, token: "${token}" } }`;
      await writeFile(file, `sources: ${sources}\nlookups: { default: { sources: broken, match: [customer_id] } }\n`);
      const command = execute(join(packageRoot, 'bin/livelookup'), [`--config=${file}`, '--customer_id=1']);
      const { stdout, stderr } = await command.catch((error) => error);
      expect(readLookup(stdout).customers[0]).toHaveProperty('lookup_error');
      expect(stderr).toContain(words);
      expect(stdout + stderr).not.toContain('s3cret');
    }
  });

  it.each(['Mueller', 'mull', 'Müller', 'Strauss', 'Jorgensen'])(
    'finds %s as every other way of asking does',
    async (name) => {
      const args = [`--config=${packageRoot}/config/gateway.yaml`, `--last_name=${name}`];
      const built = await execute(join(packageRoot, 'bin/livelookup'), args);
      expect(readLookup(built.stdout)).toEqual(readLookup((await run(args)).stdout));
      expect(readLookup(built.stdout).customers.length).toBeGreaterThan(0);
    },
  );

  it.each([
    ['PATH', '/nowhere', 'Node.js was not found', 'node is not on the PATH'],
    ['NODE_OPTIONS', '--no-such-option', 'Node.js does not start', 'NODE_OPTIONS as this user has it'],
    ['NODE_OPTIONS', '--require=/nowhere.js', 'Node.js does not start', 'NODE_OPTIONS as this user has it'],
  ])('tells staff that Node.js cannot be started: %s=%s', async (name, value, words, log) => {
    const args = [join(packageRoot, 'bin/livelookup'), `--config=${config}`, '--customer_id=1'];
    const failed: unknown = await execute('/bin/sh', args, { env: { ...process.env, [name]: value } }).catch(
      (error) => error,
    );
    expect(failed).toMatchObject({ code: 70, stderr: expect.stringContaining(log) });
    const stdout = String(Reflect.get(Object(failed), 'stdout'));
    expect(readLookup(stdout).customers).toEqual([
      { lookup_error: expect.stringContaining(`${words}; tell your administrator`) },
    ]);
  });

  it('answers on the embedded default, when it is named', async () => {
    const { stdout } = await execute(
      join(packageRoot, 'bin/livelookup'),
      [`--config=${packageRoot}/config/gateway.yaml`, '--last_name=mul'],
      { cwd: '/' },
    );
    expect(readLookup(stdout).customers.length).toBeGreaterThan(0);
  });
});
