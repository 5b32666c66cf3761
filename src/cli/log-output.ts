/** Where the lines of the log go: a file that goes aside when it is large, or standard error. No call waits for either. */
import { stat } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import * as z from 'zod';
import type { LogFilePlan, LogFormat, LogPlan } from '../gateway/plan.ts';
import type { Output } from './terminal.ts';
import { printable, printableLines } from './text-width.ts';

/** What the command line says in place of the configuration. */
export interface LogWishes {
  readonly file?: string | undefined;
  readonly format?: LogFormat | undefined;
}

/** The outputs of a log that serves. */
export interface LogOutput extends Output {
  /** Opens the file anew, perhaps another one: another program may have renamed it. Never throws. */
  use(plan: LogPlan): void;
  /** Resolves when all is written, or cannot be. */
  close(): Promise<void>;
}

/** The part of a writable stream that is used. */
interface LineStream {
  write(line: string, done: (error?: Error | null) => void): unknown;
  end(done: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  /** Also after each time that it has put the file aside. */
  on(event: 'open', listener: () => void): unknown;
  readonly writableLength: number;
}
type OpenStream = (plan: LogFilePlan) => LineStream;

/** A disk that is full is tried again so often. */
const AGAIN_MS = 10_000;
/** So often is looked whether the file is still at its place, by who has something to write. */
const LOOK_MS = 5_000;
/** A disk that hangs: what waits for it for longer goes to standard error. */
const MOST_WAITING_BYTES = 8 * 1024 * 1024;
/** A disk that hangs holds up no stop. */
const CLOSING_LIMIT_MS = 2_000;
const KEEP = 5;
const BYTES = 10 * 1024 * 1024;

/** The output of a log. @param fallback takes all where there is no file, and what the file does not take */
export async function openLogOutput(plan: LogPlan, fallback: Output, wishes: LogWishes = {}): Promise<LogOutput> {
  const asked = (now: LogPlan) => wishedFile(now, wishes);
  const open = await opener();
  const output = new FileOrFallback(open, fallback, asked, wishes.format);
  output.use(plan);
  return output;
}

function wishedFile({ file }: LogPlan, wishes: LogWishes): LogFilePlan | undefined {
  if (wishes.file === undefined) return file;
  const path = isAbsolute(wishes.file) ? wishes.file : resolve(wishes.file);
  return { path, bytes: file === undefined ? BYTES : file.bytes, keep: file?.keep ?? KEEP };
}

/** Only its owner may read the file: people's names may be in it where the configuration says so. */
async function opener(): Promise<OpenStream> {
  const { createStream } = await import('rotating-file-stream');
  return ({ path, bytes, keep }) => {
    const name = (index: number | Date | null) => (index === null || index === 0 ? path : `${path}.${String(index)}`);
    // `path`: it is put in front of the name, which is whole.
    const size = bytes === undefined ? {} : ({ size: `${bytes}B`, rotate: keep } as const);
    return createStream(name, { path: '', mode: 0o600, ...size });
  };
}

class FileOrFallback implements LogOutput {
  readonly #open: OpenStream;
  readonly #fallback: Output;
  readonly #asked: (plan: LogPlan) => LogFilePlan | undefined;
  readonly #wished: LogFormat | undefined;
  #format: LogFormat = 'json';
  #plan: LogFilePlan | undefined;
  #stream: LineStream | undefined;
  #againAt = 0;
  #isTold = false;
  /** The file that is open; undefined: it is not known yet. */
  #mark: string | undefined;
  #lookAt = 0;
  #isLooking = false;

  constructor(
    open: OpenStream,
    fallback: Output,
    asked: (plan: LogPlan) => LogFilePlan | undefined,
    wished: LogFormat | undefined,
  ) {
    this.#open = open;
    this.#fallback = fallback;
    this.#asked = asked;
    this.#wished = wished;
  }

