/** What is said when the file of the ledger cannot be used: what is wrong, which file, what to do. */
import { StoreError, type StoreErrorKind, UserError } from '../contract/index.ts';
import { notAFile } from './folder.ts';

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

/** Extended codes that say more than their primary one. */
const EXTENDED: ReadonlyMap<number, string> = new Map([
  [778, 'SQLITE_IOERR_WRITE'],
  [1032, 'SQLITE_READONLY_DBMOVED'],
  [1546, 'SQLITE_IOERR_TRUNCATE'],
  // The `-shm` file cannot be made large enough.
  [4874, 'SQLITE_FULL'],
]);

const LOCKED = 'another program keeps it locked; end that program';
const CHECK_RIGHTS = 'see that the account of the gateway can write to that file and its folder';
const FREE_SPACE = 'free some space on the disk';
const LIMITED =
  'the disk fails, or a quota or a limit on the size of files is reached; look into the log of the system';

/** What an administrator does about it, by the code of the operating system or of SQLite. */
const REMEDIES: Readonly<Record<string, string>> = {
  ENOENT: 'name a file in a folder that can be made in store.file',
  EACCES: 'let the account of the gateway write to that folder, or name another file in store.file',
  EPERM: 'let the account of the gateway own that file, or name another file in store.file',
  EROFS: 'name a file on a disk that can be written in store.file',
  ENOSPC: FREE_SPACE,
  EDQUOT: 'the quota of the account is used up; raise it, or free some space',
  EFBIG: 'the limit on the size of files is reached; raise it',
  EIO: 'the disk cannot be read or written; look into the log of the system',
  EMFILE: 'the gateway has too many files open; raise the limit of its account',
  ENFILE: 'the system has too many files open',
  ENOTDIR: 'a part of the path is a file; name another file in store.file',
  EISDIR: 'that is a folder; name a file in store.file',
  ENAMETOOLONG: 'the path is too long; name another file in store.file',
  ELOOP: 'its symbolic links go in a circle; name another file in store.file',
  SQLITE_NOTADB: 'that is no database of the gateway; name another file in store.file',
  SQLITE_CORRUPT: 'the file is damaged; restore it from a copy, or move it away: a new one is made',
  SQLITE_FULL: FREE_SPACE,
  SQLITE_IOERR: 'the disk cannot be read or written; look into the log of the system',
  SQLITE_IOERR_WRITE: LIMITED,
  SQLITE_IOERR_TRUNCATE: LIMITED,
  SQLITE_NOMEM: 'the gateway has too little memory',
  SQLITE_BUSY: LOCKED,
  SQLITE_LOCKED: LOCKED,
  SQLITE_READONLY: 'let the account of the gateway write to that file and its folder',
  SQLITE_READONLY_DBMOVED:
    'the file was moved or replaced while the gateway used it; put it back, or start the gateway again',
};

const KINDS: Readonly<Record<string, StoreErrorKind>> = {
  SQLITE_BUSY: 'busy',
  SQLITE_LOCKED: 'busy',
  SQLITE_READONLY_DBMOVED: 'gone',
};

/**
 * What is thrown for a failure of the ledger, or of another file of ours: a {@link StoreError} where the file, the disk or another program is the
 * cause; else the error itself, which is a bug.
 */
export function storeTrouble(file: string, error: unknown, { called, key }: NamedFile = LEDGER): unknown {
  if (error instanceof StoreError) return error;
  if (error instanceof UserError) return new StoreError('unusable', error.message, error);
  const code = codeOf(error);
  if (code === undefined || !(error instanceof Error)) return error;
  const remedy = (REMEDIES[code] ?? CHECK_RIGHTS).replace(LEDGER.key, key);
  const words = `${called} ${file} cannot be used: ${error.message}; ${remedy}`;
  return new StoreError(KINDS[code] ?? 'unusable', words, error);
}

/** What a file is called in a message, and the setting that names it. */
export interface NamedFile {
  readonly called: string;
  readonly key: string;
  /** A name for it. */
  readonly example?: string;
}

const LEDGER: NamedFile = { called: 'the store', key: 'store.file', example: 'gateway.db' };

/** Before a file is opened: of a folder SQLite says no more than "14". @throws {StoreError} where something else is in its place */
export function refuseOther(file: string, { called, key, example }: NamedFile = LEDGER): void {
  const words = notAFile(file);
  if (words === undefined) return;
  const such = example === undefined ? '' : `, such as ${example}`;
  throw new StoreError('unusable', `${called} ${file} ${words}; name a file in ${key}${such}`);
}

/** Whether the file cannot be opened because something beside it cannot be made. */
export function isUnwritable(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === 'SQLITE_READONLY' || code === 'SQLITE_CANTOPEN';
}

/** The code of a failure that the surroundings have caused; undefined for a bug. */
function codeOf(error: unknown): string | undefined {
  return sqliteCode(error) ?? systemCode(error);
}

/** Only what the operating system said has the name of a call (https://nodejs.org/api/errors.html#class-systemerror). */
function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error && 'syscall' in error && 'code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The low byte of a result code is the primary one; `libsql` names few of the extended ones. */
function sqliteCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const raw = 'rawCode' in error ? error.rawCode : NOT_OPENED.exec(error.message)?.[1];
  const code = Number(raw);
  return EXTENDED.get(code) ?? SURROUNDINGS.get(code & 0xff);
}

/** What `libsql` throws when it cannot open a file has the code in its words only. */
const NOT_OPENED = /^ConnectionFailed\("Unable to open connection .*: (\d{1,5})"\)/;

/** Does some work on the file. @throws what {@link storeTrouble} makes of a failure */
export function inUse<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storeTrouble(file, error);
  }
}
