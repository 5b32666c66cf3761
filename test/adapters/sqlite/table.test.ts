import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOf } from '../../../adapters/sqlite/conditions.ts';
import { type FindQuery, meets } from '../../../src/contract/index.ts';
import { ask, context } from '../../support/open-source.ts';
import { runs } from '../../support/runs.ts';
import { databaseWith, openSource, writer } from './files.ts';

const CUSTOMERS = `
  CREATE TABLE customers (id INTEGER PRIMARY KEY, "First Name" TEXT, last_name TEXT, email TEXT, phone TEXT, "order" TEXT);
  INSERT INTO customers VALUES
    (1, 'Zoë', 'Müller', 'Zoe.Mueller@Example.com ', '(845) 555-4278', 'a'),
    (2, 'Zoe', 'Muller', 'zoe@example.com', '845.555.4278 x12', 'b'),
    (3, 'Sean', 'O''Brien', 'ÉMILE@example.com', '+1 212 555 0100', NULL),
    (4, 'Per  Ole', 'Strauß', '', '', ''),
    (20, 'Ann', '100%_sure', 'a_b%c@example.com', NULL, 'x');`;
const COLUMNS = {
  customer_id: 'id',
  first_name: 'First Name',
  last_name: 'LAST_NAME',
  email: 'email',
  phone: 'phone',
  sort: 'order',
};

async function customers() {
  return openSource({ file: await databaseWith(CUSTOMERS), table: 'customers', columns: COLUMNS });
}

describe('the order', () => {
  const sorted = async (field: string, descending: boolean, limit: number, criteria: FindQuery['criteria'] = []) => {
    const { find } = await customers();
    const found = await find({ criteria, order: [{ field, descending }], limit, parameters: {} }, context());
    return found.map(({ customer_id }) => customer_id);
  };

  it('is without regard to case, numbers by size, what is empty last, and before the limit', async () => {
    expect(await sorted('email', false, 9)).toEqual([20, 1, 2, 3, 4]);
    expect(await sorted('email', true, 9)).toEqual([3, 2, 1, 20, 4]);
    expect(await sorted('sort', true, 9)).toEqual([20, 2, 1, 3, 4]);
    expect(await sorted('customer_id', true, 2)).toEqual([20, 4]);
    expect(await sorted('phone', true, 9)).toEqual([2, 3, 1, 4, 20]);
  });

  it('holds over those whom SQL decides and those whom the gateway compares', async () => {
    // One is written as it is asked, one otherwise.
    const muller = [{ field: 'last_name', match: 'exact', value: 'muller' }] as const;
    expect(await sorted('customer_id', false, 9, muller)).toEqual([1, 2]);
    expect(await sorted('customer_id', true, 9, muller)).toEqual([2, 1]);
    expect(await sorted('customer_id', false, 1, muller)).toEqual([1]);
  });

  it('by a column that is not there is refused, with the nearest', async () => {
    await expect(sorted('last_nam', false, 9)).rejects.toMatchObject({
      kind: 'rejected',
      remedy: expect.stringContaining('did you mean "last_name"'),
    });
  });

  it('of dates that are numbers is theirs', async () => {
    const file = await databaseWith(
      "CREATE TABLE t (id INTEGER PRIMARY KEY, at); INSERT INTO t VALUES (1, 900000000), (2, ''), (3, 1700000000), (4, 80000000)",
    );
    const { find } = await openSource({ file, table: 't', dates: ['at'] });
    const ids = async (descending: boolean) =>
      (await find({ criteria: [], order: [{ field: 'at', descending }], limit: 9, parameters: {} }, context())).map(
        ({ id }) => id,
      );
    expect(await ids(false)).toEqual([4, 1, 3, 2]);
    expect(await ids(true)).toEqual([3, 1, 4, 2]);
  });
});

