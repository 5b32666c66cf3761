/** The vendor's own words in an error answer, made fit for one line of a message. */
import type { HttpAnswer } from './types.ts';

const MOST_CHARACTERS = 300;
/** No error message begins later in an answer. */
const LOOKED_AT = 20_000;
/** JSON is read whole or not at all; what is longer is no message. */
const LONGEST_JSON = 100_000;
// Where vendors put them, the most telling first.
const PLACES = ['error_description', 'detail', 'message', 'errorMessage', 'errorMessages', 'errors', 'error', 'title'];
const DEEPEST = 4;

/** The words of an error answer, from where vendors usually put them; '' for none. */
export function usualWords(answer: HttpAnswer): string {
  const type = answer.header('content-type') ?? '';
  const text = answer.text.slice(0, LOOKED_AT).trim();
  if (/json/i.test(type) || /^[[{]/.test(text)) return jsonWords(answer.text);
  if (/html/i.test(type) || /^<!doctype html|^<html/i.test(text)) {
    return titleOf(text) ?? /<h1[^<>]*>([^<]*)/i.exec(text)?.[1] ?? '';
  }
  return text;
}

/** The title of a page for people. @param text its beginning */
export function titleOf(text: string): string | undefined {
  return /<title[^<>]*>([^<]*)/i.exec(text.slice(0, LOOKED_AT))?.[1];
}

function jsonWords(text: string): string {
  if (text.length > LONGEST_JSON) return '';
  try {
    return wordsIn(JSON.parse(text), 0);
  } catch {
    return '';
  }
}

/** Texts at the usual places; the lists and objects there are walked, with the names of fields (`errors: {email: [...]}`). */
function wordsIn(value: unknown, depth: number): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return '';
  if (Array.isArray(value)) return joined(value.map((item) => wordsIn(item, depth + 1)));
  for (const place of PLACES) {
    const words = wordsIn(Reflect.get(value, place), depth + 1);
    if (words !== '') return words;
  }
  if (depth === 0) return '';
  return joined(
    Object.entries(value).map(([name, item]) => {
      const words = wordsIn(item, depth + 1);
      return words === '' ? '' : `${name}: ${words}`;
    }),
  );
}

function joined(words: readonly string[]): string {
  return words.filter((word) => word !== '').join('; ');
}

/** The words of an error answer as the end of a message: `: Bad credentials`, or nothing. */
export function told({ words }: Pick<HttpAnswer, 'words'>): string {
  return words === '' ? '' : `: ${words}`;
}

/** One line without markup and control characters, not longer than a message can bear. */
export function oneLine(words: string): string {
  const plain = words
    .slice(0, LOOKED_AT)
    .replace(/<[^<>]*>/g, ' ')
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim();
  const characters = Array.from(plain);
  if (characters.length <= MOST_CHARACTERS) return plain;
  return `${characters.slice(0, MOST_CHARACTERS - 1).join('')}…`;
}
