/** `init` on real systems: a SQLite file, PostgreSQL, OpenLDAP. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import Database from 'libsql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runGateway } from '../../src/cli/main.ts';
import { customerIdFrom } from '../../src/cli/setup/look-directory.ts';
import { requireOpenLdap } from '../support/directory/availability.ts';
import { borrowOpenLdap } from '../support/directory/openldap.ts';
import { people } from '../support/directory/people.ts';
import type { DirectoryServer } from '../support/directory/server.ts';
import { reasonOf } from '../support/packages.ts';
import { borrowPostgres, type PostgresServer, requirePostgres } from '../support/sql/postgres.ts';
import { type SqlServer, startSqlServer } from '../support/tds/server.ts';
import { temporaryFolder } from '../support/temp.ts';
import { type CommandResult, runCommand } from '../support/terminal.ts';

let folder: string;

beforeEach(async () => {
  folder = await temporaryFolder();
});

const run = (...args: readonly string[]) => runCommand(runGateway, args);
const init = (...args: readonly string[]) => run('init', '--yes', `--out=${join(folder, 'gateway')}`, ...args);
const variables = async () => parseEnv(await readFile(join(folder, 'gateway/.env'), 'utf8'));
const configuration = () => readFile(join(folder, 'gateway/gateway.yaml'), 'utf8');

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

/** It was written, checked without an error, and its secrets are its own. */
async function expectMade({ status, stdout, stderr }: CommandResult): Promise<void> {
  expect(stderr).toBe('');
  expect(stdout).toMatch(/customers +\w+ +\d+ ms +ok/);
  expect(stdout).not.toMatch(/^error:/m);
  expect(status).toBe(0);
  expect((await stat(join(folder, 'gateway/.env'))).mode & 0o777).toBe(0o600);
  for (const secret of Object.values(await variables())) {
    expect(stdout).not.toContain(secret);
    expect(await configuration()).not.toContain(secret);
  }
}

const TABLES = `
  CREATE TABLE orders (id integer PRIMARY KEY, total numeric);
  CREATE TABLE clients (nr integer PRIMARY KEY, prenom varchar(50), nom varchar(50), courriel varchar(100), tel varchar(40), societe varchar(50), since date);
  INSERT INTO clients VALUES (17, 'Zoé', 'Dupont', 'zoe.dupont@example.fr', '+33 1 23 45 67 89', 'Dupont SARL', '2024-02-29');
  INSERT INTO clients VALUES (18, 'Jean', 'Martin', 'jean.martin@example.fr', '01 98 76 54 32', NULL, NULL);`;

async function expectClients(): Promise<void> {
  expect(await found('email=ZOE.DUPONT@example.fr')).toMatch(/customer_id: +17/);
  expect(await found('phone=01 23 45 67 89')).toMatch(/last_name: +Dupont/);
  expect(await found('customer_id=18')).toMatch(/first_name: +Jean/);
  expect(await found('last_name=dup')).toMatch(/company: +Dupont SARL/);
}

