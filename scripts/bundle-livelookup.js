// Bundles bin/livelookup into one file and makes its code cache. The command
// line is started for every lookup: loading the modules one by one would cost
// several times what the lookup itself does.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { build } from 'esbuild';

const require = createRequire(import.meta.url);

await build({
  entryPoints: ['src/cli/livelookup.ts'],
  outfile: 'dist/livelookup.cjs',
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  minify: true,
  // Native code, and drivers that are large: loaded from node_modules by the lookups that use them.
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
    'prom-client',
    'piscina',
    'xmlbuilder2',
  ],
  // Threads load their work from beside the bundle.
  define: { 'import.meta.dirname': '__dirname' },
  // pino loads these for files and transports of its own; the command line gives it standard error.
  alias: { 'sonic-boom': './scripts/unused.cjs', 'thread-stream': './scripts/unused.cjs' },
  // A script compiled by hand has no dynamic import; require does the same here.
  supported: { 'dynamic-import': false },
  logLevel: 'warning',
});

// One lookup on the embedded default, so that the cache holds the functions that a lookup runs.
const { compileBundle } = require('../bin/load-bundle.cjs');
const { script, load, cachePath } = compileBundle({ useCache: false });
const ignored = { write: () => true };
const terminal = { stdout: ignored, stderr: ignored, environment: {}, packageRoot: process.cwd() };
const status = await load().runLiveLookup(['--config=config/gateway.yaml', '--customer_id=1001'], terminal);
if (status !== 0) throw new Error('the bundled command line does not answer on the embedded default');
writeFileSync(cachePath, script.createCachedData());
