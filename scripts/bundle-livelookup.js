// Bundles bin/livelookup and makes its code cache. The command line is started
// for every lookup: loading the modules one by one would cost several times what
// the lookup itself does, and so would compiling the adapters that it does not use.
// What every lookup needs, and the adapter of the embedded default, goes into one
// file; each of the other parts has a file of its own, read by who needs it.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { build, transform } from 'esbuild';

const require = createRequire(import.meta.url);
const FOLDER = 'dist/livelookup';
const ENTRY = 'src/cli/livelookup.ts';
const DEFAULT_ADAPTER = 'adapters/csv/index.ts';

const { outputFiles, metafile } = await build({
  entryPoints: [ENTRY],
  outdir: FOLDER,
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  minify: true,
  // Native code, and libraries that are large: loaded from node_modules by the lookups that use them.
  external: [
    'libsql',
    'ldapts',
    '@azure/identity',
    '@microsoft/microsoft-graph-client',
    'mysql2',
    'mssql',
    'pg',
    'undici',
    '@xmldom/xmldom',
    'xpath',
    'jsonpath-rfc9535',
    'nodemailer',
    'turndown',
    'html-to-text',
    'sanitize-html',
    'any-ascii',
    'prom-client',
    'piscina',
    'xmlbuilder2',
  ],
  // Threads load their work from beside the bundle.
  // The global `performance` of Node loads a module of its own, for which a lookup has no other use.
  define: { 'import.meta.dirname': '__dirname', 'performance.now': 'monotonicNow' },
  inject: ['./scripts/monotonic-now.js'],
  // pino loads these for files and transports of its own; the command line gives it standard error.
  alias: {
    'sonic-boom': './scripts/unused.cjs',
    'thread-stream': './scripts/unused.cjs',
    module: './scripts/unused.cjs',
    worker_threads: './scripts/main-thread.cjs',
  },
  metafile: true,
  write: false,
  logLevel: 'warning',
});

/** One part as a function of CommonJS: a script compiled by hand has no `import`, and only such a script has a code cache. */
async function functionOf({ text }) {
  const options = { format: 'cjs', platform: 'node', target: 'node20', minify: true };
  // Of libraries that come as both, `require` gets the CommonJS one; its default export is that of the other all the same.
  const { code } = await transform(text, { ...options, supported: { 'dynamic-import': false } });
  // The loader reads bytes as characters. The bundler escapes texts, but leaves regular expressions as they are.
  const ascii = code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `(exports, require, module, __dirname) => {${ascii}}`;
}

const functions = new Map(
  await Promise.all(outputFiles.map(async (file) => [basename(file.path), await functionOf(file)])),
);

/** The parts that are loaded together with one. */
function withImports(path, found = new Set()) {
  if (found.has(path)) return found;
  found.add(path);
  for (const { path: imported, kind, external } of metafile.outputs[path].imports) {
    if (kind === 'import-statement' && external !== true) withImports(imported, found);
  }
  return found;
}

const pathOf = (entry) => Object.keys(metafile.outputs).find((path) => metafile.outputs[path].entryPoint === entry);
const usual = new Set(
  [...withImports(pathOf(ENTRY)), ...withImports(pathOf(DEFAULT_ADAPTER))].map((path) => basename(path)),
);

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
const write = (file, names) =>
  writeFileSync(join(FOLDER, file), `({${names.map((name) => `${JSON.stringify(name)}:${functions.get(name)}`)}})`);
write('livelookup.js', [...usual]);
for (const name of functions.keys()) if (!usual.has(name)) write(name, [name]);

// One lookup on the embedded default, so that the cache holds the functions that a lookup runs.
const { openBundle } = require('../bin/load-bundle.cjs');
const { load, writeCaches } = openBundle({ useCache: false });
const ignored = { write: () => true };
const terminal = { stdout: ignored, stderr: ignored, environment: {}, packageRoot: process.cwd() };
const status = await load('livelookup.js').runLiveLookup(
  ['--config=config/gateway.yaml', '--customer_id=1001'],
  terminal,
);
if (status !== 0) throw new Error('the bundled command line does not answer on the embedded default');
writeCaches();
// The other adapters are only loaded: their systems are not here.
for (const name of functions.keys()) load(name);
writeCaches();
