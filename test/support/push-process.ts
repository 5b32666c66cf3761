/** Starts, kills and starts again a gateway in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { build } from 'esbuild';
import { afterAll } from 'vitest';
import { boundToUs } from './child.ts';
import type { PushProcessSettings } from './plan-of-process.ts';

/** For the libraries that are CommonJS. */
const REQUIRE = `import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);`;

/** The program as one file of JavaScript, for a file of tests: Node 20 does not run TypeScript. Call it outside of any test. */
export async function buildPushGateway(): Promise<string> {
  const root = resolve(import.meta.dirname, '../..');
  // Below the project, so that it finds the libraries.
  const outfile = join(root, 'dist', `push-gateway-${process.pid}.mjs`);
  await build({
    entryPoints: [join(import.meta.dirname, 'push-gateway.ts')],
    outfile,
    ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'warning' },
    // The libraries are in it: read one by one they would double what a start costs, and a test starts many. Not in it is
    // what has native code, or files of its own for threads.
    external: ['libsql', 'piscina', 'pino'],
    banner: { js: REQUIRE },
  });
  afterAll(() => rmSync(outfile, { force: true }));
  return outfile;
}

/** A gateway that comes back after each kill, always on the same store. */
export class PushProcess {
  readonly #program: string;
  readonly #settings: PushProcessSettings;
  #child: ChildProcess | undefined;
  #url: Promise<string> | undefined;

  constructor(program: string, settings: PushProcessSettings) {
    this.#program = program;
    this.#settings = settings;
  }

  /** Where it answers, as soon as it does. */
  url(): Promise<string> {
    this.#url ??= this.#start();
    return this.#url;
  }

  /** `kill -9`, and waits until it is gone. The next question for its address starts another. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    this.#url = undefined;
  }

  /** It stops where it is, and goes on where it was. */
  async pause(milliseconds: number): Promise<void> {
    const child = this.#child;
    child?.kill('SIGSTOP');
    await wait(milliseconds);
    child?.kill('SIGCONT');
  }

  async #start(): Promise<string> {
    const child = spawn(...boundToUs(process.execPath, [this.#program, JSON.stringify(this.#settings)]), {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    const lines = createInterface({ input: child.stdout });
    const died = once(child, 'exit').then(() => {
      throw new Error('the gateway ended by itself');
    });
    // When it is killed later, nobody waits for this any more.
    died.catch(() => undefined);
    const [line] = await Promise.race([once(lines, 'line'), died]);
    return String(line);
  }
}
