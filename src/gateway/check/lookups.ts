/** Whether a lookup can find anybody, and shows what it is meant to. */
import { ownValue, type SourceRecord, textOf, type Value } from '../../contract/index.ts';
import { STANDARD_ELEMENTS } from '../../helpspot/xml-name.ts';
import { saysNeither } from '../lookup/contents.ts';
import { mergingForms } from '../lookup/customer-parts.ts';
import { readDate } from '../lookup/dates.ts';
import type { LookupPlan } from '../lookup/plan.ts';
import { placesIn } from '../lookup/shown-places.ts';
import type { Finding } from '../outcome.ts';
import { customFieldFindings } from './custom-fields.ts';
import { lookupPlaces } from './custom-places.ts';
import { type KnownDesk, withFieldNames } from './help-desk.ts';
import { didYouMean } from './names.ts';
import { relatedFindings } from './related.ts';
import type { KnownSource } from './sources.ts';
import { highlightFindings, matchFindings } from './steps.ts';

type Sources = ReadonlyMap<string, KnownSource>;

/**
 * What is wrong with a lookup. Where a source could not be looked into, nothing is said of what it may have.
 * @param desk the HelpSpot that asks
 */
export function lookupFindings(plan: LookupPlan, known: Sources, desk?: KnownDesk): readonly Finding[] {
  const at = `lookups.${plan.name}`;
  const sources = plan.sources.map((name) => known.get(name));
  if (!sources.every((source) => source !== undefined)) return [];
  const findings = [
    ...matchFindings(plan, sources, at),
    ...highlightFindings(plan, sources, at),
    ...fieldFindings(plan, sources, at),
    ...mergeFindings(plan, sources, at),
    ...idFindings(plan, sources, at),
    ...numberFindings(plan, sources, at),
    ...relatedFindings(plan, sources, known, at, desk !== undefined),
  ];
  if (desk === undefined) return findings;
  const custom = [...customFieldFindings(plan, known, desk), ...lookupPlaces(plan, desk)];
  return withFieldNames([...findings, ...custom], desk);
}

function fieldFindings(plan: LookupPlan, sources: readonly KnownSource[], at: string): readonly Finding[] {
  const findings: Finding[] = [];
  const missing = (where: string, field: string, weight: Finding['weight']) => {
    if (isShown(field, sources)) return;
    const names = sources.flatMap((source) =>
      field.includes('.') ? source.names.map((name) => `${source.name}.${name}`) : source.names,
    );
    const sentence = `no source of this lookup has a field ${field}${didYouMean(field, names)}`;
    findings.push({ where, weight, sentence });
  };
  for (const words of plan.match.flat().flatMap((input) => ('words' in input ? input.words : []))) {
    missing(`${at}.match`, words, 'warning');
  }
  const related = new Set(plan.related.map(({ name }) => name));
  for (const { element, content, when = [], marks = [] } of plan.fields ?? []) {
    for (const { field } of [...when, ...marks]) {
      if (field !== undefined && !related.has(field)) missing(`${at}.fields.${element}`, field, 'warning');
    }
    if (content.kind === 'field' && content.date === 'unix') {
      for (const finding of content.from.flatMap((from) => undated(element, from, sources, at))) findings.push(finding);
    }
    if (content.kind === 'checkbox') {
      for (const finding of unticked(element, content.from, sources, at)) findings.push(finding);
    }
    // The standard elements are there by themselves, whether or not a system has them.
    const isItsOwn = content.kind === 'field' && content.from.length === 1 && content.from[0] === element;
    if (isItsOwn && isThereAnyway(element, plan)) continue;
    for (const field of new Set(placesIn(content))) missing(`${at}.fields.${element}`, field, 'error');
  }
  if (plan.fields === undefined || plan.otherFields) {
    const mapped = new Set(plan.fields?.map(({ element }) => element));
    for (const column of plan.columns) if (!mapped.has(column)) missing(`${at}.columns`, column, 'warning');
  }
  return findings;
}

function isThereAnyway(element: string, { addressBook }: LookupPlan): boolean {
  return STANDARD_ELEMENTS.includes(element) || (addressBook !== undefined && CONTACT_ELEMENTS.includes(element));
}

/** What an address book shows beside the standard elements, where a system has it. */
const CONTACT_ELEMENTS: readonly string[] = ['title', 'description', 'highlight'];

/** Only a date can go into a date field of HelpSpot: other texts are left out without a word. */
function undated(element: string, from: string, sources: readonly KnownSource[], at: string): readonly Finding[] {
  return sources.flatMap(({ name, sample }) => {
    const values = sample.flatMap((record) => ownValue(record, from) ?? []);
    const none = values.filter((value) => !isDate(value)).length;
    if (none === 0) return [];
    const sentence = `${none} of ${values.length} values of ${from} are no dates and are left out; say how they are written: sources.${name}.dates: { ${from}: DD.MM.YYYY }`;
    return [{ where: `${at}.fields.${element}`, weight: 'warning', sentence } as const];
  });
}

/** Whether a lookup can write it in seconds. */
function isDate(value: Value): boolean {
  return (
    (typeof value === 'string' || typeof value === 'number' || value instanceof Date) && readDate(value) !== undefined
  );
}

