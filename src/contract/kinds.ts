/**
 * Kinds of values, and the one definition of "the same" for each: what is shown can be searched for, and what HelpSpot
 * inserts, sent back by the next lookup, finds the same customer.
 */
import { withoutMarkup } from '../helpspot/insertable.ts';
import { amountOf, plainAmountOf } from './amounts.ts';
import { isAscii } from './ascii.ts';
import { emailAddresses, emailForm, emailForms } from './email-address.ts';
import { withoutInvisible } from './invisible.ts';
import { joinedName } from './joined-names.ts';
import { phoneForms } from './phone.ts';
import { booleanOf } from './yes-no.ts';

/**
 * How the values of a field are meant. `phone`, `email`, `name`: as people write them; `code`: letters and digits of which
 * each counts, leading zeros too; `number`: by amount; `boolean`: yes and no in any spelling; `date`: by day or by
 * instant; `text`: all else. All without regard to case, surrounding space and characters that nobody sees.
 */
export type Kind = (typeof KINDS)[number];

export const KINDS = ['phone', 'email', 'name', 'code', 'number', 'boolean', 'date', 'text'] as const;

/** Nobody's name is longer; of a value that is, the beginning is searched. Two million letters would take seconds. */
const LONGEST_NAME = 10_000;
const PLAIN_ASCII = /^[\t\n\x20-\x7f]*$/;
const APOSTROPHES = /[\u2018\u2019\u201a\u201b\u02bc\u02b9\u02bb\u02c8\u2032\u00b4\u0060\uff07]/g;
const HYPHENS = /[\u2010-\u2015\u2212\u00b7\ufe58\ufe63\uff0d]/g;
const SPACES = /\s+/g;
const COMBINING_MARKS = /\p{M}+/gu;

/** The text as it is shown: without what nobody sees, each line break as XML writes it. */
function asShown(text: string): string {
  return PLAIN_ASCII.test(text) ? text : withoutInvisible(text).replace(/\r\n?/g, '\n');
}

