/**
 * The search query for some criteria. It finds at least those who meet them: Shopify compares words, so what comes
 * back is compared again. https://shopify.dev/docs/api/usage/search-syntax
 */
import type { Criterion } from '../../src/contract/index.ts';
import { phoneForms } from './phone.ts';

/** How a field is searched; a field that has no such way is compared here only. */
export type SearchWay =
  /** `email:"a@b.ch"` */
  | { readonly kind: 'filter'; readonly name: string }
  /** `phone:"+41445550102"` */
  | { readonly kind: 'phone'; readonly name: string }
  /** Every word for itself, in whatever Shopify looks into by default: its filters have no whole name. */
  | { readonly kind: 'words' }
  /** `customer_id:123` */
  | { readonly kind: 'number'; readonly name: string }
  /** `financial_status:partially_paid` */
  | { readonly kind: 'enum'; readonly name: string };

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
  const value = criterion.value.trim();
  if (way === undefined || criterion.match === 'contains') return undefined;
  if (criterion.match === 'prefix') return prefixTerm(value, way);
  return exactTerm(value, way, countryCode);
}

function exactTerm(value: string, way: SearchWay, countryCode: string | undefined): string | undefined {
  if (way.kind === 'number') return /^\d{1,20}$/.test(value) ? `${way.name}:${value}` : NOBODY;
  if (way.kind === 'phone') return phoneTerm(way.name, phoneForms(value, countryCode));
  if (way.kind === 'enum') {
    const word = value.toLowerCase().replace(/[\s_]+/g, '_');
    return /^[a-z_]+$/.test(word) ? `${way.name}:${word}` : NOBODY;
  }
  // Shopify finds words; what is none of any kind it cannot find.
  if (!/[\p{L}\p{N}]/u.test(value)) return undefined;
  if (way.kind === 'filter') return `${way.name}:${quoted(value)}`;
  const words = value.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  return words.map(quoted).join(' AND ');
}

function phoneTerm(name: string, forms: readonly string[]): string {
  const terms = forms.map((form) => `${name}:${quoted(form)}`);
  return terms.length > 1 ? `(${terms.join(' OR ')})` : (terms[0] ?? NOBODY);
}

/**
 * A prefix has an asterisk and no quotes, so nothing but letters and digits goes into it: those at the beginning of
 * the value. The rest is compared here.
 */
function prefixTerm(value: string, way: SearchWay): string | undefined {
  const [start] = /^[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/u.exec(value) ?? [];
  if (start === undefined || (way.kind !== 'filter' && way.kind !== 'words')) return undefined;
  return way.kind === 'filter' ? `${way.name}:${start}*` : `${start}*`;
}
