/** The runs of an index, at each side of their limits: who follows, what is held, what a run leaves behind it. */
import { join } from 'node:path';
import Database from 'libsql';
import { expect, it, onTestFinished } from 'vitest';
import type { FindQuery, SourceRecord } from '../../src/contract/index.ts';
import type { IndexShape } from '../../src/gateway/sources/customer-index.ts';
import { packedBatch } from '../../src/store/index-file/packed.ts';
import { IndexReader } from '../../src/store/index-file/reading.ts';
import {
  beginRun,
  changeIndex,
  claimIndex,
  endRun,
  keepIndex,
  proveIndex,
  releaseIndex,
  removeOthers,
  removeRecords,
  shareIndex,
  tidyIndex,
  writeBatches,
} from '../../src/store/index-file/tasks.ts';
import { LARGEST_RECORD } from '../../src/store/index-file/writing.ts';
import { context } from '../support/open-source.ts';
import { temporaryFolder } from '../support/temp.ts';

const SHAPE: IndexShape = {
  fields: ['id', 'name'].map((name) => ({ name, matches: ['exact', 'contains'] })),
  ...{ kept: undefined, country: undefined },
};
const INDEX = { index: { shape: SHAPE, updated: undefined }, oldest: undefined };
const many = (count: number, from = 0): readonly SourceRecord[] =>
  Array.from({ length: count }, (_, n) => ({ id: `${from + n}`, name: 'ab' }));

async function newIndex() {
  const file = join(await temporaryFolder(), 'index.db');
  const writer = { file, source: 'crm', owner: 'me' };
  const reader = new IndexReader(file);
  onTestFinished(() => reader.close());
  const claim = (owner = 'me', plan = 'one') => claimIndex({ ...writer, owner, plan, shape: SHAPE });
  const begin = (since?: string, anew = false) => beginRun({ ...writer, since, anew });
  const write = (records: readonly SourceRecord[], more: object = {}) => {
    const batch = packedBatch({ records: records.map((record) => ({ key: String(record['id']), record })), ...more });
    return writeBatches({ ...writer, ...INDEX, batches: [batch] });
  };
  const list = async (records: readonly SourceRecord[], more: object = {}, since?: string) => {
    await begin(since, true);
    await write(records, more);
    return endRun(writer);
  };
  const sql = (statement: string) => {
    const other = new Database(file);
    other.exec(statement);
    other.close();
  };
  const state = async () => (await reader.state('crm')) ?? expect.unreachable();
  const find = async (query: Partial<FindQuery>) => {
    const notices: string[] = [];
    const notice = (sentence: string) => void notices.push(sentence);
    const found = await reader.find(
      await state(),
      { criteria: [], limit: 9, parameters: {}, ...query },
      { ...context(), notice },
    );
    return { found: found?.map(({ record }) => record['id']), notices };
  };
  return { file, writer, reader, claim, begin, write, list, sql, state, find };
}

it('is followed by one, until he says nothing for twenty seconds, or the clock was set back', async () => {
  const { claim, sql, state, writer } = await newIndex();
  expect(await claim()).toMatchObject({ owner: 'me', records: 0 });
  expect(await claim('other')).toBeUndefined();
  expect(await claim()).toMatchObject({ owner: 'me' });
  const { ownedUntil } = await state();
  expect(Math.abs(ownedUntil - Date.now() - 20_000)).toBeLessThan(5_000);
  sql(`UPDATE sources SET owned_until = ${Date.now() - 1}`);
  expect(await claim('other')).toMatchObject({ owner: 'other' });
  sql(`UPDATE sources SET owned_until = ${Date.now() + 60_000}`);
  expect(await claim()).toMatchObject({ owner: 'me' });
  await releaseIndex({ ...writer, owner: 'other' });
  expect(await claim('other')).toBeUndefined();
  await releaseIndex(writer);
  expect(await state()).toMatchObject({ owner: '', ownedUntil: 0 });
  expect(await claim('other')).toMatchObject({ owner: 'other' });
  expect(await endRun(writer)).toBeUndefined();
});

it('begins empty for another plan, and of this machine alone where it was shared', async () => {
  const { claim, list, state, writer } = await newIndex();
  await claim();
  await list(many(3), { mark: 'm' });
  await shareIndex({ ...writer, generation: 'g', fills: true });
  expect(await claim()).toMatchObject({ records: 3, generation: '', version: 0 });
  expect(await claim('me', 'two')).toMatchObject({ records: 0, names: [], mark: undefined, freshAt: undefined });
  expect(await keepIndex({ ...writer, problem: 'away' })).toMatchObject({ problem: 'away' });
  expect(await keepIndex(writer)).toMatchObject({ problem: 'away' });
  await list([]);
  expect((await state()).problem).toBeUndefined();
});

it.each([
  ['ten of eleven go at once', 11, 1, { removed: 10, held: 0 }],
  ['eleven of fifty-five are a fifth, and go', 55, 44, { removed: 11, held: 0 }],
  ['eleven of fifty-four are more, and are held', 54, 43, { removed: 0, held: 11 }],
])('%s', async (_what, before, after, outcome) => {
  const { claim, list, state } = await newIndex();
  await claim();
  await list(many(before));
  expect(await list(many(after))).toEqual({ isEnded: true, ...outcome });
  expect(await state()).toMatchObject({ records: before - outcome.removed, held: outcome.held });
  // A run of changes leaves that as it is.
  await list([], {}, 'm');
  expect(await state()).toMatchObject({ held: outcome.held });
});

