'use strict';
// Loads a bundled program with its code cache, so that it starts in little more than the time that node itself needs.
// The build makes the cache; V8 refuses one of another version or build, and then the bundle is compiled as usual.
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

const compiled = (text, options) => new Script(text, options);

const BUILT = join(__dirname, '..', 'dist');

function readCache(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** What is not installed is missed by who needs it, with words of its own. */
function requireInstalled(library) {
  try {
    require(library);
  } catch (error) {
    if (error?.code !== 'MODULE_NOT_FOUND') throw error;
  }
}

/**
 * Opens a bundle: files that are each an object of parts, functions of CommonJS by their name.
 * `load(name)` runs a part, and what it needs, once, and returns its exports; throws ENOENT when nothing was built.
 * @param {'gateway' | 'livelookup'} program
 * @param {{ useCache?: boolean, requireOutside?: NodeRequire, compile?: typeof compiled }} options how a snapshot is made of it
 */
function openBundle(program, { useCache = true, requireOutside = require, compile = compiled } = {}) {
  const folder = join(BUILT, program);
  const scripts = new Map();
  const texts = new Map();
  const parts = {};
  const modules = {};

  /** What a file has: its text and its code cache. The bundler writes pure ASCII: latin1 reads it without decoding. */
  const contentOf = (file) => ({
    text: readFileSync(file, 'latin1'),
    cachedData: useCache ? readCache(`${file}.cache`) : undefined,
  });

  function read(name) {
    const own = !('table' in parts) ? name : load('table')[name].file;
    const file = join(folder, own);
    const { text, cachedData } = texts.get(file) ?? contentOf(file);
    texts.delete(file);
    // It stays in the cache, and where that was made is nobody's business. Not a part of `file`: V8 would keep all of it.
    const script = compile(text, { filename: `dist/${program}/${own}`, cachedData });
    scripts.set(`${file}.cache`, script);
    Object.assign(parts, script.runInThisContext());
  }

  function load(name) {
    if (modules[name] !== undefined) return modules[name].exports;
    if (parts[name] === undefined) read(name);
    const module = { exports: {} };
    modules[name] = module;
    const requirePart = (id) => (id.startsWith('./') ? load(id.slice(2)) : requireOutside(id));
    const part = parts[name];
    // It runs once: what it is made of would be kept with it.
    parts[name] = undefined;
    part(module.exports, requirePart, module, BUILT);
    return module.exports;
  }

  /**
   * Reads what the parts that were loaded may need later on, so that these files may be replaced while the program
   * runs: an update must not meet a gateway that serves. What belongs to adapters that were not loaded is left out.
   */
  function hold() {
    const table = load('table');
    const held = new Set();
    const libraries = new Set();
    const holdPart = (name) => {
      const part = table[name];
      if (part === undefined || held.has(name) || (part.isAdapter && modules[name] === undefined)) return;
      held.add(name);
      const file = join(folder, part.file);
      if (modules[name] === undefined && parts[name] === undefined && !texts.has(file))
        texts.set(file, contentOf(file));
      for (const library of part.libraries) libraries.add(library);
      for (const needed of part.needs) holdPart(needed);
    };
    for (const name of Object.keys(modules)) holdPart(name);
    for (const library of libraries) requireInstalled(library);
  }

  /** Writes the caches of the files that were read since the last time: of what has run in them until now. */
  function writeCaches() {
    for (const [file, script] of scripts) writeFileSync(file, script.createCachedData());
    scripts.clear();
  }

  return { load, hold, writeCaches };
}

module.exports = { openBundle };
