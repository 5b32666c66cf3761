/** Whether a file is probably separated by another character than the one that it is read with. */
import { SourceError } from '../../src/contract/index.ts';

/** What the adapter reads, and what some programs write. */
const READ = [',', ';', '\t', '|'];
const CANDIDATES = [...READ, ':', '^', '~'];

/** So many lines say enough. */
const LINES = 100;
/** The name of one column may have one of these characters in it, and seldom two. */
const CERTAIN = 2;
/** Of the lines, so many must agree: in the others a value may have the character too. */
const MOST = 0.8;
/** Of a long line the beginning says enough. */
const LONGEST = 10_000;

/** Looks at lines that came out as one field each. */
export class DelimiterDoubt {
  /** How often each candidate stands in a header that is one field. */
  #header: readonly number[] | undefined;
  #lines = 0;
  /** Of each line that is one field, how often each candidate stands in it. */
  readonly #counts: (readonly number[])[] = [];

  header(cells: readonly string[]): void {
    if (cells.length === 1) this.#header = countsIn(cells);
  }

  /** A line after the header, good or not. */
  line(cells: readonly string[]): void {
    if (this.#lines === LINES) return;
    this.#lines += 1;
    if (cells.length === 1) this.#counts.push(countsIn(cells));
  }

  /** The likely delimiter, where the whole header is one field. */
  inHeader(): string | undefined {
    const counts = this.#header ?? [];
    return mostOf(counts.map((count, index) => (count >= CERTAIN || this.#agree(index, count) ? count : 0)));
  }

  /** The likely delimiter, where nearly all lines are one field. */
  inLines(): string | undefined {
    const [first = []] = this.#counts;
    return mostOf(READ.map((_, index) => (this.#agree(index, first[index] ?? 0) ? (first[index] ?? 0) : 0)));
  }

  /** Whether nearly all lines have a candidate so often. */
  #agree(index: number, count: number): boolean {
    const alike = this.#counts.filter((counts) => counts[index] === count).length;
    return this.#lines > 0 && alike >= this.#lines * MOST;
  }
}

function countsIn([line = '']: readonly string[]): readonly number[] {
  return CANDIDATES.map((candidate) => line.slice(0, LONGEST).split(candidate).length - 1);
}

function mostOf(counts: readonly number[]): string | undefined {
  const most = counts.reduce((one, other) => Math.max(one, other), 0);
  return most === 0 ? undefined : CANDIDATES[counts.indexOf(most)];
}

/** `the whole header is one field with ";" in it` */
export function wrongDelimiterWords(what: string, likely: string): string {
  return `${what} with ${likely === '\t' ? 'tabs' : `"${likely}"`} in it`;
}

/** What an administrator does about it. */
export function delimiterRemedy(likely: string): string {
  if (READ.includes(likely)) return `write delimiter: ${likely === '\t' ? 'tab' : `"${likely}"`}, or leave it out`;
  return `export the file with one of , ; | or tabs between the values, not "${likely}"`;
}

/** A file that cannot be read with the delimiter that it is read with. */
export function wrongDelimiter(what: string, likely: string): SourceError {
  return new SourceError('rejected', wrongDelimiterWords(what, likely), { remedy: delimiterRemedy(likely) });
}
