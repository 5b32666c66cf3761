/** The parts of a backup: its archive, its manifest, its copies, and the places where its files go. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { fileDigest, putInPlace, readArchive, writeArchive } from '../../src/store/backup/archive.ts';
import { makeBackup } from '../../src/store/backup/backup.ts';
import { checkDatabase, copyDatabase, DATABASES } from '../../src/store/backup/copy.ts';
import {
  type ArchivedFile,
  archivedName,
  type BackupManifest,
  LARGEST_MANIFEST_BYTES,
  NO_BACKUP,
  readManifest,
} from '../../src/store/backup/manifest.ts';
import { placesHere, placesInFolder } from '../../src/store/backup/places.ts';
import { openLedger } from '../../src/store/ledger.ts';
import { failureOf } from '../support/failure-of.ts';
import { temporaryFolder } from '../support/temp.ts';
import { makePipe } from './support.ts';

const signal = new AbortController().signal;
const AT = '2026-11-26T12:00:00.000Z';
const CHANGED = 'it was changed or cut off since it was made; take another one';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

function file(more: Partial<ArchivedFile> = {}): ArchivedFile {
  const name = archivedName(more.kind ?? 'configuration');
  return {
    kind: 'configuration',
    name,
    place: '/etc/gateway.yaml',
    bytes: 1,
    mode: 0o600,
    takenAt: AT,
    sha256: sha256('a'),
    ...more,
  };
}
function manifestOf(...files: readonly ArchivedFile[]): BackupManifest {
  const head = {
    archive: 'helpspot-gateway backup',
    version: 1,
    gateway: '1.2.3',
    startedAt: AT,
    endedAt: AT,
  } as const;
  return { ...head, withSecrets: true, files: [...files] };
}

/** An archive as somebody else might write it. */
async function archiveOf(...entries: readonly (readonly [name: string, text: string])[]) {
  const archive = join(await temporaryFolder(), 'made.tar');
  const tar = pack();
  for (const [name, text] of entries) tar.entry({ name }, text);
  tar.finalize();
  const pieces: Uint8Array[] = [];
  for await (const piece of tar) if (piece instanceof Uint8Array) pieces.push(piece);
  writeFileSync(archive, Buffer.concat(pieces));
  return archive;
}
const read = (archive: string, targetOf: (one: ArchivedFile) => string | undefined = () => undefined) =>
  readArchive(archive, targetOf, signal);
/** What this process has open, also what has no name any more. */
const openFiles = () =>
  readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
const wordsOf = async (work: Promise<unknown>) => (await failureOf(work)).message;

