/** Request Push into SQL Server: the stand-in. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import mssql from '../../../adapters/mssql/index.ts';
import { openTarget, pushRequest } from '../../support/push-source.ts';
import { describePush, insert } from '../../support/sql/push-suite.ts';
import { type StandIn, standIn } from './server.ts';
import { closedPort } from './source.ts';

const TABLES = `
  CREATE TABLE tickets (id int IDENTITY(1, 1) PRIMARY KEY, subject nvarchar(max) NOT NULL, body nvarchar(max),
    owner nvarchar(max), n int, ref nvarchar(40) UNIQUE)
  CREATE TABLE coded (code uniqueidentifier PRIMARY KEY DEFAULT NEWID(), subject nvarchar(200), ref nvarchar(40))
  CREATE TABLE customers (id int PRIMARY KEY, email nvarchar(100))
  INSERT INTO customers VALUES (1, 'a@example.com'), (2, 'b@example.com')`;
const READER = { user: 'helpspot_lookups', password: 'Only#4711' };
const context = (milliseconds = 20_000) => ({ signal: AbortSignal.timeout(milliseconds), reference: 'test' });

describe('mssql', () => {
  let made: StandIn;
  beforeAll(async () => {
    made = await standIn({ accounts: [{ ...READER, readOnly: true }] });
    await made.sql(TABLES);
  });
  afterAll(async () => {
    expect(made.server.problems).toEqual([]);
    await made.stop();
  });

  const rows = async (sql: string) => {
    const answer = await made.server.execute(sql);
    return answer !== undefined && 'rows' in answer ? answer.rows : [];
  };
  const text = (cell: unknown) => (cell === null ? null : String(cell));

  describePush({
    adapter: mssql,
    settings: () => made.settings,
    readOnlySettings: () => ({ ...made.settings, ...READER }),
    tickets: async () =>
      (await rows('SELECT id, subject, body, owner, ref FROM tickets ORDER BY id')).map(
        ([id, subject, body, owner, ref]) => ({
          id: String(id),
          subject: String(subject),
          body: text(body),
          owner: text(owner),
          ref: text(ref),
        }),
      ),
    others: async () =>
      JSON.stringify(await rows('SELECT id, email FROM customers'), (_key, cell) =>
        typeof cell === 'bigint' ? String(cell) : cell,
      ),
    codes: async () => (await rows('SELECT code FROM coded')).map(([code]) => String(code).toLowerCase()),
    async lock() {
      const before = Object.getOwnPropertyDescriptor(made.server.faults, 'slowMs');
      const slowMs = () => (made.server.statements.at(-1)?.sql.includes('INSERT INTO') === true ? 60_000 : 0);
      Object.defineProperty(made.server.faults, 'slowMs', { configurable: true, get: slowMs });
      return async () => {
        if (before !== undefined)
          Object.defineProperty(made.server.faults, 'slowMs', { ...before, configurable: true });
      };
    },
    // The library under the stand-in reads a text up to its first NUL; what arrived is seen in the values.
    stored(whole) {
      expect(made.server.statements.flatMap(({ values }) => values)).toContain(whole);
      return whole.replace(/\0.*/s, '');
    },
    kill: () => made.kill(),
    start: () => made.start(),
    constraintWords: /Cannot insert the value NULL into column 'subject'/,
  });

  test('lookups ask for a readable copy, pushes and their questions never', async () => {
    const source = await openTarget(mssql, { ...made.settings, table: 'tickets', insert });
    const from = made.server.logins.length;
    await source.find?.(
      { criteria: [{ field: 'id', match: 'exact', value: '1' }], limit: 1, parameters: {} },
      context(),
    );
    const lookups = made.server.logins.length;
    const request = pushRequest();
    const { id } = await source.push(request, context());
    await source.findPush?.(request, context());
    await source.details?.(id, context());
    const intents = made.server.logins.map((login) => Reflect.get(login, 'readOnlyIntent'));
    expect(new Set(intents.slice(lookups))).toEqual(new Set([false]));
    expect(intents.slice(from, lookups)).toContain(true);
  });

  test('the text is one of parameters, in a transaction', async () => {
    const source = await openTarget(mssql, { ...made.settings, insert });
    await source.push(pushRequest({ title: "x'); DROP TABLE tickets --" }), context());
    const seen = made.server.statements.findLast(({ sql }) => sql.includes('INSERT INTO'));
    expect(seen?.sql).toBe(
      'SET NOCOUNT ON; DECLARE @gateway_made TABLE (id nvarchar(4000)); INSERT INTO [tickets] ([ref], [subject], [body]) ' +
        'OUTPUT CONVERT(nvarchar(4000), INSERTED.[id]) INTO @gateway_made (id) VALUES (@p1, @p2, @p3); SELECT id FROM @gateway_made',
    );
    expect(seen?.values).toContain("x'); DROP TABLE tickets --");
  });

  test('a text that is too long is refused whole, without its words', async () => {
    const source = await openTarget(mssql, { ...made.settings, insert: { table: 'coded', title: 'subject' } });
    const error = await source
      .push(pushRequest({ title: 'secret '.repeat(100) }), context())
      .catch((one: unknown) => one);
    expect(error).toMatchObject({ kind: 'rejected', message: expect.stringContaining("column 'subject'") });
    expect(String(error)).not.toContain('secret');
  });

  test('a server that hangs does not hold up the end of the source', async () => {
    const source = await openTarget(mssql, { ...made.settings, insert });
    await source.push(pushRequest(), context());
    made.server.faults.silent = true;
    await expect(source.push(pushRequest(), context(300))).rejects.toMatchObject({ kind: 'timeout', unsent: true });
    await source.close?.();
    made.server.faults.silent = false;
  });

  test('nobody is there', async () => {
    const source = await openTarget(mssql, { ...made.settings, port: await closedPort(), insert });
    await expect(source.push(pushRequest(), context())).rejects.toMatchObject({ kind: 'unreachable', unsent: true });
  });

  test('a directory takes no rows', () => {
    const read = mssql.settings.safeParse({ ...made.settings, linkedServer: 'ADSI', baseDn: 'DC=a', insert });
    expect(read.error?.issues.map(({ message }) => message)).toEqual([
      expect.stringContaining('does not go with linkedServer'),
    ]);
  });
});
