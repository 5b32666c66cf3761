/** Bytes → text, in pieces, without ever guessing: a byte that does not belong to the encoding is an error, not a wrong letter. */
import { isUtf8 } from 'node:buffer';
import { SourceError } from '../../src/contract/index.ts';
import { textOfTable } from '../../src/kit/text/index.ts';

/**
 * The encodings of the setting. `latin1` is read as Windows-1252, its superset, as every browser does (WHATWG Encoding,
 * 4.2).
 */
export const ENCODINGS = ['utf-8', 'utf-16', 'latin1', 'windows-1252', 'windows-1250', 'iso-8859-15', 'cp850'] as const;

export type Encoding = (typeof ENCODINGS)[number];

/** Turns the pieces of one file into text. A character may begin in one piece and end in the next. */
export interface Decoder {
  /** @param linesBefore line ends before this piece, for the error's words. @throws {SourceError} rejected */
  decode(bytes: Buffer, linesBefore: number): string;
  /** What is left at the end of the file. @throws {SourceError} rejected: the last character is incomplete */
  end(): string;
}

/**
 * The decoder for a file that begins with `start`. A byte order mark wins over the setting, as it cannot be anything
 * else, and so do the zero bytes of UTF-16 without one: no other text has them in every second place.
 */
export function createDecoder(encoding: Encoding, start: Buffer): Decoder {
  if (start[0] === 0xff && start[1] === 0xfe) return unicodeDecoder('utf-16le');
  if (start[0] === 0xfe && start[1] === 0xff) return unicodeDecoder('utf-16be');
  if (start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf) return unicodeDecoder('utf-8');
  const utf16 = utf16Of(start.subarray(0, START_BYTES), encoding === 'utf-16' ? 1 : FEWEST_ZEROS);
  if (utf16 !== undefined) return unicodeDecoder(utf16);
  if (encoding === 'utf-16') return unicodeDecoder('utf-16le');
  return encoding === 'utf-8' ? unicodeDecoder('utf-8') : singleByteDecoder(encoding);
}

const START_BYTES = 1_024;
/** Of hundred pairs of bytes: letters of every alphabet stand beside digits, delimiters and line ends, which have one. */
const FEWEST_ZEROS = 12;

function utf16Of(start: Buffer, fewest: number): 'utf-16le' | 'utf-16be' | undefined {
  const zeros = [...start.keys()].filter((at) => start[at] === 0);
  const odd = zeros.filter((at) => at % 2 === 1).length;
  const even = zeros.length - odd;
  if (Math.max(even, odd) * 200 < fewest * start.length || even === odd) return undefined;
  if (fewest > 1 && Math.min(even, odd) > 0) return undefined;
  return odd > even ? 'utf-16le' : 'utf-16be';
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

/** A byte that the encoding does not know becomes a zero, and its line is left out. */
function singleByteDecoder(encoding: Encoding): Decoder {
  const label = encoding === 'latin1' ? 'windows-1252' : encoding;
  return { decode: (bytes) => textOfTable(bytes, label).replaceAll('\ufffd', '\0'), end: () => '' };
}
