/**
 * The join: records of different sources become one customer where a field says that they are one. Never two records of
 * one source: two people may share a mail address.
 */
import {
  type Criterion,
  comparedForms,
  emailAddresses,
  kindByName,
  meets,
  ownValue,
  placesOf,
  type SourceRecord,
  textOf,
  type Value,
} from '../../contract/index.ts';
import { answerLimits } from '../../helpspot/answer-limits.ts';
import type { SourceHandle } from '../sources/source-handle.ts';
import type { ContentPlan, LookupPlan } from './plan.ts';

/** Records of one source, in its order. */
export interface SourceRecords {
  readonly source: SourceHandle;
  readonly records: readonly SourceRecord[];
  /** When it said so, as `Date.now()` has it. */
  readonly at: number;
}

/** One record of one source. */
export interface SourcePart {
  readonly source: SourceHandle;
  readonly record: SourceRecord;
  readonly at: number;
}

/** The records of which one customer is put together, of different sources. */
export interface CustomerParts {
  readonly parts: readonly SourcePart[];
  /** The title of a source that has several records with the same value in the merging field; empty where none has. */
  readonly several: string;
  /** Of these the one that this customer has for himself. */
  readonly own?: SourcePart;
}

/** What came of the join. */
interface Joined {
  /** One for each customer, in the order in which they were found. */
  readonly records: readonly SourceRecord[];
  /** What each of them was put together of. */
  readonly parts: readonly (readonly SourcePart[])[];
  /** Where several records of one source belong to one of another: sentences for staff. */
  readonly ambiguous: readonly string[];
}

/**
 * One record for each customer. The first source that knows a field has the last word on it; `directory.title` is the
 * field `title` of the source `directory`, where the lookup shows one.
 */
export function joined(
  found: readonly SourceRecords[],
  plan: LookupPlan,
  failed: ReadonlySet<string> = new Set(),
  sought: readonly Criterion[] = [],
): Joined {
  const named = namedFields(plan);
  const customers = partsOfCustomers(found, plan);
  const ambiguous = customers
    .filter(({ parts, several }) => several !== '' && parts.length > 1)
    .map(
      ({ several }) => `${several} has several records with the same ${plan.mergeBy.join(' or ')}; each is shown apart`,
    );
  const contradictions = customers.flatMap(({ parts }) => contradictionOf(parts, plan) ?? []);
  const records = customers.map((customer) => {
    const record = united(customer.parts, named);
    const id = isIdShown(plan) ? decisiveId(customer, sought) : undefined;
    return id === undefined ? withId(record, customer, plan, failed) : { ...record, [ID]: id };
  });
  return {
    records,
    parts: customers.map(({ parts }) => parts),
    ambiguous: [...new Set([...ambiguous, ...contradictions])],
  };
}

const REACHED_AT: readonly string[] = ['email', 'phone'];

/** By one merging field they are one, by another one they are not: a person must say who is right. */
function contradictionOf(parts: readonly SourcePart[], { mergeBy }: LookupPlan): string | undefined {
  if (mergeBy.length < 2 || parts.length < 2) return undefined;
  // A person may have several addresses and numbers to be reached at, but one number of an employee.
  const decisive = mergeBy.filter((field) => !REACHED_AT.includes(kindByName(field)));
  for (const field of decisive) {
    const known: { readonly title: string; readonly forms: readonly string[] }[] = [];
    for (const { record, source } of parts) {
      const forms = mergingForms(ownValue(record, field), field, source.plan);
      const other =
        forms.length === 0 ? undefined : known.find((one) => !one.forms.some((form) => forms.includes(form)));
      if (other !== undefined) {
        return `${other.title} and ${source.plan.title} have another ${field} for whom ${mergeBy.join(' or ')} makes one customer; see who is meant`;
      }
      if (forms.length > 0) known.push({ title: source.plan.title, forms });
    }
  }
  return undefined;
}

/** The records of each customer, in the order in which they were found. */
export function partsOfCustomers(found: readonly SourceRecords[], { mergeBy }: LookupPlan): readonly CustomerParts[] {
  const parts = found.flatMap(({ source, records, at }) => records.map((record) => ({ source, record, at })));
  if (mergeBy.length === 0) return parts.map((part) => ({ parts: [part], several: '' }));
  const known = new Map<SourcePart, readonly string[]>();
  const formsOf = (part: SourcePart) => {
    const forms = known.get(part) ?? allForms(part, mergeBy, found[0]?.source.plan);
    known.set(part, forms);
    return forms;
  };
  return groupsOf(parts, formsOf).flatMap((group) => {
    const { customers, several } = apart(group, formsOf);
    return customers.map(({ parts: all, own }) => ({ parts: all, several, ...(own && { own }) }));
  });
}

/** The value by which other sources are asked for the same customer; empty where there is none. */
export function mergingText(record: SourceRecord, mergeBy: string): string {
  const text = textOf(ownValue(record, mergeBy)).trim();
  return text.length > answerLimits.mergeKey ? '' : text;
}

