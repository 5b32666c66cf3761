import { chmodSync, mkdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openLedger, viewLedger } from '../../src/store/ledger.ts';
import { temporaryFolder } from '../support/temp.ts';
import { anyPush, execute, lockForWriting, makePipe, newFile, opened } from './support.ts';

describe('a file that cannot be the ledger', () => {
  it.each([
    ['is a folder', (file: string) => void mkdirSync(file), /gateway\.db is a folder; name a file in store\.file, /],
    ['is a pipe', makePipe, /gateway\.db is no file but a pipe, a socket or a device; name a file in store\.file, /],
    [
      'is no database',
      (file: string) => writeFileSync(file, 'x'.repeat(5_000)),
      /is no database of the gateway; name another/,
    ],
    [
      'is a database of another program',
      (file: string) => execute(file, 'CREATE TABLE t (a)'),
      /is a database of another program; name a file of the gateway's own in store.file/,
    ],
    [
      'is of a newer gateway',
      (file: string) => execute(file, `PRAGMA application_id = ${0x48536777}; PRAGMA user_version = 99`),
      /was written by a newer gateway \(its version 99, this one knows 7\)/,
    ],
  ])('because it %s is refused in clear words', async (_what, make, words) => {
    const file = join(await temporaryFolder(), 'gateway.db');
    await make(file);
    const refusal = { name: 'UserError', message: expect.stringMatching(words) };
    await expect(openLedger(file)).rejects.toMatchObject(refusal);
    await expect(viewLedger(file)).rejects.toMatchObject(refusal);
  });

  it.each([
    ['/proc/nowhere/gateway.db', /cannot be used: ENOENT/],
    ['/dev/null/gateway.db', /cannot be used: ENOTDIR.*a part of the path is a file/],
  ])('because it cannot be made (%s) is refused in clear words', async (file, words) => {
    await expect(openLedger(file)).rejects.toMatchObject({ name: 'UserError', message: expect.stringMatching(words) });
  });
});

describe('a file that fails while it is in use', () => {
  it('says which file it is, and what to do', async () => {
    const file = await newFile();
    const ledger = await opened(file);
    const pushes = Array.from({ length: 50 }, () => anyPush());
    await ledger.accept(pushes);
    await ledger.close();
    const again = await opened(file);
    // All but the first page: the rows, and a part of what says which tables there are.
    const { size } = statSync(file);
    truncateSync(file, 4_096);
    truncateSync(file, size);
    const damaged = expect.objectContaining({
      name: 'UserError',
      message: expect.stringMatching(/gateway\.db cannot be used: .*; the file is damaged; restore it from a copy/),
    });
    await expect(again.list({ limit: 9 })).rejects.toEqual(damaged);
    await expect(again.accept([anyPush()])).rejects.toEqual(damaged);
    await expect(viewLedger(file)).rejects.toEqual(damaged);
  });

  it('leaves a bug what it is', async () => {
    const ledger = await opened(await newFile());
    const push = anyPush();
    await ledger.accept([push]);
    await expect(ledger.accept([push, { ...push, fingerprint: 'other' }])).rejects.toMatchObject({
      code: expect.stringMatching(/^SQLITE_CONSTRAINT/),
    });
  });
});

describe('a ledger that is only looked at', () => {
  it('does not wait for another process that writes', async () => {
    const file = await newFile();
    const push = anyPush();
    const ledger = await opened(file);
    await ledger.accept([push]);
    lockForWriting(file);
    const view = await viewLedger(file);
    expect(await view.list({ limit: 9 })).toMatchObject([{ id: push.id }]);
    await view.close();
    // Nor does one that is opened for changes, as long as it changes nothing.
    await opened(file, { sends: false });
  });

  // Threads cannot be somebody else.
  it.skipIf(!isMainThread)('may lie where nothing can be written', async () => {
    const file = await newFile();
    const push = anyPush();
    const ledger = await opened(file);
    await ledger.accept([push]);
    await ledger.close();
    chmodSync(file, 0o444);
    chmodSync(dirname(file), 0o555);
    // A superuser may write everywhere.
    const user = process.geteuid?.() ?? 0;
    if (user === 0) process.seteuid?.(65_534);
    onTestFinished(() => {
      process.seteuid?.(user);
      chmodSync(dirname(file), 0o700);
    });
    const view = await viewLedger(file);
    expect(await view.row(push.id)).toMatchObject({ id: push.id });
    expect((await view.request(push.id))?.body).toBe('It burns');
    await view.close();
    await expect(openLedger(file)).rejects.toMatchObject({ name: 'UserError' });
  });
});
