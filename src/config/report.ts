/** Checks parts of the tree against schemas, and collects what is wrong. */

import type { output, ZodType } from 'zod';
import { type $ZodIssue, type $ZodType, safeParse } from 'zod/v4/core';
import { redact } from '../contract/index.ts';
import type { Mistake } from './document.ts';
import { knownKeys, partsOf, schemasAt } from './expectation.ts';
import { meantName, suggestion } from './names.ts';
import {
  exactPlaceAt,
  isPlainMap,
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
import { discreetWords, isQuotable, misfitWords, originWords, type WrongValue } from './value-words.ts';
import { flagIn, numberIn } from './wrong-values.ts';

// Our own words for everything that a schema does not word itself; and each schema is used once, so compiling it costs more than it saves.
const PARSE = { error: () => '', jitless: true, reportInput: true } as const;

/** How a part is checked. */
export interface CheckOptions {
  /** Keys of this map that are checked elsewhere. */
  readonly except?: readonly string[];
}

/** `people`, `sql server`: of `password=hunter2`, `Bearer hunter2` or a long text nobody made a name. */
const NAME_LIKE = /^(?=.{1,60}$)(?:[\w.-]+|[a-z]+(?: [a-z]+)*)$/i;

/** The mistakes of one file. */
export class Report {
  readonly mistakes: Mistake[] = [];
  readonly #place: YamlPlace;
  readonly #secrets: readonly string[];
  /** Keys that are missing because they are misspelled. */
  readonly #misspelled = new Set<string>();
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
    const place = exactPlaceAt(this.#place, path);
    const isName = typeof value === 'string' && NAME_LIKE.test(value) && isQuotable({ path, place });
    const name = isName ? value : undefined;
    const quoted = name === undefined ? originWords(place) : ` ${JSON.stringify(name)}`;
    const isFar = name !== undefined && meantName(name, known) === undefined;
    const more = isFar && otherwise !== undefined ? `; ${otherwise}` : '';
    this.add(path, `unknown ${what}${quoted}; ${suggestion(name, known, plural)}${more}`);
  }

  /** A key that is not among the known. */
  addUnknownKey(path: Path, known: readonly string[]): void {
    const key = String(path.at(-1));
    const meant = meantName(key, known);
    if (meant !== undefined) this.#misspelled.add(pathText([...path.slice(0, -1), meant]));
    // Of a page of the web: for YAML it is a letter.
    const words = /^[^\S ]/.test(key) ? 'begins with a space that is none; indent with the space bar' : undefined;
    this.add(path, words ?? `unknown key; ${suggestion(key, known, 'keys')}`);
  }

  /** Whether a key is only missing because it is misspelled, which has been told. */
  isMisspelled(path: Path): boolean {
    return this.value(path) === undefined && this.#misspelled.has(pathText(path));
  }

  /** The output of a schema for the value at a path, or undefined when it does not fit: then the mistakes are added. */
  check<Schema extends ZodType>(schema: Schema, path: Path, options: CheckOptions = {}): output<Schema> | undefined {
    for (;;) {
      const result = schema.safeParse(this.#without(path, options.except ?? []), PARSE);
      if (result.success) return this.#hasBroken(path) ? undefined : result.data;
      // Ends, because a value that was turned is no text any more.
      if (this.#turnTexts(result.error.issues, path)) continue;
      this.#addIssues(result.error.issues, schema, path, path, options);
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
      expected === 'boolean' ? flagIn(text) : expected === 'number' || expected === 'int' ? numberIn(text) : undefined;
    if (value === undefined) return false;
    this.#value = withValue(this.#value, path, value);
    return true;
  }

  #addIssues(issues: readonly $ZodIssue[], ...where: [ZodType, Path, Path, CheckOptions]): void {
    const isUnknown = ({ code }: $ZodIssue) => code === 'unrecognized_keys';
    // What is misspelled is not missing.
    for (const issue of issues.filter(isUnknown)) this.#addIssue(issue, ...where);
    for (const issue of issues.filter((one) => !isUnknown(one))) this.#addIssue(issue, ...where);
  }

  #addIssue(issue: $ZodIssue, schema: ZodType, base: Path, parent: Path, options: CheckOptions): void {
    const path = [...parent, ...issue.path];
    if (!this.isUsable(path) || this.isMisspelled(path)) return;
    const schemas = schemasAt(schema, path.slice(base.length));
    if (this.value(path) === undefined && this.#hasMisspelled(path, schema, base, options)) return;
    if (issue.code === 'unrecognized_keys') {
      const known = [...(options.except ?? []), ...knownKeys(schemas)];
      for (const key of issue.keys) {
        // Known in another of several forms.
        if (known.includes(key)) this.add([...path, key], 'does not go with the other keys here; remove it');
        else this.addUnknownKey([...path, key], known);
      }
      return;
    }
    if (issue.code === 'invalid_union') {
      const chosen = chosenIssues(issue);
      this.#addIssues(chosen, schema, base, path, options);
      if (chosen.length > 0) return;
    }
    const wrong = this.#wrong(path, schema, path.slice(base.length), issue);
    this.add(path, issue.message === '' ? misfitWords(issue, wrong) : discreetWords(issue.message, wrong));
  }

  /** Where other keys may be somebody else's, as those of an adapter: whether one beside is nearly the missing one; then it is told. */
  #hasMisspelled(path: Path, schema: ZodType, base: Path, { except = [] }: CheckOptions): boolean {
    const parent = path.slice(0, -1);
    const known = [...except, ...knownKeys(schemasAt(schema, parent.slice(base.length)))];
    const key = path.at(-1);
    const map = this.value(parent);
    if (typeof key !== 'string' || !isPlainMap(map)) return false;
    const misspelled = Object.keys(map).find((one) => !known.includes(one) && meantName(one, [key]) === key);
    if (misspelled !== undefined) this.addUnknownKey([...parent, misspelled], [key]);
    return misspelled !== undefined;
  }

  /** What is wrong at a path, for the words of it. @param below the way from the schema to the path */
  #wrong(path: Path, schema: ZodType, below: Path, issue: $ZodIssue): WrongValue {
    const [place, value] = [exactPlaceAt(this.#place, path), this.value(path)];
    return { path, value, place, schema: declaredAt(schema, below, (form) => hasIssue(form, value, issue)) };
  }
}

function isBroken(place: YamlPlace): boolean {
  if (place.broken === true) return true;
  for (const part of place.parts?.values() ?? []) {
    if (isBroken(part)) return true;
  }
  return false;
}

/**
 * The schema of a path with its title, wrappers included: what an error speaks about.
 * @param isMeant of several forms that have the key, the one that has the error
 */
function declaredAt(root: ZodType, path: Path, isMeant: (form: $ZodType) => boolean): $ZodType | undefined {
  const key = path.at(-1);
  if (key === undefined) return root;
  const forms = schemasAt(root, path.slice(0, -1)).flatMap((parent) => partsOf(parent, key));
  return forms.length > 1 ? (forms.find(isMeant) ?? forms[0]) : forms[0];
}

function hasIssue(form: $ZodType, value: unknown, issue: $ZodIssue): boolean {
  const expected = (one: $ZodIssue) => ('expected' in one ? one.expected : undefined);
  const found = safeParse(form, value, PARSE).error?.issues ?? [];
  return found.some((one) => one.code === issue.code && expected(one) === expected(issue));
}
