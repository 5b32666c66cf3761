/** What writes the audit: called in a worker thread by a gateway that serves; each takes and gives plain data. */
import { fileMark } from '../index-file/file.ts';
import { auditTrouble, checkMark, openAuditToWrite } from './file.ts';
import { entryOfRow, foundBy } from './rows.ts';
import type { AuditDatabase } from './schema.ts';

/** So many entries that are too old go with each batch: other gateways write between two. */
const REMOVED_AT_ONCE = 2_000;

/** So many rows in one statement: each call of SQLite costs as much as some values do. */
const ROWS_AT_ONCE = 50;

/** A batch of a process. */
export interface AuditBatch {
  readonly file: string;
  /** A name of the process that no other has. */
  readonly writer: string;
  /** The number of the first entry. */
  readonly first: number;
  /** JSON of an entry each, a line each: one text crosses to a thread faster than many. */
  readonly entries: string;
  /** Entries go when they are so old. Milliseconds. */
  readonly keepMs: number;
}

/** An open file stays open in its thread, until there is another at its path. */
let open: { readonly file: string; readonly mark: string; readonly database: AuditDatabase } | undefined;

/** Adds the entries, and removes what is older than it is kept. @throws {StoreError} */
export async function writeEntries({ file, writer, first, entries, keepMs }: AuditBatch): Promise<void> {
  const lines = entries.split('\n');
  await transaction(file, (database) => {
    const last = numberOf(database, 'SELECT last FROM writers WHERE writer = ?', [writer]);
    // What is left out was written before.
    add(database, lines.slice(Math.max(0, last - first + 1)));
    database
      .prepare(`INSERT INTO writers VALUES (?, ?, ?)
        ON CONFLICT DO UPDATE SET last = max(last, excluded.last), at = excluded.at`)
      .run([writer, first + lines.length - 1, Date.now()]);
    removeOld(database, Date.now() - keepMs);
  });
}

function add(database: AuditDatabase, lines: readonly string[]): void {
  const persons = numbersOf(database, 'persons', 'person_id, person_name');
  const names = numbersOf(database, 'names', 'kind, name');
  const rows: (number | string)[] = [];
  const customers: (readonly [customer: string, entry: number])[] = [];
  // Nobody else writes in this transaction.
  let id = numberOf(database, 'SELECT max(id) FROM entries', []);
  for (const line of lines) {
    const entry = foundBy(line);
    id += 1;
    rows.push(id, entry.at, names(entry.kind, entry.name), persons(entry.personId, entry.personName));
    rows.push(entry.request, line);
    for (const customer of entry.customers) customers.push([customer, id]);
  }
  insert(database, 'INSERT INTO entries (id, at, named, person, request, entry)', 6, rows);
  // In the order of the table, neighbours are written together. The same customer may be there twice.
  customers.sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
  insert(database, 'INSERT OR IGNORE INTO customers', 2, customers.flat());
}

/** @param values of all rows, one row after the other */
function insert(database: AuditDatabase, into: string, columns: number, values: readonly (number | string)[]): void {
  const row = `(${Array.from({ length: columns }, () => '?').join(', ')})`;
  const prepared = (rows: number) =>
    database.prepare(`${into} VALUES ${Array.from({ length: rows }, () => row).join(', ')}`);
  const most = ROWS_AT_ONCE * columns;
  const many = values.length >= most ? prepared(ROWS_AT_ONCE) : undefined;
  for (let from = 0; from < values.length; from += most) {
    const some = values.slice(from, from + most);
    (some.length === most && many ? many : prepared(some.length / columns)).run(some);
  }
}

/** Numbers of pairs of texts in a table of them; a new one gets one. Other processes remove what nothing has, so it lasts for a transaction. */
function numbersOf(
  database: AuditDatabase,
  table: 'persons' | 'names',
  columns: string,
): (first: string, second: string) => number {
  const known = new Map<string, number>();
  return (first, second) => {
    const key = `${first.length} ${first}${second}`;
    const there = known.get(key);
    if (there !== undefined) return there;
    database.prepare(`INSERT OR IGNORE INTO ${table} (${columns}) VALUES (?, ?)`).run([first, second]);
    const number = numberOf(database, `SELECT id FROM ${table} WHERE (${columns}) = (?, ?)`, [first, second]);
    known.set(key, number);
    return number;
  };
}

/** The one number that is asked for; 0: there is none. */
function numberOf(database: AuditDatabase, sql: string, bound: readonly (number | string)[]): number {
  const [row] = database.prepare(sql).raw().all(bound);
  return Array.isArray(row) ? Number(row[0] ?? 0) : 0;
}

/** The customers after the entry: a trigger keeps those of an entry that is there; so it does with persons and names. */
function removeOld(database: AuditDatabase, before: number): void {
  const old = database.prepare('SELECT id, entry FROM entries WHERE at < ? LIMIT ?').all(before, REMOVED_AT_ONCE);
  if (old.length === 0) return;
  database.prepare('UPDATE kept SET before = ? WHERE before < ?').run(before, before);
  const remove = database.prepare('DELETE FROM entries WHERE id = ?');
  const removeCustomers = database.prepare('DELETE FROM customers WHERE customer = ? AND entry = ?');
  for (const { id, entry } of old.map(entryOfRow)) {
    remove.run(id);
    for (const customer of entry.customers) removeCustomers.run(customer, id);
  }
  database.exec(`DELETE FROM persons WHERE NOT EXISTS (SELECT 1 FROM entries WHERE person = persons.id);
    DELETE FROM names WHERE NOT EXISTS (SELECT 1 FROM entries WHERE named = names.id)`);
}

/** Writes a page, as a batch would. @throws {StoreError} why it cannot be done */
export function proveAudit({ file }: { readonly file: string }): Promise<void> {
  return transaction(file, (database) => void database.exec('CREATE TABLE proof (id INTEGER); DROP TABLE proof'));
}

/** Lets a process end in order; a thread that ends leaves nothing to do. */
export function closeAudit(): void {
  open?.database.close();
  open = undefined;
}

async function transaction(file: string, work: (database: AuditDatabase) => void): Promise<void> {
  try {
    const database = await databaseOf(file);
    database.exec('BEGIN IMMEDIATE');
    try {
      checkMark(database, file);
      work(database);
      database.exec('COMMIT');
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK');
      throw error;
    }
  } catch (error) {
    closeAudit();
    throw auditTrouble(file, error);
  }
}

async function databaseOf(file: string): Promise<AuditDatabase> {
  if (open !== undefined && open.file === file && fileMark(file) === open.mark) return open.database;
  closeAudit();
  const database = await openAuditToWrite(file);
  open = { file, mark: fileMark(file), database };
  return database;
}
