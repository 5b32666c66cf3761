/** An audit never becomes shorter by a restore: what the file there has is kept, and what it lacks is added. */
import { openAuditToWrite } from '../audit-file/file.ts';
import { PART_SHIFT } from '../audit-file/schema.ts';
import { closeAudit, fileAllBlocks } from '../audit-file/writing.ts';

/**
 * Adds the entries of a backup that an audit has not. What went from it since because it was older than it is kept stays
 * away. All of it, or nothing.
 * @returns how many were added
 * @throws {StoreError}
 */
export async function addAuditEntries(file: string, backup: string): Promise<number> {
  // An older one becomes one of this version.
  for (const one of [backup, file]) await fileAllBlocks(one);
  closeAudit();
  const database = await openAuditToWrite(file);
  try {
    database.prepare('ATTACH ? AS backup').run(backup);
    database.exec('BEGIN IMMEDIATE');
    // The text of an entry has all that is in it, with the reference of its call.
    database.exec(
      `CREATE TEMP TABLE lacking AS
         SELECT theirs.id AS theirs, (SELECT coalesce(max(id), 0) FROM main.entries) + row_number() OVER (ORDER BY theirs.id) AS ours
           FROM backup.entries AS theirs
           WHERE at >= (SELECT max(before) FROM main.kept)
             AND NOT EXISTS (SELECT 1 FROM main.entries AS own WHERE own.at = theirs.at AND own.entry = theirs.entry)`,
    );
    for (const [table, column, texts] of [
      ['persons', 'person', 'person_id, person_name'],
      ['names', 'named', 'kind, name'],
    ]) {
      database.exec(
        `INSERT OR IGNORE INTO main.${table} (${texts}) SELECT ${texts} FROM backup.${table}
           WHERE id IN (SELECT ${column} FROM backup.entries JOIN temp.lacking ON lacking.theirs = entries.id)`,
      );
    }
    const { changes } = database
      .prepare(
        `INSERT INTO main.entries (id, at, named, person, request, entry)
           SELECT lacking.ours, old.at,
             (SELECT id FROM main.names WHERE (kind, name) = (SELECT kind, name FROM backup.names WHERE id = old.named)),
             (SELECT id FROM main.persons WHERE (person_id, person_name) =
               (SELECT person_id, person_name FROM backup.persons WHERE id = old.person)),
             old.request, old.entry
           FROM temp.lacking JOIN backup.entries AS old ON old.id = lacking.theirs ORDER BY lacking.ours`,
      )
      .run();
    database.exec(
      `INSERT INTO main.customers_of_parts (part, customer, entry) SELECT lacking.ours >> ${PART_SHIFT}, customer, lacking.ours
         FROM temp.lacking JOIN (SELECT customer, entry FROM backup.customers_of_parts UNION SELECT customer, entry FROM backup.customers)
           AS found ON found.entry = lacking.theirs`,
    );
    database.exec('COMMIT');
    return changes;
  } finally {
    database.close();
  }
}
