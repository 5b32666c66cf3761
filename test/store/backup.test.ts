import {
  chownSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import Database from 'libsql';
import { pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { runGateway } from '../../src/cli/main.ts';
import { makeBackup } from '../../src/store/backup/backup.ts';
import { checkDatabase } from '../../src/store/backup/copy.ts';
import { placesHere, placesInFolder } from '../../src/store/backup/places.ts';
import { inspectArchive, restoreBackup } from '../../src/store/backup/restore.ts';
import { openIndexFile } from '../../src/store/index-file/file.ts';
import { openLedger, viewLedger } from '../../src/store/ledger.ts';
import { noDisk, smallDisk } from '../support/full-disk.ts';
import { temporaryFolder } from '../support/temp.ts';
import { runCommand } from '../support/terminal.ts';
import { anyPush, makeOlder, opened } from './support.ts';

const signal = new AbortController().signal;
const progress = () => undefined;

/** A folder with a store, and its backup. */
async function backedUp(change: (store: string) => void | Promise<void> = () => undefined) {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'config'));
  const configuration = join(folder, 'config/gateway.yaml');
  const secret = join(folder, 'config/token');
  await writeFile(configuration, 'sources: {}\n');
  await writeFile(secret, 'S3cret', { mode: 0o640 });
  const store = join(folder, 'var/gateway.db');
  const ledger = await openLedger(store);
  const push = anyPush();
  await ledger.accept([push]);
  await ledger.close();
  await change(store);
  const databases = { store, audit: undefined, index: join(folder, 'var/index.db') };
  const files = { databases, configuration, secrets: [secret] };
  const archive = join(folder, 'gateway.tar');
  const order = { archive, files, withSecrets: true, gateway: '1.2.3', signal, progress };
  return { folder, archive, order, files, push, manifest: await makeBackup(order) };
}

async function restoredTo(archive: string, folder: string) {
  const { placed } = placesInFolder(folder, await inspectArchive(archive, signal));
  return restoreBackup({ archive, placed, time: 'T', signal, progress });
}

/** Writes an archive as somebody else might. */
async function archiveOf(...entries: readonly { name: string; type?: 'file' | 'symlink'; text?: string }[]) {
  const file = join(await temporaryFolder(), 'made.tar');
  const tar = pack();
  for (const { name, type = 'file', text = '' } of entries) {
    if (type === 'symlink') tar.entry({ name, type, linkname: '/etc/passwd' });
    else tar.entry({ name }, text);
  }
  tar.finalize();
  const pieces: Uint8Array[] = [];
  for await (const piece of tar) if (piece instanceof Uint8Array) pieces.push(piece);
  writeFileSync(file, Buffer.concat(pieces));
  return file;
}

/** A manifest that is right but for what is given. */
function manifest(more: object = {}, file: object = {}): string {
  const at = '2026-11-26T12:00:00.000Z';
  const whole = {
    ...{
      kind: 'configuration',
      name: 'configuration.yaml',
      place: '/etc/gateway.yaml',
      bytes: 1,
      mode: 0o600,
      takenAt: at,
    },
    sha256: 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb',
    ...file,
  };
  const head = { archive: 'helpspot-gateway backup', version: 1, gateway: '9.9.9', startedAt: at, endedAt: at };
  return JSON.stringify({ ...head, withSecrets: false, files: [whole], ...more });
}

