/** The SQL Server stand-in, asked by the driver that the `mssql` adapter uses. */
import { readFile } from 'node:fs/promises';
import sql from 'mssql';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type SqlServer, startSqlServer } from './tds/server.ts';
import type { Procedure, SqlServerOptions } from './tds/state.ts';
import type { Rows } from './tds/statements.ts';

/** For events that a busy machine may delay. */
const WAIT = { timeout: 10_000, interval: 10 };
const NINES = '12345678901234567.89';

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

async function seeded(options: SqlServerOptions = {}): Promise<SqlServer> {
  const one = await startSqlServer(options);
  const columns = {
    id: 'int',
    firstname: 'nvarchar(50)',
    email: 'varchar(100)',
    balance: 'decimal(19, 2)',
    big: 'bigint',
  };
  const more = { active: 'bit', born: 'date', seen: 'datetime2(3)', key: 'uniqueidentifier', photo: 'varbinary(max)' };
  const guid = '6F9619FF-8B86-D011-B42D-00C04FC964FF';
  one.load('customers', { ...columns, ...more, rate: 'float', notes: 'nvarchar(max)' }, [
    [
      1,
      'Jürg',
      'juerg@example.ch',
      NINES,
      '9007199254740993',
      '1',
      '1980-02-29',
      '2026-03-01T10:20:30.125',
      guid,
      Buffer.from([1, 255]),
      '1.5',
      'x'.repeat(9000),
    ],
    [2, "O'Neill 100%", 'o@example.com', '-0.05', '-1', '0', null, null, null, null, null, null],
    [
      3,
      '日本 [a]_b',
      'jp@example.com',
      null,
      null,
      null,
      '0001-01-01',
      '1969-12-31 23:59:59.999',
      null,
      null,
      '-2.25',
      '',
    ],
  ]);
  return one;
}

async function connected(
  to: SqlServer,
  options: sql.config['options'] = {},
  more: Partial<sql.config> = {},
): Promise<sql.ConnectionPool> {
  const { host, port, user, password, database } = to;
  const settings = {
    validateConnection: false,
    server: host,
    port,
    user,
    password,
    database,
    ...more,
    options: { encrypt: false, ...options },
  };
  const one = new sql.ConnectionPool(settings);
  one.on('error', () => {});
  return await one.connect();
}

async function started(options: SqlServerOptions = {}): Promise<SqlServer> {
  const one = await seeded(options);
  onTestFinished(async () => await one.stop());
  return one;
}

async function opened(...args: Parameters<typeof connected>): Promise<sql.ConnectionPool> {
  const one = await connected(...args);
  onTestFinished(async () => await one.close());
  return one;
}

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

describe('logins', () => {
  it('are refused with a wrong password, user or database', async () => {
    const failed = { code: 'ELOGIN', message: "Login failed for user 'helpspot_ro'." };
    await expect(connected(server, {}, { password: 'wrong' })).rejects.toMatchObject(failed);
    await expect(connected(server, {}, { user: 'nobody' })).rejects.toMatchObject({ code: 'ELOGIN' });
    await expect(connected(server, {}, { database: 'nowhere' })).rejects.toThrow('Login failed');
  });

  it('tell what the client intends', async () => {
    const one = await connected(server, { readOnlyIntent: true, appName: 'the gateway' });
    await one.close();
    const seen = {
      application: 'the gateway',
      database: 'crm',
      readOnlyIntent: true,
      encrypted: false,
      user: 'helpspot_ro',
    };
    expect(server.logins.at(-1)).toMatchObject(seen);
    expect(JSON.stringify(server.logins)).not.toContain(server.password);
  });

  it('may do only what they are granted', async () => {
    const other = await started({ account: { readOnly: true, denied: ['customers'] } });
    const one = await opened(other);
    const read = {
      number: 229,
      message: "The SELECT permission was denied on the object 'customers', database 'crm', schema 'dbo'.",
    };
    await expect(one.request().query('SELECT * FROM customers')).rejects.toMatchObject(read);
    await expect(one.request().query('DELETE FROM customers')).rejects.toMatchObject({ number: 229 });
    await expect(one.request().query('DROP TABLE customers')).rejects.toMatchObject({ number: 229 });
  });
});

describe('encryption', () => {
  it.each(['on', 'required'] as const)('is trusted by its authority: %s', async (encryption) => {
    const other = await started({ encryption });
    const ca = await readFile(other.caFile ?? '', 'utf8');
    const one = await opened(other, { encrypt: true, cryptoCredentialsDetails: { ca } });
    const long = (await one.request().query('SELECT notes FROM customers WHERE id = 1')).recordset;
    expect(long).toEqual([{ notes: 'x'.repeat(9000) }]);
    expect(other.logins.at(-1)).toMatchObject({ encrypted: true });
    await expect(opened(other, { encrypt: true })).rejects.toThrow(/certificate|self-signed/);
    const trusting = await opened(other, { encrypt: true, trustServerCertificate: true });
    expect((await trusting.request().query('SELECT 1 AS one')).recordset).toEqual([{ one: 1 }]);
  });

  it('must be had where it is required', async () => {
    await expect(opened(await started({ encryption: 'required' }))).rejects.toThrow(/encryption/);
  });
});

