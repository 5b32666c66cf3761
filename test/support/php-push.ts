/** HelpSpot's side of Request Push in PHP (`php/request-push.php`) for tests. */
import * as z from 'zod';
import { type Availability, requireCommand } from './packages.ts';
import { hasExtensions, runJobs } from './php-process.ts';

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

/** Stands for a string of these bytes in a request. */
export function bytes(content: Uint8Array): { readonly $bytes: string } {
  return { $bytes: Buffer.from(content).toString('base64') };
}

/** Whether PHP with its curl extension is here; installed where that is possible. */
export function requirePhpCurl(): Promise<Availability> {
  return requireCommand(
    'php',
    ['php-cli', 'php-xml', 'php-curl'],
    'HelpSpot runs our push file in PHP',
    hasExtensions('curl', 'tokenizer'),
  );
}

/** Runs jobs in one PHP process. PHP must not complain about anything. */
export async function runPushJobs(php: string, jobs: readonly PushJob[]): Promise<readonly PushResult[]> {
  const results = z.array(resultSchema).parse(await runJobs(php, 'request-push.php', jobs));
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