describe('helpspot-gateway init --sqlite', () => {
  const database = (statements: string) => {
    const path = join(folder, 'crm.db');
    const open = new Database(path);
    open.exec(statements);
    open.close();
    return path;
  };

  it('takes the table that is called as one with customers', async () => {
    const path = database(TABLES);
    const made = await init(`--sqlite=${path}`, '--country=FR');
    await expectMade(made);
    expect(made.stdout).toContain('Of 2 tables, clients is called as one with customers');
    await expectClients();
  });

  it('shows nobody passwords and the like', async () => {
    const path =
      database(`CREATE TABLE users (id int, email text, PasswordHash text, "api-key" text, reset_token text, hashtag text);
      INSERT INTO users VALUES (1, 'ann@example.com', 'h4sh', 'k3y', 't0ken', 'red')`);
    const made = await init(`--sqlite=${path}`);
    await expectMade(made);
    expect(made.stdout).toContain('Left out, as they seem to be secret: PasswordHash, api-key, reset_token\n');
    const shown = await found('email=ann@example.com');
    expect(shown).toMatch(/hashtag: +red/);
    expect(shown).not.toMatch(/h4sh|k3y|t0ken/);
  });

  it('takes no column twice where all but secrets have the names of fields', async () => {
    const path = database(
      "CREATE TABLE users (customer_id text, email text, pwd text); INSERT INTO users VALUES ('1', 'ann@example.com', 's3cret')",
    );
    await expectMade(await init(`--sqlite=${path}`));
    expect(await found('customer_id=1')).not.toContain('s3cret');
  });

  it('says which tables there are where none is called so, or several are', async () => {
    const path = database('CREATE TABLE a (id int); CREATE TABLE b (id int);');
    expect(await init(`--sqlite=${path}`)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--table=NAME must say which table has the customers; there are a, b'),
    });
    expect((await init(`--sqlite=${path}`, '--table=c')).stderr).toMatch(/there is no table or view "c"; did you mean/);
    const asked = await runCommand(
      runGateway,
      ['init', `--sqlite=${path}`, `--out=${folder}/gateway`],
      {},
      async () => '3',
    );
    expect(asked.stderr).toContain('Which table or view has the customers?\n  1  a\n  2  b\n');
    expect(asked.stderr).toContain('there is no "3"; known names: a, b');
  });

  it('takes the names of a table as they are, also of one that is empty', async () => {
    const path = database('CREATE TABLE "my people" (customer_id text, first_name text, last_name text, email text)');
    const made = await init(`--sqlite=${path}`);
    await expectMade(made);
    expect(made.stdout).toContain('my people has no records yet');
    expect(await configuration()).not.toContain('columns: #');
    expect(await found('email=ann@example.com')).toContain('Nobody');
  });

  it('says that a database has no tables', async () => {
    const path = database('CREATE TABLE a (id int); DROP TABLE a');
    expect((await init(`--sqlite=${path}`)).stderr).toContain('has no table that this account may read');
  });
});

const postgres = await requirePostgres();

describe.skipIf(!postgres.ok)(`helpspot-gateway init --url=postgres://…${reasonOf(postgres)}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await borrowPostgres({});
    await server.sql(`${TABLES} GRANT SELECT ON clients, orders TO helpspot_ro;`);
  });
  afterAll(() => server?.stop());

  const address = (password = '') => {
    const { user, host, port, database } = server.settings;
    return `postgres://${user}${password}@${host}:${port}/${database}`;
  };

  it('keeps the password of the address in .env', async () => {
    const password = String(server.settings['password']);
    await expectMade(await init(`--url=${address(`:${encodeURIComponent(password)}`)}`, `--ca=${server.caFile}`));
    expect((await variables())['CUSTOMERS_PASSWORD']).toBe(password);
    expect(await configuration()).toMatch(/^ {4}password: "\$\{CUSTOMERS_PASSWORD\}"$/m);
    await expectClients();
  });

  it('takes the password from the environment, and says what the database said', async () => {
    const environment = { CUSTOMERS_PASSWORD: 'no-such-secret' };
    const args = ['init', '--yes', `--out=${folder}/gateway`, `--url=${address()}`];
    const refused = await runCommand(runGateway, args, environment);
    expect(refused).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/password authentication failed.*; check/),
    });
    expect(refused.stderr).not.toContain('no-such-secret');
    expect(await runCommand(runGateway, args)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/no password was given: set CUSTOMERS_PASSWORD in the environment/),
    });
  });
});

describe('helpspot-gateway init --url=mssql://…', () => {
  let server: SqlServer;
  beforeAll(async () => {
    server = await startSqlServer();
    server.load(
      'kunden',
      {
        kdnr: 'nvarchar(20)',
        vorname: 'nvarchar(50)',
        nachname: 'nvarchar(50)',
        mail: 'nvarchar(90)',
        telefon: 'nvarchar(30)',
      },
      [['K1', 'Jürg', 'Müller', 'juerg@example.ch', '+41 44 555 01 02']],
    );
  });
  afterAll(() => server.stop());

  it('takes the words of other clients for what the server lacks', async () => {
    const { user, password, host, port, database } = server;
    const args = ['init', '--yes', `--out=${folder}/gateway`];
    const address = `--url=mssql://${user}@${host}:${port}/${database}`;
    const environment = { CUSTOMERS_PASSWORD: password };
    expect(await runCommand(runGateway, [...args, address], environment)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('it does not encrypt, so the login was not sent'),
    });
    await expectMade(await runCommand(runGateway, [...args, `${address}?encrypt=false`], environment));
    expect(await found('phone=0041 44 5550102')).toMatch(/last_name: +Müller/);
    expect(await found('customer_id=k1')).toMatch(/email: +juerg@example.ch/);
  });
});

