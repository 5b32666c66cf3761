/** Batches of a gateway that has much to do: kept as they came, filed when there is time, found whenever somebody reads. */
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import type { AuditEntry } from '../../src/gateway/audit/entry.ts';
import type { AuditPlan } from '../../src/gateway/audit/file.ts';
import { openAuditHere } from '../../src/store/audit-file/audit-file.ts';
import { hasBlocks } from '../../src/store/audit-file/schema.ts';
import { closeAudit } from '../../src/store/audit-file/writing.ts';
import { addAuditEntries } from '../../src/store/backup/audit-union.ts';
import { auditEntry, linesOf } from '../support/audit.ts';
import { temporaryFolder } from '../support/temp.ts';

afterEach(closeAudit);

/** The fewest that are a batch of a busy gateway. */
const BUSY = 250;
const planOf = async (name = 'audit.db'): Promise<AuditPlan> => {
  return { file: join(await temporaryFolder(), name), keepMs: 86_400_000, values: false };
};
const entry = (n: number): AuditEntry =>
  auditEntry({ at: Date.now(), kind: 'lookup', name: `n${n}`, outcome: 'found', customers: [`K-${n}`] });
/** @param first also the number of the first entry */
const batch = (first: number, count = BUSY) =>
  linesOf(...Array.from({ length: count }, (_, index) => entry(first + index)));
const opened = ({ file }: AuditPlan) => {
  const database = new Database(file);
  onTestFinished(() => void database.close());
  return database;
};
const numberIn = (database: InstanceType<typeof Database>, table: string) =>
  Number(Reflect.get(Object(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()), 'n'));

it('keeps a large batch as it is, and a smaller one where each entry is found', async () => {
  const plan = await planOf();
  const audit = openAuditHere(plan);
  await audit.write(batch(1, BUSY - 1), 1);
  const database = opened(plan);
  expect([numberIn(database, 'blocks'), numberIn(database, 'entries')]).toEqual([0, BUSY - 1]);
  await audit.write(batch(BUSY), BUSY);
  expect([numberIn(database, 'blocks'), numberIn(database, 'entries')]).toEqual([1, BUSY - 1]);
  // One that comes when there is time files the oldest two.
  await audit.write(batch(1_000), 1_000);
  await audit.write(batch(2_000), 2_000);
  await audit.write(batch(3_000, 1), 3_000);
  expect([numberIn(database, 'blocks'), numberIn(database, 'entries')]).toEqual([1, 3 * BUSY]);
  expect(await audit.count({})).toBe(4 * BUSY);
  expect(hasBlocks(database)).toBe(false);
});

it.each([
  [
    'a page',
    async (audit: ReturnType<typeof openAuditHere>) =>
      (await audit.page({ customer: 'K-7' }, { limit: 9 })).entries.length,
  ],
  ['a number', (audit: ReturnType<typeof openAuditHere>) => audit.count({ lookup: 'n7' })],
  ['what is handed on', async (audit: ReturnType<typeof openAuditHere>) => (await audit.unhanded(1)).last],
])('whoever reads %s finds what a gateway left that ended in the middle', async (_what, read) => {
  const plan = await planOf();
  await openAuditHere(plan).write(batch(1), 1);
  closeAudit();
  expect(hasBlocks(opened(plan))).toBe(true);
  expect(await read(openAuditHere(plan))).toBe(1);
  expect(hasBlocks(opened(plan))).toBe(false);
});

it('has a batch once that is written once more, also where a part of it was', async () => {
  const audit = openAuditHere(await planOf());
  await audit.write(batch(1), 1);
  await audit.write(batch(1), 1);
  await audit.write(batch(11), 11);
  expect(await audit.count({})).toBe(BUSY + 10);
});

it('files what waits when there is nothing else to do, and not before', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const plan = await planOf();
  const audit = openAuditHere(plan);
  for (let first = 1; first < 4 * BUSY; first += BUSY) await audit.write(batch(first), first);
  await vi.advanceTimersByTimeAsync(1_999);
  const database = opened(plan);
  expect(numberIn(database, 'blocks')).toBe(4);
  await audit.write(batch(5_000), 5_000);
  await vi.advanceTimersByTimeAsync(1_999);
  expect(numberIn(database, 'blocks')).toBe(5);
  // Moves the clock on.
  await vi.waitUntil(() => !hasBlocks(database));
  expect(numberIn(database, 'entries')).toBe(5 * BUSY);
});

