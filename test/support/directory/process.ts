/** A server's process: started, waited for, ended with the tests whatever happens. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { boundToUs } from '../child.ts';

/** How a server is started. */
export interface ProcessPlan {
  /** Stands in messages. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** It is ready when both of its doors accept connections. */
  readonly host: string;
  readonly ports: readonly number[];
}

const START_TIMEOUT_MS = 60_000;
const END_TIMEOUT_MS = 10_000;
const READY_POLL_MS = 25;
const PAUSE_TIMEOUT_MS = 10_000;
const PAUSE_POLL_MS = 2;
/** Of the output, for messages; the rest is forgotten. */
const LOG_LIMIT = 20_000;

const running = new Set<ServerProcess>();
// The tests' process may end without any `afterAll`: a failure in a hook, or process.exit.
process.on('exit', () => {
  for (const one of running) one.signal('SIGKILL');
});

/** One server, which may be started many times, one after the other. */
export class ServerProcess {
  readonly #plan: ProcessPlan;
  #child: ChildProcess | undefined;
  #log = '';

  constructor(plan: ProcessPlan) {
    this.#plan = plan;
  }

  get log(): string {
    return this.#log;
  }

  /** @throws Error with the end of its output when it ends, or does not listen, instead of being ready */
  async start(): Promise<void> {
    const { name, command, args } = this.#plan;
    // Samba ends when its standard input does, so that stays open for its whole life. A group lets us end what it forks.
    const child = spawn(...boundToUs(command, args), { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    this.#child = child;
    running.add(this);
    child.on('error', (error) => this.#note(`${error.message}\n`));
    child.stdin.on('error', () => {});
    child.stdout.on('data', (chunk: Buffer) => this.#note(chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => this.#note(chunk.toString('utf8')));
    try {
      await this.#ready(child);
    } catch (error) {
      await this.end('SIGKILL');
      throw new Error(`${name} did not start: ${error instanceof Error ? error.message : error}\n${this.#log}`);
    }
  }

  /** Sends the signal, waits for the end, and kills it when it does not end in time. Fine when it does not run. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const closed = hasEnded(child) ? Promise.resolve() : once(child, 'exit');
    this.signal(signal);
    // A server that was paused gets its signals only when it goes on.
    this.signal('SIGCONT');
    const late = setTimeout(() => this.signal('SIGKILL'), END_TIMEOUT_MS);
    await closed;
    clearTimeout(late);
    // What it forked outlives it otherwise.
    this.signal('SIGKILL');
    running.delete(this);
    this.#child = undefined;
  }

  /** To the server and to what it has forked. */
  signal(signal: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }

  /** SIGSTOP, and waits until it has come: until then, a server on a busy machine goes on answering. */
  pause(): void {
    this.signal('SIGSTOP');
    const group = this.#child?.pid;
    const deadline = Date.now() + PAUSE_TIMEOUT_MS;
    while (group !== undefined && runsIn(group)) {
      if (Date.now() > deadline) throw new Error(`${this.#plan.name} does not stop after ${PAUSE_TIMEOUT_MS} ms`);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_POLL_MS);
    }
  }

  async #ready(child: ChildProcess): Promise<void> {
    const { host, ports } = this.#plan;
    const deadline = Date.now() + START_TIMEOUT_MS;
    for (;;) {
      if (child.pid === undefined || hasEnded(child)) {
        throw new Error(`it ended with ${child.exitCode ?? child.signalCode ?? 'an error'}`);
      }
      const open = await Promise.all(ports.map((port) => accepts(host, port)));
      if (open.every(Boolean)) return;
      if (Date.now() > deadline) throw new Error(`it does not listen after ${START_TIMEOUT_MS} ms`);
      await sleep(READY_POLL_MS);
    }
  }

  #note(text: string): void {
    this.#log = (this.#log + text).slice(-LOG_LIMIT);
  }
}

/** Whether one of the process group's threads is neither stopped nor ended (proc(5); elsewhere than on Linux, nobody knows). */
function runsIn(group: number): boolean {
  const statsIn = (folder: string) =>
    listed(folder)
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => ({ pid, stat: statOf(`${folder}/${pid}/stat`) }));
  const ours = statsIn('/proc').filter(({ stat }) => stat?.group === group);
  return ours.some(({ pid }) => statsIn(`/proc/${pid}/task`).some(({ stat }) => /[^TtZX]/.test(stat?.state ?? '')));
}

/** Nothing where it has ended meanwhile. */
function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** After the name, which may have anything in it: state, parent, process group. */
function statOf(file: string): { readonly state: string; readonly group: number } | undefined {
  try {
    const [state = '', , group] = readFileSync(file, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ', 3);
    return { state, group: Number(group) };
  } catch {
    return undefined;
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Whether somebody accepts connections there. */
export async function accepts(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port, timeout: 1_000 });
  try {
    return await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('timeout', () => resolve(false));
      socket.once('error', () => resolve(false));
    });
  } finally {
    socket.destroy();
  }
}

const TOOL_TIMEOUT_MS = 120_000;

/**
 * Runs a program that ends by itself, with an optional standard input.
 * @throws Error with what it wrote when it fails
 */
export async function runTool(command: string, args: readonly string[], input?: string): Promise<string> {
  const running = promisify(execFile)(command, [...args], { timeout: TOOL_TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 });
  running.child.stdin?.on('error', () => {});
  running.child.stdin?.end(input ?? '');
  try {
    const { stdout } = await running;
    return stdout;
  } catch (error) {
    const output = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    throw new Error(`${command} failed: ${output.slice(-4_000)}`);
  }
}
