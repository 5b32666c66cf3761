/**
 * Kinds of values, and the one definition of "the same" for each: what is shown can be searched for, and what HelpSpot
 * inserts, sent back by the next lookup, finds the same customer.
 */
import { emailAddresses, emailForm, endWithout } from './email-address.ts';
import { phoneForms } from './phone.ts';

/**
 * How the values of a field are meant. `phone`, `email`, `name`: as people write them; `code`: letters and digits of which
 * each counts, leading zeros too; `number`: by amount; `boolean`: yes and no in any spelling; `date`: by day or by
 * instant; `text`: all else. All without regard to case, surrounding space and characters that nobody sees.
 */
export type Kind = (typeof KINDS)[number];

export const KINDS = ['phone', 'email', 'name', 'code', 'number', 'boolean', 'date', 'text'] as const;

const PHONE_WORD = /(?:phones?|telefon|mobile?|handy|cell|fax)$|^tel$/;
const EMAIL_WORD = /^e?mails?$/;
/** What may follow these words: `phone_number`, `mobile2`, `mail_private`; not `phone_verified`, not `email_count`. */
const OF_WHICH =
  /^(?:number|numbers|no|nr|nummer|address|addresses|work|business|office|home|private|privat|main|primary|other|direct|day|e164|digits|key|\d+)$/;

/** The kind of a field of which nothing but its name is known: `phone`, `mobile_phone`, `fax` …; `email`, `mail` …; `first_name`, `fullname` …; everything else is text. */
export function kindByName(field: string): Kind {
  const known = byName.get(field);
  if (known !== undefined) return known;
  const kind = kindOfWords(field);
  // Names of fields come from the configuration and from the systems: some hundreds.
  if (byName.size < 10_000) byName.set(field, kind);
  return kind;
}

const byName = new Map<string, Kind>();

function kindOfWords(field: string): Kind {
  const words = field
    .slice(0, 200)
    .replace(/([a-z])([A-Z0-9])/g, '$1 $2')
    .toLowerCase()
    .replace(/e[-_ ]mail/g, 'email')
    .split(/[^\p{L}\p{N}]+/u);
  if (/^(?:is|has|can)$/.test(words[0] ?? '')) return 'text';
  const last = words.findLastIndex((word) => !OF_WHICH.test(word));
  const word = words[last] ?? '';
  if (PHONE_WORD.test(word)) return 'phone';
  if (EMAIL_WORD.test(word)) return 'email';
  return last === words.length - 1 && word.endsWith('name') ? 'name' : 'text';
}

/**
 * Zero-width characters, joiners, marks of direction, soft hyphens, the byte order mark: they come along with what is
 * copied, and nobody sees them. Control characters and what else XML cannot hold: it is not shown, so nobody sends it.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\p{Cs}]+/gu;
/** Nobody's name is longer; of a value that is, the beginning is searched. Two million letters would take seconds. */
const LONGEST_NAME = 10_000;
const PLAIN_ASCII = /^[\t\n\x20-\x7f]*$/;
const APOSTROPHES = /[\u2018\u2019\u201a\u201b\u02bc\u02b9\u02bb\u02c8\u2032\u00b4\u0060\uff07]/g;
const HYPHENS = /[\u2010-\u2015\u2212\u00b7\ufe58\ufe63\uff0d]/g;
const SPACES = /\s+/g;
const COMBINING_MARKS = /\p{M}+/gu;

/** The text without what nobody sees. */
export function withoutInvisible(text: string): string {
  return text.replace(INVISIBLE, '');
}

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

function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII begins there
  return /^[\x00-\x7f]*$/.test(text);
}

/** Removes accents: `müller` → `muller`, `straße` → `strasse`. Takes and returns lower case. */
function withoutAccents(lower: string): string {
  return lower
    .normalize('NFKD')
    .replace(COMBINING_MARKS, '')
    .replace(UNDECOMPOSED, (letter) => PLAIN[letter] ?? letter);
}

/** One form for names of ASCII; two where an umlaut may be left out or written out: `Müller` is Muller and Mueller. */
function nameForms(text: string): readonly string[] {
  // Plain ASCII is by far the most common case and needs no normalisation.
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

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?$/;
const EXPONENT = /^[+-]?\d+(?:\.\d+)?e[+-]?\d+$/i;

/** `007`, `7.00` and `+7` are 7. What is no number stays a text. */
function numberForm(text: string): string {
  const trimmed = text.trim();
  const parts = DECIMAL.exec(trimmed);
  if (parts === null) return textForm(EXPONENT.test(trimmed) ? String(Number(trimmed)) : trimmed);
  const [, sign, digits = '', fraction = ''] = parts;
  const whole = digits.replace(/^0+(?=\d)/, '');
  const end = endWithout(fraction, '0');
  const amount = end === 0 ? whole : `${whole}.${fraction.slice(0, end)}`;
  return sign === '-' && amount !== '0' ? `-${amount}` : amount;
}

const YES = /^(?:yes|y|true|t|on|1(?:\.0+)?)$/i;
const NO = /^(?:no|n|false|f|off|0(?:\.0+)?)$/i;

/** What a text says as a yes or no: `yes`, `true`, `on`, `1`; `no`, `false`, `off`, `0`. Undefined for anything else. */
export function booleanOf(text: string): boolean | undefined {
  const trimmed = text.trim();
  if (YES.test(trimmed)) return true;
  return NO.test(trimmed) ? false : undefined;
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
  const text = asShown(given);
  switch (kind) {
    case 'phone':
      return phoneForms(text, side, country);
    case 'email': {
      const addresses = emailAddresses(text).map(emailForm);
      return addresses.length > 0 ? addresses : filled([textForm(text)]);
    }
    case 'name':
      return filled(nameForms(text));
    case 'number':
      return filled([numberForm(text)]);
    case 'boolean': {
      const value = booleanOf(text);
      return value === undefined ? filled([textForm(text)]) : [value ? '1' : '0'];
    }
    case 'date':
      return filled(dateForms(text, side));
    case 'code':
    case 'text':
      return filled([textForm(text)]);
  }
}

/** The forms of a value, of which one must begin with, or contain, one of what is looked for. Not for telephone numbers. */
export function partForms(kind: Kind, given: string): readonly string[] {
  const text = asShown(given);
  if (kind === 'name') return filled(nameForms(text.slice(0, LONGEST_NAME)));
  if (kind !== 'email') return filled([textForm(text)]);
  const lower = textForm(text);
  return filled([...new Set([lower, ...emailAddresses(text).map(emailForm)])]);
}

function filled(forms: readonly string[]): readonly string[] {
  return forms.filter((form) => form !== '');
}
