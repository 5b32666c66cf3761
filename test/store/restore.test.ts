/** A restore into the places of what is there: what is kept, joined, held, refused, and taken back. */
import { execFileSync } from 'node:child_process';
import fs, {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { dirname, join } from 'node:path';
import Database from 'libsql';
import { expect, it } from 'vitest';
import { openAuditHere } from '../../src/store/audit-file/audit-file.ts';
import { closeAudit } from '../../src/store/audit-file/writing.ts';
import { writeArchive } from '../../src/store/backup/archive.ts';
import { makeBackup } from '../../src/store/backup/backup.ts';
import { holdPushes, pushesMissingFrom } from '../../src/store/backup/hold.ts';
import type { BackupManifest, DatabaseKind } from '../../src/store/backup/manifest.ts';
import { placesHere, placesInFolder } from '../../src/store/backup/places.ts';
import { inspectArchive, restoreBackup } from '../../src/store/backup/restore.ts';
import { settleUnused } from '../../src/store/backup/unused.ts';
import { openIndexFile } from '../../src/store/index-file/file.ts';
import { startInstance } from '../../src/store/instance.ts';
import { openLedger, viewLedger } from '../../src/store/ledger.ts';
import { auditEntry, linesOf } from '../support/audit.ts';
import { failureOf } from '../support/failure-of.ts';
import { noDisk, smallDisk } from '../support/full-disk.ts';
import { temporaryFolder } from '../support/temp.ts';
import { anyPush, lockForWriting, settle } from './support.ts';

const signal = new AbortController().signal;
const wordsOf = async (work: Promise<unknown>) => (await failureOf(work)).message;

/** As a process leaves it that has ended: ours closes what it opened only when its memory is tidied up. */
function left(file: string): void {
  const connection = new Database(file);
  try {
    connection.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } catch {
    // It is none.
  }
  connection.close();
  copyFileSync(file, `${file}-copy`);
  for (const ending of ['-wal', '-shm']) rmSync(file + ending, { force: true });
  renameSync(`${file}-copy`, file);
}

/** Without what SQLite has beside a file that is open. */
const files = (folder: string) =>
  readdirSync(folder)
    .filter((name) => !/-(?:wal|shm)$/.test(name))
    .sort();

/** A gateway with a store, an audit and an index, and its backup. */
async function gateway() {
  const folder = await temporaryFolder();
  const place = (name: string) => join(folder, name);
  const databases = { store: place('gateway.db'), audit: place('audit.db'), index: place('index.db') };
  const [configuration, secret] = [place('gateway.yaml'), place('token')];
  writeFileSync(configuration, 'sources: {}');
  writeFileSync(secret, 'S3cret');
  chmodSync(secret, 0o777);
  const pushed = async (...pushes: readonly ReturnType<typeof anyPush>[]) => {
    const ledger = await openLedger(databases.store);
    await ledger.accept(pushes);
    await ledger.close();
  };
  const audited = async (name: string, number: number) => {
    const audit = openAuditHere({ file: databases.audit, keepMs: 1e10, values: false });
    await audit.write(linesOf(auditEntry({ at: Date.now(), kind: 'lookup', name, outcome: 'found' })), number);
    closeAudit();
  };
  await pushed(anyPush());
  await audited('before', 1);
  (await openIndexFile(databases.index)).close();
  const archive = place('gateway.tar');
  const files = { databases, configuration, secrets: [secret] };
  const order = { archive, files, withSecrets: true, gateway: '1.2.3', signal, progress: () => undefined };
  const made = await makeBackup(order);
  const steps: string[] = [];
  /** @param used what is left as a process leaves it */
  const restore = async (time = 'T', used = Object.values(databases)) => {
    for (const file of used) left(file);
    const { placed } = await placesHere(files, made, time);
    return restoreBackup({ archive, placed, time, signal, progress: (step) => void steps.push(step) });
  };
  return { folder, databases, files, archive, made, steps, restore, pushed, audited };
}

it('keeps what is there beside it, adds to the audit, and tells what is lost', async () => {
  const { folder, databases, restore, pushed, audited, steps } = await gateway();
  await pushed(anyPush(), anyPush());
  // Lost with the machine, and in the backup still.
  const audit = new Database(databases.audit);
  audit.exec(`DROP TRIGGER entries_stay; DROP TRIGGER customers_stay; DELETE FROM entries`);
  audit.close();
  await audited('after', 2);
  const { held, ...done } = await restore();
  expect(done).toEqual({
    written: [databases.store, databases.index],
    kept: [`${databases.store}.before-restore-T`, `${databases.index}.before-restore-T`],
    ...{ newerPushes: 2, auditAdded: 1, leftovers: [] },
  });
  expect(held).toEqual({ pushes: 1, records: 0 });
  expect(steps).toEqual(['reading the archive', 'checking the store', 'checking the audit', 'checking the index']);
  expect(await pushesMissingFrom(`${databases.store}.before-restore-T`, databases.store)).toBe(2);
  expect(files(folder)).toEqual([
    ...['audit.db', 'gateway.db', 'gateway.db.before-restore-T', 'gateway.tar', 'gateway.yaml'],
    ...['index.db', 'index.db.before-restore-T', 'token'],
  ]);
  const view = await viewLedger(databases.store);
  expect(await view.list({ limit: 9 })).toHaveLength(1);
  await view.close();
  const read = openAuditHere({ file: databases.audit, keepMs: 1e10, values: false });
  expect((await read.page({}, { limit: 9 })).entries.map(({ name }) => name)).toEqual(['after', 'before']);
});

// A file of SQLite begins with 100 bytes that say what it is, a log beside it with 32.
it.each<readonly [what: string, damaged: (whole: Buffer) => Buffer, log: string]>([
  ['its first half', (whole) => whole.subarray(0, 2_000), ''],
  ['its first bytes', (whole) => whole.subarray(0, 1_030), ''],
  ['a text', () => Buffer.alloc(5_000, 'y'), ''],
  ['a text with the beginning of a log', () => Buffer.alloc(5_000, 'y'), 'x'],
  ['zeros with a log that is none', () => Buffer.alloc(5_000), 'x'.repeat(5_000)],
  ['its first half with the beginning of a log', (whole) => whole.subarray(0, 2_000), 'x'],
  ['itself, but for a part in the middle, with the beginning of a log', (whole) => whole.fill('y', 90, 3_000), 'x'],
])('takes the place of an audit of which there is only %s', async (_what, damaged, log) => {
  const { databases, restore } = await gateway();
  const { audit, store, index } = databases;
  left(audit);
  const before = damaged(readFileSync(audit));
  writeFileSync(audit, before);
  if (log !== '') writeFileSync(`${audit}-wal`, log);
  const done = await restore('T', [store, index]);
  expect(done).toMatchObject({ auditAdded: undefined, written: [store, audit, index] });
  expect(readFileSync(`${audit}.before-restore-T`)).toEqual(before);
  const read = openAuditHere({ file: audit, keepMs: 1e10, values: false });
  expect(await read.count({})).toBe(1);
});

it('takes the place of what is damaged, and of an audit that is not there', async () => {
  const { databases, restore, files } = await gateway();
  for (const file of [databases.store, databases.audit])
    for (const ending of ['', '-wal', '-shm']) rmSync(file + ending, { force: true });
  writeFileSync(databases.store, 'x'.repeat(5_000));
  writeFileSync(databases.audit, 'y'.repeat(5_000));
  const done = await restore();
  expect(done).toMatchObject({ newerPushes: undefined, auditAdded: undefined });
  expect(done.written).toEqual([databases.store, databases.audit, databases.index]);
  expect(readFileSync(`${databases.store}.before-restore-T`, 'utf8')).toBe('x'.repeat(5_000));
  expect(readFileSync(`${databases.audit}.before-restore-T`, 'utf8')).toBe('y'.repeat(5_000));
  expect(await settleUnused('audit', databases.audit)).toBe('sound');
  expect(readFileSync(files.configuration, 'utf8')).toBe('sources: {}');
});

it('brings nothing that others may write, whatever its rights were', async () => {
  const { archive, folder } = await gateway();
  const { placed } = placesInFolder(join(folder, 'new'), await inspectArchive(archive, signal));
  const progress = () => undefined;
  const done = await restoreBackup({ archive, placed, time: 'T', signal, progress });
  expect(done).toMatchObject({ kept: [], newerPushes: undefined, auditAdded: undefined });
  const rights = ['token', 'gateway.db', 'audit.db', 'index.db'].map(
    (name) => statSync(join(folder, 'new', name)).mode & 0o777,
  );
  expect(rights).toEqual([0o755, 0o600, 0o600, 0o600]);
  expect(statSync(join(folder, 'new')).mode & 0o777).toBe(0o700);
});

it('that fails in the middle takes back what it did', async () => {
  const { folder, databases, restore, pushed } = await gateway();
  await pushed(anyPush());
  writeFileSync(`${databases.index}.before-restore-T`, 'of another restore');
  for (const file of Object.values(databases)) left(file);
  const before = files(folder);
  expect(await wordsOf(restore())).toBe(
    `${databases.index}.before-restore-T is there already; restore again in a second`,
  );
  expect(files(folder)).toEqual(before);
  expect(await restore('U')).toMatchObject({ newerPushes: 1 });
});

it('leaves no moment without a store, and names what one that was broken off has left', async () => {
  const { databases, restore } = await gateway();
  const old = `${databases.store}.restoring-0123456789ab`;
  writeFileSync(old, 'of one that was killed');
  const missing: string[] = [];
  const { chmodSync, linkSync, renameSync, rmSync } = fs;
  const watched = Object.entries({ chmodSync, linkSync, renameSync, rmSync });
  for (const [name, call] of watched) {
    const watching = (...given: unknown[]) => {
      if (!existsSync(databases.store)) missing.push(name);
      return Reflect.apply(call, fs, given);
    };
    Reflect.set(fs, name, watching);
  }
  syncBuiltinESMExports();
  try {
    expect(await restore()).toMatchObject({ leftovers: [old], kept: [expect.anything(), expect.anything()] });
  } finally {
    for (const [name, call] of watched) Reflect.set(fs, name, call);
    syncBuiltinESMExports();
  }
  expect(missing).toEqual([]);
});

it.skipIf(noDisk !== '')('that has room for the files, and none to bring the store in order, says so', async () => {
  const { archive, made } = await gateway();
  const kilobytes = made.files.reduce((sum, { bytes }) => sum + Math.ceil(bytes / 4_096) * 4, 0);
  // SQLite has 32 kB beside a file that it changes, and what it changes.
  const { folder } = smallDisk(kilobytes + 40);
  const { placed } = placesInFolder(join(folder, 'new'), made);
  const steps: string[] = [];
  const progress = (step: string) => void steps.push(step);
  const words = await wordsOf(restoreBackup({ archive, placed, time: 'T', signal, progress }));
  expect(words).toBe(
    `the backup ${archive} cannot be restored: there is no room for what is in it; free some, or restore to another disk with --to`,
  );
  expect([steps.at(-1), readdirSync(folder)]).toEqual(['checking the index', []]);
});

it('of a database that is whole, and has other tables, is refused in words', async () => {
  const { folder, databases, files: its } = await gateway();
  const store = new Database(databases.store);
  store.exec('DROP TABLE event_records; CREATE TABLE event_records (x)');
  store.close();
  const archive = join(folder, 'other.tar');
  const progress = () => undefined;
  const made = await makeBackup({ archive, files: its, withSecrets: true, gateway: '1.2.3', signal, progress });
  const { placed } = placesInFolder(join(folder, 'new'), made);
  expect(await wordsOf(restoreBackup({ archive, placed, time: 'T', signal, progress }))).toMatch(
    `the backup ${archive} cannot be restored: a database in it, or the audit that is there, is not as it should be: no such column`,
  );
  expect(existsSync(join(folder, 'new'))).toBe(false);
});

it('that cannot make a folder leaves none of those that it made', async () => {
  const { folder, archive, made } = await gateway();
  writeFileSync(join(folder, 'file'), '');
  const [first, second] = made.files;
  if (first === undefined || second === undefined) return expect.unreachable();
  const placed = [
    { file: first, place: join(folder, 'new/inner/gateway.db') },
    { file: second, place: join(folder, 'file/inner/audit.db') },
  ];
  const progress = () => undefined;
  expect(await wordsOf(restoreBackup({ archive, placed, time: 'T', signal, progress }))).toMatch(
    new RegExp(`^the folder ${folder}/file/inner cannot be made: ENOTDIR`),
  );
  expect(existsSync(join(folder, 'new'))).toBe(false);
});

it('of an archive that is another one by now puts nothing anywhere', async () => {
  const { folder, archive, made } = await gateway();
  const placed = made.files.map((file) => ({
    file: { ...file, sha256: '0'.repeat(64) },
    place: join(folder, 'new', file.name),
  }));
  const progress = () => undefined;
  await expect(restoreBackup({ archive, placed, time: 'T', signal, progress })).rejects.toThrow();
  expect(existsSync(join(folder, 'new'))).toBe(false);
});

it('is refused while another program uses one of them', async () => {
  const { databases } = await gateway();
  left(databases.index);
  lockForWriting(databases.index);
  expect(await wordsOf(settleUnused('index', databases.index))).toBe(
    `the index ${databases.index} is used by another program; stop the gateways that use it first`,
  );
});

it('forgets gateways that have ended, and is refused by one that lives; what proves nothing is in nobody’s way', async () => {
  const store = join(await temporaryFolder(), 'gateway.db');
  expect(await settleUnused('store', store)).toBe('none');
  expect(await settleUnused('store', join(dirname(store), 'none/gateway.db'))).toBe('none');
  (await startInstance(store)).end({ keepFile: true });
  writeFileSync(`${store}-live-x-journal`, '');
  mkdirSync(`${store}-live-folder`);
  expect(await settleUnused('store', store)).toBe('none');
  expect(readdirSync(dirname(store)).sort()).toEqual(['gateway.db-live-folder', 'gateway.db-live-x-journal']);
  const living = await startInstance(store);
  // Only the store is of a gateway that sends.
  expect(await settleUnused('index', store)).toBe('none');
  expect(await wordsOf(settleUnused('store', store))).toBe(
    `a gateway uses the store ${store}; stop it (SIGTERM) first`,
  );
  living.end({ keepFile: false });
  mkdirSync(store);
  expect(await wordsOf(settleUnused('store', store))).toMatch(/^the store .*gateway\.db cannot be used: /);
});

it('a store that was held tells what it was, and what it lacks', async () => {
  const folder = await temporaryFolder();
  const [store, other] = [join(folder, 'a.db'), join(folder, 'b.db')];
  const [done, waiting, sending, failed] = [anyPush(), anyPush(), anyPush({ mode: 'direct' }), anyPush()];
  const ledger = await openLedger(store);
  await ledger.accept([done, failed]);
  await ledger.claim('Tickets', 2);
  await settle(ledger, done.id, { state: 'done', receipt: { id: '1' }, keepBody: false });
  const trouble = { kind: 'rejected', problem: 'no', words: 'No' } as const;
  await settle(ledger, failed.id, { state: 'failed', trouble });
  await ledger.accept([waiting, sending]);
  const event = {
    stream: 's',
    id: 'e',
    key: 'k',
    type: 't',
    at: 1,
    isEnd: false,
    withinMs: 9e6,
    settleMs: 1,
    keepBody: false,
  };
  await ledger.events.store({ ...event, fields: new Map([['a', 'b']]) });
  await ledger.close();
  expect(await holdPushes(store, 'Monday')).toEqual({ pushes: 2, records: 1 });
  // All of it is in the one file, which is moved next.
  expect(statSync(`${store}-wal`).size).toBe(0);
  const view = await viewLedger(store);
  const problem = 'it waited when the backup of Monday was made, and may have been sent since';
  const held = { kind: 'interrupted', problem, words: 'The store of the gateway was restored from a backup' };
  for (const { id } of [waiting, sending]) {
    expect(await view.row(id)).toMatchObject({
      state: 'unclear',
      unsure: true,
      owed: true,
      insisted: false,
      trouble: held,
    });
  }
  expect((await view.row(done.id))?.state).toBe('done');
  expect(await view.row(failed.id)).toMatchObject({ state: 'failed', trouble });
  expect(await view.attempts(sending.id)).toMatchObject([{ result: 'interrupted', reason: problem }]);
  expect(await view.gateways()).toEqual([]);
  await view.close();
  await (await openLedger(other)).close();
  expect(await pushesMissingFrom(store, other)).toBe(4);
  expect(await pushesMissingFrom(other, store)).toBe(0);
});

it.each<[DatabaseKind, number | undefined, string | undefined]>([
  ['store', 99, 'the store in it has version 99, this one knows 7; restore it with that gateway'],
  ['store', undefined, 'the store in it has version unknown, this one knows 7; restore it with that gateway'],
  ['audit', 3, 'the audit in it has version 3, this one knows 2; restore it with that gateway'],
  ['store', 7, undefined],
  ['store', 1, undefined],
  ['index', 99, undefined],
])('of a %s of version %s is as far as this gateway knows it', async (kind, schema, words) => {
  const folder = await temporaryFolder();
  const archive = join(folder, 'x.tar');

  const at = '2026-11-26T12:00:00.000Z';
  const sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  const entry = { kind, name: `${kind}.db`, place: '/x', bytes: 0, mode: 0o600, takenAt: at, sha256, schema };
  const head = { archive: 'helpspot-gateway backup', version: 1, gateway: '9.9', startedAt: at, endedAt: at } as const;
  const made: BackupManifest = { ...head, withSecrets: false, files: [entry] };
  writeFileSync(join(folder, 'empty'), '');
  await writeArchive(archive, join(folder, 'new'), made, [{ entry, path: join(folder, 'empty') }], signal);
  if (words === undefined) expect(await inspectArchive(archive, signal)).toMatchObject({ files: [{ kind }] });
  else
    expect(await wordsOf(inspectArchive(archive, signal))).toBe(
      `the backup ${archive} was made by a newer gateway, 9.9: ${words}`,
    );
});

it('of an archive that is not there, or none, says so in a sentence', async () => {
  const folder = await temporaryFolder();
  expect(await wordsOf(inspectArchive(join(folder, 'none.tar'), signal))).toBe(
    `the backup ${folder}/none.tar cannot be read: ENOENT: no such file or directory, open '${folder}/none.tar'`,
  );
  writeFileSync(join(folder, 'x.tar'), 'x'.repeat(2_000));
  expect(await wordsOf(inspectArchive(join(folder, 'x.tar'), signal))).toMatch(
    /^the backup .*x\.tar cannot be used: it is no backup of helpspot-gateway; name a file/,
  );
  execFileSync('mkfifo', [join(folder, 'pipe.tar')]);
  for (const name of ['pipe.tar', '.']) {
    expect(await wordsOf(inspectArchive(join(folder, name), signal))).toContain('it is no backup of helpspot-gateway');
  }
  const stopped = AbortSignal.abort(new Error('stopped'));
  expect(await wordsOf(inspectArchive(join(folder, 'x.tar'), stopped))).toBe('stopped');
});
