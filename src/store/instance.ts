/**
 * Which processes use a store. Each holds a lock of the operating system on a file of its own beside the store
 * (`gateway.db-live-…`) for as long as it lives: the system takes the lock away when the process ends, however it ends.
 * So another process can prove that it is gone, at once, whatever became of its number, its host name or its container.
 * The lock is SQLite's on an empty database: Node has none of its own.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { sqliteLoaded } from '../kit/sqlite/index.ts';

/** This process. */
export interface Instance {
  readonly id: string;
  /** Gives the lock up. @param keepFile whether the file stays, as a proof for others that this process has ended */
  end(options: { readonly keepFile: boolean }): void;
}

/** Takes a lock for this process. */
export async function startInstance(store: string): Promise<Instance> {
  const id = randomBytes(8).toString('hex');
  const file = lockFile(store, id);
  // Nobody else may hold a lock on it.
  closeSync(openSync(file, 'wx', 0o600));
  const release = await lock(file);
  if (release === undefined) throw new Error(`a new file is locked: ${file}`);
  return {
    id,
    end: ({ keepFile }) => {
      release();
      if (!keepFile) removeLock(file);
    },
  };
}

/**
 * Whether a process has certainly ended: `unknown` where its file is gone, as in
 * a store that was copied or restored, or cannot be opened.
 */
export async function hasEnded(store: string, id: string): Promise<boolean | 'unknown'> {
  const file = lockFile(store, id);
  if (!existsSync(file)) return 'unknown';
  try {
    const release = await lock(file);
    release?.();
    return release !== undefined;
  } catch {
    // Another account's, perhaps: nothing is proved by that.
    return 'unknown';
  }
}

/** Removes what is left of a process that has ended, when all it left has been taken over. */
export function forgetInstance(store: string, id: string): void {
  try {
    removeLock(lockFile(store, id));
  } catch {
    // It says nothing any more, and lies in nobody's way.
  }
}

/** @returns what ends the lock; undefined when another process has it */
async function lock(file: string): Promise<(() => void) | undefined> {
  const { default: Database } = await sqliteLoaded(import('libsql'));
  const connection = new Database(pathToFileURL(file).href);
  try {
    connection.exec('BEGIN EXCLUSIVE');
    return () => void connection.close();
  } catch (error) {
    connection.close();
    if (error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY') return undefined;
    throw error;
  }
}

function lockFile(store: string, id: string): string {
  return `${store}-live-${id}`;
}

function removeLock(file: string): void {
  rmSync(file, { force: true });
  rmSync(`${file}-journal`, { force: true });
}
