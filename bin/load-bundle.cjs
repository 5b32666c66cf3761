'use strict';
// Loads the bundled command line with its code cache, so that a lookup starts in
// little more than the time that node itself needs. The build makes the cache; V8
// refuses one of another version or build, and then the bundle is compiled as usual.
const { readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

const BUILT = join(__dirname, '..', 'dist');
const FOLDER = join(BUILT, 'livelookup');

function readCache(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/**
 * Opens the bundle: files that are each an object of parts, functions of CommonJS by their name.
 * `load(name)` runs a part, and what it needs, once, and returns its exports; throws ENOENT when nothing was built.
 */
function openBundle({ useCache = true } = {}) {
  const scripts = new Map();
  const parts = {};
  const modules = {};

  function read(name) {
    const file = join(FOLDER, name);
    const cachedData = useCache ? readCache(`${file}.cache`) : undefined;
    // The bundler writes pure ASCII: latin1 reads it without decoding.
    const script = new Script(readFileSync(file, 'latin1'), { filename: file, cachedData });
    scripts.set(`${file}.cache`, script);
    Object.assign(parts, script.runInThisContext());
  }

  function load(name) {
    if (modules[name] !== undefined) return modules[name].exports;
    if (parts[name] === undefined) read(name);
    const module = { exports: {} };
    modules[name] = module;
    const requirePart = (id) => (id.startsWith('./') ? load(id.slice(2)) : require(id));
    parts[name](module.exports, requirePart, module, BUILT);
    return module.exports;
  }

  /** Writes the caches of the files that were read since the last time: of what has run in them until now. */
  function writeCaches() {
    for (const [file, script] of scripts) writeFileSync(file, script.createCachedData());
    scripts.clear();
  }

  return { load, writeCaches };
}

module.exports = { openBundle };
