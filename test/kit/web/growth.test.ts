/** What a source answers is read in time that grows like the answer: four times as much takes some four times as long. */

import { describe, expect, it } from 'vitest';
import { parseXml } from '../../../src/kit/http/xml.ts';
import { pathsOf } from '../../../src/kit/web/path-formats.ts';
import { type RecordSearch, type Search, search } from '../../../src/kit/web/searching.ts';

/** What is quadratic takes sixteen times as long; a busy machine measures up to this of what is linear. */
const MOST = 9;
const ROUNDS = 4;
/** Small sizes several times: a large one no longer fits the processor's cache, which takes longer too. */
const TIMES = 6;

/**
 * How much longer four times as much takes: the least of several rounds of each, side by side, since whatever else the
 * machine does only adds to it.
 */
async function growth(size: number, make: (size: number) => string, read: (text: string) => unknown): Promise<number> {
  const [once, fourfold] = [make(size), make(4 * size)];
  let [short, long] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < ROUNDS; round += 1) {
    short = Math.min(short, await taken(() => read(once)));
    long = Math.min(long, await taken(() => read(fourfold)));
  }
  return long / short;
}

/** Processor time: on a busy machine, the clock goes on while others have their turn. */
async function taken(work: () => unknown): Promise<number> {
  const start = process.cpuUsage();
  for (let time = 0; time < TIMES; time += 1) await work();
  const { user, system } = process.cpuUsage(start);
  return user + system;
}

const records: RecordSearch = { path: '//a', fields: undefined, dates: [], criteria: [], limit: 1_000_000 };

describe('XPath', async () => {
  const paths = await pathsOf('xml');
  const flat = (size: number) => `<r>${'<a><n>x</n></a>'.repeat(size)}</r>`;

  it.each(['//a', 'a', 'a[n]', '//a[1]', 'a | a/n', '//a/n', '//n/..', 'count(//a)', 'a[last()]', '//node()'])(
    'at %s',
    async (path) => {
      const document = new Map<string, object>();
      const read = (text: string) => {
        const node = document.get(text) ?? parseXml(text).node;
        document.set(text, node);
        return paths.all(path, node);
      };
      expect(await growth(400, flat, read)).toBeLessThan(MOST);
    },
  );
});

describe('an answer', () => {
  const list = (item: (index: number) => string) => (size: number) =>
    `[${Array.from({ length: size }, (_, index) => item(index)).join()}]`;

  it.each<[string, number, (size: number) => string, Search]>([
    [
      'of many records',
      1_500,
      list((index) => `{"id": ${index}}`),
      { format: 'json', records: { ...records, path: undefined } },
    ],
    [
      'of many fields',
      1_500,
      (size) => `{${list((index) => `"f${index}": 1`)(size).slice(1, -1)}}`,
      { format: 'json', records: { ...records, path: undefined } },
    ],
    [
      'of one key again and again',
      5_000,
      (size) => `{${'"__proto__": 1,'.repeat(size)}"a": 1}`,
      { format: 'json', records: { ...records, path: undefined } },
    ],
    ['of digits', 40_000, (size) => `[${'9'.repeat(size)}]`, { format: 'json', values: { a: '0' } }],
    ['of long numbers', 5_000, list(() => '12345678901234567891'), { format: 'json', values: { a: '0' } }],
    [
      'of backslashes',
      40_000,
      (size) => `["${'\\\\'.repeat(size)}", 12345678901234567891]`,
      { format: 'json', values: { a: '0' } },
    ],
    [
      'of quotes in a text',
      40_000,
      (size) => `["${'\\"'.repeat(size)}", 12345678901234567891]`,
      { format: 'json', values: { a: '0' } },
    ],
    ['of lists in a list', 5_000, list(() => '[[1, 2], [3]]'), { format: 'json', values: { a: '$[*][0]' } }],
    ['in XML, of many records', 300, (size) => `<r>${'<a><n>x</n></a>'.repeat(size)}</r>`, { format: 'xml', records }],
    [
      'in XML, of many elements of one name in a record',
      800,
      (size) => `<r><a>${'<n>x</n>'.repeat(size)}</a></r>`,
      { format: 'xml', records },
    ],
    [
      'in XML, of many attributes',
      300,
      (size) => `<r><a ${Array.from({ length: size }, (_, index) => `a${index}="x"`).join(' ')}/></r>`,
      { format: 'xml', records },
    ],
    [
      'in XML, of references',
      5_000,
      (size) => `<r><a><n>${'&amp;'.repeat(size)}</n></a></r>`,
      { format: 'xml', records },
    ],
  ])('%s', async (_name, size, make, wanted) => {
    expect(await growth(size, make, (text) => search({ text, wanted }))).toBeLessThan(MOST);
  });
});
