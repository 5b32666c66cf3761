/**
 * Whether an event was signed by who knows the secret: an HMAC over the bytes as they came, before anything of them is
 * read. Compared in constant time, with every secret.
 */
import type { BinaryLike } from 'node:crypto';

/** Headers as they came: name in small letters → every value of it. */
export type EventHeaders = Readonly<Record<string, readonly string[] | undefined>>;

/** How a system signs. Names of headers are in small letters. */
export interface SignatureScheme {
  /** The header with the signature. */
  readonly header: string;
  /** What stands before the signature: `sha256=`. */
  readonly prefix: string;
  readonly encoding: 'hex' | 'base64';
  readonly algorithm: 'sha256' | 'sha512';
  /** What is signed before the body: texts, and values of headers. */
  readonly before?: readonly (string | { readonly header: string })[];
  /** The header with the time of the signature, in seconds since 1970; it must be one of those that are signed. */
  readonly time?: string;
  /** Several signatures may stand in the header, with spaces between them; one that fits is enough. */
  readonly several?: true;
  /** What a secret is: its text, or bytes in base64 behind `whsec_`. */
  readonly secret?: 'base64';
}

/** Why an event is not believed. The caller does not get to know which it is. */
export interface SignatureProblem {
  /** `unsigned`: there is no signature; `malformed`: it is none; `secret`: it does not fit; `clock`: it fits, and is of another time. */
  readonly culprit: 'unsigned' | 'malformed' | 'secret' | 'clock';
  /** For administrators: what is wrong and what to do. Nothing of what came stands in it. */
  readonly problem: string;
}

/** How far the time of a signature may be from ours: as Standard Webhooks and Slack say. Seconds. */
const TOLERANCE_S = 300;
/** While secrets are changed there are two; each costs an HMAC of nothing, but a comparison. */
const MOST_SIGNATURES = 10;

/**
 * Looks at the signature of an event.
 * @param schemes the ways in which it may be signed: the first one whose header came counts
 * @param now milliseconds since 1970
 * @returns undefined when it is good
 */
export function signatureProblem(
  schemes: readonly SignatureScheme[],
  secrets: readonly string[],
  { headers, body }: { readonly headers: EventHeaders; readonly body: Uint8Array },
  now: number,
): SignatureProblem | undefined {
  const scheme = schemes.find(({ header }) => headers[header] !== undefined);
  if (scheme === undefined) return unsigned(schemes);
  const given = only(headers, scheme.header);
  const before = signedBefore(scheme, headers);
  const at = scheme.time === undefined ? now : timeIn(only(headers, scheme.time));
  const signatures = given === undefined ? [] : signaturesIn(given, scheme);
  if (before === undefined || at === undefined || signatures.length === 0) return malformed(scheme);
  if (!fits(signatures, secrets, scheme, [before, body])) {
    const problem =
      'the signature does not fit: the secret there is another one than here, or something between has changed the body';
    return { culprit: 'secret', problem };
  }
  const seconds = Math.round(Math.abs(now - at) / 1000);
  if (seconds <= TOLERANCE_S) return undefined;
  const [when, clock] = at < now ? ['ago', 'fast'] : ['in the future', 'slow'];
  const problem = `it was signed ${seconds} seconds ${when}, and ${TOLERANCE_S} are allowed: it was held up or is sent once more by somebody, or the clock of this machine is ${clock}`;
  return { culprit: 'clock', problem };
}

/** The bytes of a secret in base64, with or without its `whsec_`; undefined where it is none. */
export function base64Secret(secret: string): Uint8Array | undefined {
  const text = secret.startsWith('whsec_') ? secret.slice('whsec_'.length) : secret;
  return text === '' ? undefined : bytesIn(text, 'base64');
}

function unsigned(schemes: readonly SignatureScheme[]): SignatureProblem {
  const names = schemes.map(({ header }) => header).join(' or ');
  return {
    culprit: 'unsigned',
    problem: `the call has no ${names}: enter the secret there, or somebody else has called`,
  };
}

function malformed({ header, prefix, encoding, before = [] }: SignatureScheme): SignatureProblem {
  const others = before.flatMap((part) => (typeof part === 'string' ? [] : [part.header]));
  const needed = [`one ${header} (${prefix}… in ${encoding})`, ...others.map((name) => `one ${name}`)];
  return { culprit: 'malformed', problem: `the call needs ${needed.join(', ')}: is verify that of the system?` };
}

/** The value of a header that came once. */
function only(headers: EventHeaders, name: string): string | undefined {
  const values = headers[name];
  return values?.length === 1 ? values[0] : undefined;
}

function signedBefore({ before = [] }: SignatureScheme, headers: EventHeaders): string | undefined {
  let text = '';
  for (const part of before) {
    const value = typeof part === 'string' ? part : only(headers, part.header);
    if (value === undefined) return undefined;
    text += value;
  }
  return text;
}

function timeIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,11}$/.test(text) ? Number(text) * 1000 : undefined;
}

function signaturesIn(given: string, { prefix, encoding, several }: SignatureScheme): readonly Uint8Array[] {
  const parts = several === true ? given.split(' ', MOST_SIGNATURES) : [given];
  return parts.flatMap((part) => {
    if (!part.startsWith(prefix)) return [];
    return bytesIn(part.slice(prefix.length), encoding) ?? [];
  });
}

/** Strictly: Node takes what it can of a text, and one signature would have many spellings. */
function bytesIn(text: string, encoding: SignatureScheme['encoding']): Uint8Array | undefined {
  if (text.length > LONGEST_ENCODED) return undefined;
  const bytes = Buffer.from(text, encoding);
  const written = encoding === 'hex' ? text.toLowerCase() : text;
  return bytes.toString(encoding) === written ? bytes : undefined;
}

/** A key of a kilobyte; signatures are shorter. */
const LONGEST_ENCODED = 1_400;

/** Every secret with every signature, whatever fits already. */
function fits(
  signatures: readonly Uint8Array[],
  secrets: readonly string[],
  { algorithm, secret: kind }: SignatureScheme,
  parts: readonly BinaryLike[],
): boolean {
  const { createHmac, timingSafeEqual } = process.getBuiltinModule('node:crypto');
  let found = false;
  for (const secret of secrets) {
    const key = kind === 'base64' ? base64Secret(secret) : secret;
    // The configuration has refused it.
    if (key === undefined) continue;
    const hmac = createHmac(algorithm, key);
    for (const part of parts) hmac.update(part);
    const right = hmac.digest();
    for (const one of signatures) {
      // Its length is no secret.
      const isEqual = one.length === right.length && timingSafeEqual(one, right);
      found ||= isEqual;
    }
  }
  return found;
}