const slapd = await requireOpenLdap();

describe.skipIf(!slapd.ok)(`helpspot-gateway init --ldap=ldaps://…${reasonOf(slapd)}`, () => {
  let server: DirectoryServer;
  beforeAll(async () => {
    server = await borrowOpenLdap({});
  });
  afterAll(() => server?.stop());

  const directory = (...more: readonly string[]) => {
    const args = [
      `--ldap=${server.tlsUrl}`,
      `--ca=${server.caFile}`,
      `--bind=${server.bindDn}`,
      `--out=${folder}/gateway`,
    ];
    return runCommand(runGateway, ['init', '--yes', ...args, ...more], { CUSTOMERS_PASSWORD: server.bindPassword });
  };

  it('finds out its base, its kind and what its people have', async () => {
    const made = await directory();
    await expectMade(made);
    expect(made.stdout).toMatch(
      /It is a directory like OpenLDAP; \d+ people were found, of the classes .*inetOrgPerson/,
    );
    expect(await configuration()).toContain(`baseDn: "${server.baseDn}"`);
    const person = people.find(({ mails, phone }) => mails.length > 0 && phone !== '');
    expect(await found(`email=${person?.mails[0]}`)).toContain(person?.login);
    expect(await found(`phone=${person?.phone}`)).toContain(person?.login);
    expect(await found(`customer_id=${person?.login}`)).toMatch(/last_name: +\S/);
  });

  it('looks where it is told to', async () => {
    const made = await directory(`--base=${server.suiteBaseDn}`);
    await expectMade(made);
    expect(made.stdout).toMatch(/^ {2}phone +telephoneNumber/m);
    expect(made.stdout).toMatch(/^ {2}customer_id +uid$/m);
    expect(await configuration()).toContain(`baseDn: "${server.suiteBaseDn}"`);
  });

  it('says what there is where there are no people, and what the directory said', async () => {
    const groups = await directory(`--base=${server.groupsBaseDn}`);
    expect(groups.stderr).toMatch(/no people were found below ou=groups.*there are entries of .*groupOfNames/);
    // By the options of this command: no file has a setting yet.
    expect((await directory(`--base=ou=nowhere,${server.baseDn}`)).stderr).toMatch(
      /the base "ou=nowhere.* does not exist.*see --base/,
    );
    const stranger = [`--ldap=${server.tlsUrl}`, `--bind=${server.bindDn}`, `--out=${folder}/gateway`];
    const untrusted = await runCommand(runGateway, ['init', '--yes', ...stranger], { CUSTOMERS_PASSWORD: 'x' });
    expect(untrusted.stderr).toMatch(/signed by nobody this machine knows.*name the file in --ca=FILE/);
    const anonymous = await init(`--ldap=${server.tlsUrl}`, `--bind=${server.bindDn}`);
    expect(anonymous).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('set CUSTOMERS_PASSWORD in the environment'),
    });
    expect(groups.status).toBe(1);
  });
});

describe('the number of a customer in a directory', () => {
  const of = (
    people: number,
    has: Readonly<Record<string, number>>,
    preset: 'openldap' | 'active-directory' = 'openldap',
  ) => customerIdFrom(preset, { people, attributes: new Map(Object.entries(has)) });

  it('is the login, where nearly everybody has one; else what more people have', () => {
    expect(of(50, { uid: 50, mail: 50 })).toBeUndefined();
    expect(of(50, { uid: 46, employeenumber: 50 })).toBeUndefined();
    expect(of(50, { uid: 3, employeenumber: 2, mail: 48, cn: 50 })).toBe('mail');
    expect(of(50, { employeenumber: 50, mail: 50, cn: 50 })).toBe('employeeNumber');
    expect(of(50, { cn: 50 })).toBe('cn');
    expect(of(50, { samaccountname: 50, mail: 20 }, 'active-directory')).toBeUndefined();
  });
});
