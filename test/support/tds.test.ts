/** The SQL Server stand-in: its protocol, asked by the driver that the `mssql` adapter uses. */
import { readFile } from 'node:fs/promises';
import sql from 'mssql';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { connected, opened, seeded, started } from './tds/client.ts';
import type { SqlServer } from './tds/server.ts';
import type { Procedure } from './tds/state.ts';
import type { Rows } from './tds/surroundings.ts';

/** For events that a busy machine may delay. */
const WAIT = { timeout: 10_000, interval: 10 };

let server: SqlServer;

beforeAll(async () => {
  server = await seeded();
});

afterAll(async () => {
  await server.stop();
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
