/** A toy database with customers in it. Its place is for yours. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Libsql from 'libsql';

const CUSTOMERS = 'customers (customer_id TEXT PRIMARY KEY, first_name, last_name, email, phone, company)';
const TICKETS = `CREATE TABLE tickets (id INTEGER PRIMARY KEY, reference TEXT UNIQUE, subject, text, queue, state DEFAULT 'open')`; // --push

/** Makes one in a temporary folder. @param rows in the order of the columns */
export async function makeSystem(rows: readonly (readonly string[])[]) {
  const folder = await mkdtemp(join(tmpdir(), 'my-system-'));
  const file = join(folder, 'system.db');
  const database = new Libsql(file);
  database.exec(`CREATE TABLE ${CUSTOMERS}`);
  database.exec(TICKETS); // --push
  const insert = database.prepare('INSERT INTO customers VALUES (?, ?, ?, ?, ?, ?)');
  for (const row of rows) insert.run(...row);
  return {
    file,
    tickets: () => database.prepare('SELECT * FROM tickets ORDER BY id').all(), // --push
    async remove() {
      database.close();
      await rm(folder, { recursive: true });
    },
  };
}
