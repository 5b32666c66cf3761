/** Bytes that should be UTF-8 and, from old installations, sometimes are not. */
import { isUtf8 } from 'node:buffer';
import { endianness } from 'node:os';

/** Windows-1252 differs from Latin-1 in 0x80 to 0x9F; the five bytes that it leaves open map to themselves (WHATWG Encoding, index windows-1252). */
const WINDOWS_1252 =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178';

const WHERE_THEY_DIFFER = /[\x80-\x9f]/;

/** The text of UTF-16 units. Node has names for UTF-16 in little-endian order only; other machines swap. */
export function textOfUnits(units: Uint16Array): string {
  const bytes = Buffer.from(units.buffer, units.byteOffset, units.byteLength);
  return (endianness() === 'LE' ? bytes : bytes.swap16()).toString('utf16le');
}

/** The text of bytes: UTF-8 where they are, otherwise Windows-1252, in which every byte is some character. Never throws. */
export function textOfBytes(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString('utf8') : windows1252(bytes);
}

// Not `TextDecoder('windows-1252')`: some Node releases decode it as Latin-1. And no `replace` with a function, which
// megabytes of such bytes would call for each of them.
function windows1252(bytes: Buffer): string {
  const latin1 = bytes.toString('latin1');
  if (!WHERE_THEY_DIFFER.test(latin1)) return latin1;
  const units = new Uint16Array(bytes.length);
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    units[at] = byte >= 0x80 && byte <= 0x9f ? WINDOWS_1252.charCodeAt(byte - 0x80) : byte;
  }
  return textOfUnits(units);
}
