/** Fields of an API as data: under which name each stands in an answer, and how its value is read. */
import type { Kind, SourceField, SourceRecord, Value } from '../../contract/index.ts';
import { type Data, textAt } from './data.ts';

/**
 * How a value is read. `reference`: the number of something, which may be that of nobody; `yes`: a boolean, as the system
 * writes it; `moment`: a point in time; `html`: a text with markup.
 */
export type Form = 'code' | 'reference' | 'text' | 'name' | 'email' | 'phone' | 'number' | 'yes' | 'moment' | 'html';

/** A field of the API by its name in answers. */
export type Forms = Readonly<Record<string, Form>>;

/** Reads a value of one form; undefined for none. */
export type FormReader = (data: Data, name: string) => Value | undefined;

const KINDS: Readonly<Record<Form, Kind>> = {
  ...{ code: 'code', reference: 'code', text: 'text', name: 'name', email: 'email', phone: 'phone', number: 'number' },
  ...{ yes: 'boolean', moment: 'date', html: 'text' },
};

/** The fields, as the contract tells of them. */
export function fieldsOfForms(forms: Forms): readonly SourceField[] {
  return Object.entries(forms).map(([name, form]) => ({ name, kind: KINDS[form] }));
}

/** A record of what there is. */
export function filled(entries: readonly (readonly [string, Value | undefined])[]): SourceRecord {
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/**
 * Reads the fields of an object into a record. What is empty is left out.
 * @param readers how this system writes some forms; others are texts, and numbers in digits
 */
export function formsReader(
  readers: Readonly<Partial<Record<Form, FormReader>>>,
): (data: Data, forms: Forms) => SourceRecord {
  const read = (data: Data, name: string, form: Form) => {
    const reader = readers[form] ?? (form === 'number' ? numberAt : textAt);
    return reader(data, name);
  };
  return (data, forms) => filled(Object.entries(forms).map(([name, form]) => [name, read(data, name, form)]));
}

/** A number under a name; undefined for what is none. */
function numberAt(data: Data, name: string): number | undefined {
  const text = textAt(data, name);
  return text !== undefined && /^-?\d{1,15}(?:\.\d{1,15})?$/.test(text) ? Number(text) : undefined;
}
