import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { runGateway } from '../../src/cli/main.ts';
import { temporaryFolderForAll } from '../support/temp.ts';
import { runCommand } from '../support/terminal.ts';
import { readLookup } from '../support/xml.ts';

const folder = await temporaryFolderForAll();
const config = join(folder, 'gateway.yaml');

beforeAll(async () => {
  await writeFile(
    join(folder, 'people.csv'),
    'customer_id,first_name,last_name,email,company,band,note\n' +
      `1,Zoë,O'Brien,zoe@example.com,Smith & Co,A,"one\ntwo"\n` +
      "2,太郎,O'Hara,taro@example.jp,株式会社山田,B,\n" +
      '3,Eve,Evil,eve@example.com,\u009b2J\u202eevil,C,\n',
  );
  await writeFile(
    config,
    `sources:
  people: { adapter: csv, file: people.csv }
  gone: { adapter: csv, file: gone.csv, title: The archive }
lookups:
  default:
    sources: people
    match: [customer_id, email, [first_name, last_name], { last_name: prefix }]
    columns: [first_name, last_name, organization]
    fields:
      organization: company
      note: { html: "<p>{{note}}</p>" }
      crm: { link: "https://crm.example.com/{{customer_id}}", text: Open }
      band: { from: band, visibleTo: [admin, level-2] }
  plain: { sources: people, match: [{ last_name: prefix }] }
  custom: { sources: people, match: [{ customer_id: { from: Custom7 } }] }
  words: { sources: people, match: [email, { words: [first_name, last_name] }] }
  few: { sources: people, match: [{ email: contains }], limit: 2 }
  gone: { sources: gone, match: [email] }
  partly: { sources: [people, gone], match: [customer_id] }
`,
  );
});

const run = (...args: readonly string[]) => runCommand(runGateway, ['lookup', `--config=${config}`, ...args]);

