// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the configuration writes references like this
import { chmod, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import Database from 'libsql';
import { beforeEach, describe, expect, it } from 'vitest';
import { runGateway } from '../../src/cli/main.ts';
import { withVariable } from '../../src/cli/setup/env-text.ts';
import { withEntry } from '../../src/cli/setup/insert.ts';
import { temporaryFolder } from '../support/temp.ts';
import { runCommand } from '../support/terminal.ts';

let folder: string;
let config: string;

/** As people write it: comments everywhere, an order of their own, a variable that is set. */
const WRITTEN = `# our gateway
log: { level: error } # less of it

lookups:
  # the first one
  default:
    sources: customers # and no other
    match: [customer_id,   email]   # as they come

# where it is
sources:
  customers: # people
    adapter: csv
    file: people.csv
    # dates: none yet

  # crm: comes later

# the end
`;

beforeEach(async () => {
  folder = await temporaryFolder();
  config = join(folder, 'gateway.yaml');
  await writeFile(join(folder, 'people.csv'), 'customer_id,email\n1,ann@example.com\n');
  await writeFile(config, WRITTEN);
  const database = new Database(join(folder, 'crm.db'));
  database.exec(`CREATE TABLE contacts (kdnr text, vorname text, name text, mail text, telefon text);
    INSERT INTO contacts VALUES ('K9', 'Bob', 'Smith', 'bob@example.com', '+49 30 1234567')`);
  database.close();
});

const run = (...args: readonly string[]) => runCommand(runGateway, [...args, `--config=${config}`]);
const text = () => readFile(config, 'utf8');
const addCrm = (...more: readonly string[]) =>
  run('add', 'source', 'crm', '--yes', `--sqlite=${join(folder, 'crm.db')}`, ...more);

describe('helpspot-gateway add', () => {
  it('adds a source and a lookup, and loses nothing of what was there', async () => {
    await chmod(config, 0o640);
    const added = await addCrm();
    expect(added).toMatchObject({ status: 0, stderr: '' });
    expect(added.stdout).toMatch(/customer_id +kdnr +by its name/);
    const looked = await run('add', 'lookup', 'by-crm', '--source=crm');
    expect(looked).toMatchObject({ status: 0, stderr: '' });
    expect(looked.stdout).toContain('http://127.0.0.1:8787/livelookup/by-crm\n');
    const now = await text();
    // Each line that was there, in its order, and each of ours in its place.
    const before = WRITTEN.split('\n');
    const kept = now.split('\n').filter((line) => before.includes(line));
    expect(kept.join('\n')).toBe(WRITTEN);
    expect(now).toMatch(
      /# crm: comes later\n( {2}# .*\n)? {2}crm:\n {4}adapter: sqlite\n {4}title: crm #.*\n {4}file: crm.db\n[\s\S]*\n\n# the end\n$/,
    );
    expect(now).toMatch(/# as they come\n {2}by-crm:\n {4}sources: \[crm\]\n[\s\S]*\n\n# where it is\n/);
    expect((await stat(config)).mode & 0o777).toBe(0o640);
    expect((await readdir(folder)).sort()).toEqual(['crm.db', 'gateway.yaml', 'people.csv']);
    expect((await run('check')).status).toBe(0);
    expect((await run('lookup', 'by-crm', 'phone=030 1234567')).stdout).toMatch(/last_name: +Smith/);
    expect((await run('lookup', 'default', 'email=ann@example.com')).stdout).toMatch(/customer_id: +1/);
  });

  it('adds a lookup of several sources, whose records become one customer', async () => {
    await addCrm();
    expect(await run('add', 'lookup', 'all', '--source=customers,crm')).toMatchObject({ status: 0, stderr: '' });
    expect(await text()).toMatch(/sources: \[customers, crm\]\n[\s\S]* {4}mergeBy: email #/);
    expect((await run('lookup', 'all', 'email=bob@example.com')).stdout).toMatch(/customer_id: +K9/);
  });

  it('takes the number of the customer in a table of contracts, which its hint shows with him, and titles it', async () => {
    const contracts = 'nummer;kdnr;titel\n1;K9;Hosting\n2;K9;Support\n3;K8;Support\n';
    await writeFile(join(folder, 'contracts.csv'), contracts);
    await addCrm();
    const { stdout } = await run('add', 'source', 'contracts', '--yes', `--csv=${join(folder, 'contracts.csv')}`);
    expect(stdout).toMatch(/customer_id +kdnr +by its name\n {2}Shown, too: nummer, titel\n/);
    expect(stdout).not.toContain('add lookup');
    expect(stdout).toMatch(/^ {2}Staff call customers "CSV file", and there are two of that kind now/m);
    const [hint] = /^ {2}related: .*$/m.exec(stdout) ?? [];
    await run('add', 'lookup', 'by-crm', '--source=crm');
    const added = await text();
    expect(added).toContain('adapter: csv\n    title: contracts # what staff call it: "contracts did not answer"\n');
    await writeFile(
      config,
      added.replace('    sources: [crm]\n', (line) => `${line}  ${hint}\n`),
    );
    expect((await run('check')).stdout).not.toMatch(/contracts:/);
    expect((await run('lookup', 'by-crm', 'customer_id=K9')).stdout).toMatch(/^contracts: .*\n.*Hosting\n.*Support\n/m);
  });

  it('writes a name that YAML takes for a number as a text, also in its hint', async () => {
    await writeFile(join(folder, 'contracts.csv'), 'nummer;kdnr;titel\n1;K9;Hosting\n');
    const { stdout } = await run('add', 'source', '007', '--yes', `--csv=${join(folder, 'contracts.csv')}`);
    expect(stdout).toContain('  related: { "007": { source: "007", where: { customer_id: "{{customer_id}}" } } }\n');
    expect(await run('add', 'lookup', '008', '--source=007')).toMatchObject({ status: 0, stderr: '' });
  });

  it('takes the number of a person where there are people, though it has that of an organisation beside it', async () => {
    await writeFile(join(folder, 'people2.csv'), 'id,account_id,email\n1,7,a@example.com\n2,7,b@example.com\n');
    const { stdout } = await run('add', 'source', 'more', '--yes', `--csv=${join(folder, 'people2.csv')}`);
    expect(stdout).toMatch(/customer_id +id +by its name and values\n/);
  });

  it('prints commands that a shell takes as they are, and the address at which HelpSpot reaches the gateway', async () => {
    config = join(folder, "bob's $way.yaml");
    await writeFile(config, `${WRITTEN}server: { publicAddress: https://gw.example.com }\n`);
    const added = await addCrm();
    const looked = await run('add', 'lookup', 'by-crm', '--source=crm');
    for (const { stdout } of [added, looked]) expect(stdout).toMatch(/check --config='.*bob'\\''s \$way\.yaml'\n/);
    expect(looked.stdout).toContain('  https://gw.example.com/livelookup/by-crm\n');
  });

  it('writes the file behind a link, and not the link', async () => {
    await symlink(config, join(folder, 'link.yaml'));
    const { status } = await runCommand(runGateway, [
      'add',
      'lookup',
      'more',
      '--source=customers',
      `--config=${folder}/link.yaml`,
    ]);
    expect(status).toBe(0);
    expect(await text()).toContain('  more:\n');
  });

  it.each([
    [['add'], 2, /say what to add: add source NAME --csv=FILE/],
    [['add', 'push', 'x'], 2, /say what to add/],
    [['add', 'source', 'a', 'b'], 2, /add source takes no argument "b"/],
    [['add', 'lookup', 'a b', '--source=customers'], 2, /the name of a lookup has letters/],
    [['add', 'source', 'customers', '--yes', '--csv=people.csv'], 1, /there is a source "customers" already/],
    [['add', 'lookup', 'default', '--source=customers'], 1, /there is a lookup "default" already/],
    [['add', 'lookup', 'x', '--source=costumers'], 1, /there is no source "costumers"; did you mean "customers"\?/],
    [['add', 'lookup', 'x'], 2, /--source=NAME must say which source/],
    [['add', 'source', 'x', '--csv=people.csv'], 2, /there is no terminal to ask at; add --yes/],
    [['add', 'source', 'x', '--yes', '--csv=gone.csv'], 1, /gone\.csv does not exist/],
  ])('refuses %j', async (args, status, words) => {
    const given = args.map((arg) => arg.replace(/^--csv=/, `--csv=${folder}/`));
    const result = await run(...given);
    expect(result.stderr).toMatch(words);
    expect([result.status, result.stdout]).toEqual([status, '']);
    expect(await text()).toBe(WRITTEN);
  });

  it('refuses a file with a mistake, and the sample', async () => {
    await writeFile(config, WRITTEN.replace('adapter: csv', 'adapter: cvs'));
    expect(await addCrm()).toMatchObject({ status: 1, stderr: expect.stringContaining('did you mean "csv"?') });
    const sample = resolve(import.meta.dirname, '../../config/gateway.yaml');
    const before = await readFile(sample, 'utf8');
    const refused = await runCommand(runGateway, ['add', 'source', 'crm', '--yes', `--sqlite=${folder}/crm.db`]);
    expect(refused).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('is the sample; name your own with --config'),
    });
    expect(await readFile(sample, 'utf8')).toBe(before);
  });
});

describe('an entry', () => {
  const LINES = ['# new', 'b:', '  c: 2'];

  it.each([
    [
      'below a block',
      'a:\n    x:\n        y: 1\nz: 1\n',
      'a:\n    x:\n        y: 1\n    # new\n    b:\n      c: 2\nz: 1\n',
    ],
    ['at the end without a line end', 'a:\n  x: 1', 'a:\n  x: 1\n  # new\n  b:\n    c: 2\n'],
    [
      'behind a block of text',
      'a:\n  x: |\n    text\n\n    more\nz: 1\n',
      'a:\n  x: |\n    text\n\n    more\n  # new\n  b:\n    c: 2\nz: 1\n',
    ],
    ['behind an empty entry', 'a:\n  x:\nz: 1\n', 'a:\n  x:\n  # new\n  b:\n    c: 2\nz: 1\n'],
    ['in an empty section', 'a:\n  # nothing yet\n\nz: 1\n', 'a:\n  # nothing yet\n  # new\n  b:\n    c: 2\n\nz: 1\n'],
    ['in a new section', 'z: 1\n', 'z: 1\n\na:\n  # new\n  b:\n    c: 2\n'],
    [
      'with line ends of Windows',
      'a:\r\n  x: 1 # one\r\nz: 1\r\n',
      'a:\r\n  x: 1 # one\r\n  # new\r\n  b:\r\n    c: 2\r\nz: 1\r\n',
    ],
    ['in braces', 'a: { x: 1 } # one\n', 'a: { x: 1, "b": {"c":2} } # one\n'],
    ['in braces with a comma', 'a: { x: [1, 2], } # one\n', 'a: { x: [1, 2], "b": {"c":2}, } # one\n'],
    ['in empty braces', 'a: {}\n', 'a: { "b": {"c":2}}\n'],
    ['in braces of several lines', 'a: {\n  x: 1 # one, two\n}\n', 'a: {\n  x: 1, "b": {"c":2} # one, two\n}\n'],
    [
      'before the comments of what follows',
      'a:\n  x: 1\n\n# of z\nz: 1\n',
      'a:\n  x: 1\n  # new\n  b:\n    c: 2\n\n# of z\nz: 1\n',
    ],
  ])('%s', (_where, before, after) => {
    expect(withEntry(before, 'a', 'b', LINES)).toBe(after);
  });

  it.each([
    ['a: { b: 1 }\n', /a\.b is there already/],
    ['a: [1]\n', /a is not a map of names; add b by hand/],
    ['z: &z { x: 1 }\na: *z\n', /a is not a map of names; add b by hand/],
    ['{ a: { x: 1 } }\n', /the file is not a map of sections below each other/],
    ['a: &m\n  x: 1\nz: *m\n', /nothing can be added to; add b by hand/],
  ])('is refused in %j', (before, words) => {
    expect(() => withEntry(before, 'a', 'b', LINES)).toThrow(words);
  });
});

describe('a variable of .env', () => {
  it.each([
    ['', 'abc-1', 'A=abc-1\n'],
    ['X=1', "it's #1", 'X=1\nA="it\'s #1"\n'],
    ['# ours\nX=1\n', 'a "b" $c\\n ', '# ours\nX=1\nA=\'a "b" $c\\n \'\n'],
    ['', `'"`, 'A=`\'"`\n'],
  ])('behind %j is %j', (before, value, after) => {
    expect(withVariable(before, 'A', value)).toEqual({ text: after, name: 'A' });
  });

  it('takes the place of no other, and is written once', () => {
    expect(withVariable('A=1\nA_2=2\n', 'A', '3')).toEqual({ text: 'A=1\nA_2=2\nA_3=3\n', name: 'A_3' });
    expect(withVariable('A=1\n', 'A', '1')).toEqual({ text: 'A=1\n', name: 'A' });
    expect(() => withVariable('', 'A', '\'"`')).toThrow(/\.env cannot hold this password .*write it into a file/);
  });
});
