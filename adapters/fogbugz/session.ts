/** Being logged on: with a token that is given, or one that a logon gives and that ends some day. */
import { TokenKeeper } from '../../src/kit/http/index.ts';
import type { Command, Reply, Wire } from './commands.ts';
import { Refusal, unexpected } from './failures.ts';

/** How to log on. */
export type Login = { readonly token: string } | { readonly email: string; readonly password: string };

/** A server that does not answer must not keep the gateway from ending. Milliseconds. */
const LOGOFF_MS = 3_000;

/** Sends commands of somebody who is logged on. */
export class Session {
  readonly #wire: Wire;
  readonly #login: Login;
  readonly #tokens: TokenKeeper;
  /** The last one that was known: a logoff is still under way with it. */
  #lastToken = '';

  constructor(wire: Wire, login: Login) {
    this.#wire = wire;
    this.#login = login;
    this.#tokens = new TokenKeeper('FogBugz', async (signal) => ({
      text: 'token' in login ? login.token : await this.#logOn(login, signal),
    }));
  }

  /** Every token and password that may be on its way. */
  get secrets(): readonly string[] {
    return 'token' in this.#login ? [this.#login.token] : [this.#login.password, this.#lastToken];
  }

  /**
   * Logs on first if need be; and once more when the server has forgotten the logon, which it says before it does anything.
   * @throws what {@link Wire.send} throws
   */
  async call(command: Command, signal: AbortSignal): Promise<Reply> {
    const token = await this.#tokens.get(signal);
    try {
      return await this.#wire.send(command, token, signal);
    } catch (error) {
      if (!(error instanceof Refusal && error.isNotLoggedOn) || 'token' in this.#login) throw error;
      return await this.#wire.send(command, await this.#tokens.get(signal, token), signal);
    }
  }

  /** "This token will persist until you execute a logoff command": ends what was begun here, and never a given token. */
  async close(): Promise<void> {
    const token = this.#tokens.known;
    this.#tokens.close();
    if (token === undefined || 'token' in this.#login) return;
    // Nobody can do anything about a logoff that fails.
    await this.#wire.send({ cmd: 'logoff', params: {} }, token, AbortSignal.timeout(LOGOFF_MS)).catch(() => undefined);
  }

  /** https://support.fogbugz.com/hc/en-us/articles/360011330853-Different-Opaque-String-Response-When-Login-Using-API-Token */
  async #logOn(params: { readonly email: string; readonly password: string }, signal: AbortSignal): Promise<string> {
    const { token } = await this.#wire.send({ cmd: 'logon', params: { ...params } }, undefined, signal);
    if (token === undefined || token === '') throw unexpected('logon', 'without a token');
    this.#lastToken = token;
    return token;
  }
}
