/** Entries as records. */
import type { Scalar, SourceRecord, Value } from '../../src/contract/index.ts';
import { attributeKindOf, readable } from './attributes.ts';
import type { Entry } from './entry.ts';
import type { Field } from './presets.ts';

/** The attributes to ask for: only what the fields need. */
export function attributesOf(fields: ReadonlyMap<string, Field>, more: readonly string[] = []): readonly string[] {
  const named = [...fields.values()].flatMap(({ show, status }) => [...show, ...(status?.attributes ?? [])]);
  const wanted = new Map([...named, ...more].map((attribute) => [attribute.toLowerCase(), attribute]));
  wanted.delete('dn');
  // "1.1" asks for no attribute (RFC 4511, 4.5.1.8); an empty list would mean all of them.
  return wanted.size === 0 ? ['1.1'] : [...wanted.values()];
}

/** What a field of an entry shows; undefined when it is unknown. */
function shown(field: Field, entry: Entry, now: Date): Value | undefined {
  if (field.status !== undefined) return field.status.read(entry, now);
  for (const attribute of field.show) {
    const values = readable(attributeKindOf(attribute), entry.values(attribute));
    if (values.length > 0) return valueFrom(values, field.first);
  }
  return undefined;
}

/** One value is itself, several are a list. */
export function valueFrom(values: readonly Scalar[], first: boolean): Value | undefined {
  return first || values.length === 1 ? values[0] : values;
}

/** The record of an entry. */
export function recordOf(fields: ReadonlyMap<string, Field>, entry: Entry, now: Date): SourceRecord {
  const pairs = Array.from(fields, ([name, field]) => [name, shown(field, entry, now)] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}