/** The same as an id: of several addresses the first. */
function idText(record: SourceRecord, field: string): string {
  const text = mergingText(record, field);
  return kindByName(field) === 'email' ? (emailAddresses(text)[0] ?? text) : text;
}

/** Parts that share a form of one of the merging fields, at the place of the first; one without them stays alone. */
function groupsOf(
  parts: readonly SourcePart[],
  formsOf: (part: SourcePart) => readonly string[],
): readonly SourcePart[][] {
  let groups: SourcePart[][] = [];
  let isMixed = false;
  const byForm = new Map<string, SourcePart[]>();
  for (const part of parts) {
    const forms = formsOf(part);
    const known = new Set(forms.map((form) => byForm.get(form)).filter((group) => group !== undefined));
    const [first, ...others] = known;
    const group = first ?? [];
    if (first === undefined) groups.push(group);
    group.push(part);
    if (others.length > 0) {
      // By one field it belongs here, by another one there: all of them are one.
      for (const other of others.flat()) group.push(other);
      isMixed = true;
      for (const [form, of] of byForm) if (others.includes(of)) byForm.set(form, group);
      groups = groups.filter((one) => !others.includes(one));
    }
    for (const form of forms) if (!byForm.has(form)) byForm.set(form, group);
  }
  return isMixed ? groups.map((group) => inTheirOrder(group, parts)) : groups;
}

/** The forms of all merging fields, each with the place of its field. */
function allForms({ record }: SourcePart, mergeBy: readonly string[], plan: SourceHandle['plan'] | undefined) {
  return mergeBy.flatMap((field, at) =>
    mergingForms(ownValue(record, field), field, plan).map((form) => `${at} ${form}`),
  );
}

function inTheirOrder(group: readonly SourcePart[], parts: readonly SourcePart[]): SourcePart[] {
  const members = new Set(group);
  return group.length === 1 ? [...group] : parts.filter((part) => members.has(part));
}

/** The forms by which a value of the merging field is compared; none where nothing can be joined by it. */
export function mergingForms(
  value: Value | undefined,
  field: string,
  plan: SourceHandle['plan'] | undefined,
): readonly string[] {
  const text = textOf(value);
  if (text === '' || text.length > answerLimits.mergeKey) return [];
  const forms = comparedForms(plan?.kinds?.get(field) ?? kindByName(field), text, 'sought', plan?.country);
  const whole = forms.filter((form) => form.startsWith('+'));
  // Of a telephone number with its country, the whole number decides.
  return whole.length > 0 ? whole : forms;
}

/**
 * The customers of a group. Of each source one record belongs to a customer: where one source has several, each of them is
 * a customer of its own, with what the sources that have just one know of it. That must be joined to him: by itself, or
 * through others that are joined to nobody else.
 */
function apart(
  group: readonly SourcePart[],
  formsOf: (part: SourcePart) => readonly string[],
): {
  readonly customers: readonly { readonly parts: readonly SourcePart[]; readonly own?: SourcePart }[];
  readonly several: string;
} {
  const counts = new Map<SourceHandle, number>();
  for (const { source } of group) counts.set(source, (counts.get(source) ?? 0) + 1);
  const one = group.filter(({ source }) => counts.get(source) === 1);
  if (one.length === group.length) return { customers: [{ parts: group }], several: '' };
  const own = group.filter(({ source }) => counts.get(source) !== 1);
  const order = [...counts.keys()];
  const singles = byForms(one, formsOf);
  const owners = byForms(own, formsOf);
  const isShared = (part: SourcePart) => new Set(formsOf(part).flatMap((form) => owners.get(form) ?? [])).size > 1;
  const shared = new Set(one.filter(isShared));
  const customers = own.map((part) => {
    const his = new Set<SourcePart>();
    const forms = [...formsOf(part)];
    // It grows while it is walked through.
    for (const form of forms) {
      for (const other of singles.get(form) ?? []) {
        if (his.has(other)) continue;
        his.add(other);
        if (!shared.has(other)) for (const next of formsOf(other)) forms.push(next);
      }
    }
    const place = order.indexOf(part.source);
    const sorted = one.filter((other) => his.has(other));
    const before = sorted.filter((other) => order.indexOf(other.source) < place);
    const after = sorted.filter((other) => order.indexOf(other.source) > place);
    return { parts: [...before, part, ...after], own: part };
  });
  return { customers, several: own[0]?.source.plan.title ?? '' };
}

/** Form → the parts that have it. */
function byForms(
  parts: readonly SourcePart[],
  formsOf: (part: SourcePart) => readonly string[],
): ReadonlyMap<string, readonly SourcePart[]> {
  const known = new Map<string, SourcePart[]>();
  for (const part of parts) {
    for (const form of formsOf(part)) {
      const some = known.get(form);
      if (some === undefined) known.set(form, [part]);
      else some.push(part);
    }
  }
  return known;
}

