/** HelpSpot's side of Request Push in PHP (`php/request-push.php`) for tests. */
import { execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as z from 'zod';
import { boundToUs } from './child.ts';
import { type Availability, requireCommand } from './packages.ts';

/** What HelpSpot does with a file `RequestPush-NAME.php`. */
export type PushJob = { readonly file: string; readonly name: string } & (
  | { readonly push: unknown; readonly details?: undefined }
  | { readonly details: string; readonly push?: undefined }
);

/** What came of it. */
export interface PushResult {
  /** The id, or the HTML; null for nothing. */
  readonly returned: string | null;
  /** `$errorMsg`. */
  readonly error: string;
}

const text = z.string().transform((base64) => Buffer.from(base64, 'base64').toString('utf8'));
const resultSchema = z.object({ returned: text.nullable(), error: text, complaints: z.array(z.string()) });

const PROGRAM = fileURLToPath(new URL('./php/request-push.php', import.meta.url));
const TIMEOUT_MS = 60_000;

/** Stands for a string of these bytes in a request. */
export function bytes(content: Uint8Array): { readonly $bytes: string } {
  return { $bytes: Buffer.from(content).toString('base64') };
}

/** Whether PHP with its curl extension is here; installed where that is possible. */
export function requirePhpCurl(): Promise<Availability> {
  return requireCommand('php', ['php-cli', 'php-xml', 'php-curl'], 'HelpSpot runs our push file in PHP', hasCurl);
}

async function hasCurl(php: string): Promise<boolean> {
  try {
    const { stdout } = await promisify(execFile)(php, ['-m'], { timeout: TIMEOUT_MS });
    return /^curl$/m.test(stdout) && /^tokenizer$/m.test(stdout);
  } catch {
    return false;
  }
}

/** Runs jobs in one PHP process. PHP must not complain about anything. */
export async function runPushJobs(php: string, jobs: readonly PushJob[]): Promise<readonly PushResult[]> {
  const output = await runPhp(php, [PROGRAM], JSON.stringify(jobs));
  const results = z.array(resultSchema).parse(JSON.parse(output));
  for (const { complaints } of results) {
    if (complaints.length > 0) throw new Error(`PHP complained: ${complaints.join('; ')}`);
  }
  return results.map(({ returned, error }) => ({ returned, error }));
}

/** One job. */
export async function runPushJob(php: string, job: PushJob): Promise<PushResult> {
  const [result] = await runPushJobs(php, [job]);
  if (result === undefined) throw new Error('request-push.php gave no result');
  return result;
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
