import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { runGateway } from '../../src/cli/main.ts';
import { typedProgram } from '../../src/cli/terminal.ts';
import { runCommand } from '../support/terminal.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gateway-cli-'));
});

afterAll(() => rm(folder, { recursive: true }));

const run = (args: readonly string[], environment: Record<string, string> = {}) =>
  runCommand(runGateway, args, environment);

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

describe('helpspot-gateway', () => {
  it('ends in silence when whoever reads has had enough', async () => {
    const command = resolve(import.meta.dirname, '../../bin/helpspot-gateway');
    const piped = `set -o pipefail; "${process.execPath}" "${command}" schema | head -c 1`;
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', piped], { timeout: 60_000 });
    expect([stdout, stderr]).toEqual(['{', '']);
  });

  it.skipIf(!existsSync('/dev/full'))('says in one line that its output cannot be written', async () => {
    const command = resolve(import.meta.dirname, '../../bin/helpspot-gateway');
    const full = `"${process.execPath}" "${command}" schema > /dev/full`;
    const failed = promisify(execFile)('bash', ['-c', full], { timeout: 20_000 });
    await expect(failed).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^the output cannot be written: ENOSPC.*\n$/),
    });
  });

  it('says so where its folder has been removed, and goes on where it needs none', async () => {
    const command = resolve(import.meta.dirname, '../../bin/helpspot-gateway');
    const gone = `mkdir "${folder}/gone" && cd "${folder}/gone" && rmdir ../gone`;
    const line = `${gone}; "${command}" --version; "${command}" check --config=x.yaml 2>&1`;
    const failed = promisify(execFile)('bash', ['-c', line], { timeout: 20_000 });
    await expect(failed).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^[\d.]+\nthe folder in which this was started has been removed; [^\n]+\n$/),
    });
  });

  it('says how it is used, and its version', async () => {
    expect((await run(['--help'])).stdout).toContain('Usage: helpspot-gateway COMMAND');
    expect((await run(['check', '--help'])).stdout).toContain('Usage: helpspot-gateway check [options]');
    expect((await run(['-h', 'lookup'])).stdout).toContain(
      'Usage: helpspot-gateway lookup NAME PARAMETER=VALUE … [options]',
    );
    expect(await run(['-v'])).toEqual(await run(['--version', 'check']));
    expect(await run(['--version'])).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  it('takes help for a command as well', async () => {
    expect(await run(['help'])).toEqual(await run(['--help']));
    expect(await run(['help', 'help'])).toEqual(await run(['--help']));
    expect(await run(['help', 'audit', '--json'])).toEqual(await run(['audit', '--help']));
  });

  it.each([
    [[], 'say which command'],
    [['chek'], 'no command "chek"; did you mean "check"?'],
    [['nonsense'], 'no command "nonsense"\n'],
    [['help', 'chek'], 'no command "chek"; did you mean "check"?'],
    [['hlep'], 'no command "hlep"; did you mean "help"?'],
    [['nonsense', '--json'], 'no command "nonsense"\n'],
    [['--json'], 'say which command'],
    [['constructor'], 'no command "constructor"'],
    [['check', 'extra'], 'check takes no argument "extra"'],
    [['--confg=x'], 'there is no option "--confg"; did you mean "--config"?'],
    [['check', '--confg=x'], 'check has no option "--confg"; did you mean "--config"?'],
    [['check', '-x'], 'check has no option "-x"; its options are --config, --help, --version'],
    [['check', '--as=admin'], 'check has no option "--as"'],
    [['check', '--config'], '--config needs a value; write --config=FILE'],
    [['check', '--config='], '--config needs a value'],
    [['check', '--', '--config=x'], 'check takes no argument "--config=x"'],
    [['--', 'check'], 'say which command'],
    [['--constructor'], 'no option "--constructor"'],
    [['check', '--help=yes'], '--help takes no value'],
  ])('refuses %j', async (args, words) => {
    const { status, stderr } = await run(args);
    expect(status).toBe(2);
    expect(stderr).toContain(words);
    expect(stderr).toContain('Usage: helpspot-gateway ');
  });

  it('says how every command is called, in its own help and in the list', async () => {
    const { stdout } = await run(['--help']);
    for (const [name, command] of Object.entries(commands)) {
      expect(stdout).toContain(`  ${name}`);
      const own = (await run([name, '--help'])).stdout;
      expect(own).toContain(command.summary);
      for (const option of Object.keys(command.options ?? {})) expect(own).toContain(`--${option}`);
    }
  });

  it('gives no name of an option two meanings, but for one: options may stand before their command', async () => {
    const kinds = new Map<string, boolean>();
    for (const { options = {} } of Object.values(commands)) {
      for (const [name, { value }] of Object.entries(options)) {
        // A file for `init`, a form for `audit`: both are what everybody tries first.
        if (name === 'csv') continue;
        expect(kinds.get(name) ?? value !== undefined, name).toBe(value !== undefined);
        kinds.set(name, value !== undefined);
      }
    }
    expect((await run(['init', '--yes', '--out=x', '--csv', 'gone.csv'])).stderr).toContain('gone.csv does not exist');
    expect((await run(['--csv=gone.csv', 'init', '--yes', '--out=x'])).stderr).toContain('gone.csv does not exist');
    expect((await run(['audit', '--csv', '--limit', 'x'])).stderr).toContain('--limit');
    expect((await run(['--csv', 'audit', '--limit', 'x'])).stderr).toContain('--limit');
    expect((await run(['--as', 'admin', 'lookup', 'default', 'customer_id=1001'])).stdout).toContain('price_band:');
  });
});

