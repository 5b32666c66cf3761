import { describe, expect, test } from 'vitest';
import { serverZone } from '../../../adapters/mysql/connection.ts';
import { reasonOf } from '../../support/packages.ts';
import { literal, requireMariaDb } from '../../support/sql/mariadb.ts';
import { openWith, serverForAll, settingsFor } from './source.ts';

const mariadb = await requireMariaDb();

/** Column: type, what is stored (SQL), what the record holds. */
const cells: Readonly<Record<string, readonly [type: string, stored: string, value: unknown]>> = {
  whole: ['INT', '-5', -5],
  unsigned_whole: ['INT UNSIGNED', '4294967295', 4_294_967_295],
  big: ['BIGINT', '9007199254740993', '9007199254740993'],
  unsigned_big: ['BIGINT UNSIGNED', '18446744073709551615', '18446744073709551615'],
  padded: ['INT(5) ZEROFILL', '42', '00042'],
  price: ['DECIMAL(20,4)', '12345678901234.5600', '12345678901234.5600'],
  single: ['FLOAT', '0.1', 0.1],
  twice: ['DOUBLE', '0.1', 0.1],
  yes: ['BIT(1)', "b'1'", true],
  no: ['BIT(1)', "b'0'", false],
  bits: ['BIT(9)', "b'100000001'", 257],
  flag: ['BOOLEAN', 'TRUE', 1],
  made: ['DATETIME', "'2026-07-01 12:00:00'", new Date('2026-07-01T12:00:00Z')],
  exactly: ['DATETIME(3)', "'2026-07-01 12:00:00.123'", new Date('2026-07-01T12:00:00.123Z')],
  stamped: ['TIMESTAMP NULL', "'2026-03-01 23:59:59'", new Date('2026-03-01T23:59:59Z')],
  never: ['DATETIME', "'0000-00-00 00:00:00'", undefined],
  born: ['DATE', "'1970-01-01'", '1970-01-01'],
  unborn: ['DATE', "'0000-00-00'", undefined],
  lasts: ['TIME', "'-100:01:02'", '-100:01:02'],
  vintage: ['YEAR', '2026', 2026],
  settings: ['JSON', `'{"a": 12345678901234567890}'`, '{"a": 12345678901234567890}'],
  uuid: ['UUID', "'123E4567-E89B-12D3-A456-426614174000'", '123e4567-e89b-12d3-a456-426614174000'],
  address: ['INET6', "'::1'", '::1'],
  colour: ["ENUM('rot','grün')", "'grün'", 'grün'],
  tags: ["SET('a','b')", "'a,b'", 'a,b'],
  bytes: ['BINARY(16)', "x'00ff'", undefined],
  file: ['BLOB', "x'00ff'", undefined],
  place: ['POINT', 'POINT(1, 2)', undefined],
  text: ['TEXT', literal('Zoë 🚀 "\'\\\n山田'), 'Zoë 🚀 "\'\\\n山田'],
  western: ['VARCHAR(20) CHARACTER SET latin1', "'Müller €'", 'Müller €'],
  empty: ['TEXT', "''", undefined],
  nothing: ['TEXT', 'NULL', undefined],
};

describe.skipIf(!mariadb.ok)(`mysql: values${reasonOf(mariadb)}`, () => {
  const names = Object.keys(cells);
  const columns = Object.entries(cells).map(([name, [type]]) => `${name} ${type}`);
  const server = serverForAll(
    (one) =>
      one.sql(`SET sql_mode = '';
        CREATE TABLE kinds (id INT PRIMARY KEY, ${columns.join(', ')});
        INSERT INTO kinds VALUES (1, ${Object.values(cells).map(([, stored]) => stored)});
        CREATE TABLE prices (id BIGINT PRIMARY KEY, price DECIMAL(10,2), made DATETIME, phone BIGINT);
        INSERT INTO prices VALUES (0, 0, NULL, 0), (1, 1.5, '2026-01-01', 41445550102), (9007199254740993, 2, NULL, NULL);`),
    { args: ['--default-time-zone=+00:00'] },
  );
  const open = (more: object) => openWith(settingsFor(server(), more));

  test('each type arrives as it should', async () => {
    const [record = {}] = await (await open({ table: 'kinds' })).find({ id: '1' });
    const expected = names.map((name) => [name, cells[name]?.[2]]).filter(([, value]) => value !== undefined);
    expect(record).toEqual({ id: 1, ...Object.fromEntries(expected) });
  });

  test('the same through a query', async () => {
    const [fromTable] = await (await open({ table: 'kinds' })).find({ id: '1' });
    const [fromQuery] = await (await open({ query: 'SELECT * FROM kinds WHERE id = :id' })).find({ id: '1' });
    expect(fromQuery).toEqual(fromTable);
  });

  test.each(['abc', '1 OR 1=1', '1abc', '0x1', '1.5', ' ', '1e0'])('the number "%s" is nobody', async (id) => {
    expect(await (await open({ table: 'prices' })).find({ id })).toEqual([]);
  });

  test('a big number is compared whole, and so are the digits of a telephone', async () => {
    const { find } = await open({ table: 'prices' });
    expect(await find({ id: '9007199254740993' })).toHaveLength(1);
    expect(await find({ id: '9007199254740992' })).toEqual([]);
    expect(await find({ phone: '+41 44 555 01 02' })).toMatchObject([{ id: '1' }]);
    expect(await find({ price: '1.50' })).toMatchObject([{ id: '1' }]);
  });

  test('times are those of the zone that is named', async () => {
    const [record] = await (await open({ table: 'kinds', timeZone: 'Europe/Zurich' })).find({ id: '1' });
    expect(record?.['made']).toEqual(new Date('2026-07-01T10:00:00Z'));
    expect(record?.['stamped']).toEqual(new Date('2026-03-01T22:59:59Z'));
  });
});

describe('mysql: the zone of a server', () => {
  test.each([
    [undefined, '+00:00', 'CEST', 'UTC'],
    [undefined, 'SYSTEM', 'UTC', 'UTC'],
    [undefined, 'SYSTEM', 'CEST', undefined],
    [undefined, 'SYSTEM', 'EST', undefined],
    [undefined, 'Europe/Zurich', 'UTC', 'Europe/Zurich'],
    [undefined, '+02:00', 'UTC', '+02:00'],
    [undefined, 'Nowhere/City', 'UTC', undefined],
    ['Europe/Zurich', 'SYSTEM', 'CEST', 'Europe/Zurich'],
  ])('setting %s, session %s, system %s: %s', (setting, session, system, zone) => {
    expect(serverZone(setting, session, system)).toBe(zone);
  });
});
