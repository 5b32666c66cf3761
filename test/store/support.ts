/** What the tests of the store share. */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import Database from 'libsql';
import { onTestFinished } from 'vitest';
import type { AttemptResult, Ledger, NewPush } from '../../src/gateway/push/ledger.ts';
import { type LedgerOptions, openLedger } from '../../src/store/ledger.ts';
import { temporaryFolder } from '../support/temp.ts';

/** A push that is like no other. */
export function anyPush(more: Partial<NewPush> = {}): NewPush {
  const id = `q-${randomUUID()}`;
  return {
    ...{ id, target: 'Tickets', mode: 'queued', xRequest: '1', fingerprint: id },
    ...{ duplicateWindowMs: 1_000, giveUpAfterMs: 5_000 },
    request: {
      ...{ reference: 'hs-1', title: 'Printer', body: 'It burns', fields: {}, link: undefined },
      ...{ values: {}, files: [] },
    },
    ...more,
  };
}

export async function newFile(): Promise<string> {
  return join(await temporaryFolder(), 'gateway.db');
}

/** A ledger that is closed when the test ends. */
export async function opened(file: string, options: LedgerOptions = {}): Promise<Ledger> {
  const ledger = await openLedger(file, options);
  onTestFinished(() => ledger.close());
  return ledger;
}

/** Writes down how the attempt that is under way ended. */
export async function settle(ledger: Ledger, id: string, result: AttemptResult): Promise<void> {
  await ledger.settle({ id, attempts: (await ledger.row(id))?.attempts ?? 0 }, result);
}

/** Keeps everybody from writing, as another program would. @returns what ends it */
export function lockForWriting(file: string): () => void {
  const connection = new Database(file);
  connection.exec('BEGIN IMMEDIATE');
  let isOpen = true;
  const end = () => {
    if (isOpen) connection.close();
    isOpen = false;
  };
  onTestFinished(end);
  return end;
}

/**
 * One kind of change finds the disk full: SQLite says so where a table has no number left for another row
 * (https://sqlite.org/autoinc.html).
 * @param change as a trigger has it: `UPDATE OF details ON pushes`
 * @returns what makes room again
 */
export async function leaveNoRoom(file: string, change: string): Promise<() => Promise<void>> {
  await execute(
    file,
    `CREATE TABLE no_room (number INTEGER PRIMARY KEY AUTOINCREMENT);
     INSERT INTO no_room VALUES (${2n ** 63n - 1n});
     CREATE TRIGGER no_room_left BEFORE ${change} BEGIN INSERT INTO no_room VALUES (NULL); END`,
  );
  return () => execute(file, 'DROP TRIGGER no_room_left; DROP TABLE no_room');
}

/** In the place of a file. */
export function makePipe(file: string): void {
  execFileSync('mkfifo', [file]);
}

/** What another program does to the file, all of it or nothing, as soon as nobody else writes. */
export async function execute(file: string, statements: string): Promise<void> {
  const late = AbortSignal.timeout(5_000);
  const connection = new Database(file);
  try {
    // A ledger that writes needs this thread to come to an end: nobody can wait for it in one go.
    while (!begins(connection) && !late.aborted) await setImmediate();
    connection.exec(`${statements}; COMMIT`);
  } finally {
    connection.close();
  }
}

/** Whether nobody else writes; then nobody else can. */
export function begins(connection: Database.Database): boolean {
  try {
    connection.exec('BEGIN IMMEDIATE');
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY') return false;
    throw error;
  }
}

/** What takes the schema of the ledger back by one version, by the version that it leads to. */
const UNDOING = new Map([
  [
    6,
    ['name', 'pid', 'version', 'since', 'taken_over']
      .map((column) => `ALTER TABLE instances DROP COLUMN ${column};`)
      .join(' '),
  ],
  [5, 'DROP TABLE events; DROP TABLE event_records; ALTER TABLE pushes DROP COLUMN origin;'],
  [
    4,
    `DROP TABLE alerts; DROP TABLE outages; DROP INDEX pushes_untold; DROP INDEX pushes_alerts;
     ALTER TABLE pushes DROP COLUMN alert; ALTER TABLE pushes DROP COLUMN told;`,
  ],
  [3, 'ALTER TABLE pushes DROP COLUMN unsure_at;'],
  [2, 'DROP INDEX pushes_unsure;'],
  [
    1,
    `DROP TABLE attempts; DROP INDEX pushes_request; DROP INDEX pushes_open;
     ALTER TABLE pushes DROP COLUMN staff; ALTER TABLE pushes DROP COLUMN reference;
     ALTER TABLE pushes DROP COLUMN superseded_by;
     CREATE INDEX pushes_open ON pushes (target, state, created_at)
       WHERE state IN ('waiting', 'sending', 'failed', 'unclear');`,
  ],
]);

/** Makes a file what a gateway of an older version would have made of it. */
export function makeOlder(file: string, version: number): void {
  const older = new Database(file);
  const steps = [...UNDOING].filter(([to]) => to >= version).map(([, step]) => step);
  older.exec(`${steps.join('\n')} PRAGMA user_version = ${version}`);
  older.close();
}
