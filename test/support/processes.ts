/** What runs on this machine, by proc(5); elsewhere than on Linux nothing is known of it. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** One process, or one thread of it. */
export interface RunningProcess {
  readonly pid: number;
  /** One letter: `T` and `t` are stopped, `Z` and `X` have ended. */
  readonly state: string;
  readonly parent: number;
  readonly group: number;
}

/** All there are, or the threads that stand in `/proc/PID/task`. */
export function processesIn(folder = '/proc'): readonly RunningProcess[] {
  const pids = whereThere(() => readdirSync(folder))?.filter((name) => /^\d+$/.test(name)) ?? [];
  return pids.flatMap((pid) => {
    const stat = whereThere(() => readFileSync(`${folder}/${pid}/stat`, 'latin1'));
    if (stat === undefined) return [];
    // After the name, which may have anything in it.
    const [state = '', parent, group] = stat.replace(/^.*\) /s, '').split(' ', 3);
    return [{ pid: Number(pid), state, parent: Number(parent), group: Number(group) }];
  });
}

/** Whether it has ended, though perhaps nobody has asked for its status yet. */
export function hasDied({ state }: RunningProcess): boolean {
  return /[ZX]/.test(state);
}

/** Sends it to a process, or to a group by its negative number. Fine when it has ended. */
export function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/**
 * Waits until there is nothing left; this whole process does.
 * @returns what is left after `patienceMs`
 */
export function leftAfter<Left>(patienceMs: number, look: () => readonly Left[], pollMs = 2): readonly Left[] {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const left = look();
    if (left.length === 0 || Date.now() > deadline) return left;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pollMs);
  }
}

/**
 * Those of a run of the tests, this process aside, by the folder for what is temporary in it: they stand in it, name it, or were
 * given it as `TMPDIR`. (PostgreSQL writes over its environment.)
 */
export function processesOf(folder: string): readonly { readonly pid: number; readonly command: string }[] {
  return processesIn().flatMap((one) => {
    if (one.pid === process.pid || hasDied(one)) return [];
    const read = (name: string) => whereThere(() => readFileSync(`/proc/${one.pid}/${name}`, 'utf8')) ?? '';
    const command = read('cmdline').replaceAll('\0', ' ').trim();
    const place = whereThere(() => readlinkSync(`/proc/${one.pid}/cwd`)) ?? '';
    const names = [`${folder}/`, `${folder} `].some((name) => `${command} `.includes(name));
    const isOurs = names || `${place}/`.startsWith(`${folder}/`);
    return isOurs || read('environ').split('\0').includes(`TMPDIR=${folder}`) ? [{ pid: one.pid, command }] : [];
  });
}

/** Nothing where it has ended meanwhile, or is not ours to look at. */
function whereThere<Found>(look: () => Found): Found | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
