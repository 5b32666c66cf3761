/**
 * SQLite's library, the one that may be missing: npm leaves it out with `--omit=optional`, and where it has no binary for
 * the machine. Everything else is in the bundles. The door of this room.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { UserError } from '../../contract/index.ts';

/** As package.json has it. */
export const SQLITE_LIBRARY = 'libsql@^0.5.29';

const NEEDED_BY = 'sources with the adapter sqlite, pushes, indexes and the audit need it';

/**
 * What is imported of `libsql`: `await sqliteLoaded(import('libsql'))`.
 * @throws {UserError} saying what to install, when it is not there
 */
export async function sqliteLoaded<Library>(loading: Promise<Library>): Promise<Library> {
  try {
    return await loading;
  } catch (error) {
    const missing = missingPackage(error);
    throw missing === undefined ? error : new UserError(howToInstall(missing), { cause: error });
  }
}

/** A gateway that serves has it in memory, and goes on when an update replaces the file. */
let wasThere = false;

/** What to install, when the library is not there. It is only looked for, and not loaded: that takes a while. */
export function missingSqlite(): string | undefined {
  if (wasThere) return undefined;
  try {
    createRequire(join(import.meta.dirname, 'index.js')).resolve('libsql');
    wasThere = true;
    return undefined;
  } catch (error) {
    const missing = missingPackage(error);
    if (missing === undefined) throw error;
    return howToInstall(missing);
  }
}

/** The package that Node.js, or `libsql` for its binary, did not find. */
function missingPackage(error: unknown): string | undefined {
  if (!(error instanceof Error && 'code' in error)) return undefined;
  if (error.code !== 'MODULE_NOT_FOUND' && error.code !== 'ERR_MODULE_NOT_FOUND') return undefined;
  return /^Cannot find (?:module|package) '(libsql|@libsql\/[\w-]{1,50})(?:\/promise)?'/.exec(error.message)?.[1];
}

function howToInstall(missing: string): string {
  const version = SQLITE_LIBRARY.slice('libsql'.length);
  return (
    `the package ${missing} is not installed, and ${NEEDED_BY}; run "npm install --global ${missing}${version}" ` +
    '(in a project that has the gateway in its node_modules: without --global), and start the gateway again'
  );
}
