/** How a system that compares texts may hold what is looked for: it is asked for each, and what it finds is compared again. */
import { amountSpellings, plainAmountOf } from './amounts.ts';
import { type Criterion, kindOf, type MatchKind, onceFor } from './criteria.ts';
import { emailAddresses, emailForms } from './email-address.ts';
import { withoutInvisible } from './invisible.ts';
import { joinedName, writtenNames } from './joined-names.ts';
import { isCodeByName } from './kind-names.ts';
import { phoneSpellings } from './phone.ts';

/** Of what has more words, markup is looked for behind the first ones. */
const MOST_WORDS_BEFORE_MARKUP = 4;

/**
 * What a value with markup begins with that HelpSpot inserts as what is looked for, for systems that find by the beginning:
 * of `AT&T` it is `AT&T <`, `AT&T<` or `<`. What they find is compared again.
 */
export function beginningsOfMarkup({ value }: Criterion): readonly string[] {
  const seen = withoutInvisible(value).trim();
  const ends = Array.from(seen.matchAll(/\s+/g), ({ index }) => index).slice(0, MOST_WORDS_BEFORE_MARKUP);
  const beginnings = [seen, ...ends.map((end) => seen.slice(0, end))];
  return [...beginnings.flatMap((one) => [`${one} <`, `${one}<`]), '<'];
}

/** A system is asked for at most so many spellings at once. */
const MOST_SPELLINGS = 10;

/**
 * How a system that compares texts may hold what is looked for, the likeliest first: `O'Brien` and `O’Brien`, composed and
 * decomposed letters, `Müller` and `Mueller`, a mail address without the name around it, a telephone number in its usual
 * forms. Whatever the kind, the first is close to what was typed.
 */
export function spellingsOf(criterion: Criterion): readonly string[] {
  return onceFor(criterion, 'spellings', () => {
    if (criterion.value.includes('\0')) return [];
    const spellings = new Set<string>();
    for (const one of spelled(criterion)) if (one !== '') spellings.add(one);
    return [...spellings].slice(0, MOST_SPELLINGS);
  });
}

function spelled({ field, kind, value, country, match }: Criterion): readonly string[] {
  // Some invisible characters join others, as in a family of one emoji, and are stored: then what was typed is right.
  const [typed, bare] = [value.trim(), withoutInvisible(value).trim()];
  switch (kindOf({ field, kind })) {
    case 'phone':
      return phoneSpellings(typed, country);
    case 'email': {
      const addresses = match === 'exact' ? emailAddresses(bare) : [];
      return addresses.length === 0 ? [bare, typed] : addresses.flatMap(emailSpellings);
    }
    case 'name':
      return typed === bare ? nameSpellings(bare, match) : [...nameSpellings(bare, match), typed];
    case 'text': {
      const amount = match === 'exact' && !isCodeByName(field) ? plainAmountOf(bare) : undefined;
      return amount === undefined ? textSpellings(typed, bare) : [bare, ...amountSpellings(amount)];
    }
    default:
      return textSpellings(typed, bare);
  }
}

function textSpellings(...texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => [text, text.normalize('NFC'), text.normalize('NFD')]);
}

function emailSpellings(address: string): readonly string[] {
  return [address, ...emailForms(address)];
}

const APOSTROPHE = /['\u2018\u2019\u02bc\u00b4`]/g;
const HYPHEN = /[\u2010-\u2015\u2212]/g;
const UMLAUTS: readonly (readonly [letters: string, umlaut: string])[] = [
  ['ae', 'ä'],
  ['oe', 'ö'],
  ['ue', 'ü'],
  ['ss', 'ß'],
];
/** The same two letters are others in the North. */
const NORDIC: typeof UMLAUTS = [
  ['oe', 'ø'],
  ['ae', 'æ'],
  ['aa', 'å'],
];

function nameSpellings(typed: string, match: MatchKind): readonly string[] {
  const plain = typed.normalize('NFC').replace(APOSTROPHE, "'").replace(HYPHEN, '-').replace(/\s+/g, ' ');
  const withApostrophes = plain.includes("'")
    ? [plain, plain.replaceAll("'", '\u2019'), plain.replaceAll("'", '\u00b4')]
    : [plain];
  const written = replaced(
    plain,
    UMLAUTS.map(([letters, umlaut]) => [umlaut, letters]),
  );
  const umlauts = replaced(plain, UMLAUTS);
  const all = [
    typed,
    ...withApostrophes,
    written,
    umlauts,
    replaced(plain, NORDIC),
    plain.normalize('NFKD').replace(/\p{M}+/gu, ''),
  ];
  const decomposed = [...withApostrophes, umlauts].map((one) => one.normalize('NFD'));
  return [...all, ...decomposed, ...apartAndTogether(plain, match)];
}

/** `O'Brien` and `OBrien`: where a mark or a capital shows that a part ends there, since some systems take a request for each. */
function apartAndTogether(plain: string, match: MatchKind): readonly string[] {
  const joined = joinedName(plain);
  const isAnywhere = joined.length < plain.length && !/\p{Ll}\p{Lu}/u.test(joined);
  const written = writtenNames(plain, {
    isCut: (letter) => isAnywhere || letter !== letter.toLowerCase(),
    isDouble: plain.includes('-'),
  });
  // `O Brien` is a part of `Pedro Brien` as well.
  const gaps = gapsIn(plain);
  return match === 'contains' ? written.filter((one) => gapsIn(one) <= gaps) : written;
}

function gapsIn(name: string): number {
  return name.split(/[ -]/).length;
}

/** Every occurrence, with a capital at the beginning of a word, and in capitals. */
function replaced(text: string, pairs: readonly (readonly [from: string, to: string])[]): string {
  let result = text;
  for (const [from, to] of pairs) {
    result = result
      .replaceAll(from, to)
      .replaceAll(capitalised(from), capitalised(to))
      .replaceAll(from.toUpperCase(), capitalised(to));
  }
  return result;
}

/** ß has no capital that people write. */
function capitalised(text: string): string {
  return text === 'ß' ? text : text.charAt(0).toUpperCase() + text.slice(1);
}
