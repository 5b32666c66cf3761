import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import Database from 'libsql';
import { beforeEach, describe, expect, it } from 'vitest';
import { runLiveLookup } from '../../src/cli/livelookup.ts';
import { runGateway } from '../../src/cli/main.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import type { SourceRecord } from '../../src/contract/index.ts';
import { openIndexFile } from '../../src/store/index-file/file.ts';
import { fillIndex } from '../support/fill-index.ts';
import { temporaryFolder } from '../support/temp.ts';
import { runCommand } from '../support/terminal.ts';
import { readLookup } from '../support/xml.ts';

const PASSWORD = 'Pa55-of-the-crm';
const PEOPLE: readonly SourceRecord[] = [
  { id: '1', name: 'Max Müller', email: 'max@example.com', phone: '+49 30 12345', note: 'likes\u001b[31m red' },
  { id: '2', name: 'Anna Schmidt', email: 'anna@example.com', phone: '+49 30 99999', note: 'none' },
  { id: '3', name: 'Max Müller', email: 'other@example.com', phone: '089 4567890', note: `knows ${PASSWORD}` },
];
let folder = '';

beforeEach(async () => {
  folder = await temporaryFolder();
  await writeFile(join(folder, 'people.csv'), 'id\n1\n');
  await writeFile(
    join(folder, 'gateway.yaml'),
    `sources:
  crm: { adapter: csv, file: people.csv, index: { use: always, fields: [note] } }
  shop: { adapter: csv, file: people.csv, index: {} }
  plain: { adapter: csv, file: people.csv }
  mail: { adapter: email, host: mail.example.com, from: a@example.com, to: b@example.com, user: u, password: ${PASSWORD} }
lookups: { default: { sources: [crm, shop], match: [email, phone, name], mergeBy: email, fields: { mail: email, tel: phone } } }
store: { index: index.db }
`,
  );
});

const file = () => join(folder, 'index.db');
const run = (...args: readonly string[]) =>
  runCommand(runGateway, ['index', `--config=${folder}/gateway.yaml`, ...args]);
const runAsking = (ask: Terminal['ask'], ...args: readonly string[]) =>
  runCommand(runGateway, ['index', `--config=${folder}/gateway.yaml`, ...args], {}, ask);

const follow = (source: string, records = PEOPLE, end = true) =>
  fillIndex(join(folder, 'gateway.yaml'), source, records, end);

/** Of a table, with the times left out. */
const lines = (text: string) =>
  text
    .replaceAll(/\d\d:\d\d, \d+ seconds? ago|\d\d:\d\d, a moment ago|\d\d:\d\d, just now/g, 'NOW')
    .replaceAll(/\b\d\d:\d\d\b/g, 'TIME')
    .replaceAll(/ {2,}/g, '  ')
    .trimEnd()
    .split('\n');

