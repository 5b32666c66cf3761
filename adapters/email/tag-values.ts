/** The values of HelpSpot's email parser tags, each in the form that its field takes (manual, chapter 5.2). */
import { booleanOf } from '../../src/contract/index.ts';
import { shortLine, shortText } from '../../src/kit/text/index.ts';

/** The types of custom fields that the manual names: predefined list, text field, large text field, checkbox, numeric. */
export const FIELD_TYPES = ['text', 'large', 'list', 'checkbox', 'numeric'] as const;

/** What a tag takes: a type of custom field; the number of something; or a text that is another one when it is cut. */
export type ValueForm = (typeof FIELD_TYPES)[number] | 'number' | 'whole';

/** "Up to 255 characters of data." */
const LONGEST_TEXT = 255;
// The manual names no limit. A MySQL text column holds 65,535 bytes, and a character takes four of them at most.
const LONGEST_LARGE_TEXT = 15_000;

/** What stands in a tag, and in what it is not the value that was given. */
export interface TagValue {
  /** Empty: there is no tag. */
  readonly text: string;
  /** Without the value: `is cut to 255 characters`. */
  readonly problem?: string;
}

/**
 * The value as HelpSpot takes it: "improperly passed data or data of the wrong type will default the custom field to
 * empty", so what cannot be right is left out, and what is too long for a text is cut.
 */
export function tagValue(given: string, form: ValueForm): TagValue {
  const text = given.toWellFormed().trim();
  if (text === '') return { text };
  switch (form) {
    case 'text':
      return cutTo(LONGEST_TEXT, shortLine, closed(oneLine(text)));
    case 'large':
      return cutTo(LONGEST_LARGE_TEXT, shortText, closed(severalLines(text)));
    case 'list':
      // "exactly as it appears on the drop down including spacing"
      return whole(severalLines(text));
    case 'whole':
      return whole(oneLine(text));
    case 'checkbox': {
      const isChecked = booleanOf(text);
      return isChecked === undefined ? leftOut('it says neither yes nor no') : { text: isChecked ? '1' : '0' };
    }
    case 'numeric': {
      const [, integer] = /^([+-]?\d{1,18})(?:\.0{1,9})?$/.exec(text) ?? [];
      return integer === undefined ? leftOut('it is no integer') : { text: integer };
    }
    case 'number':
      return /^\d{1,10}$/.test(text) ? { text } : leftOut('it is no number');
  }
}

function cutTo(most: number, shorten: (text: string, most: number) => string, text: string): TagValue {
  const shortened = shorten(text, most);
  return shortened === text ? { text } : { text: shortened, problem: `is cut to ${most} characters` };
}

/** Cut or changed it would be somebody else's number, or nothing that the list has. */
function whole(text: string): TagValue {
  if (text.length > LONGEST_TEXT) return leftOut(`it has more than ${LONGEST_TEXT} characters`);
  if (text.includes('##')) return leftOut('it has ## in it, which ends a tag');
  if (text.includes('\n')) return leftOut('it has several lines');
  return { text: closed(text) };
}

function leftOut(why: string): TagValue {
  return { text: '', problem: `is left out: ${why}` };
}

function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

function severalLines(text: string): string {
  return text
    .replace(/\r\n?|[\p{Zl}\p{Zp}]/gu, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .trim();
}

/** Ends where its tag ends: two number signs end a tag, and one at the end would join those of the tag. */
function closed(text: string): string {
  const apart = text.replace(/#(?=#)/g, '# ');
  return apart.endsWith('#') ? `${apart} ` : apart;
}
