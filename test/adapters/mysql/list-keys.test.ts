import { describe, expect, it } from 'vitest';
import mysql from '../../../adapters/mysql/index.ts';
import { SourceError } from '../../../src/contract/index.ts';
import { listAll } from '../../support/open-source.ts';
import { reasonOf } from '../../support/packages.ts';
import { requireMariaDb } from '../../support/sql/mariadb.ts';
import { openWith, serverForAll, settingsFor } from './source.ts';

const mariadb = await requireMariaDb();
const SIZE = 1_203;

/** Keys, and what the row with the number `seq` has. */
const KEYS: Readonly<Record<string, string>> = {
  INT: 'CAST(seq AS SIGNED) - 600',
  'BIGINT UNSIGNED': '18446744073709551615 - seq',
  BIGINT: '9223372036854775206 + IF(seq > 600, -seq, seq)',
  'DECIMAL(20,6)': 'seq * 0.000001 + 12345678901234',
  UUID: "CONCAT('00000000-0000-4000-8000-', LPAD(HEX(seq * 7), 12, '0'))",
  'VARCHAR(40) COLLATE utf8mb4_unicode_520_ci': "CONCAT(CHAR(64 + seq % 60), ' ä\\'', seq)",
  'VARCHAR(40) CHARACTER SET latin1': "CONCAT('ä', seq % 11, 'é-_', seq)",
  'CHAR(12)': "CONCAT('K', seq)",
  'BINARY(16)': 'UNHEX(MD5(seq))',
  'DATETIME(6)': "'2026-10-25 00:00:00' + INTERVAL seq * 7.000001 SECOND",
  DATE: "'2026-01-01' + INTERVAL seq DAY",
  'VARCHAR(9)| INT': "CONCAT('k', seq % 3)| seq",
};

describe.skipIf(!mariadb.ok)(`mysql keys${reasonOf(mariadb)}`, { timeout: 60_000 }, () => {
  const server = serverForAll(async () => {});

  it.each(Object.entries(KEYS))('lists by a key of %s', async (type, value) => {
    const types = type.split('| ');
    const columns = types.map((name, at) => `k${at} ${name}`);
    const key = types.map((_, at) => `k${at}`).toReversed();
    await server().sql(`DROP TABLE IF EXISTS keyed;
      CREATE TABLE keyed (${columns.join(', ')}, name VARCHAR(20), PRIMARY KEY (${key.join(', ')}));
      INSERT INTO keyed SELECT ${value.split('| ').join(', ')}, CONCAT('N', seq) FROM seq_1_to_${SIZE};`);
    const records = await listAll(mysql, settingsFor(server(), { table: 'keyed' }));
    expect(new Set(records.map(({ record }) => record['name'])).size).toBe(SIZE);
  });

  it('refuses a key that sorts otherwise than it compares', async () => {
    await server().sql(`CREATE TABLE leveled (level ENUM('small', 'large'), size DOUBLE, n INT, PRIMARY KEY (level, n));
      INSERT INTO leveled VALUES ('small', 1.5, 1);`);
    const settings = settingsFor(server(), { table: 'leveled' });
    await expect(listAll(mysql, settings)).rejects.toThrow('cannot be listed by "level": its type is enum');
    await expect(listAll(mysql, { ...settings, key: 'size' })).rejects.toThrow('its type is double');
    expect(await listAll(mysql, { ...settings, key: 'n' })).toHaveLength(1);
  });

  it('ends while the server holds the table back, and gives the connection back', async () => {
    await server().sql(`CREATE TABLE held (id INT PRIMARY KEY); INSERT INTO held SELECT seq FROM seq_1_to_${SIZE};`);
    const { source } = await openWith(settingsFor(server(), { table: 'held', connections: 1 }));
    const controller = new AbortController();
    const batches = source
      .list?.({ fields: undefined }, { signal: controller.signal, reference: '' })
      [Symbol.asyncIterator]();
    expect((await batches?.next())?.value?.records).toHaveLength(500);
    const locking = server().sql('LOCK TABLES held WRITE; SELECT SLEEP(5); UNLOCK TABLES;');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const began = performance.now();
    setTimeout(() => controller.abort(new Error('the gateway ends')), 500);
    await expect(batches?.next()).rejects.toBeInstanceOf(SourceError);
    expect(performance.now() - began).toBeLessThan(3_000);
    await locking;
    const found = await source.find(
      { criteria: [], limit: 5, parameters: {} },
      { signal: AbortSignal.timeout(10_000), reference: '' },
    );
    expect(found).toHaveLength(5);
  });
});
