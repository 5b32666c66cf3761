/** How an answer came about, for an administrator: `lookup --explain`. Counts and names of fields, never a customer's value. */
import { type CallContext, ownValue, type SourceRecord, textOf } from '../../contract/index.ts';
import { counted } from '../../kit/text/index.ts';
import { isForAnother, whyNever } from '../check/asking.ts';
import { describedSource, type KnownSource } from '../check/sources.ts';
import type { AskedStep, Explanation } from '../outcome.ts';
import type { SourceHandle } from '../sources/source-handle.ts';
import { type CustomerParts, mergingForms, partsOfCustomers } from './customer-parts.ts';
import { nameOf } from './match-steps.ts';
import type { LookupPlan } from './plan.ts';
import type { Findings } from './search.ts';

/** Records that an address book leaves out, as the log has them. */
export interface LeftOut {
  /** Mail cannot be sent to them. */
  readonly withoutEmail?: number;
  /** Their address is another contact's. */
  readonly duplicates?: number;
}

/** Names of fields that a sentence lists. */
const MOST_NAMES = 10;
/** Names of fields that are told in all: as many as a record can have. */
const MOST_FIELDS = 2_000;

interface Surroundings {
  readonly sources: readonly SourceHandle[];
  readonly context: CallContext;
  /** Takes the values of the call in hand out of what another system said. */
  readonly discreet: (text: string) => string;
}

/** The whole explanation. A source that cannot be asked what it knows is left without a reason. */
export async function explanationOf(
  plan: LookupPlan,
  findings: Findings,
  leftOut: LeftOut,
  { sources, context, discreet }: Surroundings,
): Promise<Explanation> {
  const { counts, records, log } = findings;
  const steps = await withReasons(log.steps, plan, sources, context);
  return {
    ...counts,
    steps: inOrder(steps, plan).map((step) => ({ ...step, problem: step.problem && discreet(step.problem) })),
    notes: [...joinNotes(plan, findings), ...limitNotes(plan, findings), ...contactNotes(leftOut)],
    fields: [...new Set(records.flatMap((record) => Object.keys(record)))].slice(0, MOST_FIELDS),
  };
}

/** Step by step as the configuration has them, and the sources of each in the order of the lookup: they answer side by side. */
function inOrder(steps: readonly AskedStep[], { sources, match }: LookupPlan): readonly AskedStep[] {
  const order = [...new Set([...match.map(nameOf), ...steps.map(({ step }) => step)])];
  const place = ({ step, source = '' }: AskedStep) =>
    order.indexOf(step) * (sources.length + 1) + sources.indexOf(source);
  return steps.toSorted((one, other) => place(one) - place(other));
}

/** Why a step can find nobody in a source, beside those that found nobody. */
async function withReasons(
  steps: readonly AskedStep[],
  plan: LookupPlan,
  sources: readonly SourceHandle[],
  context: CallContext,
): Promise<readonly AskedStep[]> {
  const silent = sources.filter((handle) => steps.some((step) => isSilent(step) && step.source === handle.plan.name));
  const known = (await Promise.all(silent.map((handle) => describedSource(handle, context)))).filter(
    (source) => source !== undefined,
  );
  return steps.map((step) => {
    const source = isSilent(step) ? known.find(({ name }) => name === step.source) : undefined;
    return source === undefined ? step : { ...step, never: reasonOf(step.step, plan, source, known) };
  });
}

function isSilent({ count, problem }: AskedStep): boolean {
  return count === 0 && problem === undefined;
}

/** Steps may have the same name, and another way to match. */
function reasonOf(
  name: string,
  { match }: LookupPlan,
  source: KnownSource,
  sources: readonly KnownSource[],
): string | undefined {
  const reasons = match
    .filter((step) => nameOf(step) === name)
    .map((step) => (isForAnother(step, source, sources) ? 'it is for another source' : whyNever(step, source)));
  return reasons.includes(undefined) ? undefined : reasons[0];
}

