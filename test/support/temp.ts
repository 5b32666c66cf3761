/** Temporary folders for tests, gone when the test or the file of tests is done. */
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';

/** A new empty folder (absolute, no symbolic links in it) for the test that is running. */
export async function temporaryFolder(): Promise<string> {
  const folder = await makeFolder();
  onTestFinished(() => removeFolder(folder));
  return folder;
}

/** The same for a whole file of tests, or a `describe`; call it outside of any test. */
export async function temporaryFolderForAll(): Promise<string> {
  const folder = await makeFolder();
  afterAll(() => removeFolder(folder));
  return folder;
}

async function makeFolder(): Promise<string> {
  return await realpath(await mkdtemp(join(tmpdir(), 'helpspot-gateway-')));
}

async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
