/** What writes the audit: called in a worker thread by a gateway that serves; each takes and gives plain data. */
import { fileMark } from '../index-file/file.ts';
import { type AuditDatabase, auditTrouble, checkMark, openAuditToWrite } from './file.ts';
import { entryOfRow, entryShape } from './rows.ts';

/** So many entries that are too old go with each batch: other gateways write between two. */
const REMOVED_AT_ONCE = 2_000;

/** A batch of a process. */
export interface AuditBatch {
  readonly file: string;
  /** A name of the process that no other has. */
  readonly writer: string;
  /** The number of the first entry. */
  readonly first: number;
  /** JSON of an entry each. */
  readonly entries: readonly string[];
  /** Entries go when they are so old. Milliseconds. */
  readonly keepMs: number;
}

/** An open file stays open in its thread, until there is another at its path. */
let open: { readonly file: string; readonly mark: string; readonly database: AuditDatabase } | undefined;

/** Adds the entries, and removes what is older than it is kept. @throws {StoreError} */
export async function writeEntries({ file, writer, first, entries, keepMs }: AuditBatch): Promise<void> {
  const rows = entries.map((text) => entryShape.parse(JSON.parse(text)));
  await transaction(file, (database) => {
    const add = database.prepare(`INSERT OR IGNORE INTO entries (at, kind, name, person_id, person_name, request, step,
      customers, things, count, sources, outcome, status, reference, caller, via, milliseconds, "values", writer, number)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
    const addCustomer = database.prepare('INSERT OR IGNORE INTO customers VALUES (?, ?)');
    for (const [index, row] of rows.entries()) {
      const texts = [row.kind, row.name, row.personId, row.personName, row.request, row.step].map(wellFormed);
      const last = [row.outcome, row.status, row.reference, wellFormed(row.caller), row.via, row.milliseconds];
      const lists = [JSON.stringify(row.customers), JSON.stringify(row.things)];
      const values = row.values === undefined ? null : JSON.stringify(row.values);
      const { changes, lastInsertRowid } = add.run([
        ...[row.at, ...texts, ...lists, row.count, JSON.stringify(row.sources), ...last],
        ...[values, writer, first + index],
      ]);
      // It was written before.
      if (changes === 0) continue;
      for (const customer of row.customers) addCustomer.run([wellFormed(customer), lastInsertRowid]);
    }
    removeOld(database, Date.now() - keepMs);
  });
}

/** The customers after the entry: a trigger keeps those of an entry that is there. */
function removeOld(database: AuditDatabase, before: number): void {
  const old = database.prepare('SELECT * FROM entries WHERE at < ? LIMIT ?').all(before, REMOVED_AT_ONCE);
  if (old.length === 0) return;
  database.prepare('UPDATE kept SET before = ? WHERE before < ?').run(before, before);
  const remove = database.prepare('DELETE FROM entries WHERE id = ?');
  const removeCustomers = database.prepare('DELETE FROM customers WHERE customer = ? AND entry = ?');
  for (const { id, entry } of old.map(entryOfRow)) {
    remove.run(id);
    for (const customer of entry.customers) removeCustomers.run(wellFormed(customer), id);
  }
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

/** SQLite keeps UTF-8, which has no halves of characters. */
function wellFormed(text: string): string {
  return text.toWellFormed();
}