it('is filed when a gateway ends', async () => {
  const plan = await planOf();
  const audit = openAuditHere(plan);
  for (const first of [1, 1_001, 2_001]) await audit.write(batch(first), first);
  await audit.close();
  expect([hasBlocks(opened(plan)), numberIn(opened(plan), 'entries')]).toEqual([false, 3 * BUSY]);
});

it('waits with fifty batches, and files the oldest of more', async () => {
  const plan = await planOf();
  const audit = openAuditHere(plan);
  for (let first = 1; first <= 51 * BUSY; first += BUSY) await audit.write(batch(first), first);
  const database = opened(plan);
  expect([numberIn(database, 'blocks'), numberIn(database, 'entries')]).toEqual([49, 2 * BUSY]);
  expect(await audit.count({ lookup: `n${2 * BUSY}` })).toBe(1);
  expect(await audit.count({})).toBe(51 * BUSY);
});

it('is not changed, and goes only when its entries are there', async () => {
  const plan = await planOf();
  const audit = openAuditHere(plan);
  await audit.write(batch(1), 1);
  const database = opened(plan);
  const words = 'entries of the audit are not changed';
  expect(() => database.exec("UPDATE blocks SET lines = '{}'")).toThrow(words);
  expect(() => database.exec('DELETE FROM blocks')).toThrow(words);
  await audit.count({});
  await audit.write(batch(1_001), 1_001);
  expect(() => database.exec('DELETE FROM blocks')).toThrow(words);
  expect(await audit.count({})).toBe(2 * BUSY);
});

it.each([
  ['cut off in what it is found by', 0, (line: string) => line.slice(0, 40)],
  ['cut off behind it', BUSY - 1, (line: string) => line.slice(0, -20)],
  ['of something else', 1, () => '{}'],
])('says that a line is lost that is %s, and files all others', async (_what, damaged, broken) => {
  const plan = await planOf();
  const audit = openAuditHere(plan);
  const lines = batch(1)
    .lines.split('\n')
    .map((line, index) => (index === damaged ? broken(line) : line));
  await audit.write({ lines: lines.join('\n'), count: BUSY }, 1);
  await audit.write(batch(1_001, 1), 1_001);
  expect((await audit.page({ kind: 'lost' }, { limit: 9 })).entries).toMatchObject([{ outcome: 'lost', count: 1 }]);
  expect(await audit.count({})).toBe(BUSY + 1);
  expect(hasBlocks(opened(plan))).toBe(false);
});

it('is added to an audit by a restore, from either side', async () => {
  const [plan, backup] = [await planOf(), await planOf('backup.db')];
  await openAuditHere(backup).write(batch(1), 1);
  await openAuditHere(plan).write(batch(5_001), 1);
  closeAudit();
  expect(await addAuditEntries(plan.file, backup.file)).toBe(BUSY);
  expect(hasBlocks(opened(plan))).toBe(false);
  expect(await openAuditHere(plan).count({ customer: 'K-3' })).toBe(1);
  expect(await openAuditHere(plan).count({})).toBe(2 * BUSY);
});

it.each([
  ['cut off', 'substr(entry, 1, length(entry) - 9)'],
  ['of something else', "'{}'"],
])('an entry that is there and was damaged is read, and handed on, as one that is lost: %s', async (_what, damaged) => {
  const plan = await planOf();
  const audit = openAuditHere(plan);
  await audit.write(batch(1, 3), 1);
  const [, , first] = (await audit.page({}, { limit: 3 })).entries;
  opened(plan).exec(`DROP TRIGGER entries_stay_as_they_are; UPDATE entries SET entry = ${damaged} WHERE id = 2`);
  const newest = await audit.page({}, { limit: 2 });
  expect(newest.entries).toMatchObject([{ name: 'n3' }, { kind: 'lost', outcome: 'lost', count: 1, at: first?.at }]);
  expect((await audit.page({}, { limit: 2, from: newest.next })).entries).toMatchObject([{ name: 'n1' }]);
  const handed = await audit.unhanded(9);
  expect(handed.last).toBe(3);
  expect(handed.lines.map((line): unknown => JSON.parse(line))).toMatchObject([
    { name: 'n1' },
    { kind: 'lost', count: 1 },
    { name: 'n3' },
  ]);
});