describe('requests', () => {
  it.each([{ packetSize: 512 }, { chunk: 7 }])('may be split anywhere: %j', async (options) => {
    const one = await opened(await started(options));
    const long = 'ü'.repeat(30_000);
    const answer = await one
      .request()
      .input('long', sql.NVarChar(sql.MAX), long)
      .query('SELECT @long AS l, id FROM customers');
    expect(answer.recordset.map((row) => row.id)).toEqual([1, 2, 3]);
    expect(answer.recordset[0]?.l).toBe(long);
  });

  it('are cancelled, and their statement is gone; the connection goes on', async () => {
    const one = await opened(server, {}, { pool: { max: 1, min: 0 } });
    const request = one.request();
    const running = request.query("WAITFOR DELAY '00:00:30' SELECT 1 AS one");
    const ended = expect(running).rejects.toMatchObject({ code: 'ECANCEL' });
    await vi.waitFor(
      () => expect(server.processes()).toMatchObject([{ sql: expect.stringContaining('WAITFOR') }]),
      WAIT,
    );
    const before = server.counts().attentions;
    request.cancel();
    await ended;
    await vi.waitFor(() => expect(server.processes()).toEqual([]), WAIT);
    expect(server.counts().attentions).toBe(before + 1);
    expect((await one.request().query('SELECT 2 AS two')).recordset).toEqual([{ two: 2 }]);
  });

  it('call procedures by name and in a statement', async () => {
    const find: Procedure = (parameters) => ({
      columns: [{ name: 'email', type: { name: 'nvarchar', length: 100 } }],
      rows: [[parameters.get('@email')?.value ?? parameters.get('0')?.value ?? null]],
    });
    const one = await opened(await started({ procedures: { find } }));
    const request = (): sql.Request => one.request().input('email', 'a@b.ch');
    expect((await request().execute('dbo.find')).recordset).toEqual([{ email: 'a@b.ch' }]);
    expect((await request().query('EXEC [dbo].[find] @email = @email')).recordset).toEqual([{ email: 'a@b.ch' }]);
    expect((await request().query('EXECUTE find @email')).recordset).toEqual([{ email: 'a@b.ch' }]);
    await expect(request().execute('lost')).rejects.toMatchObject({ number: 2812 });
  });

  it('ask linked servers, with the inner text unquoted', async () => {
    const asked: string[] = [];
    const adsi = (text: string): Rows => {
      asked.push(text);
      if (text.includes('bad')) throw new Error('syntax');
      return { columns: [{ name: 'mail', type: { name: 'nvarchar', length: 256 } }], rows: [['a@b.ch'], [null]] };
    };
    const one = await opened(await started({ linkedServers: { adsi } }));
    const query = async (text: string) => (await one.request().query(text)).recordset;
    const inner = "SELECT mail FROM ''LDAP://DC=x'' WHERE sn=''O''''Neill''";
    expect(await query(`SELECT TOP (5) * FROM OPENQUERY(ADSI, '${inner}') AS ad WHERE ad.mail = N'A@B.CH'`)).toEqual([
      { mail: 'a@b.ch' },
    ]);
    expect(asked).toEqual(["SELECT mail FROM 'LDAP://DC=x' WHERE sn='O''Neill'"]);
    await expect(query("SELECT * FROM OPENQUERY(ADSI, 'bad')")).rejects.toMatchObject({ number: 7321 });
    await expect(query("SELECT * FROM OPENQUERY(OTHER, 'x')")).rejects.toMatchObject({ number: 7202 });
    await expect(query("DECLARE @q nvarchar(9) = 'x' SELECT * FROM OPENQUERY(ADSI, @q)")).rejects.toMatchObject({
      number: 102,
    });
    await expect(query(`SELECT * FROM OPENQUERY(ADSI, '${'x'.repeat(8001)}')`)).rejects.toMatchObject({ number: 103 });
  });
});

describe('faults', () => {
  it('cut an answer', async () => {
    const other = await started();
    const one = await opened(other, {}, { requestTimeout: 300 });
    other.faults.cutNextAfter = 20;
    await expect(one.request().query('SELECT * FROM customers')).rejects.toThrow();
  });

  it('are slow, and the wait can be cancelled', async () => {
    const other = await started();
    const one = await opened(other);
    // The pool's connection is made, and has run its own first statements.
    await one.request().query('SELECT 1 AS one');
    other.faults.slowMs = 60_000;
    const request = one.request();
    const ended = expect(request.query('SELECT 1 AS one')).rejects.toMatchObject({ code: 'ECANCEL' });
    await vi.waitFor(() => expect(other.processes()).toHaveLength(1), WAIT);
    request.cancel();
    await ended;
    expect(other.processes()).toEqual([]);
    other.faults.slowMs = 0;
    expect((await one.request().query('SELECT 1 AS one')).recordset).toEqual([{ one: 1 }]);
  });

  it('keep silent, until the connection breaks', async () => {
    const other = await started();
    const one = await opened(other);
    other.faults.silent = true;
    const broken = expect(one.request().query('SELECT 1 AS one')).rejects.toThrow();
    await vi.waitFor(() => expect(other.counts().ignored).toBeGreaterThan(0), WAIT);
    await other.kill();
    await broken;
  });

  it('kill the server, which comes back with its tables', async () => {
    const other = await started();
    const one = await opened(other);
    const running = expect(one.request().query("WAITFOR DELAY '00:00:30'")).rejects.toThrow();
    await vi.waitFor(() => expect(other.processes()).toHaveLength(1), WAIT);
    await other.kill();
    await running;
    await expect(connected(other)).rejects.toMatchObject({ code: 'ESOCKET' });
    await other.restart();
    expect(other.processes()).toEqual([]);
    const again = await opened(other);
    expect((await again.request().query('SELECT COUNT(*) AS n FROM customers')).recordset).toEqual([{ n: 3 }]);
    expect(other.problems).toEqual([]);
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
