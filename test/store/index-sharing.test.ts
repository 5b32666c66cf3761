import { expect, it } from 'vitest';
import type { SourceRecord } from '../../src/contract/index.ts';
import type { Noted } from '../../src/store/index-file/outbox.ts';
import { packedBatch } from '../../src/store/index-file/packed.ts';
import { keyTexts } from '../../src/store/index-file/rows.ts';
import { readState } from '../../src/store/index-file/shared-state.ts';
import {
  adoptState,
  applyShared,
  claimIndex,
  doubtedKeys,
  endRun,
  noteSeenElsewhere,
  outgoing,
  removeRecords,
  sent,
  shareIndex,
  writeBatches,
} from '../../src/store/index-file/tasks.ts';
import { indexBed, SHAPE } from './index-bed.ts';

const INDEX = { shape: SHAPE, updated: undefined };

/** A shared index of these records, by their ids. @param fills what is here is the copy */
async function shared(records: readonly SourceRecord[], { fills = true, generation = 'g1' } = {}) {
  const { file, writer, begin, state, find: found } = await indexBed();
  const write = (some: readonly SourceRecord[], removed: readonly string[] = []) => {
    const listed = some.map((record) => ({ key: String(record['id']), record }));
    const batches = [packedBatch({ records: listed, removed, mark: 'm' })];
    return writeBatches({ ...writer, index: INDEX, oldest: undefined, batches });
  };
  await claimIndex({ ...writer, plan: 'one', shape: SHAPE, isShared: true });
  await begin();
  await write(records);
  await endRun(writer);
  if (generation !== '') await shareIndex({ ...writer, generation, fills });
  const find = async (field?: string, value = '') => (await found(field, value)).map(({ record }) => record);
  const out = (...kinds: readonly Noted[]) => outgoing({ file, source: 'crm', kinds });
  const apply = (some: Readonly<Record<string, object | null>>, more: object = {}) => {
    const given = Object.entries(some).map(([key, record]) => {
      const data = record === null ? null : JSON.stringify(record);
      return { key: keyOf(key), data };
    });
    return applyShared({ ...writer, records: given, index: INDEX, isFollowing: false, version: undefined, ...more });
  };
  return { file, writer, begin, write, state, find, out, apply };
}

const keyOf = (key: string) => keyTexts([key])[0] ?? '';
const [A = {}, B = {}, C = {}] = ['a', 'b', 'c'].map((id): SourceRecord => ({ id, name: id.toUpperCase() }));

it('goes out as a whole where it is the copy, by names, and what is gone as that', async () => {
  const link = { id: 'd', name: ['D', 'E'], since: new Date(7), page: { href: 'https://x/', text: 'X' } };
  const { writer, out, write, begin, state } = await shared([A, link]);
  const first = await out('run', 'fed');
  // In the order of their keys.
  expect(first.records).toEqual([
    { key: keyOf('d'), data: '{"id":"d","name":["D","E"],"since":{"d":7},"page":{"h":"https://x/","t":"X"}}' },
    { key: keyOf('a'), data: '{"id":"a","name":"A"}' },
  ]);
  expect(first).toMatchObject({ seen: [], isAll: true, state: { held: 0, leftOut: 0, mark: 'm', run: null } });
  expect(await out('fed')).toMatchObject({ records: [], numbers: [], isAll: true });
  await sent({ ...writer, numbers: first.numbers, version: 5 });
  expect(await state()).toMatchObject({ generation: 'g1', version: 5 });
  expect(await out('run', 'fed')).toMatchObject({ records: [], isAll: true });
  await sent({ ...writer, numbers: [], version: 3 });
  await sent({ ...writer, numbers: [], version: undefined });
  expect(await state()).toMatchObject({ version: 5 });
  await begin('m');
  await write([{ id: 'a', name: 'A2' }], ['d']);
  expect((await out('run')).records).toEqual([
    { key: keyOf('a'), data: '{"id":"a","name":"A2"}' },
    { key: keyOf('d'), data: null },
  ]);
});

