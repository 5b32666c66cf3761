/** Whether pushes could be stored, for a process that stores none. */
import { existsSync } from 'node:fs';
import { proveFolder } from './folder.ts';
import { openLedger } from './ledger.ts';
import { storeTrouble } from './trouble.ts';

/**
 * Stores a push and takes it out again. Where there is no file yet none is
 * made: something is written into the folder where it would be, and removed.
 * @param file absolute path
 * @throws {StoreError} why pushes could not be stored
 */
export async function checkStore(file: string): Promise<void> {
  if (!existsSync(file)) {
    await proveFolder(file).catch((error: unknown) => {
      throw storeTrouble(file, error);
    });
    return;
  }
  const ledger = await openLedger(file, { sends: false });
  try {
    await ledger.figures();
    await ledger.prove();
  } finally {
    await ledger.close();
  }
}
