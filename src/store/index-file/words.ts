/**
 * The words under which a record stands in the index, and those that a question looks for. They give candidates; whether
 * a candidate is meant is decided by the gateway's own rules of comparison, so a word may find too many, never too few.
 *
 * A word is the class of the word, the number of the field in two digits of base 36, and a comparable form of the value:
 * `e02mueller` (the whole form), `b02mueller` (its beginning), `p02mue` (three characters in a row of it). SQLite's FTS5
 * keeps them as one token each ({@link TOKENIZER}), since the few signs that would end one are written as another.
 */
import {
  type Criterion,
  comparedForms,
  type FindQuery,
  isList,
  type Kind,
  kindByName,
  kindOf,
  kindOfItem,
  partForms,
  phoneDigits,
  phoneEnds,
  phonePart,
  type Scalar,
  soughtForms,
  textOf,
  type Value,
} from '../../contract/index.ts';
import type { SearchedField } from '../../gateway/sources/customer-index.ts';

/** Whole forms and beginnings are told apart by so many characters; records that differ only later are compared. */
const LONGEST_WORD = 64;
/** Of a longer text only the beginning has parts; all such texts are compared. Characters. */
const SEARCHED_IN_PARTS = 2_000;
/** Characters of one part: with fewer, nearly every record would have each of them. */
const PART = 3;
/** Stands behind the end of a form, so that its last characters begin a part too. */
const ENDS = '~~';

/** So many parts of what is looked for leave next to nobody beside those that are meant. */
const MOST_PARTS = 40;

/** A field that is searched, where its values are in a row. */
export interface SearchedColumn {
  readonly column: number;
  /** The number of the field in its words. */
  readonly number: number;
  readonly field: SearchedField;
}

/**
 * The words of a record, each with a blank in front; some may be there twice, which FTS5 keeps once.
 * @param columns the fields at their places for good: their numbers are in the words
 */
export function wordsOf(
  values: readonly (Value | undefined)[],
  columns: readonly SearchedColumn[],
  country: string | undefined,
): string {
  let words = '';
  for (const { column, number, field } of columns) {
    const value = values[column];
    if (value === undefined) continue;
    const place = placeOf(number);
    // A list is found by each of its values, and as it is shown.
    const items: readonly Scalar[] = isList(value) ? (value.length > 1 ? [...value, textOf(value)] : value) : [value];
    for (const item of items) words += wordsOfItem(item, field, place, country);
  }
  return words;
}

function wordsOfItem(
  item: Scalar,
  { name, kind: named, matches }: SearchedField,
  place: string,
  country: string | undefined,
): string {
  const kind = kindOfItem(item, { field: name, kind: named });
  const text = textOf(item);
  let words = '';
  if (matches.includes('exact')) {
    const forms = kind === 'phone' ? phoneEnds(text) : comparedForms(kind, text, 'stored', country);
    for (const form of forms) words += ` ${wholeWord('e', place, form)}`;
  }
  if (matches.includes('prefix') && kind !== 'phone') {
    for (const form of partForms(kind, text, 'stored')) words += ` ${wholeWord('b', place, form)}`;
  }
  if (matches.includes('contains') || (kind === 'phone' && matches.includes('prefix'))) {
    const forms = kind === 'phone' ? phoneDigits(text) : partForms(kind, text, 'stored');
    const before = ` p${place}`;
    for (const form of forms) {
      for (const part of partsOf(form + ENDS)) words += before + part;
      // What stands further back is looked for by comparing.
      if (form.length > SEARCHED_IN_PARTS) words += ` l${place}`;
    }
  }
  return words;
}

/** Each {@link PART} characters in a row. */
function partsOf(form: string): readonly string[] {
  const token = asToken(form.slice(0, SEARCHED_IN_PARTS));
  // Most texts have no character of two units, and need not be taken apart.
  const characters = OF_TWO_UNITS.test(token) ? [...token] : undefined;
  const parts: string[] = [];
  for (let at = 0; at + PART <= (characters ?? token).length; at += 1) {
    parts.push(characters === undefined ? token.slice(at, at + PART) : characters.slice(at, at + PART).join(''));
  }
  return parts;
}