describe('an archive', () => {
  it('has what was put into it, with rights and times, and closes what it opened', async () => {
    const folder = await temporaryFolder();
    writeFileSync(join(folder, 'a'), 'a');
    writeFileSync(join(folder, 'b'), '');
    const empty = file({ kind: 'secret', name: 'secret-1.txt', bytes: 0, sha256: sha256(''), mode: 0o640 });
    const made = manifestOf(file(), empty);
    const archive = join(folder, 'gateway.tar');
    const files = [
      { entry: file(), path: join(folder, 'a') },
      { entry: empty, path: join(folder, 'b') },
    ];
    await writeArchive(archive, join(folder, 'unfinished'), made, files, signal);
    expect(readdirSync(folder).sort()).toEqual(['a', 'b', 'gateway.tar']);
    expect(await read(archive, ({ name }) => join(folder, `read-${name}`))).toEqual(made);
    expect(readFileSync(join(folder, 'read-configuration.yaml'), 'utf8')).toBe('a');
    expect(statSync(join(folder, 'read-configuration.yaml')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, 'read-secret-1.txt'), 'utf8')).toBe('');
    expect(await read(archive)).toEqual(made);
    const again = failureOf(writeArchive(archive, join(folder, 'unfinished'), made, files, signal));
    expect((await again).message).toBe(`${archive} is there already, and nothing is overwritten; name another file`);
    if (process.platform === 'linux') expect(openFiles().filter((one) => one.startsWith(folder))).toEqual([]);
  });

  it('that cannot be written says why', async () => {
    const folder = await temporaryFolder();
    const files = [{ entry: file(), path: join(folder, 'none') }];
    const none = writeArchive(join(folder, 'x.tar'), join(folder, 'unfinished'), manifestOf(file()), files, signal);
    await expect(none).rejects.toMatchObject({ code: 'ENOENT', path: join(folder, 'none') });
    const nowhere = writeArchive(join(folder, 'x.tar'), join(folder, 'no/unfinished'), manifestOf(), [], signal);
    await expect(nowhere).rejects.toMatchObject({ code: 'ENOENT', path: join(folder, 'no/unfinished') });
    const ended = writeArchive(join(folder, 'x.tar'), join(folder, 'y'), manifestOf(), [], AbortSignal.abort());
    await expect(ended).rejects.toMatchObject({ name: 'AbortError' });
    expect(existsSync(join(folder, 'y'))).toBe(false);
  });

  it('gets its name, or says why not', async () => {
    const folder = await temporaryFolder();
    const [from, to] = [join(folder, 'from'), join(folder, 'to')];
    await expect(putInPlace(from, to)).rejects.toMatchObject({ code: 'ENOENT' });
    // To a folder there are no hard links.
    mkdirSync(from);
    await putInPlace(from, to);
    expect(readdirSync(folder)).toEqual(['to']);
    mkdirSync(from);
    expect(await wordsOf(putInPlace(from, to))).toBe(
      `${to} is there already, and nothing is overwritten; name another file`,
    );
  });

  const ok = JSON.stringify(manifestOf(file()));
  const content = ['configuration.yaml', 'a'] as const;
  const long = `${'n'.repeat(99)}/${'o'.repeat(99)}`;
  it.each<[string, readonly (readonly [string, string])[], string]>([
    ['with another first file', [['other.json', ok], content], NO_BACKUP],
    ['with nothing in it', [], NO_BACKUP],
    ['whose manifest is no JSON', [['manifest.json', '{']], NO_BACKUP],
    [
      'whose manifest is too large',
      [['manifest.json', ok.padEnd(LARGEST_MANIFEST_BYTES + 1)]],
      `its manifest is too large; ${CHANGED}`,
    ],
    [
      'with a file that it does not name',
      [
        ['manifest.json', ok],
        ['more.txt', 'a'],
      ],
      `it holds "more.txt", which its manifest does not name so; ${CHANGED}`,
    ],
    [
      'with a long name',
      [
        ['manifest.json', ok],
        [long, 'a'],
      ],
      `it holds "${long.slice(0, 100)}", which its manifest does not name so; ${CHANGED}`,
    ],
    ['without a file that it names', [['manifest.json', ok]], `configuration.yaml is missing from it; ${CHANGED}`],
    [
      'with another content',
      [
        ['manifest.json', ok],
        ['configuration.yaml', 'b'],
      ],
      `configuration.yaml in it is damaged; ${CHANGED}`,
    ],
  ])('%s is refused', async (_what, entries, words) => {
    expect(await wordsOf(read(await archiveOf(...entries)))).toBe(words);
  });

  it('may have a manifest that is as large as is read', async () => {
    const archive = await archiveOf(['manifest.json', ok.padEnd(LARGEST_MANIFEST_BYTES)], content);
    expect(await read(archive)).toEqual(manifestOf(file()));
  });

  it('that is cut off, or not there, is told in words or by the system', async () => {
    const archive = await archiveOf(['manifest.json', ok], content);
    const bytes = readFileSync(archive);
    writeFileSync(`${archive}-2`, bytes.subarray(0, 700));
    expect(await wordsOf(read(`${archive}-2`))).toBe(`it cannot be read: Unexpected end of data; ${CHANGED}`);
    await expect(read(`${archive}-none`)).rejects.toMatchObject({ code: 'ENOENT' });
    const target = join(dirname(archive), 'there');
    writeFileSync(target, '');
    await expect(read(archive, () => target)).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(readArchive(archive, () => undefined, AbortSignal.abort())).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(await fileDigest(archive, signal)).toEqual({
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
  });
});

describe('a manifest', () => {
  it('names each file once, and several secrets', () => {
    const secrets = [1, 2].map((n) => file({ kind: 'secret', name: archivedName('secret', n) }));
    const whole = manifestOf(file(), file({ kind: 'store' }), ...secrets);
    expect(readManifest(JSON.stringify(whole))).toEqual(whole);
    expect(whole.files.map(({ name }) => name)).toEqual([
      'configuration.yaml',
      'store.db',
      'secret-1.txt',
      'secret-2.txt',
    ]);
    for (const twice of [
      [file({ kind: 'secret', name: 'secret-1.txt' }), file({ kind: 'secret', name: 'secret-1.txt' })],
      [file({ kind: 'store' }), file({ kind: 'store', name: 'other.db' })],
    ]) {
      expect(() => readManifest(JSON.stringify(manifestOf(...twice)))).toThrow(
        'its manifest names a file twice; it was changed since it was made',
      );
    }
  });

  it.each([
    ['{}', NO_BACKUP],
    ['null', NO_BACKUP],
    [JSON.stringify({ ...manifestOf(), version: '2' }), NO_BACKUP],
    [
      JSON.stringify({ ...manifestOf(), version: 2 }),
      'it was made by a newer gateway (its format is 2, this one knows 1); restore it with that gateway',
    ],
  ])('%s is refused', (text, words) => {
    expect(() => readManifest(text)).toThrow(words);
  });
});

describe('the places of a restore', () => {
  const store = (place: string) => file({ kind: 'store', place });
  const audit = (place: string) => file({ kind: 'audit', place });
  it.each([
    ['as they lay', ['/var/gw/gateway.db', '/var/log/audit.db'], ['gw/gateway.db', 'log/audit.db']],
    ['beside each other', ['/var/gw/gateway.db', '/var/gw/audit.db'], ['gateway.db', 'audit.db']],
    ['below the folder of one', ['/var/gw/gateway.db', '/var/gw/log/audit.db'], ['gateway.db', 'log/audit.db']],
    [
      'beside a folder whose name begins so',
      ['/var/gw/gateway.db', '/var/gw2/audit.db'],
      ['gw/gateway.db', 'gw2/audit.db'],
    ],
    ['from the root', ['/gateway.db', '/var/audit.db'], ['gateway.db', 'var/audit.db']],
    ['of other folders of the root', ['/srv/gateway.db', '/var/audit.db'], ['srv/gateway.db', 'var/audit.db']],
    ['by their names where they were at one place', ['/var/a.db', '/var/a.db'], ['store.db', 'audit.db']],
    ['by their names of another system', ['C:\\gw\\a.db', '/var/a.db'], ['store.db', 'audit.db']],
    ['with a name as long as is taken', [`/var/${'n'.repeat(200)}`, '/var/b'], ['n'.repeat(200), 'b']],
    ['by their names where one is longer', [`/var/${'n'.repeat(201)}`, '/var/b'], ['store.db', 'audit.db']],
    ['by their names where a folder is longer', [`/var/${'n'.repeat(201)}/a`, '/var/b'], ['store.db', 'audit.db']],
    ['by their names where bytes are more', [`/var/${'ü'.repeat(101)}`, '/var/b'], ['store.db', 'audit.db']],
    ['by their names where one has a sign', ['/var/a\tb', '/var/b'], ['store.db', 'audit.db']],
    ['by their names where one is a folder of another', ['/var/a', '/var/a/b/c'], ['store.db', 'audit.db']],
  ])('are %s', (_how, [first = '', second = ''], wanted) => {
    const { placed, left } = placesInFolder('/nowhere/new', manifestOf(store(first), audit(second)));
    expect(placed.map(({ place }) => place)).toEqual(wanted.map((name) => `/nowhere/new/${name}`));
    expect(left).toEqual([]);
  });

  it('leave out an index of another version only, and need a folder', async () => {
    const { version } = DATABASES.index.mark;
    const index = (schema: number) => manifestOf(store('/a/s'), file({ kind: 'index', place: '/a/i', schema }));
    const placesOf = (schema: number) => placesInFolder('/nowhere/new', index(schema));
    expect(placesOf(version)).toMatchObject({
      placed: [{ place: '/nowhere/new/s' }, { place: '/nowhere/new/i' }],
      left: [],
    });
    const left = ['the index, which is of another version: the next runs make it anew'];
    expect(placesOf(version + 1)).toMatchObject({ placed: [{ place: '/nowhere/new/s' }], left });
    const folder = await temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    expect(() => placesInFolder(join(folder, 'file'), index(version))).toThrow(
      /the folder .*file cannot be used: ENOTDIR/,
    );
    expect(() => placesInFolder(folder, index(version))).toThrow(
      `the folder ${folder} is not empty; name one that is, or that is not there yet, with --to`,
    );
  });

  it('here are those of the configuration, which stays', async () => {
    const configuration = join(await temporaryFolder(), 'gateway.yaml');
    writeFileSync(configuration, 'a');
    const databases = { store: '/srv/store.db', audit: undefined, index: '/srv/index.db' };
    const here = { configuration, databases, secrets: [] };
    const secret = file({ kind: 'secret', name: 'secret-1.txt', place: '/etc/token' });
    const index = file({ kind: 'index', schema: DATABASES.index.mark.version });
    const made = manifestOf(file(), secret, store('/var/s'), audit('/var/a'), index);
    const left = ['/etc/token, a secret; --to=FOLDER brings it back', 'the audit: the configuration has none'];
    const { placed, left: others } = await placesHere(here, made, 'T');
    expect(placed.map(({ place }) => place)).toEqual(['/srv/store.db', '/srv/index.db']);
    expect(others).toEqual(left);
    writeFileSync(configuration, 'b');
    expect((await placesHere(here, made, 'T')).placed.map(({ place }) => place)).toEqual([
      ...[`${configuration}.from-backup-T`, '/srv/store.db', '/srv/index.db'],
    ]);
  });
});

describe('a copy of a database', () => {
  it('is checked, belongs to its owner, and says what is wrong with what it copies', async () => {
    const folder = await temporaryFolder();
    const store = join(folder, 'gateway.db');
    await (await openLedger(store)).close();
    const target = join(folder, "it's a copy");
    const copy = (from: string, kind: 'store' | 'index' = 'store') =>
      copyDatabase(kind, from, `${target}-${kind}`, signal);
    expect(await copyDatabase('store', store, target, signal)).toMatchObject(DATABASES.store.mark);
    expect(statSync(target).mode & 0o777).toBe(0o600);
    expect(await wordsOf(copy(store, 'index'))).toBe(`the index ${store} is a database of another program`);
    mkdirSync(join(folder, 'folder'));
    expect(await wordsOf(copy(join(folder, 'folder')))).toBe(
      `the store ${join(folder, 'folder')} is a folder; name a file in store.file`,
    );
    makePipe(join(folder, 'pipe'));
    expect(await wordsOf(copy(join(folder, 'pipe'), 'index'))).toBe(
      `the index ${join(folder, 'pipe')} is no file but a pipe, a socket or a device; name a file in store.index`,
    );
    writeFileSync(join(folder, 'text'), 'x'.repeat(5_000));
    const text = await failureOf(copy(join(folder, 'text')));
    expect(text).toMatchObject({ name: 'UserError', kind: 'unusable' });
    expect(text.message).toMatch(
      /^the store .*text cannot be used: .*not a database; that is no database of the gateway; name another file in store\.file$/,
    );
    const checked = await failureOf(checkDatabase('store', join(folder, 'text'), 'the store in it', signal));
    expect(checked).toMatchObject({
      kind: 'unusable',
      message: expect.stringMatching(/^the store in it is damaged: .*not a database/),
    });
    const ended = AbortSignal.abort(new Error('stopped'));
    expect(await wordsOf(checkDatabase('store', store, 'x', ended))).toBe('stopped');
    expect(await wordsOf(copyDatabase('store', store, `${target}-3`, ended))).toBe('stopped');
  });
});

it('a backup says which step it is at, and what it cannot read or write', async () => {
  const folder = await temporaryFolder();
  const store = join(folder, 'gateway.db');
  await (await openLedger(store)).close();
  const [configuration, secret] = [join(folder, 'gateway.yaml'), join(folder, 'token')];
  writeFileSync(configuration, 'a');
  writeFileSync(secret, 'b');
  chmodSync(secret, 0o440);
  const steps: (readonly (string | undefined)[])[] = [];
  const archive = join(folder, 'x.tar');
  const databases = { store, audit: undefined, index: join(folder, 'none.db') };
  const order = {
    ...{ archive, withSecrets: true, gateway: '1', signal },
    files: { databases, configuration, secrets: [secret] },
    progress: (...step: readonly (string | undefined)[]) => void steps.push(step),
  };
  const made = await makeBackup(order);
  expect(steps).toEqual([
    [`copying the store ${store}`, expect.stringMatching(/-backup-[^/]+\/store\.db$/)],
    ['writing the archive', expect.stringMatching(/-backup-[^/]+\/archive$/)],
  ]);
  expect(made.files).toEqual([
    expect.objectContaining({ kind: 'store', place: store, mode: 0o600, schema: DATABASES.store.mark.version }),
    expect.objectContaining({ kind: 'configuration', place: configuration, bytes: 1, sha256: sha256('a') }),
    expect.objectContaining({ kind: 'secret', name: 'secret-1.txt', place: secret, mode: 0o440, sha256: sha256('b') }),
  ]);
  expect(await read(archive)).toEqual(made);
  const nowhere = await wordsOf(makeBackup({ ...order, archive: join(folder, 'no/x.tar') }));
  expect(nowhere).toMatch(/^the backup .*x\.tar cannot be written: ENOENT.*; name a file in a folder that can$/);
  const files = { ...order.files, secrets: [folder] };
  expect(await wordsOf(makeBackup({ ...order, archive: `${archive}-2`, files }))).toMatch(`${folder} cannot be read: `);
});
