// What both bundles have in common: the parts that esbuild makes of an entry, as functions of CommonJS in a few files.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build, transform } from 'esbuild';
import { packagesIn } from './libraries.js';

/**
 * Builds an entry into parts: one for what several need, and one for each module that is imported when it is needed.
 * @param {import('esbuild').BuildOptions & { entryPoints: string[], outdir: string }} options beside the usual ones
 */
export async function partsOf({ minify, ...options }) {
  // Not minified here yet: what libraries of CommonJS export is seen by their names.
  const { outputFiles, metafile } = await build({
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    metafile: true,
    write: false,
    logLevel: 'warning',
    ...options,
  });
  // Whoever follows a stack trace reads our code, and not that of a library.
  const isLibrary = ({ path }) => {
    const [, { inputs }] = Object.entries(metafile.outputs).find(([name]) => basename(name) === basename(path)) ?? [];
    return Object.keys(inputs).every((input) => input.includes('node_modules/'));
  };
  const functions = new Map(
    await Promise.all(
      outputFiles.map(async (file) => [basename(file.path), await functionOf(file, minify ?? isLibrary(file))]),
    ),
  );
  const pathOf = (entry) => Object.keys(metafile.outputs).find((path) => metafile.outputs[path].entryPoint === entry);
  const nameOf = (entry) => basename(pathOf(entry));

  /** The parts that are loaded together with one. */
  function withImports(path, found = new Set()) {
    if (found.has(path)) return found;
    found.add(path);
    for (const { path: imported, kind, external } of metafile.outputs[path].imports) {
      if (kind === 'import-statement' && external !== true) withImports(imported, found);
    }
    return found;
  }

  /** What the loader has to know of each part: its file, what it may need from the other files and from node_modules. */
  function tableOf(fileOf, { adapters, libraries }) {
    const table = {};
    for (const [path, { imports, entryPoint = '' }] of Object.entries(metafile.outputs)) {
      const needs = imports.filter(({ external }) => external !== true).map((one) => basename(one.path));
      const used = imports.filter((one) => libraries.includes(one.path.split('/', 1)[0])).map((one) => one.path);
      const name = basename(path);
      table[name] = { file: fileOf(name), isAdapter: adapters.test(entryPoint), needs, libraries: used };
    }
    return table;
  }

  return {
    packages: packagesIn(metafile),
    names: [...functions.keys()],
    nameOf,

    /** The names of the parts whose module, of ours, matches: those that are loaded when it is imported. */
    ofModules: (pattern) =>
      Object.entries(metafile.outputs)
        .filter(([, { entryPoint = '' }]) => pattern.test(entryPoint))
        .map(([path]) => basename(path)),

    /** The names of the parts that are loaded when these modules are. */
    neededBy: (...entries) =>
      new Set(entries.flatMap((entry) => [...withImports(pathOf(entry))]).map((path) => basename(path))),

    /**
     * Writes files of several parts by their names, and a file for each of the other parts.
     * @param {{ adapters: RegExp, libraries: string[] }=} held for a bundle that can be held in memory: what matches the
     *   modules of adapters, and which libraries it needs beside it. The loader then finds a table of all parts in the first file
     */
    write(files, held) {
      const folder = options.outdir;
      const fileOfPart = new Map();
      for (const [file, names] of Object.entries(files)) {
        for (const name of names) if (!fileOfPart.has(name)) fileOfPart.set(name, file);
      }
      for (const name of functions.keys()) if (!fileOfPart.has(name)) fileOfPart.set(name, name);
      if (held !== undefined) {
        const table = tableOf((name) => fileOfPart.get(name), held);
        functions.set('table', `(exports, require, module) => {module.exports = ${JSON.stringify(table)}}`);
        fileOfPart.set('table', Object.keys(files)[0]);
      }
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      for (const file of new Set(fileOfPart.values())) {
        const names = [...functions.keys()].filter((name) => fileOfPart.get(name) === file);
        const parts = names.map((name) => `${JSON.stringify(name)}:${functions.get(name)}`);
        writeFileSync(join(folder, file), `({${parts.join(',\n')}})`);
      }
    },
  };
}

/**
 * What a part exports, as values: the bundler would make two functions for each, and call both whenever it is used. Only of
 * a variable that is set again later on a function is made. No parts import one another in a circle.
 */
export function exportsOf(list, text) {
  const properties = list.split(',\n').map((line) => {
    const [, local, name = local] = /^\s*(\S+)(?: as (\S+))?$/.exec(line);
    const set = new RegExp(
      `(?<![\\w$.])${local.replaceAll('$', '\\$')}\\s*(?:[-+*/%&|^?<>]{0,3}=(?![=>])|\\+\\+|--)`,
      'g',
    );
    const isSetLater =
      text.match(set)?.length > 1 || new RegExp(`^(?:let|var) [^=;]*\\b${local}\\b[^=]*;$`, 'm').test(text);
    return isSetLater ? `get ${name}() { return ${local}; }` : `${name}: ${local}`;
  });
  return `module.exports = Object.defineProperty({ ${properties.join(', ')} }, '__esModule', { value: true });`;
}

/** One part as a function of CommonJS: a script compiled by hand has no `import`, and only such a script has a code cache. */
async function functionOf({ text }, minify = false) {
  // The bundler names the module above its code; whoever follows a stack trace wants to know it.
  const named = minify ? text : text.replace(/^\/\/ (?=(?:src|adapters|node_modules)\/)/gm, '//! ');
  // Of a library of CommonJS the bundler gives the default export alone; Node.js gives its names beside it.
  const whole = named.replace(
    /^export default (require_\w+\(\));$/m,
    'const library = $1;\nmodule.exports = Object.create(Object(library), { default: { value: library } });',
  );
  const own = whole.replace(/^export \{\n(.*?)\n\};$/ms, (_, list) => exportsOf(list, whole));
  const options = { format: 'cjs', platform: 'node', target: 'node20', minify, legalComments: 'inline' };
  // Of libraries that come as both, `require` gets the CommonJS one; its default export is that of the other all the same.
  const { code } = await transform(own, { ...options, supported: { 'dynamic-import': false } });
  // The loader reads bytes as characters. The bundler escapes texts, but leaves regular expressions as they are.
  const ascii = code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `(exports, require, module, __dirname) => {${ascii}}`;
}
