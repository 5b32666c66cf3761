/**
 * Names of which one part is written together with the next, or apart: `O'Brien`, `O Brien` and `OBrien`; `Al-Masri`, `Al Masri`
 * and `AlMasri`; `St. John`, `St John` and `StJohn`. Only behind parts that are written so: `Li Na` is somebody else than `Lina`.
 * A Dutch `'t` belongs to the part before: `van 't Hof` and `van't Hof`.
 */

/** What they stand before: `D'Angelo` and `D'Souza`, but `D Brown` is somebody with an initial. They may have an apostrophe. */
const ELIDED: Readonly<Record<string, string>> = {
  ...{ o: 'bcdfghjklmnpqrstvwxyz', d: 'aeiouhsclm', l: 'aeiouh', m: 'bcdfghjklmnpqrstvwxz', n: 'bcdfghjklmnpqrstvwxz' },
  ...{ dell: 'aeiouh', dall: 'aeiouh', sant: 'aeiouh' },
};
const WHOLE = [
  'mc mac fitz al el de del della dello degli delle dalla di da das dos du la las le lo los dela delas delos van von vom',
  'vander der den ter ten zum zur saint sainte san santa abd abdul abdel abu bin ibn',
]
  .join(' ')
  .split(' ');
/** Part → what stands between it and what comes behind. */
const PARTS: ReadonlyMap<string, readonly string[]> = new Map([
  ...WHOLE.map((part): [string, readonly string[]] => [part, ['-', ' ']]),
  ...Object.keys(ELIDED).map((part): [string, readonly string[]] => [part, ["'", ' ', '-']]),
  ...['st', 'ste'].map((part): [string, readonly string[]] => [part, ['. ', ' ', '-', '.']]),
]);
const LONGEST_PART = [...PARTS.keys()].reduce((most, part) => Math.max(most, part.length), 0);
/** What comes behind such a part has so many letters; with fewer, `O B` would be the beginning of `Oberman`. */
const FEWEST_BEHIND = 3;

const SEPARATED = /(?<=[\p{L}\p{N}])(\. ?| '|[ '-])(?=[\p{L}\p{N}])/u;
/** More than the longest part has tell that it is none. */
const LETTERS_AT_END = /[\p{L}\p{N}]{1,8}$/u;
/** {@link FEWEST_BEHIND}. */
const LETTERS_AT_START = /^\p{L}{3}/u;
/** Behind a single letter and a space there are more: `L Ong` and `O Wen` have an initial, and are neither `Long` nor `Owen`. */
const BEHIND_INITIAL = /^\p{L}{4}/u;
const AT_START = 4;
/** What stands behind its apostrophe, and belongs to the part before. */
const DUTCH = /^t(?![\p{L}\p{N}])/u;

/** A name with these parts written together, and a space for each other hyphen within it: `Al-Masri` → `AlMasri`. Takes `'`, `-`, `.` and single spaces. */
export function joinedName(name: string): string {
  if (!SEPARATED.test(name)) return name;
  const [...pieces] = name.split(SEPARATED);
  const last = pieces.pop() ?? '';
  const backwards = [last];
  let start = last.slice(0, AT_START);
  while (pieces.length > 0) {
    const mark = pieces.pop() ?? '';
    const before = pieces.pop() ?? '';
    const part = LETTERS_AT_END.exec(before)?.[0].toLowerCase() ?? '';
    const isJoined = LETTERS_AT_START.test(start) && marksBefore(part, start).includes(mark);
    const between = isJoined ? '' : mark === '-' ? ' ' : mark === " '" && DUTCH.test(start) ? "'" : mark;
    backwards.push(between, before);
    start = (before + between + start).slice(0, AT_START);
  }
  return backwards.reverse().join('');
}

/** The marks that may stand there without that it is another name. */
function marksBefore(part: string, behind: string, isBegun = false): readonly string[] {
  const before = ELIDED[part];
  const marks = PARTS.get(part) ?? [];
  if (before === undefined) return marks;
  if (!before.includes(behind.charAt(0).toLowerCase())) return [];
  const mayHaveSpace = part.length > 1 || isBegun || BEHIND_INITIAL.test(behind);
  return mayHaveSpace ? marks : marks.filter((mark) => mark !== ' ');
}