describe('helpspot-gateway check', () => {
  it('says that the embedded default works', async () => {
    const { status, stdout, stderr } = await run(['check']);
    expect(stderr).toMatch(/^note: that was of the sample [^\n]*\n$/);
    expect(stdout).toMatch(/^SOURCE +ADAPTER +TIME +RESULT\n(\w+ +\w+ +\d+ ms +ok\n)+$/);
    expect(status).toBe(0);
  });

  it('names what is wrong and how to mend it', async () => {
    await file('good.csv', 'customer_id\n1\n');
    const config = await file(
      'missing.yaml',
      `sources: { good: { adapter: csv, file: good.csv }, gone: { adapter: csv, file: gone.csv } }
lookups: { default: { sources: [good, gone] } }
`,
    );
    const { status, stdout } = await run(['check', `--config=${config}`]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/good +csv +\d+ ms +ok/);
    expect(stdout).toMatch(/gone +csv +\d+ ms +.*gone\.csv/);
  });

  it('reports every mistake of the configuration at once, without a stack trace', async () => {
    const config = await file('wrong.yaml', 'sources: { a: { adapter: cvs } }\nlookups: { default: { sorces: a } }\n');
    const { status, stderr } = await run(['check', `--config=${config}`]);
    expect(status).toBe(1);
    expect(stderr).toContain(`${config}:1:`);
    expect(stderr).toContain(`${config}:2:`);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

describe('a mistake that is told', () => {
  it('moves nothing on the terminal', async () => {
    const { status, stderr } = await run(['check', '--config=/nope\u001b[31m']);
    expect(status).toBe(1);
    expect(stderr).toContain('/nope\ufffd[31m');
    expect(stderr).not.toContain('\u001b');
    const config = await file('two.yaml', 'log: { level: loud }\nserver: { port: -1 }\n');
    expect((await run(['check', `--config=${config}`])).stderr.trim().split('\n').length).toBeGreaterThan(1);
  });
});

it('what a person types for the program is what can be pasted where they are', () => {
  const typed = (script: string | undefined, folder = '/srv') =>
    typedProgram(script, '/usr/bin:/usr/local/bin', folder);
  expect(typed('/usr/local/bin/helpspot-gateway')).toBe('helpspot-gateway');
  expect(typed('/opt/gateway/bin/helpspot-gateway', '/opt/gateway')).toBe('bin/helpspot-gateway');
  expect(typed('/opt/gateway/bin/helpspot-gateway', '/opt/gateway/bin')).toBe('./helpspot-gateway');
  expect(typed('/opt/the gateway/bin/helpspot-gateway')).toBe("'/opt/the gateway/bin/helpspot-gateway'");
  expect([typed(undefined), typed('/opt/other')]).toEqual(['helpspot-gateway', 'helpspot-gateway']);
});

describe('helpspot-gateway schema', () => {
  it('prints a JSON Schema that knows the adapters', async () => {
    const { stdout } = await run(['schema']);
    const schema: unknown = JSON.parse(stdout);
    expect(schema).toHaveProperty('$schema');
    expect(JSON.stringify(schema)).toContain('sqlite');
  });
});
