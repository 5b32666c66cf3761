/** Statements on a pool of connections to PostgreSQL. */
import { closest } from 'fastest-levenshtein';
import { type Log, SourceError } from '../../src/contract/index.ts';
import { quoteTable, type Row, type SqlDriver, type Statement } from '../../src/kit/sql/index.ts';
import type { TlsOptions } from '../../src/kit/tls/index.ts';
import { asPostgresFailure, isLost, isUnfitValue } from './failures.ts';
import { type Result, Sessions } from './sessions.ts';
import type { Settings } from './settings.ts';
import { typeOf } from './values.ts';

// What is in pg_catalog is seen by everybody; information_schema hides what one may not read.
const COLUMNS = `
  SELECT a.attname AS name, t.typcategory = 'S' AS "text",
         COALESCE(NULLIF(t.typbasetype, 0), t.oid)::int4 AS "type", t.typcategory = 'A' AS "list",
         COALESCE(a.attnum = ANY (i.indkey), false) AS "key",
         array_position(i.indkey::int2[], a.attnum) AS "keyPlace"
  FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_catalog.pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
  WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY a.attnum`;

const TABLES = `
  SELECT CASE WHEN pg_catalog.pg_table_is_visible(c.oid) THEN c.relname ELSE n.nspname || '.' || c.relname END AS name
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
  ORDER BY 1 LIMIT 200`;

/** A driver whose connections are opened when they are needed. */
export function createPostgresDriver(settings: Settings, tls: TlsOptions | undefined, log: Log): SqlDriver {
  const { host, port, user, database, connections } = settings;
  const where = `${host}:${port}/${database}`;
  const sessions = new Sessions(settings, tls, log);

  /** Every connection of the pool may have died with the server; one that is new has not. */
  async function repeated(statement: Statement, signal: AbortSignal): Promise<Result> {
    for (let attempt = 0; ; attempt += 1) {
      const session = await sessions.open(signal);
      try {
        return await session.run(statement, signal);
      } catch (error) {
        const again = isLost(error) && !signal.aborted && (session.used || attempt === 0);
        if (!again || attempt > connections) throw error;
      }
    }
  }

  async function answerTo(statement: Statement, signal: AbortSignal): Promise<Result> {
    signal.throwIfAborted();
    try {
      return await repeated(statement, signal);
    } catch (error) {
      if (signal.aborted && !(error instanceof SourceError)) {
        throw new SourceError('timeout', `${where}: the query took too long and was cancelled`, {
          cause: error,
          remedy: 'add an index for it',
        });
      }
      if (statement.values.length > 0 && isUnfitValue(error) && statement.mustFit !== true) {
        log.debug({ where }, 'a value does not fit the type of its column, so it finds nobody');
        return { names: [], rows: [] };
      }
      throw asPostgresFailure(error, where);
    }
  }

  async function run(statement: Statement, signal: AbortSignal): Promise<readonly Row[]> {
    return (await answerTo(statement, signal)).rows;
  }

  async function noTable(table: string, signal: AbortSignal): Promise<SourceError> {
    const names = (await run({ text: TABLES, values: [] }, signal)).map((row) => String(row['name']));
    if (names.length === 0) {
      return new SourceError('rejected', `${where}: there is no table "${table}"; the database has none`, {
        remedy: `check that "${database}" is the right database`,
      });
    }
    return new SourceError('rejected', `${where}: there is no table or view "${table}" for ${user}`, {
      remedy: `did you mean "${closest(table, names)}"? There are ${names.slice(0, 20).join(', ')}`,
    });
  }

  return {
    dialect: 'postgres',
    placeholder: (index) => `$${index + 1}`,
    run,
    async columns(table, signal) {
      const values = [{ name: 'table', value: quoteTable(table, 'postgres') }];
      const rows = await run({ text: COLUMNS, values }, signal);
      if (rows.length === 0) throw await noTable(table, signal);
      return rows.map(({ name, text, type, list, key, keyPlace }) => {
        const is = { name: String(name), text: text === true, key: key === true, keyPlace: Number(keyPlace ?? 0) };
        return { ...is, ...typeOf(Number(type)), ...(list === true && { list: true }) };
      });
    },
    describe: async (statement, signal) => (await answerTo(statement, signal)).names,
    close: () => sessions.close(),
  };
}
