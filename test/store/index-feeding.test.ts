/** Single records that are fed beside the runs: called as the thread does that writes. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { SourceRecord } from '../../src/contract/index.ts';
import { planText } from '../../src/gateway/sources/index-plan.ts';
import { packedBatch } from '../../src/store/index-file/packed.ts';
import {
  claimIndex,
  endRun,
  feedRecords,
  outgoing,
  shareIndex,
  writeBatches,
} from '../../src/store/index-file/tasks.ts';
import { LARGEST_RECORD } from '../../src/store/index-file/writing.ts';
import { temporaryFolder } from '../support/temp.ts';
import { indexBed, SHAPE } from './index-bed.ts';

const PLAN = planText('one', SHAPE);

type Listed = readonly [key: string, record: SourceRecord];
const batchOf = (records: readonly Listed[]) =>
  packedBatch({ records: records.map(([key, record]) => ({ key, record })) });

/** An index of these records, each under its key. */
async function indexOf(records: readonly Listed[]) {
  const { file, writer, begin, state, find } = await indexBed();
  const index = { shape: SHAPE, updated: 'changed' };
  const write = (some: readonly Listed[]) =>
    writeBatches({ ...writer, index, oldest: undefined, batches: [batchOf(some)] });
  await claimIndex({ ...writer, plan: 'one', shape: SHAPE });
  await begin();
  await write(records);
  await endRun(writer);
  const all = async () => (await find()).map(({ record }) => record);
  /** @param meant which of the records that are there were asked for by their very value; `among`: by a wider question */
  const feed = async (
    given: readonly Listed[],
    { meant = [], among = [], ...more }: Partial<Fed> & { meant?: readonly number[]; among?: readonly number[] } = {},
  ) => {
    const ids = (await find()).map(({ id }) => id);
    const found = [
      ...meant.map((at) => ({ id: ids[at] ?? 0, isMeant: true })),
      ...among.map((at) => ({ id: ids[at] ?? 0, isMeant: false })),
    ];
    const fed = { file, source: 'crm', plan: PLAN, found, batch: batchOf(given), index, oldest: undefined };
    return feedRecords({ ...fed, isWhole: true, ...more });
  };
  return { writer, begin, write, state, find, all, feed };
}

type Fed = Omit<Parameters<typeof feedRecords>[0], 'file' | 'source' | 'found' | 'batch'>;
const NONE = { changed: 0, removed: 0, unplaced: 0, wasRunning: false };
const [a, b, c] = [{ name: 'A' }, { name: 'B' }, { name: 'C' }] as const;
const A: Listed = ['1', a];
const B: Listed = ['2', b];
const C: Listed = ['3', c];
const newer = { name: 'New' };

it('nothing is fed where there is no index, or one that was begun for something else', async () => {
  const { feed, all } = await indexOf([A]);
  expect(await feed([['1', newer]], { plan: planText('two', SHAPE) })).toBeUndefined();
  const file = join(await temporaryFolder(), 'index.db');
  const fed = { file, source: 'crm', plan: PLAN, found: [], batch: batchOf([A]), isWhole: true };
  expect(await feedRecords({ ...fed, index: { shape: SHAPE, updated: undefined }, oldest: undefined })).toBeUndefined();
  expect(await all()).toEqual([a]);
});

const anew = { name: 'Anew' };
it.each([
  ['takes the place of the one of its key', [A, B], [['1', newer]], { meant: [0] }, { changed: 1 }, [newer, b]],
  ['that is as it was changes nothing', [A, B], [A], { meant: [0] }, {}, [a, b]],
  ['is added under its key where it is new', [A], [['9', newer]], {}, { changed: 1 }, [a, newer]],
  ['under a key of another one does not take its place', [A, B], [['2', newer]], {}, { changed: 1 }, [a, newer]],
  ['that was meant, and is found no more, is gone', [A, B], [], { meant: [0] }, { removed: 1 }, [b]],
  ['that was not meant stays', [A, B], [], { among: [0], meant: [1] }, { removed: 1 }, [a]],
  ['stays where the source may have more of them', [A, B], [], { meant: [0], isWhole: false }, {}, [a, b]],
  [
    'beside the one of its key, is gone',
    [A, B],
    [['1', newer]],
    { meant: [0, 1] },
    { changed: 1, removed: 1 },
    [newer],
  ],
  // Without keys.
  ['without a key is the only one that is left', [A, B], [['', newer]], { meant: [1] }, { changed: 1 }, [a, newer]],
  [
    'without a key is the one that is left, though it was not meant',
    [A],
    [['', newer]],
    { among: [0] },
    { changed: 1 },
    [newer],
  ],
  ['without a key is the one that is the same', [A, B], [['', b]], { meant: [0, 1] }, { removed: 1 }, [b]],
  [
    'without a key is the one that no other is',
    [A, B],
    [
      ['', newer],
      ['', b],
    ],
    { meant: [0, 1] },
    { changed: 1 },
    [newer, b],
  ],
  ['without a key may be any of two', [A, B], [['', newer]], { meant: [0, 1] }, { unplaced: 1 }, [a, b]],
  [
    'without a key beside another may be the one that is there',
    [A],
    [
      ['', newer],
      ['', anew],
    ],
    { meant: [0] },
    { unplaced: 2 },
    [a],
  ],
  ['without a key is new where none is left', [A], [['', newer]], {}, { unplaced: 1 }, [a]],
  [
    'beside one whose key is known is the other',
    [A, B],
    [
      ['1', anew],
      ['', newer],
    ],
    { meant: [0, 1] },
    { changed: 2 },
    [anew, newer],
  ],
  [
    'beside two that cannot be placed stays',
    [A, B],
    [
      ['', newer],
      ['', anew],
    ],
    { meant: [0, 1] },
    { unplaced: 2 },
    [a, b],
  ],
] as const)('a record %s', async (_what, there, given, how, outcome, after) => {
  const { feed, all, state } = await indexOf(there);
  expect(await feed(given, how)).toEqual({ ...NONE, ...outcome });
  expect(await all()).toEqual(after);
  expect(await state()).toMatchObject({ records: after.length, leftOut: 0 });
});

