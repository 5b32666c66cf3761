/** Who is signed in, in the memory of this process: a restart signs everybody out. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ConsolePlan, ConsoleUser } from '../../gateway/plan.ts';

/** More people than a help desk has, each in several browsers; the oldest session makes room. */
const MOST_SESSIONS = 1_000;
/** Without a call, a session ends after this part of its time. */
const IDLE_PART = 1 / 4;

/** Somebody whom the OpenID Connect provider vouches for. Roles are looked up in the configuration in force, at each call. */
export interface OpenIdIdentity {
  readonly name: string;
  readonly groups: readonly string[];
  /** Which provider, and as which client of it: see `providerKey`. */
  readonly provider: string;
}

/** Somebody who has signed in. */
export interface Session {
  /** Names of users may be taken from the configuration while they are signed in: see `userOfSession`. */
  readonly name: string;
  /** What each form of this session carries. */
  readonly csrf: string;
  /** Who came from the OpenID Connect provider. */
  readonly openid: OpenIdIdentity | undefined;
  /** The hash of the password with which somebody signed in; undefined with `openid`, and for whom a proxy names at each call. */
  readonly password: string | undefined;
  readonly began: number;
  seen: number;
}

/** What somebody has shown: it must hold for as long as the session does. Nothing: a proxy has to vouch at each call. */
export type Credential = Partial<Pick<Session, 'openid' | 'password'>>;

/** The sessions of one gateway, by the digest of what the cookie has. Times on the clock of `performance.now()`. */
export class Sessions {
  readonly #sessions = new Map<string, Session>();

  /** @returns what the cookie has */
  begin(name: string, { openid, password }: Credential): string {
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size >= MOST_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest);
    const token = randomBytes(32).toString('base64url');
    const now = performance.now();
    this.#sessions.set(keyOf(token), {
      name,
      openid,
      password,
      csrf: randomBytes(32).toString('base64url'),
      began: now,
      seen: now,
    });
    return token;
  }

  /** The session of a cookie, which has been used now; undefined when it has ended. */
  of(token: string, { sessionMs }: ConsolePlan): Session | undefined {
    const key = keyOf(token);
    const session = this.#sessions.get(key);
    if (session === undefined) return undefined;
    const now = performance.now();
    if (now - session.began < sessionMs && now - session.seen < sessionMs * IDLE_PART) {
      session.seen = now;
      return session;
    }
    this.#sessions.delete(key);
    return undefined;
  }

  end(token: string): void {
    this.#sessions.delete(keyOf(token));
  }
}

/** The user of a name, as the configuration in force has him; capitals do not matter. */
export function userNamed(name: string, { users }: ConsolePlan): ConsoleUser | undefined {
  const wanted = foldedName(name);
  return users.find((user) => foldedName(user.name) === wanted);
}

/** Both ways: the sign of Kelvin in small letters is a k, and nobody's initial. */
function foldedName(name: string): string {
  return `${name.toLowerCase()}\n${name.toUpperCase()}`;
}

/** Whether a form carries what its session gave it. */
export function isOwnForm({ csrf }: Session, shown: string | null): boolean {
  const [own, other] = [Buffer.from(csrf), Buffer.from(shown ?? '')];
  return own.length === other.length && timingSafeEqual(own, other);
}

function keyOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
