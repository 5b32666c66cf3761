/** An audit never becomes shorter by a restore: what the file there has is kept, and what it lacks is added. */
import { openAuditToWrite } from '../audit-file/file.ts';

const COLUMNS = `at, kind, name, person_id, person_name, request, step, customers, things, count, sources, outcome, status,
  reference, caller, via, milliseconds, "values", writer, number`;

/**
 * Adds the entries of a backup that an audit has not. What went from it since because it was older than it is kept stays
 * away. All of it, or nothing.
 * @returns how many were added
 * @throws {StoreError}
 */
export async function addAuditEntries(file: string, backup: string): Promise<number> {
  const database = await openAuditToWrite(file);
  try {
    database.prepare('ATTACH ? AS backup').run(backup);
    database.exec('BEGIN IMMEDIATE');
    const { changes } = database
      .prepare(
        `INSERT OR IGNORE INTO main.entries (${COLUMNS}) SELECT ${COLUMNS} FROM backup.entries
           WHERE at >= (SELECT max(before) FROM main.kept) ORDER BY id`,
      )
      .run();
    database.exec(
      `INSERT OR IGNORE INTO main.customers (customer, entry) SELECT theirs.customer, ours.id FROM backup.customers AS theirs
         JOIN backup.entries AS old ON old.id = theirs.entry
         JOIN main.entries AS ours ON ours.writer = old.writer AND ours.number = old.number`,
    );
    database.exec('COMMIT');
    return changes;
  } finally {
    database.close();
  }
}
