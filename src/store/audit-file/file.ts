/** The file of the audit. Nothing in it can be made again, so it is never removed, whatever is wrong with it. */
import { existsSync, statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type Database from 'libsql';
import { StoreError } from '../../contract/index.ts';
import { applicationMark } from '../application.ts';
import { makeOwnFile } from '../folder.ts';
import { storeTrouble } from '../trouble.ts';

/** An open file. Synchronous: a gateway that serves writes and reads it in a thread of its own. */
export type AuditDatabase = InstanceType<typeof Database>;

/** Told to SQLite's tools: "HSga". */
const APPLICATION_ID = 0x48536761;
const VERSION = 1;
/** What a file of this version says of itself. */
export const AUDIT_MARK = { application: APPLICATION_ID, version: VERSION } as const;
/** Other gateways of the machine write for some milliseconds. */
const BUSY_TIMEOUT_MS = 1_000;
const MOST_LOG_BYTES = 16 * 1024 * 1024;
/** The least that `audit.keep` can be, as `src/config/` has it: nothing younger goes, whoever asks. */
const YOUNGEST_REMOVED_MS = 86_400_000;

/**
 * Entries are added, and go when they are older than `kept.before`, which only moves on and never to less than a day ago.
 * The triggers keep programs from anything else, also SQLite's own; not a person who may write the file and removes them.
 * `writer`, `number`: an entry that is written once more, because nobody heard that it was, is there once.
 */
const SCHEMA = `
  CREATE TABLE entries (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    person_id TEXT NOT NULL,
    person_name TEXT NOT NULL,
    request TEXT NOT NULL,
    step TEXT NOT NULL,
    customers TEXT NOT NULL,
    things TEXT NOT NULL,
    count INTEGER NOT NULL,
    sources TEXT NOT NULL,
    outcome TEXT NOT NULL,
    status INTEGER NOT NULL,
    reference TEXT NOT NULL,
    caller TEXT NOT NULL,
    via TEXT NOT NULL,
    milliseconds INTEGER NOT NULL,
    "values" TEXT,
    writer TEXT NOT NULL,
    number INTEGER NOT NULL,
    UNIQUE (writer, number)
  ) STRICT;
  CREATE INDEX entries_at ON entries (at);
  CREATE INDEX entries_person ON entries (person_id, at) WHERE person_id <> '';
  CREATE INDEX entries_request ON entries (request, at) WHERE request <> '';
  CREATE TABLE customers (
    customer TEXT NOT NULL,
    entry INTEGER NOT NULL,
    PRIMARY KEY (customer, entry)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE kept (before INTEGER NOT NULL) STRICT;
  INSERT INTO kept VALUES (0);
  CREATE TRIGGER entries_stay_as_they_are BEFORE UPDATE ON entries
    BEGIN SELECT raise(ABORT, 'entries of the audit are not changed'); END;
  CREATE TRIGGER entries_stay BEFORE DELETE ON entries WHEN old.at >= (SELECT min(before) FROM kept)
    BEGIN SELECT raise(ABORT, 'entries of the audit go only when they are older than they are kept'); END;
  CREATE TRIGGER customers_stay_as_they_are BEFORE UPDATE ON customers
    BEGIN SELECT raise(ABORT, 'entries of the audit are not changed'); END;
  CREATE TRIGGER customers_stay BEFORE DELETE ON customers WHEN EXISTS (SELECT 1 FROM entries WHERE id = old.entry)
    BEGIN SELECT raise(ABORT, 'entries of the audit are not changed'); END;
  CREATE TRIGGER kept_moves_on BEFORE UPDATE ON kept
    WHEN new.before < old.before OR new.before > unixepoch('now') * 1000 - ${YOUNGEST_REMOVED_MS} + 60000
    BEGIN SELECT raise(ABORT, 'what is younger than a day is kept'); END;
  CREATE TRIGGER kept_is_one BEFORE INSERT ON kept
    BEGIN SELECT raise(ABORT, 'there is one time before which entries go'); END;
  CREATE TRIGGER kept_stays BEFORE DELETE ON kept
    BEGIN SELECT raise(ABORT, 'there is one time before which entries go'); END;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${VERSION};
`;

/** Opens the file to write, and makes it where there is none; only the owner may read it. @throws {StoreError} */
export async function openAuditToWrite(file: string): Promise<AuditDatabase> {
  const { default: Plain } = await import('libsql');
  let database: AuditDatabase | undefined;
  try {
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) {
      throw new StoreError('unusable', `the audit ${file} is a folder; name a file in audit.file`);
    }
    makeOwnFile(file);
    database = new Plain(file, {});
    // FULL: what is written down stays over a loss of power. The pages of what is removed are overwritten.
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
      PRAGMA secure_delete = ON; PRAGMA journal_size_limit = ${MOST_LOG_BYTES}`);
    if (applicationMark(database).application === 0) {
      database.exec('BEGIN IMMEDIATE');
      // Another gateway may have been faster.
      const { application, tables } = applicationMark(database);
      if (application === 0 && tables === 0) database.exec(SCHEMA);
      database.exec('COMMIT');
    }
    checkMark(database, file);
    return database;
  } catch (error) {
    database?.close();
    throw auditTrouble(file, error);
  }
}

/** Opens the file to look only; undefined where there is none yet. @throws {StoreError} */
export async function openAuditToRead(file: string): Promise<AuditDatabase | undefined> {
  if (!existsSync(file)) return undefined;
  const { default: Plain } = await import('libsql');
  const address = pathToFileURL(file);
  address.search = 'mode=ro';
  let database: AuditDatabase | undefined;
  try {
    database = new Plain(address.href, {});
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; PRAGMA query_only = ON`);
    // A gateway has made the file just now, and its tables come next.
    const { application, tables } = applicationMark(database);
    if (application === 0 && tables === 0) {
      database.close();
      return undefined;
    }
    checkMark(database, file);
    return database;
  } catch (error) {
    database?.close();
    throw auditTrouble(file, error);
  }
}

/** @throws {StoreError} when it is not one of this version: a newer gateway may have changed it while it was open */
export function checkMark(database: AuditDatabase, file: string): void {
  const { application, version } = applicationMark(database);
  if (application === APPLICATION_ID && version === VERSION) return;
  const other =
    application === APPLICATION_ID
      ? `comes from another version of the gateway (its number is ${version}, and this one writes ${VERSION}); ` +
        'call that version, or move the file away: a new one is made'
      : 'is a database of something else; name another file in audit.file';
  throw new StoreError('unusable', `the audit ${file} ${other}`);
}

/** What is thrown for a failure: a {@link StoreError} where the file, the disk or another program is the cause. */
export function auditTrouble(file: string, error: unknown): unknown {
  return storeTrouble(file, error, { called: 'the audit', key: 'audit.file' });
}
