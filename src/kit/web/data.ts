/** Answers as plain data: what JSON is, of which nothing is known. */

/** What came: objects, lists, texts, numbers. */
export type Data = unknown;

/** What stands under a name; undefined for nothing. */
export function valueAt(data: Data, name: string): Data {
  if (typeof data !== 'object' || data === null || !Object.hasOwn(data, name)) return undefined;
  const value: unknown = Reflect.get(data, name);
  return value;
}

/** A list under a name; empty where there is none. */
export function listAt(data: Data, name: string): readonly Data[] {
  const value = valueAt(data, name);
  return Array.isArray(value) ? value : [];
}

/** A text or number as a text, trimmed; undefined for an empty one, and for what is none. */
export function textOfData(value: Data): string | undefined {
  if (typeof value === 'string') return value.trim() || undefined;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
}

/** The same of what stands under a name. */
export function textAt(data: Data, name: string): string | undefined {
  return textOfData(valueAt(data, name));
}
