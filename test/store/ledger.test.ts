import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AttemptResult, Ledger, NewPush, Room, TargetState } from '../../src/gateway/push/ledger.ts';
import { openDatabase } from '../../src/store/database.ts';
import { type LedgerOptions, openLedger } from '../../src/store/ledger.ts';
import { boundToUs } from '../support/child.ts';
import { temporaryFolder } from '../support/temp.ts';
import { describeStores } from './stores.ts';

let number = 0;

function newPush(more: Partial<NewPush> = {}): NewPush {
  number += 1;
  const id = `q-${number}`;
  return {
    ...{ id, target: 'Tickets', mode: 'queued', xRequest: '1', fingerprint: id },
    ...{ duplicateWindowMs: 1_000, giveUpAfterMs: 5_000 },
    request: {
      ...{ reference: `hs-${number}`, title: 'Printer', body: 'nul \0, half \ud800, smile 😀', fields: { a: 'b' } },
      ...{ link: { href: 'https://x/', text: 'x' }, values: Object.assign(Object.create(null), { __proto: 'p' }) },
      files: [{ name: 'a.png', type: 'image/png', url: undefined, bytes: new Uint8Array([0, 255]) }],
    },
    ...more,
  };
}

async function newFile(): Promise<string> {
  return join(await temporaryFolder(), 'deep', 'er', 'gateway.db');
}

async function open(file: string, options: LedgerOptions = {}): Promise<Ledger> {
  const ledger = await openLedger(file, options);
  onTestFinished(() => ledger.close());
  return ledger;
}

/** What another program does to the file. */
function sql(file: string, statements: string): void {
  const connection = new Database(file);
  connection.exec(statements);
  connection.close();
}

const trouble = { kind: 'timeout', problem: 'p', words: 'w' };
const immediately = () => 0;

