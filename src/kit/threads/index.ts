/**
 * Work that would hold the event loop for too long (HTML, XML and JSON of megabytes) runs in worker threads: the
 * lookups of everybody else go on beside it, and when its time is up it is ended, however deep it is in a library.
 *
 * Small work does not come here: a thread costs some 50 ms to start and a copy of what goes in and out.
 */
import { availableParallelism } from 'node:os';
import { basename, join, resolve } from 'node:path';
import type { Piscina } from 'piscina';
import { SourceError, UserError, withDeadlineWithin } from '../../contract/index.ts';
import { isMissing, type Work, type WorkResult } from './entry.ts';

/** A function of a module of ours that takes one plain value and gives one, as a thread can call it. */
export interface ThreadTask<Run extends (input: never) => unknown> {
  /** Its module below the root of the project, without an ending: `src/helpspot/sanitise`. */
  readonly module: string;
  /** The name under which it is exported. */
  readonly name: string;
  /** Only its type is used. */
  readonly run?: Run;
}

/** The limits of the pool, each with its reason. */
export const threadLimits = {
  // One processor stays for the event loop, which answers everybody else. Four threads, with the memory below, are all
  // that a machine for a gateway can spare.
  threads: Math.min(4, Math.max(1, availableParallelism() - 1)),
  // Beyond these, waiting takes longer than any deadline.
  waiting: 64,
  // Eight megabytes of HTML or XML become some 200 MB of objects. A thread that needs more is ended, and nothing else.
  memoryMb: 512,
  // What V8 gives new objects before it looks which are in use. It takes all of it and keeps it: half of its own choice takes a
  // third of the memory of a thread, and costs large XML a tenth to a fifth of its time.
  youngMemoryMb: 24,
  // For callers whose signal knows no deadline.
  longestMs: 30_000,
  // Longer than the pause between two such calls of one person.
  idleMs: 60_000,
} as const;

/**
 * Runs `task` on `input` in a worker thread. Both input and result are plain data (structured clone).
 *
 * @param signal ends the work when it aborts, in the middle of whatever it does
 * @throws {SourceError} `bad-response` when the work needs too much memory, `rate-limited` when too much waits already;
 *   the SourceError or UserError that the task threw; a UserError when the files of the program are not there any more; the reason of `signal`; an Error for a bug in the task
 */
export async function inThread<Input, Output>(
  task: ThreadTask<(input: Input) => Output>,
  input: Input,
  signal?: AbortSignal,
): Promise<Awaited<Output>> {
  const { module, name } = task;
  const work: Work = { module: join(builtRoot(), `${module}.js`), name, input };
  const reply: WorkResult<Awaited<Output>> = await withDeadlineWithin(threadLimits.longestMs, signal, (limited) =>
    run(work, limited),
  );
  if (reply.failure === undefined) return reply.value;
  throw errorOf(reply.failure);
}

/** What a function gives back has the type of that function: structured clone keeps plain data as they are. */
async function run<Value>(work: Work, signal: AbortSignal): Promise<WorkResult<Value>> {
  try {
    signal.throwIfAborted();
    const { piscina, failing } = await pool();
    return await new Promise((done, failed) => {
      failing.add(failed);
      piscina
        .run(work, { signal })
        .then(done, failed)
        .finally(() => failing.delete(failed));
    });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw asKnown(error);
  }
}

interface Pool {
  readonly piscina: Piscina;
  /** How each work that is not done is given up. */
  readonly failing: Set<(error: unknown) => void>;
}

let opening: Promise<Pool> | undefined;

/** Threads are started when there is work for them, and end when there is none. */
function pool(): Promise<Pool> {
  opening ??= import('piscina').then(({ Piscina }) => {
    const piscina = new Piscina({
      filename: join(builtRoot(), PLACE, 'entry.js'),
      minThreads: 0,
      maxThreads: threadLimits.threads,
      idleTimeout: threadLimits.idleMs,
      maxQueue: threadLimits.waiting,
      resourceLimits: {
        maxOldGenerationSizeMb: threadLimits.memoryMb,
        maxYoungGenerationSizeMb: threadLimits.youngMemoryMb,
      },
      // What a thread would print is nothing for our output.
      env: {},
      execArgv: [],
    });
    const failing: Pool['failing'] = new Set();
    // A thread could not start. The pool lets its work wait for another one, which it does not start.
    piscina.on('error', (error) => {
      if (piscina.threads.length > 0) return;
      renewThreads();
      for (const fail of failing) fail(error);
    });
    return { piscina, failing };
  });
  return opening;
}

/**
 * Work that comes from now on gets other threads; those that there are do what they were given, and end when they have been idle
 * for {@link threadLimits}.idleMs. For whoever has given them much: a thread keeps the memory that it once needed, and
 * one that has a little to do every few seconds would live for ever.
 */
export function renewThreads(): void {
  opening = undefined;
}

const PLACE = join('src', 'kit', 'threads');
/** The folder that `scripts/bundle/modules.js` writes. */
const BUNDLED = 'modules';

/** Where the built modules are: threads load them also when these sources run themselves, as in the tests. */
function builtRoot(): string {
  const here = import.meta.dirname;
  if (here.endsWith(PLACE)) {
    const root = resolve(here, '../../..');
    return basename(root) === 'dist' ? root : join(root, 'dist');
  }
  // What was bundled stands at the root of what was built; what threads run is a bundle of its own below it.
  return basename(here) === BUNDLED ? here : join(here, BUNDLED);
}

/** An error of ours has lost its class on the way. */
function errorOf(failure: NonNullable<WorkResult<unknown>['failure']>): Error {
  const { type, message, kind, remedy, stack } = failure;
  if (type === 'SourceError' && kind !== undefined) {
    return new SourceError(kind, message, { remedy });
  }
  if (type === 'UserError') return new UserError(message);
  if (type === 'Missing') return asMissing(message);
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}

/** The pool's own failures. */
function asKnown(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if ('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new SourceError('bad-response', 'what was to be read needs more memory than it may have; it was not read', {
      remedy: 'make the question narrower, or the pages smaller',
    });
  }
  if (isMissing(error)) return asMissing(error.message);
  if (/^Task queue is at limit$|^No task queue available and all Workers are busy$/.test(error.message)) {
    return new SourceError('rate-limited', 'too many large answers are being read at once', { retryAfterMs: 5_000 });
  }
  return error;
}

/** Threads read the files of the program when they begin: the only ones that a gateway needs after its own start. */
function asMissing(message: string): UserError {
  return new UserError(
    `a part of the program is missing (${message}); it was updated or removed, so start the gateway again`,
  );
}
