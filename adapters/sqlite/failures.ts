/** What SQLite's result codes (https://sqlite.org/rescode.html) mean to an administrator. */
import { SourceError, type SourceErrorKind, UserError } from '../../src/contract/index.ts';

interface Meaning {
  readonly kind: SourceErrorKind;
  readonly says: string;
  readonly remedy?: string;
}

const MEANINGS: readonly (readonly [code: RegExp, meaning: Meaning])[] = [
  [
    /^SQLITE_NOTADB$/,
    {
      kind: 'bad-response',
      says: 'is not a SQLite database, or is encrypted',
      remedy: 'name the database file itself; a text export is read by the csv adapter',
    },
  ],
  [
    /^SQLITE_CORRUPT/,
    {
      kind: 'bad-response',
      says: 'is damaged',
      remedy: 'run "PRAGMA integrity_check" on it, and restore it from a backup',
    },
  ],
  [
    /^SQLITE_(CANTOPEN|IOERR|READONLY)/,
    {
      kind: 'unreachable',
      says: 'cannot be read',
      remedy:
        'let the account of the gateway read the file and its folder; a database in WAL mode also needs its -shm file, or a folder in which it can be made',
    },
  ],
  [
    /^SQLITE_(PERM|AUTH)/,
    { kind: 'unauthorized', says: 'refuses access', remedy: 'let the account of the gateway read the file' },
  ],
];

const CODE_OF_SYSTEM: Readonly<Record<string, Meaning>> = {
  ENOENT: {
    kind: 'unreachable',
    says: 'does not exist',
    remedy: 'write the path relative to the configuration file, or absolute',
  },
  EACCES: {
    kind: 'unauthorized',
    says: 'cannot be read by the account of the gateway',
    remedy: 'give that account the right to read the file and to enter its folder',
  },
};

/** Whether another process holds the database; a moment later it may not. */
export function isBusy(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error));
}

/** The failure to report for what the driver or the file system threw. */
export function asSqliteFailure(error: unknown, file: string, signal: AbortSignal): unknown {
  if (error instanceof SourceError || error instanceof UserError) return error;
  const code = codeOf(error);
  if (signal.aborted) return givenUp(file, isBusy(error));
  // The driver names no code when it could not open the file at all.
  const opening = error instanceof Error && error.message.startsWith('ConnectionFailed');
  const meaning =
    CODE_OF_SYSTEM[code] ?? MEANINGS.find(([pattern]) => pattern.test(opening ? 'SQLITE_CANTOPEN' : code))?.[1];
  if (meaning !== undefined) {
    const options = meaning.remedy === undefined ? {} : { remedy: meaning.remedy };
    return new SourceError(meaning.kind, `${file} ${meaning.says}`, { cause: error, ...options });
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
  return new SourceError('rejected', message, remedy === undefined ? {} : { remedy });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