it('goes out in parts where it is large', async () => {
  const many = Array.from({ length: 1_000 }, (_, n) => ({ id: `${n}` }));
  const { writer, out } = await shared(many);
  const first = await out('run');
  expect(first).toMatchObject({ isAll: false, numbers: { length: 1_000 }, records: { length: 1_000 } });
  await sent({ ...writer, numbers: first.numbers.slice(0, 1), version: undefined });
  expect(await out('run')).toMatchObject({ isAll: true, numbers: { length: 999 } });
  // Twenty are as many characters as go out at once: `["…"]`.
  const long = Array.from({ length: 23 }, (_, n) => ({ id: `${n}`.padStart(200_000 - 4, 'x') }));
  const large = await shared(long);
  expect(await large.out('run')).toMatchObject({ isAll: false, numbers: { length: 21 }, records: { length: 21 } });
});

it('of this machine alone has nothing to tell, and is told nothing', async () => {
  const { writer, out, state } = await shared([A], { generation: '' });
  expect(await out('run', 'fed')).toMatchObject({
    records: [],
    seen: [],
    numbers: [],
    isAll: true,
    state: { mark: 'm' },
  });
  await sent({ ...writer, numbers: [1], version: 9 });
  expect(await state()).toMatchObject({ version: 0 });
  expect(await doubtedKeys({ ...writer, isFollowing: false })).toEqual([]);
});

it('tells what a run through everything saw though it is as it was, and what was removed by hand', async () => {
  const { file, writer, out, begin, write, find } = await shared([A, B]);
  await sent({ ...writer, numbers: (await out('run')).numbers, version: 1 });
  await begin();
  await write([A, { id: 'b', name: 'B2' }]);
  const told = await out('run', 'fed', 'seen');
  expect(told.seen).toEqual([keyOf('a')]);
  expect(told.records).toEqual([{ key: keyOf('b'), data: '{"id":"b","name":"B2"}' }]);
  expect(told.numbers).toHaveLength(2);
  expect(await out('seen')).toMatchObject({ seen: [keyOf('a')], records: [] });
  expect(await removeRecords({ file, source: 'crm', ids: [1] })).toBe(1);
  expect((await out('fed')).records).toEqual([{ key: keyOf('a'), data: null }]);
  expect(await find()).toEqual([{ id: 'b', name: 'B2' }]);
});

it('takes in what others have written: new, changed, gone; and it is found', async () => {
  const { apply, find, state, out } = await shared([A, B]);
  const given = { d: { id: 'd', phone: ['030 12345', '7'], more: { d: 7 } } };
  expect(await apply({ a: null, b: { id: 'b', name: 'Neu' }, x: null, ...given }, { version: 4 })).toBe(true);
  expect(await find()).toEqual([
    { id: 'b', name: 'Neu' },
    { id: 'd', phone: ['030 12345', '7'], more: new Date(7) },
  ]);
  expect(await find('name', 'neu')).toHaveLength(1);
  expect(await find('name', 'b')).toEqual([]);
  expect(await find('phone', '+49 30 12345')).toHaveLength(1);
  expect(await state()).toMatchObject({ records: 2, version: 4, names: ['id', 'name', 'phone', 'more'] });
  // What a run had written here is not told any more: the copy has it otherwise.
  expect(await out('run', 'fed', 'doubted')).toMatchObject({ records: [] });
  await apply({ b: { id: 'b', name: 'Neu' } });
  expect(await state()).toMatchObject({ records: 2, version: 4 });
});

it('leaves alone what was fed here and is not out yet', async () => {
  const { file, apply, find, out, state } = await shared([A, B]);
  await removeRecords({ file, source: 'crm', ids: [1] });
  await apply({ a: { id: 'a', name: 'Old' }, b: null });
  expect(await find()).toEqual([]);
  expect(await state()).toMatchObject({ records: 0 });
  expect((await out('fed')).records).toEqual([{ key: keyOf('a'), data: null }]);
});

it.each([
  ['that is fed there is left alone by a run of who follows', true, ['A2', 'C']],
  ['that a run wrote there is not', false, ['A']],
])('what comes in %s', async (_what, isFollowing, after) => {
  const { writer, apply, begin, write, find } = await shared([A, B]);
  await begin();
  await apply({ a: { id: 'a', name: 'A2' }, b: null, c: C }, { isFollowing });
  await write([A]);
  await endRun(writer);
  expect((await find()).map(({ name }) => name)).toEqual(after);
  // Without a run nobody has to.
  expect(await apply({ a: A }, { isFollowing })).toBe(true);
});

