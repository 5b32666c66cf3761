/**
 * Answers as plain data. JSON of HelpSpot has no root element, and the same thing is a list, an object or nothing; numbers
 * are texts. XML, which is what a HelpSpot without JSON answers, becomes the same data.
 */
import { readingXml, type XmlElement, type XmlReading, type XmlTask } from '../../src/kit/http/index.ts';
import { type Data, packed, valueAt } from '../../src/kit/web/index.ts';

/**
 * What stands under a name, however many there are: a list; one object; objects by their ids, as PHP writes a list with
 * keys; nothing.
 */
export function partsAt(data: Data, name: string): readonly Data[] {
  return asList(valueAt(data, name));
}

/** A list, whatever PHP made of it, see {@link partsAt}. */
export function asList(value: Data): readonly Data[] {
  if (value === undefined || value === null || value === '' || value === false) return [];
  if (Array.isArray(value)) return value;
  if (typeof value !== 'object') return [value];
  return isKeyed(value) ? Object.values<Data>({ ...value }) : [value];
}

/** The items of a whole answer, which may be the list itself; undefined for what is none. */
export function itemsOf(data: Data, item: string): readonly Data[] | undefined {
  if (typeof data === 'string') return data.trim() === '' ? [] : undefined;
  if (data === undefined || data === null) return [];
  if (typeof data !== 'object') return undefined;
  if (Object.hasOwn(data, item)) return partsAt(data, item);
  return Array.isArray(data) || isKeyed(data) || Object.keys(data).length === 0 ? asItems(data) : undefined;
}

function asItems(data: object): readonly Data[] {
  return Object.keys(data).length === 0 ? [] : asList(data);
}

/** Whether it is a list that PHP wrote with its keys: `{"12": …, "13": …}`. */
export function isKeyed(value: object): boolean {
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => /^\d{1,20}$/.test(key));
}

/** A text or number under a name as a text, trimmed; undefined for an empty one, and for what is none: PHP may write nothing as `{}`. */
export function textAt(data: Data, name: string): string | undefined {
  return scalarText(valueAt(data, name));
}

/** The same of the value itself. */
export function scalarText(value: Data): string | undefined {
  if (typeof value === 'string') return value.trim() || undefined;
  if (typeof value === 'number') return String(value);
  return typeof value === 'boolean' ? (value ? '1' : '0') : undefined;
}

/** Whatever an answer is wrapped in: `{"requests": {"request": …}}` is the same as `{"request": …}`. */
export function withoutRoot(data: Data, root: string): Data {
  const inner = valueAt(data, root);
  return typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner : data;
}

/** The root of XML, and what is in it, see {@link packed}. */
export interface ReadTree {
  readonly root: string;
  readonly tree: readonly Uint8Array[];
}

/** Reads XML into the data that JSON would be. */
export function readTree({ text }: { readonly text: string }): XmlReading<ReadTree> {
  return readingXml(text, (root) => ({ root: root.name, tree: packed([{ data: dataOf(root) }]) }));
}

/** For `readXml`. */
export const TREE: XmlTask<{ readonly text: string }, ReadTree> = {
  module: 'adapters/helpspot/answer',
  name: 'readTree',
  run: readTree,
};

function dataOf(element: XmlElement): Data {
  const children = element.children();
  if (children.length === 0) return element.text;
  const byName = new Map<string, Data[]>();
  for (const child of children) {
    const before = byName.get(child.name);
    if (before === undefined) byName.set(child.name, [dataOf(child)]);
    else before.push(dataOf(child));
  }
  return Object.fromEntries(Array.from(byName, ([name, values]) => [name, values.length === 1 ? values[0] : values]));
}
