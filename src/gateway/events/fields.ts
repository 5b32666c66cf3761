/** The JSON of an event as fields with names: what templates, `gather` and the ledger have of it. */
import { shortLine } from '../../kit/text/index.ts';

/** Name → text. */
export type EventFields = ReadonlyMap<string, string>;

/** A pull request of GitHub has six hundred, since its repository stands in it three times; nobody writes templates of more. */
const MOST_FIELDS = 2_000;
/** Deeper than any system nests what happened. */
const DEEPEST = 10;
/** Characters of one value: a long mail. */
const LONGEST_VALUE = 20_000;
/** Characters of all values and names of one event: what waits for the end of its record is kept in the ledger. */
const MOST_CHARACTERS = 200_000;
const LONGEST_NAME = 200;

/** What {@link eventFields} has read. */
export interface ReadFields {
  readonly fields: EventFields;
  /** Not everything is in it: a limit was reached. */
  readonly isCut: boolean;
}

/**
 * Every value of a JSON object by its path: `data.participant.name`. What stands in a list has the list's path, its values
 * with `, ` between them; null and empty texts are left out.
 * @param needed names that are kept whatever there is before them: of a large event too the gateway must know which it is
 */
export function eventFields(json: object, needed: ReadonlySet<string>): ReadFields {
  const reader = new Reader(needed);
  reader.read('', json, 0);
  return { fields: reader.fields, isCut: reader.isCut };
}

/** The same fields, those of a part also under short names (`call_id` for `data.call_id`) that nothing else has. */
export function withShortNames(fields: EventFields, payload: string | undefined): EventFields {
  if (payload === undefined) return fields;
  const prefix = `${payload}.`;
  const all = new Map(fields);
  for (const [name, value] of fields) {
    const short = name.startsWith(prefix) ? name.slice(prefix.length) : '';
    if (short !== '' && !all.has(short)) all.set(short, value);
  }
  return all;
}

class Reader {
  readonly fields = new Map<string, string>();
  isCut = false;
  #characters = 0;
  readonly #needed: ReadonlySet<string>;

  constructor(needed: ReadonlySet<string>) {
    this.#needed = needed;
  }

  read(path: string, value: unknown, depth: number): void {
    // Also before a name is looked up: a long one that has many parts would be read for each of them.
    if (depth > DEEPEST || path.length > LONGEST_NAME) this.isCut = true;
    else if (Array.isArray(value)) for (const one of value) this.read(path, one, depth + 1);
    else if (typeof value !== 'object') this.#add(path, value);
    else {
      for (const [key, part] of Object.entries(value ?? {})) {
        this.read(path === '' ? key : `${path}.${key}`, part, depth + 1);
      }
    }
  }

  #add(path: string, value: unknown): void {
    const text = String(value);
    if (text === '' || path === '') return;
    const before = this.fields.get(path);
    const room = LONGEST_VALUE - (before === undefined ? 0 : before.length + SEPARATOR.length);
    const cut = room > 0 ? shortLine(text, room) : '';
    const characters = this.#characters + path.length + cut.length;
    const isNew = before === undefined;
    if (cut !== text) this.isCut = true;
    const isTooMuch = characters > MOST_CHARACTERS || (isNew && this.fields.size >= MOST_FIELDS);
    if (cut === '' || (isTooMuch && !this.#needed.has(path))) {
      this.isCut = true;
      return;
    }
    this.#characters = characters;
    this.fields.set(path, isNew ? cut : `${before}${SEPARATOR}${cut}`);
  }
}

const SEPARATOR = ', ';
