/** One folder for everything temporary of a run, so that nothing of it stays, however its processes end. */
import { accessSync, chmodSync, constants, mkdtempSync, readFileSync, realpathSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leftAfter, processesOf, signalTo } from './processes.ts';

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

/** The servers that files of tests borrow end with the tests' processes. */
const ENDED_MS = 15_000;

/**
 * Vitest's global setup: `tmpdir()` of the tests' processes is a folder that goes with the run, and a run fails that leaves a
 * process behind.
 */
export default function setup(): void {
  process.env[LASTING] = lastingFolder();
  // Short: the path of a Unix socket in it has at most 107 bytes.
  const folder = realpathSync(mkdtempSync(join(runsFolder(), 'hg-')));
  // PostgreSQL runs as a user of its own.
  chmodSync(folder, 0o755);
  process.env['TMPDIR'] = folder;
  // After Ctrl-C, too. Not in a teardown: the tests' processes, whose servers use the folder, run until it is done.
  process.on('exit', () => {
    const left = endRun(folder, ENDED_MS);
    if (left.length === 0) return;
    process.stderr.write(`LEFT OVER by the tests, and killed:\n${left.join('\n')}\n`);
    process.exitCode ||= 1;
  });
}

/**
 * Waits for the processes of a run, removes its folder, and kills what is left.
 * @returns a line for each that was
 */
export function endRun(folder: string, patienceMs: number): readonly string[] {
  const left = leftAfter(patienceMs, () => processesOf(folder), 50);
  for (const { pid } of left) signalTo(pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  return left.map(({ pid, command }) => `process ${pid}: ${command}`);
}
