/** Finding adapters of other people: `adapter: ./my-crm.js` and `adapter: "@scope/package"`. */

import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Adapter, UserError } from '../contract/index.ts';
import { LIMITS } from './defaults.ts';
import { fileMistake, readTextFile } from './files.ts';
import { importAdapter } from './import-adapter.ts';
import { findUp } from './own-folder.ts';
import { isPath, pathFrom } from './paths.ts';
import { shownFile } from './problems.ts';
import type { Report } from './report.ts';
import { isPlainMap, type Path } from './tree.ts';

// https://docs.npmjs.com/cli/configuring-npm/package-json#name
const PACKAGE_NAME = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;

/** An adapter, and which one of those that had its name in turn. */
export interface LoadedAdapter {
  readonly adapter: Adapter;
  /** Another one when the file has changed: its sources are then opened anew. */
  readonly version: string;
}

/**
 * The adapter that a source names and the gateway does not have. When it cannot be had, the report says why, where it
 * was looked for, and what to do.
 * @param path of the key `adapter`
 * @param own the names of the gateway's own adapters, one of which may have been meant
 * @param folder of the configuration file
 */
export async function outsideAdapter(
  report: Report,
  path: Path,
  own: readonly string[],
  folder: string,
): Promise<LoadedAdapter | undefined> {
  const word = String(report.value(path));
  try {
    if (isPath(word)) return await fromFile(pathFrom(folder, word));
    if (/\.[cm]?[jt]s$/.test(word)) throw new UserError(notAPath(word));
    const manifest = PACKAGE_NAME.test(word) ? manifestOf(word, folder) : undefined;
    if (manifest !== undefined) return await fromPackage(word, manifest);
    const missing = PACKAGE_NAME.test(word) ? notInstalled(word, folder) : undefined;
    if (!/[@/]/.test(word)) report.addUnknown(path, 'adapter', own, 'adapters', missing);
    else
      report.add(path, missing ?? 'is no name of a package; write "@scope/package", or ./FILE for a file of your own');
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    report.add(path, error.message);
  }
  return undefined;
}

function notAPath(word: string): string {
  // `~/…` and `file:…` mean something elsewhere.
  const example = /^~|:/.test(word) ? './FILE.js' : `./${word}`;
  return `a file is named with ./ in front, or by its absolute path; write adapter: ${example}`;
}

async function fromFile(file: string): Promise<LoadedAdapter> {
  const shown = shownFile(file);
  const mistake = fileMistake(file);
  if (mistake !== undefined) {
    const hint = 'write the path of the module of your adapter, as it is seen from the configuration file';
    throw new UserError(`${shown} ${mistake}; ${hint}`);
  }
  const version = String(statSync(file).mtimeMs);
  return { adapter: await importAdapter({ file, query: `?${version}`, shown, after: '' }), version };
}

/** The package.json of a package: first of what is installed for the configuration, then of what is with the gateway. */
function manifestOf(name: string, folder: string): string | undefined {
  const manifest = join('node_modules', name, 'package.json');
  return findUp(folder, manifest) ?? findUp(import.meta.dirname, manifest);
}

function notInstalled(name: string, folder: string): string {
  const where = `in ${join(folder, 'node_modules')} and above, and beside the gateway`;
  return `the package ${name} is not installed (looked for ${where}); run "npm install ${name}" in ${folder}`;
}

async function fromPackage(name: string, manifest: string): Promise<LoadedAdapter> {
  const shown = `the package ${name} (${dirname(manifest)})`;
  const file = entryOf(manifest);
  if (file === undefined) {
    throw new UserError(`${shown} has no module to import; build it, and see "exports" in its package.json`);
  }
  const adapter = await importAdapter({ file, query: '', shown, after: ', and start the gateway again' });
  return { adapter, version: '' };
}

/** The module of a package (https://nodejs.org/api/packages.html#package-entry-points). */
function entryOf(manifest: string): string | undefined {
  try {
    const text = readTextFile(manifest, LIMITS.fileBytes);
    const read: unknown = JSON.parse('text' in text ? text.text : '');
    const exported = isPlainMap(read) ? read['exports'] : undefined;
    // Without "exports" a package has a "main", or index.js.
    const target = exported === undefined ? './' : exportTarget(exported);
    return target === undefined ? undefined : createRequire(manifest).resolve(target);
  } catch {
    return undefined;
  }
}

/** What `exports` has for whoever imports the package itself: the first condition that holds. */
function exportTarget(exported: unknown): string | undefined {
  if (typeof exported === 'string') return exported;
  for (const [key, target] of isPlainMap(exported) ? Object.entries(exported) : []) {
    const holds = ['.', 'node', 'import', 'module-sync', 'default'].includes(key);
    const found = holds ? exportTarget(target) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
