/** What of this API's answers a record holds. */
import type { Value } from '../../src/contract/index.ts';
import { type Data, formsReader, textAt, valueAt } from '../../src/kit/web/index.ts';

/** A whole number under a name, as a text: the ID of something. Those of statuses may be negative. */
export function idAt(data: Data, name: string): string | undefined {
  const text = textAt(data, name);
  return text !== undefined && /^-?\d{1,18}$/.test(text) ? text : undefined;
}

/** A number under a name. */
export function numberAt(data: Data, name: string): number | undefined {
  const value = valueAt(data, name);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A moment under a name: ISO 8601 in UTC. */
export function momentAt(data: Data, name: string): Date | undefined {
  const text = textAt(data, name);
  if (text === undefined || text.length > 40 || !/^\d{4}-\d\d-\d\dT/.test(text)) return undefined;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** The fields of an object. What is empty is left out. */
export const valuesOf = formsReader({ reference: idAt, number: numberAt, moment: momentAt, yes: yesAt });

/** `voicemail_received` → "voicemail received" */
export function asWords(word: string): string {
  return word.replaceAll('_', ' ').toLowerCase();
}

function yesAt(data: Data, name: string): Value | undefined {
  const value = valueAt(data, name);
  return typeof value === 'boolean' ? value : undefined;
}
