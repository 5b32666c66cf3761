/** The id of a customer who was put together of several records. */
import {
  type Criterion,
  emailAddresses,
  kindByName,
  meets,
  type SourceRecord,
  type Value,
} from '../../contract/index.ts';
import { type CustomerParts, mergingText } from './customer-parts.ts';
import type { LookupPlan } from './plan.ts';
import { placesIn } from './shown-places.ts';

/** HelpSpot's name for the number of a customer. */
export const ID = 'customer_id';
/** What else tells a record from all others, in most systems. */
const OTHER_IDS = ['id', 'email'] as const;

/**
 * The customer with an id, which HelpSpot requires (manual, chapter 1.2): where the records have none, the merging field.
 * While a source that comes before is away, the id of another one is none: the next lookup would give another.
 */
export function withId(
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
export function isIdShown({ fields }: LookupPlan): boolean {
  const own = fields?.find(({ element }) => element === ID);
  return (
    own === undefined || (own.content.kind === 'field' && own.content.from.length === 1 && own.content.from[0] === ID)
  );
}

/**
 * The id that is the customer's whatever other sources call him: the one that was searched, or that of the record which
 * tells him from others with the same merging field. Sent back, it finds him again.
 */
export function decisiveId({ parts, own }: CustomerParts, sought: readonly Criterion[]): Value | undefined {
  const byId = sought.find(({ field }) => field === ID);
  if (own?.record[ID] !== undefined) return own.record[ID];
  return byId && parts.find(({ record }) => record[ID] !== undefined && meets(record, byId))?.record[ID];
}

/** The same as an id: of several addresses the first. */
function idText(record: SourceRecord, field: string): string {
  const text = mergingText(record, field);
  return kindByName(field) === 'email' ? (emailAddresses(text)[0] ?? text) : text;
}
