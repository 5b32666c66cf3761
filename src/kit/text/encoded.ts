/** Texts of other systems: bytes that say what encoding they are in, and sometimes are in another. */
import { isUtf8 } from 'node:buffer';
import { textOfBytes, textOfOldEncoding, windows1252 } from '../../helpspot/bytes.ts';

/**
 * The text of bytes. A byte order mark decides, and is left out; then the zero bytes of UTF-16; then the encodings that are
 * named, each if the bytes are in it; then UTF-8 if they are, else Windows-1252. Bytes that are UTF-8 are not taken for
 * Windows-1252, whatever is named: such text is UTF-8 by chance next to never, and a wrong name is common.
 *
 * @param named labels of encodings, the most trustworthy first: `utf-8`, `iso-8859-1`, `shift_jis`
 * @returns undefined when it is in none of the encodings named, and one of them has other letters than Windows-1252
 */
export function decodedText(bytes: Uint8Array, named: readonly string[]): string | undefined {
  const marked = unicodeOf(bytes);
  if (marked !== undefined) return unicodeText(bytes, marked);
  const encodings = named.map(standardName);
  for (const [index, encoding] of encodings.entries()) {
    const text = textIn(bytes, encoding, named[index] ?? '');
    if (text !== undefined) return text;
  }
  const isWestern = encodings.every((encoding) => encoding === undefined || encoding === 'utf-8');
  return isWestern || isUtf8(bytes) ? textOfBytes(bytes) : undefined;
}

/** The name that the web has for an encoding (WHATWG Encoding, 4.2); undefined for one that it does not know. */
function standardName(label: string): string | undefined {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}

function textIn(bytes: Uint8Array, encoding: string | undefined, label: string): string | undefined {
  if (encoding === undefined) return textOfOldEncoding(bytes, label);
  if (encoding === 'utf-8') return isUtf8(bytes) ? textOfBytes(bytes) : undefined;
  if (encoding === 'windows-1252') return isUtf8(bytes) ? textOfBytes(bytes) : windows1252(bytes);
  // Programs of Windows write encoding="utf-16" into what they send as UTF-8.
  if (/^utf-16/.test(encoding) && isUtf8(bytes)) return textOfBytes(bytes);
  return unicodeText(bytes, encoding);
}

/** By the byte order mark (WHATWG Encoding, 6), or by the zero byte that a letter of ASCII has in UTF-16. */
function unicodeOf([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first === undefined || second === undefined || (first === 0) === (second === 0)) return undefined;
  return first === 0 ? 'utf-16be' : 'utf-16le';
}

function unicodeText(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