/**
 * What a question looks for, as FTS5 understands it (https://sqlite.org/fts5.html#full_text_query_syntax). Undefined: every
 * record is wanted; `nobody`: no record can be meant; `elsewhere`: a field is not searched in that way here.
 */
export function soughtWords(
  { criteria, groups = [] }: Pick<FindQuery, 'criteria' | 'groups'>,
  fields: readonly SearchedField[],
): string | undefined | 'nobody' | 'elsewhere' {
  const all: string[] = [];
  for (const group of [...criteria.map((criterion) => [criterion]), ...groups]) {
    const any: string[] = [];
    for (const criterion of group) {
      const words = wordsFor(criterion, fields);
      if (words === 'elsewhere') return words;
      for (const word of words) any.push(word);
    }
    if (any.length === 0) return 'nobody';
    all.push(any.length === 1 ? (any[0] ?? '') : `(${any.join(' OR ')})`);
  }
  return all.length === 0 ? undefined : all.join(' AND ');
}

function wordsFor(criterion: Criterion, fields: readonly SearchedField[]): readonly string[] | 'elsewhere' {
  const isFor = ({ name, kind, matches }: SearchedField) =>
    name === criterion.field && kind === criterion.kind && matches.includes(criterion.match);
  const number = fields.findIndex(isFor);
  if (number < 0) return 'elsewhere';
  const place = placeOf(number);
  const kind = kindOf(criterion);
  const { match, value } = criterion;
  if (kind === 'phone') {
    if (match === 'exact') return unique(phoneEnds(value).map((form) => quoted(wholeWord('e', place, form))));
    const digits = phonePart(value);
    return digits === '' ? [] : [partsFor(place, digits)];
  }
  const forms = new Set(kindsFor(criterion, kind).flatMap((one) => soughtForms(criterion, one)));
  return unique([...forms].map((form) => formFor(match, place, form)));
}

function formFor(match: Criterion['match'], place: string, form: string): string {
  if (match === 'contains') return partsFor(place, form);
  return match === 'exact' ? quoted(wholeWord('e', place, form)) : `${quoted(wholeWord('b', place, form))}*`;
}

/** A field that nothing tells the kind of is compared as its values are: a date by its day. */
function kindsFor({ kind, field, match }: Criterion, usual: Kind): readonly Kind[] {
  const isUntold = kind === undefined && kindByName(field) === 'text' && match === 'exact';
  return isUntold ? [usual, 'date', 'number', 'boolean'] : [usual];
}

function partsFor(place: string, form: string): string {
  const parts = new Set(partsOf(form));
  // What is shorter than a part is the beginning of one.
  if (parts.size === 0) return `(${quoted(`p${place}${asToken(form)}`)}* OR ${quoted(`l${place}`)})`;
  const all = [...parts].slice(0, MOST_PARTS).map((part) => quoted(`p${place}${part}`));
  return `((${all.join(' AND ')}) OR ${quoted(`l${place}`)})`;
}

function wholeWord(wordClass: 'e' | 'b', place: string, form: string): string {
  return `${wordClass}${place}${asToken(form.slice(0, LONGEST_WORD))}`;
}

function placeOf(number: number): string {
  return number.toString(36).padStart(2, '0');
}

const OF_TWO_UNITS = /[\ud800-\udfff]/;

/**
 * How FTS5 takes texts apart: letters, digits, all beyond ASCII and these signs are parts of a word. So nearly every form
 * is a word as it is, in one byte a character: https://sqlite.org/fts5.html#ascii_tokenizer
 */
export const TOKENIZER = "ascii tokenchars '!#$%&()*+,-./:;<=>?@[\\]^_`{|}~'";
const NOT_OF_A_WORD = /[\0- "'\x7f]/g;

/** A form as one word of {@link TOKENIZER}; that some become the same makes more candidates, and no other answer. */
function asToken(form: string): string {
  return form.toWellFormed().replace(NOT_OF_A_WORD, '_');
}

function quoted(token: string): string {
  return `"${token}"`;
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
