/** Whether a table has rows that a first question may miss, and whether it is small: looked at once in a while, so that an ordinary table is never read whole. */
import { SourceError, withDeadlineWithin } from '../../contract/index.ts';
import { quoteTable, selectLimited } from './dialect.ts';
import type { SqlDriver } from './driver.ts';

/** A row that comes in is found by its meaning after so long at the latest. */
const TRUE_FOR_MS = 60_000;
/** Looking through a table of millions takes longer; then it is searched as written only. */
const LOOKED_FOR_MS = 2_000;

interface Known {
  readonly at: number;
  readonly isThere: Promise<boolean>;
}

/**
 * In a table of up to so many rows all that may be meant are asked for at every search. Measured with 10,000 customers on two
 * cores, by mail address, name and text: the wider question took 3 to 7 ms, on MariaDB 10.11 and on PostgreSQL 15.
 */
export const SMALL_TABLE = 10_000;

/** What is known of one table. */
export class Oddities {
  readonly #known = new Map<string, Known>();
  readonly #driver: SqlDriver;
  readonly #table: string;

  constructor(driver: SqlDriver, table: string) {
    this.#driver = driver;
    this.#table = quoteTable(table, driver.dialect);
  }

  /** Whether a row meets a condition, or did a while ago. False when that cannot be found out in time. */
  areThere(condition: string, signal: AbortSignal): Promise<boolean> {
    const from = `FROM ${this.#table} WHERE ${condition}`;
    return this.#isAny(selectLimited('1 AS one', from, this.#driver.dialect, 1), signal);
  }

  /** Whether the table, or the view, has at most {@link SMALL_TABLE} rows, or had a while ago. False when that cannot be found out in time. */
  isSmall(signal: AbortSignal): Promise<boolean> {
    const some = selectLimited('1 AS one', `FROM ${this.#table}`, this.#driver.dialect, SMALL_TABLE + 1);
    return this.#isAny(`SELECT 1 AS one FROM (${some}) AS gateway_rows HAVING COUNT(*) <= ${SMALL_TABLE}`, signal);
  }

  async #isAny(select: string, signal: AbortSignal): Promise<boolean> {
    const now = performance.now();
    let known = this.#known.get(select);
    if (known === undefined || now - known.at > TRUE_FOR_MS) {
      known = { at: now, isThere: this.#lookedFor(select, signal) };
      this.#known.set(select, known);
    }
    return await known.isThere;
  }

  async #lookedFor(select: string, signal: AbortSignal): Promise<boolean> {
    try {
      const statement = { text: select, values: [] };
      const rows = await withDeadlineWithin(LOOKED_FOR_MS, signal, (limited) => this.#driver.run(statement, limited));
      return rows.length > 0;
    } catch (error) {
      // Whoever asked has gone, or the server has: the next one looks again. A table that takes too long always will.
      if (signal.aborted || !isLate(error)) this.#known.delete(select);
      return false;
    }
  }
}

function isLate(error: unknown): boolean {
  return error instanceof SourceError && error.kind === 'timeout';
}
