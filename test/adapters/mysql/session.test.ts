/** What a session of the gateway is like on a real MariaDB. */
import { describe, expect, test } from 'vitest';
import { reasonOf } from '../../support/packages.ts';
import { requireMariaDb } from '../../support/sql/mariadb.ts';
import { kindAndTextOf, openWith, problemOf, seedSuite, serverForAll, settingsFor } from './source.ts';

const mariadb = await requireMariaDb();
const BOB = { email: 'bob.smith@example.com' };

describe.skipIf(!mariadb.ok)(`mysql: sessions${reasonOf(mariadb)}`, () => {
  const server = serverForAll(seedSuite);
  const query = (text: string, more: object = {}) => openWith(settingsFor(server(), { query: text, ...more }));

  test('a connection is kept from lookup to lookup', async () => {
    const { find } = await query('SELECT CONNECTION_ID() AS id, :email AS email');
    const [first] = await find(BOB);
    expect(await find(BOB)).toEqual([first]);
  });

  test('a backslash escapes in a string of the query, whatever the mode of the server', async () => {
    await server().sql("SET @kept = @@GLOBAL.sql_mode; SET GLOBAL sql_mode = CONCAT(@kept, ',NO_BACKSLASH_ESCAPES');");
    try {
      const { find } = await query("SELECT 'it\\'s :no parameter' AS said, :email AS email");
      expect(await find(BOB)).toEqual([{ said: "it's :no parameter", ...BOB }]);
    } finally {
      await server().sql("SET GLOBAL sql_mode = REPLACE(@@GLOBAL.sql_mode, 'NO_BACKSLASH_ESCAPES', '');");
    }
  });

  test.each([
    [1053, 'the server goes down'],
    [1243, 'a proxy went to another server, which does not know the prepared statement'],
    [1927, 'the connection was killed'],
  ])('error %d means that the connection is gone: %s', async (number) => {
    await server().sql(`CREATE OR REPLACE PROCEDURE gone() BEGIN
        SIGNAL SQLSTATE '70100' SET MYSQL_ERRNO = ${number}, MESSAGE_TEXT = 'gone';
      END;`);
    const { find } = await openWith(settingsFor(server(), { procedure: 'gone' }));
    const ran = await server().ran('CALL `gone`', async () => {
      expect(await kindAndTextOf(find(BOB))).toEqual({
        kind: 'unreachable',
        text: expect.stringContaining('broke the connection off'),
      });
    });
    // Once more on another connection, and then it is enough.
    expect(ran).toBe(2);
  });

  test('TLS: a name that is not in the certificate is refused', async () => {
    const ca = server().caFile;
    // To the system this is 127.0.0.1; to us it is a name.
    const settings = settingsFor(server(), { table: 'suite', tls: { ca }, host: '127.1' });
    expect(await problemOf(settings)).toEqual({
      kind: 'unreachable',
      text: expect.stringContaining('a certificate for another name'),
    });
    const { find } = await openWith(settingsFor(server(), { table: 'suite', tls: { ca }, host: 'localhost' }));
    expect(await find(BOB)).toHaveLength(1);
  });
});
