/** Adapters of other people, as files and packages of a temporary folder. */
import { cpSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfiguration } from '../../src/config/load.ts';
import { testAdapters } from './adapters.ts';
import { load, mistakesOf, temporaryFolder, writeConfiguration } from './files.ts';

const root = resolve(import.meta.dirname, '../..');

/** A configuration with one source, on line 1. */
const config = (settings: string) =>
  `sources: { crm: { ${settings} } }\nlookups: { default: { sources: crm, match: [email] } }\n`;

/** The text of a module with an adapter that needs nothing to be installed. */
const module = (parts = '') => `export default {
  name: 'crm', title: 'CRM', open: () => ({ check: async () => {} }), ${parts}
};`;
const ZOD = join(root, 'node_modules/zod/index.js');
const settings = `settings: z.strictObject({ url: z.url(), size: z.int().max(5).meta({ examples: [3] }).default(1) })`;
const adapter = (zod = ZOD) => `import * as z from ${JSON.stringify(zod)};\n${module(settings)}`;

/** What is said of the adapter in `my-crm.js`, without the folder. */
async function mistake(text: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const said = await mistakesOf(config('adapter: ./my-crm.js, url: "https://a"'), {
    files: { 'my-crm.js': text, ...files },
  });
  return said.replace(/\/\S*\/gateway-config-\w+/g, 'FOLDER');
}

describe('a file', () => {
  test('is relative to the configuration, and its settings are checked like our own', async () => {
    const files = { 'crm/my-crm.js': adapter() };
    const plan = await load(config('adapter: ./crm/my-crm.js, url: "https://a"'), { files });
    expect(plan.sources.get('crm')).toMatchObject({ title: 'CRM', settings: { url: 'https://a', size: 1 } });
    expect(await mistakesOf(config('adapter: ./crm/my-crm.js, size: 9, sise: 1'), { files })).toBe(
      [
        '1:12 sources.crm.url: is missing; it must be a text that is an address with its scheme, such as https://example.com',
        '1:45 sources.crm.size: must be a whole number, at most 5, not 9; write size: 3',
        '1:54 sources.crm.sise: unknown key; did you mean "size"?',
      ].join('\n'),
    );
  });

  test('says which settings are secrets, whatever they are called', async () => {
    const login = 'login: z.strictObject({ pin: z.string().max(8).optional().meta({ secret: true }) })';
    const text = `import * as z from ${JSON.stringify(ZOD)};\n${module(`settings: z.strictObject({ ${login} })`)}`;
    const files = { 'my-crm.js': text };
    const plan = await load(config('adapter: ./my-crm.js, login: { pin: pin-4711 }'), { files });
    expect(plan.secrets).toContain('pin-4711');
    expect(plan.origin?.shown()).not.toContain('pin-4711');
    const said = await mistakesOf(config('adapter: ./my-crm.js, login: { pin: pin-4711-9 }'), { files });
    expect(said).toMatch(/login\.pin: must be a text of 0 to 8 characters$/);
  });

  test('may have an absolute path, and come from a variable', async () => {
    const file = join(temporaryFolder(), 'crm with a space.mjs');
    writeFileSync(file, adapter());
    const environment = { ADAPTER: file };
    const plan = await load(config('adapter: "${ADAPTER}", url: "https://a"'), { environment });
    expect(plan.sources.get('crm')?.adapter.title).toBe('CRM');
  });

  test('may use another copy of zod', async () => {
    const folder = temporaryFolder();
    cpSync(join(root, 'node_modules/zod'), join(folder, 'zod'), {
      recursive: true,
      dereference: true,
      filter: (path) => !/\/(?:src|v3|mini)$/.test(path),
    });
    const files = { 'my-crm.js': adapter(join(folder, 'zod/index.js')) };
    await expect(load(config('adapter: ./my-crm.js, url: "https://a"'), { files })).resolves.toBeDefined();
    expect(await mistakesOf(config('adapter: ./my-crm.js, url: "https://a", size: 9'), { files })).toBe(
      '1:59 sources.crm.size: must be a whole number, at most 5, not 9; write size: 3',
    );
  });

  test('may be CommonJS that a compiler made', async () => {
    const text = `const z = require(${JSON.stringify(ZOD.replace('.js', '.cjs'))});
Object.defineProperty(exports, '__esModule', { value: true });
exports.default = { name: 'crm', title: 'CRM', settings: z.strictObject({ url: z.url() }), open() {} };`;
    await expect(
      load(config('adapter: ./my-crm.cjs, url: "https://a"'), { files: { 'my-crm.cjs': text } }),
    ).resolves.toBeDefined();
  });

  test('that has changed is another adapter at the next reading, and its sources are others', async () => {
    const file = writeConfiguration(config('adapter: ./my-crm.js, url: "https://a"'), { 'my-crm.js': adapter() });
    const read = async () => (await loadConfiguration(file, testAdapters().adapters, {})).sources.get('crm');
    const first = await read();
    expect(await read()).toEqual(first);
    const path = join(dirname(file), 'my-crm.js');
    const write = (text: string, second: number) => {
      writeFileSync(path, text);
      utimesSync(path, second, second);
    };
    write('export default {', 1);
    await expect(read()).rejects.toThrow('my-crm.js:1');
    write(adapter().replace("title: 'CRM'", "title: 'CRM 2'"), 2);
    const second = await read();
    expect(second?.title).toBe('CRM 2');
    expect(second?.written).not.toEqual(first?.written);
  });
});

