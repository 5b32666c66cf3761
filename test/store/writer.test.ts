import { getEventListeners } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import Database from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Ledger } from '../../src/gateway/push/ledger.ts';
import { openDatabase } from '../../src/store/database.ts';
import { sqliteTransactions, Writer } from '../../src/store/writer.ts';
import { anyPush, lockForWriting, newFile, opened } from './support.ts';

/** A writer that tells which statements it ran outside of changes. @param before is called before each, and may fail */
async function recordedWriter(before: (sql: string) => void = () => undefined) {
  const { writing, reading } = await openDatabase(await newFile());
  const told: string[] = [];
  let begins: (() => void) | undefined;
  const begun = new Promise<void>((resolve) => {
    begins = resolve;
  });
  const transactions = sqliteTransactions({
    exec: async (sql) => {
      told.push(sql);
      begins?.();
      before(sql);
      return await writing.exec(sql);
    },
  });
  const writer = new Writer(transactions);
  onTestFinished(async () => {
    await writer.idle();
    reading.close();
    writing.close();
  });
  await writing.exec('PRAGMA busy_timeout = 100');
  return { writer, told, begun, file: await fileOf(writing) };
}

async function fileOf(writing: Awaited<ReturnType<typeof openDatabase>>['writing']): Promise<string> {
  const row = (await writing.prepare("SELECT file FROM pragma_database_list WHERE name = 'main'")).get();
  return typeof row === 'object' && row !== null && 'file' in row ? String(row.file) : '';
}

describe('a store that another program has locked', () => {
  it('is waited for once, not once for each that waits', async () => {
    const { writer, told, file } = await recordedWriter();
    lockForWriting(file);
    // Something else goes on first, so that they are in one transaction.
    writer.between(() => Promise.resolve());
    const results = await Promise.allSettled(Array.from({ length: 250 }, () => writer.write(() => 1)));
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['rejected']));
    expect(told.filter((sql) => sql.startsWith('BEGIN'))).toHaveLength(1);
  });

  it('takes changes again when it is free, and has taken none of those that it refused', async () => {
    const file = await newFile();
    const ledger = await opened(file);
    const unlock = lockForWriting(file);
    const refused = anyPush();
    await expect(ledger.accept([refused])).rejects.toMatchObject({
      name: 'UserError',
      message: `the store ${file} cannot be used: database is locked; another program keeps it locked; end that program`,
    });
    unlock();
    await ledger.accept([anyPush()]);
    expect(await ledger.row(refused.id)).toBeUndefined();
  });
});

