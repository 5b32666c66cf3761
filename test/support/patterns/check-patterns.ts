/** Asks recheck (https://makenowjust-labs.github.io/recheck/) whether patterns take time in proportion to a text. */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import * as z from 'zod';

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
/** Patterns that were found safe before are not checked again; `npm ci` forgets them. */
const CACHE = resolve(import.meta.dirname, '../../../node_modules/.cache/patterns');

/** Without a repetition that has no upper end, a match looks at a bounded number of characters. */
export function isBounded(source: string): boolean {
  // What is escaped, or stands in a class, repeats nothing.
  return !/[*+]|,\}/.test(source.replace(/\\.|\[(?:\\.|[^\]\\])*\]/g, 'x'));
}

/** The verdicts, in the order of the patterns. */
export async function checkPatterns(patterns: readonly Checked[]): Promise<readonly Verdict[]> {
  const safe = readSafe();
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
      if (verdict.status === 'safe') remember(keyOf(pattern));
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

function cacheFile(): string {
  return resolve(CACHE, `safe-${VERSION}.txt`);
}

/** A line each, as JSON. */
function readSafe(): ReadonlySet<string> {
  if (!existsSync(cacheFile())) return new Set();
  const lines = readFileSync(cacheFile(), 'utf8').split('\n');
  return new Set(lines.filter((line) => line.endsWith('"')).map((line) => z.string().parse(JSON.parse(line))));
}

function remember(key: string): void {
  mkdirSync(CACHE, { recursive: true });
  appendFileSync(cacheFile(), `${JSON.stringify(key)}\n`);
}
