/** Searching by e-mail address, which Highrise allows twice in ten seconds: each address is asked for once. */
import { SourceError, withDeadlineWithin } from '../../src/contract/index.ts';
import { endOf, Flights } from '../../src/kit/http/index.ts';
import { EmailTurns } from './email-turns.ts';
import type { Person } from './person.ts';
import type { Asking } from './wire.ts';

/** A page of people. */
type Page = readonly Person[];

/** Staff open a request, its lookup runs, and they push it: that is one question. */
const KEPT_MS = 5_000;
const MOST_KEPT = 200;
/** When nobody knows a deadline. */
const LONGEST_MS = 30_000;

/** The searches of a source. */
export class EmailSearch {
  readonly #ask: (email: string, offset: number, asking: Asking) => Promise<Page>;
  readonly #turns: EmailTurns;
  readonly #flights = new Flights<Page>();
  readonly #kept = new Map<string, { readonly page: Page; readonly until: number }>();

  constructor(limit: number, ask: (email: string, offset: number, asking: Asking) => Promise<Page>) {
    this.#turns = new EmailTurns(limit);
    this.#ask = ask;
  }

  /**
   * A page of the people whom Highrise finds by an address, some seconds old at most.
   * @throws {SourceError}
   */
  async page(email: string, offset: number, { signal, reference }: Asking): Promise<Page> {
    const key = keyOf(email, offset);
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.until > performance.now()) return kept.page;
    try {
      return await this.#flights.join(key, signal, (caller) =>
        withDeadlineWithin(caller.remaining() ?? LONGEST_MS, caller.signal, async (within) => {
          await this.#turns.take(within);
          const page = await this.#ask(email, offset, { signal: within, reference });
          this.#keep(key, page);
          return page;
        }),
      );
    } catch (error) {
      if (error instanceof SourceError && error.kind === 'rate-limited' && !error.unsent) {
        this.#turns.hold(error.retryAfterMs ?? 0);
      }
      throw signal.aborted && error === signal.reason ? endOf(signal, 'Highrise did not answer in time', false) : error;
    }
  }

  /** What was found by an address is no longer so. */
  forget(email: string): void {
    this.#kept.delete(keyOf(email, 0));
  }

  #keep(key: string, page: Page): void {
    this.#kept.delete(key);
    this.#kept.set(key, { page, until: performance.now() + KEPT_MS });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
  }
}

function keyOf(email: string, offset: number): string {
  return JSON.stringify([email.toLowerCase(), offset]);
}
