/** Checks parts of the tree against schemas, and collects what is wrong. */

import type { output, ZodType } from 'zod';
import type { $ZodIssue } from 'zod/v4/core';
import { redact } from '../contract/index.ts';
import type { Mistake } from './document.ts';
import {
  choices,
  exampleOf,
  expectationOf,
  inYaml,
  isBoolean,
  isMarkedSecret,
  knownKeys,
  partsOf,
  schemasAt,
} from './expectation.ts';
import { nearest, suggestion } from './names.ts';
import { looksSecret, withoutPassword } from './secrets.ts';
import { calledHere } from './synonyms.ts';
import {
  exactPlaceAt,
  GLUED,
  type Located,
  type Path,
  type Plain,
  pathText,
  placeAt,
  plainAt,
  withValue,
  type YamlPlace,
} from './tree.ts';
import { chosenIssues } from './union-issues.ts';

// Our own words for everything that a schema does not word itself; and each schema is used once, so compiling it costs more than it saves.
const PARSE = { error: () => '', jitless: true, reportInput: true } as const;

/** How a part is checked. */
export interface CheckOptions {
  /** Keys of this map that are checked elsewhere. */
  readonly except?: readonly string[];
}

/** The mistakes of one file. */
export class Report {
  readonly mistakes: Mistake[] = [];
  readonly #place: YamlPlace;
  readonly #secrets: readonly string[];
  #value: Plain;

  /** @param secrets masked in what schemas say */
  constructor(root: Located, secrets: readonly string[]) {
    this.#value = root.value;
    this.#place = root.place;
    this.#secrets = secrets;
  }

