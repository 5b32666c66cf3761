/** Which records of different sources are of one customer: those that share a form of a merging field. */
import { comparedForms, kindByName, ownValue, type SourceRecord, textOf, type Value } from '../../contract/index.ts';
import { answerLimits } from '../../helpspot/answer-limits.ts';
import type { SourceHandle } from '../sources/source-handle.ts';
import type { LookupPlan } from './plan.ts';

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
  /** Titles of the sources of records that are joined by nothing but what several customers share: they are in none of these. */
  readonly nobodys: readonly string[];
  /** Of these the one that this customer has for himself. */
  readonly own?: SourcePart;
}

/** The records of each customer, in the order in which they were found. */
export function partsOfCustomers(found: readonly SourceRecords[], { mergeBy }: LookupPlan): readonly CustomerParts[] {
  const parts = found.flatMap(({ source, records, at }) => records.map((record) => ({ source, record, at })));
  if (mergeBy.length === 0) return parts.map((part) => ({ parts: [part], several: '', nobodys: [] }));
  const known = new Map<SourcePart, readonly string[]>();
  const formsOf = (part: SourcePart) => {
    const forms = known.get(part) ?? allForms(part, mergeBy, found[0]?.source.plan);
    known.set(part, forms);
    return forms;
  };
  return groupsOf(parts, formsOf).flatMap((group) => {
    const { customers, ...rest } = apart(group, formsOf);
    return customers.map(({ parts: all, own }) => ({ parts: all, ...rest, ...(own && { own }) }));
  });
}

/** The value by which other sources are asked for the same customer; empty where there is none. */
export function mergingText(record: SourceRecord, mergeBy: string): string {
  const text = textOf(ownValue(record, mergeBy)).trim();
  return text.length > answerLimits.mergeKey ? '' : text;
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
  readonly nobodys: readonly string[];
} {
  const counts = new Map<SourceHandle, number>();
  for (const { source } of group) counts.set(source, (counts.get(source) ?? 0) + 1);
  const one = group.filter(({ source }) => counts.get(source) === 1);
  if (one.length === group.length) return { customers: [{ parts: group }], several: '', nobodys: [] };
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
  const shown = new Set(customers.flatMap(({ parts }) => parts));
  const nobodys = one.filter((part) => !shown.has(part)).map(({ source }) => source.plan.title);
  return { customers, several: own[0]?.source.plan.title ?? '', nobodys };
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
