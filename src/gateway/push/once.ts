/** Idempotency keys: what whoever pushes says of which pushes are the same one. */

/** As other systems have it: Stripe 255, and an IETF draft (draft-ietf-httpapi-idempotency-key-header) none. */
const LONGEST_KEY = 255;

/** So long a key is remembered, as most systems remember it. Milliseconds. */
export const ONCE_WINDOW_MS = 86_400_000;

/** What is wrong with a key; undefined: nothing. The words follow the name of what has it. */
export function idempotencyKeyMistake(key: string): string | undefined {
  if (key === '') return 'is empty; send a text that is another one for each push, or none';
  if (key.length > LONGEST_KEY) return `is longer than ${LONGEST_KEY} characters; send a shorter one`;
  return undefined;
}

/** A push that its sender names. */
export interface NamedPush {
  /** The name of the sender's key of access; two may have the same names for different pushes. Empty: there are no keys. */
  readonly caller: string;
  readonly key: string;
}

/** In the place of a fingerprint of what is pushed: equal for equal names. */
export function fingerprintOfName(target: string, { caller, key }: NamedPush): string {
  const { createHash } = process.getBuiltinModule('node:crypto');
  return `once ${createHash('sha256')
    .update(JSON.stringify([target, caller, key]))
    .digest('hex')}`;
}
