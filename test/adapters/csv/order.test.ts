/** A CSV file sorts what it finds: all of it, however much that is, and in slices of time. */
import { describe, expect, it } from 'vitest';
import { FirstRecords } from '../../../adapters/csv/first-records.ts';
import { inOrder, type Order } from '../../../src/contract/index.ts';
import { openCsvTest } from './source.ts';

const by = (field: string, descending = false): Order => ({ field, descending });
const context = () => ({ signal: AbortSignal.timeout(20_000), reference: 'test' });

async function sorted(content: string, order: readonly Order[], limit = 100) {
  const { source } = await openCsvTest(content);
  return (await source.find?.({ criteria: [], order, limit, parameters: {} }, context())) ?? [];
}

describe('the order of what a CSV file finds', () => {
  it.each<readonly [string, readonly string[]]>([
    ['numbers, with fractions and below zero', ['-10', '-2.5', '0.25', '0.5', '7', '10', '100']],
    ['numbers within texts', ['item 9', 'item 10', 'Item 11']],
    ['texts, as people read them', ['Ärger', 'beta', 'Zulu']],
    ['days', ['2019-12-31', '2020-01-02', '2020-01-10']],
    ['moments', ['2020-01-02T09:00:00Z', '2020-01-02T10:00:00Z', '2021-01-01T00:00:00Z']],
  ])('is right for %s, with what has no value last', async (_name, values) => {
    const mixed = ['', ...values.toReversed(), '  '];
    const content = `id,a\n${mixed.map((value, id) => `${id},"${value}"\n`).join('')}`;
    for (const descending of [false, true]) {
      const wanted = descending ? values.toReversed() : values;
      const found = await sorted(content, [by('a', descending)]);
      expect(found.map(({ a }) => a)).toEqual([...wanted, undefined, undefined]);
      expect(await sorted(content, [by('a', descending)], 2)).toEqual(found.slice(0, 2));
    }
  });

  it('does not change with the limit: a text among the numbers makes texts of all', async () => {
    const content = 'id,a\n1,12.5\n2,12.25\n3,n/a\n';
    const order = [by('a')];
    const all = await sorted(content, order);
    for (const limit of [1, 2]) expect(await sorted(content, order, limit)).toEqual(all.slice(0, limit));
  });

  it('is by several fields, and then that of the file', async () => {
    const content = 'id,kind,n\n1,b,1\n2,a,9\n3,a,10\n4,A,9\n';
    expect((await sorted(content, [by('kind'), by('n', true)])).map(({ id }) => id)).toEqual(['3', '2', '4', '1']);
  });

  it('of a field that the file does not have is refused, with the nearest', async () => {
    await expect(sorted('id,name\n1,x\n', [by('nam')])).rejects.toMatchObject({
      kind: 'rejected',
      message: 'the file has no column "nam" to sort by',
      remedy: expect.stringContaining('did you mean "name"'),
    });
  });

  it('is that of all rows of a large file, while others are served', async () => {
    const size = 60_000;
    const rows = Array.from({ length: size }, (_, id) => `${id},Smith,${(id * 7_919) % size}\n`).join('');
    const { source } = await openCsvTest(`id,last_name,rank\n${rows}`);
    await source.check(context());
    let turns = 0;
    const turn = () => {
      turns += 1;
      timer = setImmediate(turn);
    };
    let timer = setImmediate(turn);
    for (const match of ['exact', 'contains'] as const) {
      const criteria = [{ field: 'last_name', match, value: 'Smith' }];
      for (const descending of [false, true]) {
        const query = { criteria, order: [by('rank', descending)], limit: 3, parameters: {} };
        const ranks = (await source.find?.(query, context()))?.map(({ rank }) => Number(rank));
        expect(ranks).toEqual(descending ? [size - 1, size - 2, size - 3] : [0, 1, 2]);
      }
    }
    clearImmediate(timer);
    expect(turns).toBeGreaterThan(20);
  });
});

describe('the first of many records', () => {
  it.each([1, 10, 5_000])('are those of all of them, sorted: %d', (limit) => {
    const records = Array.from({ length: 12_345 }, (_, id) => ({ id, a: `${(id * 7_919) % 400}`, b: `x${id % 7}` }));
    const order = [by('a', true), by('b')];
    const first = new FirstRecords(order, [true, false], limit);
    for (const record of records) {
      first.add(record);
      expect(first.isComplete).toBe(false);
    }
    expect(first.all()).toEqual(inOrder(records, order).slice(0, limit));
  });
});
