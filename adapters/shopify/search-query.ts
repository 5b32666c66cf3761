/**
 * The search query for some criteria. It finds at least those who meet them: Shopify compares words, so what comes
 * back is compared again. https://shopify.dev/docs/api/usage/search-syntax
 */
import { type Criterion, spellingsOf } from '../../src/contract/index.ts';

/**
 * How a field is searched; one that has no such way is compared here only. `filter`: `email:"a@b.ch"`; `phone`:
 * `phone:"+41445550102"`; `number`: `customer_id:123`; `enum`: `financial_status:partially_paid`; `words`: every word for
 * itself, in whatever Shopify looks into by default, as its filters have no whole name.
 */
export type SearchWay =
  | { readonly kind: 'filter' | 'phone' | 'number' | 'enum'; readonly name: string }
  | { readonly kind: 'words' };

/** The search of some criteria. */
export interface Search {
  /** Undefined: Shopify cannot narrow it, everything is compared here. */
  readonly query: string | undefined;
  /** Nobody can meet the criteria. */
  readonly isEmpty: boolean;
}

const NOBODY = '';

/**
 * The search for records that meet all criteria.
 * @param ways by field
 */
export function searchFor(
  criteria: readonly Criterion[],
  ways: ReadonlyMap<string, SearchWay>,
  countryCode: string | undefined,
): Search {
  const terms = criteria.map((criterion) => termFor(criterion, ways.get(criterion.field), countryCode));
  const query = terms.filter((term) => term !== undefined).join(' AND ');
  return { query: query === '' ? undefined : query, isEmpty: terms.includes(NOBODY) };
}

/**
 * A value as one quoted term. Within quotes only the quote and the backslash mean something, and a backslash takes
 * that from them.
 */
export function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

/** Undefined when Shopify cannot search for it; empty when nobody has it. */
function termFor(criterion: Criterion, way: SearchWay | undefined, countryCode: string | undefined) {
  if (way === undefined || criterion.match === 'contains') return undefined;
  return criterion.match === 'prefix' ? prefixTerm(criterion, way) : exactTerm(criterion, way, countryCode);
}

function exactTerm(criterion: Criterion, way: SearchWay, countryCode: string | undefined): string | undefined {
  const value = criterion.value.trim();
  if (way.kind === 'number') return /^\d{1,20}$/.test(value) ? `${way.name}:${value}` : NOBODY;
  const spellings = spellingsOf(criterion);
  if (way.kind === 'phone') {
    const international = spellings.filter(isInternational);
    // A number with its country is none of another; one without is taken for one of the shop's own country.
    const isKnown = isInternational(value) || (countryCode === undefined && international.length > 0);
    const possible = isKnown ? international : [...international, ...spellings];
    const forms = new Set(possible.flatMap((spelling) => phoneForms(spelling, countryCode)));
    return anyOf([...forms].slice(0, MOST_FORMS).map((form) => `${way.name}:${quoted(form)}`)) ?? NOBODY;
  }
  if (way.kind === 'enum') {
    const word = value.toLowerCase().replace(/[\s_]+/g, '_');
    return /^[a-z_]+$/.test(word) ? `${way.name}:${word}` : NOBODY;
  }
  // Shopify finds words; what is none of any kind it cannot find.
  if (!WORD.test(value)) return undefined;
  if (way.kind === 'filter') return anyOf(spellings.filter(hasWord).map((one) => `${way.name}:${quoted(one)}`));
  const words = value.split(/\s+/).filter(hasWord);
  const spelled = words.map((word) =>
    anyOf(
      spellingsOf({ ...criterion, value: word })
        .filter(hasWord)
        .map(quoted),
    ),
  );
  return spelled.filter((term) => term !== undefined).join(' AND ');
}

function isInternational(number: string): boolean {
  return /^\s*(?:\+|00[1-9])/.test(number);
}

const WORD = /[\p{L}\p{N}]/u;

function hasWord(text: string): boolean {
  return WORD.test(text);
}

/** Of a number in all its spellings, with and without its country. */
const MOST_FORMS = 10;

/** What one of the terms finds; undefined for none. */
function anyOf(terms: readonly string[]): string | undefined {
  const different = [...new Set(terms)];
  return different.length > 1 ? `(${different.join(' OR ')})` : different[0];
}

/**
 * A prefix has an asterisk and no quotes, so nothing but letters and digits goes into it: those at the beginning of
 * the value. The rest is compared here.
 */
function prefixTerm(criterion: Criterion, way: SearchWay): string | undefined {
  if (way.kind !== 'filter' && way.kind !== 'words') return undefined;
  const starts = spellingsOf(criterion).map((spelling) => /^[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/u.exec(spelling)?.[0]);
  if (starts.some((start) => start === undefined)) return undefined;
  return anyOf(starts.map((start) => (way.kind === 'filter' ? `${way.name}:${start}*` : `${start}*`)));
}

/**
 * What a telephone number that somebody typed may be in Shopify, which keeps them as E.164: `+` and digits, beginning with
 * the country. Empty when it has no digit.
 * @param countryCode of numbers that are typed without one: `1`, `41`
 */
export function phoneForms(typed: string, countryCode: string | undefined): readonly string[] {
  // Behind the country, `(0)` is the zero that is dialled within it only.
  const digits = (isInternational(typed) ? typed.replace('(0)', '') : typed).replace(/\D+/g, '');
  if (digits === '') return [];
  if (/^\s*\+/.test(typed)) return [`+${digits}`];
  if (digits.startsWith('00') && digits.length > 2) return [`+${digits.slice(2)}`];
  if (countryCode === undefined) return [`+${digits}`];
  // Most countries drop the 0 before the country code, Italy does not.
  const national = digits.startsWith('0') ? [digits.replace(/^0+/, ''), digits] : [digits];
  const withCountry = digits.startsWith(countryCode) ? [`+${digits}`] : [];
  return [...national.filter((form) => form !== '').map((form) => `+${countryCode}${form}`), ...withCountry];
}
