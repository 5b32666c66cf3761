/**
 * Criteria: one field, one way to match, one value. Adapters that compare themselves (CSV, SQLite) ask {@link meets}; a
 * system with rules of its own (a directory, a database server) is asked for each of `spellingsOf`, and what comes
 * back is compared again where its rules are wider.
 */
import { isCodeByName, kindByName } from './kind-names.ts';
import { comparedForms, type Kind, partForms } from './kinds.ts';
import { phoneEnds, phoneHas } from './phone.ts';
import { isList, ownValue, type SourceRecord, textOf, type Value } from './record.ts';

/** How a value is matched. */
export type MatchKind = 'exact' | 'prefix' | 'contains';

/** One condition of a query; the criteria of one query are ANDed. */
export interface Criterion {
  /** The field of the source. */
  readonly field: string;
  readonly match: MatchKind;
  /**
   * What HelpSpot sent, not empty, at most {@link LONGEST_SOUGHT} characters. The gateway trims it; the suite does not, so
   * that an adapter that compares by itself shows that space around a value does not matter ({@link meets} sees to it).
   */
  readonly value: string;
  /** The kind of the field, where the source's settings or its adapter name it; see {@link kindOf}. */
  readonly kind?: Kind | undefined;
  /** The country of telephone numbers without a country code: `DE` (ISO 3166). */
  readonly country?: string | undefined;
}

/** Nobody has a longer name, number or address. A longer value is a text that came into the wrong field; comparing it with every record would take seconds. */
export const LONGEST_SOUGHT = 1_000;

/** The kind of what is looked for: as named, or from the name of the field. */
export function kindOf({ kind, field }: Pick<Criterion, 'kind' | 'field'>): Kind {
  return kind ?? kindByName(field);
}

/** Whether there is anything to look for: a name of spaces or a telephone "n/a" is nothing. */
export function isSought(criterion: Criterion): boolean {
  return soughtForms(criterion, kindOf(criterion)).length > 0;
}

/** A test for one way to match against a comparable form of the record's value. */
export function compares(match: MatchKind, candidate: string, wanted: string): boolean {
  if (wanted === '' || candidate === '') return false;
  if (match === 'exact') return candidate === wanted;
  return match === 'prefix' ? candidate.startsWith(wanted) : candidate.includes(wanted);
}

/** Whether a record meets a criterion. Of a list, one matching item is enough. */
export function meets(record: SourceRecord, criterion: Criterion): boolean {
  const value = ownValue(record, criterion.field);
  return value !== undefined && valueMeets(value, criterion);
}

/** Whether a value meets a criterion, whatever field it stands in. */
export function valueMeets(value: Value, criterion: Criterion): boolean {
  if (!isList(value)) return itemMeets(value, criterion);
  // A list is shown with commas between its items, and found as it is shown.
  return value.some((item) => itemMeets(item, criterion)) || (value.length > 1 && itemMeets(textOf(value), criterion));
}

/** Whether one item of a value, or all of it as one text, meets a criterion. */
export function itemMeets(item: Value, criterion: Criterion): boolean {
  const text = comparedPart(textOf(item), criterion);
  if (text === undefined) return false;
  const kind = kindOfItem(item, criterion);
  const { match, country } = criterion;
  if (kind === 'phone' && match !== 'exact') return phoneHas(text, criterion.value, match, country);
  const wanted = soughtForms(criterion, kind);
  if (kind === 'phone' && !haveCommon(phoneEnds(text), soughtEnds(criterion))) return false;
  const forms = match === 'exact' ? comparedForms(kind, text, 'stored', country) : partForms(kind, text, 'stored');
  return forms.some((form) => wanted.some((one) => compares(match, form, one)));
}

/** As what an item is compared: as the criterion says, or as it is. */
export function kindOfItem(item: Value, { kind, field }: Pick<Criterion, 'kind' | 'field'>): Kind {
  return comparedAs(kind ?? kindOfValue(item, field), field);
}

/** A text in a field that is called like a code is one: `1.10` is another version than `1.1`. */
function comparedAs(kind: Kind, field: string): Kind {
  return kind === 'text' && isCodeByName(field) ? 'code' : kind;
}

/** A field without a telling name is of the kind of its values. */
function kindOfValue(value: Value, field: string): Kind {
  if (value instanceof Date) return 'date';
  if (typeof value === 'boolean') return 'boolean';
  const byName = kindByName(field);
  if (byName !== 'text') return byName;
  return typeof value === 'number' ? 'number' : 'text';
}

function haveCommon(some: readonly string[], others: readonly string[]): boolean {
  return some.some((one) => others.includes(one));
}

/** What is made of a criterion once, and not for each record. */
const made = new WeakMap<Criterion, Map<string, readonly string[]>>();

/** @param what is made: each has a name of its own */
export function onceFor(criterion: Criterion, what: string, make: () => readonly string[]): readonly string[] {
  let ofThis = made.get(criterion);
  if (ofThis === undefined) {
    ofThis = new Map();
    made.set(criterion, ofThis);
  }
  const known = ofThis.get(what);
  if (known !== undefined) return known;
  const forms = make();
  ofThis.set(what, forms);
  return forms;
}

/** The comparable forms of what is looked for as a value of a kind; empty where there is nothing to compare. */
export function soughtForms(criterion: Criterion, of: Kind = kindOf(criterion)): readonly string[] {
  const { match, value, country, field } = criterion;
  const kind = comparedAs(of, field);
  // Systems that see the end of the text in a NUL would find others.
  if (value.includes('\0')) return [];
  return onceFor(criterion, kind, () =>
    match === 'exact' || kind === 'phone'
      ? comparedForms(kind, value, 'sought', country)
      : partForms(kind, value, 'sought'),
  );
}

function soughtEnds(criterion: Criterion): readonly string[] {
  return onceFor(criterion, 'ends', () => phoneEnds(criterion.value));
}

/** Spaces, accents and marks come on top of what is compared, but not a thousand to a letter. A text that is no longer is always compared whole. */
export const LONGEST_COMPARED_WHOLE = 1_000;

/**
 * What of a value decides: of a text far longer than what is looked for only the beginning, and nothing for `exact`.
 * Otherwise a thousand records with a megabyte each would be made comparable to a mail address.
 */
function comparedPart(text: string, { match, value }: Criterion): string | undefined {
  if (match === 'contains') return text;
  const most = LONGEST_COMPARED_WHOLE + 20 * value.length;
  if (text.length <= most) return text;
  const trimmed = text.trim();
  if (trimmed.length <= most) return trimmed;
  return match === 'exact' ? undefined : trimmed.slice(0, most);
}
