/** A database file for the shared part of the SQL adapters: what pushes ask it for. */
import type { Value } from '../../src/contract/index.ts';
import type { Row, SqlDriver, TableColumn } from '../../src/kit/sql/index.ts';
import type { ConnectionPool } from './pool.ts';
import { columnsOf } from './table.ts';

/** On the connections of the lookups, which cannot write. */
export function createSqliteReader(pool: ConnectionPool): SqlDriver {
  return {
    dialect: 'sqlite',
    placeholder: (index) => `:p${index}`,
    run: ({ text, values, limit }, signal) =>
      pool.use(signal, async (connection) => {
        const bound = Object.fromEntries(values.map(({ value }, index) => [`p${index}`, value]));
        const { columns } = await connection.prepare(text);
        const rows: Row[] = [];
        await connection.query(text, bound, limit, signal, (cells) => {
          rows.push(Object.fromEntries(columns.map((name, index) => [name, cells[index]])));
          return true;
        });
        return rows;
      }),
    columns: (table, signal) =>
      pool.use(signal, async (connection) => {
        const present = await columnsOf(connection, table, signal);
        return present.map(
          ({ name, type, key }): TableColumn => ({
            name,
            text: /char|clob|text/i.test(type),
            integer: /int/i.test(type),
            key: key > 0,
          }),
        );
      }),
    value: cellOf,
    close: async () => pool.close(),
  };
}

/** What the pool gives is a value of a record, but for integers beyond 2^53. */
function cellOf(raw: unknown): Value | undefined {
  if (typeof raw === 'bigint') return String(raw);
  return typeof raw === 'string' || typeof raw === 'number' ? raw : undefined;
}
