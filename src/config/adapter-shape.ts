/** Whether what a module exports is an adapter of the contract, told part by part. */

import * as core from 'zod/v4/core';
import { type Adapter, CONTRACT_VERSION } from '../contract/index.ts';
import { knownKeys, schemasAt } from './expectation.ts';
import { SOURCE_KEYS } from './sections/source.ts';
import { isPlainMap } from './tree.ts';

const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const FORMATS: readonly unknown[] = ['text', 'markdown', 'html'];
const OPTIONAL_FUNCTIONS = ['titleOf', 'cannotFind', 'pushOf', 'cannotPush'] as const;

/**
 * True for an adapter. Own properties count, because the gateway copies adapters: a class is none.
 * @param mistakes gets what is wrong, each the end of a sentence that begins with the adapter
 */
export function isAdapter(value: unknown, mistakes: string[]): value is Adapter {
  if (typeof value !== 'object' || value === null) {
    mistakes.push(`its default export is ${value === null ? 'null' : `a ${typeof value}`}, not an object`);
    return false;
  }
  const part: Readonly<Record<string, unknown>> = { ...value };
  const { contract = CONTRACT_VERSION, name, title, settings, finds, push } = part;
  if (contract !== CONTRACT_VERSION) {
    mistakes.push(
      `it is made for version ${String(contract)} of the adapter contract, and this gateway has version ${CONTRACT_VERSION}; install one that is made for this version`,
    );
    // What another version asks for is not known here.
    return false;
  }
  if (typeof name !== 'string' || !NAME.test(name))
    mistakes.push('"name" must be a text of small letters, digits and dashes');
  if (typeof title !== 'string' || title.trim() === '') mistakes.push('"title" must be a text that is not empty');
  for (const mistake of settingsMistakes(settings)) mistakes.push(mistake);
  if (typeof part['open'] !== 'function') mistakes.push('"open" must be a function');
  for (const key of OPTIONAL_FUNCTIONS) {
    if (!['undefined', 'function'].includes(typeof part[key])) {
      mistakes.push(`"${key}" must be a function, or left out`);
    }
  }
  if (finds !== undefined && finds !== false) mistakes.push('"finds" must be false, or left out');
  for (const key of ['reachedBy', 'identifiedBy']) {
    const { [key]: names = [] } = part;
    if (!Array.isArray(names) || !names.every((name) => typeof name === 'string')) {
      mistakes.push(`"${key}" must be a list of names of settings, or left out`);
    }
  }
  for (const mistake of push === undefined ? [] : pushMistakes(push)) mistakes.push(mistake);
  return mistakes.length === 0;
}

/** A schema of any copy of zod 4: what it is stands in it, and not in its class. */
function settingsMistakes(settings: unknown): readonly string[] {
  if (typeof settings !== 'object' || settings === null) return ['"settings" must be a strict object of zod'];
  if (!('_zod' in settings) && '_def' in settings) return ['"settings" is a schema of zod 3; import zod 4'];
  const isSchema = settings instanceof core.$ZodType && 'safeParse' in settings;
  if (!isSchema) return ['"settings" must be a strict object of zod'];
  const taken = knownKeys(schemasAt(settings, [])).filter((key) => SOURCE_KEYS.includes(key));
  return taken.map((key) => `"settings" must not have "${key}", which every source has already; give it another name`);
}

function pushMistakes(push: unknown): readonly string[] {
  if (!isPlainMap(push)) return ['"push" must be an object, or left out'];
  const { format, fields, required = [], whenUnclear = 'hold', searchLagMs = 0, linking, writesBack = '' } = push;
  const areNamed = isPlainMap(fields) && Object.values(fields).every((what) => typeof what === 'string');
  const mistakes: string[] = [];
  if (!FORMATS.includes(format)) mistakes.push(`"push.format" must be one of ${FORMATS.join(', ')}`);
  if (!areNamed && fields !== 'any') {
    mistakes.push('"push.fields" must be an object that says of each field what it is, or "any"');
  }
  if (!Array.isArray(required) || !required.every((name) => typeof name === 'string')) {
    mistakes.push('"push.required" must be a list of names, or left out');
  }
  if (whenUnclear !== 'hold' && whenUnclear !== 'repeat') {
    mistakes.push('"push.whenUnclear" must be hold or repeat, or left out');
  }
  const canLink = isPlainMap(linking) && typeof linking['thing'] === 'string' && typeof linking['idIn'] === 'function';
  if (linking !== undefined && !canLink) {
    mistakes.push('"push.linking" must have a text "thing" and a function "idIn", or be left out');
  }
  if (typeof writesBack !== 'string') mistakes.push('"push.writesBack" must be the name of a field, or left out');
  if (typeof searchLagMs !== 'number' || !Number.isFinite(searchLagMs) || searchLagMs < 0) {
    mistakes.push('"push.searchLagMs" must be a number of milliseconds, or left out');
  }
  return mistakes;
}
