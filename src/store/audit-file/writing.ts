/** What writes the audit: called in a worker thread by a gateway that serves; each takes and gives plain data. */
import { auditLine, lostEntry } from '../../gateway/audit/entry.ts';
import type { EntryBatch } from '../../gateway/audit/file.ts';
import { KeptFile } from '../kept-file.ts';
import { AuditConnection } from './connection.ts';
import { auditTrouble, checkMark, openAuditToWrite } from './file.ts';
import { isWholeEntry, soonFoundBy, textOfRow } from './rows.ts';
import { handedUpTo, handOn, PART_SHIFT } from './schema.ts';

/**
 * A batch of so many comes of a gateway with hundreds of calls a second. To put each entry where it is found takes more of the processors
 * than all else of the audit; so the batch stays as it is until there is time.
 */
const BUSY = 250;
/** So many batches wait for it: a quarter of a minute of all that a machine can do, filed within a second or two by whoever reads. */
const MOST_BLOCKS = 50;
/** In one transaction: other gateways write between two. */
const FILED_AT_ONCE = 2;
/** So many entries that are too old go with each batch: other gateways write between two. */
const REMOVED_AT_ONCE = 2_000;

/** A batch of a process. */
export interface AuditBatch extends EntryBatch {
  readonly file: string;
  /** A name of the process that no other has. */
  readonly writer: string;
  /** The number of the first entry. */
  readonly first: number;
  /** Entries go when they are so old. Milliseconds. */
  readonly keepMs: number;
}

const kept = new KeptFile(async (file) => new AuditConnection(await openAuditToWrite(file)));

/**
 * Adds the entries, and removes what is older than it is kept.
 * @returns whether blocks wait for {@link fileSomeBlocks}
 * @throws {StoreError}
 */
export function writeEntries({ file, writer, first, count, lines, keepMs }: AuditBatch): Promise<boolean> {
  return transaction(file, (audit) => {
    const last = audit.number('SELECT last FROM writers WHERE writer = ?', writer);
    // Some were written before, and nobody heard of it.
    const known = Math.max(0, last - first + 1);
    const isBusy = count >= BUSY && known === 0;
    if (isBusy) audit.run('INSERT INTO blocks (lines) VALUES (?)', lines);
    else add(audit, lines.split('\n').slice(known));
    const canWait = isBusy && audit.number('SELECT count(*) FROM blocks') <= MOST_BLOCKS;
    const someWait = canWait || fileSome(audit);
    const told = `INSERT INTO writers VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET last = max(last, excluded.last), at = excluded.at`;
    audit.run(told, writer, first + count - 1, Date.now());
    removeOld(audit, Date.now() - keepMs);
    return someWait;
  });
}

/** Makes entries of the oldest blocks. @returns whether others wait @throws {StoreError} */
export function fileSomeBlocks({ file }: { readonly file: string }): Promise<boolean> {
  return transaction(file, fileSome);
}

/** For whoever reads. @throws {StoreError} */
export async function fileAllBlocks(file: string): Promise<void> {
  while (await fileSomeBlocks({ file }));
}

function fileSome(audit: AuditConnection): boolean {
  for (const row of audit.all('SELECT id, lines AS entry FROM blocks ORDER BY id LIMIT ?', FILED_AT_ONCE)) {
    const { id, entry } = textOfRow(row);
    const lines = entry.split('\n');
    const whole = lines.filter(isWholeEntry);
    const lost = lines.length - whole.length;
    // One that somebody, or a disk, has damaged would keep all others from being filed, and whoever reads from those.
    add(audit, lost === 0 ? whole : [...whole, auditLine(lostEntry(lost))]);
    audit.run('DELETE FROM blocks WHERE id = ?', id);
  }
  return audit.number('SELECT count(*) FROM blocks') > 0;
}

