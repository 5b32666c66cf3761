/** How each element of a customer was made: of which columns, by which rule, and why one is empty. For an administrator. */
import { type CallContext, ownValue, type SourceRecord, textOf } from '../../contract/index.ts';
import type { UserType } from '../../helpspot/acting-person.ts';
import type { Customer } from '../../helpspot/answer.ts';
import { cutText } from '../../helpspot/cut.ts';
import { describedSource } from '../check/sources.ts';
import type { MadeField, RawValue } from '../outcome.ts';
import type { SourceHandle } from '../sources/source-handle.ts';
import { fieldCalled, textsOf } from './contents.ts';
import { whyEmptyHere } from './empty-elements.ts';
import type { ContentPlan, FieldPlan, LookupPlan } from './plan.ts';
import { giver } from './provenance.ts';
import { elementsOf, type GivenCustomer, rawLimits as limits } from './raw-records.ts';
import { ruleOf } from './rules.ts';
import { placesIn } from './shown-places.ts';

/** One of the first customers of an answer. */
export interface MadeCustomer extends GivenCustomer {
  readonly record: SourceRecord;
  /** His elements, as whoever asks sees them. */
  readonly shown: Customer;
}

/** Who asks, and what is known of the answer besides. */
export interface MadeFor {
  readonly viewer: UserType | undefined;
  /** Names of related records that are not known. */
  readonly missing: readonly string[];
  readonly sources: readonly SourceHandle[];
  readonly context: CallContext;
}

/**
 * The elements of the plan, then those that come under their own names. Of the values of the sources whoever asks sees those
 * that {@link elementsOf} lets him see, and of others their names. A source is asked for its columns only where one that the plan
 * names stands in no record.
 */
export async function madeFields(
  plan: LookupPlan,
  customers: readonly MadeCustomer[],
  about: MadeFor,
): Promise<readonly MadeField[]> {
  const known = new Set(customers.flatMap(({ record }) => Object.keys(record)));
  const fields = (plan.fields ?? []).filter(({ content }) => content.kind !== 'hidden');
  if (fields.some(({ content }) => placesIn(content).some((place) => !known.has(place)))) {
    for (const name of await columnsOf(about)) known.add(name);
  }
  return customers.flatMap((customer, at) => madeOf(plan, fields, customer, at, [...known], about));
}

function madeOf(
  plan: LookupPlan,
  fields: readonly FieldPlan[],
  customer: MadeCustomer,
  at: number,
  known: readonly string[],
  { viewer, missing }: MadeFor,
): readonly MadeField[] {
  const { record, shown } = customer;
  const planned = new Set(fields.map(({ element }) => element));
  const made = fields.map((field): MadeField => {
    const { element, content } = field;
    const value = textIn(shown, element);
    return {
      customer: at,
      element,
      rule: ruleOf(field),
      from: rawValues(content, plan, customer, viewer),
      value,
      why: value === undefined ? whyEmptyHere(field, record, known, missing, viewer) : undefined,
    };
  });
  const others = shown
    .filter(({ name }) => !planned.has(name))
    .map(({ name }): MadeField => {
      const from = rawValues(fieldCalled(name), plan, customer, viewer).filter(({ source }) => source !== undefined);
      return { customer: at, element: name, rule: '', from, value: textIn(shown, name), why: undefined };
    });
  return [...made, ...others].slice(0, limits.fields);
}

function textIn(shown: Customer, element: string): string | undefined {
  const field = shown.find(({ name }) => name === element);
  return field && cutText(textsOf(field.content).join(', '), limits.characters);
}

/** What the sources gave of what a content is made of. */
function rawValues(
  content: ContentPlan,
  plan: LookupPlan,
  { parts, related }: MadeCustomer,
  viewer: UserType | undefined,
): readonly RawValue[] {
  if ('related' in content) {
    const source = related.get(content.related)?.source.plan.name;
    return [{ source, column: content.related, state: source === undefined ? 'absent' : 'related' }];
  }
  return [...new Set(placesIn(content))].map((place) => {
    const part = giver(place, parts);
    if (part === undefined) return { source: undefined, column: place, state: 'absent' };
    const source = part.source.plan.name;
    const column = ownValue(part.record, place) === undefined ? place.slice(source.length + 1) : place;
    if (elementsOf(plan, source, column, viewer).length === 0) return { source, column, state: 'hidden' };
    const text = textOf(ownValue(part.record, column));
    return text.trim() === ''
      ? { source, column, state: 'empty' }
      : { source, column, state: 'given', value: cutText(text, limits.characters) };
  });
}

/** The columns that the sources say they have, also by the name of the source. */
async function columnsOf({ sources, context }: MadeFor): Promise<readonly string[]> {
  const known = await Promise.all(sources.map((handle) => describedSource(handle, context)));
  return known.flatMap((source) => source?.names.flatMap((name) => [name, `${source.name}.${name}`]) ?? []);
}