describeStores('the ledger', ({ newPlace }) => {
  it('gives back what was stored, byte for byte', async () => {
    const ledger = await (await newPlace()).opened();
    const push = newPush();
    await ledger.accept([push]);
    const [claimed] = await ledger.claim('Tickets', 4);
    expect(claimed?.request).toEqual(push.request);
    expect(Object.getPrototypeOf(claimed?.request.values)).toBeNull();
    expect(claimed?.row).toMatchObject({ id: push.id, state: 'sending', attempts: 1, owed: true, unsure: false });
  });

  it('takes all pushes of a webhook or none', async () => {
    const ledger = await (await newPlace()).opened();
    const push = newPush();
    await expect(ledger.accept([push, { ...newPush(), id: push.id, fingerprint: 'other' }])).rejects.toThrow(/unique/i);
    expect(await ledger.row(push.id)).toBeUndefined();
  });

  it('writes the others when one of those that came together cannot be written', async () => {
    const ledger = await (await newPlace()).opened();
    const first = newPush();
    const second = newPush();
    const results = await Promise.allSettled([
      ledger.accept([first]),
      ledger.accept([{ ...first, fingerprint: 'another' }]),
      ledger.accept([second]),
    ]);
    const [one, same, other] = results.map(({ status }) => status);
    // Which of the two comes first is up to the threads.
    expect([one, same].sort()).toEqual(['fulfilled', 'rejected']);
    expect(other).toBe('fulfilled');
    expect(await ledger.row(second.id)).toMatchObject({ state: 'waiting' });
  });

  it('knows the same push again within its window, whichever way the clock was wrong', async () => {
    let now = 1_000_000;
    const ledger = await (await newPlace()).opened({ now: () => now });
    const again = async () => (await ledger.accept([newPush({ fingerprint: 'same' })]))[0]?.isNew;
    expect(await again()).toBe(true);
    now += 999;
    expect(await again()).toBe(false);
    // The clock is put back: the first is "in the future", and stays so for an hour.
    now -= 3_600_000;
    expect(await again()).toBe(true);
    expect(await again()).toBe(false);
  });

  it('keeps no more of a number of a request than numbers have', async () => {
    const ledger = await (await newPlace()).opened();
    const push = newPush({ xRequest: `${'7'.repeat(39)}😀${'8'.repeat(100_000)}` });
    await ledger.accept([push]);
    expect((await ledger.row(push.id))?.xRequest).toBe(`${'7'.repeat(39)}😀`);
  });

  it('gives each push to one process only', async () => {
    const place = await newPlace();
    const [one, other] = [await place.opened(), await place.opened()];
    await one.accept(Array.from({ length: 20 }, () => newPush()));
    const claims = await Promise.all([one.claim('Tickets', 15), other.claim('Tickets', 15)]);
    const ids = claims.flat().map(({ row }) => row.id);
    expect(ids).toHaveLength(20);
    expect(new Set(ids).size).toBe(20);
  });

  it('says under a lock how many of a target are being sent, so that no more are than may be', async () => {
    const place = await newPlace();
    const [one, other] = [await place.opened(), await place.opened()];
    await one.accept(Array.from({ length: 20 }, () => newPush()));
    const four = ({ sending }: TargetState): Room => ({ limit: 4 - sending, order: 'sure first', known: undefined });
    const claims = await Promise.all([one, other, one, other].map((ledger) => ledger.claim('Tickets', four)));
    expect(claims.flat()).toHaveLength(4);
  });

  it('does not let a process settle what was taken from it', async () => {
    const place = await newPlace();
    const ledger = await place.opened();
    const push = newPush();
    await ledger.accept([push]);
    await ledger.claim('Tickets', 1);
    await place.sql("UPDATE pushes SET owner = 'elsewhere', attempts = 2");
    const stands = async () => [await ledger.row(push.id), await ledger.attempts(push.id)];
    const before = await stands();
    const results: readonly AttemptResult[] = [
      { state: 'done', receipt: { id: '1' }, keepBody: false },
      { state: 'waiting', nextAt: 0, trouble, unsure: true, rejected: false },
      { state: 'failed', trouble },
      { state: 'unclear', trouble },
    ];
    for (const result of results) {
      await ledger.settle({ id: push.id, attempts: 1 }, result);
      expect(await stands(), result.state).toEqual(before);
      // Whoever took it over sends it.
      expect(await ledger.request(push.id), result.state).toEqual(push.request);
    }
    expect(before).toMatchObject([{ state: 'sending' }, [{ number: 1 }]]);
  });

  it('finds a push by the id there, and the target must be right', async () => {
    const ledger = await (await newPlace()).opened();
    const push = newPush();
    await ledger.accept([push]);
    await ledger.claim('Tickets', 1);
    await ledger.settle(
      { id: push.id, attempts: 1 },
      { state: 'done', receipt: { id: 'A\0-7', link: 'https://x/' }, keepBody: false },
    );
    expect(await ledger.find('Tickets', 'A-7')).toMatchObject({
      id: push.id,
      receipt: { id: 'A\0-7', link: 'https://x/' },
    });
    expect(await ledger.find('Other', push.id)).toBeUndefined();
    expect(await ledger.request(push.id)).toBeUndefined();
  });

  it('keeps details with their dates and lists', async () => {
    const ledger = await (await newPlace()).opened();
    const push = newPush();
    await ledger.accept([push]);
    const at = new Date('2026-11-21T09:30:00Z');
    const rows = [
      { label: 'Opened', value: at },
      { label: 'Tags', value: ['a', at] },
      { label: 'None', value: undefined },
    ];
    await ledger.keepDetails(push.id, { title: 'T', rows });
    expect((await ledger.keptDetails(push.id))?.details).toEqual({ title: 'T', rows });
  });

  it('brings forward what waits for a target that is back, and nothing else', async () => {
    let now = 1_000_000;
    const ledger = await (await newPlace()).opened({ now: () => now });
    const kinds = ['timeout', 'rejected', 'unreachable', 'busy', 'not-found'];
    const pushes = kinds.map(() => newPush());
    await ledger.accept(pushes);
    await ledger.claim('Tickets', kinds.length);
    for (const [index, kind] of kinds.entries()) {
      const unsure = kind === 'unreachable' || kind === 'not-found';
      const result = {
        state: 'waiting',
        nextAt: 2_000_000,
        trouble: { ...trouble, kind },
        unsure,
        rejected: false,
      } as const;
      await ledger.settle({ id: pushes[index]?.id ?? '', attempts: 1 }, result);
    }
    now += 10;
    const waits = () => Promise.all(pushes.map(async ({ id }) => (await ledger.row(id))?.nextAt));
    await ledger.hurry('Tickets', 5_000, [pushes[0]?.id ?? '']);
    // What may be on its way has its time to arrive, since the end of its attempt.
    expect(await waits()).toEqual([2_000_000, 2_000_000, now - 10 + 5_000, now, 2_000_000]);
    await ledger.hurry('Tickets', 5, [pushes[2]?.id ?? '']);
    expect(await waits()).toEqual([now, 2_000_000, now - 10 + 5_000, now, 2_000_000]);
    await ledger.hurry('Tickets', 5, []);
    expect(await waits()).toEqual([now, 2_000_000, now, now, 2_000_000]);
  });

  it('gives out what may have arrived first, the oldest before others, or last', async () => {
    let now = 1_000_000;
    const ledger = await (await newPlace()).opened({ now: () => now });
    const pushes = [newPush(), newPush(), newPush(), newPush()];
    const ids = pushes.map(({ id }) => id);
    await ledger.accept(pushes);
    await ledger.claim('Tickets', 4);
    const settle = (index: number, nextAt: number, unsure: boolean, attempts = 1) =>
      ledger.settle({ id: ids[index] ?? '', attempts }, { state: 'waiting', nextAt, trouble, unsure, rejected: false });
    await settle(0, 1_000_001, false);
    await settle(1, 1_000_009, true);
    await settle(2, 1_000_008, true);
    await settle(3, 1_000_000, false);
    now += 10;
    const given = async (limit: number, order: 'unsure first' | 'sure first' = 'unsure first') =>
      (await ledger.claim('Tickets', () => ({ limit, order, known: undefined }))).map(({ row }) => ids.indexOf(row.id));
    expect(await given(1, 'sure first')).toEqual([3]);
    expect(await given(4)).toEqual([1, 2, 0]);
    await settle(1, now, true, 2);
    expect(await given(1, 'sure first')).toEqual([1]);
  });

  it('says of what waits why nothing is sent, and hurries it when that is over', async () => {
    const ledger = await (await newPlace()).opened();
    const pushes = [newPush(), newPush({ target: 'Other' })];
    await ledger.accept(pushes);
    await ledger.explain('Tickets', { ...trouble, kind: 'gone' });
    const rows = await Promise.all(pushes.map(({ id }) => ledger.row(id)));
    expect(rows.map((row) => row?.trouble?.kind)).toEqual(['gone', undefined]);
  });

  it('counts what is not out, by target', async () => {
    const ledger = await (await newPlace()).opened({ now: () => 7 });
    await ledger.accept([newPush(), newPush(), newPush({ target: 'Other' })]);
    const [claimed] = await ledger.claim('Tickets', 1);
    await ledger.settle({ id: claimed?.row.id ?? '', attempts: 1 }, { state: 'unclear', trouble });
    expect(await ledger.figures()).toEqual([
      { target: 'Other', waiting: 1, sending: 0, failed: 0, unclear: 0, oldestAt: 7 },
      { target: 'Tickets', waiting: 1, sending: 0, failed: 0, unclear: 1, oldestAt: 7 },
    ]);
  });

  it('removes what came to an end, and nothing that has not', async () => {
    let now = 1_000;
    const ledger = await (await newPlace()).opened({ now: () => now });
    const [done, waiting, dropped] = [newPush(), newPush({ target: 'Other' }), newPush({ target: 'Other' })];
    await ledger.accept([done, waiting, dropped]);
    await ledger.claim('Tickets', 1);
    await ledger.settle({ id: done.id, attempts: 1 }, { state: 'done', receipt: { id: '1' }, keepBody: true });
    expect(await ledger.drop(dropped.id)).toBe(true);
    expect(await ledger.drop(done.id)).toBe(false);
    expect(await ledger.retry(done.id, 60_000)).toBe(false);
    expect(await ledger.request(done.id)).toBeDefined();
    expect(await ledger.request(dropped.id)).toBeUndefined();
    now = 2_000;
    expect(await ledger.forget(1_000)).toBe(0);
    expect(await ledger.forget(1_001)).toBe(2);
    expect((await ledger.list({ limit: 9 })).map(({ id }) => id)).toEqual([waiting.id]);
  });
});

