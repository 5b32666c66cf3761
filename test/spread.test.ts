/** A list of the outside as arguments of a call is a RangeError from some 100,000 entries on, and it comes from outside. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
/** `push(...rows)`, `Math.max(...sizes)`, `String.fromCharCode(...codes)`, `splice(0, 0, ...rows)`. */
const SPREAD =
  /\b(?:(?:push|unshift|splice|concat|max|min|fromCharCode|fromCodePoint|of)\((?:[^()]*, )?\.\.\.|apply\()/;
/** Lists of ours, that are as long as the settings or a table in the source say. */
const OWN = [
  'adapters/csv/dialect.ts',
  'src/gateway/failure.ts',
  'src/gateway/lookup/fields.ts',
  'src/http/credentials.ts',
];

it('no list of unknown length is spread into arguments', () => {
  const files = ['src', 'adapters'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => `${folder}/${file.replaceAll('\\', '/')}`),
  );
  const spread = files
    .filter((file) => !OWN.includes(file))
    .flatMap((file) =>
      readFileSync(join(ROOT, file), 'utf8')
        .split('\n')
        .flatMap((line, index) => (SPREAD.test(line) ? [`${file}:${index + 1} ${line.trim()}`] : [])),
    );
  expect(files.length).toBeGreaterThan(100);
  expect(spread).toEqual([]);
});