describe('finding in a table', () => {
  it.each([
    ['an id', { customer_id: '2' }, 'exact', [2]],
    ['an id with space around it', { customer_id: ' 2 ' }, 'exact', [2]],
    ['a part of an id', { customer_id: '2' }, 'prefix', [2, 20]],
    ['no id', { customer_id: 'two' }, 'exact', []],
    ['an id that is a number by its amount', { customer_id: '02' }, 'exact', [2]],
    ['mail without regard to case and space', { email: 'zoe.mueller@example.COM' }, 'exact', [1]],
    ['mail without regard to the case of accents', { email: 'émile@example.com' }, 'exact', [3]],
    ['mail by its beginning', { email: 'ZOE' }, 'prefix', [1, 2]],
    ['mail up to any letter', { email: 'zoe@e' }, 'prefix', [2]],
    ['wildcards as themselves', { email: 'a_b%' }, 'prefix', [20]],
    ['a part with wildcards', { last_name: '0%_' }, 'contains', [20]],
    ['names without regard to accents', { last_name: 'muller' }, 'exact', [2, 1]],
    ['names with accents where the data has none', { last_name: 'Müller' }, 'exact', [2, 1]],
    ['names with letters that become two', { last_name: 'STRAUSS' }, 'exact', [4]],
    ['names with two spaces', { first_name: 'per ole' }, 'exact', [4]],
    ['phones by their digits, whatever their extension', { phone: '845-555-4278' }, 'exact', [1, 2]],
    ['a phone with its extension', { phone: '845-555-4278 x13' }, 'exact', [1]],
    ['phones by their last digits', { phone: '555 4278' }, 'contains', [1, 2]],
    ['nobody for a phone without digits', { phone: 'unknown' }, 'exact', []],
    ['all criteria together', { first_name: 'zoe', last_name: 'muller', email: 'zoe@example.com' }, 'exact', [2]],
    ['nobody when one criterion fails', { first_name: 'zoe', email: 'émile@example.com' }, 'exact', []],
    ['nobody by a field that is not there', { fax: '1' }, 'exact', []],
    ['nobody by an attempt to write SQL', { email: "' OR '1'='1" }, 'exact', []],
  ] as const)('finds %s', async (_what, criteria, match, ids) => {
    const found = await (await customers()).find(ask(criteria, { match }), context());
    expect(found.map((record) => record.customer_id)).toEqual(ids);
  });

  it('without criteria lists the table in its order, up to the limit', async () => {
    const source = await customers();
    const ids = async (limit: number) =>
      (await source.find(ask({}, { limit }), context())).map((record) => record.customer_id);
    expect(await ids(100)).toEqual([1, 2, 3, 4, 20]);
    expect(await ids(2)).toEqual([1, 2]);
  });

  it('gives fields under their configured names, and no field for NULL and empty text', async () => {
    const source = await customers();
    expect(await source.find(ask({ customer_id: '4' }), context())).toEqual([
      { customer_id: 4, first_name: 'Per  Ole', last_name: 'Strauß' },
    ]);
  });

  it('gives every column under its own name when no columns are named, of a view too', async () => {
    const file = await databaseWith(`${CUSTOMERS} CREATE VIEW people AS SELECT id, email AS "E Mail" FROM customers`);
    const source = await openSource({ file, table: 'people' });
    expect(await source.find(ask({ 'E Mail': 'zoe@example.com' }), context())).toEqual([
      { id: 2, 'E Mail': 'zoe@example.com' },
    ]);
  });

  it('keeps to the limit, in an order that does not change', async () => {
    const source = await customers();
    const ids = async (limit: number) =>
      (await source.find(ask({ email: 'e' }, { match: 'contains', limit }), context())).map((one) => one.customer_id);
    expect(await ids(50)).toEqual([1, 2, 20, 3]);
    for (const limit of [1, 2, 3, 4]) expect(await ids(limit)).toEqual((await ids(50)).slice(0, limit));
  });

  it('works on a table without row numbers', async () => {
    const file = await databaseWith(
      "CREATE TABLE codes (area TEXT, code TEXT, PRIMARY KEY (code, area)) WITHOUT ROWID; INSERT INTO codes VALUES ('b', '1'), ('a', '2'), ('a', '1')",
    );
    const source = await openSource({ file, table: 'codes' });
    const found = await source.find(ask({ code: '1' }), context());
    expect(found).toEqual([
      { area: 'a', code: '1' },
      { area: 'b', code: '1' },
    ]);
  });

  it('has the rules of comparison of the gateway, whatever is stored and asked', async () => {
    const texts = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 6 }),
      fc.string({
        unit: fc.constantFrom(
          'a',
          'A',
          'é',
          'E\u0301',
          'ß',
          'ss',
          'K',
          'İ',
          'ﬁ',
          ' ',
          '\u00a0',
          '\t',
          '*',
          '%',
          '_',
          '[',
          '~',
        ),
        maxLength: 5,
      }),
      fc.string({ unit: fc.constantFrom('1', '2', ' ', '-', '(', ')', '.', '+', '/', 'x', '٣'), maxLength: 7 }),
    );
    const cells = fc.oneof(texts, fc.integer({ min: -99, max: 999 }), fc.double({ noNaN: true }), fc.constant(null));
    const criterion = fc.record({
      field: fc.constantFrom('text', 'first_name', 'phone', 'number'),
      match: fc.constantFrom('exact' as const, 'prefix' as const, 'contains' as const),
      value: texts.filter((text) => text.trim() !== ''),
    });
    const file = await databaseWith('CREATE TABLE things (text TEXT, first_name, phone TEXT, number NUMERIC)');
    const database = writer(file);
    const insert = database.prepare('INSERT INTO things VALUES (?, ?, ?, ?)');
    const source = await openSource({ file, table: 'things' });
    const everything = await openSource({ file, query: 'SELECT * FROM things ORDER BY rowid' });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cells, cells, cells, cells), { minLength: 1, maxLength: 6 }),
        fc.array(criterion, { minLength: 1, maxLength: 2 }),
        fc.boolean(),
        async (rows, asked, fromData) => {
          database.exec('BEGIN; DELETE FROM things');
          for (const row of rows) insert.run(...row);
          database.exec('COMMIT');
          // Half of the time ask for something that is there.
          const value = rows[0]?.[0];
          const there = fromData && typeof value === 'string' && value.trim() !== '' && !value.includes('\0');
          const criteria = there ? asked.map((one) => ({ ...one, value })) : asked;
          const all = await everything.find(ask({ any: 'x' }), context());
          const expected = all.filter((record) => criteria.every((one) => meets(record, one)));
          const found = await source.find({ criteria, limit: 50, parameters: {} }, context());
          expect(found).toHaveLength(expected.length);
          expect(found).toEqual(expect.arrayContaining(expected));
        },
      ),
      runs(80),
    );
  });
});

