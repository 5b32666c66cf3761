/** The way of one connection from its prelogin to its session. */
import type { Channel } from './channel.ts';
import { type Login, preloginAnswer, readPrelogin } from './login.ts';
import { PacketType } from './packets.ts';
import type { Account, ServerState } from './state.ts';
import type { Surroundings } from './surroundings.ts';
import { Done, done, errorToken, type SqlServerError, sspiToken } from './tokens.ts';
import {
  challengeFor,
  encryptionFor,
  judged,
  judgedAnswer,
  packetSizeFor,
  untrusted,
  type WindowsLogin,
  welcome,
} from './welcome.ts';

/** Greets, encrypts and lets in. */
export class Entrance {
  readonly #state: ServerState;
  readonly #channel: Channel;
  readonly #spid: number;
  readonly #answer: (data: Buffer) => void;
  #loginOnly = false;
  #windows: { readonly login: Login; readonly begun: WindowsLogin } | undefined;

  constructor(state: ServerState, channel: Channel, spid: number, answer: (data: Buffer) => void) {
    this.#state = state;
    this.#channel = channel;
    this.#spid = spid;
    this.#answer = answer;
  }

  prelogin(data: Buffer): void {
    const { tls } = this.#state;
    const { answer, use } = encryptionFor(readPrelogin(data).encryption, this.#state.options.encryption);
    this.#channel.send(PacketType.response, preloginAnswer(answer));
    if (tls === undefined || use === 'none') return;
    this.#channel.startTls(tls);
    this.#loginOnly = use === 'login';
  }

  /** The session's surroundings; undefined when it is refused, or must answer a challenge first. */
  login(login: Login): Surroundings | undefined {
    const state = this.#state;
    state.logins.push({ ...login, encrypted: this.#channel.encrypted, password: undefined });
    if (state.options.encryption === 'required' && !this.#channel.encrypted) {
      this.#channel.destroy();
      return undefined;
    }
    if (this.#loginOnly) this.#channel.endTls();
    if (login.sspi === undefined) return this.#enter(login, judged(login, state));
    const begun = challengeFor(login, state);
    if (begun === undefined) return this.#enter(login, [untrusted()]);
    this.#windows = { login, begun };
    this.#answer(sspiToken(begun.message));
    return undefined;
  }

  /** The answer to the challenge of a Windows login, which may be given once. */
  answered(data: Buffer): Surroundings | undefined {
    const { login, begun } = this.#windows ?? {};
    this.#windows = undefined;
    if (login !== undefined && begun !== undefined) {
      return this.#enter(login, judgedAnswer(data, begun, login, this.#state));
    }
    this.#channel.destroy();
    return undefined;
  }

  #enter(login: Login, account: Account | SqlServerError[]): Surroundings | undefined {
    const state = this.#state;
    if (Array.isArray(account)) {
      this.#answer(Buffer.concat([...account.map(errorToken), done('done', Done.error)]));
      this.#channel.end();
      return undefined;
    }
    const size = packetSizeFor(login, state.options.packetSize);
    this.#answer(welcome(login, state.database.name, size));
    this.#channel.packetSize = size;
    return {
      database: state.database,
      connection: state.database.connect(),
      user: account.user,
      spid: this.#spid,
      variables: new Map(),
      denied: (table, action) => state.denied(account, table, action),
      linked: async (query) => await state.linked(query),
    };
  }
}
