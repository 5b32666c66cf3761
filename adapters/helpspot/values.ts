/** Values of HelpSpot as a record holds them. */
import { booleanOf, type SourceRecord, type Value } from '../../src/contract/index.ts';
import { dateIn, roughText, someOf } from '../../src/kit/text/index.ts';
import { type Data, type Form, type Forms, filled, valueAt } from '../../src/kit/web/index.ts';
import { asList, isKeyed, partsAt, scalarText, textAt } from './answer.ts';

/** The fields of an element. What is empty is left out. */
export function valuesOf(data: Data, forms: Forms): SourceRecord {
  return filled(Object.entries(forms).map(([name, form]) => [name, formed(textAt(data, name), form)]));
}

/** A text as a value; undefined for none. `reference` 0 is nobody; `yes` is 1 or 0. */
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