it('doubts all that is here where the copy is right, and what its runs wrote where another follows', async () => {
  const many = Array.from({ length: 501 }, (_, n) => ({ id: `${n}` }));
  const { writer, out } = await shared(many, { fills: false });
  expect(await out('run', 'fed', 'seen')).toMatchObject({ records: [] });
  expect(await doubtedKeys({ ...writer, isFollowing: true })).toHaveLength(500);
  const { writer: own, out: outOf, begin, write } = await shared([A, B]);
  await sent({ ...own, numbers: (await outOf('run')).numbers, version: 1 });
  await begin();
  await write([A, { id: 'b', name: 'B2' }]);
  expect(await doubtedKeys({ ...own, isFollowing: true })).toEqual([]);
  expect(await outOf('seen')).toMatchObject({ seen: [keyOf('a')] });
  expect(await doubtedKeys({ ...own, isFollowing: false })).toEqual([keyOf('b')]);
  expect(await outOf('seen', 'run')).toMatchObject({ seen: [], records: [] });
  expect(await doubtedKeys({ ...own, owner: 'other', isFollowing: false })).toBeUndefined();
});

const STATE = {
  ...{ run: null, mark: 'n', freshAt: 11, fullAt: 12, held: 13, mayRemove: 1, leftOut: 14, problem: 'away' },
};

it('stands as the copy does, with who follows', async () => {
  const { writer, state, out } = await shared([A]);
  expect(await adoptState({ ...writer, state: STATE, follower: 'gw-2', takesOver: false })).toBe(true);
  const { mayRemove, run: _none, ...shown } = STATE;
  expect(await state()).toMatchObject({ ...shown, run: undefined, follower: 'gw-2', records: 1 });
  expect((await out('fed')).state).toEqual({ ...STATE, mayRemove });
  const run = { id: 'r1', began: 5, since: undefined, from: '7' };
  const none = { mark: null, freshAt: null, fullAt: null, problem: null };
  await adoptState({ ...writer, state: { ...STATE, ...none, run }, follower: undefined, takesOver: false });
  const nothing = { mark: undefined, freshAt: undefined, fullAt: undefined, problem: undefined, follower: undefined };
  expect(await state()).toMatchObject({ ...nothing, run });
  expect((await out('fed')).state).toMatchObject({ ...none, run });
});

it.each([
  ['the same run goes on', undefined, false, 'C', ['A', 'B', 'C']],
  ['the same run is taken over, and is told what was seen next', undefined, true, 'C2', ['B', 'C2']],
  ['another run begins', 'r9', false, 'C2', ['B', 'C2']],
])('what a run saw here, and what was fed meanwhile, counts where %s', async (_what, other, takesOver, name, after) => {
  const { writer, begin, write, find, apply, state } = await shared([A, B]);
  const { began } = (await begin()) ?? expect.unreachable();
  await write([A]);
  await apply({ c: C }, { isFollowing: true });
  const run = { id: other ?? (await state()).run?.id, began, since: undefined, from: 'x', isFirst: false };
  await adoptState({ ...writer, state: { ...STATE, run }, follower: 'me', takesOver });
  await write([{ id: 'c', name: 'C2' }]);
  expect((await find('id', 'c'))[0]?.['name']).toBe(name);
  expect(await noteSeenElsewhere({ ...writer, keys: [keyOf('b'), keyOf('none')] })).toBe(true);
  await endRun(writer);
  expect((await find()).map((one) => one['name'])).toEqual(after);
});

it.each([
  ['{}', { run: null, mark: null, freshAt: null, fullAt: null, held: 0, mayRemove: 0, leftOut: 0, problem: null }],
  [JSON.stringify(STATE), STATE],
  [
    '{"run":{"id":"r","began":3},"mark":5,"problem":7,"freshAt":"x","fullAt":"x","held":"x","mayRemove":"1","leftOut":"2"}',
    {
      run: { id: 'r', began: 3, read: 0, changed: 0, leftOut: 0, removing: false, isFirst: false },
      ...{ mark: null, freshAt: null, fullAt: null, held: 0, mayRemove: 0, leftOut: 0, problem: null },
    },
  ],
])('the state that was written is read: %s', (text, state) => {
  expect(readState(text)).toEqual(state);
});
