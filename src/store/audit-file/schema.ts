/** The tables of the audit, and how those of the first version become them. */
import type Database from 'libsql';
import { applicationMark } from '../application.ts';

/** An open file. Synchronous: a gateway that serves writes and reads it in a thread of its own. */
export type AuditDatabase = InstanceType<typeof Database>;

/** Told to SQLite's tools: "HSga". */
export const APPLICATION_ID = 0x48536761;
export const VERSION = 2;
/** The least that `audit.keep` can be, as `src/config/` has it: nothing younger goes, whoever asks. */
const YOUNGEST_REMOVED_MS = 86_400_000;

/**
 * An entry is JSON; beside it stands what it is found by: a column costs more than all that is in it. Persons and names
 * (of lookups and all else) are few, so their texts stand in tables of their own, where a part of a name is soon found.
 *
 * `entries_at` has `named`, so that the newest of a kind are found without a look at the others.
 */
const ENTRIES = `
  CREATE TABLE persons (
    id INTEGER PRIMARY KEY,
    person_id TEXT NOT NULL,
    person_name TEXT NOT NULL,
    UNIQUE (person_id, person_name)
  ) STRICT;
  CREATE TABLE names (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (kind, name)
  ) STRICT;
  CREATE TABLE entries (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    named INTEGER NOT NULL,
    person INTEGER NOT NULL,
    request TEXT NOT NULL,
    entry TEXT NOT NULL
  ) STRICT;
  CREATE INDEX entries_at ON entries (at, named);
  CREATE INDEX entries_named ON entries (named, at);
  CREATE INDEX entries_person ON entries (person, at);
  CREATE INDEX entries_request ON entries (request, at) WHERE request <> '';
  CREATE TABLE writers (writer TEXT PRIMARY KEY, last INTEGER NOT NULL, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TRIGGER entries_stay_as_they_are BEFORE UPDATE ON entries
    BEGIN SELECT raise(ABORT, 'entries of the audit are not changed'); END;
  CREATE TRIGGER entries_stay BEFORE DELETE ON entries WHEN old.at >= (SELECT min(before) FROM kept)
    BEGIN SELECT raise(ABORT, 'entries of the audit go only when they are older than they are kept'); END;
  CREATE TRIGGER customers_stay BEFORE DELETE ON customers WHEN EXISTS (SELECT 1 FROM entries WHERE id = old.entry)
    BEGIN SELECT raise(ABORT, 'entries of the audit are not changed'); END;
  ${['persons', 'names']
    .map(
      (table) => `
  CREATE TRIGGER ${table}_stay_as_they_are BEFORE UPDATE ON ${table}
    BEGIN SELECT raise(ABORT, 'entries of the audit are not changed'); END;
  CREATE TRIGGER ${table}_stay BEFORE DELETE ON ${table}
    WHEN EXISTS (SELECT 1 FROM entries WHERE ${table === 'names' ? 'named' : 'person'} = old.id)
    BEGIN SELECT raise(ABORT, 'entries of the audit are not changed'); END;`,
    )
    .join('')}
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${VERSION};
`;

/**
 * Entries are added, and go when they are older than `kept.before`, which only moves on and never to less than a day ago.
 * The triggers keep programs from anything else, also SQLite's own; not a person who may write the file and removes them.
 * `writers`: the number of the last entry of each process, so that one that is written once more, because nobody heard
 * that it was, is there once.
 */
export const SCHEMA = `
  CREATE TABLE customers (
    customer TEXT NOT NULL,
    entry INTEGER NOT NULL,
    PRIMARY KEY (customer, entry)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE kept (before INTEGER NOT NULL) STRICT;
  INSERT INTO kept VALUES (0);
  CREATE TRIGGER customers_stay_as_they_are BEFORE UPDATE ON customers
    BEGIN SELECT raise(ABORT, 'entries of the audit are not changed'); END;
  CREATE TRIGGER kept_moves_on BEFORE UPDATE ON kept
    WHEN new.before < old.before OR new.before > unixepoch('now') * 1000 - ${YOUNGEST_REMOVED_MS} + 60000
    BEGIN SELECT raise(ABORT, 'what is younger than a day is kept'); END;
  CREATE TRIGGER kept_is_one BEFORE INSERT ON kept
    BEGIN SELECT raise(ABORT, 'there is one time before which entries go'); END;
  CREATE TRIGGER kept_stays BEFORE DELETE ON kept
    BEGIN SELECT raise(ABORT, 'there is one time before which entries go'); END;
  ${ENTRIES}
`;

/** Entries in one part of {@link CUSTOMERS_OF_PARTS}: as many as are soon searched in, and few pages. As a shift: 2^13 is 8,192. */
export const PART_SHIFT = 13;

/**
 * The customers of entries, those of some thousand entries together: customers come in no order, so in one table by customer
 * each of them would change a page of its own, and the more pages there are, the more would be written. Files of before
 * have them in `customers`, and may be written by a gateway of before during an update: what is there goes with its entries.
 */
export const CUSTOMERS_OF_PARTS = `
  CREATE TABLE IF NOT EXISTS customers_of_parts (
    part INTEGER NOT NULL,
    customer TEXT NOT NULL,
    entry INTEGER NOT NULL,
    PRIMARY KEY (part, customer, entry)
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER IF NOT EXISTS customers_of_parts_stay_as_they_are BEFORE UPDATE ON customers_of_parts
    BEGIN SELECT raise(ABORT, 'entries of the audit are not changed'); END;
  CREATE TRIGGER IF NOT EXISTS customers_of_parts_stay BEFORE DELETE ON customers_of_parts
    WHEN EXISTS (SELECT 1 FROM entries WHERE id = old.entry)
    BEGIN SELECT raise(ABORT, 'entries of the audit are not changed'); END;
`;

