// The bundle of what is loaded one module at a time: the doors of package.json for adapters of other people, and what
// worker threads run. It has the libraries in it, and what several modules need once.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { build, transform } from 'esbuild';
import { LIBRARIES, packagesIn, unseenLibraries } from './libraries.js';

const require = createRequire(import.meta.url);
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

/** Of a library of CommonJS that `import()` loads the bundler gives the default export alone; Node.js gives its names beside it. */
function withNames(text, entryPoint) {
  const [line, library] = /^export default (require_\w+\(\));$/m.exec(text) ?? [];
  if (line === undefined) return text;
  const names = Object.keys(require(resolve(entryPoint))).filter((name) => /^[a-z_$][\w$]*$/i.test(name));
  // Under other names within: one of them may be a word of the language.
  const own = names.filter((name) => name !== 'default').map((name, at) => ({ name, within: `named${at}` }));
  const values = own.map(({ name, within }) => `const ${within} = library.${name};`);
  const exported = ['library as default', ...own.map(({ name, within }) => `${within} as ${name}`)];
  return text.replace(line, () =>
    [`const library = ${library};`, ...values, `export { ${exported.join(', ')} };`].join('\n'),
  );
}

/** Some rooms have a door of their own for adapters of other people. */
function doorOf(room) {
  return existsSync(`src/kit/${room}/public.ts`) ? 'public.ts' : 'index.ts';
}

/** Writes dist/modules. @returns the libraries in it, by the folders that they come from */
export async function bundleModules() {
  const rooms = readdirSync('src/kit').map((room) => `src/kit/${room}/${doorOf(room)}`);
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
      ...['src/contract/public.ts', ...rooms, 'test/support/adapter-suite.ts'],
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
    const { inputs, entryPoint } = metafile.outputs[relative('.', path)];
    const named = withNames(text, entryPoint);
    // Whoever follows a stack trace reads our code, and not that of a library.
    const isLibrary = Object.keys(inputs).every((input) => input.includes('node_modules/'));
    writeFileSync(path, isLibrary ? (await transform(named, { minify: true, target: 'node20' })).code : named);
  }
  return packagesIn(metafile);
}
