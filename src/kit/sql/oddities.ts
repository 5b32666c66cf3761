/** Whether a table has rows that a first question may miss: looked at once in a while, so that an ordinary table is never read whole. */
import { SourceError, withDeadlineWithin } from '../../contract/index.ts';

/** A row that comes in is found by its meaning after so long at the latest. */
const TRUE_FOR_MS = 60_000;
/** Looking through a table of millions takes longer; then it is searched as written only. */
const LOOKED_FOR_MS = 2_000;

interface Known {
  readonly at: number;
  readonly isThere: Promise<boolean>;
}

/** What is known of one table. */
export class Oddities {
  readonly #known = new Map<string, Known>();
  readonly #look: (condition: string, signal: AbortSignal) => Promise<boolean>;

  /** @param look whether a row meets a condition */
  constructor(look: (condition: string, signal: AbortSignal) => Promise<boolean>) {
    this.#look = look;
  }

  /** Whether a row meets a condition, or did a while ago. False when that cannot be found out in time. */
  async areThere(condition: string, signal: AbortSignal): Promise<boolean> {
    const now = performance.now();
    let known = this.#known.get(condition);
    if (known === undefined || now - known.at > TRUE_FOR_MS) {
      known = { at: now, isThere: this.#lookedFor(condition, signal) };
      this.#known.set(condition, known);
    }
    return await known.isThere;
  }

  async #lookedFor(condition: string, signal: AbortSignal): Promise<boolean> {
    try {
      return await withDeadlineWithin(LOOKED_FOR_MS, signal, (limited) => this.#look(condition, limited));
    } catch (error) {
      // Whoever asked has gone, or the server has: the next one looks again. A table that takes too long always will.
      if (signal.aborted || !isLate(error)) this.#known.delete(condition);
      return false;
    }
  }
}

function isLate(error: unknown): boolean {
  return error instanceof SourceError && error.kind === 'timeout';
}
