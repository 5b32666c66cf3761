/**
 * The records of one block of whole lines. csv-parse reads what has quotes; a run of lines without any is split at its
 * delimiters, which by RFC 4180 is the same, and ten times as fast: the command line reads the file at every call.
 */
import { CsvError, parse } from 'csv-parse/sync';
import type { Dialect, Separators } from './dialect.ts';

/** Takes one record; it stands in the block from `start` (blank lines before it included) to `end`, line end included. */
export type OnRecord = (cells: readonly string[], start: number, end: number) => void;

/** How far the block is read: `used` is the end of the last good record, `code` what csv-parse says of the next one. */
export interface BlockEnd {
  readonly used: number;
  readonly code?: string;
}

// A csv-parse run costs as much to begin as some records cost to read; so few bytes without a quote do not end it.
const PLAIN_BYTES = 1_024;

/** Reads the records of `bytes` (UTF-8) until one is wrong. */
export function readRecords(bytes: Buffer, dialect: Dialect, separators: Separators, onRecord: OnRecord): BlockEnd {
  let from = 0;
  while (from < bytes.length) {
    const quoted = startOfQuoted(bytes, from, dialect.quote, separators);
    splitLines(bytes, from, quoted, separators, onRecord);
    if (quoted === bytes.length) break;
    const { used, code } = parseRun(
      bytes.subarray(quoted, endOfQuoted(bytes, quoted, dialect.quote ?? '', separators)),
      dialect,
      separators,
      (cells, start, end) => onRecord(cells, quoted + start, quoted + end),
    );
    if (code !== undefined) return { used: quoted + used, code };
    from = quoted + used;
  }
  return { used: bytes.length };
}

/** The beginning of the first line with a quote, or the end of the block. */
function startOfQuoted(bytes: Buffer, from: number, quote: string | null, { lineEnd }: Separators): number {
  const at = quote === null ? -1 : bytes.indexOf(quote, from);
  if (at < 0) return bytes.length;
  return Math.max(from, bytes.lastIndexOf(lineEnd, at) + 1);
}

/** The end of the line after which there is no quote for a while, and none is open. */
function endOfQuoted(bytes: Buffer, from: number, quote: string, { lineEnd }: Separators): number {
  let open = false;
  for (let at = bytes.indexOf(quote, from); at >= 0; ) {
    open = !open;
    const next = bytes.indexOf(quote, at + 1);
    if (!open && (next < 0 || next - at > PLAIN_BYTES)) {
      const end = bytes.indexOf(lineEnd, at) + 1;
      if (end > 0 && (next < 0 || end <= next)) return end;
    }
    at = next;
  }
  return bytes.length;
}

function splitLines(bytes: Buffer, from: number, to: number, separators: Separators, onRecord: OnRecord): void {
  const { delimiter, lineEnd } = separators;
  let start = from;
  let at = from;
  while (at < to) {
    const found = bytes.indexOf(lineEnd, at);
    const end = found < 0 || found >= to ? to : found;
    const next = Math.min(to, end + 1);
    const line = bytes.toString('utf8', at, bytes[end - 1] === 0x0d && end > at ? end - 1 : end);
    at = next;
    if (line === '') continue;
    onRecord(line.split(delimiter), start, next);
    start = next;
  }
}

function parseRun(bytes: Buffer, { quote, trim }: Dialect, separators: Separators, onRecord: OnRecord): BlockEnd {
  const { delimiter, lineEnd } = separators;
  let used = 0;
  try {
    parse(bytes, {
      delimiter,
      quote,
      escape: quote,
      record_delimiter: lineEnd === '\r' ? ['\r'] : ['\r\n', '\n'],
      ltrim: trim,
      rtrim: trim,
      // The number of columns is checked by the caller, who knows the line.
      relax_column_count: true,
      skip_empty_lines: true,
      // Zero is "no limit". csv-parse cannot go on after its own; the caller has one.
      max_record_size: 0,
      on_record: (cells: string[], info: { readonly bytes: number }): null => {
        onRecord(cells, used, info.bytes);
        used = info.bytes;
        return null;
      },
    });
    return { used: bytes.length };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return { used, code: error.code };
  }
}