describe('helpspot-gateway index', () => {
  it('says what there is before any gateway has followed, and makes no file to say so', async () => {
    const { status, stdout } = await run();
    expect(status).toBe(0);
    expect(lines(stdout)).toEqual([
      'SOURCE  USE  RECORDS  DATA FROM  LAST FULL RUN  STATE',
      'crm  always  0  never  never  waiting: a gateway that serves begins it, and says in its log why it cannot',
      'shop  when-down  0  never  never  waiting: a gateway that serves begins it, and says in its log why it cannot',
    ]);
    expect((await run('find', 'max@example.com')).stdout).toBe('Nobody was found in the index\n');
    expect((await run('empty', 'crm')).stdout).toMatch(/^There is nothing of crm in the index yet/);
    expect((await run('show', 'crm')).stdout).toContain('(not there yet)');
    expect(existsSync(file())).toBe(false);
  });

  it('says of a file that cannot be used why, and what to do', async () => {
    const configuration = await readFile(join(folder, 'gateway.yaml'), 'utf8');
    const faults: readonly (readonly [name: string, make: () => unknown, words: string])[] = [
      ['a-folder', () => mkdir(join(folder, 'a-folder')), 'is a folder; name a file in store.index'],
      ['/proc/none/index.db', () => undefined, 'cannot be made in /proc/none: '],
      [
        'text.db',
        () => writeFile(join(folder, 'text.db'), 'no database'.repeat(1_000)),
        'is damaged; a gateway that serves makes it anew',
      ],
      [
        'other.db',
        () => new Database(join(folder, 'other.db')).exec('CREATE TABLE orders (id)'),
        'is a database of something else; name another',
      ],
      [
        'old.db',
        () => openIndexFile(join(folder, 'old.db')).then((made) => made.exec('PRAGMA user_version = 1')),
        'comes from an older version of the gateway; a gateway',
      ],
    ];
    for (const [name, make, words] of faults) {
      await make();
      await writeFile(join(folder, 'gateway.yaml'), configuration.replace('index: index.db', `index: ${name}`));
      const path = resolve(folder, name);
      const listed = await run();
      expect(listed.status, name).toBe(1);
      expect(listed.stdout).toContain(`\nThe index ${path} ${words}`);
      expect(listed.stdout).toContain('unusable: see below');
      expect(listed.stdout).not.toContain('no gateway serves it');
      expect((await run('show', 'crm')).stdout).toContain(`the file ${words}`);
      expect(JSON.parse((await run('--json')).stdout)[0]).toMatchObject({
        state: 'unusable',
        problem: expect.stringContaining(words),
      });
      for (const word of ['find', 'delete']) {
        expect(await run(word, 'max@example.com')).toMatchObject({
          status: 1,
          stderr: expect.stringContaining(`${path} ${words}`),
        });
      }
    }
  });

  it('lists who follows, who failed and why, what runs and what asks', async () => {
    await follow('crm');
    const shop = await follow('shop', PEOPLE, false);
    expect(lines((await run()).stdout).slice(1)).toEqual([
      expect.stringMatching(/^crm {2}always {2}3 {2}NOW {2}NOW {2}following$/),
      'shop  when-down  3  never  never  running since TIME',
    ]);
    await shop.release();
    expect((await run()).stdout).toMatch(/interrupted; began \d\d:\d\d, and goes on when a gateway serves/);
    await (await follow('shop', PEOPLE, false)).keep(`refused ${PASSWORD}\u001b[31m`);
    const { stdout } = await run();
    expect(stdout).toMatch(/failed, and is tried again: refused [^P]+/);
    expect(stdout).not.toContain(PASSWORD);
    expect(stdout).not.toContain('\u001b');
    const json: unknown = JSON.parse((await run('--json')).stdout);
    expect(json).toMatchObject([
      { source: 'crm', use: 'always', records: 3, held: 0, state: 'following', dataFrom: expect.stringMatching(/Z$/) },
      { source: 'shop', state: 'failed', run: { full: true, read: 3, changed: 0 } },
    ]);
  });

  it('shows what is kept, how it is searched and how far a run is', async () => {
    await follow('crm');
    await follow('crm', PEOPLE.slice(0, 2), false);
    const { stdout } = await run('show', 'crm');
    expect(stdout).toMatch(/^run: +everything, began .*; 2 read, 0 of them new or changed$/m);
    expect(stdout).toMatch(/^fields: .*\bemail, .*note, phone/m);
    expect(stdout).toMatch(/email \(exact\)/);
    expect(stdout).toMatch(/^file: .*index\.db \(\d+ KB, of all sources\)$/m);
    expect(JSON.parse((await run('show', 'crm', '--json')).stdout)).toMatchObject({
      searched: { email: ['exact'] },
      fileBytes: expect.any(Number),
    });
    expect((await run('show', 'crn')).stderr).toBe('there is no source "crn"; did you mean "crm"?\n');
    expect((await run('show', 'plain')).stderr).toMatch(/^source plain has no index; write sources\.plain\.index/);
  });

  it('holds back what would be too much until it is accepted', async () => {
    const many = Array.from({ length: 40 }, (_, id) => ({ id: String(id), name: `Name ${id}` }));
    await follow('crm', many);
    await follow('crm', many.slice(0, 3));
    expect((await run()).stdout).toContain('asks before it removes 37: helpspot-gateway index accept crm; following');
    expect((await run('accept', 'shop')).stdout).toMatch(/^There is nothing of shop/);
    expect((await run('accept', 'crm')).stdout).toMatch(/may remove .* \(37 records the last time\)/);
    await follow('crm', many.slice(0, 3));
    expect(JSON.parse((await run('--json')).stdout)).toMatchObject([{ records: 3, held: 0 }, {}]);
    expect((await run('accept', 'crm')).stdout).toBe('The index of crm does not ask for anything\n');
  });

  it('empties and rebuilds', async () => {
    await follow('crm');
    await follow('shop');
    expect((await run('rebuild', 'crm')).stdout).toMatch(/^Everything of crm is read again, and what is there answers/);
    expect(JSON.parse((await run('--json')).stdout)).toMatchObject([{ records: 3, dataFrom: expect.anything() }, {}]);
    expect((await run('--json')).stdout.match(/lastFullRun/g)).toHaveLength(1);
    expect(await run('empty', 'crm')).toMatchObject({ status: 1, stderr: expect.stringContaining('add --yes') });
    expect((await runAsking(async () => 'n', 'empty', 'crm')).stdout).toBe('Nothing was changed\n');
    expect((await run('empty', 'crm', '--yes')).status).toBe(0);
    expect(JSON.parse((await run('--json')).stdout)).toMatchObject([{ records: 0 }, { records: 3 }]);
  });
});

