/** Files of a store: whose they are, what they may be, and what is said when they are something else. */
import { existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { expect, it } from 'vitest';
import { StoreError } from '../../src/contract/index.ts';
import { makeFolder, makeOwnFile, proveFolder } from '../../src/store/folder.ts';
import { FileIdentity } from '../../src/store/identity.ts';
import { indexFault } from '../../src/store/index-file/fault.ts';
import {
  asStoreError,
  INDEX_MARK,
  isDamaged,
  isOfAnotherVersion,
  openIndexFile,
} from '../../src/store/index-file/file.ts';
import { hasEnded, startInstance } from '../../src/store/instance.ts';
import {
  isStoreThere,
  openLedgerByHand,
  openLedgerView,
  openServingLedger,
  proveStore,
  spoolPlace,
} from '../../src/store/store.ts';
import { recordedLog } from '../support/log.ts';
import { temporaryFolder } from '../support/temp.ts';
import { anyPush, makeOlder } from './support.ts';

const place = async (name = 'a.db') => join(await temporaryFolder(), name);

it('a file is the one that was opened, or is gone', async () => {
  const file = await place('inner/a.db');
  makeOwnFile(file);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const identity = await FileIdentity.of(file);
  await identity.verify();
  writeFileSync(`${file}-2`, '');
  renameSync(`${file}-2`, file);
  await expect(identity.verify()).rejects.toMatchObject({
    kind: 'gone',
    message: expect.stringContaining('was replaced by another while'),
  });
  rmSync(file);
  await expect(identity.verify()).rejects.toMatchObject({
    kind: 'gone',
    message: expect.stringContaining('was removed while'),
  });
  rmSync(join(file, '..'), { recursive: true });
  writeFileSync(join(file, '..'), '');
  await expect(identity.verify()).rejects.toMatchObject({
    kind: 'gone',
    message: expect.stringContaining('was removed while'),
  });
});

it('a folder is made with those above it, and proved by the one that is there', async () => {
  const folder = await temporaryFolder();
  const made: string[] = [];
  makeFolder(join(folder, 'a/b'), undefined, made);
  expect(made).toEqual([join(folder, 'a'), join(folder, 'a/b')]);
  expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o700);
  await proveFolder(join(folder, 'x/y/z.db'));
  expect(existsSync(join(folder, 'x'))).toBe(false);
  await expect(proveFolder('/proc/none/z.db')).rejects.toMatchObject({ syscall: 'open' });
});

it('a process has ended, lives, or nobody knows', async () => {
  const store = await place();
  const one = await startInstance(store);
  expect(await hasEnded(store, one.id)).toBe(false);
  one.end({ keepFile: true });
  expect(await hasEnded(store, one.id)).toBe(true);
  expect(await hasEnded(store, 'none')).toBe('unknown');
  mkdirSync(`${store}-live-folder`);
  expect(await hasEnded(store, 'folder')).toBe('unknown');
});

const made = (file: string, mark: string) => {
  const database = new Database(file);
  database.exec(mark);
  database.close();
};
it.each<[string, (file: string) => void | Promise<void>, 'older' | 'newer' | 'foreign' | false, RegExp | undefined]>([
  ['sound', async (file) => void (await openIndexFile(file)).close(), false, undefined],
  ['empty', (file) => writeFileSync(file, ''), 'foreign', undefined],
  [
    'of an older version',
    (file) => made(file, `PRAGMA application_id = ${0x48536778}; PRAGMA user_version = 1`),
    'older',
    /^comes from an older version of the gateway; a gateway that serves/,
  ],
  [
    'of a newer one',
    (file) => made(file, `PRAGMA application_id = ${0x48536778}; PRAGMA user_version = ${INDEX_MARK.version + 1}`),
    'newer',
    /^was written by a newer gateway/,
  ],
  [
    'of something else',
    (file) => made(file, 'CREATE TABLE t (a)'),
    'foreign',
    /^is a database of something else; name another file in store\.index$/,
  ],
  [
    'damaged',
    (file) => writeFileSync(file, 'x'.repeat(5_000)),
    false,
    /^is damaged; a gateway that serves makes it anew, and fills it$/,
  ],
])('an index that is %s is told', async (_what, make, version, fault) => {
  const file = await place();
  await make(file);
  expect(await isOfAnotherVersion(file)).toBe(version);
  expect((await indexFault(file)) ?? '').toMatch(fault ?? /^$/);
  expect(await indexFault(`${file}-none`)).toBeUndefined();
  expect(await indexFault('/proc/none/index.db')).toMatch(
    /^cannot be made in \/proc\/none: ENOENT.*; make that folder/,
  );
});

it.each([
  ['SQLITE_BUSY', 'busy', /is used by another program just now$/],
  ['SQLITE_LOCKED_SHAREDCACHE', 'busy', /is used by another program just now$/],
  ['SQLITE_CORRUPT_VTAB', 'unusable', /cannot be used: x; it is made anew by the next run$/],
  ['SQLITE_FULL', 'unusable', /cannot be used: x; see to the disk and its rights$/],
  ['ENOSPC', 'unusable', /cannot be used: x; see to the disk and its rights$/],
  ['ERR_INVALID', undefined, undefined],
  ['SQLITE_ERROR', undefined, undefined],
])('%s of an index is a failure of its file, or a bug', (code, kind, words) => {
  const error = Object.assign(new Error('x'), { code });
  const told = asStoreError('/a/index.db', error);
  if (kind === undefined) expect(told).toBe(error);
  else expect(told).toMatchObject({ kind, cause: error, message: expect.stringMatching(words ?? '') });
  const known = new StoreError('busy', 'y');
  expect([asStoreError('/a', known), asStoreError('/a', 'text')]).toEqual([known, 'text']);
  expect([isDamaged(error), isDamaged(new Error('x')), isDamaged('x')]).toEqual([
    code.includes('CORRUPT'),
    false,
    false,
  ]);
});

it('the store of one machine is there once it was made, is told of when it was brought to this version, and has no spool', async () => {
  const plan = { file: await place(), postgres: undefined, retentionMs: 1, keepBodies: false };
  expect([isStoreThere(plan), spoolPlace(plan)]).toEqual([false, undefined]);
  await proveStore(plan);
  expect(isStoreThere(plan)).toBe(false);
  const log = recordedLog();
  const self = { name: 'gw', pid: 5, version: '9' };
  const first = await openServingLedger(plan, log, self);
  const [push, direct] = [anyPush(), anyPush({ mode: 'direct', fingerprint: 'f' })];
  await first.accept([push, direct]);
  expect(await first.gateways()).toMatchObject([{ ...self, isSilent: false, sending: 1 }]);
  const spooled = await first.spooled(9);
  expect(spooled).toMatchObject([
    { row: { id: push.id }, fingerprint: push.fingerprint, request: { body: 'It burns' } },
  ]);
  await first.close();
  expect(log.lines).toEqual([]);
  makeOlder(plan.file, 6);
  const hand = await openLedgerByHand(plan);
  expect(await hand.holds(push.id)).toBe(true);
  await hand.close();
  makeOlder(plan.file, 6);
  await (await openServingLedger(plan, log)).close();
  expect(log.lines).toMatchObject([{ fields: { file: plan.file, from: 6, to: 7 } }]);
  const view = await openLedgerView(plan);
  expect(await view.row(push.id)).toMatchObject({ state: 'waiting' });
  await view.close();
  await proveStore(plan);
  expect(isStoreThere(plan)).toBe(true);
});
