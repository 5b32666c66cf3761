/** The parameters of a call, as PHP reads them: from the address, and of a POST from its body too, which wins. */
import type { Received } from '../http/stand-in.ts';

/** What came with a call. */
export interface Parameters {
  /** Names that end in `[]` or `[3]` are lists; of other names the last value counts. */
  readonly values: ReadonlyMap<string, string | readonly string[]>;
  /** Names that came in the address, for what must not stand there. */
  readonly inAddress: ReadonlySet<string>;
}

const LIST = /^([^[\]]+)\[\d*\]$/;
const SECRET = new Set(['username', 'password', 'sPassword']);

/** A body that is neither a form nor multipart, or no right one, has no parameters, as in PHP. */
export async function parametersOf(request: Received): Promise<Parameters> {
  const values = new Map<string, string | string[]>();
  take(values, request.query);
  const inAddress = new Set(request.query.keys());
  if (request.method === 'POST' && request.body.length > 0) {
    const body = new Map<string, string | string[]>();
    take(body, await formOf(request));
    for (const [name, value] of body) values.set(name, value);
  }
  return { values, inAddress };
}

async function formOf({ headers, body, text }: Received): Promise<Iterable<[string, string]>> {
  const type = headers['content-type'] ?? '';
  if (type.startsWith('application/x-www-form-urlencoded')) return new URLSearchParams(text());
  if (!type.startsWith('multipart/form-data')) return [];
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } })
    .formData()
    .catch(() => new FormData());
  // Files of a form are none of the API's: they come in base64.
  return Array.from(form).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : []));
}

function take(values: Map<string, string | string[]>, given: Iterable<[string, string]>): void {
  for (const [name, value] of given) {
    const [, listName] = LIST.exec(name) ?? [];
    if (listName === undefined) {
      values.set(name, value);
      continue;
    }
    const before = values.get(listName);
    values.set(listName, [...(Array.isArray(before) ? before : []), value]);
  }
}

/** The text of a parameter, with spaces around it cut; nothing when it did not come or is a list. */
export function textOf({ values }: Parameters, name: string): string {
  const value = values.get(name);
  return typeof value === 'string' ? value.trim() : '';
}

/** A parameter that came, though perhaps empty. */
export function givenText({ values }: Parameters, name: string): string | undefined {
  const value = values.get(name);
  return typeof value === 'string' ? value : undefined;
}

/** The whole number in a parameter; undefined when there is none. */
export function numberOf(parameters: Parameters, name: string): number | undefined {
  const text = textOf(parameters, name);
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/** The values of a parameter that is a list, or the one of one that is not. */
export function listOf({ values }: Parameters, name: string): readonly string[] {
  const value = values.get(name);
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}

/** Custom fields that came: id → value, empty ones too. */
export function customOf({ values }: Parameters): ReadonlyMap<number, string> {
  const custom = new Map<number, string>();
  for (const [name, value] of values) {
    const [, id] = /^Custom(\d+)$/.exec(name) ?? [];
    if (id !== undefined && typeof value === 'string') custom.set(Number(id), value);
  }
  return custom;
}

/** For the log: without what is secret, and without the bodies of files. */
export function loggable({ values }: Parameters): Readonly<Record<string, string | readonly string[]>> {
  return Object.fromEntries(Array.from(values).filter(([name]) => !SECRET.has(name) && !name.endsWith('_bFileBody')));
}
