/**
 * The join: records of different sources become one customer where a field says that they are one. Never two records of
 * one source: two people may share a mail address.
 */
import { type Criterion, kindByName, ownValue, type SourceRecord, type Value } from '../../contract/index.ts';
import { answerLimits } from '../../helpspot/answer-limits.ts';
import { decisiveId, ID, isIdShown, withId } from './customer-id.ts';
import { mergingForms, partsOfCustomers, type SourcePart, type SourceRecords } from './customer-parts.ts';
import type { LookupPlan } from './plan.ts';
import { shownPlaces } from './shown-places.ts';

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
  const nobodys = customers
    .flatMap((customer) => customer.nobodys)
    .map(
      (title) =>
        `${title} has a record that is shown with nobody: it is joined only by a record that several customers share`,
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
    ambiguous: [...new Set([...ambiguous, ...nobodys, ...contradictions])],
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
