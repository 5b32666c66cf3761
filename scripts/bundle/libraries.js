// What the bundles have in common about libraries: which stay outside, which are loaded unseen, which are in a bundle.
import { readFileSync } from 'node:fs';

const { dependencies, optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
/** What npm installs beside the package: native code, and what starts worker threads from a file of its own. All else is bundled. */
export const LIBRARIES = Object.keys({ ...dependencies, ...optionalDependencies });

/** What libraries import for uses that the gateway does not make of them. */
export const UNUSED = ['pg-native', 'open'];

/**
 * Where sources load a library in a way that the bundler does not see: with the first value that needs it, in the middle
 * of a function, or without its type declarations. Here it is bundled with them.
 */
const UNSEEN = [
  { file: /[/\\]src[/\\](?:contract[/\\]phone|helpspot[/\\]bytes)\.ts$/, call: /\bload\('/g, seen: "require('" },
  { file: /[/\\]src[/\\]kit[/\\]web[/\\]xml-paths\.ts$/, call: /\bimport\(library\)/g, seen: "import('xpath')" },
];

/**
 * What zod keeps for each of some thousand schemas and is not asked for here: methods that know their schema when they are
 * taken from it, the schemas it was made from by `.min(1)` and their like, and a list of its own of what it is. What
 * fastest-levenshtein keeps for each character there is, before any is compared. And what sanitize-html loads before it has
 * met a `style`.
 */
const LIGHTER = [
  {
    file: 'util.js',
    written: /function defineBound\(proto, key, fn\) \{.*?\n\}/s,
    lighter: `function defineBound(proto, key, value) {
    Object.defineProperty(proto, key, { configurable: true, writable: true, value });
}`,
  },
  {
    file: 'util.js',
    written: /(?<=function clone\(inst, def, params\) \{.*?)if \(!def \|\| params\?\.parent\)/s,
    lighter: 'if ((!def || params?.parent) && (inst._zod.parent || globalThis.__zod_globalRegistry?.has(inst)))',
  },
  {
    file: 'core.js',
    written: /const pp = globalThis\.__zod_globalConfig\?\.postProcessor;\s*if \(pp\)\s*pp\(inst\);/,
    lighter: 'inst._zod.traits = zodProto.traits ??= inst._zod.traits;',
  },
  { file: 'mod.js', written: /new Uint32Array\(0x10000\)/, lighter: '[]' },
  {
    file: 'index.js',
    written: /^const \{ parse: postcssParse \} = require\('postcss'\);/m,
    lighter: "const postcssParse = (...args) => require('postcss').parse(...args);",
  },
];

/** The same program as modules: what is not used is left out, and what is used is called at once. */
export const LIGHTER_BUILDS = { yaml: './node_modules/yaml/browser/index.js' };

/** A plug-in of esbuild. */
export const lighterLibraries = {
  name: 'lighter-libraries',
  setup({ onLoad }) {
    onLoad(
      {
        filter:
          /[/\\](?:zod[/\\]v4[/\\]core[/\\](?:core|util)|fastest-levenshtein[/\\].*mod|sanitize-html[/\\]index)\.js$/,
      },
      ({ path }) => {
        const changes = LIGHTER.filter(({ file }) => path.endsWith(file));
        const contents = changes.reduce(
          (text, { written, lighter }) => {
            if (!written.test(text)) throw new Error(`${path} does in another way now what was ${written}`);
            return text.replace(written, lighter);
          },
          readFileSync(path, 'utf8'),
        );
        return { contents };
      },
    );
  },
};

/** A plug-in of esbuild. */
export const unseenLibraries = {
  name: 'unseen-libraries',
  setup({ onLoad }) {
    for (const { file, call, seen } of UNSEEN) {
      onLoad({ filter: file }, ({ path }) => {
        const text = readFileSync(path, 'utf8');
        if (text.search(call) === -1) throw new Error(`${path} loads its library in another way now`);
        return { contents: text.replace(call, seen), loader: 'ts' };
      });
    }
  },
};

/**
 * The libraries of which something is in a bundle, as package-lock.json names them: `node_modules/pg/node_modules/pg-types`.
 * @param {import('esbuild').Metafile} metafile
 */
export function packagesIn({ outputs }) {
  const inputs = Object.values(outputs).flatMap((output) => Object.keys(output.inputs));
  const folders = inputs.map(
    (path) => /(?:^|\/)(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1],
  );
  return new Set(folders.filter((folder) => folder !== undefined));
}
