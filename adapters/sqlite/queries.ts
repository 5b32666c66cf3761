/** Finding with the administrator's own SELECTs. Which rows match is theirs to say; values are bound. */
import { type FindQuery, type SourceRecord, UserError } from '../../src/contract/index.ts';
import {
  cannotList,
  fieldsKey,
  type NamedQuery,
  parseNamedQuery,
  renderNamedQuery,
  stepKey,
  valueFor,
} from '../../src/kit/sql/index.ts';
import type { Bound, Connection } from './connection.ts';
import { rejected } from './failures.ts';
import { recordMaker } from './values.ts';

/** The settings of this way of finding: one query for every match step, or one for each set of fields (`first_name,last_name`). */
export interface QuerySettings {
  readonly queries: string | Readonly<Record<string, string>>;
  readonly dates: ReadonlySet<string>;
}

interface Query {
  /** With parameters p0, p1 …, which can meet no name of ours. */
  readonly sql: string;
  /** `names[0]` is bound as p0. */
  readonly names: readonly string[];
}

/** The queries of a source. */
export class Queries {
  readonly #name: string;
  readonly #only: Query | undefined;
  readonly #byFields: ReadonlyMap<string, Query>;
  readonly #dates: ReadonlySet<string>;

  /** @throws {UserError} for a query that is no single SELECT */
  constructor(sourceName: string, settings: QuerySettings) {
    const { queries } = settings;
    this.#name = sourceName;
    this.#dates = settings.dates;
    this.#only = typeof queries === 'string' ? parsed(queries) : undefined;
    this.#byFields = new Map(
      typeof queries === 'string' ? [] : Object.entries(queries).map(([fields, sql]) => [stepKey(fields), parsed(sql)]),
    );
  }

  /** Proves that every query can be run. */
  async check(connection: Connection): Promise<void> {
    const all = this.#only === undefined ? [...this.#byFields.values()] : [this.#only];
    for (const query of all) await this.#columns(connection, query);
  }

  /** @throws {UserError} when there is no query for these fields */
  async find(connection: Connection, query: FindQuery, signal: AbortSignal): Promise<readonly SourceRecord[]> {
    const chosen = this.#only ?? this.#byFields.get(fieldsKey(query.criteria.map((criterion) => criterion.field)));
    if (chosen === undefined) throw this.#noQuery(query);
    const toRecord = recordMaker(await this.#columns(connection, chosen), this.#dates);
    const found: SourceRecord[] = [];
    await connection.query(chosen.sql, boundValues(chosen, query), query.limit, signal, (row) => {
      found.push(toRecord(row));
      return true;
    });
    return found;
  }

  async #columns(connection: Connection, query: Query): Promise<readonly string[]> {
    const { columns } = await connection.prepare(query.sql);
    const twice = columns.find((column, index) => columns.indexOf(column) !== index);
    if (twice === undefined) return columns;
    throw rejected(`the query gives two columns called "${twice}"`, `give one another name: ${twice} AS other_name`);
  }

  #noQuery(query: FindQuery): UserError {
    if (query.criteria.length === 0) return cannotList(this.#name);
    const asked = query.criteria.map((criterion) => criterion.field).join(', ');
    const known = [...this.#byFields.keys()].map((key) => `"${key}"`).join(', ');
    return new UserError(
      `The source ${this.#name} has no query for the match step [${asked}], only for ${known}; ` +
        `add one under "queries:" with the key "${asked.replaceAll(' ', '')}", or take the step out of the lookup`,
    );
  }
}

// The driver's SQLite comes with functions that reach beyond the database: they read and write any file, or load code.
const BEYOND_THE_DATABASE = /\b(?:(?:readfile|writefile|fsdir|lsmode|load_extension)\b|sqlite3mc_\w{0,60})/i;

/**
 * Splits a query and refuses one that would reach beyond the database.
 * @throws {UserError}
 */
export function parseSqliteQuery(sql: string): NamedQuery {
  const query = parseNamedQuery(sql, 'sqlite');
  const beyond = BEYOND_THE_DATABASE.exec(query.pieces.join(':'));
  if (beyond !== null) throw new UserError(`The query uses ${beyond[0]}; a source only reads its database`);
  return query;
}

function parsed(sql: string): Query {
  const query = parseSqliteQuery(sql);
  const names = [...new Set(query.parameters)];
  return { sql: renderNamedQuery(query, (name) => `:p${names.indexOf(name)}`), names };
}

function boundValues(query: Query, asked: FindQuery): Bound {
  const value = valueFor(asked);
  return Object.fromEntries(query.names.map((name, index) => [`p${index}`, value(name)]));
}
