/** The SQL Server stand-in, asked by FreeTDS: another client than the driver that the adapter uses. */
import { execFile } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { reasonOf, requireCommand } from './packages.ts';
import { type SqlServer, startSqlServer } from './tds/server.ts';
import type { SqlServerOptions } from './tds/state.ts';

const tsql = await requireCommand('tsql', ['freetds-bin'], 'the SQL Server stand-in is proved with FreeTDS');
const TIMEOUT_MS = 20_000;

async function started(options: SqlServerOptions = {}): Promise<SqlServer> {
  const server = await startSqlServer(options);
  onTestFinished(async () => await server.stop());
  const columns = { id: 'int', name: 'nvarchar(50)', amount: 'decimal(9, 2)', active: 'bit', notes: 'nvarchar(max)' };
  server.load('customers', { ...columns, seen: 'datetime2(0)', big: 'bigint', rate: 'float' }, [
    [1, 'Jürg 日本', '12.50', '1', 'n'.repeat(5000), '2026-03-01 10:20:30', '9007199254740993', '1.5'],
    [2, "O'Neill", null, '0', null, null, null, null],
  ]);
  return server;
}

/** What `tsql` writes, its errors too, for a batch. */
async function asked(server: SqlServer, sql: string, password = server.password): Promise<string> {
  const { host, port, user, database } = server;
  const words = ['-H', host, '-p', String(port), '-U', user, '-P', password, '-D', database, '-o', 'fhq', '-t', '|'];
  const env = { ...process.env, TDSVER: '7.4', LC_ALL: 'C.UTF-8' };
  return await new Promise((resolve) => {
    const child = execFile('tsql', words, { env, timeout: TIMEOUT_MS }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
    child.stdin?.on('error', () => {});
    child.stdin?.end(`${sql}\ngo\nexit\n`);
  });
}

describe.skipIf(!tsql.ok)(`The stand-in and FreeTDS${reasonOf(tsql)}`, () => {
  it.each(['off', 'on', 'required'] as const)('log in and select, encryption %s', async (encryption) => {
    const server = await started({ encryption });
    const output = await asked(server, 'SELECT id, name, amount, active, big, rate FROM customers ORDER BY id');
    expect(output).toContain('1|Jürg 日本|12.50|1|9007199254740993|1.5');
    expect(output).toContain("2|O'Neill|NULL|0|NULL|NULL");
    expect(server.logins).toMatchObject([{ encrypted: encryption !== 'off', user: server.user }]);
    expect(server.problems).toEqual([]);
  });

  it('log in with a Windows account', async () => {
    const windows = { user: 'svc-helpspot', password: 'Windows#0815', domain: 'EXAMPLE' };
    const server = await started({ accounts: [windows] });
    const as = { ...server, user: `${windows.domain}\\${windows.user}` };
    expect(await asked(as, 'SELECT id FROM customers WHERE id = 2', windows.password)).toMatch(/^2$/m);
    expect(await asked(as, 'SELECT id FROM customers WHERE id = 2', 'wrong')).toContain('18452');
  });

  it('read long text, moments and packets of any size', async () => {
    const server = await started({ packetSize: 512, chunk: 11 });
    const output = await asked(server, 'SELECT notes, seen FROM customers WHERE id = 1');
    expect(output).toContain('n'.repeat(5000));
    expect(output).toMatch(/2026/);
  });

  it('are told errors, and that a login failed', async () => {
    const server = await started();
    expect(await asked(server, 'SELECT * FROM nowhere')).toMatch(/Msg 208 .*\n?.*Invalid object name 'nowhere'/);
    expect(await asked(server, 'SELEC 1')).toMatch(/Msg \d+/);
    expect(await asked(server, 'SELECT 1', 'wrong')).toContain("Login failed for user 'helpspot_ro'");
  });
});
