/** Whether pushes could be stored, for a process that stores none. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openLedger } from './ledger.ts';
import { storeTrouble } from './trouble.ts';

/** Room for the tables of a new ledger and its first push. */
const ROOM = new Uint8Array(128 * 1024);

/**
 * Stores a push and takes it out again. Where there is no file yet none is
 * made: something is written into the folder where it would be, and removed.
 * @param file absolute path
 * @throws {StoreError} why pushes could not be stored
 */
export async function checkStore(file: string): Promise<void> {
  if (!existsSync(file)) return checkFolder(file);
  const ledger = await openLedger(file, { sends: false });
  try {
    ledger.figures();
    await ledger.prove();
  } finally {
    await ledger.close();
  }
}

async function checkFolder(file: string): Promise<void> {
  const probe = join(firstFolder(file), `.helpspot-gateway-${randomBytes(8).toString('hex')}`);
  try {
    const handle = await open(probe, 'wx', 0o600);
    try {
      await handle.writeFile(ROOM);
      await handle.sync();
    } finally {
      await handle.close();
      await rm(probe, { force: true });
    }
  } catch (error) {
    throw storeTrouble(file, error);
  }
}

/** The folder of the file, or the next one above that is there: the others are made in it. */
function firstFolder(file: string): string {
  const folder = dirname(file);
  return existsSync(folder) || folder === file ? folder : firstFolder(folder);
}
