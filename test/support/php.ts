/** The HelpSpot client in PHP (`php/helpspot.php`) for tests. */
import { execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as z from 'zod';
import { boundToUs } from './child.ts';
import { type Availability, requireCommand } from './packages.ts';

/** One call as HelpSpot makes it. */
export type PhpCall =
  /** `url` as it is configured in HelpSpot, with or without a query string. */
  | { readonly mode: 'get' | 'post'; readonly url: string; readonly parameters: Readonly<Record<string, string>> }
  /** `command` as it is configured in HelpSpot: a shell command, maybe with arguments. Named from 5.3.0, positional before. */
  | {
      readonly mode: 'named' | 'positional';
      readonly command: string;
      readonly parameters: Readonly<Record<string, string>>;
    };

const resultSchema = z.union([
  z.object({ error: z.string(), status: z.number().optional(), body: z.string().optional() }),
  z.object({
    status: z.number().optional(),
    columns: z.array(z.string()).nullable(),
    customers: z.array(z.record(z.string(), z.string())),
  }),
]);

/** What HelpSpot read, or its error. `status` only over HTTP; `columns` null when the answer has none. */
export type PhpResult = z.infer<typeof resultSchema>;

/** The client. Many calls in one go share one PHP process. */
export interface PhpClient {
  lookup(call: PhpCall): Promise<PhpResult>;
  lookups(calls: readonly PhpCall[]): Promise<readonly PhpResult[]>;
  /** Only reads answers, as HelpSpot would. */
  read(answers: readonly string[]): Promise<readonly PhpResult[]>;
}

const PROGRAM = fileURLToPath(new URL('./php/helpspot.php', import.meta.url));
const TIMEOUT_MS = 120_000;

/** Whether PHP with its XML extension is here; installed where that is possible (see {@link requireCommand}). */
export function requirePhp(): Promise<Availability> {
  return requireCommand('php', ['php-cli', 'php-xml'], 'answers are read with PHP as HelpSpot reads them', hasXml);
}

/** `php` is the path of the command. */
export function phpClient(php: string): PhpClient {
  const lookups = (calls: readonly PhpCall[]) => runJobs(php, calls);
  return {
    lookups,
    async lookup(call) {
      const [result] = await lookups([call]);
      if (result === undefined) throw new Error('helpspot.php gave no result');
      return result;
    },
    read(answers) {
      const jobs = answers.map((xml) => ({ mode: 'read', xml: Buffer.from(xml, 'utf8').toString('base64') }));
      return runJobs(php, jobs);
    },
  };
}

async function hasXml(php: string): Promise<boolean> {
  try {
    const { stdout } = await promisify(execFile)(php, ['-m'], { timeout: TIMEOUT_MS });
    return /^xml$/m.test(stdout);
  } catch {
    return false;
  }
}

async function runJobs(php: string, jobs: readonly object[]): Promise<readonly PhpResult[]> {
  return z.array(resultSchema).parse(await runPhp(php, PROGRAM, jobs));
}

/** What a program of `php/` makes of its jobs: JSON in, JSON out. */
export function runPhp(php: string, program: string, jobs: readonly object[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const child = spawn(...boundToUs(php, [program]), { stdio: ['pipe', 'pipe', 'pipe'], timeout: TIMEOUT_MS });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    // A program that ends early closes its input; its exit status says more than the broken pipe.
    child.stdin.on('error', () => {});
    child.on('close', (status) => {
      const output = Buffer.concat(stdout).toString('utf8');
      if (status === 0) resolve(JSON.parse(output));
      else reject(new Error(`${program} ended with ${status}: ${output}${Buffer.concat(stderr).toString('utf8')}`));
    });
    child.stdin.end(JSON.stringify(jobs));
  });
}
