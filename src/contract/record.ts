/**
 * What a source returns: field name → typed value. Adapters build these; only
 * `helpspot/` decides how a value is written for HelpSpot.
 */

/** A link to a page of the other system: `href` is an absolute address of http, https, mailto or tel (no other is linked), `text` what the staff member reads. */
export interface Link {
  readonly href: string;
  readonly text: string;
}

/** One typed value. A `number` must be finite; a big integer, a decimal or a UUID is passed as its text. */
export type Scalar = string | number | boolean | Date | Link;

/** A value of a record: one scalar, or a list of scalars (several mail addresses, tags …). */
export type Value = Scalar | readonly Scalar[];

/** One record found by a source. A field that is unknown is absent (or undefined), never an empty string. */
export interface SourceRecord {
  readonly [field: string]: Value | undefined;
}

/** The value of a field; undefined where the record has none. A field may be called like something that every object has: `constructor`. */
export function ownValue(record: SourceRecord, field: string): Value | undefined {
  return Object.hasOwn(record, field) ? record[field] : undefined;
}

/** True for the {@link Link} case of {@link Value}. */
export function isLink(value: Value): value is Link {
  return typeof value === 'object' && !(value instanceof Date) && !isList(value);
}

/** True for the list case of {@link Value}. */
export function isList(value: Value): value is readonly Scalar[] {
  return Array.isArray(value);
}

/**
 * The plain text of a value: what a template shows and what a search compares.
 * Dates are ISO 8601 in UTC, a link is its text, a list is joined with `, `.
 */
export function textOf(value: Value | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  if (isList(value)) return value.map((item) => textOf(item)).join(', ');
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString();
  if (isLink(value)) return value.text;
  return String(value);
}
