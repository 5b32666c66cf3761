/** Passwords of the console: `scrypt:LOG2_N:R:P:SALT:HASH`, both in base64url (RFC 7914). */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** What one try costs: 128 × N × r bytes, and N × r × p steps. */
interface Cost {
  readonly log2N: number;
  readonly r: number;
  readonly p: number;
}

/** OWASP's lowest recommendation for one lane: 64 MB and some 150 ms for each try. */
const COST: Cost = { log2N: 16, r: 8, p: 2 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** What a hash in the configuration may ask of the machine: four times ours. */
const MOST_MEMORY = 320 * 1024 * 1024;

/** Shorter ones are found by trying. */
export const SHORTEST_PASSWORD = 12;
/** Longer ones are no passwords; hashing them takes time. */
export const LONGEST_PASSWORD = 200;

/** What stands in the configuration for a password. */
export async function hashPassword(password: string, { log2N, r, p }: Cost = COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derived(password, salt, HASH_BYTES, { N: 2 ** log2N, r, p });
  return ['scrypt', log2N, r, p, salt.toString('base64url'), hash.toString('base64url')].join(':');
}

/** A hash of no password: somebody who is not there takes as long as somebody who is. */
export const NOBODY = `scrypt:${COST.log2N}:${COST.r}:${COST.p}:${'A'.repeat(22)}:${'A'.repeat(43)}`;

/** Whether a hash is that of a password. Compared in constant time. */
export async function isPassword(password: string, hash: string): Promise<boolean> {
  const [, log2N, r, p, salt = '', expected = ''] = hash.split(':');
  const wanted = Buffer.from(expected, 'base64url');
  const options = { N: 2 ** Number(log2N), r: Number(r), p: Number(p) };
  const found = await derived(password, Buffer.from(salt, 'base64url'), wanted.length, options);
  return timingSafeEqual(found, wanted);
}

function derived(password: string, salt: Buffer, bytes: number, options: ScryptOptions): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // The same password typed on another keyboard may come in other code points.
    scrypt(password.normalize('NFKC'), salt, bytes, { ...options, maxmem: MOST_MEMORY }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
