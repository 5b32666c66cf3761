/** Folders of data that take seconds to make: made once on this machine, and copied for each server. */
import { createHash } from 'node:crypto';
import { access, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { lastingFolder } from './run-folder.ts';

/** Templates of other versions are removed when they are as old as this. */
const KEEP_MS = 24 * 60 * 60_000;

/**
 * The template's folder, made when there is none; whoever uses it copies it.
 *
 * @param name what it is of, for the name of the folder
 * @param version all that it depends on
 * @param build fills the empty folder that it gets
 */
export async function templateFolder(
  name: string,
  version: readonly unknown[],
  build: (folder: string) => Promise<void>,
): Promise<string> {
  const prefix = `helpspot-gateway-${name}-`;
  const key = createHash('sha256').update(JSON.stringify(version)).digest('hex');
  const folder = join(lastingFolder(), `${prefix}${key.slice(0, 16)}`);
  if (await exists(folder)) return folder;
  await removeOld(prefix);
  const building = await mkdtemp(join(lastingFolder(), `${prefix}building-`));
  try {
    await build(building);
    // Processes that build at once make the same; the first one's stays.
    await rename(building, folder).catch(async (error: unknown) => {
      if (!(await exists(folder))) throw error;
    });
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  return folder;
}

async function removeOld(prefix: string): Promise<void> {
  for (const name of await readdir(lastingFolder())) {
    const path = join(lastingFolder(), name);
    if (name.startsWith(prefix) && Date.now() - (await stat(path)).mtimeMs > KEEP_MS) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
