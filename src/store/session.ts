/**
 * What the changes and questions of a ledger work on, whichever database keeps it: statements by name, one after the
 * other. What a push or an event means is written once, in `changes.ts` and beside it, over this.
 */
import type { Bindable, DatabaseRow } from './connections.ts';

/** Asks statements. */
export interface ReadSession<Name extends string> {
  /** The first row. */
  get(name: Name, ...values: Bindable[]): Promise<DatabaseRow | undefined>;
  all(name: Name, ...values: Bindable[]): Promise<readonly DatabaseRow[]>;
}

/** Runs statements within a transaction that others begin and end. */
export interface StatementSession<Name extends string> extends Pick<ReadSession<Name>, 'get'> {
  /** @returns how many rows were changed */
  run(name: Name, ...values: Bindable[]): Promise<number>;
  /**
   * Until the end of the transaction no other that locks one of these names goes on: what is then looked for and not
   * found, nobody else adds meanwhile.
   */
  lock(names: readonly string[]): Promise<void>;
  /** Until the end of the transaction nobody else changes a push or an outage: all that is read is all that there is. */
  alone(): Promise<void>;
  /** Tells other processes, when the transaction is confirmed, that there is something to do; where there is no way to, nobody. */
  tell(): Promise<void>;
}

/** The time by which a ledger goes. */
export interface LedgerClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** How much of the last so many milliseconds did not pass: the clock was set forward. */
  skippedWithin(ms: number): number;
}
