/** Tokens that a sign-in gives: kept until shortly before their end, fetched once for all who wait, forgotten when refused. */
import { DeadlineExceeded, SourceError, untilAborted, withDeadlineWithin } from '../../contract/index.ts';
import { beforehand, endOf } from '../wait/index.ts';
import { slowDown } from './failures.ts';
import type { Headers, HttpClientOptions } from './types.ts';

/** A token is renewed so long before its end: longer than a call takes, and than clocks differ. Of a short life a tenth. */
const RENEWED_BEFORE_END_MS = 2 * 60_000;
/** The fetching goes on for those who ask next, though nobody waits any more; so it has a limit of its own. */
const LONGEST_FETCH_MS = 20_000;

/** A token, as it was fetched. */
export interface Token {
  readonly text: string;
  /** Left out: it is good until it is refused. */
  readonly lifetimeMs?: number;
}

/** A fetching that is under way. */
interface Fetching {
  readonly token: Promise<string>;
  /** Somebody's time was up: it may never end. */
  isGivenUp: boolean;
}

/** The tokens of a source. */
export class TokenKeeper {
  readonly #system: string;
  readonly #fetch: (signal: AbortSignal) => Promise<Token>;
  readonly #closed = new AbortController();
  #token: string | undefined;
  // Both on the clock of `performance.now()`.
  #staleAt = 0;
  #notBefore = 0;
  #fetching: Fetching | undefined;

  /** @param system that gives the tokens, in messages */
  constructor(system: string, fetch: (signal: AbortSignal) => Promise<Token>) {
    this.#system = system;
    this.#fetch = fetch;
  }

  /** The last token, unless it was refused. */
  get known(): string | undefined {
    return this.#token;
  }

  /**
   * A token that is good, as far as anybody knows.
   * @param refused a token that the system has refused: it is not given again
   * @throws {SourceError} `unsent` always: without a token nothing was asked for
   * @throws what fetching throws; the signal's reason when it aborts for another reason than time
   */
  async get(signal: AbortSignal, refused?: string): Promise<string> {
    signal.throwIfAborted();
    if (this.#token === refused) this.#token = undefined;
    if (this.#token !== undefined && performance.now() < this.#staleAt) return this.#token;
    return await beforehand(this.#fetched(signal));
  }

  /**
   * For an {@link HttpClientOptions}: the headers of each request, with another token after a 401. Of several whose token
   * was refused, each says which one: the others may have got a new one meanwhile.
   */
  authorize(headersOf: (token: string) => Headers): NonNullable<HttpClientOptions['authorize']> {
    const given = new WeakMap<AbortSignal, string>();
    return async (signal, refresh) => {
      const token = await this.get(signal, refresh ? given.get(signal) : undefined);
      given.set(signal, token);
      return headersOf(token);
    };
  }

  /** Ends what is being fetched. */
  close(): void {
    this.#closed.abort(new Error('the source is closed'));
  }

  async #fetched(signal: AbortSignal): Promise<string> {
    const pause = this.#notBefore - performance.now();
    if (pause > 0) throw slowDown(this.#system, pause);
    const fetching = this.#join();
    try {
      return await untilAborted(fetching.token, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      fetching.isGivenUp = true;
      throw endOf(signal, `there was no time left to sign in to ${this.#system}`, true);
    }
  }

  /** The fetching for all who wait; beside one that was given up, another is tried, and the first token is taken. */
  #join(): Fetching {
    const before = this.#fetching;
    if (before !== undefined && !before.isGivenUp) return before;
    const own = this.#begin();
    const token = before === undefined ? own : Promise.race([own, before.token.catch(() => own)]);
    const fetching: Fetching = { token, isGivenUp: false };
    this.#fetching = fetching;
    const ended = () => {
      if (this.#fetching === fetching) this.#fetching = undefined;
    };
    // All who wait may have gone meanwhile.
    token.then(ended, ended);
    return fetching;
  }

  async #begin(): Promise<string> {
    try {
      const { text, lifetimeMs = Number.POSITIVE_INFINITY } = await withDeadlineWithin(
        LONGEST_FETCH_MS,
        this.#closed.signal,
        (signal) => untilAborted(this.#fetch(signal), signal),
      );
      this.#token = text;
      this.#staleAt = performance.now() + lifetimeMs - Math.min(RENEWED_BEFORE_END_MS, lifetimeMs / 10);
      return text;
    } catch (error) {
      if (error instanceof SourceError) this.#notBefore = performance.now() + (error.retryAfterMs ?? 0);
      if (!(error instanceof DeadlineExceeded)) throw error;
      throw new SourceError('timeout', `${this.#system} did not answer within ${LONGEST_FETCH_MS / 1000} s`);
    }
  }
}
