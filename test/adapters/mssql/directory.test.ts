/** Active Directory through a linked server: what arrives there is read by a reader of our own (mssql-adsi.ts). */
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import mssql from '../../../adapters/mssql/index.ts';
import { describeAdapter, suiteCustomers, suiteFields } from '../../support/adapter-suite.ts';
import { ask, context } from '../../support/open-source.ts';
import type { SqlServerOptions } from '../../support/tds/state.ts';
import { type Person, searchAdsi } from './adsi.ts';
import { standIn } from './server.ts';
import { openSource } from './source.ts';

const ATTRIBUTES = {
  customer_id: 'sAMAccountName',
  first_name: 'givenName',
  last_name: 'sn',
  email: 'mail',
  phone: 'telephoneNumber',
  company: 'company',
};
const people: Person[] = suiteCustomers.map((customer) =>
  Object.fromEntries(
    suiteFields.flatMap((field) => {
      const value = customer[field];
      return value === undefined ? [] : [[ATTRIBUTES[field], value]];
    }),
  ),
);

/** A server with a linked server `ADSI` that has these people; `texts` has what that was asked. */
async function linked(persons: readonly Person[] = people) {
  const texts: string[] = [];
  const options: SqlServerOptions = {
    linkedServers: {
      adsi: (text) => {
        texts.push(text);
        const rows = searchAdsi(text, persons);
        const names = Object.keys(
          rows[0] ?? searchAdsi(text.replace(/WHERE.*/s, "WHERE objectClass='user'"), persons)[0] ?? {},
        );
        return {
          columns: names.map((name) => ({ name, type: { name: 'nvarchar', length: Number.POSITIVE_INFINITY } })),
          rows: rows.map((row) => names.map((name) => row[name] ?? null)),
        };
      },
    },
  };
  const server = await standIn(options);
  return {
    server,
    texts,
    settings: { ...server.settings, linkedServer: 'ADSI', baseDn: 'DC=example,DC=com', attributes: ATTRIBUTES },
  };
}

const suite: Awaited<ReturnType<typeof linked>>[] = [];

describeAdapter({
  name: 'mssql with a linked server',
  adapter: mssql,
  settings: async () => {
    const made = await linked();
    suite.push(made);
    return made.settings;
  },
  skip: {
    'names ignore accents': 'Active Directory compares by its own rules, and the reader has none',
    'names are found however they are written': 'some of the spellings are for Active Directory to compare, see above',
  },
});
afterAll(async () => {
  await Promise.all(suite.map(({ server }) => server.stop()));
});

describe('a directory behind a SQL Server', () => {
  async function source(more: object = {}, persons?: readonly Person[]) {
    const made = await linked(persons);
    const opened = await openSource({ ...made.settings, ...more });
    onTestFinished(() => made.server.stop());
    return { ...made, source: opened };
  }

  test('is asked with one OPENQUERY, and with no wildcard of a value', async () => {
    const { source: directory, texts } = await source();
    expect(await directory.find(ask({ email: '*@example.com' }), context())).toEqual([]);
    expect(texts).toEqual([
      "SELECT sAMAccountName, givenName, sn, mail, telephoneNumber, company FROM 'LDAP://DC=example,DC=com' " +
        String.raw`WHERE objectCategory='Person' AND objectClass='user' AND mail='\2a@example.com'`,
    ]);
  });

  test('finds telephones by their digits, and looks again at what the directory gave', async () => {
    const { source: directory } = await source();
    const found = await directory.find(ask({ phone: '845 555 4278' }), context());
    expect(found.map((record) => record['customer_id'])).toEqual(['C1001']);
    expect(await directory.find(ask({ phone: '55' }), context())).toEqual([]);
    expect(await directory.find(ask({ phone: '555' }, { match: 'contains', limit: 3 }), context())).toHaveLength(3);
  });

  test('is asked for more telephones than are wanted, since some of them only look alike', async () => {
    const alike = Array.from({ length: 20 }, (_, index) => ({
      sAMAccountName: `A${index}`,
      telephoneNumber: '55 05 01 02 03 04',
    }));
    const { source: directory } = await source({}, [...alike, { sAMAccountName: 'B1', telephoneNumber: '555-1234' }]);
    const found = await directory.find(ask({ phone: '5551234' }, { limit: 1 }), context());
    expect(found.map((record) => record['customer_id'])).toEqual(['B1']);
  });

  test('is asked for values with markup only where it finds nobody, and what it gives is compared', async () => {
    const persons = [
      { sAMAccountName: 'A1', company: 'AT&T <Corp>' },
      { sAMAccountName: 'A2', company: 'AT&T <b>Labs</b>' },
      { sAMAccountName: 'A3', company: 'Acme' },
      { sAMAccountName: 'A4', company: 'Acme <i></i>' },
    ];
    const { source: directory, texts } = await source({}, persons);
    const ids = async (company: string, limit = 10) =>
      (await directory.find(ask({ company }, { limit }), context())).map((record) => record['customer_id']);
    expect(await ids('AT&T', 1)).toEqual(['A1']);
    expect(await ids('AT&T Labs', 1)).toEqual(['A2']);
    expect(texts).toHaveLength(4);
    expect(texts.slice(-2)).toEqual([
      expect.stringContaining(String.raw`AND company='AT\26T Labs'`),
      expect.stringContaining(String.raw`company='AT\26T \3c*' OR company='AT\26T\3c*' OR company='\3c*')`),
    ]);
    expect(await ids('Acme')).toEqual(['A3']);
    expect(texts).toHaveLength(5);
    // What has no markup by its name or its way of matching is not asked for twice.
    expect(await directory.find(ask({ customer_id: 'A9' }), context())).toEqual([]);
    expect(await directory.find(ask({ company: 'AT&T L' }, { match: 'prefix' }), context())).toEqual([]);
    expect(texts).toHaveLength(7);
  });

  test('is not asked for what nobody can have', async () => {
    const { source: directory, texts } = await source();
    for (const criteria of [
      { nickname: 'x' },
      { phone: 'none' },
      { email: 'a\0b' },
      { email: '\ud800' },
      { email: 'x'.repeat(9_000) },
    ]) {
      expect(await directory.find(ask(criteria), context())).toEqual([]);
    }
    expect(texts).toEqual([]);
  });

  test('that is not linked is said so, with the command that links it', async () => {
    const { source: directory } = await source({ linkedServer: 'AD2' });
    await expect(directory.check(context())).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining("Could not find server 'AD2'"),
      remedy: expect.stringContaining('sp_addlinkedserver'),
    });
  });
});
