/**
 * Records out of text: by RFC 4180, and line by line as people mean it where a program wrote quotes without its rules.
 * Own code, as a parser for whole files cannot go on behind a mistake, and begins anew at the cost of hundreds of lines.
 */
import type { Dialect, Separators } from './dialect.ts';

/** A record and where the next one begins; `open`: a quote that nothing closes; `bad`: what does not follow RFC 4180. */
export type Scanned = { readonly cells: readonly string[]; readonly end: number } | 'open' | 'stray' | 'unmatched';

/** The characters of a file with quotes. */
export interface Quoting extends Separators, Pick<Dialect, 'trim'> {
  readonly quote: string;
}

/** Where the line ends that holds `at`: at its line end, or at the end of the text. */
export function endOfLine(text: string, at: number, lineEnd: string): number {
  const end = text.indexOf(lineEnd, at);
  return end < 0 ? text.length : end;
}

/** The text of a line without the CR that belongs to its end. */
export function lineOf(text: string, from: number, to: number): string {
  return text.slice(from, to > from && text[to - 1] === '\r' ? to - 1 : to);
}

/** How many line ends stand between two places. */
export function lineEnds(text: string, lineEnd: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf(lineEnd, from); at >= 0 && at < to; at = text.indexOf(lineEnd, at + 1)) count += 1;
  return count;
}

/** The record that begins at `from`, by RFC 4180. */
export function scanRecord(text: string, from: number, quoting: Quoting): Scanned {
  const { quote, delimiter, lineEnd } = quoting;
  const cells: string[] = [];
  let lineTo = endOfLine(text, from, lineEnd);
  for (let at = from; ; ) {
    const opening = openingQuote(text, at, lineTo, quoting);
    let next: number;
    if (opening >= 0) {
      const closing = closingQuote(text, opening + 1, quote);
      if (closing < 0) return 'open';
      if (closing > lineTo) lineTo = endOfLine(text, closing, lineEnd);
      next = endOfCell(text, closing + 1, lineTo, quoting);
      if (next < 0) return 'unmatched';
      cells.push(text.slice(opening + 1, closing).replaceAll(quote + quote, quote));
    } else {
      // Within the line: a search in all of the text would go through it once for each line without a delimiter.
      const rest = lineOf(text, at, lineTo);
      const found = rest.indexOf(delimiter);
      const cell = found < 0 ? rest : rest.slice(0, found);
      if (cell.includes(quote)) return 'stray';
      cells.push(cell);
      next = found < 0 ? lineTo : at + found;
    }
    if (next >= lineTo) return { cells, end: Math.min(text.length, lineTo + 1) };
    at = next + 1;
  }
}

/** Where the quote stands with which the cell at `at` begins, as it does in Excel's `="0006"` too; -1: it has none. */
function openingQuote(text: string, at: number, to: number, { quote, trim, delimiter }: Quoting): number {
  const start = trim ? afterSpace(text, at, to, delimiter) : at;
  if (text.startsWith(quote, start)) return start;
  return quote === '"' && text.startsWith('="', start) ? start + 1 : -1;
}

function closingQuote(text: string, from: number, quote: string): number {
  let at = text.indexOf(quote, from);
  while (at >= 0 && text[at + 1] === quote) at = text.indexOf(quote, at + 2);
  return at;
}

/** Where the cell ends of which `at` stands behind the closing quote; -1: something else stands there. */
function endOfCell(text: string, at: number, to: number, { trim, delimiter }: Quoting): number {
  const end = trim ? afterSpace(text, at, to, delimiter) : at;
  if (end >= to || (end === to - 1 && text[end] === '\r')) return to;
  return text[end] === delimiter ? end : -1;
}

function afterSpace(text: string, from: number, to: number, delimiter: string): number {
  let at = from;
  while (at < to && (text[at] === ' ' || text[at] === '\t' || text[at] === '\u00a0') && text[at] !== delimiter) at += 1;
  return at;
}

/** How a quote within a cell that begins with one is meant. */
type Reading = 'escaped' | 'inner' | 'literal';

/** From the most to the least that is known of the writer. */
const READINGS: readonly Reading[] = ['escaped', 'inner', 'literal'];

/**
 * The cells of one line with quotes that do not follow RFC 4180: `5" pipe`, `"Bob "the" Man"`, `"say \"hi\""`,
 * `"5" pipe"`, `"Alpha" GmbH`. Undefined when no reading gives a number of cells that `fits`.
 */
export function looseCells(
  line: string,
  quoting: Quoting,
  fits: (cells: readonly string[]) => boolean,
): readonly string[] | undefined {
  for (const reading of READINGS) {
    const cells = cellsAs(reading, line, quoting);
    if (cells !== undefined && fits(cells)) return cells;
  }
  return undefined;
}

function cellsAs(reading: Reading, line: string, quoting: Quoting): readonly string[] | undefined {
  const { quote, delimiter } = quoting;
  const cells: string[] = [];
  for (let at = 0; ; ) {
    const opening = openingQuote(line, at, line.length, quoting);
    const closing = opening < 0 ? -1 : looseClosing(reading, line, opening + 1, quoting);
    let next: number;
    if (closing >= 0) {
      const cell = line.slice(opening + 1, closing).replaceAll(quote + quote, quote);
      cells.push(reading === 'escaped' ? cell.replaceAll(`\\${quote}`, quote) : cell);
      next = endOfCell(line, closing + 1, line.length, quoting);
    } else {
      const found = line.indexOf(delimiter, at);
      next = found < 0 ? line.length : found;
      const cell = line.slice(at, next);
      // A quote that is opened and not closed may belong to the next line.
      if (opening >= 0 && (reading !== 'literal' || cell.split(quote).length % 2 === 0)) return undefined;
      cells.push(cell);
    }
    if (next >= line.length) return cells;
    at = next + 1;
  }
}

/** The quote that closes a cell, -1 for none: behind it the cell ends. */
function looseClosing(reading: Reading, line: string, from: number, quoting: Quoting): number {
  const { quote } = quoting;
  for (let at = line.indexOf(quote, from); at >= 0; at = line.indexOf(quote, at + 1)) {
    const ends = endOfCell(line, at + 1, line.length, quoting) >= 0;
    if (reading === 'literal') return ends ? at : -1;
    if (reading === 'escaped' && line[at - 1] === '\\') continue;
    if (reading === 'escaped' && line[at + 1] === quote) at += 1;
    else if (ends) return at;
  }
  return -1;
}

/** Excel's way to write a text of digits: `="0006"`. Any other cell stays as it is. */
export function withoutFormula(cell: string): string {
  if (!cell.startsWith('="') || !cell.endsWith('"') || cell.length < 3) return cell;
  const inside = cell.slice(2, -1).replaceAll('""', '\0');
  return inside.includes('"') ? cell : inside.replaceAll('\0', '"');
}