describe('a backup', () => {
  it('brings everything back into an empty folder, as it lay, and lets nothing be sent by itself', async () => {
    const { folder, archive, push } = await backedUp();
    expect(statSync(archive).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).sort()).toEqual(['config', 'gateway.tar', 'var']);
    const to = join(await temporaryFolder(), 'new');
    const restored = await restoredTo(archive, to);
    expect(restored).toMatchObject({ held: { pushes: 1, records: 0 }, kept: [] });
    expect(readFileSync(join(to, 'config/gateway.yaml'), 'utf8')).toBe('sources: {}\n');
    expect(statSync(join(to, 'config/token')).mode & 0o777).toBe(0o640);
    expect(readdirSync(join(to, 'var'))).toEqual(['gateway.db']);
    expect(statSync(join(to, 'var/gateway.db')).mode & 0o777).toBe(0o600);
    const ledger = await opened(join(to, 'var/gateway.db'));
    expect(await ledger.row(push.id)).toMatchObject({
      state: 'unclear',
      unsure: true,
      trouble: { kind: 'interrupted' },
    });
    expect(await ledger.claim('Tickets', 9)).toEqual([]);
    expect(await ledger.retry(push.id, 60_000)).toBe(true);
    // What can be looked for is looked for first.
    expect(await ledger.claim('Tickets', 9)).toMatchObject([{ row: { id: push.id, unsure: true, insisted: true } }]);
  });

  it('of a gateway on PostgreSQL says that no pushes are in it, and none of the spool', async () => {
    const folder = await temporaryFolder();
    const configuration = join(folder, 'gateway.yaml');
    const store = (more: string) =>
      writeFile(
        configuration,
        `sources: { people: { adapter: csv, file: people.csv } }
lookups: { default: { sources: [people] } }
store: { url: "postgres://u:p@127.0.0.1:1/crm", schema: s${more} }
`,
      );
    const said = async (name: string) => {
      const backup = ['backup', join(folder, name), `--config=${configuration}`];
      const { status, stderr } = await runCommand(runGateway, backup);
      return { status, pushes: stderr.split('\n').filter((line) => line.includes('pushes')) };
    };
    await store('');
    const notes = [expect.stringMatching(/^note: pushes are in .+, and not in it; pg_dump --schema=s backs them up$/)];
    expect(await said('1.tar')).toEqual({ status: 0, pushes: notes });
    await store(', spool: spool.db');
    notes.push(
      `note: pushes that wait in ${join(folder, 'spool.db')} are not in it: they go to that store when it is back`,
    );
    expect(await said('2.tar')).toEqual({ status: 0, pushes: notes });
  });

  it('of an older store is brought to this version, and held', async () => {
    const { archive, push, manifest: made } = await backedUp((store) => makeOlder(store, 3));
    expect(made.files.find(({ kind }) => kind === 'store')).toMatchObject({ schema: 3 });
    const to = join(await temporaryFolder(), 'new');
    await restoredTo(archive, to);
    const view = await viewLedger(join(to, 'var/gateway.db'));
    expect((await view.row(push.id))?.state).toBe('unclear');
    await view.close();
  });

  it('of a newer store or format is refused in words', async () => {
    const newer = (store: string) => {
      const database = new Database(store);
      database.exec('PRAGMA user_version = 99');
      database.close();
    };
    const { archive } = await backedUp(newer);
    await expect(inspectArchive(archive, signal)).rejects.toThrow(
      /made by a newer gateway, 1\.2\.3: the store in it has version 99, this one knows \d+; restore it with that gateway/,
    );
    const format = await archiveOf({ name: 'manifest.json', text: manifest({ version: 2 }) });
    await expect(inspectArchive(format, signal)).rejects.toThrow(/newer gateway \(its format is 2, this one knows 1\)/);
  });

  it('leaves out an index of another version, which is made anew', async () => {
    const { archive } = await backedUp(async (store) => {
      const index = await openIndexFile(join(dirname(store), 'index.db'));
      index.exec('PRAGMA user_version = 1');
      index.close();
    });
    const { placed, left } = placesInFolder('/nowhere/at/all', await inspectArchive(archive, signal));
    expect(left).toEqual([expect.stringContaining('the next runs make it anew')]);
    expect(placed.map(({ file }) => file.kind)).not.toContain('index');
  });

  it('overwrites nothing, and refuses what is damaged', async () => {
    const { order, archive, files } = await backedUp();
    await expect(makeBackup(order)).rejects.toThrow(/is there already, and nothing is overwritten/);
    await expect(makeBackup({ ...order, archive: `${archive}${'x'.repeat(300)}` })).rejects.toThrow(/is too long/);
    const { size } = statSync(files.databases.store);
    // All but the first page.
    truncateSync(files.databases.store, 4_096);
    truncateSync(files.databases.store, size);
    const other = `${archive}-2`;
    await expect(makeBackup({ ...order, archive: other })).rejects.toThrow(/the store .*(damaged|malformed)/);
    expect(existsSync(other)).toBe(false);
    expect(readdirSync(dirname(archive)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('is no good where rows are not what their tables say', async () => {
    const { folder, archive, files, order } = await backedUp();
    const database = new Database(files.databases.store);
    database.exec(`PRAGMA writable_schema = ON; UPDATE sqlite_master
      SET sql = replace(sql, 'title        TEXT NOT NULL', 'title INTEGER NOT NULL') WHERE name = 'pushes'; PRAGMA wal_checkpoint(TRUNCATE)`);
    database.close();
    await expect(makeBackup({ ...order, archive: `${archive}-2` })).rejects.toThrow(/the store .* is damaged: .*title/);
    const checked = checkDatabase('store', files.databases.store, 'the store in the backup', signal);
    await expect(checked).rejects.toThrow('the store in the backup is damaged: non-INTEGER value in pushes.title');
    expect(readdirSync(folder).sort()).toEqual(['config', 'gateway.tar', 'var']);
  });

  it.skipIf(noDisk !== '')('says that the disk is full, and leaves nothing', async () => {
    const { order, files } = await backedUp();
    const disk = smallDisk(2_000);
    const grown = new Database(files.databases.store);
    grown.exec('CREATE TABLE ballast (a); INSERT INTO ballast VALUES (randomblob(1500000))');
    grown.close();
    for (const free of [64 * 1024, 1_600_000]) {
      disk.fill(free);
      const full = makeBackup({ ...order, archive: join(disk.folder, 'gateway.tar') });
      await expect(full).rejects.toThrow(/there is no room for the backup: it takes twice/);
      expect(readdirSync(disk.folder)).toEqual(['filler']);
    }
  });

  it('that is stopped leaves nothing', async () => {
    const { order, archive } = await backedUp();
    const stopping = new AbortController();
    const stopped = makeBackup({
      ...order,
      archive: `${archive}-2`,
      signal: stopping.signal,
      progress: (step) => step.startsWith('writing') && stopping.abort(),
    });
    await expect(stopped).rejects.toThrow();
    expect(readdirSync(dirname(archive)).sort()).toEqual(['config', 'gateway.tar', 'var']);
  });
});

describe('an archive that was changed', () => {
  it.each([
    ['is cut off in the middle', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2), /changed or cut off/],
    ['has lost its last file', (bytes: Buffer) => bytes.subarray(0, bytes.lastIndexOf('secret-1.txt')), /cut off/],
    [
      'has another byte in the store',
      (bytes: Buffer) => flip(bytes, bytes.indexOf('SQLite format 3') + 9_000),
      /store\.db in it is damaged/,
    ],
    ['is compressed', (bytes: Buffer) => gzipSync(bytes), /is no backup of helpspot-gateway/],
    ['is empty', () => Buffer.alloc(0), /is no backup of helpspot-gateway/],
    ['is something else', () => Buffer.alloc(20_000, 'x'), /is no backup of helpspot-gateway/],
  ])('because it %s is refused before anything is written', async (_what, change, words) => {
    const { archive } = await backedUp();
    writeFileSync(`${archive}-2`, change(readFileSync(archive)));
    const to = join(await temporaryFolder(), 'new');
    await expect(restoredTo(`${archive}-2`, to)).rejects.toThrow(words);
    expect(existsSync(to)).toBe(false);
  });

  const content = { name: 'configuration.yaml', text: 'a' };
  it.each([
    ['a name that climbs', [{ name: '../../evil.txt', text: 'a' }]],
    ['an absolute name', [{ name: '/tmp/evil.txt', text: 'a' }]],
    ['a file that is not named', [content, { name: 'more.txt', text: 'a' }]],
    ['a file twice', [content, content]],
    ['another size', [{ ...content, text: 'aa' }]],
  ])('to hold %s is refused', async (_what, entries) => {
    const archive = await archiveOf({ name: 'manifest.json', text: manifest() }, ...entries);
    await expect(inspectArchive(archive, signal)).rejects.toThrow(
      /which its manifest does not name so; it was changed/,
    );
  });

  it('to hold a link in the place of a file is refused', async () => {
    const empty = { bytes: 0, sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' };
    const [head, name] = [{ name: 'manifest.json', text: manifest({}, empty) }, 'configuration.yaml'];
    await expect(inspectArchive(await archiveOf(head, { name }), signal)).resolves.toBeDefined();
    await expect(inspectArchive(await archiveOf(head, { name, type: 'symlink' }), signal)).rejects.toThrow(
      /it holds "configuration\.yaml" \(a symlink\), which its manifest does not name so/,
    );
  });

  it.each([
    ['../evil.txt', /is no backup/],
    ['/etc/passwd', /is no backup/],
    ['manifest.json', /is no backup/],
  ])('to name a file %s in its manifest is refused', async (name, words) => {
    const archive = await archiveOf({ name: 'manifest.json', text: manifest({}, { name }) }, { name, text: 'a' });
    await expect(inspectArchive(archive, signal)).rejects.toThrow(words);
  });

  it.each([
    '/etc/../../../../gateway.yaml',
    'C:\\gateway.yaml',
    'gateway.yaml',
    '/',
    '..',
    '/a\0b',
    '/a\nb',
    `/${'y'.repeat(250)}`,
  ])('writes only into the folder, wherever it says that a file was: %s', async (place) => {
    const archive = await archiveOf({ name: 'manifest.json', text: manifest({}, { place }) }, content);
    const to = join(await temporaryFolder(), 'new');
    const { written } = await restoredTo(archive, to);
    expect(written).toHaveLength(1);
    expect(dirname(written[0] ?? '')).toBe(to);
    expect(readFileSync(written[0] ?? '', 'utf8')).toBe('a');
  });
});

describe('a restore', () => {
  it('puts files by their names where one lies in the place of the folder of another', () => {
    const at = '2026-11-26T12:00:00.000Z';
    const file = { bytes: 1, mode: 0o600, takenAt: at, sha256: '' };
    const files = [
      { ...file, kind: 'store', name: 'store.db', place: '/var/gw/a' } as const,
      { ...file, kind: 'audit', name: 'audit.db', place: '/var/gw/a/b/audit.db' } as const,
    ];
    const head = {
      archive: 'helpspot-gateway backup',
      version: 1,
      gateway: '1.2.3',
      startedAt: at,
      endedAt: at,
    } as const;
    const { placed } = placesInFolder('/nowhere/new', { ...head, withSecrets: false, files });
    expect(placed.map(({ place }) => place)).toEqual(['/nowhere/new/store.db', '/nowhere/new/audit.db']);
  });

  it('that fails leaves no folders', async () => {
    const wrong = { kind: 'store', name: 'store.db', schema: 1 };
    const archive = await archiveOf(
      { name: 'manifest.json', text: manifest({}, { ...wrong, place: '/srv/gw/gateway.db' }) },
      { name: 'store.db', text: 'a' },
    );
    const to = join(await temporaryFolder(), 'new');
    await expect(restoredTo(archive, to)).rejects.toThrow();
    expect(existsSync(to)).toBe(false);
  });

  const isRoot = process.geteuid?.() === 0;
  it.skipIf(!isRoot)(
    `by root stays with the account of the service${isRoot ? '' : ' (only root gives files away)'}`,
    async () => {
      const { folder, archive, files } = await backedUp();
      const kept = join(folder, 'var');
      chownSync(kept, 65_534, 65_534);
      for (const name of readdirSync(kept)) rmSync(join(kept, name));
      const { placed } = await placesHere(files, await inspectArchive(archive, signal), 'T');
      await restoreBackup({ archive, placed, time: 'T', signal, progress });
      await (await openLedger(join(kept, 'later/gateway.db'))).close();
      const owners = ['gateway.db', 'later', 'later/gateway.db'].map((name) => statSync(join(kept, name)).uid);
      expect(owners).toEqual([65_534, 65_534, 65_534]);
    },
  );

  it('needs an empty folder', async () => {
    const { archive } = await backedUp();
    await expect(restoredTo(archive, dirname(archive))).rejects.toThrow(/is not empty/);
  });

  it('is refused while a gateway uses the store, and leaves the configuration that is there', async () => {
    const { archive, files, manifest: made } = await backedUp();
    await writeFile(files.configuration, 'sources: { }\n');
    const { placed, left } = await placesHere(files, made, 'T');
    expect(placed.map(({ place }) => place)).toEqual([files.databases.store, `${files.configuration}.from-backup-T`]);
    expect(left).toEqual([expect.stringContaining('a secret')]);
    await opened(files.databases.store);
    const before = readdirSync(dirname(files.databases.store));
    await expect(restoreBackup({ archive, placed, time: 'T', signal, progress })).rejects.toThrow(
      /a gateway uses the store .*; stop it \(SIGTERM\) first/,
    );
    expect(readdirSync(dirname(files.databases.store))).toEqual(before);
  });
});

function flip(bytes: Buffer, at: number): Buffer {
  bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  return bytes;
}
