/**
 * Text → rows, in blocks that end at a line end, so that the event loop is free between them. A line that is wrong costs
 * itself and nothing else: a quote that is never closed would swallow the rest of the file, so after a mistake the
 * reading begins anew on the next line.
 */
import { SourceError } from '../../src/contract/index.ts';
import { DelimiterDoubt, wrongDelimiter } from './delimiter-doubt.ts';
import { type Dialect, delimiterNamedBy, delimiterOf, lineEndOf, type Separators } from './dialect.ts';
import {
  endOfLine,
  lineEnds,
  lineOf,
  looseCells,
  type Quoting,
  type Scanned,
  scanRecord,
  withoutFormula,
} from './records.ts';

/** Where rows go. Lines count from 1, as an editor shows them. */
export interface RowSink {
  /** The first row, if the number of columns is not known beforehand. */
  header(cells: readonly string[]): void;
  row(cells: readonly string[]): void;
  /** A line that is left out. `problem` has no value of the file; `cells` are as far as they could be told apart. */
  bad(line: number, problem: string, cells: readonly string[]): void;
}

// A record of several lines is read whole only to this size (characters); beyond it, the quote that it begins with is taken for a stray one.
const RECORD_LIMIT = 2 * 1024 * 1024;
// Each stray quote can cost a reading of RECORD_LIMIT characters. A file with more of them is not written in this dialect at all.
const STRAY_QUOTE_LIMIT = 1_000;

const WORDS: Readonly<Record<Extract<Scanned, string>, string>> = {
  open: 'a quote is opened and not closed',
  stray: 'a quote stands within a value that is not quoted',
  unmatched: 'its quotes do not match (a quote within a quoted value is written twice)',
};

/** The end of a file as CP/M and DOS marked it; some programs still do. */
const END_MARK = '\x1a';

