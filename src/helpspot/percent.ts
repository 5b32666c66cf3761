/**
 * Decoding of `application/x-www-form-urlencoded` text that may be broken or in an old encoding: whatever can be
 * decoded is, and nothing throws (which `decodeURIComponent` would).
 */
import { textOfBytes } from './bytes.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII begins there
const NEEDS_DECODING = /[^\x00-\x24\x26-\x2a\x2c-\x7f]/;

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of one byte begins there
const BEYOND_A_BYTE = /[^\x00-\xff]/;

const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;

/**
 * Decodes one name or value. `+` is a space; a broken escape (`%zz`, a `%` at the end) stays as it is; bytes that are
 * not UTF-8 are read as Windows-1252. Characters up to U+00FF are taken as bytes, others as their UTF-8 form.
 */
export function decodeComponent(text: string): string {
  if (!NEEDS_DECODING.test(text)) return text;
  const encoded = Buffer.from(text, BEYOND_A_BYTE.test(text) ? 'utf8' : 'latin1');
  return textOfBytes(encoded.subarray(0, unescapeInPlace(encoded)));
}

/** Replaces `%XX` and `+`; returns how many bytes are left. The write position never passes the read position. */
function unescapeInPlace(bytes: Buffer): number {
  let written = 0;
  for (let read = 0; read < bytes.length; read += 1) {
    let byte = bytes[read] ?? 0;
    if (byte === PLUS) byte = SPACE;
    if (byte === PERCENT) {
      const high = hexDigit(bytes[read + 1]);
      const low = hexDigit(bytes[read + 2]);
      if (high >= 0 && low >= 0) {
        byte = high * 16 + low;
        read += 2;
      }
    }
    bytes[written] = byte;
    written += 1;
  }
  return written;
}

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : -1;
}
