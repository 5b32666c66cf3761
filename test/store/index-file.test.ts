/** The file of the index: what it finds is what a comparison of every record finds. */
import { chmodSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Criterion, type FindQuery, meets, oneOf, type SourceRecord } from '../../src/contract/index.ts';
import type { IndexShape, SearchedField } from '../../src/gateway/sources/customer-index.ts';
import { packedBatch } from '../../src/store/index-file/packed.ts';
import { IndexReader } from '../../src/store/index-file/reading.ts';
import {
  beginRun,
  changeIndex,
  claimIndex,
  endRun,
  keepIndex,
  removeOthers,
  removeRecords,
  tidyIndex,
  writeBatches,
} from '../../src/store/index-file/tasks.ts';
import { noDisk, smallDisk } from '../support/full-disk.ts';
import { context } from '../support/open-source.ts';
import { temporaryFolder } from '../support/temp.ts';
import { inZone } from '../support/zone.ts';

const MATCHES: SearchedField['matches'] = ['exact', 'prefix', 'contains'];
const FIELDS: readonly SearchedField[] = ['id', 'name', 'email', 'phone', 'note', 'since', 'active', 'amount'].map(
  (name) => ({ name, matches: MATCHES }),
);
const SHAPE: IndexShape = { fields: FIELDS, kept: undefined, country: 'DE' };
const INDEX = { index: { shape: SHAPE, updated: undefined }, oldest: undefined };

async function index(records: readonly SourceRecord[] = [], source = 'crm', folder?: string) {
  const file = join(folder ?? (await temporaryFolder()), 'index.db');
  const writer = { file, source, owner: 'me' };
  const reader = new IndexReader(file);
  onTestFinished(() => reader.close());
  const list = async (all: readonly SourceRecord[], since?: string) => {
    await claimIndex({ ...writer, plan: 'one', shape: SHAPE });
    await beginRun({ ...writer, since, anew: false });
    await writeBatches({ ...writer, ...INDEX, batches: [packedBatch({ records: all.map(listed), mark: 'later' })] });
    return await endRun(writer);
  };
  const find = async (query: Partial<FindQuery>) => {
    const state = await reader.state(source);
    if (state === undefined) return undefined;
    // Of so few, all are compared.
    const notice = (sentence: string) => expect.unreachable(sentence);
    const asked = { criteria: [], limit: 100, parameters: {}, ...query };
    const found = await reader.find(state, asked, { ...context(), notice });
    return found?.map(({ record }) => record);
  };
  if (records.length > 0) await list(records);
  return { file, writer, reader, list, find };
}

function listed(record: SourceRecord) {
  return { key: String(record['id']), record };
}

const values = {
  name: fc.oneof(
    fc.constantFrom('Max Müller', 'max mueller', 'O’Brien', "O'BRIEN", 'Straße', 'Łukasz', 'ibn al-Haytham', '李小龍'),
    fc.string({ unit: 'grapheme', maxLength: 12 }),
  ),
  email: fc.constantFrom('max@example.com', 'Max Müller <MAX@example.com>', 'a@münchen.de', 'a@xn--mnchen-3ya.de', 'x'),
  phone: fc.constantFrom('+49 30 12345', '030 123-45', '0049 (0)30 12345 x12', '12345', 'n/a', '1-800-FLOWERS'),
  note: fc.string({ unit: 'grapheme', maxLength: 30 }),
  since: fc.oneof(fc.date({ noInvalidDate: true }), fc.constantFrom('2026-11-26', '2026-11-26T10:00:00Z')),
  active: fc.boolean(),
  amount: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(1, 1.5, 20, '20.0')),
};
const record = fc.record(
  { ...values, note: fc.oneof(values.note, fc.array(values.note, { maxLength: 3 })) },
  { requiredKeys: ['name'] },
);

