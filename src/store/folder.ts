/** Whether a file could be made, where there is none yet and none is made to find out. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Room for the tables of a new file, and for what comes into it first. */
const ROOM = new Uint8Array(128 * 1024);

/** Writes something into the folder where the file would be, and removes it. @throws what the system said */
export async function proveFolder(file: string): Promise<void> {
  const probe = join(firstFolder(file), `.helpspot-gateway-${randomBytes(8).toString('hex')}`);
  const handle = await open(probe, 'wx', 0o600);
  try {
    await handle.writeFile(ROOM);
    await handle.sync();
  } finally {
    await handle.close();
    await rm(probe, { force: true });
  }
}

/** The folder of the file, or the next one above that is there: the others are made in it. */
function firstFolder(file: string): string {
  const folder = dirname(file);
  return existsSync(folder) || folder === file ? folder : firstFolder(folder);
}
