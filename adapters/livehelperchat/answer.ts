/** Answers as plain data. Numbers are numbers or texts, depending on PHP and the driver of its database. */
import { type Data, textAt, valueAt } from '../../src/kit/web/index.ts';

/** A whole number from 0 under a name; undefined for none. */
export function countAt(data: Data, name: string): number | undefined {
  const text = textAt(data, name);
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** A list under a name, also one that PHP wrote with its keys; undefined where there is none. */
export function listAt(data: Data, name: string): readonly Data[] | undefined {
  const value = valueAt(data, name);
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = Object.entries<Data>({ ...value });
  return entries.every(([key]) => /^\d{1,20}$/.test(key)) ? entries.map(([, item]) => item) : undefined;
}

/** Yes or no under a name: `true`, 1, `"1"`; undefined for what is neither. */
export function yesAt(data: Data, name: string): boolean | undefined {
  const value = valueAt(data, name);
  if (typeof value === 'boolean') return value;
  const text = textAt(data, name)?.toLowerCase();
  if (text === '1' || text === 'true') return true;
  return text === '0' || text === 'false' ? false : undefined;
}

/** The number of something, 1 or more; undefined for 0, which is none. */
export function idAt(data: Data, name: string): string | undefined {
  const text = textAt(data, name);
  return text !== undefined && /^[1-9]\d{0,18}$/.test(text) ? text : undefined;
}
