/** Distinguished names (RFC 4514). */

/** One `attribute=value` of a name. */
export interface NamePart {
  readonly attribute: string;
  readonly value: string;
}

/** The parts of a name, the entry's own first; each may have several (`cn=x+uid=y`). Undefined for what is no name. */
export function parseDn(text: string): readonly (readonly NamePart[])[] | undefined {
  const parsed: NamePart[][] = [];
  for (const name of splitUnescaped(text, /[,;]/)) {
    const parts = splitUnescaped(name, /\+/).map(namePart);
    const known = parts.filter((part) => part !== undefined);
    if (known.length === 0 || known.length < parts.length) return undefined;
    parsed.push(known);
  }
  return parsed;
}

/** The value of a name's first part, which people read: `CN=Smith\, Jane,OU=…` → `Smith, Jane`. What is no name stays as it is. */
export function nameOfDn(text: string): string {
  return parseDn(text)?.[0]?.[0]?.value ?? text;
}

/** Equal for equal names, whatever their case, spaces and escapes. */
export function dnKey(text: string): string {
  const names = parseDn(text);
  if (names === undefined) return text.trim().toLowerCase();
  return names.map(partsKey).join(',');
}

/** Whether a name lies at or under another. */
export function isUnder(dn: string, base: string): boolean {
  const [key, above] = [dnKey(dn), dnKey(base)];
  return above === '' || key === above || key.endsWith(`,${above}`);
}

function partsKey(parts: readonly NamePart[]): string {
  const keys = parts.map(({ attribute, value }) => {
    const plain = value.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
    return `${attribute.toLowerCase()}=${plain.replace(/[\\,+]/g, (sign) => `\\${sign.charCodeAt(0)}`)}`;
  });
  return keys.sort().join('+');
}

function namePart(text: string): NamePart | undefined {
  const [, attribute, written] = /^\s*([a-z][\w-]*|\d+(?:\.\d+)*)\s*=(.*)$/is.exec(text) ?? [];
  if (attribute === undefined || written === undefined) return undefined;
  return { attribute, value: unescaped(written) };
}

/** Spaces around a value do not belong to it, unless they are escaped. */
function unescaped(written: string): string {
  const pieces = Array.from(
    withoutOuterSpaces(written).matchAll(/\\([0-9a-f]{2})|\\(.)|([^\\]+)/gis),
    ([, hex, escaped, plain]) => (hex === undefined ? Buffer.from(escaped ?? plain ?? '') : Buffer.from(hex, 'hex')),
  );
  return Buffer.concat(pieces).toString();
}

function withoutOuterSpaces(written: string): string {
  const value = written.trimStart();
  const bare = value.trimEnd();
  let backslashes = 0;
  while (bare.charAt(bare.length - 1 - backslashes) === '\\') backslashes += 1;
  // An odd number: the last of them escapes the space behind it.
  return backslashes % 2 === 0 ? bare : value.slice(0, bare.length + 1);
}

function splitUnescaped(text: string, separator: RegExp): readonly string[] {
  const parts: string[] = [];
  let part = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\') {
      part += character + text.charAt(at + 1);
      at += 1;
    } else if (separator.test(character)) {
      parts.push(part);
      part = '';
    } else {
      part += character;
    }
  }
  return [...parts, part];
}
