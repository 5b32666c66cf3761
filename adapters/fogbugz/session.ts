/** Being logged on: with a token that is given, or one that a logon gives and that ends some day. */
import { Flights } from '../../src/kit/http/index.ts';
import { beforehand } from '../../src/kit/wait/index.ts';
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
  readonly #logons = new Flights<string>();
  #token: string | undefined;
  /** The last one that was known: a logoff is still under way with it. */
  #lastToken = '';

  constructor(wire: Wire, login: Login) {
    this.#wire = wire;
    this.#login = login;
    this.#token = 'token' in login ? login.token : undefined;
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
    const token = await this.#logOn(signal);
    try {
      return await this.#wire.send(command, token, signal);
    } catch (error) {
      if (!(error instanceof Refusal && error.isNotLoggedOn) || 'token' in this.#login) throw error;
      if (this.#token === token) this.#token = undefined;
      return await this.#wire.send(command, await this.#logOn(signal), signal);
    }
  }

  /** "This token will persist until you execute a logoff command": ends what was begun here, and never a given token. */
  async close(): Promise<void> {
    const token = this.#token;
    if (token === undefined || 'token' in this.#login) return;
    this.#token = undefined;
    // Nobody can do anything about a logoff that fails.
    await this.#wire.send({ cmd: 'logoff', params: {} }, token, AbortSignal.timeout(LOGOFF_MS)).catch(() => undefined);
  }

  async #logOn(signal: AbortSignal): Promise<string> {
    const login = this.#login;
    if ('token' in login) return login.token;
    this.#token ??= await beforehand(
      this.#logons.join('logon', signal, async (caller) => {
        const { email, password } = login;
        // https://support.fogbugz.com/hc/en-us/articles/360011330853-Different-Opaque-String-Response-When-Login-Using-API-Token
        const { token } = await this.#wire.send(
          { cmd: 'logon', params: { email, password } },
          undefined,
          caller.signal,
        );
        if (token === undefined || token === '') throw unexpected('logon', 'without a token');
        return token;
      }),
    );
    this.#lastToken = this.#token;
    return this.#token;
  }
}
