/** Bytes that should be UTF-8 and, from old installations, sometimes are not. */
import { isUtf8 } from 'node:buffer';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Loaded with the first text that is not UTF-8: most installations never send one, and its tables take a while to read. */
const load = createRequire(join(import.meta.dirname, 'bytes.js'));
let loaded: typeof import('iconv-lite') | undefined;

function library(): typeof import('iconv-lite') {
  const known: typeof import('iconv-lite') = loaded ?? load('iconv-lite');
  loaded = known;
  return known;
}

// Not `endianness()` of node:os: loading that costs a command-line lookup more than all the text that it reads.
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The text of UTF-16 units. Node has names for UTF-16 in little-endian order only; other machines swap. */
export function textOfUnits(units: Uint16Array): string {
  const bytes = Buffer.from(units.buffer, units.byteOffset, units.byteLength);
  return (LITTLE_ENDIAN ? bytes : bytes.swap16()).toString('utf16le');
}

/** The text of bytes: UTF-8 where they are, otherwise Windows-1252. Never throws. */
export function textOfBytes(bytes: Uint8Array): string {
  return isUtf8(bytes) ? bufferOf(bytes).toString('utf8') : windows1252(bytes);
}

/**
 * The text of bytes in Windows-1252, which is also what the web means by ISO-8859-1 (WHATWG Encoding, 4.2): 0x80 to 0x9F
 * are letters and marks. The five bytes that are nothing in it stay the control characters that they are in ISO-8859-1.
 */
export function windows1252(bytes: Uint8Array): string {
  // One character a byte.
  const text = textOfTable(bytes, 'windows-1252');
  return text.replace(/\ufffd/g, (_, at: number) => String.fromCharCode(bytes[at] ?? 0));
}

/** In an encoding that browsers do not know (code page 850); undefined when nobody knows it, or the bytes are not in it. */
export function textOfOldEncoding(bytes: Uint8Array, label: string): string | undefined {
  if (!library().encodingExists(label)) return undefined;
  const text = textOfTable(bytes, label);
  return text.includes('\ufffd') ? undefined : text;
}

/**
 * By the table of an encoding in which a character is a byte: `windows-1250`, `iso-8859-15`, `cp850`. A byte that is not in
 * it becomes U+FFFD.
 */
export function textOfTable(bytes: Uint8Array, label: string): string {
  // Not TextDecoder: many releases of Node decode 0x80 to 0x9F of Windows-1252 as control characters (nodejs/node#60888).
  return library().decode(bufferOf(bytes), label);
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
