import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyIndex } from '../../../adapters/csv/key-index.ts';
import { type Criterion, meets } from '../../../src/contract/index.ts';
import { runs } from '../../support/runs.ts';
import { openCsvTest } from './source.ts';

const value = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom('Smith', 'SMITH', 'Smíth', 'Smithson', 'Straße', 'strasse', 'Müller', '1-2', '12', '%'),
  },
  { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom('a', 'A', 'ä', ' ', '1', '-', '🚀'), maxLength: 4 }) },
);
const fields = ['code', 'last_name', 'phone'] as const;
const criterion = fc.record({
  field: fc.constantFrom(...fields),
  match: fc.constantFrom('exact', 'prefix', 'contains'),
  value: value.map((text) => text.trim()).filter((text) => text !== ''),
}) satisfies fc.Arbitrary<Criterion>;

describe('a search', () => {
  it('finds what the rules of the gateway find, in every combination', async () => {
    const queries = fc.array(fc.array(criterion, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(value, value, value), { minLength: 1, maxLength: 30 }),
        queries,
        async (rows, asked) => {
          const records = rows.map((cells, id) =>
            Object.fromEntries(
              [['id', String(id)], ...fields.map((field, i) => [field, (cells[i] ?? '').trim()])].filter(
                ([, cell]) => cell !== '',
              ),
            ),
          );
          const lines = rows.map((cells, id) => `${id},${cells.join(',')}\n`);
          const { findBy, source } = await openCsvTest(`id,${fields.join(',')}\n${lines.join('')}`);
          for (const criteria of asked) {
            const ids = (await findBy(criteria)).map(({ id }) => Number(id)).sort((a, b) => a - b);
            const wanted = records
              .filter((record) => criteria.every((one) => meets(record, one)))
              .map(({ id }) => Number(id));
            expect(ids).toEqual(wanted);
          }
          await source.close?.();
        },
      ),
      runs(50),
    );
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
    expect(log.lines.filter(({ level }) => level === 'warn')).toEqual([
      {
        level: 'warn',
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
    const index = await KeyIndex.build(rows, keyOf);
    expect([...index.exact('tenth')]).toEqual(Array.from({ length: rows / 10 }, (_, i) => i * 10));
    for (let row = 1; row < rows; row += 997) {
      const wanted = keyOf(row) === `key ${row}` ? [row] : [];
      expect([...index.exact(`key ${row}`)]).toEqual(wanted);
    }
    expect([...index.exact('')]).toEqual([]);
    expect([...index.exact('key')]).toEqual([]);
  });

  it('finds each row once, though its key has the part several times', async () => {
    const keys = ['aaaa', 'baa', 'aa', 'xyz', 'aaaa'];
    const index = await KeyIndex.build(keys.length, (row) => keys[row] ?? '');
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
