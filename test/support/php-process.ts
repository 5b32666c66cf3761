/** PHP for tests: programs of `php/`, and PHP itself. */
import { execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { boundToUs } from './child.ts';
import type { Works } from './packages.ts';
import { poolOf } from './pool.ts';

const RUN = fileURLToPath(new URL('./php/run.php', import.meta.url));
const TIMEOUT_MS = 80_000;
/** Of a program that takes what it is given, however much, and shows what PHP has to say. */
const SETTINGS = [
  'html_errors=0',
  'display_errors=1',
  'post_max_size=0',
  'enable_post_data_reading=0',
  'max_execution_time=0',
].flatMap((setting) => ['-d', setting]);
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
 * What a program of `php/` makes of its jobs, as JSON. Each run begins with nothing of another one in it, as in a web
 * server, which is where HelpSpot runs; starting PHP takes many times longer than what is to be done.
 *
 * @param php the path of the command
 * @param program the name of its file
 */
export async function runJobs(php: string, program: string, jobs: readonly object[]): Promise<unknown> {
  const server = await borrowPhp(php);
  try {
    return JSON.parse(await server.run(JSON.stringify({ program, jobs })));
  } finally {
    await server.stop();
  }
}

/** PHP's own web server, which does one thing at a time. */
interface PhpServer {
  run(input: string): Promise<string>;
  /** Whether it can be asked again. */
  isWell(): boolean;
  stop(): Promise<void>;
}

const borrowPhp = poolOf(startPhp, async (server) => {
  if (!server.isWell()) throw new Error('it has failed');
});

async function startPhp(php: string): Promise<PhpServer> {
  const child = spawn(...boundToUs(php, [...SETTINGS, '-q', '-S', '127.0.0.1:0', RUN]), {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  let isWell = true;
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  child.once('exit', () => (isWell = false));
  const url = await new Promise<string>((resolve, reject) => {
    const failed = () => reject(new Error(`php did not start: ${said}`));
    const late = setTimeout(failed, TIMEOUT_MS);
    child.once('error', reject).once('exit', failed);
    child.stderr.on('data', () => {
      const [, address] = /Development Server \((http:\S+)\) started/.exec(said) ?? [];
      if (address === undefined) return;
      clearTimeout(late);
      resolve(address);
    });
  });
  return {
    isWell: () => isWell,
    async run(input) {
      // Until it has answered.
      isWell = false;
      said = '';
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const answer = await fetch(url, { method: 'POST', body: input, signal });
      const output = await answer.text();
      if (answer.status !== 200 || PHP_SAYS.test(output))
        throw new Error(`php ended with ${answer.status}: ${output}${said}`);
      isWell = child.exitCode === null && child.signalCode === null;
      return output;
    },
    async stop() {
      child.kill('SIGKILL');
    },
  };
}
