/** Who is let in, how, and what they are told. */
import { randomBytes } from 'node:crypto';
import { Encryption, type Login } from './login.ts';
import { challengeMessage, isNegotiate, proves, readAnswer } from './ntlm.ts';
import type { Account, ServerState, SqlServerOptions } from './state.ts';
import {
  COLLATION,
  Done,
  done,
  environment,
  environmentBytes,
  featureAck,
  infoToken,
  loginAck,
  SqlServerError,
} from './tokens.ts';

const SMALLEST_PACKET = 512;
const LARGEST_PACKET = 32_767;

/** What a prelogin's wish for encryption is answered, and what is encrypted then ([MS-TDS] 2.2.6.5). */
export function encryptionFor(
  wish: number,
  encryption: SqlServerOptions['encryption'] = 'off',
): { readonly answer: number; readonly use: 'all' | 'login' | 'none' } {
  if (encryption === 'declined') return { answer: Encryption.off, use: 'none' };
  if (encryption === 'required') {
    return { answer: wish === Encryption.on ? Encryption.on : Encryption.required, use: 'all' };
  }
  if (encryption === 'off' || wish === Encryption.notSupported) return { answer: Encryption.notSupported, use: 'none' };
  return { answer: wish, use: wish === Encryption.off ? 'login' : 'all' };
}

/** The account of SQL Server's own that logs in, or why it does not. */
export function judged(login: Login, state: ServerState): Account | SqlServerError[] {
  const account = state.accounts.find(
    ({ domain, user }) => domain === undefined && user.toLowerCase() === login.user.toLowerCase(),
  );
  if (account === undefined || account.password !== login.password) return [loginFailed(login.user)];
  return openedFor(account, login, state);
}

/** The challenge for a Windows login; undefined where nobody can log in so. */
export function challengeFor({ sspi }: Login, state: ServerState): WindowsLogin | undefined {
  const domain = state.accounts.find((one) => one.domain !== undefined)?.domain;
  if (domain === undefined || sspi === undefined || !isNegotiate(sspi)) return undefined;
  const challenge = randomBytes(8);
  return { challenge, message: challengeMessage(domain, challenge) };
}

/** A Windows login under way. */
export interface WindowsLogin {
  readonly challenge: Buffer;
  /** For the client. */
  readonly message: Buffer;
}

/** The Windows account that answered the challenge, or why it is not let in. */
export function judgedAnswer(
  message: Buffer,
  { challenge }: WindowsLogin,
  login: Login,
  state: ServerState,
): Account | SqlServerError[] {
  const answer = readAnswer(message);
  const account = state.accounts.find(
    ({ domain, user }) =>
      domain?.toLowerCase() === answer?.domain.toLowerCase() && user.toLowerCase() === answer?.user.toLowerCase(),
  );
  if (answer === undefined || account === undefined || !proves(answer, account.password, challenge)) {
    return [untrusted()];
  }
  return openedFor(account, login, state);
}

/** What SQL Server says of every Windows login that the domain does not vouch for. */
export function untrusted(): SqlServerError {
  const words =
    'Login failed. The login is from an untrusted domain and cannot be used with Integrated authentication.';
  return new SqlServerError(18452, words, 14);
}

function openedFor(account: Account, login: Login, state: ServerState): Account | SqlServerError[] {
  const { name } = state.database;
  if (login.database === '' || login.database.toLowerCase() === name.toLowerCase()) return account;
  const words = `Cannot open database "${login.database}" requested by the login. The login failed.`;
  return [new SqlServerError(4060, words, 11), loginFailed(account.user)];
}

function loginFailed(user: string): SqlServerError {
  return new SqlServerError(18456, `Login failed for user '${user}'.`, 14);
}

/** Bytes of the session's packets: what is set, or else what the client wishes, within the limits. */
export function packetSizeFor(login: Login, set: number | undefined): number {
  return Math.min(LARGEST_PACKET, Math.max(SMALLEST_PACKET, set ?? (login.packetSize || 4096)));
}

/** The answer to a login that is let in. */
export function welcome(login: Login, database: string, packetSize: number): Buffer {
  return Buffer.concat([
    environment(1, database, 'master'),
    infoToken(5701, `Changed database context to '${database}'.`, 2),
    environmentBytes(7, COLLATION, Buffer.alloc(0)),
    environment(2, 'us_english', ''),
    infoToken(5703, 'Changed language setting to us_english.'),
    loginAck(),
    environment(4, String(packetSize), '4096'),
    ...(login.extensions ? [featureAck()] : []),
    done('done', Done.final),
  ]);
}