describe('the ledger in a file', () => {
  it('is for its owner only', async () => {
    const file = await newFile();
    const ledger = await open(file);
    await ledger.accept([newPush()]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(`${file}-wal`).mode & 0o777).toBe(0o600);
    expect(statSync(join(file, '..')).mode & 0o777).toBe(0o700);
  });

  it('survives its end, and keeps on disk what was confirmed', async () => {
    const file = await newFile();
    const first = await openLedger(file);
    const push = newPush();
    await first.accept([push]);
    await first.close();
    const second = await open(file);
    expect(await second.row(push.id)).toMatchObject({ state: 'waiting' });
    expect(readdirSync(join(file, '..')).filter((name) => /live-\w+$/.test(name))).toHaveLength(1);
  });

  it('confirms nothing that is not on the disk, and leaves nothing there that was removed', async () => {
    const { writing, reading } = await openDatabase(await newFile());
    const setting = async (name: string) => (await writing.prepare(`SELECT * FROM pragma_${name}`)).get();
    // 2 is FULL: a commit waits for the disk (https://sqlite.org/pragma.html#pragma_synchronous).
    expect(await setting('synchronous')).toMatchObject({ synchronous: 2 });
    expect(await setting('journal_mode')).toMatchObject({ journal_mode: 'wal' });
    expect(await setting('secure_delete')).toMatchObject({ secure_delete: 1 });
    reading.close();
    writing.close();
  });

  it('leaves to a process that lives what it sends, however long it is silent', async () => {
    const file = await newFile();
    let now = 1_000_000;
    const one = await open(file, { now: () => now });
    const other = await open(file, { now: () => now });
    await one.accept([newPush()]);
    const [claimed] = await one.claim('Tickets', 1);
    now += 86_400_000;
    expect(await other.recover(immediately)).toEqual([]);
    expect(await other.row(claimed?.row.id ?? '')).toMatchObject({ state: 'sending' });
  });

  it('frees at once what a process was sending that was killed', async () => {
    const file = await newFile();
    const ledger = await open(file);
    const push = newPush({ mode: 'direct' });
    await ledger.close();
    const again = await openLedger(file);
    await again.accept([push]);
    // It ends without having settled its push, as a killed process does.
    await again.close();
    const next = await open(file);
    const [freed] = await next.recover(() => 5_000);
    expect(freed).toMatchObject({
      id: push.id,
      state: 'waiting',
      unsure: true,
      owed: true,
      trouble: { kind: 'interrupted' },
    });
    expect(freed?.nextAt).toBe((freed?.createdAt ?? 0) + 5_000);
    expect(readdirSync(join(file, '..')).filter((name) => /live-\w+$/.test(name))).toHaveLength(1);
  });

  it('waits for a sign of life where the proof of death is missing', async () => {
    const file = await newFile();
    let now = 1_000_000;
    const ledger = await open(file, { now: () => now });
    await ledger.accept([newPush()]);
    await ledger.claim('Tickets', 1);
    // As in a copy of the file: the process is unknown here.
    sql(
      file,
      "UPDATE pushes SET owner = 'elsewhere'; INSERT INTO instances (id, seen_at) VALUES ('elsewhere', 1000000)",
    );
    now += 59_000;
    expect(await ledger.recover(immediately)).toEqual([]);
    // What cannot be opened, as a file of another account, or is none of ours, proves nothing either.
    mkdirSync(`${file}-live-elsewhere`);
    expect(await ledger.recover(immediately)).toEqual([]);
    rmdirSync(`${file}-live-elsewhere`);
    writeFileSync(`${file}-live-elsewhere`, 'no database'.repeat(100));
    expect(await ledger.recover(immediately)).toEqual([]);
    now += 2_000;
    expect(await ledger.recover(immediately)).toHaveLength(1);
  });
});

