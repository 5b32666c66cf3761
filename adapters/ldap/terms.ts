/** A criterion on one attribute, as a filter. Every value goes into it as data. */
import {
  allWritings,
  BOOLEAN_WORDS,
  beginningsOfMarkup,
  booleanOf,
  type Criterion,
  comparedForms,
  isCodeByName,
  type Kind,
  phoneEnds,
  spellingsOf,
} from '../../src/contract/index.ts';
import { type AttributeKind, attributeKindOf } from './attributes.ts';
import { parseDn } from './dn.ts';
import { and, between, equal, type FilterNode, or, substring } from './filter.ts';
import { asFileTime, asGeneralizedTime, guidBytes, sidBytes } from './values.ts';

/** What a directory can be asked for a criterion on one attribute. */
export interface Term {
  /** It lets at least those through who meet the criterion in a usual spelling; undefined: it cannot be asked for. */
  readonly filter: FilterNode | undefined;
  /** Whether what the directory finds is what is meant. Otherwise the values have to be compared. */
  readonly decides: boolean;
  /** A slower question that finds more spellings, to be compared; undefined: there are no more. */
  readonly wider: FilterNode | undefined;
}

const UNSEARCHABLE: Term = { filter: undefined, decides: false, wider: undefined };
/** A list that is shown with commas is asked for by so many of its items. */
const MOST_ITEMS = 50;
/** Fewer letters that are certain would be in too many names. */
const FEWEST_CERTAIN = 2;
/** Enough to tell most names apart. */
const MOST_LETTERS = 20;
const DAY_MS = 86_400_000;

/** The term of a criterion of a kind; undefined where no value of the attribute can meet it. */
export function termOf(attribute: string, criterion: Criterion, kind: Kind): Term | undefined {
  const holds = attributeKindOf(attribute);
  const { match } = criterion;
  const value = criterion.value.trim();
  if (holds === 'binary') return undefined;
  if (holds === 'guid' || holds === 'sid') {
    const bytes = match === 'exact' ? (holds === 'guid' ? guidBytes : sidBytes)(value) : undefined;
    return bytes === undefined ? undefined : decided(equal(attribute, bytes));
  }
  if (holds === 'dn') {
    return match === 'exact' && parseDn(value) !== undefined ? decided(equal(attribute, value)) : UNSEARCHABLE;
  }
  if (attribute.toLowerCase() === 'dn') return UNSEARCHABLE;
  if (holds === 'time' || holds === 'fileTime') return compared(dateFilter(attribute, holds, criterion));
  if (holds === 'boolean' || (kind === 'boolean' && match === 'exact')) return booleanTerm(attribute, holds, criterion);
  if (kind === 'phone') return compared(or(phoneEnds(value).map((end) => substring(attribute, '', [...end]))));
  if (kind === 'number' && match === 'exact') return compared(or(numberFilters(attribute, value)));
  if (kind === 'date' && match === 'exact') return compared(or(textDateFilters(attribute, criterion)));
  const begins = holds === 'mail' ? 'smtp:' : '';
  const filters = spellingsOf({ ...criterion, kind }).map((one) => textFilter(attribute, match, one, begins));
  const wider = widerFilters(attribute, criterion, kind);
  return { filter: or(filters), decides: true, wider: wider.length === 0 ? undefined : or([...filters, ...wider]) };
}

function decided(filter: FilterNode): Term {
  return { filter, decides: true, wider: undefined };
}

function compared(filter: FilterNode | undefined): Term {
  return { filter, decides: false, wider: undefined };
}

function textFilter(attribute: string, match: Criterion['match'], value: string, begins: string): FilterNode {
  if (match === 'exact') return equal(attribute, begins + value);
  return match === 'prefix' ? substring(attribute, begins + value) : substring(attribute, begins, [value]);
}

/** RFC 4517 knows only TRUE and FALSE; other directories and other attributes keep other words. */
function booleanTerm(attribute: string, holds: AttributeKind, { match, value }: Criterion): Term | undefined {
  const says = match === 'exact' ? booleanOf(value) : undefined;
  if (holds === 'boolean') return says === undefined ? undefined : decided(equal(attribute, says ? 'TRUE' : 'FALSE'));
  const words = says === undefined ? [value] : [says ? 'TRUE' : 'FALSE', ...BOOLEAN_WORDS[says ? 'yes' : 'no']];
  return decided(or(words.map((word) => equal(attribute, word))));
}

/** A number as it was typed, in its shortest form, and as a part of others: `12.5` is in `12.50` and `0012.5`. */
function numberFilters(attribute: string, value: string): readonly FilterNode[] {
  const [shortest = value] = comparedForms('number', value, 'sought');
  const digits = shortest.replace(/^-/, '');
  return [equal(attribute, value), equal(attribute, shortest), substring(attribute, '', [digits])];
}

