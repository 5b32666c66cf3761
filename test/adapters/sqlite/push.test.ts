/** Request Push into real SQLite files. */

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'libsql';
import { describe, expect, test } from 'vitest';
import sqlite from '../../../adapters/sqlite/index.ts';
import { surelyNotDone } from '../../../src/contract/index.ts';
import { openTarget, pushRequest } from '../../support/push-source.ts';
import type { TicketRow } from '../../support/sql/push-subject.ts';
import { describePush, insert, textOfHex } from '../../support/sql/push-suite.ts';
import { temporaryFolder, temporaryFolderForAll } from '../../support/temp.ts';
import { databaseWith, writeDatabase, writer } from './files.ts';

const TABLES = `
  CREATE TABLE tickets (id INTEGER PRIMARY KEY, subject TEXT NOT NULL, body TEXT, owner TEXT,
    n INTEGER CHECK (typeof(n) IN ('integer', 'null')), ref VARCHAR(40) UNIQUE);
  CREATE TABLE coded (code TEXT PRIMARY KEY DEFAULT (lower(hex(randomblob(16)))), subject TEXT, ref TEXT);
  CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT);
  INSERT INTO customers VALUES (1, 'a@example.com'), (2, 'b@example.com');`;
const context = (milliseconds = 20_000) => ({ signal: AbortSignal.timeout(milliseconds), reference: 'test' });

/** The rows of a query on a connection of its own, as texts. */
function rows(file: string, sql: string): readonly (readonly (string | null)[])[] {
  const database = new Database(file);
  try {
    const found: unknown[] = database.prepare(sql).raw(true).all();
    return found.map((row) => (Array.isArray(row) ? row.map((cell) => (cell === null ? null : String(cell))) : []));
  } finally {
    database.close();
  }
}

function ticketsOf(file: string): readonly TicketRow[] {
  const cells = 'id, hex(subject), hex(body), body IS NULL, hex(owner), owner IS NULL, ref';
  return rows(file, `SELECT ${cells} FROM tickets ORDER BY id`).map(
    ([id, subject, body, noBody, owner, noOwner, ref]) => ({
      id: String(id),
      subject: textOfHex(subject),
      body: noBody === '1' ? null : textOfHex(body),
      owner: noOwner === '1' ? null : textOfHex(owner),
      ref: ref ?? null,
    }),
  );
}

describe.each(['DELETE', 'WAL'])('sqlite, journal_mode = %s', async (mode) => {
  const file = join(await temporaryFolderForAll(), 'tickets.db');
  writeDatabase(file, `PRAGMA journal_mode = ${mode}; ${TABLES}`);

  describePush({
    adapter: sqlite,
    settings: () => ({ file }),
    tickets: async () => ticketsOf(file),
    others: async () => JSON.stringify(rows(file, 'SELECT * FROM customers')),
    codes: async () => rows(file, 'SELECT code FROM coded').map(([code]) => String(code)),
    async lock() {
      const other = new Database(file);
      other.exec('BEGIN IMMEDIATE');
      return async () => {
        other.exec('ROLLBACK');
        other.close();
      };
    },
    constraintWords: /NOT NULL constraint failed: tickets\.subject/,
  });
});

describe('sqlite, its own ways', () => {
  test('what it did not do is certain: a lock, a reader at the commit', async () => {
    const file = await databaseWith(TABLES);
    const source = await openTarget(sqlite, { file, insert });
    await source.push(pushRequest(), context());
    const reader = writer(file);
    // A reader lets the row be prepared, and not be committed.
    reader.exec('BEGIN; SELECT * FROM tickets');
    const late = await source.push(pushRequest(), context(300)).catch((error: unknown) => error);
    expect([surelyNotDone(late), Reflect.get(Object(late), 'kind')]).toEqual([true, 'timeout']);
    const waiting = source.push(pushRequest(), context());
    await sleep(100);
    reader.exec('COMMIT');
    await waiting;
    expect(ticketsOf(file)).toHaveLength(2);
  });

  test('pushes at once wait for each other', async () => {
    const file = await databaseWith(TABLES);
    const sources = await Promise.all([1, 2].map(() => openTarget(sqlite, { file, insert })));
    const pushed = Array.from({ length: 40 }, (_, index) => sources[index % 2]?.push(pushRequest(), context()));
    const ids = (await Promise.all(pushed)).map((receipt) => receipt?.id);
    expect(new Set(ids).size).toBe(40);
    expect(ticketsOf(file)).toHaveLength(40);
  });

  test('a foreign key holds, a trigger may refuse', async () => {
    const file = await databaseWith(`${TABLES}
      CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT, customer INTEGER REFERENCES customers (id));
      CREATE TRIGGER quiet BEFORE INSERT ON notes WHEN NEW.text = 'no' BEGIN SELECT RAISE(ABORT, 'not today'); END;`);
    const source = await openTarget(sqlite, { file, insert: { table: 'notes', title: 'text' } });
    const push = (title: string, customer: string) =>
      source.push(pushRequest({ title, fields: { customer } }), context());
    await expect(push('a', '3')).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining('FOREIGN KEY'),
    });
    await expect(push('no', '1')).rejects.toMatchObject({ message: expect.stringContaining('not today') });
    expect(await push('b', '2')).toEqual({ id: '1' });
    expect(rows(file, 'SELECT text, customer FROM notes')).toEqual([['b', '2']]);
  });

  test('a row number serves where the key is text that nobody generates', async () => {
    const file = await databaseWith('CREATE TABLE plain (subject TEXT, ref TEXT)');
    const source = await openTarget(sqlite, { file, insert: { table: 'plain', title: 'subject', reference: 'ref' } });
    const request = pushRequest();
    expect(await source.push(request, context())).toEqual({ id: request.reference });
    expect((await source.details?.(request.reference, context()))?.title).toBe('Printer on fire');
    const nameless = await openTarget(sqlite, { file, insert: { table: 'plain', title: 'subject' } });
    await expect(nameless.check(context())).rejects.toMatchObject({ remedy: expect.stringContaining('insert: id') });
  });

  test('a file that is not there is not made', async () => {
    const file = join(await temporaryFolder(), 'none.db');
    const source = await openTarget(sqlite, { file, insert });
    const error = await source.push(pushRequest(), context()).catch((thrown: unknown) => thrown);
    expect([Reflect.get(Object(error), 'kind'), surelyNotDone(error)]).toEqual(['unreachable', true]);
  });

  test('lookups of a writable source still cannot write', async () => {
    const file = await databaseWith(TABLES);
    const query = 'SELECT * FROM customers WHERE id = :id';
    const source = await openTarget(sqlite, { file, query, insert });
    await source.check(context());
    const deletes = { file, query: 'DELETE FROM customers', insert };
    expect(sqlite.settings.safeParse(deletes).success).toBe(false);
  });
});
