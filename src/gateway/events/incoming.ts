/** From the bytes of an event, whose signature is good, to what is stored of it. */
import { placesOf } from '../../contract/index.ts';
import { readDate } from '../lookup/dates.ts';
import { withExactNumbers } from '../push/exact-json.ts';
import { type EventFields, eventFields, withShortNames } from './fields.ts';
import type { EventsPlan } from './plan.ts';
import type { EventHeaders } from './signature.ts';
import { type Trial, typeOf, type Vendor, vendorOf } from './vendors.ts';

/** One event, read. */
export interface IncomingEvent {
  /** Equal for an event that comes again. At most 200 characters. */
  readonly id: string;
  /** `call.ended`; empty where it has none. */
  readonly type: string;
  /** It ends its record; without `gather` it is all of it. */
  readonly isEnd: boolean;
  /** Its own time, else when it came. Milliseconds since 1970. */
  readonly at: number;
  /** What it is gathered by; undefined where the field that `gather` names has no value. Without `gather`: the id. */
  readonly key: string | undefined;
  readonly fields: EventFields;
  /** Some of its fields were too much, and are left out. */
  readonly isCut: boolean;
  /** It only tries the address out. */
  readonly trial: Trial | undefined;
}

/** What came is no event. `message` says what was expected, and holds nothing of what came. */
export class UnreadableEvent extends Error {
  override readonly name = 'UnreadableEvent';
}

/** Longer ids and keys are kept as their hash. Characters. */
const LONGEST_KEY = 200;
/** `customer.subscription.updated`, `pull_request_review_comment.created`. Characters. */
const LONGEST_TYPE = 200;

/** @throws {UnreadableEvent} */
export function readEvent(
  plan: EventsPlan,
  { headers, body }: { readonly headers: EventHeaders; readonly body: Uint8Array },
  now: number,
): IncomingEvent {
  const vendor = vendorOf(plan.verify);
  const { fields, isCut } = eventFields(objectIn(body), needed(plan, vendor));
  const all = withShortNames(fields, vendor.payload);
  const self = vendor.self(all, headers);
  const { type, names } = plan.type === undefined ? self : typeOf([all.get(plan.type) ?? '']);
  const own = plan.id === undefined ? self.id : all.get(plan.id);
  const id = own === undefined ? hashOf(body) : keyOf(own);
  const time = plan.time === undefined ? self.time : all.get(plan.time);
  const gathered = plan.gather === undefined ? id : all.get(plan.gather);
  return {
    ...{
      id,
      type: type.slice(0, LONGEST_TYPE).replaceAll('\0', '').toWellFormed(),
      // What is gathered with nothing waits for nothing.
      isEnd: plan.gather === undefined || names.some((name) => plan.until.includes(name)),
    },
    ...{ at: timeIn(time, now) ?? now, key: gathered === undefined ? undefined : keyOf(gathered), fields, isCut },
    trial: vendor.trial?.(all, headers),
  };
}

/** What the gateway itself reads of an event: it is there wherever it stands in a large one. */
function needed({ id, type, time, gather, index }: EventsPlan, vendor: Omit<Vendor, 'schemes'>): ReadonlySet<string> {
  const places = Object.values(index?.where ?? {}).flatMap(placesOf);
  const names = [...vendor.reads, ...[id, type, time, gather].flatMap((name) => name ?? []), ...places];
  const { payload } = vendor;
  return new Set(payload === undefined ? names : names.flatMap((name) => [name, `${payload}.${name}`]));
}

function objectIn(body: Uint8Array): object {
  const json = parsed(body);
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json;
  throw new UnreadableEvent('An event is one JSON object, and this is none');
}

function parsed(body: Uint8Array): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    const plain: unknown = JSON.parse(text);
    // Two ids of 17 digits would be one: an event would be lost, or would be part of another's record.
    const { exact } = withExactNumbers(text);
    return exact === text ? plain : JSON.parse(exact);
  } catch {
    throw new UnreadableEvent(
      'The body of an event is JSON in UTF-8, and this cannot be read as that; let the other system send application/json',
    );
  }
}

function keyOf(text: string): string {
  const isPlain = text.length <= LONGEST_KEY && text.isWellFormed() && !text.includes('\0');
  return isPlain ? text : hashOf(text);
}

function hashOf(content: string | Uint8Array): string {
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(content).digest('hex');
}

/** No system that sends such events is older; what is further in the future than clocks are wrong is no time. */
const EARLIEST = Date.UTC(2000, 0);
const AHEAD_MS = 86_400_000;
/** An ISO time with nanoseconds and a zone is shorter. */
const LONGEST_TIME = 40;

/**
 * Seconds, or a finer unit, since 1970; or an ISO time, in UTC where it has no zone. Undefined where it is none of the last
 * decades. Not by `Date.parse`: that makes December 2001 of `order 12`, and another time on another machine.
 */
function timeIn(text: string | undefined, now: number): number | undefined {
  if (text === undefined || text.length > LONGEST_TIME) return undefined;
  const number = /^\d+(?:\.\d+)?(?:[eE]\+?\d+)?$/.test(text) ? Number(text) : undefined;
  const candidates =
    number === undefined ? [readDate(text)?.getTime() ?? Number.NaN] : UNITS_MS.map((unit) => number * unit);
  return candidates.map(Math.floor).find((time) => time >= EARLIEST && time <= now + AHEAD_MS);
}

/** Seconds, milliseconds, microseconds, nanoseconds: of one number, only one of them is a time of these decades. */
const UNITS_MS = [1000, 1, 1e-3, 1e-6];
