/**
 * Text → rows, by RFC 4180, in blocks that end at a line end, so that the event loop is free between them. A line that
 * is wrong costs itself and nothing else: a quote that is never closed would swallow the rest of the file, so after a
 * mistake the reading begins anew on the next line.
 */
import { SourceError } from '../../src/contract/index.ts';
import { type BlockEnd, readRecords } from './block.ts';
import { type Dialect, delimiterOf, lineEndOf, type Separators } from './dialect.ts';

/** Where rows go. Lines count from 1, as an editor shows them. */
export interface RowSink {
  /** The first row, if the number of columns is not known beforehand. */
  header(cells: readonly string[]): void;
  row(cells: readonly string[]): void;
  /** A line that is left out. `problem` has no value of the file. */
  bad(line: number, problem: string): void;
}

// A record of several lines is read whole only to this size (bytes); beyond it, the quote that it begins with is taken for a stray one.
const RECORD_LIMIT = 2 * 1024 * 1024;
// Each stray quote can cost a reading of RECORD_LIMIT bytes. A file with more of them is not written in this dialect at all.
const STRAY_QUOTE_LIMIT = 1_000;
const LF = 0x0a;
const CR = 0x0d;

const NO_MATCH = 'its quotes do not match (a quote within a quoted value is written twice)';
const WORDS_OF_CODE: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened and not closed',
  CSV_INVALID_CLOSING_QUOTE: NO_MATCH,
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: NO_MATCH,
  INVALID_OPENING_QUOTE: 'a quote stands within a value that is not quoted',
};

/** Reads the rows of one file. Write the text in pieces, then `end`. */
export class RowReader {
  readonly #dialect: Dialect;
  readonly #sink: RowSink;
  /** Text that is not read yet, and how long it must be before another try makes sense. */
  #pending = '';
  #wanted = 0;
  /** The line on which `#pending` begins. */
  #line = 1;
  #separators: Separators | undefined;
  #linesToSkip: number;
  #width: number | undefined;
  #strayQuotes = 0;
  /** At the end of the file: the line of a quote that was not closed, until a good row follows. */
  #openQuoteLine: number | undefined;

  /** @param width the number of columns; undefined: the first row is the header and says it */
  constructor(dialect: Dialect, width: number | undefined, sink: RowSink) {
    this.#dialect = dialect;
    this.#sink = sink;
    this.#linesToSkip = dialect.skipLines;
    this.#width = width;
  }

