/** Stored procedures of a real MariaDB. */
import { describe, expect, test } from 'vitest';
import { reasonOf } from '../../support/packages.ts';
import { sqlInjections } from '../../support/sql/injection.ts';
import { requireMariaDb } from '../../support/sql/mariadb.ts';
import { kindAndTextOf, openWith, serverForAll, settingsFor } from './source.ts';

const mariadb = await requireMariaDb();

describe.skipIf(!mariadb.ok)(`mysql: procedures${reasonOf(mariadb)}`, () => {
  const server = serverForAll((one) =>
    one.sql(`CREATE TABLE people (id INT PRIMARY KEY, email VARCHAR(100), last_name VARCHAR(50), big BIGINT, made DATETIME);
      INSERT INTO people VALUES
        (1, 'bob@example.com', 'Smith', 9007199254740993, '2026-03-01 12:00:00'),
        (2, 'ann@example.com', "O'Brien", 2, NULL), (3, 'eve@example.com', 'Smith', 3, NULL);
      CREATE PROCEDURE by_either(IN p_email TEXT, IN p_last TEXT)
      BEGIN SELECT * FROM people WHERE email = p_email OR last_name = p_last ORDER BY id; END;
      CREATE PROCEDURE two_results(IN p_last TEXT)
      BEGIN
        DECLARE counted INT;
        SELECT COUNT(*) INTO counted FROM people;
        SELECT id FROM people WHERE last_name = p_last ORDER BY id;
        SELECT 'other' AS kind, counted;
      END;
      CREATE PROCEDURE no_result(IN p_last TEXT) BEGIN DO 1; END;
      CREATE PROCEDURE nobody(IN p_last TEXT) BEGIN SELECT id FROM people WHERE 1 = 0; SELECT 7 AS id; END;
      CREATE PROCEDURE echo(IN p_text TEXT CHARACTER SET utf8mb4) BEGIN SELECT p_text AS said; END;
      CREATE PROCEDURE refuses() BEGIN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not on Sundays'; END;`),
  );
  const open = (procedure: string, args: Readonly<Record<string, string>> = {}) =>
    openWith(settingsFor(server(), { procedure, arguments: args }));

  test('arguments are filled in the order of the settings; what was not sent is empty', async () => {
    const { find } = await open('by_either', { p_email: 'email', p_last: 'last_name' });
    expect(await find({ email: 'bob@example.com' })).toEqual([
      {
        id: 1,
        email: 'bob@example.com',
        last_name: 'Smith',
        big: '9007199254740993',
        made: new Date('2026-03-01T12:00:00Z'),
      },
    ]);
    expect(await find({ last_name: "O'Brien" })).toMatchObject([{ id: 2 }]);
    const both = await find({ email: 'ann@example.com' }, { parameters: { last_name: 'Smith' } });
    expect(both.map((record) => record['id'])).toEqual([1, 2, 3]);
  });

  test('the schema may be named, and no more than the limit is given', async () => {
    const { find } = await open(`${server().database}.by_either`, { p_email: 'email', p_last: 'last_name' });
    expect(await find({ last_name: 'Smith' }, { limit: 1 })).toMatchObject([{ id: 1 }]);
    expect(await find({ last_name: 'Smith' })).toHaveLength(2);
  });

  test('of several results the first has the customers, though it is empty; without one there are none', async () => {
    expect(await (await open('two_results', { p_last: 'last_name' })).find({ last_name: 'Smith' })).toEqual([
      { id: 1 },
      { id: 3 },
    ]);
    expect(await (await open('nobody', { p_last: 'last_name' })).find({ last_name: 'Smith' })).toEqual([]);
    expect(await (await open('no_result', { p_last: 'last_name' })).find({ last_name: 'Smith' })).toEqual([]);
  });

  test('the connection is as good as before after several results', async () => {
    const { find } = await openWith(
      settingsFor(server(), { procedure: 'two_results', arguments: { p_last: 'last_name' }, connections: 1 }),
    );
    for (let turn = 0; turn < 3; turn += 1) expect(await find({ last_name: 'Smith' })).toHaveLength(2);
  });

  test('a hostile value arrives as it is', async () => {
    const { find } = await open('echo', { p_text: 'word' });
    for (const word of sqlInjections.filter((value) => value.trim() !== '' && value.isWellFormed())) {
      expect(await find({ word }), word.slice(0, 80)).toEqual([{ said: word }]);
    }
    expect(await server().sql('SELECT COUNT(*) FROM people')).toEqual(['3']);
  });

  test.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['by_ether', {}, /does not have the procedure or function .*by_ether/],
    ['by_either', { p_email: 'email' }, /wants other arguments for the procedure/],
    ['refuses', {}, /not on Sundays/],
  ])('%s with %o has a message of its own', async (name, args, says) => {
    const { find } = await open(name, args);
    expect(await kindAndTextOf(find({ email: 'x' }))).toEqual({
      kind: expect.stringMatching(/rejected|unauthorized/),
      text: expect.stringMatching(says),
    });
  });
});
