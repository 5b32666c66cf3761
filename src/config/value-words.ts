/** What is wrong with a value and what to write instead, in words that repeat no secret. */
import { $ZodArray, type $ZodIssue, $ZodObject, $ZodRecord, $ZodString, type $ZodType } from 'zod/v4/core';
import { redact } from '../contract/index.ts';
import { choices, exampleOf, expectationOf, inYaml, isMarkedSecret, knownKeys, schemasAt } from './expectation.ts';
import { looksSecret, withoutPassword } from './secrets.ts';
import { GLUED, type Path, type Plain, type YamlPlace } from './tree.ts';
import { ASSIGNED, isOfWantedKind, meantBy, requoted } from './wrong-values.ts';

/** A value that does not fit. */
export interface WrongValue {
  readonly path: Path;
  /** Undefined: it is missing. */
  readonly value: Plain | undefined;
  readonly place: YamlPlace | undefined;
  /** What is wanted, with its title; undefined where no schema says anything. */
  readonly schema?: $ZodType | undefined;
}

/** What a schema says itself; unless it repeats a value that must not be shown. */
export function discreetWords(message: string, wrong: WrongValue): string {
  const { value, place } = wrong;
  const tells = typeof value !== 'object' && message.toLowerCase().includes(String(value).toLowerCase());
  if (tells && !isQuotable(wrong)) return `is not valid${originWords(place)}`;
  return tells && ASSIGNED.test(String(value)) ? redact(message, [String(value)]) : message;
}

/** Our own words for what a schema does not word itself. */
export function misfitWords(issue: $ZodIssue, wrong: WrongValue): string {
  const { value, schema } = wrong;
  const expected = schema === undefined ? 'another value' : expectationOf(schema);
  const write = whatToWrite(wrong);
  if (value === undefined) return `is missing${write === '' ? `; it must be ${expected}` : write}`;
  if (issue.code === 'too_small' && Array.isArray(value)) return `must have an entry${write}`;
  if (issue.code === 'too_big' && Array.isArray(value)) {
    return `has ${value.length} entries; at most ${issue.maximum} are possible`;
  }
  if (value === null) return `must be ${expected}, but is empty${write}`;
  // `auth: Bearer hunter2`, or all keys of a map in one text, since no space stands behind their colons: a password is in it.
  if (typeof value === 'string' && expected.startsWith('a map')) {
    const glued = GLUED.exec(value)?.[1];
    const isKey = glued !== undefined && knownKeys(formsOf(schema)).includes(glued);
    return `must be ${expected}, not a text${isKey ? `; a space is missing behind "${glued}:"` : write}`;
  }
  return `must be ${expected}${butIs(value, wrong)}${write}`;
}

function whatToWrite(wrong: WrongValue): string {
  const { path, value, place, schema } = wrong;
  if (schema === undefined) return '';
  const key = path.at(-1);
  const writing = (what: unknown) => `; write ${typeof key === 'string' ? `${key}: ` : ''}${inYaml(what)}`;
  const canQuote = isQuotable(wrong);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    const other = requoted(value, place?.source ?? String(value), schema);
    const how = typeof other === 'string' ? 'in quotes' : 'without quotes';
    if (other !== undefined) return canQuote ? `${writing(other)}, ${how}` : `; write it ${how}`;
  }
  const text = canQuote && (typeof value === 'string' || typeof value === 'number') ? String(value) : undefined;
  const near = text === undefined ? undefined : meantBy(text, schema);
  // One of a list that has been told is no better than another.
  const isTold = text !== undefined && choices(formsOf(schema)).length > 1;
  const example = near ?? (isTold ? undefined : exampleOf(schema));
  return example === undefined ? '' : writing(example);
}

function butIs(value: Exclude<Plain, null>, wrong: WrongValue): string {
  const { place, schema } = wrong;
  const forms = formsOf(schema);
  if (typeof value === 'object') {
    const isList = Array.isArray(value);
    // It is one, of another kind.
    if (forms.some((form) => (isList ? form instanceof $ZodArray : isMap(form)))) return '';
    return isList ? ', not a list' : ', not a map';
  }
  if (!isQuotable(wrong)) return originWords(place);
  if (schema !== undefined && !isOfWantedKind(value, schema)) {
    // That a text is no choice, or not such a text, has been told.
    if (choices(forms).length > 0 || forms.some((form) => form instanceof $ZodString)) return '';
    return typeof value === 'number' ? ', not a number' : ', not a text';
  }
  const source = withoutPassword(place?.source ?? String(value));
  const cut = source.length > 60 ? `${source.slice(0, 60)}…` : source;
  return `, not ${typeof value === 'string' ? JSON.stringify(cut) : cut}`;
}

function formsOf(schema: $ZodType | undefined): readonly $ZodType[] {
  return schema === undefined ? [] : schemasAt(schema, []);
}

function isMap(form: $ZodType): boolean {
  return form instanceof $ZodObject || form instanceof $ZodRecord;
}

/** Whether where a value stands lets it be repeated: it is written in the file, under no key for secrets. */
export function isQuotable({ path, place, schema }: Pick<WrongValue, 'path' | 'place' | 'schema'>): boolean {
  if (schema !== undefined && isMarkedSecret(schema)) return false;
  if (ownKeys(path).some((key) => typeof key === 'string' && looksSecret(key))) return false;
  return place?.references === undefined;
}

/** Where a value that must not be shown comes from. */
export function originWords(place: YamlPlace | undefined): string {
  const references = place?.references ?? [];
  return references.length === 0 ? '' : ` (here it comes from ${references.join(' and ')})`;
}

/** Maps of names. */
const NAMED_SECTIONS: ReadonlySet<unknown> = new Set(['sources', 'lookups', 'ajax', 'push', 'webhooks', 'events']);

/** The keys of a path that say what its value is: not the name of a source or lookup, and not `keys` when something is named in it. */
function ownKeys(path: Path): Path {
  if (NAMED_SECTIONS.has(path[0])) return path.slice(2);
  return path[0] === 'access' && path.length > 3 ? path.slice(3) : path;
}
