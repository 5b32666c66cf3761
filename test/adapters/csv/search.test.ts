import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyIndex } from '../../../adapters/csv/key-index.ts';
import { type Criterion, KINDS, meets, type SourceRecord } from '../../../src/contract/index.ts';
import { runs } from '../../support/runs.ts';
import { openCsvTest } from './source.ts';

const KNOWN = {
  code: ['1-2', '12', '012', '12.0', '%', 'yes', 'true', '2026-12-31', '2026-12-31 00:00', '2026'],
  last_name: [
    ...[
      'Smith',
      'SMITH',
      'Smíth',
      'Smithson',
      'Straße',
      'strasse',
      'Müller',
      'Mueller',
      'muell',
      'O\u2019Brien',
      "O'Brien",
    ],
  ],
  phone: ['+49 (0)30 123-45', '030 12345', '030 12', '+49 30', '0171 2345678; 030 12345', '0171/2345678', '12345', '0'],
  email: ['Bob <b@example.com>; c@x.de', 'b@EXAMPLE.com', 'c@x', 'c@x.de', 'm@münchen.de', 'm@xn--mnchen-3ya.de'],
  amount: [
    '12.50',
    '12.5',
    '100',
    '100.00',
    '.5',
    '0.50',
    '-3.0',
    '-3',
    '007',
    '7',
    'AT&T <Corp>',
    'AT&T',
    '<b>7</b>.0',
  ],
} as const;
const fields = ['code', 'last_name', 'phone', 'email', 'amount'] as const;
const letters = fc.string({ unit: fc.constantFrom('a', 'A', 'ä', ' ', '1', '-', '@', '🚀'), maxLength: 4 });
const anything = fc.oneof(letters, ...fields.map((field) => fc.constantFrom(...KNOWN[field])));
const textFor = (field: keyof typeof KNOWN) =>
  fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...KNOWN[field]) }, { weight: 1, arbitrary: anything });
const criterionOf = (field: keyof typeof KNOWN): fc.Arbitrary<Criterion> =>
  fc.record({
    field: fc.constant(field),
    match: fc.constantFrom('exact', 'prefix', 'contains'),
    value: textFor(field)
      .map((text) => text.trim())
      .filter((text) => text !== ''),
    kind: fc.option(fc.constantFrom(...KINDS), { nil: undefined, freq: 1 }),
    country: fc.constantFrom(undefined, 'DE'),
  });
const criterion = fc.oneof(...fields.map(criterionOf));
const query = fc.record({
  criteria: fc.array(criterion, { maxLength: 2 }),
  groups: fc.array(fc.array(criterion, { minLength: 1, maxLength: 3 }), { maxLength: 2 }),
});
const row = fc.tuple(...fields.map(textFor));

