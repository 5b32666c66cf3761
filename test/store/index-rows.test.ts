/** How keys, words and records are written in the file of the index. */
import { expect, it } from 'vitest';
import type { Criterion, MatchKind, Value } from '../../src/contract/index.ts';
import type { SearchedField } from '../../src/gateway/sources/customer-index.ts';
import { dataOf, keyTexts, readRecord, readValue, runOf, sourceRow } from '../../src/store/index-file/rows.ts';
import { soughtWords, wordsOf } from '../../src/store/index-file/words.ts';
import { columnsOf, isTooOld, placesOfNames } from '../../src/store/index-file/writing.ts';

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

const ALL: readonly MatchKind[] = ['exact', 'prefix', 'contains'];

// What stands in files of this version: other words would be found by nobody, and ask for another one.
it.each<[Value, string, readonly MatchKind[], string]>([
  ['Max Müller', 'name', ['exact'], ' e00max_muller e00max_mueller'],
  ['Max Müller', 'name', ['prefix'], ' b00max_muller b00max_mueller'],
  ['Abcd', 'note', ['contains'], ' p00abc p00bcd p00cd~ p00d~~'],
  ['a', 'note', ['contains'], ' p00a~~'],
  ['Ab', 'note', ALL, ' e00ab b00ab p00ab~ p00b~~'],
  ['+49 30 12345', 'phone', ['exact'], ' e003012345'],
  ['030 125', 'phone', ['prefix'], ' p00030 p00301 p00012 p00125 p0025~ p005~~'],
  ['030 125', 'phone', ['contains'], ' p00030 p00301 p00012 p00125 p0025~ p005~~'],
  ['030 125', 'phone', ['exact', 'prefix'], ' e0030125 p00030 p00301 p00012 p00125 p0025~ p005~~'],
  [['Ab', 'Cd'], 'note', ['exact'], ' e00ab e00cd e00ab,_cd'],
  [['Ab'], 'note', ['exact'], ' e00ab'],
  [[], 'note', ['exact'], ''],
  [new Date(0), 'since', ['exact'], ' e001970-01-01 e001970-01-01T00:00:00Z'],
  [true, 'active', ['exact'], ' e001'],
  [12, 'amount', ['exact', 'prefix'], ' e0012 b0012'],
  ['x😀y', 'note', ['contains'], ' p00x😀y p00😀y~ p00y~~'],
  ['a b"c', 'note', ['exact'], ' e00a_b_c'],
  ['Max <MAX@example.com>', 'email', ['exact'], ' e00max@example.com'],
  ['y'.repeat(65), 'note', ['exact', 'prefix'], ` e00${'y'.repeat(64)} b00${'y'.repeat(64)}`],
])('the words of %j as %s, searched by %j, are as they were', (value, name, matches, words) => {
  expect(wordsOf([value], [{ column: 0, number: 0, field: { name, matches } }], 'DE')).toBe(words);
});

it('words have the number of their field, and only the beginning of a long text has parts', () => {
  const column = (number: number) => [{ column: 1, number, field: { name: 'note', matches: ['contains'] as const } }];
  expect(wordsOf(['no', 'abc'], column(37), undefined)).toBe(' p11abc p11bc~ p11c~~');
  expect(wordsOf(['no', 'abc'], column(35), undefined)).toBe(' p0zabc p0zbc~ p0zc~~');
  const of = (length: number) => wordsOf(['', 'z'.repeat(length)], column(0), undefined);
  expect(of(1_998)).toBe(`${' p00zzz'.repeat(1_996)} p00zz~ p00z~~`);
  expect(of(2_000)).toBe(' p00zzz'.repeat(1_998));
  expect(of(2_001)).toBe(`${' p00zzz'.repeat(1_998)} l00`);
});

const SEARCHED: readonly SearchedField[] = [
  { name: 'name', matches: ALL },
  { name: 'phone', matches: ALL },
  { name: 'note', matches: ['exact', 'contains'] },
  { name: 'code', kind: 'code', matches: ['exact'] },
];
const ask = (field: string, match: MatchKind, value: string, kind?: 'code'): Criterion => {
  return { field, match, value, country: 'DE', ...(kind && { kind }) };
};
const long = Array.from({ length: 43 }, (_, n) => String.fromCharCode(0x4e00 + n)).join('');