describeStores('what nobody sends any more', ({ newPlace }) => {
  it('is given up when it is long past its time, and loses what it holds; then it is removed', async () => {
    let now = 1_000;
    const ledger = await (await newPlace()).opened({ now: () => now });
    const [old, unsure, young] = [newPush({ target: 'Gone' }), newPush(), newPush({ giveUpAfterMs: 9_000 })];
    await ledger.accept([unsure, old, young]);
    await ledger.claim('Tickets', 1);
    await ledger.settle(
      { id: unsure.id, attempts: 1 },
      { state: 'waiting', nextAt: 1_500, trouble, unsure: true, rejected: false },
    );
    now = 8_000;
    expect(await ledger.forget(6_000)).toBe(0);
    expect(await ledger.forget(6_001)).toBe(2);
    expect(await ledger.row(old.id)).toMatchObject({
      state: 'failed',
      changedAt: 8_000,
      trouble: { kind: 'configuration' },
    });
    expect(await ledger.row(unsure.id)).toMatchObject({ state: 'unclear' });
    expect(await ledger.row(young.id)).toMatchObject({ state: 'waiting' });
    expect(await ledger.request(old.id)).toBeUndefined();
    expect(await ledger.request(young.id)).toBeDefined();
    expect(await ledger.forget(8_001)).toBe(2);
    expect(await ledger.row(old.id)).toBeUndefined();
  });
});

describe('a process that is killed', () => {
  it('proves by its lock that it is gone', async () => {
    const file = await newFile();
    const ledger = await open(file);
    const lock = `${file}-live-0123456789abcdef`;
    const program = `const D = require('libsql'); const d = new D(${JSON.stringify(lock)}); d.exec('BEGIN EXCLUSIVE'); console.log('locked'); setInterval(() => d, 1e6)`;
    const child = spawn(...boundToUs(process.execPath, ['-e', program]), { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    await ledger.accept([newPush()]);
    await ledger.claim('Tickets', 1);
    sql(file, "UPDATE pushes SET owner = '0123456789abcdef'");
    expect(await ledger.recover(immediately)).toEqual([]);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await ledger.recover(immediately)).toHaveLength(1);
  });
});
