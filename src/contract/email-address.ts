/** Mail addresses as people and systems write them: with a name, several, with `mailto:`, a host name in letters or in punycode. */
import { domainToASCII, domainToUnicode } from 'node:url';
import { isAscii } from './ascii.ts';

/** What stands between addresses, and around them. Apostrophes may be part of one. */
const BETWEEN = /[\s;,|<>"()[\]\u2018\u201a-\u201f\u00ab\u00bb]+/;
const ADDRESS = /^[^@\p{C}]+@[^@\p{C}]+$/u;
/** RFC 5321, 4.5.3.1: 64 + @ + 255; nobody has more addresses in one field. */
const LONGEST_ADDRESS = 320;
const MOST_ADDRESSES = 20;

/** Where a text ends without the characters at its end. */
export function endWithout(text: string, character: string): number {
  let end = text.length;
  while (end > 0 && text[end - 1] === character) end -= 1;
  return end;
}

/** The bare addresses of a text, as written: of `Bob Carl <Bob@example.com>; b@x.de` two. */
export function emailAddresses(text: string): readonly string[] {
  if (!text.includes('@')) return [];
  const addresses: string[] = [];
  const pieces = text.slice(0, MOST_ADDRESSES * LONGEST_ADDRESS).split(BETWEEN);
  // Half an address is another one.
  if (text.length > MOST_ADDRESSES * LONGEST_ADDRESS) pieces.pop();
  for (const piece of pieces) {
    const [written = ''] = piece.replace(/^(?:mailto|smtp|sip):/i, '').split('?');
    const bare = /^'.*'$/s.test(written) ? written.slice(1, -1) : written;
    const address = bare.slice(0, endWithout(bare, '.'));
    if (!ADDRESS.test(address) || address.length > LONGEST_ADDRESS) continue;
    addresses.push(address);
    if (addresses.length === MOST_ADDRESSES) break;
  }
  return addresses;
}

/** The form in which two addresses are compared: lower case, the host name in ASCII (RFC 5890), so that both spellings of it meet. */
export function emailForm(address: string): string {
  const small = address.toLowerCase();
  if (isAscii(small)) return small;
  const lower = small.normalize('NFC');
  const at = lower.lastIndexOf('@');
  const host = lower.slice(at + 1);
  if (isAscii(host)) return lower;
  const ascii = host.length > LONGEST_HOST ? '' : domainToASCII(host);
  return ascii === '' ? lower : `${lower.slice(0, at)}@${ascii}`;
}

/** RFC 1035, 2.3.4 */
const LONGEST_HOST = 253;

/** An address in lower case with its host name in ASCII and, where it has other letters, in these: `bob@xn--mnchen-3ya.de`, `bob@münchen.de`. */
export function emailForms(address: string): readonly string[] {
  const form = emailForm(address);
  const host = form.slice(form.lastIndexOf('@') + 1);
  if (!host.includes('xn--') || host.length > LONGEST_HOST) return [form];
  const letters = domainToUnicode(host).normalize('NFC');
  return letters === '' || letters === host ? [form] : [form, form.slice(0, form.length - host.length) + letters];
}
