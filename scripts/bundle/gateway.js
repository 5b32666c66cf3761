// The bundle of bin/helpspot-gateway: all of it but native code and what worker threads run. What its commands share
// goes into one file, what serving needs beside it into another; each of the other parts has a file of its own.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { LIBRARIES, UNUSED, unseenLibraries } from './libraries.js';
import { partsOf } from './parts.js';

const require = createRequire(import.meta.url);
const ENTRY = 'src/cli/main.ts';
const SERVE = 'src/cli/serve.ts';
const DEFAULT_ADAPTERS = ['adapters/csv/index.ts', 'adapters/sqlite/index.ts'];
/** Beside the sample data, as the embedded default is. */
const CONFIGURATION = 'dist/bundled.yaml';

/** Writes dist/gateway. @returns the libraries in it, by the folders that they come from */
export async function bundleGateway() {
  const parts = await partsOf({
    entryPoints: [ENTRY],
    outdir: 'dist/gateway',
    external: [...LIBRARIES, ...UNUSED],
    define: { 'import.meta.dirname': '__dirname' },
    plugins: [unseenLibraries],
  });
  parts.write(
    {
      'main.js': parts.neededBy(ENTRY, 'src/cli/lookup.ts', 'src/cli/check.ts', ...DEFAULT_ADAPTERS),
      'serve.js': parts.neededBy(SERVE),
    },
    { adapters: /^adapters\/[^/]+\/index\.ts$/, libraries: LIBRARIES },
  );

  // The usual commands on the embedded default, so that the cache holds the functions that they run.
  const { openBundle } = require('../../bin/load-bundle.cjs');
  const { load, writeCaches } = openBundle('gateway', { useCache: false });
  const ignored = { write: () => true };
  const terminal = { stdout: ignored, stderr: ignored, environment: {}, packageRoot: process.cwd() };
  writeFileSync(
    CONFIGURATION,
    readFileSync('config/gateway.yaml', 'utf8').replace(/^( *)port: \d+/m, '$1port: 0\n$1socketAccess: none'),
  );
  try {
    const { runGateway } = load('main.js');
    const named = `--config=${CONFIGURATION}`;
    for (const args of [['--version'], ['lookup', 'default', 'customer_id=1001', named], ['check', named]]) {
      const status = await runGateway(args, terminal);
      if (status !== 0) throw new Error(`helpspot-gateway ${args.join(' ')} ends with ${status}`);
    }
    const serving = await load(parts.nameOf(SERVE)).startServing(CONFIGURATION, terminal);
    for (const path of ['livelookup?customer_id=1001', 'ajax/billing-codes?sUserId=1001', 'metrics', 'nothing']) {
      await (await fetch(`${serving.url}/${path}`)).text();
    }
    await serving.stop();
  } finally {
    rmSync(CONFIGURATION, { force: true });
  }
  writeCaches();
  // The other adapters are only loaded: their systems are not here. Of libraries that few use, a start without a cache
  // costs less than all of theirs at each build.
  const table = load('table');
  for (const name of parts.names) if (table[name].isAdapter) load(name);
  writeCaches();
  return parts.packages;
}
