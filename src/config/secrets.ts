/** What is secret, and masking it in text. */
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
  return text.replace(/\S+/g, (word) => {
    const [colon, at] = [word.indexOf(':'), word.lastIndexOf('@')];
    return colon === -1 || at < colon ? word : `${word.slice(0, colon)}:${MASK}${word.slice(at)}`;
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A password with a bare percent sign; drivers take it as it is.
    return text;
  }
}