/** How many columns a row may have: the header's, with or without those at its end that have no name. */
interface Width {
  readonly least: number;
  readonly most: number;
}

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
  #named: string | undefined;
  #linesToSkip: number;
  #width: Width | undefined;
  #strayQuotes = 0;
  /** At the end of the file: the line of a quote that was not closed, until a good row follows. */
  #openQuoteLine: number | undefined;

  /** @param width the number of columns; undefined: the first row is the header and says it */
  constructor(dialect: Dialect, width: number | undefined, sink: RowSink) {
    this.#dialect = dialect;
    this.#sink = sink;
    this.#linesToSkip = dialect.skipLines;
    this.#width = width === undefined ? undefined : { least: width, most: width };
  }

  /** @throws {SourceError} rejected: the file as a whole cannot be read like this */
  write(text: string): void {
    this.#pending += text;
    if (this.#pending.length < this.#wanted) return;
    const separators = this.#begin(false);
    const cut = separators === undefined ? 0 : this.#pending.lastIndexOf(separators.lineEnd) + 1;
    if (separators === undefined || cut === 0) {
      this.#refuseEndlessLine();
      // As below: a long line is not looked through again with every piece of it.
      this.#wanted = Math.min(this.#pending.length * 2, RECORD_LIMIT + 1);
      return;
    }
    const used = this.#read(this.#pending.slice(0, cut), separators, false);
    this.#pending = this.#pending.slice(used);
    // Doubling keeps a long record from being read again with every piece of it.
    this.#wanted = used === cut ? 0 : this.#pending.length * 2;
  }

  /** @throws {SourceError} rejected: the file is cut off */
  end(): void {
    const separators = this.#begin(true);
    if (separators !== undefined) this.#read(withoutEndMarks(this.#pending), separators, true);
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
      if (!this.#skipLine(lineEnd)) return undefined;
    }
    let line = this.#firstLine(atEnd);
    if (line !== undefined && delimiterNamedBy(line) !== undefined) {
      // Blank lines may stand above it.
      while (line === this.#firstLine(atEnd) && this.#skipLine(lineEnd));
      line = this.#firstLine(atEnd);
    }
    if (line === undefined) return undefined;
    this.#separators = {
      delimiter: this.#dialect.delimiter ?? this.#named ?? delimiterOf(line, this.#dialect),
      lineEnd,
    };
    return this.#separators;
  }

  #firstLine(atEnd: boolean): string | undefined {
    return /^\s*(\S[^\r\n]*)[\r\n]/.exec(this.#pending)?.[1] ?? (atEnd ? this.#pending : undefined);
  }

  /** Passes over a line; one that names the delimiter is heard. */
  #skipLine(lineEnd: string): boolean {
    const end = this.#pending.indexOf(lineEnd);
    if (end < 0) return false;
    this.#named ??= delimiterNamedBy(lineOf(this.#pending, 0, end));
    this.#pending = this.#pending.slice(end + 1);
    this.#line += 1;
    return true;
  }

  #refuseEndlessLine(): void {
    if (this.#pending.length <= RECORD_LIMIT) return;
    throw new SourceError('rejected', `line ${this.#line} is longer than ${RECORD_LIMIT} characters`, {
      remedy: 'check that the file is a CSV file, and its "encoding"',
    });
  }

  /** Reads whole lines. Returns how much of the text is read; the rest is the beginning of a record that goes on in the next block. */
  #read(text: string, separators: Separators, atEnd: boolean): number {
    const { quote, trim } = this.#dialect;
    const { lineEnd, delimiter } = separators;
    const quoting = quote === null ? undefined : { ...separators, quote, trim };
    const binary = text.includes('\0');
    const unfinished = atEnd && !text.endsWith('\n') && !text.endsWith('\r');
    let quoteAt = -1;
    for (let at = 0; at < text.length; ) {
      const to = endOfLine(text, at, lineEnd);
      const next = Math.min(text.length, to + 1);
      const isLast = unfinished && next === text.length;
      if (quoteAt < at) quoteAt = firstOf(text, quote, at);
      if (quoting === undefined || quoteAt >= to) {
        const line = lineOf(text, at, to);
        if (line !== '') this.#take(line.split(delimiter), binary, isLast);
        this.#line += 1;
        at = next;
        continue;
      }
      const scanned = scanRecord(text, at, quoting);
      if (scanned === 'open' && !atEnd && text.length - at < RECORD_LIMIT) return at;
      if (typeof scanned !== 'string' && (scanned.end <= next || this.#fits(scanned.cells))) {
        this.#take(scanned.cells, binary, unfinished && scanned.end === text.length);
        this.#line += lineEnds(text, lineEnd, at, scanned.end);
        at = scanned.end;
      } else {
        // Several lines that make no record together are each on their own.
        this.#takeLoosely(lineOf(text, at, to), typeof scanned === 'string' ? scanned : 'unmatched', quoting, isLast);
        this.#line += 1;
        at = next;
      }
    }
    return text.length;
  }

  #fits(cells: readonly string[]): boolean {
    if (this.#width === undefined) return true;
    const { least, most } = this.#width;
    return cells.length >= least && (cells.length <= most || isBlank(cells.slice(most)));
  }

  #take(cells: readonly string[], binary: boolean, unfinished: boolean): void {
    if (binary && cells.some((cell) => cell.includes('\0'))) {
      this.#bad('it has a zero byte, or one that its encoding does not know', cells);
    } else if (isBlank(cells) || (cells.length === 1 && isBlank([withoutEndMarks(cells[0] ?? '')]))) {
      // Nothing but delimiters: a blank row of a spreadsheet.
    } else if (this.#width === undefined) {
      this.#width = { least: lastFilled(cells) + 1, most: cells.length };
      this.#sink.header(cells.map(withoutFormula));
    } else if (this.#fits(cells)) {
      this.#openQuoteLine = undefined;
      this.#sink.row(cells.some((cell) => cell.startsWith('="')) ? cells.map(withoutFormula) : cells);
    } else {
      const { least } = this.#width;
      const columns = cells.length === 1 ? '1 column' : `${cells.length} columns`;
      if (unfinished && cells.length < least && this.#openQuoteLine === undefined) {
        throw cutOff(`the file ends in the middle of line ${this.#line}, after ${columns} of ${least}`);
      }
      this.#bad(`it has ${columns} instead of ${least}`, cells);
    }
  }

  /** A line with quotes that break the rules: read as it is meant where that is clear, and left out otherwise. */
  #takeLoosely(line: string, problem: Extract<Scanned, string>, quoting: Quoting, unfinished: boolean): void {
    const isCut = problem === 'open' && unfinished;
    const cells = this.#width === undefined || isCut ? undefined : looseCells(line, quoting, (all) => this.#fits(all));
    if (cells !== undefined) {
      this.#take(cells, line.includes('\0'), false);
      return;
    }
    if (problem === 'open') this.#openQuoteLine ??= this.#line;
    this.#strayQuotes += 1;
    if (this.#strayQuotes > STRAY_QUOTE_LIMIT) {
      throw new SourceError(
        'rejected',
        `more than ${STRAY_QUOTE_LIMIT} lines up to line ${this.#line} have stray quotes`,
        { remedy: 'set "quote: none" if quotes have no meaning in the file, or check its "delimiter"' },
      );
    }
    this.#bad(WORDS[problem], line.split(quoting.delimiter));
  }

  #bad(problem: string, cells: readonly string[]): void {
    if (this.#width !== undefined) {
      this.#sink.bad(this.#line, problem, cells);
      return;
    }
    const doubt = new DelimiterDoubt();
    doubt.header(cells);
    const likely = doubt.inHeader();
    if (likely !== undefined) throw wrongDelimiter(`line ${this.#line} should be the header, but is one field`, likely);
    // Without its header the file has no fields; the next line must not become one.
    throw new SourceError('rejected', `line ${this.#line} should be the header, but ${problem}`, {
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

function firstOf(text: string, quote: string | null, from: number): number {
  const at = quote === null ? -1 : text.indexOf(quote, from);
  return at < 0 ? text.length : at;
}

function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell.trim() === '');
}

function lastFilled(cells: readonly string[]): number {
  return cells.findLastIndex((cell) => cell.trim() !== '');
}

function withoutEndMarks(text: string): string {
  let end = text.length;
  while (text[end - 1] === END_MARK) end -= 1;
  return text.slice(0, end);
}