/**
 * Batches of a gateway that has much to do, as they came: a line of JSON for each entry. They are moved into `entries` when
 * there is time; a block goes only when its last entry is the last of `entries`, or one that says that some of it are lost.
 */
export const BLOCKS = `
  CREATE TABLE IF NOT EXISTS blocks (id INTEGER PRIMARY KEY, lines TEXT NOT NULL) STRICT;
  CREATE TRIGGER IF NOT EXISTS blocks_stay_as_they_are BEFORE UPDATE ON blocks
    BEGIN SELECT raise(ABORT, 'entries of the audit are not changed'); END;
  CREATE TRIGGER IF NOT EXISTS blocks_stay BEFORE DELETE ON blocks
    WHEN (SELECT kind <> 'lost' AND substr(old.lines, -length(entry)) <> entry
      FROM entries JOIN names ON names.id = named ORDER BY entries.id DESC LIMIT 1) IS NOT 0
    BEGIN SELECT raise(ABORT, 'entries of the audit are not changed'); END;
`;

/** Whether blocks wait to become entries. A file that no gateway of now has written to has none. */
export function hasBlocks(database: AuditDatabase): boolean {
  return hasTable(database, 'blocks') && database.prepare('SELECT 1 FROM blocks LIMIT 1').all().length > 0;
}

/** Whether the file has customers by parts: one that no gateway of now has written to has not. */
export function hasParts(database: AuditDatabase): boolean {
  return hasTable(database, 'customers_of_parts');
}

function hasTable(database: AuditDatabase, name: string): boolean {
  return database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").all(name).length > 0;
}

/** The first version had a column for each part of an entry. */
const COLUMNS = [
  ...['at', 'kind', 'name', 'request', 'step', 'count', 'outcome', 'status', 'reference', 'caller', 'via'],
  'milliseconds',
];
const LISTS = ['customers', 'things', 'sources', 'values'];
const AS_JSON = `json_remove(json_object('personId', e.person_id, 'personName', e.person_name, ${[
  ...COLUMNS.map((name) => `'${name}', e.${name}`),
  ...LISTS.map((name) => `'${name}', json(e."${name}")`),
].join(', ')}), iif(e."values" IS NULL, '$.values', '$.none'))`;

/** So many in one transaction: it goes on where it was when its time is up. */
const MOVED_AT_ONCE = 20_000;

/** Where a file has handed entries to a store: the number of the last. A file that never has, has no such table. */
const HANDED = 'CREATE TABLE IF NOT EXISTS handed (last INTEGER NOT NULL)';

/** Up to which number entries were handed on; 0: none were. */
export function handedUpTo(database: AuditDatabase): number {
  const [row] = hasTable(database, 'handed') ? database.prepare('SELECT max(last) AS last FROM handed').all() : [];
  return Number(Reflect.get(Object(row), 'last') ?? 0);
}

/** Within a transaction. */
export function handOn(database: AuditDatabase, last: number): void {
  database.exec(HANDED);
  // Another gateway of the machine may have been faster.
  if (last > handedUpTo(database)) database.prepare('INSERT INTO handed VALUES (?)').run(last);
  database.prepare('DELETE FROM handed WHERE last < ?').run(handedUpTo(database));
}

/** Whether entries of the first version wait to be moved. */
export function isBetweenVersions(database: AuditDatabase): boolean {
  return hasTable(database, 'entries_1');
}

/** Makes the first version this one, or goes on with it. Nothing happens to another, nor to one that is this. */
export function migrate(database: AuditDatabase): void {
  const isOld = () => {
    const { application, version } = applicationMark(database);
    return application === APPLICATION_ID && version === 1;
  };
  if (!isOld() && !isBetweenVersions(database)) return;
  for (let isDone = false; !isDone; ) {
    database.exec('BEGIN IMMEDIATE');
    // Another gateway may have been faster.
    if (isOld()) {
      database.exec(`DROP TRIGGER entries_stay_as_they_are; DROP TRIGGER entries_stay; DROP TRIGGER customers_stay;
        DROP INDEX entries_at; DROP INDEX entries_person; DROP INDEX entries_request;
        ALTER TABLE entries RENAME TO entries_1; ${ENTRIES}`);
    }
    isDone = !isBetweenVersions(database) || moveSome(database) === 0;
    database.exec('COMMIT');
  }
}

/** @returns how many */
function moveSome(database: AuditDatabase): number {
  const ids = `IN (SELECT id FROM entries_1 ORDER BY id LIMIT ${MOVED_AT_ONCE})`;
  const some = `entries_1 e WHERE e.id ${ids}`;
  database.exec(`INSERT OR IGNORE INTO persons (person_id, person_name) SELECT e.person_id, e.person_name FROM ${some};
    INSERT OR IGNORE INTO names (kind, name) SELECT e.kind, e.name FROM ${some}`);
  const { changes } = database
    .prepare(
      `INSERT INTO entries (id, at, named, person, request, entry) SELECT e.id, e.at,
        (SELECT n.id FROM names n WHERE n.kind = e.kind AND n.name = e.name),
        (SELECT p.id FROM persons p WHERE p.person_id = e.person_id AND p.person_name = e.person_name),
        e.request, ${AS_JSON} FROM ${some}`,
    )
    .run([]);
  database.exec(changes === 0 ? 'DROP TABLE entries_1' : `DELETE FROM entries_1 WHERE id ${ids}`);
  return changes;
}
