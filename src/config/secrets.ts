/** What is secret, and masking it in text. */
import { LIMITS } from './defaults.ts';

const MASK = '***';

// The value under such a key is never quoted in a message; a false alarm costs nothing.
const SECRET_KEY = /passw|passphrase|pwd|secret|token|key|credential|authorization/i;

/** Whether the value under a key must not be quoted. */
export function looksSecret(key: string): boolean {
  return SECRET_KEY.test(key);
}

// Narrower, because such values are masked everywhere: `keyColumn: customer_id` must not hide every customer_id.
const HOLDS_SECRET =
  /(?:^|[_-])(?:password|passwd|passphrase|pwd|secret|token|credentials?|authorization|(?:api|access|private)[_-]?key)$/i;

/** Whether a text that stands literally under a key is itself a secret: `bindPassword`, `api_key`, `token`. */
export function holdsSecret(key: string): boolean {
  return HOLDS_SECRET.test(key.replace(/([a-z0-9])([A-Z])/g, '$1_$2'));
}

/** The password in an address (`mysql://user:PASSWORD@host/`), as written and decoded. */
export function passwordsInAddress(text: string): readonly string[] {
  const written = /^[a-z][a-z0-9+.-]*:\/\/[^/?#:@]*:([^/?#]*)@/i.exec(text)?.[1];
  if (written === undefined || written === '') return [];
  return [written, decoded(written)];
}

/** A value as it may be quoted: without what could be the password of an address, however badly that is written. */
export function withoutPassword(text: string): string {
  return text.replace(/:\S*@/, `:${MASK}@`);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A password with a bare percent sign; drivers take it as it is.
    return text;
  }
}

// One set of secrets is used for thousands of log lines.
const knownForms = new WeakMap<readonly string[], readonly string[]>();

/**
 * Replaces every secret in a text by `***`: as it is, URL-encoded, inside a JSON
 * or HTML text, and in base64 wherever it begins (HTTP Basic has `user:` before
 * it). Secrets of fewer than four characters are not masked. The same array is
 * taken as unchanged.
 */
export function redact(text: string, secrets: readonly string[]): string {
  let forms = knownForms.get(secrets);
  if (forms === undefined) {
    forms = allForms(secrets);
    knownForms.set(secrets, forms);
  }
  let masked = text;
  for (const form of forms) {
    if (masked.includes(form)) masked = masked.replaceAll(form, MASK);
  }
  return masked;
}

/** The longest first: a secret that is the beginning of another must not leave the rest of it. */
function allForms(secrets: readonly string[]): readonly string[] {
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < LIMITS.maskedCharacters) continue;
    for (const form of formsOf(secret)) forms.add(form);
  }
  return [...forms].sort((a, b) => b.length - a.length);
}

function formsOf(secret: string): readonly string[] {
  const plain = [secret, ...longLinesOf(secret)];
  const forms = plain.flatMap((text) => [text, ...urlForms(text), ...jsonForms(text), htmlForm(text)]);
  return [...forms, ...base64Forms(Buffer.from(secret, 'utf8'))].filter(
    (form) => form.length >= LIMITS.maskedCharacters,
  );
}

// A private key may be shown line by line.
function longLinesOf(secret: string): readonly string[] {
  return secret
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line.length >= 16 && line !== secret);
}

function urlForms(text: string): readonly string[] {
  const percent = encodeURIComponent(text.toWellFormed());
  const strict = percent.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const form = strict.replaceAll('%20', '+');
  const upper = [percent, strict, form, encodeURI(text.toWellFormed())];
  return [...upper, ...upper.map((one) => one.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()))];
}

// Twice, because a log line in JSON may hold a JSON text.
function jsonForms(text: string): readonly string[] {
  const once = JSON.stringify(text).slice(1, -1);
  return [once, JSON.stringify(once).slice(1, -1)];
}

function htmlForm(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/**
 * The characters of a base64 text that come from the secret alone, for each of
 * the three places where it can begin in a group of three bytes; and the whole
 * with its padding when nothing precedes it.
 */
function base64Forms(bytes: Buffer): readonly string[] {
  const forms = [bytes.toString('base64')];
  for (const before of [0, 1, 2]) {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const first = Math.ceil((before * 8) / 6);
    const end = Math.floor(((before + bytes.length) * 8) / 6);
    forms.push(text.slice(first, end));
  }
  return [...forms, ...forms.map((form) => form.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''))];
}