type Span = readonly [from: Date, to: Date];

/** From when (included) to when (included): the day or the second that is looked for. Undefined for what is no date. */
function spanOf({ value, match }: Pick<Criterion, 'value' | 'match'>): Span | undefined {
  if (match !== 'exact') return undefined;
  const [form = ''] = comparedForms('date', value, 'sought');
  const from = /^\d{4}-\d\d-\d\d(?:T[\d:]{8}Z)?$/.test(form) ? new Date(form) : undefined;
  if (from === undefined || Number.isNaN(from.getTime())) return undefined;
  return [from, new Date(from.getTime() + (form.length === 10 ? DAY_MS : 1_000))];
}

/** The end of a span is let through as well: servers differ in how they compare fractions of a second. */
function dateFilter(attribute: string, holds: 'time' | 'fileTime', criterion: Criterion): FilterNode | undefined {
  const span = spanOf(criterion);
  const write = holds === 'time' ? asGeneralizedTime : asFileTime;
  return span === undefined ? undefined : between(attribute, write(span[0]), write(span[1]));
}

/** A date in an attribute of which nobody knows how it keeps dates. */
function textDateFilters(attribute: string, criterion: Criterion): readonly FilterNode[] {
  const span = spanOf(criterion);
  const typed = equal(attribute, criterion.value.trim());
  if (span === undefined) return [typed];
  return [typed, substring(attribute, span[0].toISOString().slice(0, 10)), ...unknownTimeFilters(attribute, span)];
}

/** A generalized time: by its order where the schema knows one, by its beginning where the schema knows it as a text. */
function unknownTimeFilters(attribute: string, [from, to]: Span): readonly FilterNode[] {
  const [first, last] = [asGeneralizedTime(from), asGeneralizedTime(to)];
  const isDay = to.getTime() - from.getTime() === DAY_MS;
  return [between(attribute, first, last), substring(attribute, first.slice(0, isDay ? 8 : 14))];
}

/** What is only asked for when the usual spellings found nobody. */
function widerFilters(attribute: string, criterion: Criterion, kind: Kind): readonly FilterNode[] {
  const { value, match } = criterion;
  const parts = certainParts(criterion, kind).map((some) => substring(attribute, '', some));
  if (match !== 'exact') return parts;
  // Several values are shown with commas between them.
  const items = value
    .split(', ')
    .filter((item) => item.trim() !== '')
    .slice(0, MOST_ITEMS);
  const itemFilter = (item: string) => or([substring(attribute, '', [item]), ...timeFilters(attribute, item)]);
  const list = items.length < 2 ? [] : [and(items.map((item) => itemFilter(item.trim())))];
  if (kind !== 'text' && kind !== 'code') return [...parts, ...list];
  return [...parts, ...list, ...markupFilters(attribute, criterion), ...timeFilters(attribute, value)];
}

/** Values of which HelpSpot inserts what is looked for. An identifier has no markup, and need not be looked for twice. */
function markupFilters(attribute: string, criterion: Criterion): readonly FilterNode[] {
  if (isCodeByName(criterion.field)) return [];
  return beginningsOfMarkup(criterion).map((beginning) => substring(attribute, beginning));
}

/** A time in an attribute that is not known to have times is shown as a date. */
function timeFilters(attribute: string, value: string): readonly FilterNode[] {
  const span = /^\s*-?\d+\s*$/.test(value) ? undefined : spanOf({ value, match: 'exact' });
  return span === undefined ? [] : unknownTimeFilters(attribute, span);
}

/**
 * The letters that every spelling of a value has in common, in their order: of a name the consonants, since accents and
 * umlauts are mostly on vowels; of an address all of it, since a name or another address may stand around it.
 */
function certainParts({ value, match, field }: Criterion, kind: Kind): readonly (readonly string[])[] {
  if (kind === 'email' && match === 'exact') {
    return spellingsOf({ field, match, value, kind }).map((address) => [address]);
  }
  if (kind !== 'name') return [];
  const ways = comparedForms('name', value, 'sought').map((form) => ({ form, ...allWritings(form) }));
  const forms = new Set(
    ways.flatMap(({ names }) => names).map((form) => form.replace(/[^b-df-hj-np-tv-xz0-9]+/g, ' ').trim()),
  );
  // Of more ways to write it each letter is certain.
  for (const { form, areAll } of ways) {
    if (!areAll) forms.add((form.match(/[b-df-hj-np-tv-xz0-9]/g) ?? []).slice(0, MOST_LETTERS).join(' '));
  }
  return [...forms].filter((form) => form.replaceAll(' ', '').length >= FEWEST_CERTAIN).map((form) => form.split(' '));
}
