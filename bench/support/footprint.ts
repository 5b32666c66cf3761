/** What processes take of the machine, as Linux counts it in /proc. */
import { readdir, readFile } from 'node:fs/promises';

/** The unit of the times in /proc/PID/stat: USER_HZ, 100 on every Linux that Node runs on (proc(5)). */
const TICKS_PER_SECOND = 100;

/** The processes whose command line holds a text, and all that they have started. */
export async function processesNaming(text: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const all = await Promise.all(pids.map(async (pid) => ({ pid, parent: await parentOf(pid) })));
  const named: number[] = [];
  for (const pid of pids) {
    if (pid !== process.pid && (await read(pid, 'cmdline')).includes(text)) named.push(pid);
  }
  const found = new Set(named);
  // Grows while it is run through: children of children too.
  for (const pid of found) for (const one of all) if (one.parent === pid) found.add(one.pid);
  return [...found];
}

/** Seconds of processor that they have used so far. */
export async function cpuSeconds(pids: readonly number[]): Promise<number> {
  const ticks = await Promise.all(
    pids.map(async (pid) => {
      // utime and stime.
      const [user = 0, system = 0] = (await statOf(pid)).slice(11, 13).map(Number);
      return user + system;
    }),
  );
  return sum(ticks) / TICKS_PER_SECOND;
}

/** Megabytes of memory that they hold; what several share is counted once. */
export async function memoryMb(pids: readonly number[]): Promise<number> {
  const kilobytes = await Promise.all(
    pids.map(async (pid) => Number(/^Pss:\s+(\d+) kB$/m.exec(await read(pid, 'smaps_rollup'))?.[1] ?? 0)),
  );
  return sum(kilobytes) / 1024;
}

async function parentOf(pid: number): Promise<number> {
  return Number((await statOf(pid))[1]);
}

/** The fields of /proc/PID/stat from the state on: the name before may hold spaces. */
async function statOf(pid: number): Promise<readonly string[]> {
  return (await read(pid, 'stat')).replace(/^.*\) /s, '').split(' ');
}

/** Empty for a process that has just ended. */
async function read(pid: number, file: string): Promise<string> {
  return await readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
