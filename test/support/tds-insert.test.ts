/** The SQL Server stand-in takes rows as SQL Server does, and refuses what that refuses. */
import sql from 'mssql';
import { expect, onTestFinished, test } from 'vitest';
import { connected } from './tds/client.ts';
import { startSqlServer } from './tds/server.ts';

const TABLES = `
  CREATE TABLE tickets (id int IDENTITY(1, 1) PRIMARY KEY, subject nvarchar(10) NOT NULL, n int,
    status nvarchar(10) DEFAULT 'open', ref nvarchar(40) UNIQUE)
  CREATE TABLE coded (code uniqueidentifier PRIMARY KEY DEFAULT NEWID(), subject nvarchar(10))`;

async function server() {
  const one = await startSqlServer({ accounts: [{ user: 'reader', password: 'r', readOnly: true }] });
  onTestFinished(() => one.stop());
  await one.execute(TABLES);
  const pool = await connected(one);
  onTestFinished(() => pool.close());
  const ask = async (text: string, ...values: readonly string[]) => {
    const request = pool.request();
    values.forEach((value, index) => void request.input(`p${index + 1}`, sql.NVarChar(4000), value));
    return [...((await request.query(text)).recordset ?? [])];
  };
  return { one, pool, ask };
}

const keyOf = (table: string, key: string) =>
  `DECLARE @made TABLE (id nvarchar(4000)); INSERT INTO ${table} (subject) OUTPUT CONVERT(nvarchar(4000), INSERTED.[${key}])
   INTO @made (id) VALUES (@p1); SELECT id FROM @made`;

test('a row has its number, or its GUID, and the defaults of its columns', async () => {
  const { ask } = await server();
  expect(await ask(keyOf('dbo.tickets', 'id'), 'one')).toEqual([{ id: '1' }]);
  expect(await ask(keyOf('tickets', 'id'), 'two')).toEqual([{ id: '2' }]);
  expect(await ask('SELECT subject, n, status FROM tickets WHERE id = 2')).toEqual([
    { subject: 'two', n: null, status: 'open' },
  ]);
  const [coded] = await ask(keyOf('coded', 'code'), 'x');
  expect(coded).toEqual({ id: expect.stringMatching(/^[\dA-F]{8}(-[\dA-F]{4}){3}-[\dA-F]{12}$/) });
});

test.each([
  [544, "INSERT INTO tickets (id, subject) VALUES (5, 'x')", /explicit value for identity column/],
  [515, 'INSERT INTO tickets (n) VALUES (1)', /Cannot insert the value NULL into column 'subject'/],
  [245, "INSERT INTO tickets (subject, n) VALUES ('x', N'four')", /Conversion failed/],
  [2628, "INSERT INTO tickets (subject) VALUES ('longer than ten')", /would be truncated .* column 'subject'/],
  [2627, "INSERT INTO tickets (subject, ref) VALUES ('x', 'a'), ('y', 'a')", /Violation of UNIQUE KEY/],
  [207, "INSERT INTO tickets (subjekt) VALUES ('x')", /Invalid column name 'subjekt'/],
  [208, "INSERT INTO tikets (subject) VALUES ('x')", /Invalid object name 'tikets'/],
])('error %i: %s', async (number, text, message) => {
  const { ask } = await server();
  const error = await ask(text).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ number, message: expect.stringMatching(message) });
  expect(await ask('SELECT COUNT(*) AS n FROM tickets')).toEqual([{ n: 0 }]);
});

test('what is not committed is gone with its connection, and its locks', async () => {
  const { one, pool, ask } = await server();
  const transaction = new sql.Transaction(pool);
  transaction.on('error', () => undefined);
  await transaction.begin();
  await transaction.request().query("INSERT INTO tickets (subject) VALUES ('x')");
  await one.kill();
  // The pool waits for it otherwise.
  await transaction.rollback().catch(() => undefined);
  await one.restart();
  expect(await one.execute('SELECT id FROM tickets')).toMatchObject({ rows: [] });
  expect(await ask(keyOf('tickets', 'id'), 'next')).toEqual([{ id: '1' }]);
});

test('tells who may insert', async () => {
  const { one, ask } = await server();
  const may = "SELECT HAS_PERMS_BY_NAME('[dbo].[tickets]', 'OBJECT', 'INSERT') AS may";
  expect(await ask(may)).toEqual([{ may: 1 }]);
  expect(await ask(may.replace('tickets', 'nothing'))).toEqual([{ may: null }]);
  const { host, port, database } = one;
  const reader = new sql.ConnectionPool({
    server: host,
    port,
    user: 'reader',
    password: 'r',
    database,
    options: { encrypt: false },
  });
  await reader.connect();
  onTestFinished(() => reader.close());
  expect((await reader.request().query(may)).recordset[0]).toEqual({ may: 0 });
  await expect(reader.request().query("INSERT INTO tickets (subject) VALUES ('x')")).rejects.toMatchObject({
    number: 229,
  });
});