/** Which records became one customer, which did not and why, and what gives way. */
function joinNotes(plan: LookupPlan, { found, records: joined }: Findings): readonly string[] {
  const { mergeBy } = plan;
  if (mergeBy.length === 0 || found.length === 0) return [];
  const fields = mergeBy.join(' or ');
  const customers = partsOfCustomers(found, plan);
  const together = tally(customers.filter(({ parts }) => parts.length > 1).map(namesOf));
  const notes = [...together].map(([[first = '', ...others], count]) => {
    return `${counted(count, 'record')} of ${first} joined with ${others.join(' and ')} by ${fields}`;
  });
  if (found.length > 1) {
    const alone = customers.flatMap(({ parts }) => (parts.length === 1 ? parts : []));
    const isEmpty = ({ record, source }: (typeof alone)[number]) =>
      mergeBy.every((field) => mergingForms(ownValue(record, field), field, source.plan).length === 0);
    for (const [[name], count] of tally(alone.filter(isEmpty).map(({ source }) => [source.plan.name]))) {
      notes.push(`${counted(count, 'record')} of ${name} joined with none: without ${fields}`);
    }
    for (const [[name], count] of tally(
      alone.filter((part) => !isEmpty(part)).map(({ source }) => [source.plan.name]),
    )) {
      notes.push(`${counted(count, 'record')} of ${name} joined with none: no other source has the same ${fields}`);
    }
  }
  return [...notes, ...hiddenNotes(customers), ...idNotes(customers, joined)];
}

/** The first source that knows a field has the last word on it. */
function hiddenNotes(customers: readonly CustomerParts[]): readonly string[] {
  const hidden = new Map<string, Set<string>>();
  for (const { parts } of customers) {
    const known = new Map<string, { readonly source: string; readonly text: string }>();
    for (const { source, record } of parts) {
      for (const [field, value] of Object.entries(record)) {
        const before = known.get(field);
        const text = textOf(value);
        if (before === undefined) known.set(field, { source: source.plan.name, text });
        else if (before.text !== text) {
          const key = `of ${source.plan.name} give way to ${before.source}`;
          hidden.set(key, (hidden.get(key) ?? new Set()).add(field));
        }
      }
    }
  }
  return [...hidden].map(([key, fields]) => `other values ${key}: ${listOf([...fields])}`);
}

/** While a source that comes before is away, the id of another one is none: the next lookup would give another. */
function idNotes(customers: readonly CustomerParts[], joined: readonly SourceRecord[]): readonly string[] {
  const without = joined.filter((record, index) => {
    const { parts = [] } = customers[index] ?? {};
    return record['customer_id'] === undefined && parts.some((part) => part.record['customer_id'] !== undefined);
  }).length;
  if (without === 0) return [];
  return [
    `customer_id of ${counted(without, 'record')} left out: a source that comes before failed, and would give another`,
  ];
}

/** What is beyond the limit, by the source that was first to know it. */
function limitNotes(plan: LookupPlan, { found, records: kept, more }: Findings): readonly string[] {
  if (!more) return [];
  const limit = kept.length;
  const cut = partsOfCustomers(found, plan).slice(limit);
  const by = [...tally(cut.map((customer) => [namesOf(customer)[0] ?? '']))].map(
    ([[name], count]) => `${count} of ${name}`,
  );
  const asked = found.filter((one) => one.records.length > limit).map(({ source }) => source.plan.name);
  const rest =
    asked.length === 0 ? '' : `; ${asked.join(' and ')} may have more, and was asked for one more than the limit`;
  return [`${cut.length} more than limit ${limit} left out: ${by.join(', ')}${rest}`];
}

function contactNotes({ withoutEmail = 0, duplicates = 0 }: LeftOut): readonly string[] {
  return [
    ...(withoutEmail > 0
      ? [`${counted(withoutEmail, 'record')} left out of the address book: without a mail address`]
      : []),
    ...(duplicates > 0
      ? [`${counted(duplicates, 'record')} left out of the address book: the address is another contact's`]
      : []),
  ];
}

function namesOf({ parts }: CustomerParts): readonly string[] {
  return parts.map(({ source }) => source.plan.name);
}

/** How often each combination of names is there. */
function tally(all: readonly (readonly string[])[]): readonly (readonly [names: readonly string[], count: number])[] {
  const counts = new Map<string, { readonly names: readonly string[]; count: number }>();
  for (const names of all) {
    const key = names.join('\n');
    const one = counts.get(key) ?? { names, count: 0 };
    one.count += 1;
    counts.set(key, one);
  }
  return [...counts.values()].map(({ names, count }) => [names, count] as const);
}

function listOf(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
