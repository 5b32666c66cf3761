import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import { runGateway } from '../../src/cli/main.ts';
import { startServing } from '../../src/cli/serve.ts';
import { boundToUs } from '../support/child.ts';
import { temporaryFolder } from '../support/temp.ts';
import { type CommandResult, runCommand } from '../support/terminal.ts';

let folder: string;

beforeEach(async () => {
  folder = await temporaryFolder();
});

const run = (...args: readonly string[]) => runCommand(runGateway, args);

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

/** Sets a configuration up in a new folder. */
const init = (...args: readonly string[]) => run('init', '--yes', `--out=${join(folder, 'gateway')}`, ...args);
const configuration = () => readFile(join(folder, 'gateway/gateway.yaml'), 'utf8');

/** What a lookup of the new configuration shows. */
async function found(...parameters: readonly string[]): Promise<string> {
  const { stdout, stderr, status } = await run(
    'lookup',
    'default',
    ...parameters,
    `--config=${folder}/gateway/gateway.yaml`,
  );
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

/** It was written, and checked without an error. */
function expectMade({ status, stdout, stderr }: CommandResult): void {
  expect(stderr).toBe('');
  expect(stdout).toMatch(/customers +\w+ +\d+ ms +ok/);
  expect(stdout).not.toMatch(/^error:/m);
  expect(status).toBe(0);
}

const GERMAN = `Kd.-Nr.;Anrede;Vorname;Nachname;Firma;E-Mail-Adresse;Telefon (geschäftlich);Handy;Vertrag bis
0006;Herr;Jürg;Müller;Müller & Söhne AG;juerg.mueller@example.ch;+41 44 555 01 02;079 555 01 03;31.12.2026
0007;Frau;Anna;Groß;Groß GmbH;anna.gross@example.de;030 123450;;30.06.2027
`;

describe('helpspot-gateway init --csv', () => {
  it('reads a German export with semicolons in Windows-1252', async () => {
    const csv = await file('kunden.csv', Buffer.from(GERMAN, 'latin1'));
    const made = await init(`--csv=${csv}`, '--country=CH');
    expectMade(made);
    for (const [field, column] of [
      ['customer_id', 'Kd\\.-Nr\\.'],
      ['first_name', 'Vorname'],
      ['last_name', 'Nachname'],
      ['email', 'E-Mail-Adresse'],
      ['phone', 'Telefon \\(geschäftlich\\)'],
      ['mobile', 'Handy'],
      ['company', 'Firma'],
    ]) {
      expect(made.stdout).toMatch(new RegExp(`^  ${field} +${column} +by its name`, 'm'));
    }
    expect(made.stdout).toContain('Vertrag bis has dates as DD.MM.YYYY.');
    expect(made.stdout).toContain('it is read as windows-1252');
    // No value of a customer, no secret.
    const key = parseEnv(await readFile(join(folder, 'gateway/.env'), 'utf8'))['GATEWAY_KEY'] ?? '';
    expect(key).toMatch(/^[0-9a-f]{48}$/);
    for (const value of ['0006', 'Müller', 'juerg', '555 01', key]) expect(made.stdout).not.toContain(value);
    expect(await found('email=JUERG.MUELLER@example.ch')).toMatch(/last_name: +Müller/);
    expect(await found('phone=0445550102')).toMatch(/customer_id: +0006/);
    expect(await found('phone=+41 79 555 01 03')).toMatch(/customer_id: +0006/);
    expect(await found('customer_id=0007')).toMatch(/vertrag_bis: +2027-06-30/);
    expect(await found('last_name=mue')).toMatch(/anrede: +Herr/);
  });

  it('reads a quoted export with telephone numbers of the world', async () => {
    const csv = await file(
      'export.csv',
      '"Customer ID","Full Name","Work Email","Mobile Phone","Company Name","Notes"\r\n' +
        '"C-1","Smith, Bob","bob@example.com","+49 (0)30 123-45 67","Smith & ""Co""","first line\nsecond"\r\n' +
        '"C-2","Ann Other","ann@example.com","+1 845 555 4278","Other, Inc.",""\r\n',
    );
    expectMade(await init(`--csv=${csv}`));
    expect(await found('phone=030 1234567')).toMatch(/customer_id: +C-1/);
    expect(await found('email=ann@example.com')).toMatch(/full_name: +Ann Other/);
    expect(await found('first_name=ann', 'last_name=other')).toMatch(/customer_id: +C-2/);
    expect(await found('customer_id=c-1')).toMatch(/company: +Smith & "Co"/);
    expect(await configuration()).toContain('phone:       Mobile Phone');
  });

  it('tells columns with strange names by their values', async () => {
    const csv = await file(
      'x.csv',
      'A\tB\tC\tD\nx1\tann@example.com\t+49 30 1234567\tred\nx2\tbob@example.com\t+49 89 7654321\tred\n',
    );
    const made = await init(`--csv=${csv}`);
    expectMade(made);
    expect(made.stdout).toMatch(/email +B +by its values/);
    expect(made.stdout).toMatch(/phone +C +by its values/);
    expect(made.stdout).toMatch(/customer_id +A +the only one that differs in each record/);
    expect(await found('phone=089 7654321')).toMatch(/customer_id: +x2/);
  });

  it('reads what Excel calls Unicode text, in any script', async () => {
    const text = 'Номер\tИмя\tФамилия\tEmail\tПримечание\r\n1\tИван\tИванов\tivan@example.com\tĀ\r\n';
    expectMade(await init(`--csv=${await file('unicode.txt', Buffer.from(`\ufeff${text}`, 'utf16le'))}`));
    expect(await found('email=ivan@example.com')).toMatch(/last_name: +Иванов/);
  });

  it('makes what serves at once, to whoever has the key', async () => {
    const csv = await file('z.csv', 'id,mail,name\n1,ann@example.com,Ann Other\n');
    expectMade(await init(`--csv=${csv}`, '--port=0'));
    const silent = { write: () => true };
    const terminal = {
      stdout: silent,
      stderr: silent,
      environment: {},
      packageRoot: resolve(import.meta.dirname, '../..'),
    };
    const serving = await startServing(join(folder, 'gateway/gateway.yaml'), terminal);
    try {
      const { GATEWAY_KEY: key } = parseEnv(await readFile(join(folder, 'gateway/.env'), 'utf8'));
      expect((await fetch(`${serving.url}/livelookup?email=ann@example.com`)).status).toBe(401);
      const answer = await fetch(`${serving.url}/k/${key}/livelookup?email=ann@example.com`);
      expect(await answer.text()).toContain('Ann Other');
      const options = await fetch(`${serving.url}/k/${key}/ajax/customers`);
      expect(options.status).toBe(200);
    } finally {
      await serving.stop();
    }
  });

  it('writes names of files, columns and sources as they are, whatever they mean in YAML and to the gateway', async () => {
    const csv = await file(
      '${HOME} "a" {{b}}: #.csv',
      'id,email,${HOME},${file:/etc/hostname},"a: [b"\n1,ann@example.com,x,y,z\n',
    );
    expectMade(
      await init(`--csv=${csv}`, '--name=null', '--port=0').then((made) => ({
        ...made,
        stdout: made.stdout.replace('null ', 'customers '),
      })),
    );
    expect(await configuration()).toContain('"$${HOME}"');
    expect(await found('email=ann@example.com', '--xml')).toMatch(/<home>x<.*>y<.*>z</s);
  });

  it('takes what is said before what it guesses', async () => {
    const csv = await file(
      'y.csv',
      'id,nr,mail,name\n1,A7,ann@example.com,Ann Other\n2,A8,bob@example.com,Bob Smith\n',
    );
    const made = await init(`--csv=${csv}`, '--fields=customer_id=NR,full_name=-', '--port=0', '--name=crm-2');
    expect(made).toMatchObject({ status: 0, stderr: '' });
    expect(made.stdout).toMatch(/customer_id +nr +as you said/);
    expect(made.stdout).not.toContain('full_name');
    expect(await found('customer_id=a7')).toMatch(/email: +ann@example.com/);
  });
});

describe('what cannot be set up', () => {
  const none = () => readdir(folder);

  it.each([
    ['is not there', 'gone.csv', undefined, /gone\.csv does not exist/],
    ['is empty', 'empty.csv', '', /empty\.csv is empty; give a file with customers in it/],
    ['has a header only', 'header.csv', 'id,name\n', /the file has no records; export it again/],
    [
      'has no header',
      'bare.csv',
      '1,ann@example.com,+49 30 123456\n2,bob@example.com,+49 30 654321\n',
      /the first line has no names of columns but data/,
    ],
    [
      'is a workbook',
      'book.csv',
      'PK\u0003\u0004\u0014\u0000\u0006\u0000\u0008\u0000',
      /is an Excel workbook or another archive; save it as "CSV UTF-8"/,
    ],
    [
      'is a picture',
      'photo.csv',
      '\u0089PNG\r\n\u001a\n\u0000\u0000\u0000\rIHDR\u0000\u0000\u0002\u0000',
      /is no text file; export the customers as CSV/,
    ],
    [
      'is a SQLite database',
      'data.csv',
      'SQLite format 3\u0000\u0010\u0000',
      /is a SQLite database; take --sqlite=FILE/,
    ],
    [
      'has the same column twice',
      'twice.csv',
      'id,mail,mail\n1,a@example.com,b@example.com\n',
      /the header has the column "mail" twice/,
    ],
    [
      'has nobody in it',
      'things.csv',
      'colour,size\nred,1\nred,1\n',
      /no column has a number, a name, .*There are colour, size/,
    ],
  ])('a file that %s', async (_what, name, content, words) => {
    if (content !== undefined) await file(name, Buffer.from(content, 'latin1'));
    const { status, stderr, stdout } = await init(`--csv=${join(folder, name)}`);
    expect(stderr).toMatch(words);
    expect([status, stdout]).toEqual([1, '']);
    // Nothing is left of it.
    expect(await none()).toEqual(content === undefined ? [] : [name]);
  });

  it.each([
    [['--sqlite=people.csv'], 1, /people\.csv is no SQLite database/],
    [['--url=postgres://db/crm'], 1, /the address says no account; write postgres:\/\/USER@HOST/],
    [['--url=mysql://reader@db'], 1, /the address says no database/],
    [
      ['--url=oracle://reader:secret99@db/crm'],
      1,
      /this is no address of a system that can be set up here; write postgres:/,
    ],
    [['--url=nonsense secret99'], 1, /this is no address/],
    [['--ldap=postgres://reader@db/crm'], 2, /--ldap takes ldaps:\/\/HOST/],
    [['--csv=people.csv', '--sqlite=x.db'], 2, /--csv and --sqlite name two systems/],
    [['--csv=people.csv', '--table=t'], 2, /--table does not go with csv; it goes with sqlite, postgres/],
    [['--ldap=ldap://127.0.0.1:1', '--fields=email=mail'], 2, /--fields does not go with a directory/],
    [['--csv=people.csv', '--fields=mail=Mail'], 2, /a FIELD is one of email, phone/],
    [['--csv=people.csv', '--fields=email=Mial'], 1, /there is no "Mial"; did you mean "mail"\?/],
    [['--csv=people.csv', '--country=Germany'], 2, /a country is two letters/],
    [['--csv=people.csv', '--out=/proc/here/gateway'], 1, /nothing can be written into \/proc\/here/],
    [['--csv=people.csv', '--port=http'], 2, /--port must be a number/],
    [['--csv=people.csv', '--name=a b'], 2, /the name of a source has letters/],
    [['--csv=people.csv', '--config=x.yaml'], 2, /init makes a new configuration; write --out=FOLDER/],
    [['--csv=people.csv', '--ca=gone.pem'], 2, /--ca does not go with csv/],
    [['--csv=people.csv', '--encoding=ebcdic'], 1, /encoding: /],
    [['--url=postgres://reader:secret99@127.0.0.1:1/crm'], 1, /127\.0\.0\.1:1/],
    [['--ldap=ldap://127.0.0.1:1'], 1, /127\.0\.0\.1:1/],
    [[], 2, /--yes needs to be told where the customers are: --csv=FILE/],
  ])('by %j', async (options, status, words) => {
    await file('people.csv', 'id,mail\n1,ann@example.com\n');
    const all = options.map((option) => option.replace('=people.csv', `=${join(folder, 'people.csv')}`));
    const result = await init(...all);
    expect(result.stderr).toMatch(words);
    expect(result.stderr).not.toContain('secret99');
    expect(result.stdout).toBe('');
    expect(result.status).toBe(status);
    expect(await none()).toEqual(['people.csv']);
  });

  it('without a terminal and without options', async () => {
    expect(await run('init')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining(
        'there is no terminal to ask at; add --yes, and say where the customers are: --csv=FILE',
      ),
    });
    const csv = await file('people.csv', 'id,mail\n1,ann@example.com\n');
    expect((await run('init', `--csv=${csv}`)).stderr).toContain('there is no terminal to ask at; add --yes\n');
    expect((await run('init', '--yes', `--csv=${csv}`)).stderr).toContain('--out=FOLDER must say where');
  });
});

