/** The driver of the `mssql` adapter on the stand-in, for the stand-in's own tests. */
import sql from 'mssql';
import { onTestFinished } from 'vitest';
import { type SqlServer, startSqlServer } from './server.ts';
import type { SqlServerOptions } from './state.ts';

/** A decimal with more digits than a number has. */
export const NINES = '12345678901234567.89';

/** A server with three customers of all types. The caller stops it. */
export async function seeded(options: SqlServerOptions = {}): Promise<SqlServer> {
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

/** A pool on a server. The caller closes it. */
export async function connected(
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

/** The same as {@link seeded}; it stops with the test. */
export async function started(options: SqlServerOptions = {}): Promise<SqlServer> {
  const one = await seeded(options);
  onTestFinished(async () => await one.stop());
  return one;
}

/** The same as {@link connected}; it closes with the test. */
export async function opened(...args: Parameters<typeof connected>): Promise<sql.ConnectionPool> {
  const one = await connected(...args);
  onTestFinished(async () => await one.close());
  return one;
}
