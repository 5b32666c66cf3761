/** Texts that go to Highrise. */

import { legalInXml } from '../../src/kit/text/index.ts';

/** Of a value, so much is searched for; the rest is compared. */
const LONGEST_TERM = 100;

/** Without what XML cannot hold, and without space around it. */
export function plain(text: string): string {
  return legalInXml(text).trim();
}

/** The text, or as much of it as may be, with an ellipsis at the end. Characters are not cut in two. */
export function cutText(text: string, most: number): string {
  const characters = Array.from(text);
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}

/** What is searched for of a value. */
export function termOf(value: string): string {
  return Array.from(value).slice(0, LONGEST_TERM).join('');
}

/**
 * The longest word of a value, without the marks around it: how Highrise compares several words is not documented, and one
 * word is in a name that has all of them.
 */
export function wordOf(value: string): string {
  const words = value.split(/\s+/).map((word) => /[\p{L}\p{N}](?:.*[\p{L}\p{N}])?/su.exec(word)?.[0] ?? '');
  const longest = words.reduce((one, other) => (other.length > one.length ? other : one), '');
  return termOf(longest === '' ? value : longest);
}
