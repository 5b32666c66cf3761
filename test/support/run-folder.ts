/** One folder for everything temporary of a run, so that nothing of it stays, however its processes end. */
import { accessSync, chmodSync, constants, mkdtempSync, readFileSync, realpathSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LASTING = 'HELPSPOT_GATEWAY_TESTS_LASTING';

/** Where what serves many runs is kept: locks of installations, templates. */
export function lastingFolder(): string {
  return process.env[LASTING] ?? tmpdir();
}

/** Linux's disk in memory: nothing waits there for a real one. */
const MEMORY = '/dev/shm';
/** The run takes half of it. */
const ROOM_BYTES = 2 ** 31;

/** Where the folder of a run is made: in memory where there is room, since no test is about what a disk does. */
function runsFolder(): string {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    // Tests start programs from their folders.
    const mayRun = !/^\S+ \/dev\/shm \S+ \S*\bnoexec\b/m.test(readFileSync('/proc/mounts', 'utf8'));
    return mayRun && bavail * bsize >= ROOM_BYTES ? MEMORY : lastingFolder();
  } catch {
    return lastingFolder();
  }
}

/** Vitest's global setup: `tmpdir()` of the tests' processes is a folder that goes with the run. */
export default function setup(): () => void {
  process.env[LASTING] = lastingFolder();
  // Short: the path of a Unix socket in it has at most 107 bytes.
  const folder = realpathSync(mkdtempSync(join(runsFolder(), 'hg-')));
  // PostgreSQL runs as a user of its own.
  chmodSync(folder, 0o755);
  process.env['TMPDIR'] = folder;
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  // After Ctrl-C, too.
  process.on('exit', remove);
  return remove;
}
