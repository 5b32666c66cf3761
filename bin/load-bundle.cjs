'use strict';
// Loads the bundled command line with its code cache, so that a lookup starts in
// little more than the time that node itself needs. The build makes the cache; V8
// refuses one of another version or build, and then the bundle is compiled as usual.
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { dirname, join } = require('node:path');
const { Script } = require('node:vm');

const BUNDLE = join(__dirname, '..', 'dist', 'livelookup.cjs');
const CACHE = join(__dirname, '..', 'dist', 'livelookup.cache');

function readCache() {
  try {
    return readFileSync(CACHE);
  } catch {
    return undefined;
  }
}

/** Compiles the bundle; `load()` runs it and returns its exports. Throws ENOENT when nothing was built. */
function compileBundle({ useCache = true } = {}) {
  // The bundler writes pure ASCII: latin1 reads it without decoding.
  const source = readFileSync(BUNDLE, 'latin1');
  const cachedData = useCache ? readCache() : undefined;
  const wrapped = `(function (exports, require, module, __dirname) {${source}\n})`;
  const script = new Script(wrapped, { filename: BUNDLE, cachedData });
  const load = () => {
    const module = { exports: {} };
    script.runInThisContext()(module.exports, createRequire(BUNDLE), module, dirname(BUNDLE));
    return module.exports;
  };
  return { script, load, cachePath: CACHE };
}

module.exports = { compileBundle };