it('a change that fails is run once', async () => {
  const { writer } = await recordedWriter();
  let ran = 0;
  const failing = writer.write(() => {
    ran += 1;
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(ran).toBe(1);
});

describe('a change that nobody waits for any more', () => {
  it('is withdrawn at once as long as it has not begun', async () => {
    const { writer, begun, file } = await recordedWriter();
    const unlock = lockForWriting(file);
    const controller = new AbortController();
    const ran: string[] = [];
    const first = writer.write(() => void ran.push('first'), controller.signal);
    const second = writer.write(() => void ran.push('second'), controller.signal);
    await begun;
    const reason = new Error('gone');
    controller.abort(reason);
    await expect(first).rejects.toBe(reason);
    await expect(second).rejects.toBe(reason);
    unlock();
    await writer.write(() => void ran.push('third')).catch(() => undefined);
    await writer.write(() => void ran.push('fourth'));
    expect(ran).not.toContain('first');
    expect(ran).not.toContain('second');
    expect(ran).toContain('fourth');
    await expect(writer.write(() => 1, controller.signal)).rejects.toBe(reason);
  });

  it('is written when it has begun', async () => {
    const { writer } = await recordedWriter();
    const controller = new AbortController();
    await expect(
      writer.write(() => {
        controller.abort();
        return 'written';
      }, controller.signal),
    ).resolves.toBe('written');
  });

  it('is not in the ledger', async () => {
    const ledger = await opened(await newFile());
    const controller = new AbortController();
    const push = anyPush();
    const accepted = ledger.accept([push], controller.signal);
    controller.abort(new Error('too late'));
    await expect(accepted).rejects.toThrow('too late');
    await ledger.accept([anyPush()]);
    expect(await ledger.row(push.id)).toBeUndefined();
  });
});

describe('a connection that fails', { timeout: 5_000 }, () => {
  it('between two changes holds up nothing', async () => {
    const { writer } = await recordedWriter();
    writer.between(() => Promise.reject(new Error('the checkpoint was refused')));
    expect(await writer.write(() => 1)).toBe(1);
    await writer.idle();
  });

  /** Three changes that are begun together: the first one is refused whenever it is run. */
  function three(writer: Writer, signals: readonly (AbortSignal | undefined)[] = []) {
    writer.between(() => Promise.resolve());
    const refuse = () => {
      throw new Error('refused');
    };
    return Promise.allSettled([refuse, () => 2, () => 3].map((change, at) => writer.write(change, signals[at])));
  }

  const said = (results: readonly PromiseSettledResult<unknown>[]) =>
    results.map((one) => (one.status === 'fulfilled' ? one.value : one.reason.message));

  it('to begin tells all who wait, and takes the next ones', async () => {
    let begun = 0;
    const { writer, told } = await recordedWriter((sql) => {
      if (!sql.startsWith('BEGIN')) return;
      begun += 1;
      // All together, then the first alone, then the second.
      if (begun === 3) throw new Error('locked');
    });
    expect(said(await three(writer))).toEqual(['refused', 'locked', 'locked']);
    expect(told.filter((sql) => sql.startsWith('BEGIN'))).toHaveLength(3);
    expect(await writer.write(() => 4)).toBe(4);
  });

  it('to commit tells who was withdrawn meanwhile, and writes the others', async () => {
    const controller = new AbortController();
    let commits = 0;
    const { writer } = await recordedWriter((sql) => {
      if (sql !== 'COMMIT') return;
      commits += 1;
      if (commits > 1) return;
      controller.abort(new Error('gone'));
      throw new Error('the disk is full');
    });
    writer.between(() => Promise.resolve());
    const signals = [controller.signal, undefined, undefined];
    const results = await Promise.allSettled(signals.map((signal, at) => writer.write(() => at, signal)));
    expect(said(results)).toEqual(['the disk is full', 1, 2]);
  });

  it('lets be withdrawn what is to be tried once more', async () => {
    const controller = new AbortController();
    let begun = 0;
    const { writer } = await recordedWriter((sql) => {
      if (!sql.startsWith('BEGIN')) return;
      begun += 1;
      if (begun === 2) controller.abort(new Error('gone'));
    });
    expect(said(await three(writer, [undefined, controller.signal]))).toEqual(['refused', 'gone', 3]);
  });

  it('no more listens to the end of a caller whose change is written', async () => {
    const { writer } = await recordedWriter();
    const { signal } = new AbortController();
    await writer.write(() => 1, signal);
    await expect(writer.write(() => Promise.reject, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('what was removed', () => {
  const SECRET = 'The customer lives in Elm Street 7';
  const found = (file: string) => [file, `${file}-wal`].filter((one) => readFileSync(one).includes(SECRET));

  /** A ledger whose first go is over: the next is for something that is removed. */
  async function settled(file: string, wipeEveryMs: number): Promise<Ledger> {
    const ledger = await opened(file, { wipeEveryMs });
    await expect.poll(() => statSync(`${file}-wal`).size, { timeout: 5_000 }).toBe(0);
    return ledger;
  }

  it('leaves the file and its write-ahead log soon', async () => {
    const file = await newFile();
    const ledger = await settled(file, 20);
    const push = anyPush();
    // Long enough for pages of its own.
    const body = `${SECRET} `.repeat(1_000);
    await ledger.accept([{ ...push, request: { ...push.request, body } }]);
    await ledger.claim('Tickets', 1);
    expect((await ledger.request(push.id))?.body).toBe(body);
    expect(found(file)).not.toEqual([]);
    await ledger.settle({ id: push.id, attempts: 1 }, { state: 'done', receipt: { id: '1' }, keepBody: false });
    await expect.poll(() => found(file), { timeout: 5_000 }).toEqual([]);
    expect(await ledger.row(push.id)).toMatchObject({ state: 'done' });
  });

  it('leaves them too when somebody who reads was in the way at first', async () => {
    const file = await newFile();
    const ledger = await settled(file, 100);
    const push = anyPush();
    await ledger.accept([{ ...push, request: { ...push.request, body: SECRET } }]);
    const reader = new Database(file);
    onTestFinished(() => void reader.close());
    reader.exec('BEGIN');
    reader.prepare('SELECT id FROM pushes').all();
    expect(await ledger.drop(push.id)).toBe(true);
    // Longer than the first go: it takes the changes behind its own, but must leave the log to the reader.
    await expect.poll(() => readFileSync(file).includes(push.id), { timeout: 5_000 }).toBe(true);
    expect(found(file)).not.toEqual([]);
    reader.exec('COMMIT');
    await expect.poll(() => found(file), { timeout: 5_000 }).toEqual([]);
  });
});

it('a burst of large pushes leaves no long write-ahead log behind', async () => {
  const file = await newFile();
  const ledger = await opened(file, { sends: false });
  const large = { ...anyPush().request, body: 'x'.repeat(10_000_000) };
  await ledger.accept(Array.from({ length: 3 }, () => anyPush({ request: large })));
  expect(statSync(`${file}-wal`).size).toBeGreaterThan(20_000_000);
  // The first writes it all into the file, the next begins the log anew.
  for (let number = 0; number < 3; number += 1) await ledger.accept([anyPush()]);
  expect(statSync(`${file}-wal`).size).toBeLessThan(17_000_000);
});
