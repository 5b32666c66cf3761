/**
 * Telephone numbers as people write them: `+49 (0)30 123-45`, `0049 30 12345`, `030/12345 x12`, `tel:+49-30-12345;ext=12`,
 * several in one field. What belongs to which country is libphonenumber's knowledge (Google's data for every country).
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { CountryCode } from 'libphonenumber-js';
import { withoutInvisible } from './invisible.ts';

/** Loaded with the first number: most calls of the command line compare none, and its data takes a while to read. */
const load = createRequire(join(import.meta.dirname, 'phone.js'));
let loaded: typeof import('libphonenumber-js/min') | undefined;

function library(): typeof import('libphonenumber-js/min') {
  const known: typeof import('libphonenumber-js/min') = loaded ?? load('libphonenumber-js/min');
  loaded = known;
  return known;
}

/** Fewer digits are an extension or a short number: compared whole, never by their end. */
const FEWEST_OF_A_NUMBER = 7;
/** Nobody has more numbers in one field, or a longer one. */
const MOST_NUMBERS = 10;
const LONGEST_NUMBER = 100;

const SEPARATOR = /;(?!\s*ext=)|[,|&\n\r\t]| (?:or|oder|ou|o|and|und|et|y|bzw\.?) | (?=\+\d)/i;
/** A slash with blanks stands between numbers, or between an area and its number. */
const SLASH = ' / ';
const FEWEST_BESIDE_SLASH = 6;
const LABEL =
  /^\s*(?:tel(?:efon|ephone)?|phone|fon|fax|mobil(?:e|funk)?|handy|cell|callto|sip|work|home|office|privat)\b[ .:]*/i;
