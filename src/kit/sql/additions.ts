/** More fields for the records found, by queries of the administrator that are run once for all of them. */
import {
  type CallContext,
  type FindQuery,
  isList,
  type Log,
  type Scalar,
  type Services,
  SourceError,
  type SourceField,
  type SourceRecord,
  textOf,
  UserError,
} from '../../contract/index.ts';
import type { Row, SqlDriver, Statement } from './driver.ts';
import { type NamedQuery, parseNamedQuery } from './named-query.ts';
import { columnNamesOf, statementOf, valueFor } from './query-finder.ts';
import { fieldValue } from './records.ts';
import type { SqlSettings } from './settings.ts';

/** Rows of one addition for all records; more belong into a query of the customer's own. */
const ROW_LIMIT = 1_000;

/** Of a listing, so many records are asked for at once. */
const LISTED_AT_ONCE = 100;

const NOTHING_SENT: FindQuery = { criteria: [], limit: 1, parameters: {} };

interface Addition {
  readonly name: string;
  readonly by: string;
  readonly query: NamedQuery;
}

/** Field → values, in the order of the rows. */
type Details = Map<string, Scalar[]>;

/** The additions of a source. */
export class Additions {
  readonly #driver: SqlDriver;
  readonly #source: string;
  readonly #log: Log;
  readonly #dates: ReadonlySet<string>;
  readonly #additions: readonly Addition[];

