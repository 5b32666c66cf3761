/** The YAML of bin/livelookup, which is made lighter at the build, reads what the library reads, and stumbles where it does. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { LineCounter } from 'yaml';
import { composeDocument } from '../../src/config/compose.ts';
import { temporaryFolderForAll } from '../support/temp.ts';

const root = resolve(import.meta.dirname, '../..');
const folder = await temporaryFolderForAll();
const lighter: { composeDocument: typeof composeDocument } = await lighterCompose();

async function lighterCompose() {
  const libraries: { LIGHTER_BUILDS: Record<string, string>; lighterLibraries: Plugin } = await import(
    join(root, 'scripts/bundle/libraries.js')
  );
  const { outputFiles } = await build({
    ...{ entryPoints: [join(root, 'src/config/compose.ts')], absWorkingDir: root, outdir: folder },
    ...{ bundle: true, write: false, format: 'esm', platform: 'node' },
    alias: libraries.LIGHTER_BUILDS,
    plugins: [libraries.lighterLibraries],
  });
  const file = join(folder, 'compose.mjs');
  writeFileSync(file, outputFiles[0]?.text ?? '');
  return await import(file);
}

const PARTS = ['type', 'range', 'tag', 'anchor', 'source', 'value', 'key', 'items', 'flow', 'comment', 'commentBefore'];

/** What a node is, and all below it. */
function plain(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(plain);
  if (typeof node !== 'object' || node === null) return typeof node === 'number' ? String(node) : node;
  return PARTS.map((part) => plain(Reflect.get(node, part)));
}

function readBy(compose: typeof composeDocument, text: string) {
  const lines = new LineCounter();
  const { contents, errors, warnings } = compose(text, lines);
  const problems = [...errors, ...warnings].map(({ name, code, pos }) => ({ name, code, pos }));
  return { contents: plain(contents), problems, lines: lines.lineStarts };
}

const texts = [
  'config/gateway.yaml',
  ...readdirSync(join(root, 'config/examples')).map((name) => `config/examples/${name}`),
]
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readFileSync(join(root, name), 'utf8'));

it('reads the examples like the library', () => {
  for (const text of texts) expect(readBy(lighter.composeDocument, text)).toEqual(readBy(composeDocument, text));
});

/** What has a meaning in YAML, and what begins or ends something. */
const PIECES = [
  ...[
    ' ',
    '  ',
    '\n',
    '\n  ',
    '\n    ',
    '\r\n',
    '\t',
    ': ',
    ':',
    '- ',
    '-',
    '? ',
    ', ',
    '# ',
    ' # a',
    '---\n',
    '...\n',
  ],
  ...[
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '|',
    '>',
    '|-\n',
    '>+2\n',
    '&a ',
    '*a',
    '!',
    '!!str ',
    '%YAML 1.2\n',
    '\\',
    '\uFEFF',
  ],
  ...['a', 'key: value\n', 'true', '1.5', '0x1f', '~', 'ü', '@', '`', ''],
];
const written = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => pieces.join(''));
const mistyped = fc.tuple(fc.constantFrom(...texts), fc.nat(), fc.nat(8), written).map(([text, at, length, other]) => {
  const from = at % text.length;
  return text.slice(0, from) + other.slice(0, 12) + text.slice(from + length);
});

it('reads whatever is written like the library', () => {
  const same = (text: string) => {
    expect(readBy(lighter.composeDocument, text)).toEqual(readBy(composeDocument, text));
  };
  fc.assert(fc.property(written, same), { numRuns: 1_500 });
  fc.assert(fc.property(mistyped, same), { numRuns: 40 });
});
