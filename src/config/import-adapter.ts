/** Importing the module of an adapter that is no part of the gateway; and what is wrong when that fails. */

import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Adapter, DeadlineExceeded, UserError, untilAborted, withDeadlineWithin } from '../contract/index.ts';
import { isAdapter } from './adapter-shape.ts';
import { LIMITS } from './defaults.ts';
import { readTextFile } from './files.ts';
import { ownFolder } from './own-folder.ts';
import { shownFile } from './problems.ts';

/** The name under which adapters import the contract. */
const OWN_NAME = 'helpspot-gateway';

/** A module, and how it is spoken of. */
export interface AdapterModule {
  readonly file: string;
  /** Stands behind the address: Node keeps what it imported under an address, failures too. */
  readonly query: string;
  /** The beginning of a sentence: "the package @acme/crm (/opt/…)". */
  readonly shown: string;
  /** The end of a sentence that says what to mend. */
  readonly after: string;
}

/**
 * Imports an adapter and checks it against the contract.
 * @throws {UserError} what is wrong, where, and what to do
 */
export async function importAdapter({ file, query, shown, after }: AdapterModule): Promise<Adapter> {
  const exported = await defaultExport(`${pathToFileURL(file).href}${query}`).catch((error: unknown) => {
    throw new UserError(`${shown} cannot be imported: ${importMistake(error, file)}${after}`);
  });
  if (exported === undefined) {
    throw new UserError(`${shown} has no default export; write export default defineAdapter({ … })${after}`);
  }
  const mistakes: string[] = [];
  if (isAdapter(exported, mistakes)) return exported;
  throw new UserError(`${shown} is not an adapter: ${mistakes.join('; ')}${after}`);
}

/** The default export; of a CommonJS module that a compiler made of an ES module, what that exported by default. */
async function defaultExport(url: string): Promise<unknown> {
  const file = join(ownFolder(), 'bin', 'import-module.cjs');
  const { importModule }: { importModule(url: string): Promise<object> } = createRequire(file)(file);
  const module = await withDeadlineWithin(LIMITS.importMs, undefined, (signal) =>
    untilAborted(importModule(url), signal),
  );
  const exported: unknown = Reflect.get(module, 'default');
  const isCompiled = typeof exported === 'object' && exported !== null && Reflect.get(exported, '__esModule') === true;
  return isCompiled ? Reflect.get(exported, 'default') : exported;
}

/** What went wrong, where, and what to do. Of Node's words the first line. */
function importMistake(error: unknown, file: string): string {
  if (!(error instanceof Error)) return `it throws ${oneLine(String(error))}; mend it`;
  const words = oneLine(error.message);
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ERR_MODULE_NOT_FOUND') return `${words}; ${whatToInstall(error.message, file)}`;
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION') return `${words}; compile it to JavaScript, and name the .js file`;
  if (error instanceof DeadlineExceeded) {
    return `it is not ready after ${LIMITS.importMs / 1000} seconds; do in "open" what takes time`;
  }
  if (error instanceof SyntaxError) return `${words}${placeOfSlip(error, file)}; mend it`;
  const place = /(?:file:\/\/|\(|at )(\/[^\s()]{1,1000}:\d{1,9}):\d{1,9}/.exec(error.stack ?? '')?.[1];
  return `it throws ${error.name}: ${words}${shownPlace(place)}; mend it`;
}

function whatToInstall(message: string, file: string): string {
  const name = /Cannot find package '([^']+)'/.exec(message)?.[1];
  if (name === undefined) return 'build it, or correct the path in its import';
  // The gateway may be a clone, which no registry has.
  return `run "npm install ${name === OWN_NAME ? ownFolder() : name}" in ${shownFile(projectOf(file))}`;
}

/** Where npm installs what a module imports: beside it, for a package in the folder that has its `node_modules`. */
function projectOf(file: string): string {
  const [project] = file.split(`${sep}node_modules${sep}`);
  return project === undefined || project === file ? dirname(file) : project;
}

/** Node tells the line of an import that leads nowhere, but not that of a slip in an ES module: another process is asked for it. */
function placeOfSlip(error: SyntaxError, file: string): string {
  const told = /^file:\/\/(\/.*:\d+)$/m.exec(error.stack ?? '')?.[1];
  if (told !== undefined) return shownPlace(told);
  const source = readTextFile(file, LIMITS.fileBytes);
  const options = { input: 'text' in source ? source.text : '', encoding: 'utf8', timeout: LIMITS.importMs } as const;
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '--check', '-'], options);
  const line = /^\[stdin\]:(\d+)/m.exec(stderr)?.[1];
  return line === undefined ? ' (in a file that it imports)' : shownPlace(`${file}:${line}`);
}

/** A path with a line, of which the path may be the address of a module. */
function shownPlace(place: string | undefined): string {
  const [, path, line] = /^(.*?)(?:\?[\d.]+)?:(\d+)$/.exec(place ?? '') ?? [];
  return path === undefined ? '' : ` (${shownFile(path.replace(/%20/g, ' '))}:${line})`;
}

function oneLine(text: string): string {
  return (text.split('\n', 1)[0] ?? '').slice(0, LIMITS.quotedCharacters);
}
