/** The keys of the configuration, compared in constant time. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { AccessKey, ConsoleRole } from '../gateway/plan.ts';
import { decoded } from './request-url.ts';

/** So much of a key is half a secret: the shortest key has twice as many characters. */
const TELLING_CHARACTERS = 8;

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** The keys that open the gateway. */
export class KeyRing {
  readonly #keys: readonly { readonly name: string; readonly digest: Buffer; readonly beginning: Buffer }[];
  readonly #roles: ReadonlyMap<string, ConsoleRole | undefined>;

  constructor(keys: readonly AccessKey[]) {
    this.#keys = keys.map(({ name, secret }) => ({
      name,
      digest: digest(secret),
      beginning: digest(secret.slice(0, TELLING_CHARACTERS)),
    }));
    this.#roles = new Map(keys.map(({ name, role }) => [name, role]));
  }

  /** Without keys the gateway is open. */
  get open(): boolean {
    return this.#keys.length === 0;
  }

  /**
   * The name of the key with this secret, or undefined. Digests have one length, and all of them are compared
   * every time: the time taken says nothing about how much of a guess was right.
   */
  nameOf(secret: string): string | undefined {
    const shown = digest(secret);
    let found: string | undefined;
    for (const key of this.#keys) {
      if (timingSafeEqual(key.digest, shown)) found = key.name;
    }
    return found;
  }

  /** What the key of this name may do in the administrative part of the API; undefined: nothing. */
  roleOf(name: string): ConsoleRole | undefined {
    return this.#roles.get(name);
  }

  /** Whether a piece of an address is a secret or begins like one, percent-encoded or not. */
  reveals(piece: string): boolean {
    return this.#beginsLikeKey(piece) || this.#beginsLikeKey(decoded(piece));
  }

  #beginsLikeKey(text: string): boolean {
    const beginning = digest(text.slice(0, TELLING_CHARACTERS));
    let found = false;
    for (const key of this.#keys) {
      if (timingSafeEqual(key.beginning, beginning)) found = true;
    }
    return found;
  }
}
