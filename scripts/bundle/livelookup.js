// The bundle of bin/livelookup. The command line is started for every lookup. What every lookup needs, and the adapter
// of the embedded default, goes into one file; each of the other parts has a file of its own, read by who needs it.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { LIBRARIES, LIGHTER_BUILDS, lighterLibraries, UNUSED, unseenLibraries } from './libraries.js';
import { partsOf } from './parts.js';

const require = createRequire(import.meta.url);
const ENTRY = 'src/cli/livelookup.ts';
const FOLDER = 'dist/livelookup';
const DEFAULT_ADAPTER = 'adapters/csv/index.ts';
/** Libraries that a function of ours loads by `require`, by the part that is made of each: half of what there is to read, and few lookups need one. */
const ON_DEMAND = { 'iconv-lite': 'iconv-lite', 'libphonenumber-js/min': 'libphonenumber' };
const onDemand = {
  name: 'on-demand',
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ path, kind }) =>
      kind === 'require-call' && path in ON_DEMAND ? { path: `./${ON_DEMAND[path]}.js`, external: true } : undefined,
    );
  },
};

/** Names what the program does: a gateway that serves answers for the same program only. */
function buildOf(folder) {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) hash.update(readFileSync(join(folder, name)));
  return hash.digest('hex').slice(0, 16);
}

/** Writes dist/livelookup. @returns the libraries in it, by the folders that they come from */
export async function bundleLivelookup() {
  const parts = await partsOf({
    entryPoints: [
      { in: ENTRY, out: 'livelookup' },
      ...Object.entries(ON_DEMAND).map(([library, out]) => ({ in: library, out })),
    ],
    outdir: FOLDER,
    minify: true,
    external: [...LIBRARIES, ...UNUSED],
    plugins: [unseenLibraries, lighterLibraries, onDemand],
    // Threads load their work from beside the bundle.
    // The global `performance` of Node loads a module of its own, for which a lookup has no other use.
    define: { 'import.meta.dirname': '__dirname', 'performance.now': 'monotonicNow' },
    inject: ['./scripts/bundle/monotonic-now.js'],
    // pino loads these for files and transports of its own; the command line gives it standard error.
    alias: {
      ...LIGHTER_BUILDS,
      'sonic-boom': './scripts/bundle/unused.cjs',
      'thread-stream': './scripts/bundle/unused.cjs',
      module: './scripts/bundle/unused.cjs',
      worker_threads: './scripts/bundle/main-thread.cjs',
    },
  });
  parts.write({ 'livelookup.js': parts.neededBy(ENTRY, DEFAULT_ADAPTER) });
  writeFileSync(join(FOLDER, 'build'), `${buildOf(FOLDER)}\n`);

  // One lookup on the embedded default, so that the cache holds the functions that a lookup runs.
  const { openBundle } = require('../../bin/load-bundle.cjs');
  const { load, writeCaches } = openBundle('livelookup', { useCache: false });
  const ignored = { write: () => true };
  const terminal = { stdout: ignored, stderr: ignored, environment: {}, packageRoot: process.cwd() };
  const args = ['--config=config/gateway.yaml', '--customer_id=1001'];
  const status = await load('livelookup.js').runLiveLookup(args, terminal);
  if (status !== 0) throw new Error('the bundled command line does not answer on the embedded default');
  writeCaches();
  // What is ours is only loaded: the systems of the other adapters are not here. Of libraries that few lookups use, a
  // start without a cache costs less than all of theirs at each build.
  for (const name of parts.ofModules(/^(?:src|adapters)\/|libphonenumber/)) load(name);
  writeCaches();

  const problem = require('../../bin/make-snapshot.cjs').makeSnapshot();
  if (problem !== undefined) process.stderr.write(`bin/livelookup starts without a snapshot: ${problem}\n`);
  return parts.packages;
}
