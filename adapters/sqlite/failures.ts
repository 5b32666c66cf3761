/** What SQLite's result codes (https://sqlite.org/rescode.html) mean to an administrator. */
import { SourceError, type SourceErrorKind, UserError } from '../../src/contract/index.ts';
import { codeOf } from '../../src/kit/text/index.ts';

type Meaning = readonly [code: RegExp, kind: SourceErrorKind, says: string, remedy: string];

/** What staff read: a file that is wrong does not mend itself in a minute, and no credentials are to blame. */
const CANNOT_BE_READ = 'cannot be read; tell your administrator';

const MEANINGS: readonly Meaning[] = [
  [
    /^SQLITE_NOTADB$/,
    'bad-response',
    'is not a SQLite database, or is encrypted',
    'name the database file itself; a text export is read by the csv adapter',
  ],
  [/^SQLITE_CORRUPT/, 'bad-response', 'is damaged', 'run "PRAGMA integrity_check" on it, and restore it from a backup'],
  [
    /^SQLITE_(CANTOPEN|IOERR|READONLY)/,
    'unreachable',
    'cannot be read',
    'let the account of the gateway read the file and its folder; a database in WAL mode also needs its -shm file, or a folder in which it can be made',
  ],
  [/^SQLITE_(PERM|AUTH)/, 'unauthorized', 'refuses access', 'let the account of the gateway read the file'],
  [
    /^(?:ENOENT|ENOTDIR)$/,
    'unreachable',
    'does not exist',
    'write the path relative to the configuration file, or absolute',
  ],
  [
    /^(?:EACCES|EPERM)$/,
    'unauthorized',
    'cannot be read by the account of the gateway',
    'give that account the right to read the file and to enter its folder',
  ],
];

/** Whether another process holds the database; a moment later it may not. */
export function isBusy(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error));
}

/** The file itself cannot be used: `says` and `remedy` are for the administrator. */
export function unusable(
  file: string,
  [kind, says, remedy]: readonly [kind: SourceErrorKind, says: string, remedy: string],
  cause?: unknown,
): SourceError {
  return new SourceError(kind, `${file} ${says}`, { cause, remedy, staffWords: CANNOT_BE_READ });
}

/** The failure to report for what the driver or the file system threw. */
export function asSqliteFailure(error: unknown, file: string, signal: AbortSignal): unknown {
  if (error instanceof SourceError || error instanceof UserError) return error;
  const code = codeOf(error);
  if (signal.aborted) return givenUp(file, isBusy(error));
  // The driver names no code when it could not open the file at all.
  const opening = error instanceof Error && error.message.startsWith('ConnectionFailed');
  const meaning = MEANINGS.find(([pattern]) => pattern.test(opening ? 'SQLITE_CANTOPEN' : code));
  if (meaning !== undefined) {
    const [, ...words] = meaning;
    return unusable(file, words, error);
  }
  if (!code.startsWith('SQLITE_') || !(error instanceof Error)) return error;
  return new SourceError('rejected', `${file}: SQLite says: ${error.message}`, { cause: error });
}

/** The time was up. `locked`: because another process held the database all the time. */
export function givenUp(file: string, locked = false): SourceError {
  if (!locked) {
    return new SourceError('timeout', `${file}: the query took too long and was ended`, {
      remedy: 'add an index for it',
    });
  }
  return new SourceError('timeout', `${file} was locked by another program all the time`, {
    remedy: 'keep its write transactions short, or switch it to "PRAGMA journal_mode = WAL"',
  });
}

/** A column or table that is not there is the administrator's to mend. */
export function rejected(message: string, remedy?: string): SourceError {
  return new SourceError('rejected', message, { remedy });
}
