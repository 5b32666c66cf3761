/** The SQL Server stand-in: its values and its T-SQL, asked by the driver that the `mssql` adapter uses. */
import sql from 'mssql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connected, NINES, seeded } from './tds/client.ts';
import type { SqlServer } from './tds/server.ts';

let server: SqlServer;
let pool: sql.ConnectionPool;

beforeAll(async () => {
  server = await seeded();
  pool = await connected(server);
});

afterAll(async () => {
  await pool.close();
  await server.stop();
});

async function rows(text: string, values: Readonly<Record<string, unknown>> = {}): Promise<unknown[]> {
  const request = pool.request();
  for (const [name, value] of Object.entries(values)) request.input(name, value);
  return [...(await request.query(text)).recordset];
}

describe('values', () => {
  it('come in their types', async () => {
    const [first, second, third] = await rows('SELECT * FROM dbo.customers ORDER BY id');
    expect(first).toMatchObject({
      id: 1,
      firstname: 'Jürg',
      big: '9007199254740993',
      active: true,
      born: new Date('1980-02-29'),
      key: '6F9619FF-8B86-D011-B42D-00C04FC964FF',
      photo: Buffer.from([1, 255]),
      rate: 1.5,
      notes: 'x'.repeat(9000),
    });
    expect(second).toMatchObject({ balance: -0.05, active: false, born: null, notes: null, photo: null });
    expect(third).toMatchObject({ firstname: '日本 [a]_b', notes: '', rate: -2.25, born: new Date('0001-01-01') });
  });
  it.each([
    ['int', sql.Int, -5],
    ['bigint', sql.BigInt, '9007199254740993'],
    ['bit', sql.Bit, true],
    ['float', sql.Float, 0.1],
    ['nvarchar(50)', sql.NVarChar(50), 'Zoë 日本'],
    ['varchar(50)', sql.VarChar(50), 'Zoë €'],
    ['nvarchar(max)', sql.NVarChar(sql.MAX), 'é'.repeat(20_000)],
    ['decimal(12, 3)', sql.Decimal(12, 3), -1234.567],
    ['datetime2', sql.DateTime2(3), new Date('2026-03-01T10:20:30.125Z')],
    ['datetime', sql.DateTime, new Date('2026-03-01T10:20:30.120Z')],
    ['date', sql.Date, new Date('1969-07-20T00:00:00Z')],
    ['datetimeoffset', sql.DateTimeOffset(3), new Date('2026-03-01T10:20:30.125Z')],
    ['uniqueidentifier', sql.UniqueIdentifier, '6F9619FF-8B86-D011-B42D-00C04FC964FF'],
    ['varbinary', sql.VarBinary(10), Buffer.from([0, 255, 7])],
  ])('go and come back as parameters: %s', async (name, type, value) => {
    const request = pool.request().input('value', type, value).input('none', type, null);
    const asked = `SELECT CAST(@value AS ${name}) AS back, @none AS nothing`;
    const text = name === 'varbinary' ? 'SELECT @value AS back, @none AS nothing' : asked;
    expect((await request.query(text)).recordset).toEqual([{ back: value, nothing: null }]);
  });
});