describe('a search', () => {
  it('finds what the rules of the gateway find, in every combination', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 30, size: 'max' }),
        fc.array(query),
        async (rows, asked) => {
          const records = rows.map((cells, id) =>
            Object.fromEntries(
              [['id', String(id)], ...fields.map((field, i) => [field, (cells[i] ?? '').trim()])].filter(
                ([, cell]) => cell !== '',
              ),
            ),
          );
          const lines = rows.map((cells, id) => `${id},${cells.join(',')}\n`);
          const { source } = await openCsvTest(`id,${fields.join(',')}\n${lines.join('')}`);
          for (const { criteria, groups } of asked) {
            const conditions = [...criteria.map((one) => [one]), ...groups];
            const found = await source.find?.(
              { criteria, groups, limit: 100, parameters: {} },
              { signal: AbortSignal.timeout(20_000), reference: 'test' },
            );
            const wanted = records.filter((record) =>
              conditions.every((anyOf) => anyOf.some((one) => meets(record, one))),
            );
            const ids = (all: readonly SourceRecord[] = []) => all.map(({ id }) => Number(id)).sort((a, b) => a - b);
            expect(ids(found), JSON.stringify(conditions)).toEqual(ids(wanted));
          }
          await source.close?.();
        },
      ),
      runs(50),
    );
  });

  it('with several forms of what is looked for answers in the order of the file, each record once', async () => {
    const names = ['Mueller', 'Muller', 'Müller', 'Mueller', 'Muller'];
    const { find } = await openCsvTest(`id,last_name\n${names.map((name, id) => `${id},${name}\n`).join('')}`);
    const ids = async (match: 'exact' | 'prefix') =>
      (await find('last_name', 'Müller', match)).map(({ id }) => Number(id));
    expect(await ids('exact')).toEqual([0, 1, 2, 3, 4]);
    expect((await ids('prefix')).sort()).toEqual([0, 1, 2, 3, 4]);
  });

  it('answers in the order of the file, and stops at the limit', async () => {
    const rows = Array.from({ length: 30_000 }, (_, id) => `${id},Smith,${id % 2 === 0 ? 'even' : 'odd'}\n`).join('');
    const { findBy } = await openCsvTest(`id,last_name,kind\n${rows}`);
    const smiths: Criterion = { field: 'last_name', match: 'exact', value: 'smith' };
    const odd: Criterion = { field: 'kind', match: 'exact', value: 'odd' };
    const partial: Criterion = { field: 'last_name', match: 'contains', value: 'mit' };
    expect((await findBy([smiths], 3)).map(({ id }) => id)).toEqual(['0', '1', '2']);
    expect((await findBy([smiths, odd], 3)).map(({ id }) => id)).toEqual(['1', '3', '5']);
    expect((await findBy([partial, { ...odd, match: 'prefix' }], 2)).map(({ id }) => id)).toEqual(['1', '3']);
    expect(await findBy([smiths, { field: 'id', match: 'exact', value: '29999' }])).toHaveLength(1);
  });

  it('without criteria lists the file from its top, up to the limit', async () => {
    const { findBy } = await openCsvTest('id,name\n3,Ann\n1,Bob\n2,\n');
    expect(await findBy([])).toEqual([{ id: '3', name: 'Ann' }, { id: '1', name: 'Bob' }, { id: '2' }]);
    expect(await findBy([], 2)).toEqual([
      { id: '3', name: 'Ann' },
      { id: '1', name: 'Bob' },
    ]);
  });

  it('for a field that the file has not finds nobody, and says so once', async () => {
    const { find, findBy, log } = await openCsvTest('id,name\n1,Ann\n');
    expect(await find('email', 'a@example.com')).toEqual([]);
    expect(await find('email', 'b@example.com')).toEqual([]);
    const criteria: Criterion[] = ['id', 'email'].map((field) => ({ field, match: 'exact', value: '1' }));
    expect(await findBy(criteria)).toEqual([]);
    expect(log.lines.filter(({ message }) => message.includes('no such field'))).toEqual([
      {
        level: 'debug',
        message: 'the CSV file has no such field; a search for it finds nobody',
        fields: { field: 'email', fields: ['id', 'name'] },
      },
    ]);
  });

  it('that goes through all rows ends when its signal aborts', async () => {
    const rows = Array.from({ length: 60_000 }, (_, id) => `${id},name ${id}\n`).join('');
    const { source, find } = await openCsvTest(`id,name\n${rows}`);
    await find('name', 'nobody', 'contains');
    const controller = new AbortController();
    const criteria: Criterion[] = [
      { field: 'name', match: 'contains', value: 'name' },
      { field: 'id', match: 'contains', value: 'x' },
    ];
    const found = source.find?.(
      { criteria, limit: 1, parameters: {} },
      { signal: controller.signal, reference: 'test' },
    );
    setImmediate(() => controller.abort(new Error('gone')));
    await expect(found).rejects.toThrow('gone');
  });
});

describe('the index', () => {
  it('holds many rows, many values and many rows of one value', async () => {
    const rows = 50_000;
    const keyOf = (row: number) => (row % 10 === 0 ? 'tenth' : row % 7 === 0 ? '' : `key ${row}`);
    const index = await KeyIndex.build(
      rows,
      (row) => [keyOf(row)],
      () => 10,
    );
    expect([...index.exact('tenth')]).toEqual(Array.from({ length: rows / 10 }, (_, i) => i * 10));
    for (let row = 1; row < rows; row += 997) {
      const wanted = keyOf(row) === `key ${row}` ? [row] : [];
      expect([...index.exact(`key ${row}`)]).toEqual(wanted);
    }
    expect([...index.exact('')]).toEqual([]);
    expect([...index.exact('key')]).toEqual([]);
  });

  it('holds rows with several keys, as many as there are', async () => {
    const rows = 3_000;
    const index = await KeyIndex.build(
      rows,
      (row) => ['all', `a${row}`, `a${row}`, '', `b${row % 7}`, `c${row}`],
      () => 10,
    );
    expect([...index.exact('all')]).toHaveLength(rows);
    expect([...index.exact('b3')]).toEqual(
      Array.from({ length: rows }, (_, row) => row).filter((row) => row % 7 === 3),
    );
    for (const row of [0, 1_500, 2_999]) {
      expect([...index.exact(`a${row}`), ...index.exact(`c${row}`)]).toEqual([row, row]);
    }
    expect(index.hasSeveral).toBe(true);
  });

  it('finds each row once, though its key has the part several times', async () => {
    const keys = ['aaaa', 'baa', 'aa', 'xyz', 'aaaa'];
    const index = await KeyIndex.build(
      keys.length,
      (row) => [keys[row] ?? ''],
      () => 10,
    );
    const all = async (match: 'prefix' | 'contains', part: string) => {
      const found: number[] = [];
      for await (const row of index.partial(match, part, new AbortController().signal)) found.push(row);
      return found;
    };
    expect(await all('contains', 'aa')).toEqual([0, 4, 1, 2]);
    expect(await all('prefix', 'aa')).toEqual([0, 4, 2]);
    expect(await all('prefix', 'xyzz')).toEqual([]);
  });
});