describe('what is there', () => {
  it('is never written over', async () => {
    const csv = await file('people.csv', 'id,mail\n1,ann@example.com\n');
    expect(await init(`--csv=${csv}`)).toMatchObject({ status: 0 });
    const before = [await configuration(), await readFile(join(folder, 'gateway/.env'), 'utf8')];
    const again = await init(`--csv=${csv}`);
    expect(again).toMatchObject({ status: 1, stdout: '' });
    expect(again.stderr).toMatch(/is there already, and nothing is written over it; name another folder/);
    expect([await configuration(), await readFile(join(folder, 'gateway/.env'), 'utf8')]).toEqual(before);
    expect((await init(`--csv=${csv}`, '--force')).stderr).toContain('init has no option "--force"');
  });

  it('may be the data, and nothing else', async () => {
    const csv = await file('people.csv', 'id,mail\n1,ann@example.com\n');
    const here = (to: string) => run('init', '--yes', `--csv=${csv}`, `--out=${to}`);
    await mkdir(join(folder, 'home'));
    await writeFile(join(folder, 'home/.profile'), '');
    expect((await here(join(folder, 'home'))).stderr).toMatch(/home is not empty \("\.profile" is there\)/);
    // What a service has there already.
    await mkdir(join(folder, 'etc'));
    await writeFile(join(folder, 'etc/gateway.env'), '');
    expect((await here(join(folder, 'etc'))).status).toBe(0);
    expect((await here(csv)).stderr).toMatch(/people\.csv: a part of the path is a file/);
    expect(await readdir(join(folder, 'home'))).toEqual(['.profile']);
    await mkdir(join(folder, 'with-data'));
    await writeFile(join(folder, 'with-data/people.csv'), 'id,mail\n1,ann@example.com\n');
    const made = await run('init', '--yes', `--csv=${folder}/with-data/people.csv`, `--out=${folder}/with-data`);
    expect(made.status).toBe(0);
    expect(await readFile(join(folder, 'with-data/gateway.yaml'), 'utf8')).toContain('file: people.csv\n');
    // A key, which nobody else reads; no draft is left.
    expect((await readdir(join(folder, 'with-data'))).sort()).toEqual(['.env', 'gateway.yaml', 'people.csv']);
    expect((await stat(join(folder, 'with-data/.env'))).mode & 0o777).toBe(0o600);
  });
});

