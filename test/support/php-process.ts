/** PHP for tests: programs of `php/`, and PHP itself. */
import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as z from 'zod';
import { boundToUs } from './child.ts';
import type { Works } from './packages.ts';
import { poolOf } from './pool.ts';

const RESIDENT = fileURLToPath(new URL('./php/resident.php', import.meta.url));
const TIMEOUT_MS = 120_000;

const answerSchema = z.object({
  status: z.number(),
  output: z.string().transform((base64) => Buffer.from(base64, 'base64').toString('utf8')),
});

/** Whether a PHP has these extensions, and what {@link runJobs} needs. */
export function hasExtensions(...names: readonly string[]): Works {
  return async (php) => {
    const { stdout } = await promisify(execFile)(php, ['-m'], { timeout: TIMEOUT_MS }).catch(() => ({ stdout: '' }));
    const there = stdout.split(/\s+/);
    return [...names, 'pcntl', 'posix'].every((name) => there.includes(name));
  };
}

/** Runs PHP; the standard output. Throws when it ends with a status, or says anything on standard error. */
export function runPhp(php: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(...boundToUs(php, args), { stdio: ['pipe', 'pipe', 'pipe'], timeout: TIMEOUT_MS });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    // A program that ends early closes its input; its exit status says more than the broken pipe.
    child.stdin.on('error', () => {});
    child.on('close', (status) => {
      const output = Buffer.concat(stdout).toString('utf8');
      const trouble = Buffer.concat(stderr).toString('utf8');
      if (status === 0 && trouble === '') resolve(output);
      else reject(new Error(`php ended with ${status}: ${output}${trouble}`));
    });
    child.stdin.end(input);
  });
}

/**
 * What a program of `php/` makes of its jobs, as JSON. Each run has a PHP process of its own, with nothing of another
 * run in it.
 *
 * @param php the path of the command
 * @param program the name of its file
 */
export async function runJobs(php: string, program: string, jobs: readonly object[]): Promise<unknown> {
  let resident = await borrowResident(php);
  // What ended while nobody used it would never answer.
  while (resident.hasEnded()) resident = await borrowResident(php);
  try {
    return JSON.parse(await resident.run(program, jobs));
  } finally {
    await resident.stop();
  }
}

/** A process of `php/resident.php`. */
interface Resident {
  run(program: string, jobs: readonly object[]): Promise<string>;
  /** Whether it can be asked again. */
  isWell(): boolean;
  hasEnded(): boolean;
  stop(): Promise<void>;
}

const borrowResident = poolOf(startResident, async (resident) => {
  if (!resident.isWell()) throw new Error('it has failed');
});

async function startResident(php: string): Promise<Resident> {
  const child = spawn(...boundToUs(php, [RESIDENT]), { stdio: ['pipe', 'pipe', 'pipe'] });
  const lines = createInterface({ input: child.stdout });
  let trouble = '';
  let isWell = true;
  child.stderr.on('data', (chunk: Buffer) => (trouble += chunk.toString('utf8')));
  child.stdin.on('error', () => {});

  const answer = (input: string) =>
    new Promise<string>((resolve, reject) => {
      const failed = (what: string) => reject(new Error(`php ${what}: ${trouble}`));
      const late = setTimeout(() => failed(`did not answer within ${TIMEOUT_MS} ms`), TIMEOUT_MS);
      const ended = () => failed('ended by itself');
      child.once('error', reject).once('close', ended);
      lines.once('line', (line) => {
        clearTimeout(late);
        child.off('error', reject).off('close', ended);
        resolve(line);
      });
      child.stdin.write(`${input}\n`);
    });

  return {
    isWell: () => isWell,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    async run(program, jobs) {
      isWell = false;
      trouble = '';
      const { status, output } = answerSchema.parse(JSON.parse(await answer(JSON.stringify({ program, jobs }))));
      // What a command that PHP starts says on its standard error is its own affair.
      if (status !== 0 || /^PHP /m.test(trouble))
        throw new Error(`${program} ended with ${status}: ${output}${trouble}`);
      isWell = true;
      return output;
    },
    async stop() {
      child.kill('SIGKILL');
    },
  };
}
