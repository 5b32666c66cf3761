/** Why a file cannot be used as an index, for a person who looks at it. */
import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { notAFile, proveFolder } from '../folder.ts';
import { isOfAnotherVersion, openIndexToRead } from './file.ts';

/** An open gateway makes it anew with the next run. */
const MADE_ANEW = 'a gateway that serves makes it anew, and fills it';

/**
 * What is wrong with the file, and what to do, in the words of a sentence that begins with it; undefined where it can be used,
 * or made. What is in it is not read through.
 */
export async function indexFault(file: string): Promise<string | undefined> {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) {
    // The gateway makes it, in the folder that there is.
    const failed = await proveFolder(file).then(() => undefined, wordsOf);
    if (failed === undefined) return undefined;
    return `cannot be made in ${dirname(file)}: ${failed}; make that folder, let it belong to the account of the gateway, and see to room on the disk`;
  }
  const other = notAFile(file);
  if (other !== undefined) return `${other}; name a file in store.index`;
  try {
    const database = await openIndexToRead(file);
    database?.close();
    if (database !== undefined || stat.size === 0) return undefined;
    const other = await isOfAnotherVersion(file);
    if (other === 'foreign') return 'is a database of something else; name another file in store.index';
    if (other === 'newer')
      return 'was written by a newer gateway; install that again, or remove the file: it is made anew';
    return other ? `comes from an older version of the gateway; ${MADE_ANEW}` : `is damaged; ${MADE_ANEW}`;
  } catch (error) {
    const own = process.getuid?.();
    const isOthers = own !== undefined && own !== 0 && stat.uid !== own;
    const remedy = isOthers
      ? `it belongs to another account (number ${stat.uid}): call the command as that`
      : 'see to the disk and its rights';
    return `cannot be read: ${wordsOf(error)}; ${remedy}`;
  }
}

/** What the system said: without our own words around it. */
function wordsOf(error: unknown): string {
  const { cause } = error instanceof Error ? error : {};
  const first = cause instanceof Error ? cause : error;
  return first instanceof Error ? first.message : String(first);
}
