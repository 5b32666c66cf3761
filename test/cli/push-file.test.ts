import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runGateway } from '../../src/cli/main.ts';
import { reasonOf } from '../support/packages.ts';
import { runPhp } from '../support/php-process.ts';
import { requirePhpCurl } from '../support/php-push.ts';
import { temporaryFolder } from '../support/temp.ts';
import { type CommandResult, runCommand } from '../support/terminal.ts';

const php = await requirePhpCurl();
const ONE_KEY = 'access: { keys: [{ name: front-desk, secret: "it\'s \\\\ a secret of some length" }] }';

interface Call {
  readonly server?: string;
  readonly access?: string;
  readonly args?: readonly string[];
}

/** Runs `push-file` with a configuration of two push targets. */
async function pushFile({ server = '{}', access = ONE_KEY, args = ['FogBugz'] }: Call = {}): Promise<CommandResult> {
  const config = join(await temporaryFolder(), 'gateway.yaml');
  const mail = '{ adapter: email, host: smtp.example.com, from: a@example.com, to: b@example.com }';
  const push = '{ FogBugz: { source: mail }, Bug_Tracker: { source: mail } }';
  const sources = `sources: { mail: ${mail}, people: { adapter: csv, file: people.csv } }`;
  const lookups = 'lookups: { default: { sources: [people] } }';
  await writeFile(config, `${[`server: ${server}`, access, sources, lookups, `push: ${push}`].join('\n')}\n`);
  return runCommand(runGateway, ['push-file', ...args, `--config=${config}`]);
}

describe('helpspot-gateway push-file', () => {
  it('prints the file with a place for the key, and says what to do with it', async () => {
    const { status, stdout, stderr } = await pushFile();
    expect(status).toBe(0);
    expect(stdout).toMatch(/^<\?php\n/);
    expect(stdout).toContain('class RequestPush_FogBugz\n');
    expect(stdout).toContain("GATEWAY = 'http://127.0.0.1:8787';");
    expect(stdout).toContain("KEY = 'PASTE-THE-KEY-HERE';");
    expect(stdout).toContain('TOTAL_SECONDS = 15;');
    expect(stdout + stderr).not.toContain('a secret');
    expect(stderr).toBe(
      "Save this as custom_code/RequestPush-FogBugz.php in HelpSpot's folder.\n" +
        'Put the secret of the key "front-desk" in place of PASTE-THE-KEY-HERE, or print the file with --with-key.\n',
    );
  });

  it('prints the key only when asked to', async () => {
    const { stdout, stderr } = await pushFile({ args: ['FogBugz', '--with-key'] });
    expect(stdout).toContain("KEY = 'it\\'s \\\\ a secret of some length';");
    expect(stderr).toContain('It holds the key: let only the account of the web server read it.');
    expect(stderr).not.toContain('a secret');
  });

  it('needs no key where the gateway wants none', async () => {
    const { stdout, stderr } = await pushFile({ access: '' });
    expect(stdout).toContain("KEY = '';");
    expect(stderr).not.toMatch(/key/i);
  });

  it('takes the key that is called helpspot, or the one that is named', async () => {
    const access =
      'access: { keys: [{ name: other, secret: other-secret-of-some-length }, { name: helpspot, secret: right-secret-of-some-length }] }';
    expect((await pushFile({ access, args: ['FogBugz', '--with-key'] })).stdout).toContain(
      "KEY = 'right-secret-of-some-length';",
    );
    const named = await pushFile({ access, args: ['FogBugz', '--with-key', '--key-name=other'] });
    expect(named.stdout).toContain("KEY = 'other-secret-of-some-length';");
    const unknown = await pushFile({ access, args: ['FogBugz', '--key-name=helpspt'] });
    expect(unknown).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining('did you mean "helpspot"?'),
    });
    const several =
      'access: { keys: [{ name: one, secret: one-secret-of-some-length }, { name: two, secret: two-secret-of-some-length }] }';
    expect(await pushFile({ access: several })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--key-name=NAME (one, two)'),
    });
    expect((await pushFile({ access: '', args: ['FogBugz', '--key-name=x'] })).stderr).toContain('there are no keys');
  });

  it.each([
    ['{ host: 0.0.0.0, port: 9000, deadline: 20s }', 'http://127.0.0.1:9000', 30],
    ['{ host: "::1" }', 'http://[::1]:8787', 15],
  ])('takes the address and the deadline of server: %s', async (server, address, seconds) => {
    const { stdout } = await pushFile({ server });
    expect(stdout).toContain(`GATEWAY = '${address}';`);
    expect(stdout).toContain(`TOTAL_SECONDS = ${seconds};`);
  });

  it('takes another address, and warns when it is in the clear', async () => {
    const safe = await pushFile({ args: ['FogBugz', '--url=https://gateway.example.com/gw/'] });
    expect(safe.stdout).toContain("GATEWAY = 'https://gateway.example.com/gw';");
    expect(safe.stderr).not.toContain('in the clear');
    const plain = await pushFile({ args: ['FogBugz', '--url=http://gateway.example.com'] });
    expect(plain.stderr).toContain('go over the network in the clear');
    const wrong = await pushFile({ args: ['FogBugz', '--url=https://helpspot:KEY@gateway.example.com'] });
    expect(wrong).toMatchObject({ status: 2, stdout: '' });
    expect(wrong.stderr).not.toContain('KEY@');
  });

  it.each([
    [[], 2, 'say for which push target'],
    [['FogBugz', 'Mantis'], 2, 'takes one name, and no "Mantis"'],
    [['FogBgz'], 1, 'has no push target "FogBgz"; did you mean "FogBugz"?'],
    [['Bug-Tracker'], 1, 'no class can have a dash in its name; write Bug_Tracker'],
    [['Bug Tracker'], 1, 'only letters'],
    [['base'], 1, 'template that comes with HelpSpot'],
    [['FogBugz', '--with-kee'], 2, 'did you mean "--with-key"?'],
  ])('refuses %j', async (args, status, words) => {
    const result = await pushFile({ args });
    expect(result).toMatchObject({ status, stdout: '', stderr: expect.stringContaining(words) });
  });

  it('explains itself', async () => {
    const { stdout } = await runCommand(runGateway, ['push-file', '--help']);
    expect(stdout).toContain('Usage: helpspot-gateway push-file NAME');
    expect(stdout).toContain('--key-name=KEY');
  });

  it.skipIf(!php.ok)(`prints what PHP takes${reasonOf(php)}`, async () => {
    if (!php.ok) return;
    const file = join(await temporaryFolder(), 'RequestPush-FogBugz.php');
    await writeFile(file, (await pushFile({ args: ['FogBugz', '--with-key'] })).stdout);
    expect(await runPhp(php.path, ['-l', file])).toContain('No syntax errors detected');
  });
});