describe('bin/livelookup', () => {
  it('searches an index that always answers', async () => {
    await follow('crm');
    const { stdout } = await runCommand(runLiveLookup, [`--config=${folder}/gateway.yaml`, '--phone=030/12345']);
    expect(readLookup(stdout).customers).toMatchObject([{ mail: 'max@example.com' }]);
  });
});

describe('index find and delete', () => {
  it('finds a person as people write, by a field or anywhere, in one source or in all', async () => {
    await follow('crm');
    await follow('shop', PEOPLE.slice(0, 1));
    const ids = async (...args: readonly string[]) => {
      const found: unknown = JSON.parse((await run('find', '--json', ...args)).stdout);
      return Array.isArray(found) ? found.map(({ source, record }) => `${source} ${record.email}`) : undefined;
    };
    expect(await ids('phone=030 123-45')).toEqual(['crm max@example.com', 'shop max@example.com']);
    expect(await ids('crm', 'MAX@example.com')).toEqual(['crm max@example.com']);
    expect(await ids('mueller')).toHaveLength(3);
    expect(await ids('crm', 'name=Max Mueller', 'email=other@example.com')).toEqual(['crm other@example.com']);
    // Kept, and searched by no lookup.
    expect(await ids('crm', 'note=NONE')).toEqual(['crm anna@example.com']);
    const { stdout } = await run('find', 'crm', 'name=max müller');
    expect(stdout).toMatch(/^crm \(from \d\d:\d\d, .*\):\n\n/);
    expect(stdout).toMatch(/^name: +Max Müller$/m);
    expect(stdout).not.toContain('\u001b');
    expect(stdout).not.toContain(PASSWORD);
    expect((await run('find', 'crm', 'example.com', '--limit=1')).stderr).toMatch(/only the first 1 are shown/);
  });

  it('deletes after a question, also out of the file', async () => {
    await follow('crm');
    await follow('shop');
    let asked = '';
    const ask = async (question: string) => {
      asked = question;
      return undefined;
    };
    const no = await runAsking(ask, 'delete', 'email=max@example.com');
    expect(no).toMatchObject({ status: 1, stdout: 'Nothing was changed\n' });
    expect(asked).toMatch(/^Delete 2 records \(crm: 1, shop: 1\) from the index\? .* comes back with a later run/);
    expect((await run('delete', 'email=max@example.com')).stderr).toMatch(/^nothing was changed: 2 records/);
    const onDisk = () => ['', '-wal'].map((ending) => read(file() + ending)).join('');
    expect(onDisk()).toContain('max@example.com');
    expect((await run('delete', 'crm', 'max@example.com', '--yes')).stdout).toMatch(/^1 record deleted/);
    expect(onDisk()).toContain('max@example.com');
    expect((await run('delete', 'shop', 'max@example.com', '--yes')).stdout).toMatch(/^1 record deleted/);
    expect(onDisk()).not.toContain('max@example.com');
    expect(onDisk()).toContain('anna@example.com');
    expect((await run('find', 'max@example.com')).stdout).toBe('Nobody was found in the index\n');
    expect((await run('find', 'name=max mueller')).stdout).toContain('other@example.com');
    expect((await run('delete', 'max@example.com', '--yes')).stdout).toMatch(/nothing was changed/);
    expect(JSON.parse((await run('--json')).stdout)).toMatchObject([{ records: 2 }, { records: 2 }]);
  });

  it('deletes what is searched, too, also where many others stay', async () => {
    const others = Array.from({ length: 500 }, (_, id) => ({
      id: `k${id}`,
      name: `Name ${id}`,
      email: `${id}@x.example`,
    }));
    await follow('crm', [...others, { id: 'one', name: 'Zzyxqw Person', email: 'zzyxqw@x.example' }]);
    const onDisk = () => ['', '-wal'].map((ending) => read(file() + ending).toLowerCase()).join('');
    expect(onDisk().split('zzyxqw').length).toBeGreaterThan(3);
    // A part of a value: nobody looks at whom else it means.
    expect((await run('delete', 'zzyxqw', '--yes')).stdout).toMatch(/with --yes a text must be the whole of a value$/m);
    expect((await runAsking(async () => 'y', 'delete', 'zzyxqw')).stdout).toMatch(/^1 record deleted/m);
    expect(onDisk().split('zzyxqw')).toHaveLength(1);
    expect((await run('find', 'email=7@x.example', '--json')).stdout).toContain('Name 7');
  });

  it('deletes nobody where more are meant than a person has', async () => {
    await follow(
      'crm',
      Array.from({ length: 1_001 }, (_, id) => ({ id: String(id), name: `Max ${id}` })),
    );
    expect(await runAsking(async () => 'y', 'delete', 'max')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^nothing was changed: more than 1000 records are meant/),
    });
    expect(JSON.parse((await run('--json')).stdout)).toMatchObject([{ records: 1_001 }, {}]);
  });

  it('says what is wrong with a call', async () => {
    await follow('crm');
    for (const [args, words] of [
      [['find'], 'index find needs whom'],
      [['find', 'crm'], 'say whom in crm'],
      [['find', 'cmr', 'max'], 'there is no source "cmr" with an index; did you mean "crm"?'],
      [['find', 'emial=max@example.com'], 'the index has no field "emial"; did you mean "email"?'],
      [['find', 'max', 'x=y'], 'there is no source "max"'],
      [['find', 'crm', 'max', 'mueller'], 'write one text (in quotes where it has blanks)'],
      [['find', 'email='], 'what is looked for is empty'],
      [['find', 'x'.repeat(1_001)], 'longer than 1000 characters'],
      [['show'], 'index show needs a source'],
      [['empty', 'crm', 'shop'], 'index empty takes no argument "shop"'],
      [['list', '--yes'], 'index list has no option "--yes"; index empty has'],
      [['fnd', 'x'], 'no "index fnd"; write list, show'],
      [['find', 'x', '--limit=0'], '--limit must be a number'],
    ] as const) {
      const { status, stderr } = await run(...args);
      expect(stderr, args.join(' ')).toContain(words);
      expect(status).toBeGreaterThan(0);
    }
  });
});

function read(path: string): string {
  return existsSync(path) ? readFileSync(path, 'latin1') : '';
}
