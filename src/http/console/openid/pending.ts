/** Sign-ins that are under way at the provider, in the memory of this process. */
import { createHash, randomBytes } from 'node:crypto';
import type { SignInSecrets } from './provider.ts';

/** Who looks for a password, a telephone and a second factor has found them by then. */
export const PENDING_MINUTES = 10;
/** More people than a help desk has. */
const MOST_PENDING = 1_000;
/** A whole office behind one address, and no more: nobody pushes the others out. */
const MOST_OF_ADDRESS = 50;

/** A sign-in that has begun. */
export interface PendingSignIn {
  readonly secrets: SignInSecrets;
  /** Which provider, see `providerKey`. */
  readonly provider: string;
  /** Where the provider sends the browser back to. */
  readonly redirect: string;
  /** Where somebody wanted to go: a page of the console. */
  readonly to: string;
  /** Where the call came from. */
  readonly address: string;
}

interface Kept extends PendingSignIn {
  readonly browser: string;
  /** On the clock of `performance.now()`. */
  readonly began: number;
}

/** Each is taken once, by the browser that began it. */
export class PendingSignIns {
  readonly #byState = new Map<string, Kept>();

  /**
   * @param cookie what the browser has of an earlier one: two windows may sign in side by side
   * @returns what the cookie of the browser must have
   */
  add(pending: PendingSignIn, cookie: string | undefined): string {
    const mark = cookie !== undefined && /^[\w-]{43}$/.test(cookie) ? cookie : randomBytes(32).toString('base64url');
    this.#makeRoom(pending.address);
    this.#byState.set(pending.secrets.state, { ...pending, browser: digestOf(mark), began: performance.now() });
    return mark;
  }

  /** Undefined for one that is unknown, used, too old, or another browser's. */
  take(state: string, cookie: string | undefined): PendingSignIn | undefined {
    const kept = this.#byState.get(state);
    if (kept === undefined || cookie === undefined || digestOf(cookie) !== kept.browser) return undefined;
    this.#byState.delete(state);
    return isOver(kept) ? undefined : kept;
  }

  /** The oldest come first. */
  #makeRoom(address: string): void {
    for (const [state, kept] of this.#byState) {
      if (!isOver(kept)) break;
      this.#byState.delete(state);
    }
    const own = [...this.#byState].filter(([, kept]) => kept.address === address);
    const [oldest] = own.length >= MOST_OF_ADDRESS ? own : this.#byState.size >= MOST_PENDING ? this.#byState : [];
    if (oldest !== undefined) this.#byState.delete(oldest[0]);
  }
}

function isOver({ began }: Kept): boolean {
  return performance.now() - began >= PENDING_MINUTES * 60_000;
}

function digestOf(mark: string): string {
  return createHash('sha256').update(mark).digest('base64url');
}
