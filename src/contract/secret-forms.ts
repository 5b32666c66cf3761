/**
 * Secrets in the forms in which another system, or a library, may repeat them, and the one mask over whatever is
 * printed: the log, the terminal, what staff read, the health of the gateway.
 */

/** What is shorter is no secret worth the name, and would blot out half of a message. */
const SHORTEST = 4;
const MASK = '***';

/** The secrets of a source are the same for thousands of requests. */
const remembered = new Map<string, readonly string[]>();
const MOST_REMEMBERED = 100;

/**
 * Every secret as it is, URL-encoded, inside a JSON or HTML text, and in base64; the longest first, since a secret
 * within another must not break it up before it is found. Secrets of fewer than four characters have none.
 */
export function secretForms(secrets: readonly string[]): readonly string[] {
  const key = JSON.stringify(secrets);
  const known = remembered.get(key);
  if (known !== undefined) return known;
  if (remembered.size >= MOST_REMEMBERED) remembered.clear();
  const forms = allForms(secrets);
  remembered.set(key, forms);
  return forms;
}

function allForms(secrets: readonly string[]): readonly string[] {
  const forms = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < SHORTEST) continue;
    for (const form of formsOf(secret)) if (form.length >= SHORTEST) forms.add(form);
  }
  return [...forms].sort((one, other) => other.length - one.length);
}

/** The text with every form of a secret replaced. @param forms of {@link secretForms} */
export function masked(text: string, forms: readonly string[]): string {
  return forms.reduce((rest, form) => rest.replaceAll(form, MASK), text);
}

/** One text in all these forms. */
export function formsOf(secret: string): readonly string[] {
  // Of a signing secret the part behind its mark is the key itself.
  const key = /^wh(?:sec|sk)_(.+)$/s.exec(secret)?.[1];
  if (key !== undefined) return [secret, ...formsOf(key)];
  return [secret, ...urlForms(secret), ...jsonForms(secret), htmlForm(secret), ...base64Forms(Buffer.from(secret))];
}

function urlForms(text: string): readonly string[] {
  const percent = encodeURIComponent(text.toWellFormed());
  const strict = percent.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const everyByte = Array.from(Buffer.from(text), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`);
  const upper = [
    percent,
    strict,
    strict.replaceAll('%20', '+'),
    encodeURI(text.toWellFormed()),
    // It means the same (RFC 3986, 2.4).
    everyByte.join(''),
  ];
  return [...upper, ...upper.map((one) => one.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()))];
}

/** Twice, because a text in JSON may be JSON itself. */
function jsonForms(text: string): readonly string[] {
  const once = JSON.stringify(text).slice(1, -1);
  return [once, JSON.stringify(once).slice(1, -1)];
}

function htmlForm(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/**
 * The characters of a base64 text that come from the secret alone, for each of the three places where it can begin in a
 * group of three bytes; and the whole with its padding when nothing precedes it.
 */
function base64Forms(bytes: Buffer): readonly string[] {
  const within = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
  const forms = [bytes.toString('base64'), ...within];
  return [...forms, ...forms.map((form) => form.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''))];
}

// One set of secrets is used for thousands of log lines.
const knownForms = new WeakMap<readonly string[], readonly string[]>();

/**
 * Replaces every secret in a text by `***`: as it is, URL-encoded, inside a JSON or HTML text, and in base64 wherever
 * it begins (HTTP Basic has `user:` before it). Secrets of fewer than four characters are not masked. The same array is
 * taken as unchanged.
 */
export function redact(text: string, secrets: readonly string[]): string {
  let forms = knownForms.get(secrets);
  if (forms === undefined) {
    forms = secretForms(secrets.flatMap((secret) => [secret, ...longLinesOf(secret)]));
    knownForms.set(secrets, forms);
  }
  return masked(text, forms);
}

// A private key may be shown line by line.
function longLinesOf(secret: string): readonly string[] {
  return secret
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line.length >= 16 && line !== secret);
}