it.each<[string | undefined, readonly Criterion[], (readonly (readonly Criterion[])[])?]>([
  [undefined, []],
  ['("e00max_muller" OR "e00max_mueller")', [ask('name', 'exact', 'Max Müller')]],
  ['"b00max"*', [ask('name', 'prefix', 'Max')]],
  ['(("p00abc" AND "p00bcd") OR "l00")', [ask('name', 'contains', 'abcd')]],
  ['(("p00aaa") OR "l00")', [ask('name', 'contains', 'aaaa')]],
  ['("p00ab"* OR "l00")', [ask('name', 'contains', 'ab')]],
  ['"e013012345"', [ask('phone', 'exact', '030 12345')]],
  ['(("p01301" AND "p01012") OR "l01")', [ask('phone', 'prefix', '030 12')]],
  ['(("p01123" AND "p01234") OR "l01")', [ask('phone', 'contains', '1234')]],
  ['nobody', [ask('phone', 'contains', 'x')]],
  ['nobody', [ask('phone', 'exact', 'x')]],
  // As a date, a number or a truth, too, since nothing says what the field has.
  ['"e022026-11-26"', [ask('note', 'exact', '2026-11-26')]],
  ['("e02yes" OR "e021")', [ask('note', 'exact', 'yes')]],
  ['(("p02yes") OR "l02")', [ask('note', 'contains', 'yes')]],
  ['elsewhere', [ask('note', 'prefix', 'x')]],
  ['"e03c1"', [ask('code', 'exact', 'C1', 'code')]],
  ['elsewhere', [ask('code', 'exact', 'C1')]],
  ['elsewhere', [ask('city', 'exact', 'x')]],
  ['"b00a"* AND "b00b"*', [ask('name', 'prefix', 'a'), ask('name', 'prefix', 'b')]],
  [
    '"e00a" AND ((("p00abc") OR "l00") OR (("p02abc") OR "l02"))',
    [ask('name', 'exact', 'a')],
    [[ask('name', 'contains', 'abc'), ask('note', 'contains', 'abc')]],
  ],
  ['nobody', [], [[]]],
  ['elsewhere', [], [[ask('name', 'exact', 'a'), ask('city', 'exact', 'a')]]],
  // Forty parts of a text are enough.
  [
    `((${Array.from({ length: 40 }, (_, n) => `"p00${long.slice(n, n + 3)}"`).join(' AND ')}) OR "l00")`,
    [ask('name', 'contains', long)],
  ],
])('%s is looked for where %j, and of each group one, are meant', (words, criteria, groups) => {
  expect(soughtWords({ criteria, ...(groups && { groups }) }, SEARCHED)).toBe(words);
});

it('a row of the sources is read, and what is not there has its default', () => {
  const none = { names: [], searched: [], generation: '', version: 0, owner: '', plan: '', name: '' };
  const unknown = { freshAt: undefined, fullAt: undefined, mark: undefined, problem: undefined, follower: undefined };
  const empty = { seq: 3, records: 0, left_out: 0, held: 0, fresh_at: null, full_at: null, owned_until: 0 };
  expect(sourceRow(empty)).toEqual({
    ...{ seq: 3, records: 0, leftOut: 0, held: 0, ownedUntil: 0, run: undefined },
    ...none,
    ...unknown,
  });
  const searched = [{ name: 'id', matches: ['exact'] }];
  const texts = { name: 'crm', plan: 'p', mark: 'm', problem: 'away', follower: 'gw', owner: 'me', generation: 'g' };
  const row = {
    ...{ records: 5, left_out: 6, held: 7, fresh_at: 8, full_at: 9, owned_until: 10, version: 11 },
    ...texts,
  };
  expect(sourceRow({ seq: 4, ...row, fields: '["id",5]', searched: JSON.stringify(searched) })).toEqual({
    ...{ seq: 4, records: 5, leftOut: 6, held: 7, freshAt: 8, fullAt: 9, ownedUntil: 10, version: 11, ...texts },
    ...{ names: ['id', '5'], searched, run: undefined },
  });
  expect(sourceRow({ ...empty, fields: '{}', searched: '{}' })).toMatchObject({ names: [], searched: [] });
});