/** One record of several, in time that grows with their fields only, however many there are. */
function united(parts: readonly SourcePart[], named: ReadonlyMap<string, readonly string[]>): SourceRecord {
  const [first] = parts;
  const own = first === undefined ? undefined : named.get(first.source.plan.name);
  if (parts.length === 1 && first !== undefined && own === undefined) return first.record;
  const known = new Map<string, Value>();
  for (const { record } of parts) {
    for (const name of Object.keys(record)) {
      const value = ownValue(record, name);
      if (value === undefined || known.has(name) || known.size >= answerLimits.fieldsPerRecord) continue;
      known.set(name, value);
    }
  }
  for (const { source, record } of parts) {
    for (const name of named.get(source.plan.name) ?? []) {
      const value = ownValue(record, name);
      if (value !== undefined) known.set(`${source.plan.name}.${name}`, value);
    }
  }
  return Object.fromEntries(known);
}

const ID = 'customer_id';
/** What else tells a record from all others, in most systems. */
const OTHER_IDS = ['id', 'email'] as const;

/**
 * The customer with an id, which HelpSpot requires (manual, chapter 1.2): where the records have none, the merging field.
 * While a source that comes before is away, the id of another one is none: the next lookup would give another.
 */
function withId(
  record: SourceRecord,
  { parts, several }: CustomerParts,
  plan: LookupPlan,
  failed: ReadonlySet<string>,
): SourceRecord {
  if (!isIdShown(plan)) return record;
  const { mergeBy, sources } = plan;
  const giver = parts.find((part) => part.record[ID] !== undefined)?.source.plan.name;
  const before = giver === undefined ? sources : sources.slice(0, sources.indexOf(giver));
  if (mergeBy.length > 0 && before.some((source) => failed.has(source))) {
    const { [ID]: _, ...rest } = record;
    return rest;
  }
  if (giver !== undefined) return record;
  // What several customers share tells none of them apart.
  const names = several === '' ? [...mergeBy, ...OTHER_IDS] : OTHER_IDS.filter((name) => !mergeBy.includes(name));
  const shown = names.filter((name) => !isLimited(name, plan));
  const id = shown.map((name) => idText(record, name)).find((text) => text !== '');
  return id === undefined ? record : { ...record, [ID]: id };
}

/** Whether only some may see a field, or nobody: everybody would see it as the customer's id. */
function isLimited(name: string, { fields = [], sources }: LookupPlan): boolean {
  const names = [name, ...sources.map((source) => `${source}.${name}`)];
  const showing = fields.filter(({ content }) => placesIn(content).some((place) => names.includes(place)));
  if (showing.some(({ visibleTo }) => visibleTo === undefined)) return false;
  return showing.length > 0 || fields.some(({ element, content }) => element === name && content.kind === 'hidden');
}

/** Whether the field of this name is the customer's id; else the lookup says another. */
function isIdShown({ fields }: LookupPlan): boolean {
  const own = fields?.find(({ element }) => element === ID);
  return (
    own === undefined || (own.content.kind === 'field' && own.content.from.length === 1 && own.content.from[0] === ID)
  );
}

/**
 * The id that is the customer's whatever other sources call him: the one that was searched, or that of the record which
 * tells him from others with the same merging field. Sent back, it finds him again.
 */
function decisiveId({ parts, own }: CustomerParts, sought: readonly Criterion[]): Value | undefined {
  const byId = sought.find(({ field }) => field === ID);
  if (own?.record[ID] !== undefined) return own.record[ID];
  return byId && parts.find(({ record }) => record[ID] !== undefined && meets(record, byId))?.record[ID];
}

const namedOf = new WeakMap<LookupPlan, ReadonlyMap<string, readonly string[]>>();

/** The fields that a lookup shows of one of its sources by name: source → fields. */
function namedFields(plan: LookupPlan): ReadonlyMap<string, readonly string[]> {
  const known = namedOf.get(plan);
  if (known !== undefined) return known;
  const named = new Map<string, string[]>();
  for (const place of shownPlaces(plan)) {
    const dot = place.indexOf('.');
    const source = place.slice(0, dot);
    if (dot > 0 && plan.sources.includes(source))
      named.set(source, [...(named.get(source) ?? []), place.slice(dot + 1)]);
  }
  namedOf.set(plan, named);
  return named;
}

/** The fields that the elements of a lookup are made of, and those by which related records are asked. */
export function shownPlaces({ fields = [], related }: LookupPlan): readonly string[] {
  const shown = fields.flatMap(({ content, when = [], marks = [] }) => [
    ...placesIn(content),
    ...[...when, ...marks].flatMap(({ field }) => field ?? []),
  ]);
  const asked = related.flatMap(({ where, except }) => [...where, ...except].flatMap(({ value }) => placesOf(value)));
  return [...shown, ...asked];
}

/** The fields of the customer that a content is made of; what belongs to him has its own. */
export function placesIn(content: ContentPlan): readonly string[] {
  switch (content.kind) {
    case 'field':
      return content.from;
    case 'checkbox':
      return [content.from];
    case 'template':
    case 'html':
      return placesOf(content.template);
    case 'link':
      return [...placesOf(content.href), ...placesOf(content.text)];
    case 'drillDown':
      return content.levels.flatMap(placesOf);
    case 'table':
    case 'lines':
    case 'first':
    case 'count':
    case 'exists':
    case 'hidden':
      return [];
  }
}