/** Enough for two such parts in a name. */
const MOST_WRITINGS = 24;
/** Nobody's name is longer; of a text that is, the ways to write it are not counted. */
const LONGEST_NAME = 100;

/** How a name may be written, the likeliest first. */
interface Writings {
  readonly names: readonly string[];
  /** Otherwise there are more. */
  readonly areAll: boolean;
}

/** A way to write a piece of a name, and how far it is from the likeliest. */
interface Piece {
  readonly text: string;
  readonly rank: number;
}

/** What {@link writtenNames} may write. */
interface WritingOptions {
  /** Whether a part may end before this letter; left out: before any. */
  readonly isCut?: (letter: string) => boolean;
  /** Whether a space may also be a hyphen; false: a name and a surname. */
  readonly isDouble?: boolean;
  /** Only the beginning of a name, of which the next part may have one letter so far. */
  readonly isBegun?: boolean;
  /** How many at most. */
  readonly most?: number;
}

/** How a name may be written that is joined like this one, as it is and joined first; at most {@link MOST_WRITINGS}. */
export function writtenNames(name: string, options: WritingOptions = {}): readonly string[] {
  return allWritings(name, options).names;
}

/** The same, and whether these are all. */
export function allWritings(
  name: string,
  { isCut = () => true, isDouble = true, isBegun = false, most = MOST_WRITINGS }: WritingOptions = {},
): Writings {
  const joined = joinedName(name);
  if (joined.length > LONGEST_NAME) return { names: [...new Set([name, joined])], areAll: false };
  let written: readonly Piece[] = [{ text: '', rank: 0 }];
  let areAll = true;
  for (const [at, word] of joined.split(' ').entries()) {
    const marks = at === 0 ? [''] : isDouble ? [' ', '-'] : [' '];
    const cut = cutWords(word, isCut, isBegun).flatMap((one) => [one, ...withDutchApart(one)]);
    const next = written.flatMap(({ text, rank }) =>
      marks.flatMap((mark, nth) => cut.map((one, far) => ({ text: text + mark + one, rank: rank + nth + far }))),
    );
    written = next.sort((a, b) => a.rank - b.rank).slice(0, most);
    areAll &&= next.length <= most && cut.length < MOST_WRITINGS;
  }
  // A mark beside another sign is none between two parts.
  const texts = written.map(({ text }) => text);
  const alike = isBegun ? texts : texts.filter((one) => joinedName(one) === joined);
  const names = [...new Set([name, joined, ...alike])];
  return { names: names.slice(0, most), areAll: areAll && names.length <= most };
}

/** Of `van't` `van 't`; of all else nothing. */
function withDutchApart(word: string): readonly string[] {
  return /.'t$/i.test(word) ? [`${word.slice(0, -2)} ${word.slice(-2)}`] : [];
}

/** A word, and the same with its first parts apart: the fewest first, and the longest part: `Della Valle` is likelier than `De Llavalle`, and that than `D'Ellavalle`. */
function cutWords(word: string, isCut: (letter: string) => boolean, isBegun: boolean): readonly string[] {
  const lower = word.toLowerCase();
  const last = word.length - (isBegun ? 1 : FEWEST_BEHIND);
  /** From each letter on; those behind come first, so that none is cut twice. */
  const from: (readonly Piece[])[] = [];
  for (let start = word.length - 1; start >= 0; start -= 1) {
    const cut: Piece[] = [{ text: word.slice(start), rank: 0 }];
    for (let end = Math.min(start + LONGEST_PART, last); end > start; end -= 1) {
      const marks = marksBefore(lower.slice(start, end), word.slice(end), isBegun);
      if (marks.length === 0 || !isCut(word.charAt(end))) continue;
      const far = end - start === 1 ? 2 : 1;
      for (const { text, rank } of from[end] ?? []) {
        for (const mark of marks) cut.push({ text: word.slice(start, end) + mark + text, rank: rank + far });
      }
    }
    from[start] = cut.sort((a, b) => a.rank - b.rank).slice(0, MOST_WRITINGS);
  }
  return from[0]?.map(({ text }) => text) ?? [word];
}
