/** The file of the audit. Nothing in it can be made again, so it is never removed, whatever is wrong with it. */
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { StoreError } from '../../contract/index.ts';
import { sqliteLoaded } from '../../kit/sqlite/index.ts';
import { applicationMark } from '../application.ts';
import { makeOwnFile } from '../folder.ts';
import { type NamedFile, refuseOther, storeTrouble } from '../trouble.ts';
import {
  APPLICATION_ID,
  type AuditDatabase,
  BLOCKS,
  CUSTOMERS_OF_PARTS,
  isBetweenVersions,
  migrate,
  SCHEMA,
  VERSION,
} from './schema.ts';

const AUDIT: NamedFile = { called: 'the audit', key: 'audit.file' };
/** What a file of this version says of itself. */
export const AUDIT_MARK = { application: APPLICATION_ID, version: VERSION } as const;
/** Other gateways of the machine write for some milliseconds. */
const BUSY_TIMEOUT_MS = 1_000;
const MOST_LOG_BYTES = 16 * 1024 * 1024;
/** A process that tries a batch again does so within seconds. */
const WRITERS_KEPT_MS = 86_400_000;

/** Opens the file to write, and makes it where there is none; only the owner may read it. @throws {StoreError} */
export async function openAuditToWrite(file: string): Promise<AuditDatabase> {
  const { default: Plain } = await sqliteLoaded(import('libsql'));
  let database: AuditDatabase | undefined;
  try {
    refuseOther(file, AUDIT);
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
    migrate(database);
    checkMark(database, file);
    database.exec(CUSTOMERS_OF_PARTS);
    database.exec(BLOCKS);
    database.prepare('DELETE FROM writers WHERE at < ?').run([Date.now() - WRITERS_KEPT_MS]);
    return database;
  } catch (error) {
    database?.close();
    throw auditTrouble(file, error);
  }
}

/** Opens the file to look only; undefined where there is none yet. @throws {StoreError} */
export async function openAuditToRead(file: string): Promise<AuditDatabase | undefined> {
  if (!existsSync(file)) return undefined;
  const { default: Plain } = await sqliteLoaded(import('libsql'));
  const address = pathToFileURL(file);
  address.search = 'mode=ro';
  let database: AuditDatabase | undefined;
  try {
    refuseOther(file, AUDIT);
    database = new Plain(address.href, {});
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; PRAGMA query_only = ON`);
    // A gateway has made the file just now, and its tables come next.
    const { application, version, tables } = applicationMark(database);
    if (application === 0 && tables === 0) {
      database.close();
      return undefined;
    }
    if (application === APPLICATION_ID && (version === 1 || (version === VERSION && isBetweenVersions(database)))) {
      throw new StoreError(
        'unusable',
        `the audit ${file} comes from an earlier version of the gateway; the next entry that is written makes it one of this ` +
          'version, which takes a minute for some million entries: ask for a lookup, and try again then',
      );
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
  return storeTrouble(file, error, AUDIT);
}
