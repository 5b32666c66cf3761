/** What HelpSpot does with our PHP file, for the tests of it. */
import { expect } from 'vitest';
import { MANUAL_REQUEST } from '../helpspot/pushed-examples.ts';
import { type PushJob, type PushResult, requirePhpCurl, runPushJob } from '../support/php-push.ts';
import { SECRET } from './harness.ts';

/** PHP with curl, or why it is not here. */
export const php = await requirePhpCurl();

/** Runs one job; nothing that it says may hold the key. */
export async function run(job: Partial<PushJob> & { file: string }): Promise<PushResult> {
  if (!php.ok) throw new Error(php.reason);
  const what = job.details === undefined ? { push: job.push ?? MANUAL_REQUEST } : { details: job.details };
  const result = await runPushJob(php.path, { file: job.file, name: job.name ?? 'Tickets', ...what });
  expect(JSON.stringify(result)).not.toContain(SECRET);
  return result;
}

/** The words of a push that failed. */
export async function failure(file: string, push: unknown = MANUAL_REQUEST): Promise<string> {
  const { returned, error } = await run({ file, push });
  expect(returned).toBeNull();
  return error;
}
