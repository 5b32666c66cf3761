/** Bytes → text, in pieces, without ever guessing: a byte that does not belong to the encoding is an error, not a wrong letter. */
import { isUtf8 } from 'node:buffer';
import { SourceError } from '../../src/contract/index.ts';

/** The encodings of the setting. `latin1` is read as Windows-1252, its superset, as every browser does (WHATWG Encoding, 4.2). */
export type Encoding = 'utf-8' | 'utf-16' | 'latin1' | 'windows-1252';

/** Turns the pieces of one file into text. A character may begin in one piece and end in the next. */
export interface Decoder {
  /** @param linesBefore line ends before this piece, for the error's words. @throws {SourceError} rejected */
  decode(bytes: Buffer, linesBefore: number): string;
  /** What is left at the end of the file. @throws {SourceError} rejected: the last character is incomplete */
  end(): string;
}

/**
 * The decoder for a file that begins with `start` (two or three bytes are enough). A byte order mark wins over the
 * setting, as it cannot be anything else; UTF-16 without one is read as the zero byte of its first letter says.
 */
export function createDecoder(encoding: Encoding, start: Buffer): Decoder {
  if (start[0] === 0xff && start[1] === 0xfe) return unicodeDecoder('utf-16le');
  if (start[0] === 0xfe && start[1] === 0xff) return unicodeDecoder('utf-16be');
  if (start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf) return unicodeDecoder('utf-8');
  if (encoding === 'utf-16') return unicodeDecoder(start[0] === 0 ? 'utf-16be' : 'utf-16le');
  return encoding === 'utf-8' ? unicodeDecoder('utf-8') : windows1252Decoder;
}

function unicodeDecoder(label: 'utf-8' | 'utf-16le' | 'utf-16be'): Decoder {
  // Without `ignoreBOM` the decoder drops the byte order mark.
  const decoder = new TextDecoder(label, { fatal: true });
  return {
    decode(bytes, linesBefore) {
      try {
        return decoder.decode(bytes, { stream: true });
      } catch (cause) {
        throw label === 'utf-8' ? notUtf8(linesBefore + lineOfBadByte(bytes), cause) : notUtf16(cause);
      }
    },
    end() {
      try {
        return decoder.decode();
      } catch (cause) {
        throw new SourceError('rejected', 'the file ends in the middle of a character: it is cut off', {
          cause,
          remedy: 'write the file again, completely',
        });
      }
    },
  };
}

function notUtf8(line: number, cause: unknown): SourceError {
  return new SourceError('rejected', `line ${line} is not UTF-8`, {
    cause,
    remedy: 'set "encoding: windows-1252" if the file comes from Excel or another Windows program, or save it as UTF-8',
  });
}

function notUtf16(cause: unknown): SourceError {
  return new SourceError('rejected', 'the file is not UTF-16', {
    cause,
    remedy: 'leave "encoding" out if the file is UTF-8, or set "encoding: windows-1252"',
  });
}

/** The line, from 1, of the first byte of the piece that is not UTF-8. */
function lineOfBadByte(bytes: Buffer): number {
  let from = 0;
  // The piece may begin within a character.
  while (from < 3 && ((bytes[from] ?? 0) & 0xc0) === 0x80) from += 1;
  for (let line = 1; from < bytes.length; line += 1) {
    const end = bytes.indexOf(0x0a, from);
    if (!isUtf8(bytes.subarray(from, end < 0 ? bytes.length : end))) return line;
    if (end < 0) break;
    from = end + 1;
  }
  return 1;
}

// What differs from ISO 8859-1 (WHATWG Encoding, index-windows-1252). TextDecoder is not used: in Node 20.18.3 and later,
// and in many releases of 22 to 24, it reads these bytes as control characters (nodejs/node#60888).
const BYTES_80_TO_9F =
  '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f' +
  '\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178';

const windows1252Decoder: Decoder = {
  decode: (bytes) =>
    bytes.toString('latin1').replace(/[\x80-\x9f]/g, (byte) => BYTES_80_TO_9F[byte.charCodeAt(0) - 0x80] ?? byte),
  end: () => '',
};
