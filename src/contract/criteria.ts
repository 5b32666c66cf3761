/**
 * Criteria: one field, one way to match, one value. This file is the one
 * definition of "the same" for adapters that compare themselves (CSV, SQLite);
 * a system with rules of its own (a directory, a database server) keeps them.
 */
import { isList, type SourceRecord, textOf, type Value } from './record.ts';

/** How a value is matched. */
export type MatchKind = 'exact' | 'prefix' | 'contains';

/** One condition of a query; the criteria of one query are ANDed. */
export interface Criterion {
  /** The field of the source. */
  readonly field: string;
  readonly match: MatchKind;
  /** What HelpSpot sent, trimmed, not empty, at most {@link LONGEST_SOUGHT} characters. */
  readonly value: string;
}

/** Nobody has a longer name, number or address. A longer value is a text that came into the wrong field; comparing it with every record would take seconds. */
export const LONGEST_SOUGHT = 1_000;

/**
 * How the values of a field are compared: `phone` by digits, `name` without
 * regard to accents, `text` otherwise; all without regard to case and to
 * surrounding space.
 */
export type Comparison = 'text' | 'name' | 'phone';

const PHONE_FIELD = /phone|mobile|cell|fax/i;
const NAME_FIELD = /name$/i;

/** The comparison of a field, from its name: `phone`, `mobile_phone`, `fax` …; `first_name`, `lastname`, `fullname` …; everything else is text. */
export function comparisonOf(field: string): Comparison {
  if (PHONE_FIELD.test(field)) return 'phone';
  if (NAME_FIELD.test(field)) return 'name';
  return 'text';
}

const COMBINING_MARKS = /\p{M}+/gu;
// Letters that Unicode does not decompose, as people type them without a special keyboard.
const LETTERS_WITHOUT_DECOMPOSITION: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ı: 'i',
  ħ: 'h',
};
const UNDECOMPOSED = /[ßæœøđðþłıħ]/g;

/** Removes accents: `Müller` → `muller`, `Straße` → `strasse`. Takes and returns lower case. */
function withoutAccents(lower: string): string {
  // Plain ASCII is by far the most common case and needs no normalisation.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII begins there
  if (/^[\x00-\x7f]*$/.test(lower)) return lower;
  return lower
    .normalize('NFKD')
    .replace(COMBINING_MARKS, '')
    .replace(UNDECOMPOSED, (letter) => LETTERS_WITHOUT_DECOMPOSITION[letter] ?? letter);
}

/**
 * The form in which two values are compared. Two values are the same when their
 * forms are equal; an empty form equals nothing.
 */
export function comparable(comparison: Comparison, value: string): string {
  if (comparison === 'phone') return value.replace(/\D+/g, '');
  const lower = value.trim().toLowerCase();
  return comparison === 'name' ? withoutAccents(lower).replace(/\s+/g, ' ') : lower.normalize('NFC');
}

/** A test for one criterion against a comparable form of the record's value. */
export function compares(match: MatchKind, candidate: string, wanted: string): boolean {
  if (wanted === '' || candidate === '') return false;
  if (match === 'exact') return candidate === wanted;
  return match === 'prefix' ? candidate.startsWith(wanted) : candidate.includes(wanted);
}

/** Whether a record meets a criterion. Of a list, one matching item is enough. */
export function meets(record: SourceRecord, criterion: Criterion): boolean {
  const value = record[criterion.field];
  if (value === undefined) return false;
  const comparison = comparisonOf(criterion.field);
  const wanted = wantedOf(criterion, comparison);
  const items: readonly Value[] = isList(value) ? value : [value];
  return items.some((item) => {
    const text = comparedPart(textOf(item), criterion);
    return text !== undefined && compares(criterion.match, comparable(comparison, text), wanted);
  });
}

/** The comparable form of what is looked for: made once, and not for each record. */
const wantedForms = new WeakMap<Criterion, string>();

function wantedOf(criterion: Criterion, comparison: Comparison): string {
  let wanted = wantedForms.get(criterion);
  if (wanted === undefined) {
    wanted = comparable(comparison, criterion.value);
    wantedForms.set(criterion, wanted);
  }
  return wanted;
}

/** Spaces, accents and marks come on top of what is compared, but not a thousand to a letter. */
const LONGEST_BESIDE = 1_000;

/**
 * What of a value decides: of a text far longer than what is looked for only the beginning, and nothing for `exact`.
 * Otherwise a thousand records with a megabyte each would be made comparable to a mail address.
 */
function comparedPart(text: string, { match, value }: Criterion): string | undefined {
  if (match === 'contains') return text;
  const most = LONGEST_BESIDE + 20 * value.length;
  if (text.length <= most) return text;
  const trimmed = text.trim();
  if (trimmed.length <= most) return trimmed;
  return match === 'exact' ? undefined : trimmed.slice(0, most);
}
