/** What a database system gives to the shared part of the SQL adapters: it runs statements, and knows its own values and errors. */
import type { CallContext, FindQuery, Log, SourceField, SourceRecord } from '../../contract/index.ts';
import type { SqlDialect } from './dialect.ts';
import type { SqlSettings } from './settings.ts';

/** One value to bind. SQL adapters bind text; the server converts. */
export interface Bound {
  /** The HelpSpot parameter or field that it came from. */
  readonly name: string;
  readonly value: string;
}

/** One statement in the server's own spelling of placeholders, with the values in the order of the placeholders. */
export interface Statement {
  readonly text: string;
  readonly values: readonly Bound[];
  /**
   * So many rows are wanted, where the text does not say it (an administrator's query, a procedure). A driver that can
   * have the server stop there does; the rest is cut off in any case.
   */
  readonly limit?: number;
  /** Whether a value that does not fit the type of its place is an error; left out: it finds nothing. */
  readonly mustFit?: boolean;
}

/** One row: column → big integers and decimals as their text, times as Date, bit as boolean, JSON as text; or what is no value of a record. */
export type Row = Readonly<Record<string, unknown>>;

/** A column of a table or view. */
export interface TableColumn {
  readonly name: string;
  /** Compares and sorts as text without a conversion. */
  readonly text: boolean;
  /** A whole number of at most 64 bits: compared as one, so that its index serves. */
  readonly integer?: boolean;
  /** What other types hold: numbers with a fraction, yes or no, a day, a time by a clock on the wall, a moment. */
  readonly holds?: 'decimal' | 'float' | 'boolean' | 'day' | 'time' | 'moment';
  /** Of a `time`: the zone of the clock; left out: UTC. */
  readonly zone?: string | undefined;
  /** Made by the database from a telephone number: digits only, so that its index serves. */
  readonly digits?: boolean;
  /** A list of texts or numbers (an array of PostgreSQL). */
  readonly list?: boolean;
  /** Part of the primary key, which gives the rows a stable order. */
  readonly key?: boolean;
  /** Its place in a primary key of several columns, from 1. Left out: that of the column. */
  readonly keyPlace?: number;
  /** The system's word for its type, to which a text can be cast; see `textFormOf`. Left out: the system finds it out, or there is none. */
  readonly type?: string;
  /** The system cannot sort by it; the name of its type. */
  readonly unsorted?: string;
}

/** A way of finding. */
export interface SqlFinder {
  check(signal: AbortSignal): Promise<void>;
  /** At most `query.limit` records. */
  find(query: FindQuery, context: CallContext): Promise<readonly SourceRecord[]>;
  /** As {@link Source.findsGroups}. */
  readonly findsGroups?: true;
  /** As {@link Source.findsInOrder}. */
  readonly findsInOrder?: true;
  /** As {@link Source.fields}. */
  fields?(signal: AbortSignal): Promise<readonly SourceField[]>;
}

/** The settings of finding in a table or view. */
export type TableSettings = Pick<SqlSettings, 'columns' | 'dates' | 'key'> & { readonly table: string };

/** What is a system's own: how it connects, runs, spells placeholders, and what its errors mean. */
export interface SqlDriver {
  readonly dialect: SqlDialect;
  /** `?`, `$1`, `@p1`; `index` counts from 0. */
  placeholder(index: number): string;
  /**
   * Runs one statement. At the abort it is cancelled on the server, and the connection is used again only when it is
   * clean. A dead connection of the pool is replaced, and the statement repeated once.
   * @throws {SourceError}
   */
  run(statement: Statement, signal: AbortSignal): Promise<readonly Row[]>;
  /** Proves that a statement can be run, without running it; left out: it is run, for one row. @throws {SourceError} */
  prove?(statement: Statement, signal: AbortSignal): Promise<void>;
  /** The names of the columns that a statement gives; it may be run for that, for one row. @throws {SourceError} */
  describe(statement: Statement, signal: AbortSignal): Promise<readonly string[]>;
  /** What the cell of a column of a table is a value of; left out: it is itself. */
  shown?(cell: unknown, column: TableColumn): unknown;
  /** How a table is searched by a system that cannot compare as the gateway does; left out: its collation decides. */
  tableFinder?(settings: TableSettings, log: Log): SqlFinder;
  /**
   * The columns of a table or view in their order; `table` may have a schema before a dot.
   * @throws {SourceError} with the nearest name when there is no such table
   */
  columns(table: string, signal: AbortSignal): Promise<readonly TableColumn[]>;
  close(): Promise<void>;
}
