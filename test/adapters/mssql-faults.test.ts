/** Logins, rights, TLS, values and faults, against the stand-in. */
import { describe, expect, onTestFinished, test } from 'vitest';
import type { SqlServerOptions } from '../support/tds/state.ts';
import { standIn } from './mssql-server.ts';
import { ask, context, openSource } from './mssql-source.ts';

/** A server with one small table, and its settings. */
async function small(options: SqlServerOptions = {}) {
  const made = await standIn(options);
  onTestFinished(() => made.stop());
  made.server.load('customers', { id: 'int', email: 'nvarchar(100)' }, [
    [1, 'a@example.com'],
    [2, 'b@example.com'],
  ]);
  return { ...made, settings: { ...made.settings, table: 'customers' } };
}

describe('a login', () => {
  test('that is refused says so without the password, and is not tried again at once', async () => {
    const { settings, server } = await small();
    const source = await openSource({ ...settings, password: 'wrong-and-secret' });
    const failure = await source.check(context()).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      kind: 'unauthorized',
      message: expect.stringContaining('refused the user name or the password'),
      remedy: expect.stringContaining('see user and password'),
    });
    expect(String(failure) + JSON.stringify(failure)).not.toContain('wrong-and-secret');
    const tried = server.logins.length;
    await expect(source.find(ask({ id: '1' }), context())).rejects.toMatchObject({ kind: 'unauthorized' });
    expect(server.logins.length).toBe(tried);
  });

  test('to a database that is not there says so', async () => {
    const { settings } = await small();
    const source = await openSource({ ...settings, database: 'no_such' });
    await expect(source.check(context())).rejects.toMatchObject({
      message: expect.stringMatching(/does not open the database.*no_such/),
      remedy: expect.stringContaining('CREATE USER'),
    });
  });

  test('that may not read the table says what to grant', async () => {
    const { settings } = await small({ account: { denied: ['customers'] } });
    const source = await openSource(settings);
    await expect(source.check(context())).rejects.toMatchObject({
      kind: 'unauthorized',
      remedy: expect.stringContaining('GRANT SELECT'),
    });
  });
});

describe('TLS', () => {
  test('is used by default, with the authority of the settings', async () => {
    const { settings, server } = await small({ encryption: 'on' });
    const source = await openSource(settings);
    expect(await source.find(ask({ id: '2' }), context())).toEqual([{ id: 2, email: 'b@example.com' }]);
    expect(server.logins.every(({ encrypted }) => encrypted)).toBe(true);
  });

  test('does not take a certificate of an unknown authority', async () => {
    const { settings, server } = await small({ encryption: 'on' });
    const { tls: _, ...untrusting } = { tls: undefined, ...settings };
    const source = await openSource(untrusting);
    await expect(source.check(context())).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('certificate that this machine does not trust'),
      remedy: expect.stringContaining('tls: { ca'),
    });
    expect(server.logins).toEqual([]);
    const trusting = await openSource({ ...untrusting, trustServerCertificate: true });
    await trusting.check(context());
  });
});

describe('what the server is asked', () => {
  test('has values as parameters, and stops at the limit', async () => {
    const { settings, server } = await small();
    const { table: _, ...rest } = settings;
    const source = await openSource({ ...rest, query: 'SELECT id FROM customers WHERE email <> :email ORDER BY id' });
    expect(await source.find(ask({ email: "x' OR 1=1" }, { limit: 1 }), context())).toEqual([{ id: 1 }]);
    const { sql, values } = server.statements.at(-1) ?? { sql: '', values: [] };
    expect(sql).toBe('SET ROWCOUNT 1; SELECT id FROM customers WHERE email <> @p1 ORDER BY id');
    expect(values).toContain("x' OR 1=1");
  });

  test('says two columns of one name', async () => {
    const { settings } = await small();
    const { table: _, ...rest } = settings;
    const source = await openSource({ ...rest, query: 'SELECT id, email AS id FROM customers' });
    await expect(source.check(context())).rejects.toMatchObject({
      message: 'the query gives two columns called "id"',
      remedy: 'give one another name: id AS other_name',
    });
  });

  test('can be a procedure, whose parameters are named', async () => {
    const { settings } = await small({
      procedures: {
        find_customer: (parameters) => ({
          columns: [{ name: 'wanted', type: { name: 'nvarchar', length: 100 } }],
          rows: [[String(parameters.get('@email')?.value)]],
        }),
      },
    });
    const { table: _, ...rest } = settings;
    const source = await openSource({ ...rest, procedure: 'dbo.find_customer', arguments: { email: 'email' } });
    expect(await source.find(ask({ email: "o'brien@example.com" }), context())).toEqual([
      { wanted: "o'brien@example.com" },
    ]);
  });
});

describe('a server that fails', () => {
  test('in the middle of an answer is asked again', async () => {
    const { settings, server } = await small();
    const source = await openSource(settings);
    await source.check(context());
    server.faults.cutNextAfter = 20;
    expect(await source.find(ask({ id: '1' }), context())).toHaveLength(1);
  });

  test('to cancel is left, and new connections are opened', async () => {
    const { settings, server } = await small();
    const source = await openSource({ ...settings, connections: 1 });
    await source.check(context());
    const logins = server.logins.length;
    server.faults.silent = true;
    await expect(source.find(ask({ id: '1' }), context(100))).rejects.toMatchObject({ kind: 'timeout' });
    server.faults.silent = false;
    // The only connection is of no use any more.
    expect(await source.find(ask({ id: '1' }), context())).toHaveLength(1);
    expect(server.logins.length).toBeGreaterThan(logins);
  });

  test('has no problem of its own with what it is asked', async () => {
    const { settings, server } = await small();
    const source = await openSource(settings);
    await source.check(context());
    await source.close();
    expect(server.problems).toEqual([]);
  });
});
