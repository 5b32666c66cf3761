import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'libsql';
import { expect, it } from 'vitest';
import sqlite from '../../../adapters/sqlite/index.ts';
import { listed } from '../../support/adapter-suite/list-run.ts';
import { describeListing, INDEXED_ONCE, suiteFields } from '../../support/adapter-suite.ts';
import { openWith } from '../../support/open-source.ts';
import { temporaryFolderForAll } from '../../support/temp.ts';

const folder = await temporaryFolderForAll();

/** Times as SQLite's own functions write them, or of a column that counts. */
for (const [name, now] of [
  ['text', "coalesce(:at, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))"],
  ['number', 'iif(:at IS NULL, unixepoch(), unixepoch(:at))'],
] as const) {
  describeListing({
    name: `sqlite, changes by a ${name}`,
    adapter: sqlite,
    skip: name === 'number' ? INDEXED_ONCE : {},
    system: () => {
      const file = join(folder, `${name}.db`);
      const database = new Database(file);
      database.exec(`CREATE TABLE customers (customer_id TEXT PRIMARY KEY,
        ${suiteFields.slice(1).join(' TEXT, ')} TEXT, updated ${name === 'text' ? 'TEXT' : 'INTEGER'})`);
      const fields = suiteFields.map((field) => `:${field}`);
      const insert = database.prepare(`INSERT OR REPLACE INTO customers VALUES (${fields.join(', ')}, ${now})`);
      return {
        settings: { file, table: 'customers', dates: name === 'number' ? ['updated'] : [] },
        updated: 'updated',
        async put(customers, at) {
          database.exec('BEGIN');
          for (const customer of customers) {
            const cells = suiteFields.map((field) => [field, customer[field] ?? null]);
            insert.run({ ...Object.fromEntries(cells), at: at?.toISOString() ?? null });
          }
          database.exec('COMMIT');
        },
        async remove(ids) {
          for (const id of ids) database.prepare('DELETE FROM customers WHERE customer_id = ?').run(id);
        },
        outage: {
          begin: () => rename(file, `${file}.away`),
          end: () => rename(`${file}.away`, file).catch(() => undefined),
        },
      };
    },
  });
}

it('a cell that somebody wrote something else into hides no change', async () => {
  const file = join(folder, 'cells.db');
  const database = new Database(file);
  database.exec(`CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT, changed TEXT);
    INSERT INTO people VALUES (1, 'Max', '2026-03-01 13:00:00'), (2, 'Anna', 'garbage'), (3, 'Bob', NULL)`);
  const source = await openWith(sqlite, { file, table: 'people' });
  const { mark, keys } = await listed(source, { updated: 'changed' });
  expect(keys).toEqual(['1', '2', '3']);
  database.exec("INSERT INTO people VALUES (4, 'Eve', strftime('%Y-%m-%d %H:%M:%S', 'now'))");
  expect((await listed(source, { updated: 'changed', since: mark })).keys).toEqual(['4', '2']);
  database.exec("UPDATE people SET changed = 'garbage'");
  await expect(listed(source, { updated: 'changed' })).rejects.toThrow(
    '"changed" of people cannot tell what has changed',
  );
});

it.each([
  ['seconds', '9999999999', 'unixepoch()', ['5', '1']],
  ['milliseconds', '9999999999999', 'unixepoch() * 1000', ['5', '1']],
  ['versions', '20000000000000', '20000000000001', ['1', '5']],
  ['few versions', '5000', '5001', ['1', '5']],
])('one time to come hides no change by %s', async (what, last, now, changed) => {
  const file = join(folder, `${what}.db`);
  const database = new Database(file);
  database.exec(`CREATE TABLE people (id INTEGER PRIMARY KEY, changed INTEGER);
    INSERT INTO people VALUES (1, ${last}), (2, 12)`);
  const source = await openWith(sqlite, { file, table: 'people' });
  const { mark } = await listed(source, { updated: 'changed' });
  database.exec(`INSERT INTO people VALUES (5, ${now})`);
  expect((await listed(source, { updated: 'changed', since: mark })).keys).toEqual(changed);
});
