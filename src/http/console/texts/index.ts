/** Which language somebody reads. */
import { de } from './de.ts';
import { en, type Texts } from './en.ts';

/** The languages of the console. */
export const LANGUAGES = ['en', 'de'] as const;

const TEXTS: Readonly<Record<string, Texts>> = { en, de };

/**
 * The texts for somebody.
 * @param chosen the language that was chosen on a page
 * @param accepted Accept-Language (RFC 9110, 12.5.4); the first of ours in it counts, which is the order that browsers write
 */
export function textsFor(chosen: string | undefined, accepted: string | undefined): Texts {
  const wanted = [chosen, ...(accepted ?? '').slice(0, 1_000).split(',')].map((one) =>
    one?.trim().slice(0, 2).toLowerCase(),
  );
  const language = wanted.find((one) => one !== undefined && Object.hasOwn(TEXTS, one)) ?? 'en';
  return TEXTS[language] ?? en;
}
