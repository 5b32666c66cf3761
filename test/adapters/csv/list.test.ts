import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import csv from '../../../adapters/csv/index.ts';
import { describeListing, INDEXED_ONCE, type SuiteCustomer, suiteFields } from '../../support/adapter-suite.ts';
import { listAll } from '../../support/open-source.ts';
import { temporaryFolderForAll } from '../../support/temp.ts';

const folder = await temporaryFolderForAll();
const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;
const linesOf = (rows: Iterable<readonly string[]>) =>
  Array.from([suiteFields, ...rows], (row) => `${row.map(quoted).join(',')}\r\n`).join('');

for (const key of [undefined, 'customer_id']) {
  const file = join(folder, `${key}.csv`);
  const customers = new Map<string, SuiteCustomer>();
  const write = async () => {
    const rows = Array.from(customers.values(), (one) => suiteFields.map((field) => one[field] ?? ''));
    await writeFile(`${file}.new`, linesOf(rows));
    await rename(`${file}.new`, file);
  };

  describeListing({
    name: `csv, ${key ?? 'without a key'}`,
    adapter: csv,
    skip: key === undefined ? INDEXED_ONCE : {},
    system: () => ({
      settings: { file, ...(key !== undefined && { key }) },
      async put(some) {
        for (const one of some) customers.set(one.customer_id, one);
        await write();
      },
      async remove(ids) {
        for (const id of ids) customers.delete(id);
        await write();
      },
    }),
  });
}

const rowsIn = async (name: string, rows: readonly string[], settings: object = {}) => {
  const file = join(folder, name);
  await writeFile(file, ['customer_id,email', ...rows, ''].join('\n'));
  return await listAll(csv, { file, ...settings });
};

it('a row that moves, or has others before it, keeps its key; rows that are alike have different ones', async () => {
  const before = await rowsIn('before.csv', ['1,a@example.com', '2,b@example.com', '1,a@example.com']);
  const after = await rowsIn('after.csv', ['9,z@example.com', '2,b@example.com', '1,a@example.com', '1,a@example.com']);
  const keys = before.map(({ key }) => key);
  expect(new Set(keys).size).toBe(3);
  expect(after.slice(1).map(({ key }) => key)).toEqual([keys[1], keys[0], keys[2]]);
});

it('a row that changes keeps the key that is named, which may be missing or there twice', async () => {
  const settings = { key: 'customer_id' };
  const before = await rowsIn(
    'named.csv',
    ['1,a@example.com', '2,b@example.com', '1,c@example.com', ',d@example.com'],
    settings,
  );
  const after = await rowsIn('named2.csv', ['2,x@example.com', '1,a@example.com'], settings);
  expect(before.map(({ key }) => key).slice(0, 3)).toEqual(['1', '2', '1#2']);
  expect(after.map(({ key }) => key)).toEqual(['2', '1']);
  expect(before).toHaveLength(4);
});

it('a key that the file does not have is a mistake that check finds', async () => {
  const file = join(folder, 'before.csv');
  await expect(listAll(csv, { file, key: 'customer' })).rejects.toMatchObject({
    remedy: expect.stringContaining('did you mean "customer_id"?'),
  });
  const services = {
    name: 'crm',
    log: { debug() {}, info() {}, warn() {}, error() {} },
    resolve: (path: string) => path,
  };
  const source = await csv.open(csv.settings.parse({ file, key: 'customer' }), services);
  const checking = source.check({ signal: AbortSignal.timeout(10_000), reference: '' });
  await expect(checking).rejects.toThrow('the file has no field "customer"');
  await source.close?.();
});