const EXTENSION = /(?:;\s*ext=|(?:ext(?:ension)?|x|#|durchwahl|dw|poste)[.: ]{0,3})(\d{1,7})\s*$/i;
/** `1-800-FLOWERS`: letters as they stand on the keys (ITU-T E.161). */
const VANITY = /^[\d ()+./-]*\d[ -]?[A-Z]{3}[A-Z -]*$/;
const KEYS = 'ABC2DEF3GHI4JKL5MNO6PQRS7TUV8WXYZ9';
const TRUNK = /\(0\)/g;
const NOT_DIGITS = /\D+/g;

/** One number of a text. */
interface Written {
  /** As written, in ASCII digits, without its extension. */
  readonly text: string;
  readonly digits: string;
  readonly extension: string | undefined;
}

/** What a number is, as far as it can be known. */
interface PhoneNumber {
  /** With the code of its country, digits only; undefined when the country is unknown. */
  readonly international: string | undefined;
  /** Without code of country and trunk zero; several when it is not certain. */
  readonly national: readonly string[];
  readonly digits: string;
  readonly extension: string | undefined;
}

/** One plain number, as most are. */
const PLAIN = /^(?!00 )\+?[\d ().-]{1,100}$/;

function written(text: string): readonly Written[] {
  if (PLAIN.test(text)) {
    const number = text.replace(TRUNK, '');
    const digits = number.replace(NOT_DIGITS, '');
    return digits === '' ? [] : [{ text: number, digits, extension: undefined }];
  }
  const numbers: { text: string; digits: string; extension: string | undefined }[] = [];
  for (const piece of piecesOf(text)) {
    const ended = EXTENSION.exec(piece);
    const number = (ended === null ? piece : piece.slice(0, ended.index)).replace(TRUNK, '').slice(0, LONGEST_NUMBER);
    const digits = number.replace(NOT_DIGITS, '');
    const last = numbers.at(-1);
    if (digits === '') {
      // "ext. 204" alone is a number of its own, within the house.
      if (ended?.[1] !== undefined) numbers.push({ text: ended[1], digits: ended[1], extension: undefined });
      continue;
    }
    // "030 123450, 12": a comma is also how a telephone waits before an extension.
    if (digits.length < 4 && last !== undefined && last.extension === undefined) last.extension = digits;
    else numbers.push({ text: number, digits, extension: ended?.[1] });
    if (numbers.length === MOST_NUMBERS) break;
  }
  return numbers;
}

/** The numbers of a text, each by itself, without what they are called. */
function piecesOf(text: string): readonly string[] {
  // Full-width digits and the like become ASCII, and so do those of other scripts.
  const tidy = withoutInvisible(text.slice(0, MOST_NUMBERS * LONGEST_NUMBER))
    .normalize('NFKC')
    .replace(/(?![0-9])\p{Nd}/gu, asciiDigit)
    .replace(/\(\+(\d{1,3})\)/g, '+$1 ')
    .replaceAll('++', '+')
    .replace(/(^|\D)00 (?=[1-9])/g, '$100');
  return tidy.split(SEPARATOR).flatMap((piece) => {
    const parts = piece.split(SLASH);
    const areNumbers = parts.every((part) => part.replace(NOT_DIGITS, '').length >= FEWEST_BESIDE_SLASH);
    return (areNumbers ? parts : [piece]).map(named);
  });
}

/** The digits of a script follow one another, from its zero on (https://www.unicode.org/reports/tr44/#Numeric_Type); those of another may stand before them. */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let value = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value += 1;
  return String(value % 10);
}

/** Without "Tel.:" in front and "(Mo-Fr 9-17)" behind; with digits for letters of a vanity number. */
function named(piece: string): string {
  const bare = piece.replace(LABEL, '').trim();
  const open = bare.endsWith(')') ? bare.lastIndexOf('(') : -1;
  const number = open > 0 && /\p{L}/u.test(bare.slice(open)) ? bare.slice(0, open).trimEnd() : bare;
  return VANITY.test(number) ? number.replace(/[A-Z]/g, keyOf) : number;
}

function keyOf(letter: string): string {
  return /\d/.exec(KEYS.slice(KEYS.indexOf(letter)))?.[0] ?? letter;
}

function withoutZeros(digits: string): string {
  return digits.replace(/^0+/, '');
}

function read({ text, digits, extension }: Written, country: string | undefined): PhoneNumber {
  const region = country !== undefined && library().isSupportedCountry(country) ? country : undefined;
  // Without a country nobody else says that 00 is how most of the world dials abroad.
  const dialled = region === undefined && /^\s*00[1-9]/.test(text) ? text.replace(/^\s*00/, '+') : text;
  const parsed = dialled.trim().startsWith('+') || region !== undefined ? parse(dialled, region) : undefined;
  if (parsed?.isPossible() === true) {
    const national = withoutZeros(parsed.nationalNumber);
    return {
      international: parsed.number.slice(1),
      // Possible, but no such number: then the code may be another's that was written without +.
      national: parsed.isValid() || region === undefined ? [national] : [national, ...nationals(digits)],
      digits,
      extension: extension ?? parsed.ext,
    };
  }
  return { international: undefined, national: nationals(digits), digits, extension };
}

function nationals(digits: string): readonly string[] {
  const bare = withoutZeros(digits);
  // In North America 1 is the trunk prefix and the code of the country at once.
  return bare.length === 11 && bare.startsWith('1') ? [bare, bare.slice(1)] : [bare];
}

function parse(text: string, region: CountryCode | undefined) {
  return library().parsePhoneNumberFromString(text, region);
}

/**
 * The forms of a stored number, and those of one that is looked for: two numbers are the same when they have a form in
 * common. Both with the code of a country: the whole number decides. Otherwise the part behind it, of at least seven
 * digits. An extension decides when both have one.
 */
export function phoneForms(text: string, side: 'stored' | 'sought', country: string | undefined): readonly string[] {
  return written(text).flatMap((one) => {
    const { international, national, digits, extension } = read(one, country);
    const forms = new Set<string>();
    const long = national.filter((part) => part.length >= FEWEST_OF_A_NUMBER);
    if (international !== undefined) {
      forms.add(`+${international}`);
      // What the other side calls itself, as long as it does not know its country.
      for (const part of [...long, international]) forms.add(side === 'stored' ? `i${part}` : `n${part}`);
    }
    if (international === undefined || national.length > 1) {
      for (const part of long) forms.add(`n${part}`).add(`i${part}`);
    }
    if (long.length === 0) forms.add(digits);
    return [...forms].flatMap((form) => {
      if (side === 'stored') return extension === undefined ? [form, `${form}#`] : [form, `${form}#${extension}`];
      return extension === undefined ? [form] : [`${form}#${extension}`, `${form}#`];
    });
  });
}

/** Whether the digits that are looked for are the beginning of a stored number, with or without its country, or anywhere in it. */
export function phoneHas(
  stored: string,
  sought: string,
  match: 'prefix' | 'contains',
  country: string | undefined,
): boolean {
  const part = phonePart(sought);
  if (part === '') return false;
  return written(stored).some((one) => {
    if (match === 'contains' || !one.digits.includes(part)) return one.digits.includes(part);
    const { international, national } = read(one, country);
    return [withoutZeros(one.digits), international ?? '', ...national].some((digits) => digits.startsWith(part));
  });
}

/**
 * What {@link phoneHas} looks for among the {@link phoneDigits} of a stored text: the digits of one number, without zeros in
 * front. Empty for a text with letters in it, which is no part of a number: "Plan9".
 */
export function phonePart(sought: string): string {
  const number = named(sought.slice(0, LONGEST_NUMBER).normalize('NFKC'));
  return /\p{L}/u.test(number) ? '' : withoutZeros(number.replace(TRUNK, '').replace(NOT_DIGITS, ''));
}

/** The digits of each number of a text: for an index of what has a part, before {@link phoneHas} decides. */
export function phoneDigits(text: string): readonly string[] {
  return written(text).map(({ digits }) => digits);
}

/**
 * The last digits of each number of a text, at most seven: what all ways of writing a number have in common. Equal
 * numbers have one in common; different ones may. Cheap, for an index or a first look at many values.
 */
export function phoneEnds(text: string): readonly string[] {
  return written(text).map(({ digits }) => (withoutZeros(digits) || digits).slice(-FEWEST_OF_A_NUMBER));
}

/**
 * How a system that compares texts may hold the numbers of a text: as typed, its digits, `+493012345`, `03012345`,
 * `030 12345`, `+49 30 12345`, `00493012345`. At most ten, the likeliest first.
 */
export function phoneSpellings(text: string, country: string | undefined): readonly string[] {
  const spellings = new Set<string>([text.trim()]);
  for (const one of written(text).slice(0, 2)) {
    spellings.add(one.text.trim()).add(one.digits);
    const region = country !== undefined && library().isSupportedCountry(country) ? country : undefined;
    const dialled = region === undefined ? one.text.trim().replace(/^00(?=[1-9])/, '+') : one.text;
    const parsed = parse(dialled, region);
    // Of a country nobody knows: without the trunk zero, as behind the code of the country and in a column of numbers;
    // and perhaps the code of its country is there, without +.
    if (parsed?.isPossible() !== true) {
      spellings.add(withoutZeros(one.digits));
      const coded = region === undefined ? parse(`+${one.digits}`, undefined) : undefined;
      if (coded?.isValid() === true) spellings.add(coded.number).add(coded.formatInternational());
      continue;
    }
    const national = parsed.formatNational();
    for (const form of [parsed.number, national.replace(NOT_DIGITS, ''), parsed.formatInternational(), national])
      spellings.add(form);
    spellings.add(parsed.nationalNumber).add(`00${parsed.number.slice(1)}`);
    if (national.startsWith('0')) spellings.add(`+${parsed.countryCallingCode} (0)${national.slice(1)}`);
  }
  return [...spellings].slice(0, 10);
}
