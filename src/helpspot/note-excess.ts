/**
 * What no reader misses and converters cannot bear. They look through a run of spaces from each of its places anew, and
 * indent every line once for each list and each quote around it: 60,000 spaces took seconds, 100 kB became megabytes.
 */

/** A tag of a sanitiser's output, in which every `<` begins one and `>` in attributes is escaped; or text. */
const PIECE = /<[^<>]*>|[^<]+/g;
const TAG_NAME = /^<\/?([a-z0-9]+)/;
const WORD_OR_SPACE = /\S+|\s+/g;

/** Spaces and line breaks in a row, also across tags: a table drawn with spaces has some tens of them. */
const MAX_SPACES = 100;
/** How many of them a line break counts for: it makes a line with all its indentation. */
const SPACES_OF_BREAK = 10;
/** Lists and quotes in one another; mails that go to and fro for weeks have about ten. */
const MAX_NESTING = 12;

const NESTING: ReadonlySet<string> = new Set(['ul', 'ol', 'blockquote', 'dl']);
/** What belongs to a list, and goes with it. */
const ITEMS: ReadonlySet<string> = new Set(['li', 'dt', 'dd']);

/** Sanitised HTML, with long runs of spaces and line breaks cut, and lists and quotes that are nested too deep made lines. */
export function withoutExcess(html: string): string {
  let spaces = 0;
  let depth = 0;
  const spaced = (part: string) => {
    if (part.trim() !== '') {
      spaces = 0;
      return part;
    }
    const kept = part.slice(0, Math.max(0, MAX_SPACES - spaces));
    spaces += part.length;
    return kept;
  };
  return html.replace(PIECE, (piece) => {
    const name = TAG_NAME.exec(piece)?.[1];
    if (name === undefined) return piece.replace(WORD_OR_SPACE, spaced);
    if (name === 'br') {
      spaces += SPACES_OF_BREAK;
      return spaces > MAX_SPACES ? '' : piece;
    }
    const closes = piece[1] === '/';
    if (NESTING.has(name)) {
      depth += closes ? 0 : 1;
      const kept = depth <= MAX_NESTING;
      depth -= closes ? 1 : 0;
      return kept ? piece : '';
    }
    if (depth > MAX_NESTING && ITEMS.has(name)) return closes ? '' : '<br>';
    return piece;
  });
}