it('leaves out nothing fresh whose time is without a zone, in a zone that is ahead of the system', async () => {
  inZone('Pacific/Auckland');
  const { writer, find } = await index();
  await claimIndex({ ...writer, plan: 'one', shape: SHAPE });
  await beginRun({ ...writer, since: undefined, anew: false });
  const records = ['2026-11-26 10:00:00', '2026-11-26T09:00:00', '2026-11-24 10:00:00'].map((changed, at) =>
    listed({ id: String(at), changed }),
  );
  const kept = { index: { shape: SHAPE, updated: 'changed' }, oldest: Date.parse('2026-11-26T08:00:00Z') };
  await writeBatches({ ...writer, ...kept, batches: [packedBatch({ records, mark: 'later' })] });
  await endRun(writer);
  expect(await find({})).toHaveLength(2);
});

describe('what the index finds', () => {
  it('is what a comparison of every record finds, whatever the kind, the field and the way to match', async () => {
    const some = fc.record({
      field: fc.constantFrom('name', 'email', 'phone', 'note', 'since', 'active', 'amount'),
      match: fc.constantFrom(...MATCHES),
      cut: fc.nat(4),
      given: fc.option(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { minLength: 1, maxLength: 12 }),
        fc.array(some, { minLength: 8, maxLength: 8 }),
        async (bodies, sought) => {
          const records = bodies.map((body, number): SourceRecord => ({ id: `K${number}`, ...body }));
          const { find } = await index(records);
          for (const [number, { field, match, cut, given }] of sought.entries()) {
            const stored = records[number % records.length]?.[field];
            const one = Array.isArray(stored) ? stored[0] : stored;
            const text = given ?? (one instanceof Date ? one.toISOString() : String(one ?? 'x'));
            const value = text.slice(match === 'contains' ? cut : 0, match === 'exact' ? undefined : cut + 4).trim();
            if (value === '') continue;
            const criterion: Criterion = { field, match, value, country: 'DE' };
            const expected = records.filter((each) => meets(each, criterion)).map(({ id }) => id);
            const found = await find({ criteria: [criterion] });
            expect(
              found?.map(({ id }) => id),
              JSON.stringify(criterion),
            ).toEqual(expected);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('meets groups of words, in the order that is asked, up to the limit', async () => {
    const records = ['Max Müller', 'Anna Müller', 'Max Meier', 'Müller Max'].map((name, number) => ({
      id: `K${number}`,
      name,
      amount: 9 - number,
    }));
    const { find } = await index(records);
    const groups = ['max', 'mueller'].map((value) => [
      { field: 'name', match: 'contains' as const, value },
      { field: 'email', match: 'contains' as const, value },
    ]);
    const expected = records.filter((one) => groups.every((group) => oneOf(group)(one))).map(({ id }) => id);
    expect(expected).toEqual(['K0', 'K3']);
    expect((await find({ groups }))?.map(({ id }) => id)).toEqual(expected);
    expect(
      (await find({ groups, order: [{ field: 'amount', descending: false }], limit: 1 }))?.map(({ id }) => id),
    ).toEqual(['K3']);
    expect(await find({ criteria: [{ field: 'city', match: 'exact', value: 'x' }] })).toBeUndefined();
  });
});

describe('a run', () => {
  it('brings what is new and changed, and removes what is gone at its end only', async () => {
    const { find, list, writer, reader } = await index([
      { id: 'a', name: 'A' },
      { id: 'b', name: 'B' },
    ]);
    await beginRun({ ...writer, since: undefined, anew: false });
    await writeBatches({
      ...writer,
      ...INDEX,
      batches: [packedBatch({ records: [{ id: 'a', name: 'A2' }].map(listed), next: '1' })],
    });
    expect((await find({}))?.map(({ name }) => name)).toEqual(['A2', 'B']);
    const run = { from: '1', read: 1, changed: 1, leftOut: 0, removing: false, isFirst: false };
    expect(await reader.state('crm')).toMatchObject({ records: 2, run });
    // The process dies; another begins where it was.
    const again = await beginRun({ ...writer, since: undefined, anew: false });
    expect(again).toMatchObject({ from: '1' });
    await endRun(writer);
    expect((await find({}))?.map(({ name }) => name)).toEqual(['A2']);
    await list([{ id: 'c', name: 'C' }], 'later');
    expect((await find({}))?.map(({ name }) => name)).toEqual(['A2', 'C']);
    expect(await reader.state('crm')).toMatchObject({ records: 2, run: undefined, mark: 'later' });
    expect(await find({ criteria: [{ field: 'name', match: 'exact', value: 'A' }] })).toEqual([]);
  });

  it('that would remove more than a fifth asks first', async () => {
    const many = Array.from({ length: 60 }, (_, number) => ({ id: `K${number}`, name: `N${number}` }));
    const { list, find, file, reader } = await index(many);
    expect(await list(many.slice(0, 40))).toMatchObject({ held: 20 });
    expect(await find({})).toHaveLength(60);
    expect(await reader.state('crm')).toMatchObject({ held: 20, records: 60 });
    await list(many.slice(0, 40));
    expect(await find({})).toHaveLength(60);
    expect(await changeIndex({ file, source: 'crm', change: 'accept' })).toBe(true);
    expect(await list(many.slice(0, 40))).toMatchObject({ held: 0 });
    expect(await find({})).toHaveLength(40);
    expect(await list(many.slice(0, 20))).toMatchObject({ held: 20 });
    expect(await list(many.slice(0, 35))).toMatchObject({ held: 0 });
    expect(await find({})).toHaveLength(35);
  });

  it('of a process that was taken over writes nothing more', async () => {
    const { writer, list, find } = await index([{ id: 'a', name: 'A' }]);
    const other = { ...writer, owner: 'other' };
    expect(await claimIndex({ ...other, plan: 'two', shape: SHAPE })).toBeUndefined();
    await list([{ id: 'a', name: 'A' }]);
    await beginRun({ ...writer, since: undefined, anew: false });
    await changeIndex({ file: writer.file, source: 'crm', change: 'rebuild' });
    const batches = [packedBatch({ records: [listed({ id: 'b', name: 'B' })] })];
    expect(await writeBatches({ ...writer, ...INDEX, batches })).toBeUndefined();
    expect(await writeBatches({ ...other, ...INDEX, batches })).toBeUndefined();
    expect(await keepIndex(other)).toBeUndefined();
    expect(await find({})).toHaveLength(1);
  });
});

describe('a first run', () => {
  it('has of each key the last record, however often and wherever it comes, also in one transaction', async () => {
    const { writer, find, reader } = await index();
    await claimIndex({ ...writer, plan: 'one', shape: SHAPE });
    await beginRun({ ...writer, since: undefined, anew: true });
    const many = Array.from({ length: 120 }, (_, number) => ({ id: `K${number}`, name: `Old${number}` }));
    const batches = [many, [{ id: 'K118', name: 'New118' }], [{ id: 'K118', name: 'Last118' }, many[8] ?? {}]];
    const packed = [
      ...batches.map((records, at) => packedBatch({ records: records.map(listed), next: `${at}` })),
      packedBatch({ records: [listed({ id: 'K120', name: 'Gone120' })] }),
      packedBatch({ records: [], removed: ['K120', 'K117'] }),
    ];
    expect(await writeBatches({ ...writer, ...INDEX, batches: packed })).toEqual({ changed: 125 });
    const removing = [
      packedBatch({ records: [], removed: ['K8'] }),
      packedBatch({ records: [listed({ id: 'K8', name: 'Back8' }), listed({ id: 'K119', note: 'x' })] }),
    ];
    await writeBatches({ ...writer, ...INDEX, batches: removing });
    expect(await endRun(writer)).toMatchObject({ isEnded: true, removed: 0 });
    expect(await reader.state('crm')).toMatchObject({ records: 119 });
    const named = async (value: string) => {
      const found = await find({ criteria: [{ field: 'name', match: 'exact', value }] });
      return found?.map(({ id }) => id);
    };
    expect(await Promise.all(['Last118', 'Back8', 'Old9'].map(named))).toEqual([['K118'], ['K8'], ['K9']]);
    expect(await Promise.all(['Old118', 'New118', 'Old8', 'Old119', 'Old117', 'Gone120'].map(named))).toEqual(
      Array(6).fill([]),
    );
    expect(await find({ limit: 1_000 })).toHaveLength(119);
    expect((await find({ criteria: [{ field: 'note', match: 'exact', value: 'x' }] }))?.[0]).toEqual({
      id: 'K119',
      note: 'x',
    });
  });

  it('goes on as one after a crash, and one that begins anew removes what it does not see', async () => {
    const { writer, find } = await index();
    const write = (id: string) =>
      writeBatches({ ...writer, ...INDEX, batches: [packedBatch({ records: [listed({ id })], next: id })] });
    await claimIndex({ ...writer, plan: 'one', shape: SHAPE });
    await beginRun({ ...writer, since: undefined, anew: true });
    await write('a');
    expect(await beginRun({ ...writer, since: undefined, anew: false })).toMatchObject({ from: 'a' });
    await write('b');
    expect(await endRun(writer)).toMatchObject({ removed: 0 });
    expect((await find({}))?.map(({ id }) => id)).toEqual(['a', 'b']);
    await changeIndex({ file: writer.file, source: 'crm', change: 'empty' });
    await claimIndex({ ...writer, plan: 'one', shape: SHAPE });
    await beginRun({ ...writer, since: undefined, anew: true });
    await write('a');
    await beginRun({ ...writer, since: undefined, anew: true });
    await write('c');
    expect(await endRun(writer)).toMatchObject({ removed: 1 });
    expect((await find({}))?.map(({ id }) => id)).toEqual(['c']);
  });
});

describe('what is unusual', () => {
  it('keeps every sign of a key and of a word apart, or compares', async () => {
    const signs = [
      'a',
      'a ',
      'a\0',
      "a'",
      'a"',
      'a_',
      'a~',
      'a~~',
      '~a',
      '\\a',
      'a`b',
      'a b',
      'a_b',
      '[a]',
      'é',
      'x😀y',
    ];
    const records = signs.map((sign, number) => ({ id: `K${number}`, note: `<${number}>${sign}`, name: sign }));
    const { find } = await index(records);
    for (const { id, name } of records) {
      for (const match of MATCHES) {
        const criterion: Criterion = { field: 'name', match, value: name };
        const expected = records.filter((each) => meets(each, criterion)).map((each) => each.id);
        const found = (await find({ criteria: [criterion] }))?.map((each) => each['id']);
        expect(found, `${id} ${match} ${JSON.stringify(name)}`).toEqual(expected);
      }
    }
  });

  it('has records with other fields in every order, also those that every object has', async () => {
    const own = Object.fromEntries([
      ['__proto__', 'p'],
      ['id', 'b'],
    ]);
    const { find } = await index([
      { id: 'a', name: 'A', note: ['x', 'y'] },
      own,
      { name: 'C', id: 'c', since: new Date(0), link: { href: 'https://x.example', text: 'X' } },
      { id: 'd', name: 'A', constructor: 'k' },
    ]);
    expect(await find({})).toEqual([
      { id: 'a', name: 'A', note: ['x', 'y'] },
      own,
      { id: 'c', name: 'C', since: new Date(0), link: { href: 'https://x.example', text: 'X' } },
      { id: 'd', name: 'A', constructor: 'k' },
    ]);
  });

  it('is found behind thousands of characters, too', async () => {
    const { find } = await index([
      { id: 'a', note: `${'x'.repeat(5_000)} needle` },
      { id: 'b', note: 'hay' },
      { id: 'c', note: `${'y'.repeat(5_000)}` },
    ]);
    for (const value of ['needle', 'le']) {
      expect((await find({ criteria: [{ field: 'note', match: 'contains', value }] }))?.map(({ id }) => id)).toEqual([
        'a',
      ]);
    }
  });

  it('comes back as it was: what no system should hold, too', async () => {
    const records: readonly SourceRecord[] = [
      { id: '', name: 'of no id', note: 'a\0b' },
      { id: '0', name: 'nought', amount: 0, active: false, since: new Date(0) },
      { id: 'K1', name: 'one', note: '\ud800 alone', amount: -1.5e300 },
      { id: 'k1', name: 'other case', note: '\u202egnirts \ufffe', amount: Number.MAX_SAFE_INTEGER },
      { id: ' K1', name: 'a blank before', note: Array.from({ length: 1_000 }, (_, at) => `value ${at}`) },
      { id: '__proto__', name: 'constructor', note: { href: 'https://example.com/?a=1&b="2"', text: '' } },
      Object.fromEntries([
        ['id', 'deep'],
        ['__proto__', 'own'],
        ['toString', true],
        ['name', 'Ünï\u0301cödé \u{1f680}'],
      ]),
    ];
    const { find, list, reader } = await index(records);
    expect(await find({})).toEqual(records);
    expect(await reader.state('crm')).toMatchObject({ records: records.length, leftOut: 0 });
    for (const [field, value, ...ids] of [
      // A text with such signs is sought by nobody.
      ['note', 'a\0b'],
      ['note', 'value 999', ' K1'],
      ['id', '0', '0'],
      // As all codes are compared; each is a record of its own all the same.
      ['id', 'K1', 'K1', 'k1', ' K1'],
      ['amount', '0', '0'],
      ['active', 'no', '0'],
      ['since', '1970-01-01', '0'],
    ] as const) {
      const criterion: Criterion = { field, match: 'exact', value };
      const expected = records.filter((one) => meets(one, criterion)).map(({ id }) => id);
      expect(expected, value).toEqual(ids);
      expect(
        (await find({ criteria: [criterion] }))?.map(({ id }) => id),
        value,
      ).toEqual(expected);
    }
    // Values that the contract does not have are no values, and end no run.
    const broken = { id: 'K1', name: 'one', since: new Date(Number.NaN), amount: Number.POSITIVE_INFINITY };
    await list([broken, { id: 'huge', name: 'x'.repeat(10_000_000) }, { id: 'K1', name: 'twice' }, broken]);
    expect(await find({})).toEqual([{ id: 'K1', name: 'one' }]);
    expect(await reader.state('crm')).toMatchObject({ records: 1, leftOut: 1 });
  });

  it('knows of records that are too large also while a run is under way, and counts none twice', async () => {
    const huge = { id: 'huge', name: 'x'.repeat(300_000) };
    const { writer, list, reader } = await index([{ id: 'a', name: 'A' }, huge]);
    const leftOut = async () => (await reader.state('crm'))?.leftOut;
    await list([huge], 'later');
    await list([huge], 'later');
    expect(await leftOut()).toBe(1);
    await beginRun({ ...writer, since: undefined, anew: false });
    expect(await leftOut()).toBe(1);
    await list([{ id: 'a', name: 'A' }]);
    expect(await leftOut()).toBe(0);
  });

  it('leaves nobody out where the names of fields are data', async () => {
    const { list, find, reader } = await index([{ id: 'a', name: 'A' }]);
    for (let round = 0; round < 12; round += 1) {
      const many = Array.from({ length: 100 }, (_, at) => [`f${round}_${at}`, at]);
      await list([{ id: 'a', name: 'A', ...Object.fromEntries(many) }]);
    }
    const [record] = (await find({ criteria: [{ field: 'name', match: 'exact', value: 'a' }] })) ?? [];
    expect(record).toMatchObject({ id: 'a', name: 'A' });
    expect(await reader.state('crm')).toMatchObject({ records: 1, leftOut: 0 });
    expect((await reader.state('crm'))?.names.length).toBe(1_000);
  });

  it('asks again before it removes when it was killed while it did', async () => {
    const many = Array.from({ length: 6_000 }, (_, number) => ({ id: `K${number}`, name: `N${number}` }));
    const { list, writer, file, reader } = await index(many);
    await list(many.slice(0, 3_000));
    await changeIndex({ file, source: 'crm', change: 'accept' });
    await beginRun({ ...writer, since: undefined, anew: false });
    await writeBatches({ ...writer, ...INDEX, batches: [packedBatch({ records: many.slice(0, 3_000).map(listed) })] });
    expect(await endRun(writer)).toMatchObject({ isEnded: false });
    expect(await endRun(writer)).toMatchObject({ isEnded: true, held: 0 });
    expect(await reader.state('crm')).toMatchObject({ records: 3_000 });
    expect(await list(many.slice(0, 1_000))).toMatchObject({ held: 2_000 });
  });

  it('is told when the file is damaged in the middle, and made anew', async () => {
    const many = Array.from({ length: 5_000 }, (_, number) => ({ id: `K${number}`, name: `N${number}` }));
    const { file, reader, list, find } = await index(many);
    await removeOthers({ file, names: ['none'] });
    await list(many);
    // Into the file itself, not into its log.
    while (!(await tidyIndex({ file, source: 'crm', isFirst: false })).isTidy);
    reader.close();
    const bytes = readFileSync(file);
    bytes.fill(0x55, 5 * 4_096, bytes.length - 4_096);
    writeFileSync(file, bytes);
    await expect(find({ criteria: [{ field: 'name', match: 'exact', value: 'N77' }] })).rejects.toThrow(/made anew/);
    await list(many);
    expect(await find({ criteria: [{ field: 'name', match: 'exact', value: 'N77' }] })).toHaveLength(1);
  });
});

describe('the file', () => {
  it('belongs to its owner alone, and is made anew when it is damaged or of another version', async () => {
    const { file, writer, list, find } = await index([{ id: 'a', name: 'A' }]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    for (const ending of ['-wal', '-shm']) rmSync(file + ending);
    writeFileSync(`${file}-new`, Buffer.alloc(9_000, 'x'));
    renameSync(`${file}-new`, file);
    expect(await find({})).toBeUndefined();
    await list([{ id: 'b', name: 'B' }]);
    expect((await find({}))?.map(({ id }) => id)).toEqual(['b']);
    chmodSync(file, 0o644);
    await claimIndex({ ...writer, plan: 'two', shape: SHAPE });
    expect(await find({})).toEqual([]);
  });

  it.skipIf(noDisk !== '')(
    'on a full disk is told, answers, and goes on when there is room',
    { timeout: 30_000 },
    async () => {
      const disk = smallDisk(3_000);
      const { list, find } = await index([{ id: 'a', name: 'A' }], 'crm', disk.folder);
      disk.fill();
      const many = Array.from({ length: 3_000 }, (_, number) => ({ id: `K${number}`, name: `N${number}` }));
      await expect(list(many)).rejects.toMatchObject({
        kind: 'unusable',
        message: expect.stringMatching(/full.*see to the disk/),
      });
      expect((await find({ criteria: [{ field: 'name', match: 'exact', value: 'a' }] }))?.map(({ id }) => id)).toEqual([
        'a',
      ]);
      disk.free();
      await list(many);
      expect(await find({ criteria: [{ field: 'name', match: 'exact', value: 'n2999' }] })).toHaveLength(1);
      expect(await find({ criteria: [{ field: 'name', match: 'exact', value: 'a' }] })).toEqual([]);
    },
  );

  it('loses what no source has any more, and what a person had deleted', async () => {
    const { file, find, reader } = await index([
      { id: 'a', name: 'Secret Name' },
      { id: 'b', name: 'B' },
    ]);
    expect(await removeRecords({ file, source: 'crm', ids: [1] })).toBe(1);
    expect((await find({}))?.map(({ id }) => id)).toEqual(['b']);
    expect(await removeOthers({ file, names: ['erp'] })).toEqual(['crm']);
    expect(await reader.states()).toEqual([]);
    expect(readFileSync(file).includes('Secret Name')).toBe(false);
  });
});
