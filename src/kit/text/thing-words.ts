/** How staff name a thing of another system at the beginning of a comment. */
import { outsideAddress } from '../../helpspot/address.ts';
import { trimmedEnd } from './trimmed.ts';

/** What is read of a comment: an address has room in it. */
const LONGEST_READ = 2_000;
const PUNCTUATION = '.,;:!?)';

/** How the things of one system are named. */
export interface ThingWords {
  /** A whole id. */
  readonly id: RegExp;
  /** Names that stand before an id wherever the comment goes on: `FB` for "FB 1234 is the same". In any capitals. */
  readonly names?: readonly string[];
  /** Words of the language: "case 1234" names a thing only where nothing follows. In any capitals. */
  readonly words?: readonly string[];
  /** An id that is known as one with nothing before it. */
  readonly plain?: RegExp;
  /** The address below which things have their pages. */
  readonly pages?: string;
  /** The id in the rest of such an address, which begins with `/` or `?`; undefined for a page of something else. */
  readonly inPage?: (rest: string) => string | undefined;
}

/**
 * The id of the thing that a comment begins with: its address, `#1234`, a name with a number, or the number where the
 * comment is nothing else. Undefined where it begins with none.
 */
export function thingIn(
  comment: string,
  { id, names = [], words = [], plain, pages, inPage }: ThingWords,
): string | undefined {
  const text = comment.slice(0, LONGEST_READ).trimStart();
  const first = tokenOf(text);
  if (/^https?:\/\//i.test(first)) {
    const rest = below(pages, first);
    const found = rest === undefined ? undefined : inPage?.(rest);
    return found !== undefined && id.test(found) ? found : undefined;
  }
  const named = withoutWord(text, names);
  const rest = named ?? withoutWord(text, words) ?? text;
  const isNumbered = rest.startsWith('#');
  const token = tokenOf(isNumbered ? rest.slice(1) : rest);
  if (!id.test(token)) return undefined;
  const isWhole = trimmedEnd(rest.trimEnd(), PUNCTUATION) === `${isNumbered ? '#' : ''}${token}`;
  return isNumbered || named !== undefined || plain?.test(token) || isWhole ? token : undefined;
}

/** What an address has after that of the system; `http` and `https` are the same place. Undefined for another system's. */
function below(pages: string | undefined, text: string): string | undefined {
  const address = outsideAddress(text);
  const base = pages === undefined ? undefined : outsideAddress(pages);
  if (address === undefined || base === undefined || address.host !== base.host) return undefined;
  const path = trimmedEnd(base.pathname, '/');
  const rest = address.pathname.slice(path.length);
  return address.pathname.startsWith(path) && rest.startsWith('/') ? `${rest}${address.search}` : undefined;
}

/** What comes up to the next space, without the sentence's punctuation. */
function tokenOf(text: string): string {
  return trimmedEnd(text.split(/\s/, 1)[0] ?? '', PUNCTUATION);
}

/** What follows one of the words: `FB 12`, `FB-12`, `FB: 12` and `FB12` are the same. Undefined where it begins with none. */
function withoutWord(text: string, words: readonly string[]): string | undefined {
  const lower = text.toLowerCase();
  const word = words.find((one) => lower.startsWith(one.toLowerCase()) && !/^\p{L}/u.test(text.slice(one.length)));
  return word === undefined ? undefined : text.slice(word.length).replace(/^[\s:-]{1,5}/, '');
}
