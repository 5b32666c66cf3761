/** Text as it stands on a terminal: how wide it is, and without what a terminal would obey. */
import stringWidth from 'string-width';

/**
 * What is no text to see: control characters of both sets (an escape sequence begins with one; ECMA-48), marks that
 * turn the direction of the text after them around (Unicode, UAX 9), and halves of characters.
 */
const UNSEEN = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;
const LINE_ENDS = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/g;

/** One line of text that a terminal only shows: data of customers is in it, and must not move the cursor or colour the screen. */
export function printable(text: string): string {
  return text.replace(LINE_ENDS, ' ').replaceAll('\t', ' ').replace(UNSEEN, '\ufffd');
}

/** The lines of a text, each {@link printable}. */
export function printableLines(text: string): readonly string[] {
  return text.split(LINE_ENDS).map(printable);
}

/** A word of a command that somebody copies into a shell (POSIX, 2.2.2: nothing is special between single quotes). */
export function asShellWord(text: string): string {
  const word = printable(text);
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

const ASCII = /^[ -~]*$/;
/** How many columns of a terminal a text takes: an ideograph two, a combining accent none. */
export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (let at = 0; at < text.length; at += PIECE) width += stringWidth(text.slice(at, at + PIECE));
  return width;
}

/** Characters that are segmented at once. */
const PIECE = 1_000;

let segmenter: Intl.Segmenter | undefined;

/** What a reader takes for one character. Made when needed: Live Lookup on the command line shows no table. */
function* graphemesOf(text: string): Generator<string, void> {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  // V8 copies the text for every segment: in one piece, 100,000 characters take minutes.
  for (let at = 0; at < text.length; at += PIECE) {
    for (const { segment } of segmenter.segment(text.slice(at, at + PIECE))) yield segment;
  }
}

/** The text, cut to so many columns; an ellipsis takes the place of what is cut off. */
export function cutTo(columns: number, text: string): string {
  // Of a megabyte only what could be shown is looked at: few characters are put together of more than a dozen.
  const beginning = text.slice(0, 20 * columns);
  if (beginning === text && widthOf(text) <= columns) return text;
  let cut = '';
  let width = 0;
  for (const grapheme of graphemesOf(beginning)) {
    width += stringWidth(grapheme);
    if (width > columns - 1) break;
    cut += grapheme;
  }
  return `${cut.trimEnd()}…`;
}

/** The text with spaces behind it, up to so many columns. */
export function padTo(columns: number, text: string): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)));
}