describe('what is wrong with a file', () => {
  test('not there, a folder, or named without ./', async () => {
    const said = async (word: string) =>
      (await mistakesOf(config(`adapter: ${word}`), { files: { 'lib/x.js': '' } })).replace(
        /\/\S*\/gateway-config-\w+/g,
        'FOLDER',
      );
    const hint = 'write the path of the module of your adapter, as it is seen from the configuration file';
    expect(await said('./no.js')).toBe(`1:19 sources.crm.adapter: FOLDER/no.js does not exist; ${hint}`);
    expect(await said('../no/no.mjs')).toMatch(/^1:19 sources.crm.adapter: \/\S+\/no\/no.mjs does not exist; /);
    expect(await said('./lib')).toBe(`1:19 sources.crm.adapter: FOLDER/lib is not a file; ${hint}`);
    const bare = 'a file is named with ./ in front, or by its absolute path; write adapter:';
    expect(await said('lib/x.js')).toBe(`1:19 sources.crm.adapter: ${bare} ./lib/x.js`);
    expect(await said('~/x.js')).toBe(`1:19 sources.crm.adapter: ${bare} ./FILE.js`);
    expect(await said('"file:///lib/x.js"')).toBe(`1:19 sources.crm.adapter: ${bare} ./FILE.js`);
  });

  const cannot = '1:19 sources.crm.adapter: FOLDER/my-crm.js cannot be imported:';

  test('a slip in it, or in what it imports', async () => {
    expect(await mistake('export default {\n  name: 1,\n  title 2,\n};')).toBe(
      `${cannot} Unexpected number (FOLDER/my-crm.js:3); mend it`,
    );
    expect(await mistake('import "./part.js";', { 'part.js': 'export const = 1;' })).toBe(
      `${cannot} Unexpected token '=' (in a file that it imports); mend it`,
    );
    expect(await mistake('\nimport { nothing } from "./part.js";', { 'part.js': 'export const some = 1;' })).toBe(
      `${cannot} The requested module './part.js' does not provide an export named 'nothing' (FOLDER/my-crm.js:2); mend it`,
    );
  });

  test('it throws', async () => {
    expect(await mistake('const size = 1;\nsize.of.it.all();')).toBe(
      `${cannot} it throws TypeError: Cannot read properties of undefined (reading 'it') (FOLDER/my-crm.js:2); mend it`,
    );
    expect(await mistake('throw "no\\nway";')).toBe(`${cannot} it throws no; mend it`);
  });

  test('a package that it needs is missing', async () => {
    expect(await mistake('import "redis-of-nobody";')).toBe(
      `${cannot} Cannot find package 'redis-of-nobody' imported from FOLDER/my-crm.js; run "npm install redis-of-nobody" in FOLDER`,
    );
    expect(await mistake('import { defineAdapter } from "helpspot-gateway/contract";')).toContain(
      `; run "npm install ${root}" in FOLDER`,
    );
    const files = {
      'node_modules/crm/package.json': JSON.stringify({
        name: 'crm',
        version: '1.0.0',
        type: 'module',
        exports: './dist/index.js',
      }),
      'node_modules/crm/dist/index.js': 'import "helpspot-gateway/contract";',
    };
    // npm would look for a project in the folder of the module, and take that of the package.
    expect(await mistakesOf(config('adapter: crm'), { files })).toMatch(
      /; run "npm install \/\S+" in \/[^\s"]*\/gateway-config-\w+, and start/,
    );
  });

  test('Node cannot read it', async () => {
    const said = await mistakesOf(config('adapter: ./my-crm.tsx'), { files: { 'my-crm.tsx': '' } });
    expect(said).toMatch(
      /cannot be imported: Unknown file extension "\.tsx" for \S+; compile it to JavaScript, and name the \.js file$/,
    );
  });

  test('it never ends', async () => {
    expect(await mistake('await new Promise(() => {});\nexport default 1;')).toBe(
      `${cannot} it is not ready after 5 seconds; do in "open" what takes time`,
    );
  });

  test('a secret that its words hold is masked', async () => {
    const files = { 'my-crm.js': 'throw new Error(process.env.GATEWAY_TEST_SECRET ?? "the key is hunter2hunter2");' };
    const said = await mistakesOf(config('adapter: ./my-crm.js, apiKey: hunter2hunter2'), { files });
    expect(said).toContain('it throws Error: the key is ***');
  });
});

describe('what is wrong with an adapter', () => {
  const not = '1:19 sources.crm.adapter: FOLDER/my-crm.js is not an adapter:';

  test('no default export', async () => {
    expect(await mistake('export const adapter = 1;')).toBe(
      '1:19 sources.crm.adapter: FOLDER/my-crm.js has no default export; write export default defineAdapter({ … })',
    );
  });

  test.each([
    ['export default null;', 'its default export is null, not an object'],
    ['export default () => ({});', 'its default export is a function, not an object'],
    [
      'export default {};',
      '"name" must be a text of small letters, digits and dashes; "title" must be a text that is not empty; "settings" must be a strict object of zod; "open" must be a function',
    ],
    [
      'export default new (class { name = "crm"; title = "CRM"; open() {} })();',
      '"settings" must be a strict object of zod; "open" must be a function',
    ],
    [module('settings: { url: "text" }'), '"settings" must be a strict object of zod'],
    [module('settings: { _def: {}, safeParse() {} }'), '"settings" is a schema of zod 3; import zod 4'],
    [
      `import * as z from ${JSON.stringify(ZOD)};\n${module('settings: z.strictObject({ timeout: z.int() })')}`,
      '"settings" must not have "timeout", which every source has already; give it another name',
    ],
    [
      adapter().replace(
        "title: 'CRM'",
        "title: ' ', titleOf: 1, finds: true, reachedBy: 'url', identifiedBy: 'url', push: { fields: ['a'] }",
      ),
      '"title" must be a text that is not empty; "titleOf" must be a function, or left out; "finds" must be false, or left out; "reachedBy" must be a list of names of settings, or left out; "identifiedBy" must be a list of names of settings, or left out; "push.format" must be one of text, markdown, html; "push.fields" must be an object that says of each field what it is, or "any"',
    ],
    [
      adapter().replace("title: 'CRM'", 'contract: 2'),
      'it is made for version 2 of the adapter contract, and this gateway has version 1; install one that is made for this version',
    ],
  ])('%s', async (text, words) => {
    expect(await mistake(text)).toBe(`${not} ${words}`);
  });
});

describe('a package', () => {
  const manifest = (more: object) => JSON.stringify({ name: '@acme/crm', type: 'module', ...more });

  test.each([
    ['"exports" for imports only', { exports: { '.': { types: './x.d.ts', import: './lib/main.js' } } }],
    ['"exports" that is one path', { exports: './lib/main.js' }],
    ['"exports" with nested conditions', { exports: { node: { import: './lib/main.js' }, default: './no.js' } }],
    ['"main"', { main: 'lib/main.js' }],
  ])('is found by %s', async (_name, more) => {
    const files = {
      'node_modules/@acme/crm/package.json': manifest(more),
      'node_modules/@acme/crm/lib/main.js': adapter(),
    };
    const plan = await load(config('adapter: "@acme/crm", url: "https://a"'), { files });
    expect(plan.sources.get('crm')?.title).toBe('CRM');
  });

  test('of the folder above is found, and before one that is beside the gateway', async () => {
    const folder = temporaryFolder();
    // A name that is installed with the gateway too.
    for (const [name, text] of [
      ['node_modules/yaml/package.json', manifest({ exports: './main.js' })],
      ['node_modules/yaml/main.js', adapter()],
      ['conf/gateway.yaml', config('adapter: yaml, url: "https://a"')],
    ] as const) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const read = () => loadConfiguration(join(folder, 'conf/gateway.yaml'), testAdapters().adapters, {});
    expect((await read()).sources.get('crm')?.title).toBe('CRM');
    rmSync(join(folder, 'node_modules'), { recursive: true });
    await expect(read()).rejects.toThrow(/the package yaml \(.*\/node_modules\/yaml\) is not an adapter: /);
  });

  test('that is linked is found', async () => {
    const file = writeConfiguration(config('adapter: gateway-crm, url: "https://a"'), {
      'work/package.json': manifest({ exports: './main.js' }),
      'work/main.js': adapter(),
      'node_modules/.keep': '',
    });
    symlinkSync(join(dirname(file), 'work'), join(dirname(file), 'node_modules/gateway-crm'));
    expect((await loadConfiguration(file, testAdapters().adapters, {})).sources.get('crm')?.title).toBe('CRM');
  });

  test('that is not installed, not built, or no name', async () => {
    const said = async (word: string, files: Readonly<Record<string, string>> = {}) =>
      (await mistakesOf(config(`adapter: "${word}"`), { files })).replace(/\/\S*\/gateway-config-\w+/g, 'FOLDER');
    const where = '(looked for in FOLDER/node_modules and above, and beside the gateway)';
    expect(await said('@acme/crm')).toBe(
      `1:19 sources.crm.adapter: the package @acme/crm is not installed ${where}; run "npm install @acme/crm" in FOLDER`,
    );
    expect(await said('acme-crm')).toBe(
      `1:19 sources.crm.adapter: unknown adapter "acme-crm"; known adapters: list, directory; the package acme-crm is not installed ${where}; run "npm install acme-crm" in FOLDER`,
    );
    expect(await said('lits')).toBe('1:19 sources.crm.adapter: unknown adapter "lits"; did you mean "list"?');
    expect(await said('@acme/crm/part')).toBe(
      '1:19 sources.crm.adapter: is no name of a package; write "@scope/package", or ./FILE for a file of your own',
    );
    expect(
      await said('@acme/crm', { 'node_modules/@acme/crm/package.json': manifest({ exports: './dist/no.js' }) }),
    ).toBe(
      '1:19 sources.crm.adapter: the package @acme/crm (FOLDER/node_modules/@acme/crm) has no module to import; build it, and see "exports" in its package.json',
    );
  });

  test('a word from a variable that is no adapter is not shown', async () => {
    const said = await mistakesOf(config('adapter: "${WORD}"'), { environment: { WORD: 'a-secret-by-mistake' } });
    expect(said).not.toContain('a-secret-by-mistake');
  });
});
