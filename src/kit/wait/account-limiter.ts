/** One rate limiter for all sources of this process that use one account. */
import { createHmac, randomBytes } from 'node:crypto';
import type { Caller } from './caller.ts';
import { type RateLimit, RateLimiter, type RateRefusal } from './rate-limiter.ts';
import { Shared } from './shared.ts';

/** Who asks whom. */
export interface Account {
  /** Where the system is: `https://example.highrisehq.com`. */
  readonly origin: string;
  /** What tells the account from others of the system: tokens, a name and a password. Empty: nobody in particular. */
  readonly credentials: readonly string[];
}

// A key may be read in a dump or a message; without this, a short secret could be found by trying. Not made when the module
// is loaded: a snapshot of the process on disk would hold it.
let pepper: Buffer | undefined;

/** A key that is the same for the same account, and tells nothing of its secrets. */
export function accountKey({ origin, credentials }: Account): string {
  pepper ??= randomBytes(32);
  const digest = createHmac('sha256', pepper).update(JSON.stringify(credentials)).digest('base64url');
  return `${origin} ${digest}`;
}

const limiters = new Shared<RateLimiter>();

/** What an {@link AccountLimiter} is made of. */
export interface AccountLimiterOptions {
  /** Undefined: it is not known whose limits these are, and they are shared with nobody. */
  readonly account: Account | undefined;
  /** An account may have a limit for some requests besides that of all: its name. */
  readonly purpose: string;
  /** Undefined: as many as the others of the account may, and as the system takes. */
  readonly limit: RateLimit | undefined;
  readonly refusal: RateRefusal;
}

/** The part of one source in the limiter of its account. Shares from the first turn to {@link close}. */
export class AccountLimiter {
  readonly #options: AccountLimiterOptions;
  #limiter: RateLimiter | undefined;
  #leave: () => void = () => undefined;

  constructor(options: AccountLimiterOptions) {
    this.#options = options;
  }

  /** @throws as {@link RateLimiter.take} */
  take(caller: Caller): Promise<void> {
    return this.#shared().take(caller, this.#options.refusal);
  }

  /** As {@link RateLimiter.hold}, for everybody who shares it. */
  hold(milliseconds: number): void {
    this.#shared().hold(milliseconds);
  }

  /** Its limit holds for the others no longer. */
  close(): void {
    this.#leave();
    this.#leave = () => undefined;
  }

  #shared(): RateLimiter {
    if (this.#limiter !== undefined) return this.#limiter;
    const { account, purpose, limit } = this.#options;
    const { value, release } =
      account === undefined
        ? { value: new RateLimiter(), release: () => undefined }
        : limiters.borrow(`${purpose} ${accountKey(account)}`, () => new RateLimiter());
    const disallow = limit === undefined ? () => undefined : value.allow(limit);
    this.#limiter = value;
    this.#leave = () => {
      disallow();
      release();
    };
    return value;
  }
}