  use(plan: LogPlan): void {
    this.#format = this.#wished ?? plan.format ?? 'json';
    this.#plan = this.#asked(plan);
    this.#stream?.end(() => undefined);
    this.#stream = undefined;
    this.#againAt = 0;
  }

  write(json: string): void {
    const line = this.#format === 'pretty' ? prettyLine(json) : json;
    const stream = this.#opened();
    if (stream === undefined || stream.writableLength > MOST_WAITING_BYTES) {
      this.#fallback.write(line);
      return;
    }
    this.#look(stream);
    stream.write(line, (error) => {
      if (error) this.#fallback.write(line);
      else this.#isTold = false;
    });
  }

  async close(): Promise<void> {
    const stream = this.#stream;
    if (stream === undefined) return;
    await new Promise<void>((done) => {
      const late = setTimeout(done, CLOSING_LIMIT_MS);
      stream.on('error', () => done());
      stream.end(() => {
        clearTimeout(late);
        done();
      });
    });
  }

  #opened(): LineStream | undefined {
    const plan = this.#plan;
    if (plan === undefined || this.#stream !== undefined || performance.now() < this.#againAt) return this.#stream;
    const stream = this.#open(plan);
    stream.on('error', (error) => this.#failed(stream, plan, error));
    this.#mark = undefined;
    this.#lookAt = performance.now() + LOOK_MS;
    stream.on('open', () => {
      markOf(plan.path, (mark) => {
        if (this.#stream === stream) this.#mark = mark;
      });
    });
    this.#stream = stream;
    // A disk that became full has taken half of a line, and said nothing.
    if (this.#isTold) stream.write('\n', () => undefined);
    return stream;
  }

  /** Who deletes the file, or moves it away, need not say so: a new one is begun with the next line. */
  #look(stream: LineStream): void {
    const plan = this.#plan;
    if (plan === undefined || this.#isLooking || performance.now() < this.#lookAt) return;
    // One look at a time: a disk that hangs would take a thread for each.
    this.#isLooking = true;
    this.#lookAt = performance.now() + LOOK_MS;
    markOf(plan.path, (mark) => {
      this.#isLooking = false;
      if (this.#stream !== stream || this.#mark === undefined || mark === undefined || mark === this.#mark) return;
      this.#stream = undefined;
      stream.end(() => undefined);
    });
  }

  #failed(stream: LineStream, { path }: LogFilePlan, error: Error): void {
    if (this.#stream === stream) {
      this.#stream = undefined;
      this.#againAt = performance.now() + AGAIN_MS;
    }
    if (this.#isTold) return;
    this.#isTold = true;
    const words = `the log file ${path} cannot be written: ${error.message}; its lines come here until it can`;
    this.#fallback.write(`${printable(words)}\n`);
  }
}

/** Which file is at a path: '' is none; undefined where that cannot be said. */
function markOf(path: string, told: (mark: string | undefined) => void): void {
  stat(path, { bigint: true }, (error, found) => {
    if (error === null) told(`${found.dev} ${found.ino}`);
    else told(error.code === 'ENOENT' ? '' : undefined);
  });
}

const written = z.looseObject({ time: z.string(), level: z.string(), msg: z.string().default('') });

/** A line of the log for people: the time of day, the level, the message, and the fields behind it. */
export function prettyLine(json: string): string {
  const { time, level, msg, stack, ...fields } = written.parse(JSON.parse(json));
  const all = Object.entries(fields).map(([name, value]) => `${name}=${wordOf(value)}`);
  const [first = '', ...more] = [`${time.slice(11, 23)} ${level.toUpperCase().padEnd(5)} ${msg}`, ...all];
  const calls = typeof stack === 'string' ? printableLines(stack).slice(1) : [];
  return [printable([first, ...more].join('  ')), ...calls].map((line) => `${line}\n`).join('');
}

/** Quoted where one could not see where it ends. */
function wordOf(value: unknown): string {
  return typeof value === 'string' && !/[\s="]/.test(value) && value !== '' ? value : JSON.stringify(value);
}
