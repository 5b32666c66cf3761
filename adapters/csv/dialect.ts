/** How a CSV file is written, and what its first line tells of it. */

/** How the file is written. */
export interface Dialect {
  /** Undefined: the candidate that the first line has most of. */
  readonly delimiter: string | undefined;
  /** Null: quotes have no meaning. */
  readonly quote: string | null;
  /** Whether space around a value is dropped. */
  readonly trim: boolean;
  /** Lines at the top that are passed over. */
  readonly skipLines: number;
}

/** The characters that separate a file. */
export interface Separators {
  readonly delimiter: string;
  /** `\n` stands for `\r\n` too. */
  readonly lineEnd: '\n' | '\r';
}

const DELIMITERS = [',', ';', '\t', '|'];
// Line ends of one CR (classic Mac) are believed only when so much text has no other.
const TEXT_WITHOUT_LF = 65_536;

/** The line end of a file that begins with `text`; undefined: more text is needed. */
export function lineEndOf(text: string, atEnd: boolean): Separators['lineEnd'] | undefined {
  if (text.includes('\n')) return '\n';
  if (!atEnd && text.length < TEXT_WITHOUT_LF) return undefined;
  return text.includes('\r') ? '\r' : '\n';
}

const NAMES_DELIMITER = /^["']?sep=([^"'])["']?[,;\t| ]*$/i;

/** The delimiter that a line names for Excel: `sep=;`, also quoted, and with the delimiters of empty cells behind it. */
export function delimiterNamedBy(line: string): string | undefined {
  return NAMES_DELIMITER.exec(line)?.[1];
}

/** The delimiter of a file whose first line is `line`. */
export function delimiterOf(line: string, { delimiter, quote }: Dialect): string {
  if (delimiter !== undefined) return delimiter;
  // Every second piece stands between quotes, but for one behind a quote that nothing closes.
  const pieces = quote === null ? [line] : line.split(quote);
  const bare = pieces.filter((_piece, index) => index % 2 === 0 || index === pieces.length - 1).join('');
  const counts = DELIMITERS.map((candidate) => bare.split(candidate).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}