  /** The value at a path as it is now: a text from `${…}` is a number where one is expected. */
  value(path: Path): Plain | undefined {
    return plainAt(this.#value, path);
  }

  /** Whether a section is there, with something in it that is not commented out. */
  has(section: string): boolean {
    return (this.value([section]) ?? null) !== null;
  }

  /** Whether the value at a path is there and can be used: its expansion did not fail. */
  isUsable(path: Path): boolean {
    return exactPlaceAt(this.#place, path)?.broken !== true;
  }

  /** Adds a mistake at a path, or where it should be. */
  add(path: Path, message: string): void {
    const where = path.length === 0 ? '' : `${pathText(path)}: `;
    this.mistakes.push({ offset: placeAt(this.#place, path).offset, message: where + redact(message, this.#secrets) });
  }

  /** The same error without secrets, for what nobody expected. */
  discreet(error: unknown): unknown {
    if (!(error instanceof Error)) return redact(String(error), this.#secrets);
    error.message = redact(error.message, this.#secrets);
    if (error.stack !== undefined) error.stack = redact(error.stack, this.#secrets);
    return error;
  }

  /**
   * A name that is not among the known: `unknown source "custmers"; did you mean "customers"?`
   * @param otherwise more to say where none of the known is near; it may have the name in it
   */
  addUnknown(path: Path, what: string, known: readonly string[], plural: string, otherwise?: string): void {
    if (!this.isUsable(path)) return;
    const value = this.value(path);
    const name = typeof value === 'string' && this.#isQuotable(path) ? value : undefined;
    const quoted = name === undefined ? this.#origin(path) : ` ${JSON.stringify(name)}`;
    const isFar = name !== undefined && nearest(name, known) === undefined;
    const more = isFar && otherwise !== undefined ? `; ${otherwise}` : '';
    this.add(path, `unknown ${what}${quoted}; ${suggestion(name, known, plural)}${more}`);
  }

  /** The output of a schema for the value at a path, or undefined when it does not fit: then the mistakes are added. */
  check<Schema extends ZodType>(schema: Schema, path: Path, options: CheckOptions = {}): output<Schema> | undefined {
    for (;;) {
      const result = schema.safeParse(this.#without(path, options.except ?? []), PARSE);
      if (result.success) return this.#hasBroken(path) ? undefined : result.data;
      // Ends, because a value that was turned is no text any more.
      if (this.#turnTexts(result.error.issues, path)) continue;
      for (const issue of result.error.issues) this.#addIssue(issue, schema, path, path, options);
      return undefined;
    }
  }

  #without(path: Path, except: readonly string[]): unknown {
    const value = this.value(path);
    if (except.length === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).filter(([key]) => !except.includes(key)));
  }

  #hasBroken(path: Path): boolean {
    const place = exactPlaceAt(this.#place, path);
    return place !== undefined && isBroken(place);
  }

  /** Turns texts that came from `${…}` into the number or boolean that is expected. True when there was one. */
  #turnTexts(issues: readonly $ZodIssue[], base: Path): boolean {
    let turned = false;
    for (const issue of issues) {
      const path = [...base, ...issue.path];
      if (issue.code === 'invalid_union') {
        for (const branch of issue.errors) turned = this.#turnTexts(branch, path) || turned;
      } else if (issue.code === 'invalid_type') {
        turned = this.#turnText(path, issue.expected) || turned;
      }
    }
    return turned;
  }

  #turnText(path: Path, expected: string): boolean {
    const text = this.value(path);
    const place = exactPlaceAt(this.#place, path);
    if (typeof text !== 'string' || place?.references === undefined || place.broken === true) return false;
    const value =
      expected === 'boolean'
        ? booleanOf(text)
        : expected === 'number' || expected === 'int'
          ? numberOf(text)
          : undefined;
    if (value === undefined) return false;
    this.#value = withValue(this.#value, path, value);
    return true;
  }

  #addIssue(issue: $ZodIssue, schema: ZodType, base: Path, parent: Path, options: CheckOptions): void {
    const path = [...parent, ...issue.path];
    if (!this.isUsable(path)) return;
    const schemas = schemasAt(schema, path.slice(base.length));
    if (issue.code === 'unrecognized_keys') {
      const known = [...(options.except ?? []), ...knownKeys(schemas)];
      for (const key of issue.keys) {
        // Known in another of several forms.
        const isMisplaced = known.includes(key);
        const what = isMisplaced
          ? 'does not go with the other keys here; remove it'
          : `unknown key; ${suggestion(key, known, 'keys')}`;
        this.add([...path, key], what);
      }
      return;
    }
    if (issue.code === 'invalid_union') {
      const chosen = chosenIssues(issue);
      for (const one of chosen) this.#addIssue(one, schema, base, path, options);
      if (chosen.length > 0) return;
    }
    if (issue.message !== '')
      this.add(path, this.#ownWords(issue.message, path, declaredAt(schema, path.slice(base.length))));
    else this.add(path, this.#words(issue, schema, path, base));
  }

  /** What a schema says itself; unless it repeats a value that must not be shown. */
  #ownWords(message: string, path: Path, schema: Declared): string {
    const value = this.value(path);
    const tells = typeof value !== 'object' && message.toLowerCase().includes(String(value).toLowerCase());
    return tells && !this.#isQuotable(path, schema) ? `is not valid${this.#origin(path)}` : message;
  }

  #words(issue: $ZodIssue, root: ZodType, path: Path, base: Path): string {
    const schema = declaredAt(root, path.slice(base.length));
    const value = this.value(path);
    const expected = schema === undefined ? 'another value' : expectationOf(schema);
    const write = this.#write(schema, path);
    if (value === undefined) return `is missing${write === '' ? `; it must be ${expected}` : write}`;
    if (issue.code === 'too_small' && Array.isArray(value)) return `must have an entry${write}`;
    if (value === null) return `must be ${expected}, but is empty${write}`;
    // `auth: Bearer hunter2`, or all keys of a map in one text, since no space stands behind their colons: a password is in it.
    if (typeof value === 'string' && expected.startsWith('a map')) {
      const glued = GLUED.exec(value)?.[1];
      const isKey = glued !== undefined && knownKeys(schemasAt(root, path.slice(base.length))).includes(glued);
      return `must be ${expected}, not a text${isKey ? `; a space is missing behind "${glued}:"` : write}`;
    }
    return `must be ${expected}${this.#butIs(path, value, schema)}${write}`;
  }

  #write(schema: Declared, path: Path): string {
    if (schema === undefined) return '';
    const value = this.value(path);
    const parts = schemasAt(schema, []);
    const possible = choices(parts);
    const text = typeof value === 'string' && this.#isQuotable(path, schema) ? value : undefined;
    const near = text === undefined ? undefined : meantChoice(text, possible, parts.some(isBoolean));
    // One of a list that has been told is no better than another.
    const example = near ?? (text !== undefined && possible.length > 1 ? undefined : exampleOf(schema));
    if (example === undefined) return '';
    const key = path.at(-1);
    return typeof key === 'string' ? `; write ${key}: ${inYaml(example)}` : `; write ${inYaml(example)}`;
  }

  #butIs(path: Path, value: Plain, schema: Declared): string {
    if (typeof value === 'object') return Array.isArray(value) ? ', not a list' : ', not a map';
    if (!this.#isQuotable(path, schema)) return this.#origin(path);
    const source = withoutPassword(exactPlaceAt(this.#place, path)?.source ?? String(value));
    const cut = source.length > 60 ? `${source.slice(0, 60)}…` : source;
    return `, not ${typeof value === 'string' ? JSON.stringify(cut) : cut}`;
  }

  #isQuotable(path: Path, schema?: Declared): boolean {
    if (schema !== undefined && isMarkedSecret(schema)) return false;
    if (ownKeys(path).some((key) => typeof key === 'string' && looksSecret(key))) return false;
    return exactPlaceAt(this.#place, path)?.references === undefined;
  }

  /** Where a value that must not be shown comes from. */
  #origin(path: Path): string {
    const references = exactPlaceAt(this.#place, path)?.references ?? [];
    return references.length === 0 ? '' : ` (here it comes from ${references.join(' and ')})`;
  }
}

/** What a schema says of a value, where it says anything. */
type Declared = ReturnType<typeof declaredAt>;

/** `yes` where true is meant, `warning` where warn is. */
function meantChoice(text: string, possible: readonly string[], flag: boolean): string | boolean | undefined {
  if (flag && /^(?:yes|on|y)$/i.test(text)) return true;
  if (flag && /^(?:no|off|n)$/i.test(text)) return false;
  const lower = text.trim().toLowerCase();
  return (
    calledHere(text, possible) ??
    nearest(text, possible) ??
    possible.find((one) => lower !== '' && (one.toLowerCase().startsWith(lower) || lower.startsWith(one.toLowerCase())))
  );
}

/** Maps of names. */
const NAMED_SECTIONS: ReadonlySet<unknown> = new Set(['sources', 'lookups', 'ajax', 'push', 'webhooks', 'events']);

/** The keys of a path that say what its value is: not the name of a source or lookup, and not `keys` when something is named in it. */
function ownKeys(path: Path): Path {
  if (NAMED_SECTIONS.has(path[0])) return path.slice(2);
  return path[0] === 'access' && path.length > 3 ? path.slice(3) : path;
}

function isBroken(place: YamlPlace): boolean {
  if (place.broken === true) return true;
  for (const part of place.parts?.values() ?? []) {
    if (isBroken(part)) return true;
  }
  return false;
}

function numberOf(text: string): number | undefined {
  const trimmed = text.trim();
  return /^-?\d{1,15}(?:\.\d+)?$/.test(trimmed) ? Number(trimmed) : undefined;
}

function booleanOf(text: string): boolean | undefined {
  const trimmed = text.trim();
  return trimmed === 'true' ? true : trimmed === 'false' ? false : undefined;
}

/** The schema of a path with its title, wrappers included: what an error speaks about. */
function declaredAt(root: ZodType, path: Path) {
  const key = path.at(-1);
  if (key === undefined) return root;
  return schemasAt(root, path.slice(0, -1)).flatMap((parent) => partsOf(parent, key))[0];
}
