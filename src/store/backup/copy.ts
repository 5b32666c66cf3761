/** A copy of a database that is in use: whole, of one moment, and checked. */

import { chmodSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { StoreError, UserError, untilAborted } from '../../contract/index.ts';
import { sqliteLoaded } from '../../kit/sqlite/index.ts';
import { codeOf, messageOf } from '../../kit/text/index.ts';
import { type ApplicationMark, applicationMark } from '../application.ts';
import { AUDIT_MARK } from '../audit-file/file.ts';
import { makeOwnFile } from '../folder.ts';
import { INDEX_MARK } from '../index-file/file.ts';
import { LEDGER_MARK } from '../schema.ts';
import { type NamedFile, refuseOther, storeTrouble } from '../trouble.ts';
import type { DatabaseKind } from './manifest.ts';

/** What is known of each kind: the mark of a file of this version, how it is called, and the setting that names it. */
export const DATABASES: Readonly<Record<DatabaseKind, NamedFile & { readonly mark: Omit<ApplicationMark, 'tables'> }>> =
  {
    store: { called: 'the store', key: 'store.file', mark: LEDGER_MARK },
    audit: { called: 'the audit', key: 'audit.file', mark: AUDIT_MARK },
    index: { called: 'the index', key: 'store.index', mark: INDEX_MARK },
  };

/** Another process writes for some milliseconds; a checkpoint of a long log takes longer. */
const BUSY_TIMEOUT_MS = 10_000;

/**
 * Copies a database that others read and write, as it is at one moment, without what was removed from it. Nobody waits:
 * it reads as any reader does (https://sqlite.org/lang_vacuum.html#vacuuminto), off the event loop. When `signal` aborts it
 * is not waited for any more; what SQLite has begun ends by itself.
 * @param target a file that is not there yet
 * @throws {StoreError} why it cannot be copied, or what is wrong with what it copied
 */
export async function copyDatabase(
  kind: DatabaseKind,
  source: string,
  target: string,
  signal: AbortSignal,
): Promise<ApplicationMark> {
  const { default: Promised } = await sqliteLoaded(import('libsql/promise'));
  const address = pathToFileURL(source);
  address.search = 'mode=ro';
  // SQLite would make it as the umask says.
  makeOwnFile(target);
  const place = DATABASES[kind];
  let connection: InstanceType<typeof Promised> | undefined;
  try {
    refuseOther(source, place);
    connection = new Promised(address.href, {});
    const into = target.replaceAll("'", "''");
    const copied = connection.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; VACUUM INTO '${into}'`);
    await untilAborted(copied, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    throw copyTrouble(error, storeTrouble(source, error, place), `${place.called} ${source}`);
  } finally {
    // A statement under way keeps it open until it ends.
    if (!signal.aborted) connection?.close();
  }
  chmodSync(target, 0o600);
  return checkDatabase(kind, target, `${place.called} ${source}`, signal);
}

/**
 * Reads all of a database that nobody uses.
 * @param named how messages call it
 * @throws {StoreError} when it is damaged, or of another program
 */
export async function checkDatabase(
  kind: DatabaseKind,
  file: string,
  named: string,
  signal: AbortSignal,
): Promise<ApplicationMark> {
  const { default: Promised } = await sqliteLoaded(import('libsql/promise'));
  const { default: Plain } = await sqliteLoaded(import('libsql'));
  const address = pathToFileURL(file);
  address.search = 'immutable=1';
  const checking = new Promised(address.href, {});
  const sql = `CREATE TEMP TABLE found AS SELECT integrity_check AS said FROM pragma_integrity_check(5, 'main')`;
  try {
    // Not through a statement: that would read the disk in our thread.
    await untilAborted(checking.exec(sql), signal);
    const said = Reflect.get(Object((await checking.prepare('SELECT said FROM found')).get()), 'said');
    if (said !== 'ok') throw new StoreError('unusable', `${named} is damaged: ${String(said).slice(0, 200)}`);
  } catch (error) {
    if (error instanceof StoreError || signal.aborted) throw error;
    throw new StoreError('unusable', `${named} is damaged: ${messageOf(error)}`, error);
  } finally {
    if (!signal.aborted) checking.close();
  }
  const reading = new Plain(address.href, {});
  try {
    const mark = applicationMark(reading);
    if (mark.application === DATABASES[kind].mark.application) return mark;
    throw new StoreError('unusable', `${named} is a database of another program`);
  } finally {
    reading.close();
  }
}

/** A disk that is full is that of the archive: nothing is written beside the source. */
function copyTrouble(error: unknown, otherwise: unknown, named: string): unknown {
  const code = codeOf(error);
  if (code === 'SQLITE_FULL') return new UserError(NO_ROOM);
  if (otherwise !== error || !code.startsWith('SQLITE_')) return otherwise;
  // Its rows are not what its tables say.
  return new StoreError('unusable', `${named} is damaged: ${messageOf(error)}`, error);
}

/** Of the disk on which an archive is made. */
export const NO_ROOM =
  'there is no room for the backup: it takes twice what the store, the index and the audit take; free some, or write it to another disk';
