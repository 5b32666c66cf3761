// The bundle of what is loaded one module at a time: the doors of package.json for adapters of other people, and what
// worker threads run. It has the libraries in it, and what several modules need once.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build, transform } from 'esbuild';
import { LIBRARIES, packagesIn, unseenLibraries } from './libraries.js';

const OUT = 'dist/modules';

/** Modules that a task of `inThread` names, which begin with these: `'src/helpspot/large-answers'`. */
const TASK = /'((?:src|adapters)\/[\w/-]+)'/g;

function filesOf(folder) {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
}

/** The modules whose functions run in threads. */
function tasks() {
  const texts = ['src', 'adapters'].flatMap(filesOf).map((file) => readFileSync(file, 'utf8'));
  const named = texts.flatMap((text) => Array.from(text.matchAll(TASK), ([, module]) => `${module}.ts`));
  if (named.length === 0) throw new Error('no module is named that runs in threads');
  return named;
}

/** Writes dist/modules. @returns the libraries in it, by the folders that they come from */
export async function bundleModules() {
  const rooms = readdirSync('src/kit').map((room) => `src/kit/${room}/index.ts`);
  rmSync(OUT, { recursive: true, force: true });
  const { metafile, outputFiles } = await build({
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    metafile: true,
    write: false,
    logLevel: 'warning',
    outdir: OUT,
    outbase: '.',
    entryPoints: [
      ...['src/contract/index.ts', ...rooms, 'test/support/adapter-suite.ts'],
      ...['src/kit/threads/entry.ts', ...new Set(tasks())],
    ],
    chunkNames: '[name]-[hash]',
    external: [...LIBRARIES, 'vitest'],
    plugins: [unseenLibraries],
    // Libraries of CommonJS load what Node.js itself has by `require`.
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
  });
  for (const { path, text } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    const { inputs } = metafile.outputs[relative('.', path)];
    // Whoever follows a stack trace reads our code, and not that of a library.
    const isLibrary = Object.keys(inputs).every((input) => input.includes('node_modules/'));
    writeFileSync(path, isLibrary ? (await transform(text, { minify: true, target: 'node20' })).code : text);
  }
  return packagesIn(metafile);
}
