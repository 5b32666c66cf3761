/** Signing in: with a name and a password, or by a proxy that knows who somebody is. */
import type { Request } from 'express';
import { LRUCache } from 'lru-cache';
import type { ConsolePlan, ConsoleUser, GatewayPlan } from '../../gateway/plan.ts';
import { Semaphore } from '../../kit/wait/index.ts';
import { Networks, plainAddress } from '../networks.ts';
import { userOf } from './openid/identity.ts';
import { isPassword, LONGEST_PASSWORD, NOBODY } from './password.ts';
import { type Session, userNamed } from './sessions.ts';

/** Each takes the memory and the time of one hash. */
const HASHED_AT_ONCE = 2;
const HASHES_WAITING = 20;
/** A person mistypes a password a few times; guessing needs thousands. */
const MOST_ATTEMPTS = 10;
export const ATTEMPT_MINUTES = 15;
/** So many addresses and names are remembered; who has more addresses than that guesses slowly all the same. */
const REMEMBERED = 20_000;

/** What came of an attempt. */
export type SignedInAs = ConsoleUser | 'wrong' | 'too many' | 'busy';

/** Checks passwords, so many from one address and for one name. `network`: the address, as `networkOf` has it. */
export class SignIn {
  readonly #attempts = new LRUCache<string, number>({ max: REMEMBERED, ttl: ATTEMPT_MINUTES * 60_000 });
  readonly #hashing = new Semaphore(HASHED_AT_ONCE, { mostWaiting: HASHES_WAITING, full: () => new Busy() });

  async try(
    plan: ConsolePlan,
    name: string,
    password: string,
    network: string,
    signal: AbortSignal,
  ): Promise<SignedInAs> {
    const counted = [`address ${network}`, `name ${name.toLowerCase().slice(0, 100)}`];
    if (counted.some((key) => (this.#attempts.get(key) ?? 0) >= MOST_ATTEMPTS)) return 'too many';
    // Counted before it is known: many at the same time are many.
    for (const key of counted) this.#attempts.set(key, (this.#attempts.get(key) ?? 0) + 1, { noUpdateTTL: true });
    const user = userNamed(name, plan);
    try {
      const release = await this.#hashing.acquire(signal);
      try {
        const isRight = await isPassword(password.slice(0, LONGEST_PASSWORD + 1), user?.password ?? NOBODY);
        if (user?.password === undefined || !isRight) return 'wrong';
      } finally {
        release();
      }
    } catch (error) {
      if (error instanceof Busy) return 'busy';
      throw error;
    }
    for (const key of counted) this.#attempts.delete(key);
    return user;
  }
}

class Busy extends Error {
  override readonly name = 'Busy';
}

/**
 * Whom a proxy names that signs people in itself. Undefined where none is believed, or it names nobody; a text is a name
 * that no user has.
 */
export function namedByProxy(req: Request, { server, console }: GatewayPlan): ConsoleUser | string | undefined {
  if (console?.proxyUser === undefined || server.trustProxy.length === 0) return undefined;
  if (!new Networks(server.trustProxy).has(plainAddress(req.socket.remoteAddress ?? ''))) return undefined;
  const name = req.headers[console.proxyUser.toLowerCase()];
  if (typeof name !== 'string' || name.trim() === '') return undefined;
  return userNamed(name.trim(), console) ?? name.trim().slice(0, 100);
}

/**
 * Who has signed in: whoever was taken out of the configuration, or has another password or no group any more, is out at once.
 * Undefined also for who came by a proxy that does not name them now: see {@link namedByProxy}.
 */
export function userOfSession({ name, openid, password }: Session, plan: ConsolePlan): ConsoleUser | undefined {
  if (openid !== undefined) return userOf(openid, plan);
  if (password === undefined) return undefined;
  return plan.users.find((user) => user.name === name && user.password === password);
}
