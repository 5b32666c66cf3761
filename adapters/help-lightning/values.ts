/** Values of Help Lightning as a record holds them, and the fields that they stand in, as data. */
import type { Kind, SourceField, SourceRecord, Value } from '../../src/contract/index.ts';
import { type Data, idAt, momentAt, textAt, valueAt } from './answer.ts';

/** How a value is read. `reference`: the ID of somebody. */
export type Form = 'code' | 'reference' | 'text' | 'name' | 'email' | 'number' | 'yes' | 'moment';

/** A field of the API by its name in answers. */
export type Forms = Readonly<Record<string, Form>>;

const KINDS: Readonly<Record<Form, Kind>> = {
  ...{ code: 'code', reference: 'code', text: 'text', name: 'name', email: 'email', number: 'number' },
  ...{ yes: 'boolean', moment: 'date' },
};

/** The fields, as the contract tells of them. */
export function fieldsOfForms(forms: Forms): readonly SourceField[] {
  return Object.entries(forms).map(([name, form]) => ({ name, kind: KINDS[form] }));
}

/** The fields of an object. What is empty is left out. */
export function valuesOf(data: Data, forms: Forms): SourceRecord {
  return filled(Object.entries(forms).map(([name, form]) => [name, formed(data, name, form)]));
}

/** A record of what there is. */
export function filled(entries: readonly (readonly [string, Value | undefined])[]): SourceRecord {
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function formed(data: Data, name: string, form: Form): Value | undefined {
  if (form === 'yes') {
    const value = valueAt(data, name);
    return typeof value === 'boolean' ? value : undefined;
  }
  if (form === 'reference') return idAt(data, name);
  if (form === 'moment') return momentAt(data, name);
  const text = textAt(data, name);
  if (form !== 'number') return text;
  return text !== undefined && /^\d{1,15}(?:\.\d{1,15})?$/.test(text) ? Number(text) : undefined;
}
