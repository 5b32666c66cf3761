/** Being logged on: with a token that is given, or one that a logon gives and that ends some day. */
import { TokenKeeper } from '../../src/kit/http/index.ts';
import type { Command, Reply, Wire } from './commands.ts';
import { Refusal, unexpected } from './failures.ts';
import type { Settings } from './settings.ts';

/** A server that does not answer must not keep the gateway from ending. Milliseconds. */
const LOGOFF_MS = 3_000;

/** Sends commands of somebody who is logged on. */
export type Session = ReturnType<typeof createSession>;

/** Logs on with the first command. */
export function createSession(wire: Wire, login: Pick<Settings, 'token' | 'email' | 'password'>) {
  const { token: given, email = '', password = '' } = login;
  /** The last one that was known: a logoff is still under way with it. */
  let lastToken = '';
  const tokens = new TokenKeeper('FogBugz', async (signal) => ({ text: given ?? (await logOn(signal)) }));

  /** https://support.fogbugz.com/hc/en-us/articles/360011330853-Different-Opaque-String-Response-When-Login-Using-API-Token */
  async function logOn(signal: AbortSignal): Promise<string> {
    const { token = '' } = await wire.send({ cmd: 'logon', params: { email, password } }, undefined, signal);
    if (token === '') throw unexpected('logon', 'without a token');
    lastToken = token;
    return token;
  }

  return {
    /** Every token and password that may be on its way. */
    secrets: (): readonly string[] => (given === undefined ? [password, lastToken] : [given]),

    /**
     * Logs on first if need be; and once more when the server has forgotten the logon, which it says before it does anything.
     * @throws what {@link Wire.send} throws
     */
    async call(command: Command, signal: AbortSignal): Promise<Reply> {
      const token = await tokens.get(signal);
      try {
        return await wire.send(command, token, signal);
      } catch (error) {
        if (!(error instanceof Refusal && error.isNotLoggedOn) || given !== undefined) throw error;
        return await wire.send(command, await tokens.get(signal, token), signal);
      }
    },

    /** "This token will persist until you execute a logoff command": ends what was begun here, and never a given token. */
    async close(): Promise<void> {
      const token = tokens.known;
      tokens.close();
      if (token === undefined || given !== undefined) return;
      // Nobody can do anything about a logoff that fails.
      await wire.send({ cmd: 'logoff', params: {} }, token, AbortSignal.timeout(LOGOFF_MS)).catch(() => undefined);
    },
  };
}