  /** @throws {UserError} for a query that is no single SELECT */
  constructor(driver: SqlDriver, { add, dates }: Pick<SqlSettings, 'add' | 'dates'>, services: Services) {
    this.#driver = driver;
    this.#source = services.name;
    this.#log = services.log;
    this.#dates = new Set(dates);
    this.#additions = Object.entries(add).map(([name, { by, query }]) => ({
      name,
      by,
      query: parseNamedQuery(query, driver.dialect),
    }));
  }

  /**
   * Proves that the queries can be run, for several records.
   * @param sample records that the source has, for which they are run with what such records hold
   */
  async check(sample: readonly SourceRecord[], signal: AbortSignal): Promise<void> {
    for (const addition of this.#additions) {
      const { query, by } = addition;
      const statement = statementOf(query, this.#driver, (name) => (name === by ? ['', ''] : ['']), 1);
      try {
        await (this.#driver.prove?.(statement, signal) ?? this.#driver.run(statement, signal));
      } catch (error) {
        throw this.#named(error, addition);
      }
      if (sample.length > 0) await this.#details(addition, sample, NOTHING_SENT, { signal, reference: 'check' }, true);
    }
  }

  /** The fields that the queries add; none can be searched. */
  async fields(signal: AbortSignal): Promise<readonly SourceField[]> {
    const all = await Promise.all(this.#additions.map(({ query }) => columnNamesOf(query, this.#driver, signal)));
    return [...new Set(all.flat())].map((name): SourceField => {
      return { name, searchable: [], ...(this.#dates.has(name) && { kind: 'date' }) };
    });
  }

  /** The records with their details. A field that a record has already stays as it is. */
  async to(found: readonly SourceRecord[], query: FindQuery, context: CallContext): Promise<readonly SourceRecord[]> {
    if (found.length === 0 || this.#additions.length === 0) return found;
    const all = await Promise.all(this.#additions.map((addition) => this.#details(addition, found, query, context)));
    return found.map((record) => all.reduce((whole, of) => withDetails(whole, of(record)), record));
  }

  /**
   * The same for records of a listing: with all rows, or it throws.
   * @throws {UserError} for a query that asks for what HelpSpot sends
   */
  async toListed(listed: readonly SourceRecord[], signal: AbortSignal): Promise<readonly SourceRecord[]> {
    this.#refuseSent();
    if (this.#additions.length === 0) return listed;
    const all: SourceRecord[] = [];
    for (let from = 0; from < listed.length; from += LISTED_AT_ONCE) {
      for (const record of await this.#whole(listed.slice(from, from + LISTED_AT_ONCE), signal)) all.push(record);
    }
    return all;
  }

  /** Where the rows of all are too many, those of each half are read. */
  async #whole(listed: readonly SourceRecord[], signal: AbortSignal): Promise<readonly SourceRecord[]> {
    let isCut = false;
    const context = { signal, reference: '' };
    const detailsOf = (addition: Addition) =>
      this.#details(addition, listed, NOTHING_SENT, context, false, () => {
        isCut = true;
      });
    const all = await Promise.all(this.#additions.map(detailsOf));
    if (!isCut || listed.length === 1)
      return listed.map((record) => all.reduce((whole, of) => withDetails(whole, of(record)), record));
    const half = Math.ceil(listed.length / 2);
    return [...(await this.#whole(listed.slice(0, half), signal)), ...(await this.#whole(listed.slice(half), signal))];
  }

  #refuseSent(): void {
    for (const { name, by, query } of this.#additions) {
      const sent = query.parameters.find((parameter) => parameter !== by);
      if (sent === undefined) continue;
      throw new UserError(
        `The query "${name}" under "add" of ${this.#source} asks for :${sent}, which only a lookup has, so the source cannot be listed; ` +
          `write it with :${by} alone, or give the index a source of its own without it`,
      );
    }
  }

  /** The fields by which the additions are found. */
  get keys(): readonly string[] {
    return this.#additions.map(({ by }) => by);
  }

  async #details(
    addition: Addition,
    found: readonly SourceRecord[],
    query: FindQuery,
    context: CallContext,
    isCheck = false,
    noteCut = () => {},
  ): Promise<(record: SourceRecord) => Details | undefined> {
    const { by, name } = addition;
    const keys = [...new Set(found.map((record) => textOf(record[by])).filter((key) => key !== ''))];
    const byKey = new Map<string, Details>();
    if (keys.length > 0) {
      const value = valueFor(query);
      const valuesOf = (parameter: string) => (parameter === by ? keys : [value(parameter)]);
      const statement = statementOf(addition.query, this.#driver, valuesOf, ROW_LIMIT + 1);
      const rows = await this.#rows(statement, addition, context, isCheck);
      if (rows.length > ROW_LIMIT) {
        noteCut();
        context.notice?.(`of "${name}" only the first ${ROW_LIMIT} rows were read`);
      }
      for (const row of rows.slice(0, ROW_LIMIT)) this.#collect(row, addition, byKey);
    }
    return (record) => byKey.get(keyOf(textOf(record[by])));
  }

  /** A key that does not fit the type of its column would hide the rows of all others; staff are told. */
  async #rows(
    statement: Statement,
    addition: Addition,
    { signal, notice }: CallContext,
    isCheck: boolean,
  ): Promise<readonly Row[]> {
    try {
      return await this.#driver.run({ ...statement, mustFit: true }, signal);
    } catch (error) {
      if (isCheck || notice === undefined || !(error instanceof SourceError) || error.kind !== 'rejected') {
        throw this.#named(error, addition);
      }
      this.#log.warn({ err: error, addition: addition.name }, 'an addition could not be read');
      notice(`"${addition.name}" could not be read`);
      return [];
    }
  }

  /** A refusal of the server with the name of the query that it refuses. */
  #named(error: unknown, { name, by }: Addition): unknown {
    if (!(error instanceof SourceError) || error.kind !== 'rejected') return error;
    return new SourceError('rejected', `the query "${name}" under "add" of ${this.#source}: ${error.message}`, {
      cause: error,
      remedy: `it is run once for all customers found: write WHERE ${by} IN (:${by}), with a cast where ${by} has another type; ${error.remedy ?? ''}`,
    });
  }

  #collect(row: Row, { by, name }: Addition, byKey: Map<string, Details>): void {
    if (!Object.hasOwn(row, by)) {
      throw new SourceError('rejected', `the query "${name}" under "add" of ${this.#source} gives no column "${by}"`, {
        remedy: `add ${by} to its SELECT, so that its rows can be told apart`,
      });
    }
    const key = keyOf(textOf(fieldValue(row[by], false)));
    const details: Details = byKey.get(key) ?? new Map();
    byKey.set(key, details);
    for (const [field, raw] of Object.entries(row)) {
      const value = field === by ? undefined : fieldValue(raw, this.#dates.has(field));
      if (value === undefined) continue;
      details.set(field, [...(details.get(field) ?? []), ...(isList(value) ? value : [value])]);
    }
  }
}

/** The database may have found "c1" for "C1". */
function keyOf(text: string): string {
  return text.trim().toLowerCase();
}

function withDetails(record: SourceRecord, details: Details | undefined): SourceRecord {
  if (details === undefined) return record;
  const added = [...details].map(([field, values]) => [field, values.length === 1 ? values[0] : values] as const);
  return { ...Object.fromEntries(added), ...record };
}
