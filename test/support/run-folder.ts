/** One folder for everything temporary of a run, so that nothing of it stays, however its processes end. */
import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LASTING = 'HELPSPOT_GATEWAY_TESTS_LASTING';

/** Where what serves many runs is kept: locks of installations, templates. */
export function lastingFolder(): string {
  return process.env[LASTING] ?? tmpdir();
}

/** Vitest's global setup: `tmpdir()` of the tests' processes is a folder that goes with the run. */
export default function setup(): () => void {
  process.env[LASTING] = lastingFolder();
  // Short: the path of a Unix socket in it has at most 107 bytes.
  const folder = realpathSync(mkdtempSync(join(lastingFolder(), 'hg-')));
  // PostgreSQL runs as a user of its own.
  chmodSync(folder, 0o755);
  process.env['TMPDIR'] = folder;
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  // After Ctrl-C, too.
  process.on('exit', remove);
  return remove;
}
