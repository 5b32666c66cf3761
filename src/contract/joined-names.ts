/**
 * Names of which one part is written together with the next, or apart: `O'Brien`, `O Brien` and `OBrien`; `Al-Masri`, `Al Masri`
 * and `AlMasri`. Only behind parts that are written so: `Li Na` is somebody else than `Lina`.
 */

/** What they stand before: `D'Angelo` and `D'Souza`, but `D Brown` is somebody with an initial. They may have an apostrophe. */
const ELIDED: Readonly<Record<string, string>> = {
  ...{ o: 'bcdfghjklmnpqrstvwxyz', d: 'aeiouhsclm', l: 'aeiouh', m: 'bcdfghjklmnpqrstvwxz', n: 'bcdfghjklmnpqrstvwxz' },
  ...{ dell: 'aeiouh', dall: 'aeiouh', sant: 'aeiouh' },
};
const WHOLE =
  'mc mac fitz al el de del della di da du la le lo van von vander der den ter ten saint sainte san santa st'.split(
    ' ',
  );
/** Part → what stands between it and what comes behind. */
const PARTS: ReadonlyMap<string, readonly string[]> = new Map([
  ...WHOLE.map((part): [string, readonly string[]] => [part, ['-', ' ']]),
  ...Object.keys(ELIDED).map((part): [string, readonly string[]] => [part, ["'", ' ', '-']]),
]);
const LONGEST_PART = [...PARTS.keys()].reduce((most, part) => Math.max(most, part.length), 0);
/** What comes behind such a part has so many letters; with fewer, `O B` would be the beginning of `Oberman`. */
const FEWEST_BEHIND = 3;

const SEPARATED = /(?<=[\p{L}\p{N}])([ '-])(?=[\p{L}\p{N}])/u;
/** More than the longest part has tell that it is none. */
const LETTERS_AT_END = /[\p{L}\p{N}]{1,8}$/u;
/** {@link FEWEST_BEHIND}. */
const LETTERS_AT_START = /^\p{L}{3}/u;

/** A name with these parts written together, and a space for each other hyphen within it: `Al-Masri` → `AlMasri`. Takes `'`, `-` and single spaces. */
export function joinedName(name: string): string {
  if (!SEPARATED.test(name)) return name;
  const [...pieces] = name.split(SEPARATED);
  let behind = pieces.pop() ?? '';
  while (pieces.length > 0) {
    const mark = pieces.pop() ?? '';
    const before = pieces.pop() ?? '';
    const part = LETTERS_AT_END.exec(before)?.[0].toLowerCase() ?? '';
    const isJoined = LETTERS_AT_START.test(behind) && marksBefore(part, behind).includes(mark);
    behind = before + (isJoined ? '' : mark === '-' ? ' ' : mark) + behind;
  }
  return behind;
}

/** The marks that may stand there without that it is another name. */
function marksBefore(part: string, behind: string): readonly string[] {
  const before = ELIDED[part];
  const isBefore = before === undefined || before.includes(behind.charAt(0).toLowerCase());
  return isBefore ? (PARTS.get(part) ?? []) : [];
}

/** Enough for two such parts in a name. */
const MOST_WRITINGS = 24;

/**
 * How a name may be written that is joined like this one, as it is and joined first; at most {@link MOST_WRITINGS}.
 * @param isCut whether a part may end before this letter; left out: before any
 * @param isDouble whether a space may also be a hyphen; false: a name and a surname
 * @param isBegun only the beginning of a name, of which the next part may have one letter so far
 */
export function writtenNames(
  name: string,
  {
    isCut = () => true,
    isDouble = true,
    isBegun = false,
  }: { readonly isCut?: (letter: string) => boolean; readonly isDouble?: boolean; readonly isBegun?: boolean } = {},
): readonly string[] {
  const joined = joinedName(name);
  let written: readonly string[] = [''];
  for (const [at, word] of joined.split(' ').entries()) {
    const before = at === 0 ? [''] : isDouble ? [' ', '-'] : [' '];
    const words = cutWords(word, isCut, isBegun ? 1 : FEWEST_BEHIND);
    // Those that differ from the name in the fewest places come first, in case that there are too many.
    written = words
      .flatMap((one) => before.flatMap((mark) => written.map((begun) => begun + mark + one)))
      .slice(0, MOST_WRITINGS);
  }
  // A mark beside another sign is none between two parts.
  const alike = isBegun ? written : written.filter((one) => joinedName(one) === joined);
  return [...new Set([name, joined, ...alike])].slice(0, MOST_WRITINGS);
}

/** A word, and the same with its first part, or its first two, apart. */
function cutWords(word: string, isCut: (letter: string) => boolean, fewest: number, again = true): readonly string[] {
  const lower = word.toLowerCase();
  const cut: string[] = [word];
  for (let end = 1; end <= LONGEST_PART && end + fewest <= word.length; end += 1) {
    const behind = word.slice(end);
    const marks = marksBefore(lower.slice(0, end), behind);
    if (marks.length === 0 || !isCut(behind.charAt(0))) continue;
    const rest = again ? cutWords(behind, isCut, fewest, false) : [behind];
    for (const one of rest) for (const mark of marks) cut.push(word.slice(0, end) + mark + one);
  }
  return cut;
}