function add(audit: AuditConnection, lines: readonly string[]): void {
  const rows: (number | string)[] = [];
  const customers: (readonly [customer: string, entry: number])[] = [];
  // Nobody else writes in this transaction.
  // A number that was handed on is not given again, also when its entry has gone.
  let id = Math.max(audit.number('SELECT max(id) FROM entries'), handedUpTo(audit.database));
  for (const line of lines) {
    const entry = soonFoundBy(line);
    id += 1;
    const named = audit.idOf('names', 'kind, name', entry.kind, entry.name);
    const person = audit.idOf('persons', 'person_id, person_name', entry.personId, entry.personName);
    rows.push(id, entry.at, named, person, entry.request, line);
    for (const customer of entry.customers) customers.push([customer, id]);
  }
  audit.insert('INSERT INTO entries (id, at, named, person, request, entry)', () => '(?, ?, ?, ?, ?, ?)', 6, rows);
  // In the order of the table, neighbours are written together. The same customer may be there twice.
  customers.sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
  const row = (first: number) => `(?${first + 1} >> ${PART_SHIFT}, ?${first}, ?${first + 1})`;
  audit.insert('INSERT OR IGNORE INTO customers_of_parts', row, 2, customers.flat());
}

/** The customers after the entry: a trigger keeps those of an entry that is there; so it does with persons and names. */
function removeOld(audit: AuditConnection, before: number): void {
  const old = audit.all('SELECT id, entry FROM entries WHERE at < ? LIMIT ?', before, REMOVED_AT_ONCE);
  if (old.length === 0) return;
  audit.run('UPDATE kept SET before = ? WHERE before < ?', before, before);
  // No more is read of them than when they were written: one of another version would keep all others from being written.
  for (const { id, entry } of old.map(textOfRow)) {
    audit.run('DELETE FROM entries WHERE id = ?', id);
    const customers = customersOf(entry);
    if (customers === undefined) {
      audit.run('DELETE FROM customers WHERE entry = ?', id);
      audit.run(`DELETE FROM customers_of_parts WHERE part = ?1 >> ${PART_SHIFT} AND entry = ?1`, id);
    }
    for (const customer of customers ?? []) {
      audit.run('DELETE FROM customers WHERE customer = ? AND entry = ?', customer, id);
      const own = `DELETE FROM customers_of_parts WHERE part = ?2 >> ${PART_SHIFT} AND customer = ?1 AND entry = ?2`;
      audit.run(own, customer, id);
    }
  }
  // An earlier version beside this one, or after it, removes entries without these. A part at a time: others write.
  audit.run(`DELETE FROM customers_of_parts WHERE part = (SELECT min(part) FROM customers_of_parts)
    AND part < (SELECT min(id) >> ${PART_SHIFT} FROM entries)`);
  audit.forget();
  audit.run('DELETE FROM persons WHERE NOT EXISTS (SELECT 1 FROM entries WHERE person = persons.id)');
  audit.run('DELETE FROM names WHERE NOT EXISTS (SELECT 1 FROM entries WHERE named = names.id)');
}

/** Undefined: it is damaged, and nobody knows. It may not keep all others from being written. */
function customersOf(entry: string): readonly string[] | undefined {
  try {
    return soonFoundBy(entry).customers;
  } catch {
    return undefined;
  }
}

/** Entries up to a number have been handed on. @throws {StoreError} */
export function markHanded({ file, last }: { readonly file: string; readonly last: number }): Promise<void> {
  return transaction(file, ({ database }) => handOn(database, last));
}

/** Writes a page, as a batch would. @throws {StoreError} why it cannot be done */
export function proveAudit({ file }: { readonly file: string }): Promise<void> {
  return transaction(file, ({ database }) => {
    database.exec('CREATE TABLE proof (id INTEGER); DROP TABLE proof');
  });
}

/** Lets a process end in order; a thread that ends leaves nothing to do. */
export function closeAudit(): void {
  kept.close();
}

async function transaction<T>(file: string, work: (audit: AuditConnection) => T): Promise<T> {
  try {
    return await kept.transaction(file, (audit) => {
      if (audit.hasChanged()) checkMark(audit.database, file);
      return work(audit);
    });
  } catch (error) {
    throw auditTrouble(file, error);
  }
}
