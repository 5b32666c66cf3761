/** Searching by e-mail address, which Highrise allows twice in ten seconds: each address is asked for once. */
import { type CallContext, SourceError, withDeadlineWithin } from '../../src/contract/index.ts';
import { type Account, AccountLimiter, endOf, SingleFlight } from '../../src/kit/wait/index.ts';
import type { Person } from './person.ts';

/** A page of people. */
type Page = readonly Person[];

/**
 * "We've lowered the API limit call to searching for contacts via an email address to 2 requests in a 10 second
 * period": https://github.com/basecamp/highrise-api#rate-limiting. What is sent 10 s apart may arrive a little less apart.
 */
const INTERVAL_MS = 10_250;
/** Staff open a request, its lookup runs, and they push it: that is one question. */
const KEPT_MS = 5_000;
const MOST_KEPT = 200;
/** When nobody knows a deadline. */
const LONGEST_MS = 30_000;

/** The searches of a source. */
export class EmailSearch {
  readonly #ask: (email: string, offset: number, asking: CallContext) => Promise<Page>;
  readonly #limiter: AccountLimiter;
  readonly #singleFlight = new SingleFlight<Page>();
  readonly #kept = new Map<string, { readonly page: Page; readonly until: number }>();

  /** @param limit searches in 10 seconds */
  constructor(
    account: Account,
    limit: number,
    ask: (email: string, offset: number, asking: CallContext) => Promise<Page>,
  ) {
    this.#limiter = new AccountLimiter({
      account,
      purpose: 'searches by e-mail address',
      limit: { calls: limit, intervalMs: INTERVAL_MS },
      refusal: (wait) => noTurn(limit, wait),
    });
    this.#ask = ask;
  }

  /**
   * A page of the people whom Highrise finds by an address, some seconds old at most.
   * @throws {SourceError}
   */
  async page(email: string, offset: number, { signal, reference }: CallContext): Promise<Page> {
    const key = keyOf(email, offset);
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.until > performance.now()) return kept.page;
    try {
      return await this.#singleFlight.join(key, signal, (caller) =>
        withDeadlineWithin(caller.remaining() ?? LONGEST_MS, caller.signal, async (within) => {
          await this.#limiter.take({ ...caller, signal: within });
          const page = await this.#ask(email, offset, { signal: within, reference });
          this.#keep(key, page);
          return page;
        }),
      );
    } catch (error) {
      if (error instanceof SourceError && error.kind === 'rate-limited' && !error.unsent) {
        this.#limiter.hold(error.retryAfterMs ?? 0);
      }
      throw signal.aborted && error === signal.reason ? endOf(signal, 'Highrise did not answer in time', false) : error;
    }
  }

  /** Its limit holds no longer for other sources of the account. */
  close(): void {
    this.#limiter.close();
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

function noTurn(limit: number, waitMs: number): SourceError {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000));
  return new SourceError(
    'rate-limited',
    `Highrise allows only ${limit} searches by e-mail address in 10 s; the next can be sent in ${seconds} s`,
    {
      unsent: true,
      retryAfterMs: Math.ceil(waitMs),
      remedy:
        'let lookups match by another field first (customer_id, phone, last_name), or give them a longer deadline',
    },
  );
}

function keyOf(email: string, offset: number): string {
  return JSON.stringify([email.toLowerCase(), offset]);
}