describe('a person at the terminal', () => {
  const CSV =
    'No,Name,Given,Contact,Line\nA1,Other,Ann,ann@example.com,030 1234567\nA2,Smith,Bob,bob@example.com,030 7654321\n';

  it('is asked, and may say otherwise', async () => {
    const csv = await file('people.csv', CSV);
    const questions: string[] = [];
    // A wrong file first; "-" and Enter take or leave what is proposed; a column that is misspelt is asked for again.
    const answers = [
      'gone.csv',
      csv,
      '',
      'given',
      '',
      '-',
      '',
      'Lien',
      'Line',
      '-',
      '-',
      'switzerland',
      'ch',
      join(folder, 'mine'),
    ];
    const ask = async (question: string) => {
      questions.push(question);
      return answers.shift();
    };
    const { status, stdout, stderr } = await runCommand(runGateway, ['init'], {}, ask);
    expect(answers).toEqual([]);
    expect(status).toBe(0);
    expect(stderr).toMatch(/gone\.csv does not exist\n/);
    expect(stderr).toContain('there is no "Lien"; did you mean "Line"?');
    expect(stderr).toContain('a country is two letters');
    expect(questions[2]).toContain('customer_id (the number or name that your system knows a customer by) [No]: ');
    expect(stdout).toMatch(/phone +Line +as you said/);
    const lines = await runCommand(runGateway, [
      'lookup',
      'default',
      'phone=+41307654321',
      `--config=${folder}/mine/gateway.yaml`,
    ]);
    expect(lines.stdout).toMatch(/first_name: +Bob/);
  });

  it('who gives up leaves nothing', async () => {
    const { status, stderr } = await runCommand(
      runGateway,
      ['init', `--out=${folder}/mine`],
      {},
      async () => undefined,
    );
    expect([status, stderr]).toEqual([1, 'nothing was written: there was no answer\n']);
    expect(existsSync(join(folder, 'mine'))).toBe(false);
  });

  it.skipIf(!existsSync('/usr/bin/script'))('answers at a real terminal', async () => {
    const csv = await file('people.csv', CSV);
    const command = resolve(import.meta.dirname, '../../bin/helpspot-gateway');
    const line = `'${process.execPath}' '${command}' init --csv='${csv}' --out='${folder}/mine'`;
    const child = spawn(...boundToUs('/usr/bin/script', ['-qec', line, '/dev/null']), {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    let out = '';
    let answered = 0;
    child.stdout.on('data', (piece) => {
      out += piece;
      // Enter to each question, as soon as it is there.
      const asked = out.match(/\]: /g)?.length ?? 0;
      for (; answered < asked; answered += 1) child.stdin.write('\n');
    });
    const [status] = await once(child, 'exit');
    expect(out).toContain('Which of them is what?');
    expect(out).toContain('Paste into HelpSpot');
    expect(status).toBe(0);
    expect(existsSync(join(folder, 'mine/gateway.yaml'))).toBe(true);
  });
});