describe('helpspot-gateway lookup', () => {
  it('shows one customer as a list, HTML as text and where links lead', async () => {
    expect(await run('default', 'email=ZOE@example.com')).toEqual({
      status: 0,
      stderr: '',
      stdout: `customer_id:   1
first_name:    Zoë
last_name:     O'Brien
email:         zoe@example.com
organization:  Smith & Co
note:          one two
crm:           Open (https://crm.example.com/1)
`,
    });
  });

  it('shows several as a table with the columns of the lookup, or else those of HelpSpot', async () => {
    expect((await run('default', "last_name=o'")).stdout).toBe(`first_name  last_name  organization
Zoë         O'Brien    Smith & Co
太郎        O'Hara     株式会社山田

2 customers
`);
    expect((await run('plain', "last_name=o'")).stdout).toContain('customer_id  first_name  last_name  email\n');
  });

  it('says that nobody was found, and what can be searched when nothing was', async () => {
    expect(await run('default', 'email=nobody@example.com')).toEqual({
      status: 0,
      stderr: '',
      stdout: 'Nobody was found.\n',
    });
    const { status, stderr } = await run('default', 'mail=zoe@example.com', 'first_name=Zoë');
    expect(status).toBe(0);
    expect(stderr).toBe(
      'note: nothing was searched; default takes customer_id, email, first_name with last_name, last_name\n',
    );
    expect((await run('words', 'mail=zoe@example.com')).stderr).toContain('takes email, first_name or last_name\n');
  });

  it('shows what staff of a level see', async () => {
    const band = async (...more: readonly string[]) =>
      /^band: +(\w+)$/m.exec((await run('default', 'customer_id=1', ...more)).stdout)?.[1];
    expect(await band()).toBeUndefined();
    expect(await band('--as=admin')).toBe('A');
    expect(await band('--as', 'level-2')).toBe('A');
    expect(await band('--as=help-desk')).toBeUndefined();
    expect(await band('--as=guest')).toBeUndefined();
    // The option has the last word.
    expect(await band('acting_person_fusertype=1', '--as=guest')).toBeUndefined();
  });

  it('takes parameters as HelpSpot writes them after "--", and all the rest of its names', async () => {
    const { stdout } = await run('default', '--', '--customer_id=2', '--first_name', '--email=', '--xml');
    expect(stdout).toContain("O'Hara");
    expect((await run('custom', 'Custom7=1')).stdout).toContain('zoe@example.com');
    expect((await run('custom', 'Custom7=a=b')).stdout).toBe('Nobody was found.\n');
    expect((await run('custom', 'Custom7=1', '__proto__=x', 'constructor=y')).stdout).toContain('zoe@example.com');
  });

  it('--xml writes what HelpSpot would get, a failure too', async () => {
    const { stdout } = await run('default', 'customer_id=1', '--xml');
    expect(readLookup(stdout).customers).toEqual([
      expect.objectContaining({ organization: 'Smith &amp; Co', note: '<p>one\ntwo</p>' }),
    ]);
    const failed = await run('gone', 'email=x', '--xml');
    expect(failed.status).toBe(1);
    expect(readLookup(failed.stdout).customers[0]?.['lookup_error']).toContain('The archive');
  });

  it('--json writes the same for programs', async () => {
    const { stdout } = await run('default', 'customer_id=1', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      reference: expect.stringMatching(/^\w+$/),
      columns: ['first_name', 'last_name', 'organization'],
      customers: [{ customer_id: '1', organization: 'Smith & Co' }],
      notices: [],
    });
    const failed = await run('gone', 'email=x', '--json');
    expect(failed.status).toBe(1);
    expect(JSON.parse(failed.stdout)).toMatchObject({ failure: { status: expect.any(Number) } });
  });

  it('fails with status 1, in words for staff and for the administrator', async () => {
    const { status, stdout, stderr } = await run('gone', 'email=x');
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^error: gone: a source failed: .*gone\.csv/);
    expect(stderr).toMatch(/^The archive .*\(ref \w+\)$/m);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('says what is missing of an answer that is otherwise good', async () => {
    const partly = await run('partly', 'customer_id=1');
    expect(partly.status).toBe(0);
    expect(partly.stdout).toContain('zoe@example.com');
    expect(partly.stderr).toMatch(/^note: The archive /m);
    const few = await run('few', 'email=example');
    expect(few.stderr).toBe('note: Only the first 2 matches are shown; fill in more fields to narrow the search\n');
    expect(few.stdout).toContain('2 customers');
  });

  it('lets nothing of the data reach the terminal but text', async () => {
    for (const format of [[], ['--json']]) {
      const { stdout } = await run('default', 'customer_id=3', ...format);
      expect(stdout).toContain('evil');
      expect(stdout).not.toMatch(/[^\n\P{C}]/u);
    }
    const json = await run('default', 'customer_id=3', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ customers: [{ organization: '\u009b2J\u202eevil' }] });
    expect((await run('\u001b[2Jx', 'a=b')).stderr).not.toContain('\u001b');
  });

  it.each([
    [[], 'say which lookup is asked'],
    [['email=x'], 'say which lookup is asked'],
    [['default', 'zoe@example.com'], '"zoe@example.com" is no parameter; write NAME=VALUE'],
    [['default', ...Array(2_001).fill('email=x')], 'there are more than 2000 parameters; leave some out'],
    [['default', '--as=admn'], '--as cannot be "admn"; did you mean "admin"?'],
    [['default', '--as=x'], 'write one of admin, help-desk, level-2, guest'],
    [['default', '--as'], '--as needs a value; write --as=LEVEL'],
    [['default', '--as', '--xml'], '--as needs a value'],
    [['default', '--xml=1'], '--xml takes no value; write only --xml'],
    [['default', '--xml', '--json'], 'write --xml or --json, not both'],
    [['default', '--jsno'], 'lookup has no option "--jsno"; did you mean "--json"?'],
    [['default', '--email=x'], 'lookup has no option "--email"'],
  ])('refuses %j with status 2', async (args, words) => {
    const { status, stdout, stderr } = await run(...args);
    expect(stderr).toContain(words);
    expect(stderr).toContain('Usage: helpspot-gateway lookup NAME');
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  it('takes a lookup that does not exist for a mistake of the call', async () => {
    const { status, stdout, stderr } = await run('defualt', 'email=x');
    expect(stderr).toMatch(/^There is no lookup "defualt"; did you mean "default"\? \(ref \w+\)\n$/);
    expect([status, stdout]).toEqual([2, '']);
  });

  it('answers on the embedded default', async () => {
    const { status, stdout } = await runCommand(runGateway, ['lookup', 'default', 'last_name=mul']);
    expect(stdout).toContain('Müller');
    expect(status).toBe(0);
  });
});

describe('bin/helpspot-gateway lookup, built', () => {
  const execute = promisify(execFile);
  const command = resolve(import.meta.dirname, '../../bin/helpspot-gateway');

  it('answers and ends, with its exit status', async () => {
    const { stdout, stderr } = await execute(command, ['lookup', 'default', 'customer_id=1'], {
      env: { ...process.env, GATEWAY_CONFIG: config },
      cwd: '/',
    });
    expect(stdout).toContain("last_name:     O'Brien\n");
    expect(stderr).toBe('');
    await expect(execute(command, ['lookup', 'gone', `--config=${config}`, 'email=x'])).rejects.toMatchObject({
      code: 1,
    });
    await expect(execute(command, ['lookup'])).rejects.toMatchObject({ code: 2, stdout: '' });
  });
});
