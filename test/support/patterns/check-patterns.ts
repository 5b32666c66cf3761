/** Asks recheck (https://makenowjust-labs.github.io/recheck/) whether patterns take time in proportion to a text. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import * as z from 'zod';
import { times } from '../runs.ts';

/** What recheck says of a pattern; `attack` is a text that makes it slow: `'a'.repeat(54773) + '\x00'`. */
const verdictShape = z.object({
  status: z.enum(['safe', 'vulnerable', 'unknown']),
  summary: z.string().optional(),
  attack: z.string().optional(),
});
export type Verdict = z.infer<typeof verdictShape>;

export interface Checked {
  readonly source: string;
  readonly flags: string;
}

const THREADS = 2;
const VERSION = z.object({ version: z.string() }).parse(createRequire(import.meta.url)('recheck/package.json')).version;
/**
 * The patterns that this version of recheck has found safe, a line each, as JSON: they are not checked again, which takes
 * minutes, unless `MANY_RUNS` asks for all that can be tried. Who changes a pattern commits the file that the test writes.
 */
const SAFE = resolve(import.meta.dirname, `safe-${VERSION}.txt`);

/** Without a repetition that has no upper end, a match looks at a bounded number of characters. */
export function isBounded(source: string): boolean {
  // What is escaped, or stands in a class, repeats nothing.
  return !/[*+]|,\}/.test(source.replace(/\\.|\[(?:\\.|[^\]\\])*\]/g, 'x'));
}

/** The verdicts, in the order of the patterns. */
export async function checkPatterns(patterns: readonly Checked[]): Promise<readonly Verdict[]> {
  const safe = times(1) > 1 ? new Set<string>() : readSafe();
  const verdicts = new Map<string, Verdict>();
  const waiting: Checked[] = [];
  for (const pattern of patterns) {
    if (isBounded(pattern.source) || safe.has(keyOf(pattern))) verdicts.set(keyOf(pattern), { status: 'safe' });
    else if (!waiting.some((other) => keyOf(other) === keyOf(pattern))) waiting.push(pattern);
  }
  await Promise.all(Array.from({ length: Math.min(THREADS, waiting.length) }, () => work(waiting, verdicts)));
  return patterns.map((pattern) => verdicts.get(keyOf(pattern)) ?? { status: 'unknown', summary: 'not checked' });
}

/** One thread takes one pattern after the other, until none waits. */
async function work(waiting: Checked[], verdicts: Map<string, Verdict>): Promise<void> {
  const worker = new Worker(new URL('checker.js', import.meta.url), {
    // The part in JavaScript: the same on every machine, and no process is started.
    env: { ...process.env, RECHECK_BACKEND: 'pure' },
  });
  try {
    for (let pattern = waiting.shift(); pattern !== undefined; pattern = waiting.shift()) {
      const verdict = await verdictOf(worker, pattern);
      verdicts.set(keyOf(pattern), verdict);
    }
  } finally {
    await worker.terminate();
  }
}

function verdictOf(worker: Worker, pattern: Checked): Promise<Verdict> {
  return new Promise((done, fail) => {
    worker.once('error', fail);
    worker.once('message', (answer) => {
      worker.off('error', fail);
      done(verdictShape.parse(answer));
    });
    worker.postMessage(pattern);
  });
}

function keyOf({ source, flags }: Checked): string {
  return `/${source}/${flags}`;
}

function readSafe(): ReadonlySet<string> {
  if (!existsSync(SAFE)) return new Set();
  const lines = readFileSync(SAFE, 'utf8').trim().split('\n');
  return new Set(lines.map((line) => z.string().parse(JSON.parse(line))));
}

/** Keeps for the next time which of the project's patterns were found safe; what the project no longer has is forgotten. */
export function rememberSafe(patterns: readonly Checked[], verdicts: readonly Verdict[]): void {
  const safe = patterns.filter(({ source }, index) => !isBounded(source) && verdicts[index]?.status === 'safe');
  const lines = [...new Set(safe.map((pattern) => JSON.stringify(keyOf(pattern))))].sort().join('\n');
  if (!existsSync(SAFE) || readFileSync(SAFE, 'utf8') !== `${lines}\n`) writeFileSync(SAFE, `${lines}\n`);
}
