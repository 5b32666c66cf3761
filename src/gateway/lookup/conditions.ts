/**
 * Tests of values: `when: { status: active }`, `warn: { before: today }`. They compare as lookups do: texts without
 * capitals, telephone numbers by what is dialled, numbers by size, dates by the day that staff read.
 */
import {
  type Criterion,
  isLink,
  isList,
  type Scalar,
  saysYes,
  textOf,
  type Value,
  valueMeets,
} from '../../contract/index.ts';
import { isDay, readDate } from './dates.ts';

/** What must hold of a value; all that is given must. Of a list, one item is enough. */
export interface TestPlan {
  /** One of these. */
  readonly equals?: readonly string[];
  /** None of these. */
  readonly not?: readonly string[];
  /** A part of the text. */
  readonly contains?: string;
  readonly before?: MomentPlan;
  readonly after?: MomentPlan;
  readonly above?: number;
  readonly below?: number;
  /** Whether there is a value at all. */
  readonly filled?: boolean;
}

/** A day or an instant: fixed, or so far from now on. */
export type MomentPlan =
  /** As in ISO 8601; a day without a time is compared by the day. */
  | { readonly kind: 'fixed'; readonly text: string }
  /** So many days from today on, by the clock of this machine (`TZ`). */
  | { readonly kind: 'day'; readonly days: number }
  | { readonly kind: 'now' };

/** What a value is compared as: by the name of its field, and by what the settings of its source say. */
export type Meaning = Pick<Criterion, 'field' | 'kind' | 'country'>;

/** Whether a test holds. */
export function holds(test: TestPlan, value: Value | undefined, field: Meaning, now = new Date()): boolean {
  const text = textOf(value).trim();
  if (test.filled !== undefined && test.filled !== (text !== '')) return false;
  if (test.not?.some((one) => equals(value, one, field)) === true) return false;
  if (test.equals !== undefined && !test.equals.some((one) => equals(value, one, field))) return false;
  const { contains } = test;
  if (contains !== undefined && !text.toLowerCase().includes(contains.toLowerCase())) return false;
  return everyBound(test, itemsOf(value), now);
}

function everyBound({ before, after, above, below }: TestPlan, items: readonly Scalar[], now: Date): boolean {
  const some = (isSo: (item: Scalar) => boolean) => items.some(isSo);
  if (before !== undefined && !some((item) => (distance(item, before, now) ?? 0) < 0)) return false;
  if (after !== undefined && !some((item) => (distance(item, after, now) ?? 0) > 0)) return false;
  if (above !== undefined && !some((item) => (numberOf(item) ?? Number.NaN) > above)) return false;
  return below === undefined || some((item) => (numberOf(item) ?? Number.NaN) < below);
}

function equals(value: Value | undefined, text: string, field: Meaning): boolean {
  if (value === undefined) return false;
  if (typeof value === 'boolean') return saysYes(text) === value;
  // `active: true` means yes, however the system writes it.
  if (text === 'true' || text === 'false') return saysYes(textOf(value)) === (text === 'true');
  return valueMeets(value, { ...field, match: 'exact', value: text });
}

function itemsOf(value: Value | undefined): readonly Scalar[] {
  if (value === undefined) return [];
  return isList(value) ? value : [value];
}

function numberOf(item: Scalar): number | undefined {
  if (typeof item === 'number') return item;
  if (typeof item !== 'string' || !/^\s*[+-]?\d{1,30}(?:\.\d{1,30})?\s*$/.test(item)) return undefined;
  return Number(item);
}

/** Negative when a date is before the moment, positive when it is after; undefined for what is no date. */
function distance(item: Scalar, moment: MomentPlan, now: Date): number | undefined {
  if (typeof item === 'boolean' || (typeof item === 'object' && isLink(item))) return undefined;
  const date = readDate(item);
  if (date === undefined) return undefined;
  if (moment.kind === 'now') return date.getTime() - now.getTime();
  if (moment.kind === 'fixed' && !isDay(moment.text)) {
    return date.getTime() - (readDate(moment.text)?.getTime() ?? Number.NaN);
  }
  const day = moment.kind === 'fixed' ? moment.text : localDay(now, moment.days);
  // The day as it is shown, which is UTC's.
  return compareTexts(date.toISOString().slice(0, 10), day);
}

function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** The day by the clock of this machine, as `2026-11-26`. */
function localDay(now: Date, days: number): string {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, 12);
  const [month, date] = [day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, '0'));
  return `${day.getFullYear()}-${month}-${date}`;
}

/** Whether a test of how many there are holds: `true` is any, `false` none. */
export function holdsOfCount(test: TestPlan, count: number): boolean {
  return holds(test, count, { field: '' });
}
