import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expectLaw, LAW_FIELDS, lawRow } from '../../support/sql/law.ts';
import { databaseWith, openSource, writer } from './files.ts';

test('what is shown, sent back, finds the same record, of any texts', async () => {
  const file = await databaseWith(`CREATE TABLE things (id INTEGER PRIMARY KEY, ${LAW_FIELDS.join(' TEXT, ')} TEXT)`);
  const database = writer(file);
  const insert = database.prepare(`INSERT INTO things (${LAW_FIELDS.join(', ')}) VALUES (?, ?, ?, ?, ?)`);
  const source = await openSource({ file, table: 'things' });
  await fc.assert(
    fc.asyncProperty(fc.array(lawRow, { minLength: 1, maxLength: 6 }), async (rows) => {
      database.exec('BEGIN; DELETE FROM things');
      for (const row of rows) insert.run(...row);
      database.exec('COMMIT');
      await expectLaw(source);
    }),
    { numRuns: 60 },
  );
}, 60_000);

test('and of any numbers, yes and no, and dates', async () => {
  const file = await databaseWith(
    'CREATE TABLE things (id INTEGER PRIMARY KEY, whole INTEGER, amount REAL, price NUMERIC, active BOOLEAN, ends, any)',
  );
  const database = writer(file);
  const insert = database.prepare('INSERT INTO things VALUES (NULL, ?, ?, ?, ?, ?, ?)');
  const source = await openSource({ file, table: 'things', dates: ['ends'] });
  const big = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  const amount = fc.double({ noNaN: true, noDefaultInfinity: true });
  const row = fc.tuple(
    big,
    amount,
    fc.oneof(big, amount),
    fc.constantFrom(0, 1),
    fc.integer({ min: 1e5, max: 4e9 }),
    fc.oneof(big, amount, fc.string()),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 5 }), async (rows) => {
      database.exec('BEGIN; DELETE FROM things');
      for (const one of rows) insert.run(...one);
      database.exec('COMMIT');
      await expectLaw(source, ['whole', 'amount', 'price', 'active', 'ends', 'any']);
    }),
    { numRuns: 60 },
  );
}, 60_000);

test('true, yes and 1 find a yes, and 12.50 finds 12.5', async () => {
  const file =
    await databaseWith(`CREATE TABLE things (id INTEGER PRIMARY KEY, active BOOLEAN, flag INTEGER, price REAL, qty TEXT);
    INSERT INTO things VALUES (1, 1, 1, 12.5, '12.50'), (2, 0, 0, 100, '100')`);
  const source = await openSource({ file, table: 'things' });
  const ids = async (field: string, value: string, kind?: 'number' | 'code') => {
    const criteria = [{ field, match: 'exact', value, kind }] as const;
    const found = await source.find(
      { criteria, limit: 9, parameters: {} },
      { signal: AbortSignal.timeout(9_000), reference: 'test' },
    );
    return found.map(({ id }) => id);
  };
  for (const field of ['active', 'flag']) {
    for (const value of ['true', 'yes', '1']) expect(await ids(field, value)).toEqual([1]);
    for (const value of ['false', 'no', '0']) expect(await ids(field, value)).toEqual([2]);
  }
  expect(await ids('price', '12.50')).toEqual([1]);
  expect(await ids('price', '100.00')).toEqual([2]);
  expect(await ids('qty', '12.5', 'number')).toEqual([1]);
  expect(await ids('qty', '12.5', 'code')).toEqual([]);
  expect(
    await source.find(
      { criteria: [], limit: 1, parameters: {} },
      { signal: AbortSignal.timeout(9_000), reference: 'test' },
    ),
  ).toMatchObject([{ active: true }]);
});
