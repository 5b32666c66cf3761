/** A database file for the shared part of the SQL adapters, on connections that cannot write. */
import { type Row, refuseTwins, type SqlDriver } from '../../src/kit/sql/index.ts';
import { describe } from './columns.ts';
import type { Connection } from './connection.ts';
import { ConnectionPool } from './pool.ts';
import { shownAs, sqliteTable } from './table.ts';

/** A driver whose connections are opened when they are needed. */
export function createSqliteDriver(file: string): SqlDriver {
  const pool = new ConnectionPool(file);
  return {
    dialect: 'sqlite',
    placeholder: (index) => `:p${index}`,
    run: ({ text, values, limit }, signal) =>
      pool.use(signal, async (connection) => {
        const columns = await columnsOf(connection, text);
        const bound = Object.fromEntries(values.map(({ value }, index) => [`p${index}`, value]));
        const rows: Row[] = [];
        const add = (cells: readonly unknown[]) =>
          rows.push(Object.fromEntries(columns.map((name, index) => [name, cells[index]]))) > 0;
        await connection.query(text, bound, limit, signal, add);
        return rows;
      }),
    async prove({ text }, signal) {
      await pool.use(signal, (connection) => columnsOf(connection, text));
    },
    describe: ({ text }, signal) => pool.use(signal, (connection) => columnsOf(connection, text)),
    columns: (table, signal) =>
      pool.use(signal, async (connection) => (await describe(connection, table, signal)).columns),
    shown: shownAs,
    tableFinder: (settings, log) => sqliteTable(pool, settings, log),
    close: async () => pool.close(),
  };
}

async function columnsOf(connection: Connection, text: string): Promise<readonly string[]> {
  const { columns } = await connection.prepare(text);
  refuseTwins(columns);
  return columns;
}
