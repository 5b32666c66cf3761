/** Work on files that may take minutes: it says what it does, and ends in order when it is told to, or after an hour. */
import { statSync } from 'node:fs';
import { UserError } from '../contract/index.ts';
import type { Terminal } from './terminal.ts';
import { printable } from './text-width.ts';

/** A terabyte takes longer; nothing of a gateway has a hundredth of it. */
const LONGEST_MS = 3_600_000;
/** Who waits sees that it goes on. */
const TOLD_EVERY_MS = 5_000;
const MEGABYTE = 1_000_000;

/** What the work says of itself. @param growing a file that shows how far it is */
export type Progress = (step: string, growing?: string) => void;

/**
 * Runs the work until it is done, Ctrl-C or SIGTERM, or the time is up.
 * @param what "backup"
 * @throws {UserError} when it was ended
 */
export async function longWork<T>(
  what: string,
  { stderr }: Terminal,
  work: (signal: AbortSignal, progress: Progress) => Promise<T>,
): Promise<T> {
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  for (const signal of SIGNALS) process.once(signal, stop);
  const late = AbortSignal.timeout(LONGEST_MS);
  const signal = AbortSignal.any([stopping.signal, late]);
  let growing: string | undefined;
  const telling = setInterval(() => {
    const size = growing === undefined ? 0 : (statSync(growing, { throwIfNoEntry: false })?.size ?? 0);
    if (size > 0) stderr.write(`  ${megabytes(size)} so far\n`);
  }, TOLD_EVERY_MS);
  try {
    return await work(signal, (step, file) => {
      growing = file;
      stderr.write(`${printable(step)}\n`);
    });
  } catch (error) {
    if (!signal.aborted) throw error;
    const why = late.aborted ? `took more than ${LONGEST_MS / 60_000} minutes and was ended` : 'was stopped';
    throw new UserError(`the ${what} ${why}; nothing of it is left, and nothing was changed`);
  } finally {
    clearInterval(telling);
    for (const name of SIGNALS) process.off(name, stop);
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** "12.3 MB". */
export function megabytes(bytes: number): string {
  return `${(bytes / MEGABYTE).toFixed(1)} MB`;
}
