/** Letters with and without accents, for systems whose comparison tells them apart. What they find is compared again. */

/** Letters that Unicode does not decompose, by the ASCII letter that people type. */
const UNDECOMPOSED: readonly (readonly [plain: string, letters: string])[] = [
  ['d', 'đð'],
  ['h', 'ħ'],
  ['i', 'ı'],
  ['l', 'ł'],
  ['o', 'ø'],
];
/** Latin letters with accents: Latin-1, Extended-A and -B; those of Vietnamese, Welsh and others. */
const RANGES: readonly (readonly [from: number, to: number])[] = [
  [0xdf, 0x24f],
  [0x1e00, 0x1eff],
];
/** What may stand in place of one of these. */
const MARKS: Readonly<Record<string, string>> = { "'": '\u2019\u2018\u02bc\u00b4\u0060', '-': '\u2010\u2011\u2013' };

let found: ReadonlyMap<string, string> | undefined;

/** ASCII letter → the same with accents, in lower case. */
function accented(): ReadonlyMap<string, string> {
  if (found !== undefined) return found;
  const letters = new Map<string, string>(UNDECOMPOSED);
  for (const [from, to] of RANGES) {
    for (let code = from; code <= to; code += 1) {
      const letter = String.fromCodePoint(code);
      const plain = letter.normalize('NFD').replace(/\p{M}+/gu, '');
      if (letter !== letter.toLowerCase() || plain === letter || !/^[a-z]$/.test(plain)) continue;
      letters.set(plain, (letters.get(plain) ?? '') + letter);
    }
  }
  found = letters;
  return letters;
}

/** For each letter of a name all that may be written for it: `mu` → `['mḿ…', 'uùúû…']`. Takes lower case without accents. */
export function lettersOf(plain: string): readonly string[] {
  const letters = accented();
  return Array.from(plain, (letter) => letter + (letters.get(letter) ?? MARKS[letter] ?? ''));
}

/** A name that is written out (`mueller`, `weiss`) as the letters that it may be stored with. */
export function writings(plain: string): readonly string[] {
  return [...new Set([plain, plain.replace(/([aou])e/g, '$1'), plain.replaceAll('ss', 'ß')])];
}