it('a run is read as it was written', () => {
  expect(runOf(undefined)).toBeUndefined();
  const none = { id: undefined, since: undefined, from: undefined, mark: undefined, complete: undefined };
  const counts = { began: 0, read: 0, changed: 0, leftOut: 0 };
  const flags = { removing: false, isFirst: false };
  expect(runOf('{"removing":1,"isFirst":"true","id":5,"complete":{"since":"1","until":2}}')).toEqual({
    ...none,
    ...counts,
    ...flags,
  });
  expect(runOf('{"complete":{"since":1}}')?.complete).toBeUndefined();
  const run = { id: 'a', since: 's', from: 'f', mark: 'm', began: 1, read: 2, changed: 3, leftOut: 4 };
  const whole = { ...run, complete: { since: 5, until: 6 }, removing: true, isFirst: true };
  expect(runOf(JSON.stringify(whole))).toEqual(whole);
});

it('a value is read as what it is, and what no value can be is nothing', () => {
  const link = { h: 'https://x/', t: 'X' };
  expect(readValue([1, null, { d: 5 }, link, {}, [2]])).toEqual([1, new Date(5), { href: 'https://x/', text: 'X' }]);
  expect([null, {}, { h: 'https://x/' }, { t: 'X' }].map(readValue)).toEqual(Array(4).fill(undefined));
  expect(['', 0, false].map(readValue)).toEqual(['', 0, false]);
});

it('a record is a map only where it would be nearly empty', () => {
  const places = (size: number) => new Map(Array.from({ length: size }, (_, at) => [`f${at}`, at]));
  expect(dataOf(['x'], ['f11'], places(12), undefined)).toBe(`[${'null,'.repeat(11)}"x"]`);
  expect(dataOf(['x'], ['f12'], places(13), undefined)).toBe('{"12":"x"}');
  expect(dataOf([new Date(Number.NaN), undefined, 'x'], ['f12', 'f0', 'f13'], places(14), undefined)).toBe(
    `[${'null,'.repeat(13)}"x"]`,
  );
  const full = places(999);
  expect(dataOf(['x', 'y'], ['one', 'two'], full, undefined)).toBe('{"999":"x"}');
  expect([...full.keys()].slice(999)).toEqual(['one']);
});

it('names have places for good: those that were there, then those of the settings', () => {
  const fields = [{ name: 'id', matches: ALL }];
  const { places, kept } = placesOfNames(['b'], { fields, kept: ['a', 'b'], country: undefined });
  expect([...places]).toEqual([
    ['b', 0],
    ['a', 1],
    ['id', 2],
  ]);
  expect(kept).toEqual(new Set(['a', 'b', 'id']));
  expect(placesOfNames([], { fields, kept: undefined, country: undefined })).toEqual({
    places: new Map([['id', 0]]),
    kept: undefined,
  });
});

it('fields are searched where they stand in a row, with their numbers in the settings', () => {
  const fields = ['id', 'name'].map((name) => ({ name, matches: ALL }));
  const shape = { fields, kept: undefined, country: undefined };
  expect(columnsOf(['x', 'name', 'at'], { shape, updated: 'at' })).toEqual({
    ...{ searched: [{ column: 1, number: 1, field: fields[1] }], updated: 2 },
  });
  expect(columnsOf(['x'], { shape, updated: 'at' })).toEqual({ searched: [], updated: undefined });
  expect(columnsOf(['x'], { shape, updated: undefined })).toEqual({ searched: [], updated: undefined });
});

const OLDEST = Date.parse('2026-11-26T10:00:00Z');
it.each<[Value | undefined, boolean]>([
  [new Date(OLDEST), false],
  [new Date(OLDEST - 1), true],
  [[new Date(OLDEST - 1), new Date(OLDEST)], true],
  [[], false],
  [undefined, false],
  ['2026-11-26T09:59:59Z', true],
  ['2026-11-26T10:00:00Z', false],
  ['2026-11-26 09:59:59', true],
  ['2026-11-26 10:00:00', false],
  // A version, and no year.
  ['17', false],
  ['yesterday', false],
  [17, false],
])('%j is of a time before that from which records are kept: %s', (value, isOld) => {
  expect(isTooOld(value, OLDEST)).toBe(isOld);
  expect(isTooOld(value, undefined)).toBe(false);
});
