/** From the events of a record to the fields that templates see. */
import { CALL_FIELDS, callFields, isoSeconds } from './call-fields.ts';
import type { EventRecord } from './event-ledger.ts';
import { type EventFields, withShortNames } from './fields.ts';
import type { EventsPlan } from './plan.ts';
import { vendorOf } from './vendors.ts';

/** What the gateway says of every record: name → what it is. */
export const RECORD_FIELDS = {
  event_type: 'the type of the newest event',
  event_types: 'the types of all, in the order in which they happened',
  event_count: 'how many events it has',
  first_event_at: 'when the first one happened, as 2026-11-21T09:30:00Z',
  last_event_at: 'when the newest one happened',
  is_complete: 'yes; no where its end did not come',
} as const;

/** A field of the first event, whatever the ones after it say. */
export const OF_FIRST = 'first.';

/**
 * Every field of the events, the newest value of each; those of the first event behind `first.`; those of
 * {@link RECORD_FIELDS}, and of a system that the gateway knows what they come to together.
 */
export function recordFields({ verify }: Pick<EventsPlan, 'verify'>, record: EventRecord): EventFields {
  const { payload } = vendorOf(verify);
  const events = record.events.map((event) => ({ ...event, fields: withShortNames(event.fields, payload) }));
  const all = new Map<string, string>();
  for (const [name, value] of events[0]?.fields ?? []) all.set(`${OF_FIRST}${name}`, value);
  for (const { fields } of events) for (const [name, value] of fields) all.set(name, value);
  for (const [name, value] of own(record)) all.set(name, value);
  if (verify !== 'help-lightning') return all;
  // Of the newest event alone these would say something else: one participant, for all of them.
  const call = callFields(events);
  for (const name of Object.keys(CALL_FIELDS)) all.delete(name);
  for (const [name, value] of call) all.set(name, value);
  return all;
}

function own({ events, isComplete }: EventRecord): EventFields {
  const [first, last] = [events[0], events.at(-1)];
  if (first === undefined || last === undefined) throw new Error('a record has no event');
  const types = [...new Set(events.map(({ type }) => type).filter((type) => type !== ''))];
  const fields: Record<keyof typeof RECORD_FIELDS, string> = {
    event_type: last.type,
    event_types: types.slice(0, MOST_TYPES).join(', '),
    event_count: String(events.length),
    first_event_at: isoSeconds(first.at),
    last_event_at: isoSeconds(last.at),
    is_complete: isComplete ? 'yes' : 'no',
  };
  return new Map(Object.entries(fields));
}

/** More are told by `event_count`. */
const MOST_TYPES = 50;
