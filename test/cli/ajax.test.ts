import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runGateway } from '../../src/cli/main.ts';
import { temporaryFolderForAll } from '../support/temp.ts';
import { runCommand } from '../support/terminal.ts';

const folder = await temporaryFolderForAll();
const config = join(folder, 'gateway.yaml');

beforeAll(async () => {
  await writeFile(
    join(folder, 'codes.csv'),
    'customer_id,code,name\n1,S-1,Support\n1,S-2,Setup & more\n2,L-1,Łódź\u009b\n',
  );
  await writeFile(
    config,
    `sources:
  codes: { adapter: csv, file: codes.csv }
  gone: { adapter: csv, file: gone.csv, title: The archive }
lookups: { default: { sources: codes } }
ajax:
  codes:
    source: codes
    where: { customer_id: "{{sUserId}}" }
    search: { fields: [name], match: prefix }
    value: "{{code}}"
    description: "{{code}} {{name}}"
  latin:
    source: codes
    where: { customer_id: "{{sUserId}}" }
    value: "{{code}}"
    description: "{{name}}"
    encoding: latin1
  gone: { source: gone, where: { customer_id: "{{sUserId}}" }, value: "{{code}}" }
`,
  );
});

const run = (...args: readonly string[]) => runCommand(runGateway, ['ajax', `--config=${config}`, ...args]);

describe('helpspot-gateway ajax', () => {
  it('shows the list as a table', async () => {
    expect(await run('codes', 'sUserId=1')).toEqual({
      status: 0,
      stderr: '',
      stdout: 'VALUE  DESCRIPTION\nS-1    S-1 Support\nS-2    S-2 Setup & more\n',
    });
  });

  it('reads callingField as HelpSpot 5.x sends it, and as the manual has it', async () => {
    const wanted = 'VALUE  DESCRIPTION\nS-2    S-2 Setup & more\n';
    expect((await run('codes', 'sUserId=1', 'Custom9=set', 'callingField=Custom9')).stdout).toBe(wanted);
    expect((await run('codes', 'sUserId=1', 'callingField=set')).stdout).toBe(wanted);
  });

  it('shows what staff read when there is nothing to choose', async () => {
    const { status, stdout } = await run('codes', 'sUserId=1', 'callingField=nothing');
    expect(stdout).toContain('Nothing found for "nothing"');
    expect(status).toBe(0);
  });

  it('shows what is left of letters that HelpSpot 5.x cannot show, and no control character', async () => {
    expect((await run('latin', 'sUserId=2')).stdout).toBe('VALUE  DESCRIPTION\nL-1    Lódz\ufffd\n');
    const { stdout } = await run('latin', 'sUserId=2', '--json');
    expect(JSON.parse(stdout)).toEqual({
      reference: expect.any(String),
      options: [{ value: 'L-1', description: 'Lódz\u009b' }],
    });
    expect(stdout).not.toContain('\u009b');
  });

  it('--xml writes what HelpSpot would get, a failure too', async () => {
    expect((await run('codes', 'sUserId=1', 'callingField=sup', '--xml')).stdout).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><ajaxfield><option><value>S-1</value>' +
        '<description>S-1 Support</description></option></ajaxfield>',
    );
    const failed = await run('gone', 'sUserId=1', '--xml');
    expect(failed.status).toBe(1);
    expect(failed.stdout).toMatch(/<value\s*\/>|<value><\/value>/);
    expect(failed.stdout).toContain('The archive');
  });

  it('fails with status 1, in words for staff and for the administrator', async () => {
    const { status, stdout, stderr } = await run('gone', 'sUserId=1');
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^error: gone: a source failed: .*gone\.csv/);
    expect(stderr).toMatch(/^The archive .*\(ref \w+\)$/m);
    const json = await run('gone', 'sUserId=1', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ failure: { message: expect.stringContaining('The archive') } });
  });

  it('refuses a call that makes no sense, and a field that does not exist, with status 2', async () => {
    const nameless = await run('sUserId=1');
    expect(nameless.stderr).toContain('say which AJAX field is asked');
    expect(nameless.stderr).toContain('Usage: helpspot-gateway ajax NAME');
    expect(nameless.status).toBe(2);
    const unknown = await run('coeds', 'sUserId=1');
    expect(unknown.stderr).toMatch(/^There is no AJAX field "coeds"; did you mean "codes"\? \(ref \w+\)\n$/);
    expect(unknown.status).toBe(2);
  });

  it('answers on the embedded default', async () => {
    const { status, stdout } = await runCommand(runGateway, ['ajax', 'billing-codes', 'sUserId=1001']);
    expect(stdout.split('\n').length).toBeGreaterThan(3);
    expect(status).toBe(0);
  });
});