it('two that are the same are two', async () => {
  const { feed, all } = await indexOf([A, ['2', a]]);
  expect(
    await feed(
      [
        ['', a],
        ['', a],
      ],
      { meant: [0, 1] },
    ),
  ).toEqual(NONE);
  expect(await feed([['', a]], { meant: [0, 1] })).toEqual({ ...NONE, removed: 1 });
  expect(await all()).toEqual([a]);
});

it('is found by what it is now, also by a field that nobody had before, as people of the country write it', async () => {
  const { feed, find, state } = await indexOf([A, B]);
  const fed = { name: 'Neu', note: 'x', phone: '030 12345' };
  expect(
    await feed([
      ['1', fed],
      ['4', { phone: '1', name: 'Vier' }],
    ]),
  ).toEqual({ ...NONE, changed: 2 });
  expect((await find('name', 'neu')).map(({ record }) => record)).toEqual([fed]);
  expect((await find('phone', '+49 30 12345')).map(({ record }) => record)).toEqual([fed]);
  expect(await find('name', 'A')).toEqual([]);
  expect((await find('name', 'vier')).map(({ record }) => record)).toEqual([{ name: 'Vier', phone: '1' }]);
  expect((await state()).names).toEqual(['id', 'name', 'phone', 'note']);
});

it('keeps what fits, and leaves out what is too large or too old', async () => {
  const { feed, all, state } = await indexOf([A, B]);
  // `[null,"…"]`
  const largest = { name: 'x'.repeat(LARGEST_RECORD - 9) };
  expect(await feed([['1', largest]])).toEqual({ ...NONE, changed: 1 });
  expect(await state()).toMatchObject({ records: 2, leftOut: 0 });
  expect(await feed([['1', { name: `${largest.name}x` }]])).toEqual({ ...NONE, removed: 1 });
  expect(await state()).toMatchObject({ records: 1, leftOut: 1 });
  expect(await feed([['2', { name: 'B2' }]])).toEqual({ ...NONE, changed: 1 });
  expect(await state()).toMatchObject({ records: 1, leftOut: 1 });
  const oldest = Date.parse('2026-11-20T00:00:00Z');
  const at = (time: string) => ({ name: 'D', changed: new Date(time) });
  expect(await feed([['4', at('2026-11-20T00:00:00Z')]], { oldest })).toEqual({ ...NONE, changed: 1 });
  expect(await feed([['4', at('2026-11-19T23:59:59Z')]], { oldest })).toEqual({ ...NONE, removed: 1 });
  expect(await feed([['4', at('2026-11-19T23:59:59Z')]])).toEqual({ ...NONE, changed: 1 });
  // Of one that does not say when it changed nobody says that it is old.
  expect(await feed([['5', { name: 'E', born: new Date(0) }]], { oldest })).toEqual({ ...NONE, changed: 1 });
  expect((await all()).map(({ name }) => name)).toEqual(['B2', 'D', 'E']);
});

it('a run under way neither takes what was fed back nor removes it', async () => {
  const { writer, feed, begin, write, all, state } = await indexOf([A, B, C]);
  await begin();
  expect(
    await feed(
      [
        ['1', newer],
        ['4', anew],
      ],
      { meant: [2] },
    ),
  ).toEqual({ changed: 2, removed: 1, unplaced: 0, wasRunning: true });
  expect(await state()).toMatchObject({ records: 3 });
  await write([A, B, C]);
  expect(await all()).toEqual([newer, b, anew]);
  expect(await endRun(writer)).toMatchObject({ removed: 0, held: 0 });
  // The next one had it all before it.
  await begin('later');
  await write([A]);
  await endRun(writer);
  expect(await all()).toEqual([a, b, anew]);
});

it('is told to gateways of other machines, where the index is shared', async () => {
  const { writer, feed, state } = await indexOf([A, B]);
  await shareIndex({ ...writer, generation: 'g1', fills: true });
  expect(await feed([['1', newer], B], {})).toEqual({ ...NONE, changed: 1 });

  const told = await outgoing({ ...writer, kinds: ['fed'] });
  expect(told.records.map(({ data }) => data)).toEqual(['{"name":"New"}']);
  expect(await state()).toMatchObject({ generation: 'g1' });
});