it('removes two thousand at a time', async () => {
  const { claim, list, writer, state, file } = await newIndex();
  await claim();
  await list(many(2_001));
  await changeIndex({ file, source: 'crm', change: 'accept' });
  expect(await list([])).toEqual({ isEnded: false, removed: 2_000, held: 0 });
  expect((await state()).run).toMatchObject({ removing: true });
  expect(await endRun(writer)).toEqual({ isEnded: true, removed: 1, held: 0 });
  expect(await endRun(writer)).toEqual({ isEnded: true, removed: 0, held: 0 });
  expect(await state()).toMatchObject({ records: 0, run: undefined });
});

it('counts what it read, and says from when its records are', async () => {
  const { claim, begin, write, writer, state } = await newIndex();
  await claim();
  const first = await begin();
  expect(first).toMatchObject({ since: undefined, isFirst: true });
  const complete = { since: 5, until: Date.now() + 99_999 };
  expect(await write(many(2), { next: 'n', mark: 'm', complete })).toEqual({ changed: 2 });
  expect(await write([...many(1), { id: '7', name: 'x'.repeat(LARGEST_RECORD) }], { next: 'o' })).toEqual({
    changed: 0,
  });
  const run = { read: 4, changed: 2, leftOut: 1, from: 'o', mark: 'm', complete };
  expect(await state()).toMatchObject({ records: 2, leftOut: 1, run });
  // It goes on as the same one; one for changes, or that shall begin anew, does not.
  expect(await begin()).toMatchObject({ from: 'o', read: 4 });
  await endRun(writer);
  expect(await state()).toMatchObject({ mark: 'm', freshAt: complete.until, fullAt: first?.began, leftOut: 1 });
  await begin('m');
  await write([], { next: 'p' });
  expect(await begin('m')).toMatchObject({ from: 'p', since: 'm' });
  expect(await begin('n')).toMatchObject({ since: 'n', isFirst: false });
  await write([], { next: 'q' });
  expect((await begin('n', true))?.from).toBeUndefined();
  await endRun(writer);
  expect(await state()).toMatchObject({ mark: 'm', fullAt: first?.began, leftOut: 1 });
});

it('is changed by hand, and by a run of what was not there before', async () => {
  const { file, claim, list, begin, write, writer, state } = await newIndex();
  const by = (change: 'rebuild' | 'empty' | 'accept', source = 'crm') => changeIndex({ file, source, change });
  expect(await by('rebuild')).toBe(false);
  expect(await removeRecords({ file, source: 'none', ids: [1] })).toBe(0);
  expect(await tidyIndex({ file, source: 'none', isFirst: true })).toEqual({ isTidy: true });
  await claim();
  await list(many(3), { mark: 'm' });
  expect(await by('rebuild')).toBe(true);
  expect(await state()).toMatchObject({ records: 3, mark: undefined, fullAt: undefined, freshAt: expect.any(Number) });
  await begin();
  await write(many(1));
  expect(await removeRecords({ file, source: 'crm', ids: [2, 3, 99] })).toBe(2);
  // Whoever follows begins behind what it has written.
  expect(await state()).toMatchObject({ records: 1, owner: '', ownedUntil: 0 });
  expect(await endRun(writer)).toBeUndefined();
  expect(await by('empty')).toBe(true);
  expect(await state()).toMatchObject({ records: 0, freshAt: undefined });
  expect(await removeOthers({ file, names: ['crm'] })).toEqual([]);
  await proveIndex({ file });
  expect(await tidyIndex({ file, source: 'crm', isFirst: true })).toEqual({ isTidy: false });
  expect(await tidyIndex({ file, source: 'crm', isFirst: false })).toEqual({ isTidy: true });
});

it('finds as many as are wanted, in order, and says what was not looked through', async () => {
  const { claim, list, find, reader, state } = await newIndex();
  await claim();
  await list(many(450));
  const part = [{ field: 'name', match: 'contains' as const, value: 'ab' }];
  expect(await find({ criteria: part, limit: 3 })).toEqual({ found: ['0', '1', '2'], notices: [] });
  expect((await find({ criteria: part, limit: 420 })).found).toHaveLength(420);
  expect((await find({ criteria: part, limit: 999 })).found).toHaveLength(450);
  const order = [{ field: 'id', descending: true }];
  expect(await find({ criteria: part, limit: 2, order })).toEqual({ found: ['449', '448'], notices: [] });
  expect(await find({ criteria: [{ field: 'id', match: 'exact', value: '' }] })).toEqual({ found: [], notices: [] });
  const scanned = await reader.scan(await state(), ({ id }) => id === '449', 5, context());
  expect(scanned).toEqual([{ id: 450, record: { id: '449', name: 'ab' } }]);
  expect(await reader.state('erp')).toBeUndefined();
});
