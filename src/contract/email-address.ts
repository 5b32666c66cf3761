/** Mail addresses as people and systems write them: with a name, several, with `mailto:`, a host name in letters or in punycode. */
import { domainToASCII } from 'node:url';

/** What stands between addresses, and around them. Apostrophes may be part of one. */
const BETWEEN = /[\s;,<>"()[\]]+/;
/** RFC 5321, 4.5.3.1: 64 + @ + 255; nobody has more addresses in one field. */
const LONGEST_ADDRESS = 320;
const MOST_ADDRESSES = 20;

/** The bare addresses of a text, as written: of `Bob Carl <Bob@example.com>; b@x.de` two. */
export function emailAddresses(text: string): readonly string[] {
  if (!text.includes('@')) return [];
  const addresses: string[] = [];
  for (const piece of text.slice(0, MOST_ADDRESSES * LONGEST_ADDRESS).split(BETWEEN)) {
    const address = piece
      .replace(/^(?:mailto|smtp|sip):/i, '')
      .replace(/\?.*$/s, '')
      .replace(/\.+$/, '');
    const at = address.lastIndexOf('@');
    if (at <= 0 || at === address.length - 1 || address.length > LONGEST_ADDRESS) continue;
    addresses.push(address);
    if (addresses.length === MOST_ADDRESSES) break;
  }
  return addresses;
}

/** The form in which two addresses are compared: lower case, the host name in ASCII (RFC 5890), so that both spellings of it meet. */
export function emailForm(address: string): string {
  const lower = address.toLowerCase().normalize('NFC');
  const at = lower.lastIndexOf('@');
  const host = lower.slice(at + 1);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII begins there
  if (/^[\x00-\x7f]*$/.test(host)) return lower;
  const ascii = host.length > 253 ? '' : domainToASCII(host);
  return ascii === '' ? lower : `${lower.slice(0, at)}@${ascii}`;
}
