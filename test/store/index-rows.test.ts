/** How keys, words and records are written in the file of the index. */
import { expect, it } from 'vitest';
import { dataOf, keyTexts, readRecord } from '../../src/store/index-file/rows.ts';
import { wordsOf } from '../../src/store/index-file/words.ts';

it('keys that are counted stand side by side, others do not', () => {
  const [one, next, far] = keyTexts(['cust-1001', 'cust-1002', 'cust-2001']).map((text) => text.slice(0, 4));
  expect(next).toBe(one);
  expect(far).not.toBe(one);
  expect(keyTexts(['cust-1002'])).toEqual([keyTexts(['cust-1001', 'cust-1002'])[1]]);
});

it('a record is a list, and a map where it has few of many fields', () => {
  const names = Array.from({ length: 14 }, (_, at) => `f${at}`);
  const places = new Map(names.map((name, at) => [name, at]));
  expect(dataOf(names, names, places, undefined)).toBe(JSON.stringify(names));
  expect(dataOf(['x'], ['f13'], places, undefined)).toBe('{"13":"x"}');
  expect(dataOf(['x', 'y'], ['f0', 'f1'], places, new Set(['f1']))).toBe('[null,"y"]');
});

it.each([
  ['[null,"x"]', { b: 'x' }],
  ['{"1":[1,null,true]}', { b: [1, true] }],
  ['[{"h":"https://x/"},{"h":"https://x/","t":"X"}]', { b: { href: 'https://x/', text: 'X' } }],
  ['[{"d":0},"x","of a field without a name"]', { a: new Date(0), b: 'x' }],
])('%s is read as what it is, and what is nothing is not there', (data, record) => {
  expect(readRecord(data, ['a', 'b'])).toStrictEqual(record);
});

it('what a record does not have has no words', () => {
  const columns = [{ column: 0, number: 0, field: { name: 'a', matches: ['exact'] as const } }];
  expect(wordsOf([undefined], columns, undefined)).toBe('');
  expect(wordsOf(['x'], columns, undefined)).not.toBe('');
});
