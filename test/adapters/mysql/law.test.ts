import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reasonOf } from '../../support/packages.ts';
import { expectLaw, LAW_FIELDS, lawRow } from '../../support/sql/law.ts';
import { literal, requireMariaDb } from '../../support/sql/mariadb.ts';
import { CROWD, expectAllTwins, expectIndexedTwins, TWIN_FIELDS, TWIN_ROWS } from '../../support/sql/twins.ts';
import { openWith, serverForAll, settingsFor } from './source.ts';

const mariadb = await requireMariaDb();
const ROWS = fc.sample(lawRow, { numRuns: 60, seed: 13 });

describe.skipIf(!mariadb.ok)(`mysql: what is shown can be searched for${reasonOf(mariadb)}`, () => {
  const rows = ROWS.map((row, index) => `(${index + 1}, ${row.map((cell) => literal(cell)).join(', ')})`);
  const columns = LAW_FIELDS.map((field) => `${field} VARCHAR(200)`).join(', ');
  const server = serverForAll(
    (one) =>
      one.sql(`SET NAMES utf8mb4;
      CREATE TABLE things (id INT PRIMARY KEY, ${columns}) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;
      INSERT INTO things VALUES ${rows.join(', ')};
      CREATE TABLE exact (id INT PRIMARY KEY, ${columns}) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
      INSERT INTO exact SELECT * FROM things;
      CREATE TABLE twins (id INT PRIMARY KEY, ${TWIN_FIELDS.map((field) => `${field} VARCHAR(100)`).join(', ')}) CHARACTER SET utf8mb4;
      INSERT INTO twins VALUES ${TWIN_ROWS.map((row, index) => `(${index + 1}, ${row.map((cell) => literal(cell)).join(', ')})`).join(', ')};
      CREATE TABLE crowd AS SELECT * FROM twins;
      INSERT INTO crowd SELECT 100 + seq, CONCAT('Person', seq), CONCAT('p', seq, '@example.com'), NULL, NULL FROM seq_1_to_${CROWD};
      CREATE TABLE typed (id INT PRIMARY KEY, huge BIGINT UNSIGNED, price DECIMAL(12,2), single FLOAT, many DOUBLE,
        active BOOLEAN, bitten BIT(1), padded INT(5) ZEROFILL, born DATE, made DATETIME, stamped TIMESTAMP NULL);
      INSERT INTO typed VALUES (1, 18446744073709551615, 12.5, 0.1, 1e21, TRUE, b'1', 42, '2026-12-31', '2026-07-01 12:00:00', '2026-07-01 12:00:00'),
        (2, 9223372036854775808, 100, 33.3333, -1e-7, FALSE, b'0', 7, '1980-02-29', '2026-07-02 00:00:00', '2026-03-29 03:30:00');`),
    { args: ['--default-time-zone=+00:00'] },
  );

  test.each(['things', 'exact'])(
    'of any texts, in the table %s',
    async (table) => {
      const { source } = await openWith(settingsFor(server(), { table }));
      await expectLaw({ ...source, check: source.check });
    },
    60_000,
  );

  test('all who mean the same are found in a small table, and by their spellings in a large one', async () => {
    await expectAllTwins((await openWith(settingsFor(server(), { table: 'twins' }))).source);
    await expectIndexedTwins((await openWith(settingsFor(server(), { table: 'crowd' }))).source);
  });

  test('of any type', async () => {
    const fields = ['huge', 'price', 'single', 'many', 'active', 'bitten', 'padded', 'born', 'made', 'stamped'];
    for (const timeZone of ['UTC', 'Europe/Zurich', '+05:30']) {
      const { source } = await openWith(settingsFor(server(), { table: 'typed', timeZone }));
      await expectLaw(source, fields);
    }
  });

  test('as people write it', async () => {
    const { find } = await openWith(settingsFor(server(), { table: 'typed' }));
    const ids = async (field: string, value: string) => (await find({ [field]: value })).map(({ id }) => id);
    for (const field of ['active', 'bitten']) {
      for (const value of ['true', 'yes', '1']) expect(await ids(field, value)).toEqual([1]);
      for (const value of ['false', 'no', '0']) expect(await ids(field, value)).toEqual([2]);
    }
    expect(await ids('price', '12.5')).toEqual([1]);
    expect(await ids('price', '100')).toEqual([2]);
    expect(await ids('huge', '18446744073709551615')).toEqual([1]);
    expect(await ids('born', '2026-12-31')).toEqual([1]);
    expect(await ids('made', '2026-07-01')).toEqual([1]);
    expect(await ids('made', '1782907200')).toEqual([1]);
  });
});
