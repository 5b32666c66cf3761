/** Where the gateway lies on the disk. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The nearest file or folder of this relative name, from a folder up. */
export function findUp(folder: string, name: string): string | undefined {
  const file = join(folder, name);
  if (existsSync(file)) return file;
  const above = dirname(folder);
  return above === folder ? undefined : findUp(above, name);
}

/** Where the gateway is installed, whether this runs as it is, built or bundled. */
export function ownFolder(): string {
  const marker = findUp(import.meta.dirname, join('bin', 'import-module.cjs'));
  if (marker === undefined) throw new Error('bin/import-module.cjs is missing; install the gateway again');
  return dirname(dirname(marker));
}