it('names are found together and apart, as the rules say', async () => {
  const names = [
    "O'Brien",
    'OBrien',
    'o brien',
    'Pedro Brien',
    'Al-Masri',
    'Al Masri',
    'AlMasri',
    'O’Brien',
    'Alma Rao',
    'Della Valle',
    'Dellavalle',
    'Anna-Maria von der Heide',
    'Anna Maria VonderHeide',
    'Maria del Carmen de la Torre',
    "Juan-Carlos de la Vega O'Farrill",
    'Juan Carlos DelaVega OFarrill',
  ];
  const file = await databaseWith('CREATE TABLE people (last_name TEXT)');
  const insert = writer(file).prepare('INSERT INTO people VALUES (?)');
  for (const name of names) insert.run(name);
  const source = await openSource({ file, table: 'people' });
  const sought = [...names, 'obr', 'lmas', 'alm', 'al m', 'o’br'];
  for (const match of ['exact', 'prefix', 'contains'] as const) {
    for (const value of sought) {
      const criterion = { field: 'last_name', match, value };
      const found = await source.find({ criteria: [criterion], limit: 50, parameters: {} }, context());
      const met = names.filter((name) => meets({ last_name: name }, criterion));
      expect(found.map(({ last_name }) => last_name).sort(), `${match} ${value}`).toEqual(met.sort());
    }
  }
});

describe('an index on the key of a column', () => {
  it('as the manual gives it, serves the searches', async () => {
    const file = await databaseWith(CUSTOMERS);
    const database = writer(file);
    const column = { sql: 'email', isRowid: false, isDate: false, affinity: 'text' as const };
    // The text of docs/adapters/sqlite.md.
    database.exec(`CREATE INDEX customers_email ON customers (
      CASE WHEN typeof(email) = 'real' OR trim(email) GLOB '*[^-!#$%&''*+/0-9=A-Z^_\`a-z{|}~@.]*' OR trim(email) GLOB '*.'
           THEN '*' ELSE lower(trim(email)) END)`);
    const key = keyOf({ ...column, sql: '"email"' }, 'email');
    for (const where of [`${key} = 'x'`, `${key} IN ('*', 'x')`, `(${key} >= 'x' AND ${key} < 'x' || char(127))`]) {
      const plan = database.prepare(`EXPLAIN QUERY PLAN SELECT * FROM customers WHERE ${where}`).all();
      expect(JSON.stringify(plan)).toContain('USING INDEX customers_email');
    }
  });
});

