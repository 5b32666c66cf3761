/** PHP for tests: programs of `php/`, and PHP itself. */
import { execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { boundToUs } from './child.ts';
import type { Works } from './packages.ts';

const RUN = fileURLToPath(new URL('./php/run.php', import.meta.url));
const TIMEOUT_MS = 80_000;
/** As PHP itself begins what it has to say. */
const PHP_SAYS = /^(?:PHP )?(?:Warning|Notice|Deprecated|Fatal error|Parse error)/m;

/** Whether a PHP has these extensions. */
export function hasExtensions(...names: readonly string[]): Works {
  return async (php) => {
    const { stdout } = await promisify(execFile)(php, ['-m'], { timeout: TIMEOUT_MS }).catch(() => ({ stdout: '' }));
    const there = stdout.split(/\s+/);
    return names.every((name) => there.includes(name));
  };
}

/** Runs PHP; the standard output. Throws when it ends with a status, or warns. What a command says that it starts is that command's affair. */
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
      if (status === 0 && !PHP_SAYS.test(trouble)) resolve(output);
      else reject(new Error(`php ended with ${status}: ${output}${trouble}`));
    });
    child.stdin.end(input);
  });
}

/**
 * What a program of `php/` makes of its jobs, as JSON.
 *
 * @param php the path of the command
 * @param program the name of its file
 */
export async function runJobs(php: string, program: string, jobs: readonly object[]): Promise<unknown> {
  return JSON.parse(await runPhp(php, [RUN], JSON.stringify({ program, jobs })));
}