describe('T-SQL', () => {
  it('finds text without case, with accents, and without spaces at its end', async () => {
    const find = async (value: string) => await rows('SELECT id FROM customers WHERE firstname = @v', { v: value });
    expect(await find('jürg')).toEqual([{ id: 1 }]);
    expect(await find('JÜRG  ')).toEqual([{ id: 1 }]);
    expect(await find('Jurg')).toEqual([]);
    expect(await find("o'neill 100%")).toEqual([{ id: 2 }]);
    expect(await find("' OR 1=1 --")).toEqual([]);
    expect(await find('Jürg\0')).toEqual([]);
  });

  it.each([
    ['%100[%]', [2]],
    ['%100%', [2]],
    ['%[a]%', [3]],
    ['%[[]a]%', [3]],
    ['%]_b', [3]],
    ['%\\_b', []],
    ['JÜ%', [1]],
    ['[^j]%', [2, 3]],
    ['%\0%', []],
  ])('matches the pattern %j', async (pattern, ids) => {
    const found = await rows('SELECT id FROM customers WHERE firstname LIKE @p ORDER BY id', { p: pattern });
    expect(found).toEqual(ids.map((id) => ({ id })));
  });

  it('escapes in a pattern what ESCAPE says', async () => {
    const text = "SELECT [id] FROM [customers] WHERE [firstname] LIKE N'%' + @p + N'%' ESCAPE N'\\'";
    expect(await rows(text, { p: '\\[a\\]\\_' })).toEqual([{ id: 3 }]);
    expect(await rows(text, { p: '100\\%' })).toEqual([{ id: 2 }]);
    expect(await rows(text, { p: '\\_\\_' })).toEqual([]);
  });

  it('limits and pages', async () => {
    expect(await rows('SELECT TOP (@n) id FROM customers ORDER BY id DESC', { n: 2 })).toEqual([{ id: 3 }, { id: 2 }]);
    const page = 'SELECT id FROM crm.dbo.customers ORDER BY id OFFSET @a ROWS FETCH NEXT @b ROWS ONLY';
    expect(await rows(page, { a: 1, b: 1 })).toEqual([{ id: 2 }]);
    const union = 'SELECT TOP 1 id FROM customers WHERE id > 1 UNION ALL SELECT 9 AS id ORDER BY id';
    expect(await rows(union)).toEqual([{ id: 2 }, { id: 9 }]);
  });

  it('has functions, joins, subqueries and conversions', async () => {
    const digits = "REPLACE(REPLACE(N'+41 (31) 1', N' ', N''), N'(', N'')";
    expect(await rows(`SELECT ${digits} AS d, ISNULL(NULL, 'x') AS i, LEN('ab  ') AS n`)).toEqual([
      { d: '+4131)1', i: 'x', n: 2 },
    ]);
    const joined =
      'SELECT c.id, o.firstname AS other FROM dbo.customers c WITH (NOLOCK) LEFT JOIN customers AS o ON o.id = c.id + 1 ' +
      "WHERE c.id IN (SELECT id FROM customers WHERE email LIKE '%@example.c%') AND c.id BETWEEN 1 AND 1";
    expect(await rows(joined)).toEqual([{ id: 1, other: "O'Neill 100%" }]);
    const text =
      'SELECT CONVERT(nvarchar(40), balance) AS b, CONVERT(nvarchar(30), seen, 126) AS s, COUNT(*) OVER () AS n';
    expect(await rows(`${text} FROM customers WHERE id = '1'`)).toEqual([
      { b: NINES, s: '2026-03-01T10:20:30.125', n: 1 },
    ]);
    expect(await rows("SELECT 'caf' + N'é' + '€日' AS t")).toEqual([{ t: 'café€?' }]);
  });

  it('describes its tables', async () => {
    const text =
      "SELECT COLUMN_NAME, DATA_TYPE FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = N'CUSTOMERS' AND ORDINAL_POSITION < 3";
    expect(await rows(text)).toEqual([
      { COLUMN_NAME: 'id', DATA_TYPE: 'int' },
      { COLUMN_NAME: 'firstname', DATA_TYPE: 'nvarchar' },
    ]);
    const system =
      "SELECT c.name, t.name AS type FROM sys.columns c JOIN sys.types t ON t.user_type_id = c.user_type_id WHERE c.object_id = OBJECT_ID(N'dbo.customers') AND c.column_id = 5";
    expect(await rows(system)).toEqual([{ name: 'big', type: 'bigint' }]);
    expect(JSON.stringify(await rows('SELECT @@VERSION AS v, DB_NAME() AS d'))).toContain('Microsoft SQL Server 2022');
  });

  it.each([
    ['SELECT * FROM nowhere', 208, "Invalid object name 'nowhere'."],
    ['SELECT * FROM other.customers', 208, "Invalid object name 'other.customers'."],
    ['SELECT nothing FROM customers', 207, "Invalid column name 'nothing'."],
    ['SELECT "nothing" FROM customers', 207, "Invalid column name 'nothing'."],
    ['SELECT 1 FROM customers LIMIT 1', 102, "Incorrect syntax near '1'."],
    ['SELECT id FROM customers WHERE id = ?', 102, "Incorrect syntax near '?'."],
    ['SELECT FROM customers', 156, "Incorrect syntax near the keyword 'FROM'."],
    ["SELECT 'x", 105, "Unclosed quotation mark after the character string 'x'."],
    ['SELECT length(1)', 195, "'length' is not a recognized built-in function name."],
    ['SELECT @x', 137, 'Must declare the scalar variable "@x".'],
    [
      "SELECT id FROM customers WHERE id = N'abc'",
      245,
      "Conversion failed when converting the nvarchar value 'abc' to data type int.",
    ],
    ["SELECT id FROM customers WHERE big = N'abc'", 8114, 'Error converting data type nvarchar to bigint.'],
    [
      "SELECT id FROM customers WHERE [key] = N'abc'",
      8169,
      'Conversion failed when converting from a character string to uniqueidentifier.',
    ],
    [
      "SELECT id FROM customers WHERE born > 'abc'",
      241,
      'Conversion failed when converting date and/or time from character string.',
    ],
    ["RAISERROR(N'Zu spät', 16, 1)", 50_000, 'Zu spät'],
  ])('answers %s with an error', async (text, number, message) => {
    await expect(pool.request().query(text)).rejects.toMatchObject({ code: 'EREQUEST', number, message });
    await expect(pool.request().batch(text)).rejects.toMatchObject({ number });
  });

  it('runs stacked statements, with or without a semicolon', async () => {
    await pool
      .request()
      .batch("CREATE TABLE [t 1] (id int NOT NULL PRIMARY KEY, [a]]b] nvarchar(10)) INSERT [t 1] VALUES (1, N'x')");
    const answer = await pool
      .request()
      .query("UPDATE [t 1] SET [a]]b] = 'y' WHERE id = 1; SELECT * FROM [t 1] DELETE FROM [t 1]");
    expect(answer.recordset).toEqual([{ id: 1, 'a]b': 'y' }]);
    expect(answer.rowsAffected).toEqual([1, 1, 1]);
    await pool.request().batch('DROP TABLE [t 1]');
    await expect(rows('SELECT * FROM [t 1]')).rejects.toMatchObject({ number: 208 });
  });

  it('rolls a transaction back', async () => {
    const transaction = new sql.Transaction(pool);
    await transaction.begin();
    await new sql.Request(transaction).query('DELETE FROM customers');
    await transaction.rollback();
    expect(await rows('SELECT COUNT(*) AS n FROM customers')).toEqual([{ n: 3 }]);
  });
});
