/** What is said when the file of the ledger cannot be used: what is wrong, which file, what to do. */
import { UserError } from '../gateway/errors.ts';

/** SQLite's primary result codes that tell of the surroundings, not of a bug (https://sqlite.org/rescode.html). */
const SURROUNDINGS: ReadonlyMap<number, string> = new Map([
  [3, 'SQLITE_PERM'],
  [5, 'SQLITE_BUSY'],
  [6, 'SQLITE_LOCKED'],
  [7, 'SQLITE_NOMEM'],
  [8, 'SQLITE_READONLY'],
  [10, 'SQLITE_IOERR'],
  [11, 'SQLITE_CORRUPT'],
  [13, 'SQLITE_FULL'],
  [14, 'SQLITE_CANTOPEN'],
  [15, 'SQLITE_PROTOCOL'],
  [26, 'SQLITE_NOTADB'],
]);

const LOCKED = 'another program keeps it locked; end that program';
const CHECK_RIGHTS = 'see that the account of the gateway can write to that file and its folder';

const REMEDIES: Readonly<Record<string, string>> = {
  ENOENT: 'name a file in a folder that can be made in store.file',
  EACCES: 'let the account of the gateway write to that folder, or name another file in store.file',
  EPERM: 'let the account of the gateway own that file, or name another file in store.file',
  EROFS: 'name a file on a disk that can be written in store.file',
  ENOSPC: 'free some space on the disk',
  ENOTDIR: 'a part of the path is a file; name another file in store.file',
  EISDIR: 'that is a folder; name a file in store.file',
  SQLITE_NOTADB: 'that is no database of the gateway; name another file in store.file',
  SQLITE_CORRUPT: 'the file is damaged; restore it from a copy, or move it away: a new one is made',
  SQLITE_FULL: 'free some space on the disk',
  SQLITE_IOERR: 'the disk cannot be read or written; look into the log of the system',
  SQLITE_NOMEM: 'the gateway has too little memory',
  SQLITE_BUSY: LOCKED,
  SQLITE_LOCKED: LOCKED,
  SQLITE_READONLY: 'let the account of the gateway write to that file and its folder',
};

/** Why the file cannot be opened: whatever fails there is a matter of the file. */
export function storeError(file: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const problem = error instanceof Error ? error.message : String(error);
  const remedy = REMEDIES[codeOf(error)] ?? CHECK_RIGHTS;
  return new UserError(`the store ${file} cannot be used: ${problem}; ${remedy}`, { cause: error });
}

/**
 * What is thrown for a failure while the ledger is in use: a {@link UserError}
 * where the file, the disk or another program is the cause; else the error
 * itself, which is a bug.
 */
export function troubleInUse(file: string, error: unknown): unknown {
  return primaryCode(error) === undefined ? error : storeError(file, error);
}

/** Whether the file cannot be opened because something beside it cannot be made. */
export function isUnwritable(error: unknown): boolean {
  const code = primaryCode(error);
  return code === 'SQLITE_READONLY' || code === 'SQLITE_CANTOPEN';
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return primaryCode(error) ?? code;
}

/** The low byte of a result code is the primary one; `libsql` names few of the extended ones. */
function primaryCode(error: unknown): string | undefined {
  if (!(error instanceof Error && 'rawCode' in error && typeof error.rawCode === 'number')) return undefined;
  return SURROUNDINGS.get(error.rawCode & 0xff);
}

/** Does some work on the file. @throws what {@link troubleInUse} makes of a failure */
export function inUse<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw troubleInUse(file, error);
  }
}
