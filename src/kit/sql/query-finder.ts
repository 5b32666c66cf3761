/** Finding with the administrator's own SELECTs. Which rows match is theirs to say; values are bound. */
import { type FindQuery, type SourceField, UserError } from '../../contract/index.ts';
import { limited } from './dialect.ts';
import type { Bound, SqlDriver, SqlFinder, Statement } from './driver.ts';
import { type NamedQuery, parseNamedQuery, renderNamedQuery } from './named-query.ts';
import { recordOf } from './records.ts';
import { fieldsKey, stepKey } from './settings.ts';

/** The settings of this way of finding: one query for every match step, or one for each set of fields (`first_name,last_name`). */
export interface QuerySettings {
  readonly queries: string | Readonly<Record<string, string>>;
  readonly dates: readonly string[];
}

/** The queries of a source. @throws {UserError} for a query that is no single SELECT */
export function queryFinder(driver: SqlDriver, { queries, dates }: QuerySettings, source: string): SqlFinder {
  const parsed = (sql: string) => parseNamedQuery(sql, driver.dialect);
  const only = typeof queries === 'string' ? parsed(queries) : undefined;
  const byFields = new Map(
    typeof queries === 'string' ? [] : Object.entries(queries).map(([fields, sql]) => [stepKey(fields), parsed(sql)]),
  );
  const dateFields = new Set(dates);
  return {
    /** Proves that every query can be run. */
    async check(signal) {
      for (const query of only === undefined ? byFields.values() : [only]) await prove(query, driver, signal);
    },
    /** The columns of the results; they can be asked by what the queries take. */
    async fields(signal) {
      const all = only === undefined ? [...byFields] : [[only.parameters.join(','), only] as const];
      const names = new Set<string>();
      for (const [, query] of all) {
        for (const name of await columnNamesOf(query, driver, signal)) names.add(name);
      }
      const asked = new Set(
        all.flatMap(([fields, { parameters }]) => (only === undefined ? fields.split(',') : parameters)),
      );
      return [...new Set([...names, ...asked])].map((name): SourceField => {
        const isDate = dateFields.has(name);
        return {
          name,
          ...(isDate && { kind: 'date' }),
          ...(!asked.has(name) && { searchable: [] }),
          ...(!names.has(name) && { shown: false }),
        };
      });
    },
    /**
     * Without criteria the one query of all match steps runs, with what HelpSpot sent.
     * @throws {UserError} when there is no query for these fields
     */
    async find(query, { signal }) {
      const fields = query.criteria.map(({ field }) => field);
      const chosen = only ?? byFields.get(fieldsKey(fields));
      if (chosen === undefined) throw noQuery(source, fields, [...byFields.keys()]);
      const value = valueFor(query);
      const rows = await driver.run(
        statementOf(chosen, driver, (name) => [value(name)], query.limit),
        signal,
      );
      return rows.slice(0, query.limit).map((row) => recordOf(row, dateFields));
    },
  };
}

function noQuery(source: string, fields: readonly string[], keys: readonly string[]): UserError {
  if (fields.length === 0) {
    return new UserError(
      `The source ${source} has a query for each match step and cannot list its records; ` +
        'write one "query:" for all of them, or use a table, or ask only with criteria',
    );
  }
  return new UserError(
    `The source ${source} has no query for the match step [${fields.join(', ')}], ` +
      `only for ${keys.map((key) => `"${key}"`).join(', ')}; ` +
      `add one under "queries:" with the key "${fields.join(',')}", or take the step out of the lookup`,
  );
}

/** What HelpSpot sent, under the criterion's value where a field of that name is searched; what was not sent is empty. */
export function valueFor({ criteria, parameters }: FindQuery): (name: string) => string {
  const searched = new Map(criteria.map((criterion) => [criterion.field, criterion.value]));
  return (name) => searched.get(name) ?? (Object.hasOwn(parameters, name) ? parameters[name] : undefined) ?? '';
}

/** Proves that a query can be run: with empty parameters, for one row. */
export async function prove(query: NamedQuery, driver: SqlDriver, signal: AbortSignal): Promise<void> {
  const statement = statementOf(query, driver, () => [''], 1);
  await (driver.prove?.(statement, signal) ?? driver.run(statement, signal));
}

/** The columns of the result of a query. */
export async function columnNamesOf(
  query: NamedQuery,
  driver: SqlDriver,
  signal: AbortSignal,
): Promise<readonly string[]> {
  return await driver.describe(
    statementOf(query, driver, () => [''], 1),
    signal,
  );
}

/** Where PostgreSQL wants one value that is an array: `= ANY(:id)`, `unnest(:id)`, `:id::text[]`. */
const BEFORE_ARRAY = /\b(?:any|all|some|unnest)\s*\(\s*$/i;
const AFTER_ARRAY = /^\s*::\s*[\w"]+(?: [a-z]+)*\s*\[/i;

/** An array as PostgreSQL reads it (manual, 8.15.2): `{"a","b \"c\""}`. */
function arrayOf(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
}

/** A query with its values bound. A parameter with several values becomes as many placeholders: `IN (?, ?)`. */
export function statementOf(
  query: NamedQuery,
  driver: SqlDriver,
  valuesOf: (name: string) => readonly string[],
  limit: number,
): Statement {
  const values: Bound[] = [];
  const bind = (name: string, value: string) => driver.placeholder(values.push({ name, value }) - 1);
  // Each occurrence is bound by itself: the server finds a type for each place.
  const text = renderNamedQuery(query, (name, index) => {
    const [before = '', after = ''] = query.pieces.slice(index, index + 2);
    const isArray = driver.dialect === 'postgres' && (BEFORE_ARRAY.test(before) || AFTER_ARRAY.test(after));
    const all = valuesOf(name);
    return isArray ? bind(name, arrayOf(all)) : all.map((value) => bind(name, value)).join(', ');
  });
  return { text: limited(text, driver.dialect, limit), values, limit };
}
