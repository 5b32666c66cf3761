/** Two versions of the gateway on the same files: the new one has changed them, and the old one still runs. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import { indexFault } from '../../src/store/index-file/fault.ts';
import { openIndexFile, openIndexToRead } from '../../src/store/index-file/file.ts';
import { openLedger } from '../../src/store/ledger.ts';
import { LEDGER_MARK, type Migration } from '../../src/store/schema.ts';
import { temporaryFolder } from '../support/temp.ts';
import { anyPush, makeOlder, makePipe, newFile, opened } from './support.ts';

/** As a gateway of the next version would change a store. */
function makeNewer(file: string): void {
  const newer = new Database(file);
  newer.exec(`BEGIN IMMEDIATE; ALTER TABLE pushes ADD COLUMN colour TEXT NOT NULL DEFAULT ''; CREATE TABLE more (a);
    CREATE INDEX pushes_colour ON pushes (colour); DROP INDEX pushes_due;
    CREATE INDEX pushes_due ON pushes (target, state, colour, next_at);
    PRAGMA user_version = ${LEDGER_MARK.version + 1}; COMMIT`);
  newer.close();
}

describe('a store that a newer gateway has changed', () => {
  it('is used to the end by an older one that has it open, and refused to one that starts', async () => {
    const file = await newFile();
    const old = await opened(file);
    const [before, after] = [anyPush(), anyPush({ mode: 'direct' })];
    await old.accept([before]);
    makeNewer(file);
    expect((await old.accept([after])).map(({ isNew }) => isNew)).toEqual([true]);
    await old.settle({ id: after.id, attempts: 1 }, { state: 'done', receipt: { id: '7' }, keepBody: false });
    const [claimed] = await old.claim('Tickets', 9);
    expect(claimed).toMatchObject({ row: { id: before.id }, request: { body: 'It burns' } });
    await old.settle({ id: before.id, attempts: 1 }, { state: 'done', receipt: { id: '8' }, keepBody: false });
    await old.prove();
    expect((await old.list({ limit: 9 })).map(({ state }) => state)).toEqual(['done', 'done']);
    expect(old.trouble).toBeUndefined();
    const numbers = `its version ${LEDGER_MARK.version + 1}, this one knows ${LEDGER_MARK.version}`;
    await expect(openLedger(file)).rejects.toThrow(
      `was written by a newer gateway (${numbers}); install that gateway again, restore a backup that an older one has made`,
    );
  });

  it('is told with both versions when it is this one that changes it, once', async () => {
    const file = await newFile();
    const told: Migration[] = [];
    const open = async () => (await openLedger(file, { onMigrated: (migration) => told.push(migration) })).close();
    await open();
    makeOlder(file, 2);
    await open();
    await open();
    expect(told).toEqual([{ from: 2, to: LEDGER_MARK.version }]);
  });
});

describe('an index that a newer gateway has made', () => {
  it('is left to it by an older one, which does without', async () => {
    const file = join(await temporaryFolder(), 'index.db');
    const newer = await openIndexFile(file);
    newer.exec('CREATE TABLE more (a); PRAGMA user_version = 99');
    newer.close();
    await expect(openIndexFile(file)).rejects.toThrow(
      /written by a newer gateway \(its version is 99, .*install that gateway again, or remove the file: it is made anew/,
    );
    expect(await openIndexToRead(file)).toBeUndefined();
    expect(await indexFault(file)).toMatch(/newer gateway/);
    expect(await indexFault(dirname(file))).toBe('is a folder; name a file in store.index');
    const pipe = `${file}.pipe`;
    makePipe(pipe);
    const words = 'is no file but a pipe, a socket or a device; name a file in store.index';
    expect(await indexFault(pipe)).toBe(words);
    for (const open of [openIndexFile, openIndexToRead]) {
      await expect(open(pipe)).rejects.toThrow(`the index ${pipe} ${words}`);
    }
    const still = new Database(file);
    expect(still.prepare('SELECT count(*) AS n FROM more').get()).toMatchObject({ n: 0 });
    still.close();
    expect(existsSync(file)).toBe(true);
  });
});
