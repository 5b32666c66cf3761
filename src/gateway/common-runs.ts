/**
 * Where a text says what stands in other texts: without quotes, cut off, on one line, encoded. Signs and white space
 * are one blank in both, so that only letters and digits are compared. The time goes by the length of the texts.
 */

/** Shorter runs stand in two texts by chance: `the customer`. */
export const SHORTEST_RUN = 12;

/** From the first to behind the last character. */
export type Range = readonly [start: number, end: number];

/** A text as it is compared, and for each of its characters where it stands in the original. */
interface Folded {
  readonly text: string;
  readonly places: readonly Range[];
}

const LETTER = /[\p{L}\p{N}\p{M}]/u;
const NO_LETTERS = /[^\p{L}\p{N}\p{M}]+/gu;
const CHARACTER = /./gsu;
/** As in a URL, in JSON (in JSON), and in HTML. */
const ENCODED = /(?:%[\da-f]{2}){1,8}|\\{1,8}(?:u[\da-f]{4}|[nrtbf"/])?|&(?:[a-z]{2,6}|#\d{1,6}|#x[\da-f]{1,5});|./gisu;

/** A text with one blank for what is neither letter nor digit, in small letters. */
export function folded(text: string): string {
  return inOneCase(text).replace(NO_LETTERS, ' ').trim();
}

/** Capitals and back: `ß` is `SS` in capitals; and a sigma is a sigma wherever in a word. */
function inOneCase(text: string): string {
  return text.toUpperCase().toLowerCase().replaceAll('ς', 'σ');
}

/**
 * The runs of a text that also stand in another.
 * @param text of some thousand characters
 * @param others {@link folded} texts, a line each
 */
export function commonRuns(text: string, others: string): readonly Range[] {
  // A text that means `%20` as it stands is no less a text than one that means a blank.
  const readings = [foldedWithPlaces(text, CHARACTER), foldedWithPlaces(text, ENCODED)];
  const windows = new Set(readings.flatMap((reading) => windowsOf(reading.text)));
  const common = standingIn(windows, others);
  return readings.flatMap((reading) => rangesOf(reading, common));
}

/** Which of the texts, of any lengths from one character on, stand in another. */
export function standingIn(texts: Iterable<string>, other: string): ReadonlySet<string> {
  const byLength = new Map<number, Set<string>>();
  for (const text of texts) {
    const alike = byLength.get(text.length);
    if (alike === undefined) byLength.set(text.length, new Set([text]));
    else alike.add(text);
  }
  const found = new Set<string>();
  for (const [length, alike] of byLength) findAlike(alike, length, other, found);
  return found;
}

const FACTOR = 31;
/** So many for each text that is sought, and never few: other windows seldom fall into one that is taken. */
const BUCKETS = 8;
const FEWEST_BUCKETS = 4_096;

/** Rabin-Karp: the hash of each window comes from that of the one before; only where it is sought is the window read. */
function findAlike(sought: ReadonlySet<string>, length: number, other: string, found: Set<string>): void {
  if (other.length < length) return;
  const buckets = new Uint16Array(Math.max(FEWEST_BUCKETS, 2 ** Math.ceil(Math.log2(sought.size * BUCKETS))));
  const bucketOf = (hash: number) => hash & (buckets.length - 1);
  const hashOf = (text: string) => {
    let hash = 0;
    for (let at = 0; at < text.length; at += 1) hash = (Math.imul(hash, FACTOR) + text.charCodeAt(at)) | 0;
    return hash;
  };
  for (const text of sought) {
    const bucket = bucketOf(hashOf(text));
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  let leaving = 1;
  for (let times = 0; times < length; times += 1) leaving = Math.imul(leaving, FACTOR);
  let hash = 0;
  for (let end = 1; end <= other.length; end += 1) {
    hash = (Math.imul(hash, FACTOR) + other.charCodeAt(end - 1)) | 0;
    if (end > length) hash = (hash - Math.imul(leaving, other.charCodeAt(end - 1 - length))) | 0;
    if (end < length) continue;
    const bucket = bucketOf(hash);
    const waiting = buckets[bucket] ?? 0;
    if (waiting === 0) continue;
    const window = other.slice(end - length, end);
    if (!sought.has(window) || found.has(window)) continue;
    found.add(window);
    buckets[bucket] = waiting - 1;
  }
}

function windowsOf(text: string): readonly string[] {
  return Array.from({ length: Math.max(0, text.length - SHORTEST_RUN + 1) }, (_, at) =>
    text.slice(at, at + SHORTEST_RUN),
  );
}

/** Without the signs before and behind: they are of the sentence around. */
function rangesOf({ text, places }: Folded, common: ReadonlySet<string>): readonly Range[] {
  return windowsOf(text).flatMap((window, at) => {
    if (!common.has(window)) return [];
    const first = places[window.startsWith(' ') ? at + 1 : at];
    const last = places[at + SHORTEST_RUN - (window.endsWith(' ') ? 2 : 1)];
    return first === undefined || last === undefined ? [] : [[first[0], last[1]] satisfies Range];
  });
}

function foldedWithPlaces(text: string, pattern: RegExp): Folded {
  let read = '';
  const places: Range[] = [];
  for (const { 0: token, index } of text.matchAll(pattern)) {
    for (const sign of inOneCase(decoded(token))) {
      const isLetter = LETTER.test(sign);
      if (!isLetter && read.endsWith(' ')) continue;
      const added = isLetter ? sign : ' ';
      read += added;
      for (let unit = 0; unit < added.length; unit += 1) places.push([index, index + token.length]);
    }
  }
  return { text: read, places };
}

/** What a token of {@link ENCODED} stands for; a blank when it is a sign. */
function decoded(token: string): string {
  if (token.length < 3) return token.startsWith('\\') ? ' ' : token;
  if (token.startsWith('%')) return Buffer.from(token.replaceAll('%', ''), 'hex').toString();
  const code = /^\\{1,8}u([\da-f]{4})$|^&#x([\da-f]{1,5});$/i.exec(token);
  if (code !== null) return String.fromCodePoint(Number.parseInt(code[1] ?? code[2] ?? '', 16));
  const decimal = /^&#(\d{1,6});$/.exec(token)?.[1];
  return decimal === undefined ? ' ' : String.fromCodePoint(Number(decimal));
}