// Letters that Unicode does not decompose, as people type them without a special keyboard.
const PLAIN: Readonly<Record<string, string>> = {
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
/** As the same letters are written out where a keyboard lacks them. */
const WRITTEN_OUT: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', ø: 'oe', å: 'aa' };
const TO_WRITE_OUT = /[äöüøå]/g;

/** Removes accents: `müller` → `muller`, `straße` → `strasse`. Takes and returns lower case. */
function withoutAccents(lower: string): string {
  return lower
    .normalize('NFKD')
    .replace(COMBINING_MARKS, '')
    .replace(UNDECOMPOSED, (letter) => PLAIN[letter] ?? letter);
}

/** One form for names of ASCII; two where an umlaut may be left out or written out: `Müller` is Muller and Mueller. */
function nameForms(text: string): readonly string[] {
  if (isAscii(text)) return [text.trim().toLowerCase().replaceAll('`', "'").replace(SPACES, ' ')];
  const tidy = text.trim().replace(APOSTROPHES, "'").replace(HYPHENS, '-').replace(SPACES, ' ');
  const lower = tidy.toLowerCase().normalize('NFC');
  const plain = withoutAccents(lower);
  const out = withoutAccents(lower.replace(TO_WRITE_OUT, (letter) => WRITTEN_OUT[letter] ?? letter));
  return plain === out ? [plain] : [plain, out];
}

function textForm(text: string): string {
  const lower = text.trim().toLowerCase();
  return isAscii(lower) ? lower : lower.normalize('NFC');
}

/** Plain amounts are the same however many zeros end them; all else is a text. */
function textOrAmount(text: string): string {
  return plainAmountOf(text) ?? textForm(text);
}

const DAY = /^\d{4}-\d\d-\d\d$/;
const INSTANT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?$/i;
/** HelpSpot's own form of a date: seconds since 1970. */
const UNIX = /^-?\d{1,11}$/;

/** A date by its day; by its instant where a time or HelpSpot's number of seconds is given. A time without zone is UTC. */
function dateForms(text: string, side: 'stored' | 'sought'): readonly string[] {
  const trimmed = text.trim();
  if (DAY.test(trimmed)) return side === 'sought' ? [trimmed] : [trimmed, `${trimmed}T00:00:00Z`];
  const date = UNIX.test(trimmed)
    ? new Date(Number(trimmed) * 1000)
    : INSTANT.test(trimmed)
      ? new Date(/(?:Z|[+-]\d\d:?\d\d)$/i.test(trimmed) ? trimmed : `${trimmed.replace(' ', 'T')}Z`)
      : undefined;
  if (date === undefined || Number.isNaN(date.getTime())) return [textForm(trimmed)];
  const instant = `${date.toISOString().slice(0, 19)}Z`;
  return side === 'sought' ? [instant] : [instant.slice(0, 10), instant];
}

/** The text as it is shown and, where it has markup, as HelpSpot inserts it: `AT&T <Corp>` comes back as `AT&T`. Of numbers and addresses it is no part. */
function comesBackAs(kind: Kind, text: string): readonly string[] {
  if (!text.includes('<') || kind === 'phone' || (kind === 'email' && text.includes('@'))) return [text];
  return [text, withoutMarkup(text)];
}

/**
 * The forms of a value for an exact comparison: a stored and a sought value are the same when they have a form in common.
 * None: there is nothing to compare ("n/a" is no telephone number).
 *
 * @param side a stored value may have more forms than one that is looked for: a stored instant is found by its day
 * @param country of telephone numbers that do not say theirs: `DE` (ISO 3166)
 */
export function comparedForms(
  kind: Kind,
  given: string,
  side: 'stored' | 'sought',
  country?: string,
): readonly string[] {
  const texts = side === 'stored' ? comesBackAs(kind, asShown(given)) : [asShown(given)];
  return formsOfEach(texts, (text) => wholeForms(kind, text, side, country));
}

function formsOfEach(texts: readonly string[], of: (text: string) => readonly string[]): readonly string[] {
  const [only = ''] = texts;
  return texts.length === 1 ? of(only) : unique(texts.flatMap(of));
}

function wholeForms(kind: Kind, text: string, side: 'stored' | 'sought', country?: string): readonly string[] {
  switch (kind) {
    case 'phone':
      return phoneForms(text, side, country);
    case 'email': {
      const addresses = emailAddresses(text).map(emailForm);
      return addresses.length > 0 ? addresses : filled([textForm(text)]);
    }
    case 'name':
      return filled(unique(nameForms(text).map(joinedName)));
    case 'number':
      return filled([amountOf(text) ?? textForm(text)]);
    case 'boolean': {
      const value = booleanOf(text);
      return value === undefined ? filled([textForm(text)]) : [value ? '1' : '0'];
    }
    case 'date':
      return filled(dateForms(text, side));
    case 'code':
      return filled([textForm(text)]);
    case 'text':
      return filled([textOrAmount(text)]);
  }
}

/** The forms of a value, of which one must begin with, or contain, one of what is looked for. Not for telephone numbers. */
export function partForms(kind: Kind, given: string, side: 'stored' | 'sought'): readonly string[] {
  const text = asShown(given);
  const of = kind === 'email' ? emailPartForms : kind === 'name' ? namePartForms : (one: string) => [textForm(one)];
  return filled(formsOfEach(side === 'stored' ? comesBackAs(kind, text) : [text], of));
}

/** As written, and with its parts written together: of `O'Brien` the apostrophe is typed, or left out. */
function namePartForms(text: string): readonly string[] {
  const forms = nameForms(text.slice(0, LONGEST_NAME));
  return unique([...forms, ...forms.map(joinedName)]);
}

/** As written, and each address alone, its host name in letters and in ASCII: half a name can be looked for in letters only. */
function emailPartForms(text: string): readonly string[] {
  return [...new Set([textForm(text), ...emailAddresses(text).flatMap(emailForms)])];
}

function unique(forms: readonly string[]): readonly string[] {
  return forms.length === 1 ? forms : [...new Set(forms)];
}

function filled(forms: readonly string[]): readonly string[] {
  return forms.filter((form) => form !== '');
}
