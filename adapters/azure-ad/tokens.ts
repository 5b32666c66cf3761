/** Access tokens for Microsoft Graph: kept until shortly before they expire, and fetched once for all who wait. */

import { setTimeout as sleep } from 'node:timers/promises';
import { SourceError, UserError, untilAborted } from '../../src/contract/index.ts';
import { retryAfterMs, slowDown } from '../../src/kit/http/index.ts';
import type { OpenCredential, TokenExchange } from './credentials.ts';
import { asConnectionFailure, asTokenRefusal } from './failures.ts';

const WHO = 'Microsoft Entra ID';
/** A token is renewed so long before its end: longer than a lookup takes and than clocks differ. */
const RENEWED_BEFORE_END_MS = 2 * 60_000;
/** The fetching goes on for those who ask next, though nobody waits any more; so it has a limit of its own. */
const LONGEST_FETCH_MS = 20_000;

interface Token {
  readonly text: string;
  /** Unix milliseconds. */
  readonly renewAt: number;
}

/** A fetching that is under way. */
interface Fetching {
  readonly token: Promise<Token>;
  /** Somebody's time was up: it may never end. */
  isGivenUp: boolean;
}

/** The tokens of a source. */
export class Tokens {
  readonly #open: OpenCredential;
  readonly #scope: string;
  readonly #closed = new AbortController();
  #token: Token | undefined;
  #fetching: Fetching | undefined;
  #notBefore = 0;

  constructor(open: OpenCredential, scope: string) {
    this.#open = open;
    this.#scope = scope;
  }

  /**
   * A token that is good, as far as anybody knows.
   * @param refused a token that Graph has refused: it is not given again
   * @throws {SourceError | UserError}
   */
  async get(signal: AbortSignal, refused?: string): Promise<string> {
    signal.throwIfAborted();
    const known = this.#token;
    if (known !== undefined && known.text !== refused && Date.now() < known.renewAt) return known.text;
    const pause = this.#notBefore - Date.now();
    if (pause > 0) throw slowDown(WHO, pause);
    const fetching = this.#join();
    try {
      return (await untilAborted(fetching.token, signal)).text;
    } catch (error) {
      if (signal.aborted) fetching.isGivenUp = true;
      throw error;
    }
  }

  close(): void {
    this.#closed.abort(new Error('the source is closed'));
  }

  /** The fetching for all who wait; beside one that was given up, another is tried, and the first token is taken. */
  #join(): Fetching {
    const before = this.#fetching;
    if (before !== undefined && !before.isGivenUp) return before;
    const own = this.#fetch();
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

  async #fetch(): Promise<Token> {
    try {
      this.#token = await this.#fetchWithin();
      return this.#token;
    } catch (error) {
      if (error instanceof SourceError && error.retryAfterMs !== undefined) {
        this.#notBefore = Date.now() + error.retryAfterMs;
      }
      throw error;
    }
  }

  async #fetchWithin(): Promise<Token> {
    const limit = new AbortController();
    const exchange: TokenExchange = { signal: AbortSignal.any([limit.signal, this.#closed.signal]) };
    const late = sleep(LONGEST_FETCH_MS, undefined, { signal: limit.signal, ref: false }).then(() => {
      throw new SourceError('timeout', `${WHO} did not answer within ${LONGEST_FETCH_MS / 1000} s`);
    });
    late.catch(() => undefined);
    try {
      // A new credential each time: the library's own caches of tokens and failures would stand in the way of recovery.
      const credential = await this.#open(exchange);
      const token = await untilAborted(Promise.race([credential.getToken(this.#scope), late]), this.#closed.signal);
      if (token === null) throw new SourceError('unauthorized', `${WHO} gave no token`);
      const lifetime = token.expiresOnTimestamp - Date.now();
      const margin = Math.min(RENEWED_BEFORE_END_MS, lifetime / 2);
      return { text: token.token, renewAt: token.expiresOnTimestamp - margin };
    } catch (error) {
      throw asTokenFailure(error, exchange);
    } finally {
      limit.abort();
    }
  }
}

/** What the library threw tells less than what was seen on the way. */
function asTokenFailure(error: unknown, exchange: TokenExchange): unknown {
  if (error instanceof SourceError || error instanceof UserError || exchange.signal.aborted) return error;
  const { failed, answer } = exchange;
  if (failed !== undefined) return asConnectionFailure(failed.error, failed.url);
  const refusal = asTokenRefusal(answer?.description ?? '');
  if (refusal !== undefined) return refusal;
  if (answer !== undefined && (answer.status === 429 || (answer.status === 503 && answer.retryAfter !== undefined))) {
    return slowDown(WHO, retryAfterMs(answer.retryAfter));
  }
  if (answer !== undefined && answer.status >= 500) {
    return new SourceError('unreachable', `${WHO} answered ${answer.status}`, {
      remedy: 'see https://status.cloud.microsoft',
    });
  }
  if (answer !== undefined) {
    return new SourceError('bad-response', `${WHO} gave an answer without a token (status ${answer.status})`, {
      remedy: 'check authority: https://login.microsoftonline.com unless you use a national cloud',
    });
  }
  // Nothing was sent: a managed identity or a chain of credentials that is not there.
  const words = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  return new SourceError('unauthorized', `no credentials for ${WHO}: ${words}`, {
    remedy: 'check that this machine has the managed identity, or write clientSecret or certificate',
  });
}