  /** @throws {SourceError} rejected: the file as a whole cannot be read like this */
  write(text: string): void {
    this.#pending += text;
    if (this.#pending.length < this.#wanted) return;
    const separators = this.#begin(false);
    const cut = separators === undefined ? 0 : this.#pending.lastIndexOf(separators.lineEnd) + 1;
    if (separators === undefined || cut === 0) {
      this.#refuseEndlessLine();
      return;
    }
    const block = Buffer.from(this.#pending.slice(0, cut));
    const rest = this.#pending.slice(cut);
    const unread = this.#readBlock(block, separators, false);
    this.#pending = unread.toString() + rest;
    // Doubling keeps a long record from being read again with every piece of it.
    this.#wanted = unread.length === 0 ? 0 : this.#pending.length * 2;
  }

  /** @throws {SourceError} rejected: the file is cut off */
  end(): void {
    const separators = this.#begin(true);
    if (separators !== undefined) this.#readBlock(Buffer.from(this.#pending), separators, true);
    this.#pending = '';
    if (this.#openQuoteLine !== undefined) {
      throw cutOff(`the file ends inside a quoted value that begins on line ${this.#openQuoteLine}`);
    }
  }

  /** Finds the separators, and passes over the lines to skip; undefined: more text is needed. */
  #begin(atEnd: boolean): Separators | undefined {
    if (this.#separators !== undefined) return this.#separators;
    const lineEnd = lineEndOf(this.#pending, atEnd);
    if (lineEnd === undefined) return undefined;
    for (; this.#linesToSkip > 0; this.#linesToSkip -= 1) {
      const end = this.#pending.indexOf(lineEnd);
      if (end < 0) return undefined;
      this.#pending = this.#pending.slice(end + 1);
      this.#line += 1;
    }
    const firstLine = /^\s*(\S[^\r\n]*)[\r\n]/.exec(this.#pending)?.[1] ?? (atEnd ? this.#pending : undefined);
    if (firstLine === undefined) return undefined;
    this.#separators = { delimiter: delimiterOf(firstLine, this.#dialect), lineEnd };
    return this.#separators;
  }

  #refuseEndlessLine(): void {
    if (this.#pending.length <= RECORD_LIMIT) return;
    throw new SourceError('rejected', `line ${this.#line} is longer than ${RECORD_LIMIT} characters`, {
      remedy: 'check that the file is a CSV file, and its "encoding"',
    });
  }

  /** Reads whole lines; returns the beginning of a record that goes on in the next block. */
  #readBlock(block: Buffer, separators: Separators, atEnd: boolean): Buffer {
    let rest = block;
    while (rest.length > 0) {
      const { used, code } = this.#parse(rest, separators, atEnd);
      this.#line += lineEnds(rest, separators, 0, used);
      rest = rest.subarray(used);
      if (code === undefined) break;
      if (code === 'CSV_QUOTE_NOT_CLOSED' && !atEnd && rest.length < RECORD_LIMIT) break;
      rest = this.#leaveOutLine(rest, separators, code);
    }
    return rest;
  }

  /** Reads records until one is wrong; `used` is the end of the last good one. */
  #parse(bytes: Buffer, separators: Separators, atEnd: boolean): BlockEnd {
    const binary = bytes.includes(0);
    const unfinished = atEnd && bytes.at(-1) !== LF && bytes.at(-1) !== CR;
    let counted = 0;
    let line = this.#line;
    return readRecords(bytes, this.#dialect, separators, (cells, start, end) => {
      // Counted only when a line must be named, and never twice over the same bytes.
      const lineOf = () => {
        const first = afterBlankLines(bytes, start);
        line += lineEnds(bytes, separators, counted, first);
        counted = first;
        return line;
      };
      if (binary && cells.some((cell) => cell.includes('\0'))) this.#bad(lineOf(), 'it has a zero byte');
      else this.#take(cells, lineOf, unfinished && end === bytes.length);
    });
  }

  #take(cells: readonly string[], lineOf: () => number, unfinished: boolean): void {
    const blank = cells.every((cell) => cell.trim() === '');
    if (blank && (cells.length === 1 || cells.length === this.#width)) return;
    if (this.#width === undefined) {
      this.#width = cells.length;
      this.#sink.header(cells);
    } else if (cells.length === this.#width) {
      this.#openQuoteLine = undefined;
      this.#sink.row(cells);
    } else {
      const columns = cells.length === 1 ? '1 column' : `${cells.length} columns`;
      if (unfinished && cells.length < this.#width && this.#openQuoteLine === undefined) {
        throw cutOff(`the file ends in the middle of line ${lineOf()}, after ${columns} of ${this.#width}`);
      }
      this.#bad(lineOf(), `it has ${columns} instead of ${this.#width}`);
    }
  }

  /** Leaves out the line on which the wrong record begins, and only that one. */
  #leaveOutLine(bytes: Buffer, separators: Separators, code: string): Buffer {
    const start = afterBlankLines(bytes, 0);
    this.#line += lineEnds(bytes, separators, 0, start);
    if (code === 'CSV_QUOTE_NOT_CLOSED') this.#openQuoteLine ??= this.#line;
    this.#strayQuotes += 1;
    if (this.#strayQuotes > STRAY_QUOTE_LIMIT) {
      throw new SourceError(
        'rejected',
        `more than ${STRAY_QUOTE_LIMIT} lines up to line ${this.#line} have stray quotes`,
        { remedy: 'set "quote: none" if quotes have no meaning in the file, or check its "delimiter"' },
      );
    }
    this.#bad(this.#line, WORDS_OF_CODE[code] ?? `it is not CSV (${code})`);
    const end = bytes.indexOf(separators.lineEnd, start);
    this.#line += 1;
    return bytes.subarray(end < 0 ? bytes.length : end + 1);
  }

  #bad(line: number, problem: string): void {
    if (this.#width !== undefined) {
      this.#sink.bad(line, problem);
      return;
    }
    // Without its header the file has no fields; the next line must not become one.
    throw new SourceError('rejected', `line ${line} should be the header, but ${problem}`, {
      remedy: problem.includes('zero byte')
        ? 'set "encoding: utf-16" if the file is UTF-16'
        : 'mend the header line, or check "delimiter", "quote" and "skipLines"',
    });
  }
}

function cutOff(message: string): SourceError {
  return new SourceError('rejected', `${message}: it is cut off, or a quote is missing there`, {
    remedy: 'write the file completely under another name and then rename it',
  });
}

function lineEnds(bytes: Buffer, { lineEnd }: Separators, from: number, to: number): number {
  const wanted = lineEnd.charCodeAt(0);
  let count = 0;
  for (let at = bytes.indexOf(wanted, from); at >= 0 && at < to; at = bytes.indexOf(wanted, at + 1)) count += 1;
  return count;
}

function afterBlankLines(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === LF || bytes[at] === CR) at += 1;
  return at;
}
