/** The content of the file as plain values, and where in the file each of them stands. */

/** A value of YAML's core schema. */
export type Plain = null | boolean | number | string | readonly Plain[] | PlainMap;

/** A YAML map. */
export interface PlainMap {
  readonly [key: string]: Plain;
}

/** Keys and indices from the root to a value. */
export type Path = readonly PropertyKey[];

/** What is known about a value besides itself. */
export interface YamlPlace {
  /** Where a problem with it is shown: its key, or the value itself in a list. */
  readonly offset: number;
  /** How a scalar is written in the file, without quotes. */
  readonly source?: string | undefined;
  /** The `${…}` in it, as they may be shown. */
  readonly references?: readonly string[];
  /** What came from outside the file: secret. */
  readonly values?: readonly string[];
  /** Its expansion failed and was reported: the value means nothing. */
  readonly broken?: boolean;
  /** The places of the entries of a map or list. */
  readonly parts?: ReadonlyMap<string, YamlPlace>;
}

/** A value with its place. */
export interface Located {
  readonly value: Plain;
  readonly place: YamlPlace;
}

/** True for a YAML map. */
export function isPlainMap(value: unknown): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A path as messages write it: `lookups.default.match[2]`, `fields["*"]`. */
export function pathText(path: Path): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else if (/^[\w-]+$/.test(String(key))) text += text === '' ? String(key) : `.${String(key)}`;
    else text += `[${JSON.stringify(String(key))}]`;
  }
  return text;
}

/** The value at a path, or undefined. */
export function plainAt(root: Plain, path: Path): Plain | undefined {
  let value: Plain | undefined = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Array.isArray(value) ? value[Number(key)] : isPlainMap(value) ? value[String(key)] : undefined;
  }
  return value;
}

/** The place of a path, or of the nearest thing around it when it is not in the file. */
export function placeAt(root: YamlPlace, path: Path): YamlPlace {
  let place = root;
  for (const key of path) {
    const part = place.parts?.get(String(key));
    if (part === undefined) return place;
    place = part;
  }
  return place;
}

/** The place of a path that is in the file. */
export function exactPlaceAt(root: YamlPlace, path: Path): YamlPlace | undefined {
  let place: YamlPlace | undefined = root;
  for (const key of path) place = place?.parts?.get(String(key));
  return place;
}

/** A copy of a tree with one value replaced; the path must exist. */
export function withValue(root: Plain, path: Path, value: Plain): Plain {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(root)) {
    return root.map((item: Plain, index) => (index === key ? withValue(item, rest, value) : item));
  }
  if (!isPlainMap(root)) return root;
  return { ...root, [String(key)]: withValue(root[String(key)] ?? null, rest, value) };
}

/** `password:hunter2` or `password=hunter2`, where `password: hunter2` is meant: the key. An address (`https://…`) is none. */
export const GLUED = /^([A-Za-z_][\w-]*)[:=](?![\s/]|$)/;
