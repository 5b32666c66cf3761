/** Values of HelpSpot as a record holds them, and the fields that they stand in, as data. */
import { booleanOf, type Kind, type SourceField, type SourceRecord, type Value } from '../../src/contract/index.ts';
import { dateIn, roughText, someOf } from '../../src/kit/text/index.ts';
import { asList, type Data, isKeyed, partsAt, scalarText, textAt, valueAt } from './answer.ts';

/**
 * How a value is read. `reference`: the number of something, where 0 is nobody; `yes`: 1 or 0; `moment`: seconds since 1970;
 * `html`: the text of a note.
 */
export type Form = 'code' | 'reference' | 'text' | 'name' | 'email' | 'phone' | 'number' | 'yes' | 'moment' | 'html';

/** A field of the API by its name in answers. */
export type Forms = Readonly<Record<string, Form>>;

const KINDS: Readonly<Record<Form, Kind>> = {
  ...{ code: 'code', reference: 'code', text: 'text', name: 'name', email: 'email', phone: 'phone', number: 'number' },
  ...{ yes: 'boolean', moment: 'date', html: 'text' },
};

/** The fields, as the contract tells of them. */
export function fieldsOfForms(forms: Forms): readonly SourceField[] {
  return Object.entries(forms).map(([name, form]) => ({ name, kind: KINDS[form] }));
}

/** The fields of an element. What is empty is left out. */
export function valuesOf(data: Data, forms: Forms): SourceRecord {
  const entries = Object.entries(forms).map(([name, form]) => [name, formed(textAt(data, name), form)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** A text as a value; undefined for none. */
export function formed(text: string | undefined, form: Form): Value | undefined {
  if (text === undefined) return undefined;
  switch (form) {
    case 'reference':
      return text === '0' ? undefined : text;
    case 'yes':
      return booleanOf(text) ?? text;
    case 'number':
      return /^-?\d{1,15}(?:\.\d{1,15})?$/.test(text) ? Number(text) : text;
    case 'moment':
      return momentOf(text);
    case 'html':
      return roughText(text) || undefined;
    default:
      return text;
  }
}

/** Seconds since 1970, 0 for never; where an older HelpSpot gives words instead, what they say. */
function momentOf(text: string): Value | undefined {
  if (text === '0') return undefined;
  if (!/^-?\d{1,11}$/.test(text)) return dateIn(text) ?? text;
  return new Date(Number(text) * 1000);
}

/** The texts of a list of elements; undefined for none. */
export function textsOf(data: Data, read: (item: Data) => string | undefined = scalarText): Value | undefined {
  return someOf(asList(data).flatMap((item) => read(item) ?? []));
}

/** `<list><item>…</item></list>`; JSON may leave the items' name out. */
export function itemsAt(data: Data, list: string, item: string): readonly Data[] {
  const value = valueAt(data, list);
  const isList = Array.isArray(value) || (typeof value === 'object' && value !== null && isKeyed(value));
  return isList ? asList(value) : partsAt(value, item);
}