/** Neither 1 nor 0 would be right for what says neither. */
function unticked(element: string, from: string, sources: readonly KnownSource[], at: string): readonly Finding[] {
  return sources.flatMap(({ sample }) => {
    const values = sample.flatMap((record) => ownValue(record, from) ?? []);
    const neither = values.filter(saysNeither).length;
    if (neither === 0) return [];
    const sentence = `${from} is neither yes nor no in ${neither} of ${values.length} values; the checkbox is left out of these`;
    return [{ where: `${at}.fields.${element}`, weight: 'warning', sentence } as const];
  });
}

function mergeFindings({ mergeBy }: LookupPlan, sources: readonly KnownSource[], at: string): readonly Finding[] {
  if (mergeBy.length === 0) return [];
  const finding = (sentence: string): Finding => ({ where: `${at}.mergeBy`, weight: 'warning', sentence });
  const unjoined = sources.filter((source) => mergeBy.every((field) => source.shows(field) === false));
  // Of a single field the sentences about the sources say it.
  const unknown = mergeBy.filter((field) => mergeBy.length > 1 && !isShown(field, sources));
  return [
    ...unjoined.map((source) => {
      const near = mergeBy.map((field) => didYouMean(field, source.names)).find((hint) => hint !== '') ?? '';
      return finding(`${source.name} has no field ${mergeBy.join(' or ')}${near}; its records are never joined`);
    }),
    ...unknown.map((field) => {
      const near = didYouMean(field, [...new Set(sources.flatMap(({ names }) => names))]);
      return finding(`no source of the lookup has a field ${field}${near}; nothing is joined by it`);
    }),
  ];
}

/** Whether a source shows the field, or may do so. */
function isShown(field: string, sources: readonly KnownSource[]): boolean {
  if (sources.some((source) => source.shows(field) !== false)) return true;
  const dot = field.indexOf('.');
  const source = sources.find(({ name }) => name === field.slice(0, dot));
  return source !== undefined && source.shows(field.slice(dot + 1)) !== false;
}

const ID = 'customer_id';

/** HelpSpot requires an id of every customer (manual, chapter 1.2). */
function idFindings({ fields, mergeBy }: LookupPlan, sources: readonly KnownSource[], at: string): readonly Finding[] {
  const content = fields?.find(({ element }) => element === ID)?.content;
  const from =
    content === undefined ? ID : content.kind === 'field' && content.from.length === 1 ? content.from[0] : undefined;
  // A template, or a field of one source by name, is what was wanted.
  if (from === undefined || (from.includes('.') && !sources.some((source) => source.shows(from) === true))) return [];
  const none = (names: readonly string[]) =>
    sources.filter((source) => names.every((name) => source.shows(name) === false));
  // Without a field of that name another one stands for it.
  const others = from === ID ? [...mergeBy, 'id', 'email'] : [];
  if (from === ID && none([ID]).length === sources.length) {
    const sentence =
      'no source has a field customer_id, so the merging field, id or email stands for it; say which field tells customers apart: customer_id: FIELD';
    return [{ where: `${at}.fields`, weight: 'warning', sentence }];
  }
  const without = none([from, ...others]);
  if (without.length === sources.length) return [];
  return without.map((source) => {
    const sentence = `${source.name} has no field ${[from, ...others].join(', ')}; customers that it alone knows have no customer_id, which HelpSpot requires`;
    return { where: `${at}.fields.customer_id`, weight: 'warning', sentence };
  });
}

/** A number that each system counts for itself finds one person in the first, and somebody else in the other. */
function numberFindings(
  { match, mergeBy }: LookupPlan,
  sources: readonly KnownSource[],
  at: string,
): readonly Finding[] {
  if (!match.flat().some((input) => 'field' in input && input.field === ID)) return [];
  const [first, ...others] = sources.filter(({ sample }) => sample.some((record) => numberOf(record) !== ''));
  if (first === undefined) return [];
  const formsOf = (record: SourceRecord) =>
    mergeBy
      .filter((field) => field !== ID)
      .flatMap((field) => mergingForms(ownValue(record, field), field, undefined).map((form) => `${field} ${form}`));
  const known = new Map(first.sample.flatMap((record) => formsOf(record).map((form) => [form, numberOf(record)])));
  return others.flatMap(({ name, sample }) => {
    const shared = sample.flatMap((record) => {
      const number = formsOf(record).flatMap((form) => known.get(form) ?? [])[0] ?? '';
      return number === '' || numberOf(record) === '' ? [] : [number === numberOf(record)];
    });
    const different = shared.filter((isSame) => !isSame).length;
    if (different * 2 <= shared.length) return [];
    const sentence = `customer_id is another number in ${name} than in ${first.name} (of ${different} of ${shared.length} customers whom both have), and finds somebody else there; call it otherwise in ${name}, or give the name to a number that they share`;
    return [{ where: `${at}.match`, weight: 'warning', sentence } as const];
  });
}

/** As it is compared between systems of which one keeps zeros in front and the other does not. */
function numberOf(record: SourceRecord): string {
  return textOf(ownValue(record, ID))
    .trim()
    .replace(/^0+(?=\d)/, '')
    .toLowerCase();
}
