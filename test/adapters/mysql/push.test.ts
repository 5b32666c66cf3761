/** Request Push into a real MariaDB. */

import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import mysql from '../../../adapters/mysql/index.ts';
import { surelyNotDone } from '../../../src/contract/index.ts';
import { reasonOf } from '../../support/packages.ts';
import { openTarget, pushRequest } from '../../support/push-source.ts';
import { borrowMariaDb, type MariaDbServer, requireMariaDb } from '../../support/sql/mariadb.ts';
import { describePush, insert, textOfHex } from '../../support/sql/push-suite.ts';
import { settingsFor } from './source.ts';

const available = await requireMariaDb();
const WRITER = { user: 'helpspot_push', password: 'writes' };
const TABLES = `
  CREATE TABLE tickets (id INT AUTO_INCREMENT PRIMARY KEY, subject TEXT NOT NULL, body TEXT, owner TEXT,
    n INT, ref VARCHAR(40) UNIQUE) ENGINE=InnoDB;
  CREATE TABLE coded (code UUID PRIMARY KEY DEFAULT uuid(), subject TEXT, ref VARCHAR(40));
  CREATE TABLE simple (id INT AUTO_INCREMENT PRIMARY KEY, subject VARCHAR(20), ref VARCHAR(40)) ENGINE=MyISAM;
  CREATE TABLE customers (id INT PRIMARY KEY, email VARCHAR(100));
  INSERT INTO customers VALUES (1, 'a@example.com'), (2, 'b@example.com');
  CREATE USER '${WRITER.user}'@'%' IDENTIFIED BY '${WRITER.password}';
  GRANT SELECT, INSERT ON crm.* TO '${WRITER.user}'@'%';
  CREATE USER 'locker'@'%' IDENTIFIED BY 'locks'; GRANT ALL ON crm.* TO 'locker'@'%';`;
const context = (milliseconds = 20_000) => ({ signal: AbortSignal.timeout(milliseconds), reference: 'test' });

describe.skipIf(!available.ok)(`mysql${reasonOf(available)}`, () => {
  let server: MariaDbServer;
  beforeAll(async () => {
    server = await borrowMariaDb({});
    await server.sql(TABLES);
  });
  afterAll(() => server?.stop());

  const settings = () => ({ ...settingsFor(server), ...WRITER });
  const lines = (sql: string) => server.sql(sql);
  const lockWith = async (...statements: readonly string[]) => {
    const { host, port, database } = server;
    const other = await createConnection({ host, port, database, user: 'locker', password: 'locks' });
    for (const statement of statements) await other.query(statement);
    return async () => await other.end();
  };

  describePush({
    adapter: mysql,
    settings,
    readOnlySettings: () => settingsFor(server),
    async tickets() {
      const hex = await lines(
        `SELECT id, CONCAT('x', HEX(subject)), CONCAT('x', HEX(body)), CONCAT('x', HEX(owner)), IFNULL(ref, 'NULL') FROM tickets ORDER BY id`,
      );
      const text = (cell = '') => (cell.startsWith('x') ? textOfHex(cell.slice(1)) : null);
      return hex.map((line) => {
        const [id = '', subject, body, owner, ref = null] = line.split('\t');
        return { id, subject: text(subject) ?? '', body: text(body), owner: text(owner), ref };
      });
    },
    others: async () => (await server.sql('SELECT * FROM customers; SHOW TABLES;')).join('\n'),
    codes: () => lines('SELECT code FROM coded'),
    lock: () => lockWith('LOCK TABLES tickets WRITE'),
    kill: () => server.kill(),
    start: () => server.start(),
    constraintWords: /Field 'subject' doesn't have a default value/,
  });

  test('behind the locks of rows, too, the deadline ends it', async () => {
    const source = await openTarget(mysql, { ...settings(), insert });
    await source.push(pushRequest(), context());
    const release = await lockWith('START TRANSACTION', 'SELECT * FROM tickets WHERE id > 0 FOR UPDATE');
    const request = pushRequest();
    await expect(source.push(request, context(500))).rejects.toMatchObject({ kind: 'timeout' });
    // Nothing of it is left on the server that could go on when the lock is gone.
    expect(await source.findPush?.(request, context())).toBeUndefined();
    await release();
    expect(await source.findPush?.(request, context())).toBeUndefined();
  });

  test('a text that is too long is refused whole, whatever the mode of the server', async () => {
    await server.sql("SET GLOBAL sql_mode = ''");
    const source = await openTarget(mysql, {
      ...settings(),
      insert: { table: 'simple', title: 'subject', reference: 'ref' },
    });
    const long = source.push(pushRequest({ title: 'x'.repeat(21) }), context());
    await expect(long).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining("Data too long for column 'subject'"),
    });
    expect(await lines('SELECT COUNT(*) FROM simple')).toEqual(['0']);
    await server.sql('SET GLOBAL sql_mode = DEFAULT');
  });

  test('a table without transactions: unclear is said to be unclear, and findPush finds it', async () => {
    const source = await openTarget(mysql, {
      ...settings(),
      insert: { table: 'simple', title: 'subject', reference: 'ref' },
    });
    const { id } = await source.push(pushRequest({ title: 'short' }), context());
    expect(await lines('SELECT id FROM simple')).toEqual([id]);
    const release = await lockWith('LOCK TABLES simple WRITE');
    const request = pushRequest({ title: 'later' });
    const error = await source.push(request, context(500)).catch((thrown: unknown) => thrown);
    expect(surelyNotDone(error)).toBe(false);
    await release();
    const found = await source.findPush?.(request, context());
    expect(await lines(`SELECT id FROM simple WHERE ref = '${request.reference}'`)).toEqual(
      found === undefined ? [] : [found.id],
    );
  });

  test('a session that may not write by default writes, and is let go afterwards', async () => {
    await server.sql('SET GLOBAL tx_read_only = ON');
    const source = await openTarget(mysql, { ...settings(), insert });
    await source.push(pushRequest(), context());
    await server.sql('SET GLOBAL tx_read_only = OFF');
    await source.close?.();
    expect(
      await lines(
        `SELECT ID FROM information_schema.PROCESSLIST WHERE USER = '${WRITER.user}' AND COMMAND <> 'Killed'`,
      ),
    ).toEqual([]);
  });
});
