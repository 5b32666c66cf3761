/** PHP's values as JSON and forms carry them: numbers may be texts, flags may be booleans, lists may be keyed. */
import { legalText } from './xml-text.ts';

/** A list that somebody chose from has some tens of values. */
const MAX_VALUES = 1_000;

/**
 * The text of a single value; of a list its values, joined with `, `. What is nested deeper is left out: HelpSpot
 * has no such field. Characters that no XML, and so few systems, can carry are dropped.
 */
export function phpText(value: unknown): string {
  if (typeof value !== 'object') return scalar(value);
  const texts = phpValues(value).slice(0, MAX_VALUES).map(scalar);
  return texts.filter((text) => text !== '').join(', ');
}

function scalar(value: unknown): string {
  if (typeof value === 'string') return legalText(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : '';
  // HelpSpot's own flags are 1 and 0.
  if (typeof value === 'boolean') return value ? '1' : '0';
  return '';
}

/** Names and values of an object; of a list, positions and values. Of anything else nothing. */
export function entriesOf(value: unknown): readonly (readonly [name: string, value: unknown])[] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

/** The values of a list, keyed or not. */
export function phpValues(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}

/** How many values a list has, keyed or not. Costs far less than looking at them. */
export function countOf(value: unknown): number {
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
}

/** Whether a flag is set. Undefined when it was not sent at all. */
export function flagOf(value: unknown): boolean | undefined {
  if (value === undefined || value === null) return undefined;
  const text = phpText(value).trim().toLowerCase();
  return text !== '' && text !== '0' && text !== 'false';
}

/** HelpSpot's times are seconds since 1970; 0 and what is no such number is no time. */
export function timeOf(value: unknown): Date | undefined {
  const text = phpText(value).trim();
  if (!/^\d{1,11}$/.test(text)) return undefined;
  const seconds = Number(text);
  return seconds === 0 ? undefined : new Date(seconds * 1000);
}
