/** Whether a database may be replaced: nobody has it open. */

import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UserError } from '../../contract/index.ts';
import { sqliteLoaded } from '../../kit/sqlite/index.ts';
import { codeOf } from '../../kit/text/index.ts';
import { forgetInstance, hasEnded } from '../instance.ts';
import { storeTrouble } from '../trouble.ts';
import { DATABASES } from './copy.ts';
import type { DatabaseKind } from './manifest.ts';

/** Who only looks is done within this time. */
const BUSY_TIMEOUT_MS = 1_000;
/** Of these codes SQLite says that a file is none of its own, or damaged: there is nothing that could be brought in order. */
const DAMAGED = /^SQLITE_(?:CORRUPT|NOTADB)/;

/**
 * Brings all of a database that is there into its one file.
 * @returns whether it can be read
 * @throws {UserError} when a gateway, or another program, uses it
 */
export async function settleUnused(kind: DatabaseKind, file: string): Promise<'sound' | 'damaged' | 'none'> {
  if (kind === 'store') await refuseRunning(file);
  if (!existsSync(file)) return 'none';
  const { called } = DATABASES[kind];
  const { default: Plain } = await sqliteLoaded(import('libsql'));
  let database: InstanceType<typeof Plain> | undefined;
  try {
    database = new Plain(pathToFileURL(file).href, {});
    // Needs the file for itself, which nobody else has open then (https://sqlite.org/wal.html#activating_and_configuring_wal_mode).
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; PRAGMA journal_mode = DELETE`);
    return 'sound';
  } catch (error) {
    if (DAMAGED.test(codeOf(error))) return 'damaged';
    if (codeOf(error).startsWith('SQLITE_BUSY')) {
      throw new UserError(`${called} ${file} is used by another program; stop the gateways that use it first`);
    }
    throw storeTrouble(file, error, DATABASES[kind]);
  } finally {
    database?.close();
  }
}

/** Each gateway that sends has a lock beside the store. */
async function refuseRunning(store: string): Promise<void> {
  if (!existsSync(dirname(store))) return;
  const beginning = `${basename(store)}-live-`;
  const names = readdirSync(dirname(store)).filter((name) => name.startsWith(beginning) && !name.endsWith('-journal'));
  for (const name of names) {
    const id = name.slice(beginning.length);
    const ended = await hasEnded(store, id);
    if (ended === false) {
      throw new UserError(`a gateway uses the store ${store}; stop it (SIGTERM) first`);
    }
    // What it left is in the store that is put away.
    if (ended === true) forgetInstance(store, id);
  }
}