describe('values', () => {
  it('come without loss, whatever the column says', async () => {
    const file = await databaseWith(`
      CREATE TABLE things (id INTEGER PRIMARY KEY, big, small, real, whole, infinite, bytes BLOB, latin TEXT, spaces TEXT);
      INSERT INTO things VALUES (1, 9007199254740993, -9007199254740991, 1.5, 2.0, 1e999, x'00ff', CAST(x'4de97a' AS TEXT), '  ');`);
    const source = await openSource({ file, table: 'things' });
    expect(await source.find(ask({ id: '1' }), context())).toEqual([
      {
        id: 1,
        big: '9007199254740993',
        small: -9007199254740991,
        real: 1.5,
        whole: 2,
        infinite: 'Infinity',
        latin: 'Méz',
      },
    ]);
    expect(await source.find(ask({ big: '9007199254740993' }), context())).toHaveLength(1);
  });

  it('of the fields under dates become dates, when they are', async () => {
    const file = await databaseWith(`
      CREATE TABLE things (id INTEGER PRIMARY KEY, at);
      INSERT INTO things VALUES (1, 1700000000), (2, '2024-02-29'), (3, '2024-02-29 10:11:12'), (4, '2024-02-29T10:11:12.5+02:00'),
        (5, 1700000000123), (6, 'soon'), (7, '2024-13-45'), (8, '1700000000'), (9, 1700000000.25), (10, NULL), (11, '');`);
    const source = await openSource({ file, table: 'things', dates: ['at'] });
    const at = async (id: number) => (await source.find(ask({ id: String(id) }), context()))[0]?.at;
    expect(await Promise.all([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map(at))).toEqual([
      new Date('2023-11-14T22:13:20Z'),
      new Date('2024-02-29T00:00:00Z'),
      new Date('2024-02-29T10:11:12Z'),
      new Date('2024-02-29T08:11:12.500Z'),
      new Date('2023-11-14T22:13:20.123Z'),
      'soon',
      '2024-13-45',
      new Date('2023-11-14T22:13:20Z'),
      new Date('2023-11-14T22:13:20.250Z'),
      undefined,
      undefined,
    ]);
    const found = await source.find(ask({ at: '2024-02-29' }, { match: 'prefix' }), context());
    expect(found.map((record) => record.id)).toEqual([2, 3, 4]);
  });

  it('of a database in UTF-16 are read', async () => {
    const file = await databaseWith(
      "PRAGMA encoding = 'UTF-16le'; CREATE TABLE things (name TEXT); INSERT INTO things VALUES ('Zoë 🙂')",
    );
    const source = await openSource({ file, table: 'things' });
    expect(await source.find(ask({ name: 'zoe' }, { match: 'prefix' }), context())).toEqual([{ name: 'Zoë 🙂' }]);
  });
});

describe('a check of a table', () => {
  it('passes when all is there', async () => {
    await (await customers()).check(context());
  });

  it('names a missing table and the nearest one', async () => {
    const source = await openSource({ file: await databaseWith(CUSTOMERS), table: 'costumers' });
    await expect(source.check(context())).rejects.toMatchObject({
      kind: 'rejected',
      message: 'there is no table or view "costumers"',
      remedy: 'did you mean "customers"? There are customers',
    });
  });

  it('says when the database has no tables at all', async () => {
    const source = await openSource({ file: await databaseWith(''), table: 'customers' });
    await expect(source.check(context())).rejects.toMatchObject({ message: expect.stringContaining('is empty') });
  });

  it('names a missing column and the nearest one', async () => {
    const columns = { phone: 'phon' };
    const source = await openSource({ file: await databaseWith(CUSTOMERS), table: 'customers', columns });
    await expect(source.check(context())).rejects.toMatchObject({
      kind: 'rejected',
      message: 'the table customers has no column "phon"',
      remedy: expect.stringContaining('did you mean "phone"?'),
    });
  });
});
