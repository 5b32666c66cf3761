/** A gateway as it is served, in a process of its own, that is killed, stopped and started again on the port that its balancer knows. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { boundToUs } from '../child.ts';

const START_MS = 60_000;

/** What it is started with. */
export interface ServedPlan {
  readonly configuration: string;
  readonly port: number;
  /** Where it writes its log. */
  readonly logFile: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** One, which may be started many times. */
export class ServedGateway {
  readonly plan: ServedPlan;
  #child: ChildProcess | undefined;

  constructor(plan: ServedPlan) {
    this.plan = plan;
  }

  get url(): string {
    return `http://127.0.0.1:${this.plan.port}`;
  }

  /** @param environment beside that of the plan @throws Error when it ends, or does not listen in time */
  async start(environment: Readonly<Record<string, string>> = {}): Promise<void> {
    const { configuration, logFile, environment: own } = this.plan;
    // Benchmarks run from a bundle, which lies elsewhere: both are started in the project's folder.
    const program = [resolve('bin/helpspot-gateway'), 'serve', `--config=${configuration}`];
    const child = spawn(...boundToUs(process.execPath, program), {
      env: { ...process.env, ...own, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.stderr.pipe(createWriteStream(logFile, { flags: 'a' }));
    const lines = createInterface({ input: child.stdout });
    const listens = (async () => {
      for await (const line of lines) if (line.includes(this.url)) return;
      throw new Error(`a gateway ended before it listened: ${(await readFile(logFile, 'utf8')).slice(-2_000)}`);
    })();
    const late = AbortSignal.timeout(START_MS);
    const isLate = once(late, 'abort').then(() => {
      throw new Error(`a gateway does not listen after ${START_MS} ms; ${logFile} may say why`);
    });
    await Promise.race([listens, isLate]);
    child.stdout.resume();
  }

  /** Waits until it is gone; fine when it does not run. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  /** How far its clock is ahead of ours, in seconds, as its answers have it. */
  async clockAhead(): Promise<number> {
    const { headers } = await fetch(`${this.url}/healthz`);
    return Math.round((Date.parse(headers.get('date') ?? '') - Date.now()) / 1_000);
  }

  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }
}
