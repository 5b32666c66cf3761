/** What is looked for as a date: a day, or a second. */
import { comparedForms } from '../../contract/index.ts';
import { offsetAt } from './zones.ts';

/** From a moment until another, which does not belong to it. */
export interface Span {
  readonly from: Date;
  readonly until: Date;
  readonly isDay: boolean;
}

const DAY = /^\d{4}-\d\d-\d\d$/;
const SECOND = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** The day in UTC, or the second, of what was typed; undefined for what is no date. */
export function datesAs(value: string): Span | undefined {
  const [form = ''] = comparedForms('date', value, 'sought');
  const isDay = DAY.test(form);
  if (!isDay && !SECOND.test(form)) return undefined;
  const from = new Date(form);
  const until = new Date(from.getTime() + (isDay ? 86_400_000 : 1000));
  return Number.isNaN(from.getTime()) || Number.isNaN(until.getTime()) ? undefined : { from, until, isDay };
}

/** The time that the clocks of a zone show: `2026-07-01 14:00:00`. */
export function wallOf(moment: Date, zone = 'UTC'): string {
  const wall = new Date(moment.getTime() + offsetAt(moment.getTime(), zone));
  return wall.toISOString().slice(0, 19).replace('T', ' ');
}
