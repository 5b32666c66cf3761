/** What the suite of SQL pushes is run against. */
import type { Adapter } from '../../../src/contract/index.ts';

/** A row of `tickets`: id (generated), subject (not empty), body, owner, n (a whole number), ref. */
export interface TicketRow {
  readonly id: string;
  readonly subject: string;
  readonly body: string | null;
  readonly owner: string | null;
  readonly ref: string | null;
}

/** A database with `tickets`, `coded` (code: generated, no number; ref, subject) and `customers` (never to be touched). */
export interface PushSubject {
  readonly adapter: Adapter;
  /** Reaches the database as an account that may SELECT and INSERT. */
  settings(): Readonly<Record<string, unknown>>;
  /** As one that may only SELECT; undefined where there are no accounts. */
  readOnlySettings?(): Readonly<Record<string, unknown>>;
  tickets(): Promise<readonly TicketRow[]>;
  /** Everything in the other tables, as text. */
  others(): Promise<string>;
  /** The ids in `coded`. */
  codes(): Promise<readonly string[]>;
  /** Holds `tickets` so that nobody else can insert, until it is called again. */
  lock?(): Promise<() => Promise<void>>;
  /** What the server does with this: whether it does not keep a NUL. */
  readonly stored?: (text: string) => string;
  readonly kill?: () => Promise<void>;
  readonly start?: () => Promise<void>;
  /** What the words of a refused row name. */
  readonly constraintWords: RegExp;
}
