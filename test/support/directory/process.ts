/** A server's process: started, waited for, ended with the tests whatever happens. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { boundToUs } from '../child.ts';
import { hasDied, leftAfter, processesIn, signalTo } from '../processes.ts';

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
/** Of the output, for messages; the rest is forgotten. */
const LOG_LIMIT = 20_000;

const running = new Set<ServerProcess>();
// The tests' process may end without any `afterAll`: a failure in a hook, or process.exit.
process.on('exit', () => {
  for (const one of running) one.kill();
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

  /**
   * Fine when it runs already.
   * @throws Error with the end of its output when it ends, or does not listen, instead of being ready
   */
  async start(): Promise<void> {
    if (this.#child !== undefined && !hasEnded(this.#child)) return;
    const { name, command, args, host, ports } = this.#plan;
    // It would be taken for the one that starts, which ends: nothing would kill it.
    for (const port of ports)
      if (await accepts(host, port)) throw new Error(`${name}: somebody listens on port ${port}`);
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
    if (signal === 'SIGKILL') this.kill();
    else this.signal(signal);
    // A server that was paused gets its signals only when it goes on.
    this.signal('SIGCONT');
    const late = setTimeout(() => this.kill(), END_TIMEOUT_MS);
    await closed;
    clearTimeout(late);
    // What it forked outlives it otherwise.
    this.signal('SIGKILL');
    running.delete(this);
    this.#child = undefined;
  }

  /**
   * Kills it with all that it has forked. Children of PostgreSQL lead groups of their own: they notice the end of the first
   * process some time later, answer until then, and wait for ever to tell a client of it who does not read.
   */
  kill(): void {
    const parent = this.#child?.pid;
    // So that nothing is forked after the look.
    this.signal('SIGSTOP');
    const forked = new Set(processesIn().flatMap((one) => (one.parent === parent ? [one.pid] : [])));
    this.signal('SIGKILL');
    for (const pid of forked) signalTo(pid, 'SIGKILL');
    const left = leftAfter(END_TIMEOUT_MS, () => processesIn().filter((one) => forked.has(one.pid) && !hasDied(one)));
    if (left.length > 0) throw new Error(`what ${this.#plan.name} forked runs on after ${END_TIMEOUT_MS} ms`);
  }

  /** To the server and to what it has forked. */
  signal(signal: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    if (pid !== undefined) signalTo(-pid, signal);
  }

  /** SIGSTOP, and waits until it has come: until then, a server on a busy machine goes on answering. */
  pause(): void {
    this.signal('SIGSTOP');
    const group = this.#child?.pid;
    if (group !== undefined && leftAfter(PAUSE_TIMEOUT_MS, () => runningIn(group)).length > 0) {
      throw new Error(`${this.#plan.name} does not stop after ${PAUSE_TIMEOUT_MS} ms`);
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

/** The threads of a process group that are neither stopped nor ended. */
function runningIn(group: number) {
  const ours = processesIn().filter((one) => one.group === group);
  return ours.flatMap(({ pid }) => processesIn(`/proc/${pid}/task`)).filter(({ state }) => /[^TtZX]/.test(state));
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
