/** What a command can see and say; tests give it streams of their own. */
import { basename, delimiter, dirname, relative } from 'node:path';
import { asShellWord, padTo, printable, printableLines, widthOf } from './text-width.ts';

/** The part of a writable stream that commands use. */
export interface Output {
  write(text: string): unknown;
  /** Whether a person looks at it; absent or false for a file, a pipe and a test. */
  readonly isTTY?: boolean;
}

/** Where a command runs. */
export interface Terminal {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Asks the person at the terminal; undefined when they say nothing. Absent where there is no terminal. */
  readonly ask?: (question: string) => Promise<string | undefined>;
  /** The same for something that nobody may read on the screen; without a terminal, the first line of standard input. */
  readonly askSecret?: (question: string) => Promise<string | undefined>;
  /** What a person types for this program, as a word of a shell; `helpspot-gateway` unless told. */
  readonly program?: string;
  /** The folder of this package: the embedded default lies in `config/` below it. */
  readonly packageRoot: string;
  /**
   * Reads into memory what of the program may still be needed, so that its files may be replaced while it runs. Absent
   * where the program is not bundled.
   */
  readonly holdProgram?: () => void;
  /** Called before a system is asked over the network, or code of others runs; may end the process, of which nothing was seen yet. Absent: nobody wants to know. */
  readonly connects?: (() => void) | undefined;
}

/** Standard output is for answers that programs read: what an adapter of other people prints goes to standard error. */
export function keepStdout(): void {
  const { error } = console;
  // Whatever else prints there does it by these (https://nodejs.org/api/console.html).
  Object.assign(console, { log: error, info: error, debug: error, dir: (value: unknown) => error(value) });
}

let outlives = false;

/** A gateway that serves goes on though nobody takes what it says: the disk is full, or what read its log has ended. */
export function outliveOutputs(): void {
  outlives = true;
}

/** Ends this process when nobody takes what it says, unless it is to outlive that. */
export function endWithOutputs(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (outlives) return;
      // Whoever reads has had enough (`helpspot-gateway schema | head`): an end, and no failure.
      if (error.code === 'EPIPE') process.exit(stream === process.stdout ? 0 : 1);
      if (stream === process.stdout) process.stderr.write(`the output cannot be written: ${error.message}\n`);
      process.exit(1);
    });
  }
}

/** The terminal of this process. @param holdProgram see {@link Terminal.holdProgram} */
export function processTerminal(packageRoot: string, holdProgram: () => void): Terminal {
  const { stdin, stdout, stderr } = process;
  // What the command says may go into a file; a question is for the person.
  const asking = stdin.isTTY && stderr.isTTY ? { ask } : {};
  const program = typedProgram(process.argv[1], process.env['PATH'], folderHere());
  return { stdout, stderr, environment: process.env, program, packageRoot, holdProgram, askSecret, ...asking };
}

/** Undefined where it has been removed meanwhile: a command that names its files whole needs none. */
function folderHere(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

const PROGRAM = 'helpspot-gateway';

/** What is typed for the program of a terminal, so that a command that is printed can be pasted. */
export function programOf({ program = PROGRAM }: Terminal): string {
  return program;
}

/**
 * Its name where a shell finds it so, else the way to it: in a clone it is on nobody's PATH.
 * @param script the file that runs, absolute
 */
export function typedProgram(
  script: string | undefined,
  searched: string | undefined,
  folder: string | undefined,
): string {
  if (script === undefined || basename(script) !== PROGRAM) return PROGRAM;
  if ((searched ?? '').split(delimiter).includes(dirname(script))) return PROGRAM;
  if (folder === undefined) return asShellWord(script);
  const way = relative(folder, script);
  if (way === PROGRAM) return `./${PROGRAM}`;
  return asShellWord(way.startsWith('..') ? script : way);
}

/** One line; the end of what is typed is no answer. Ctrl-C ends the process, as everywhere. */
async function ask(question: string): Promise<string | undefined> {
  const { createInterface } = await import('node:readline');
  process.stderr.write(question);
  const lines = createInterface({ input: process.stdin, terminal: false });
  try {
    return await new Promise((answered) => {
      lines.once('line', answered);
      lines.once('close', () => answered(undefined));
    });
  } finally {
    lines.close();
  }
}

/** What is typed is not shown. */
async function askSecret(question: string): Promise<string | undefined> {
  const { createInterface } = await import('node:readline');
  const { Writable } = await import('node:stream');
  const isTerminal = process.stdin.isTTY === true;
  if (isTerminal) process.stderr.write(question);
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: unseen, terminal: isTerminal });
  try {
    return await new Promise((answered) => {
      lines.once('line', answered);
      lines.once('close', () => answered(undefined));
      lines.once('SIGINT', () => answered(undefined));
    });
  } finally {
    lines.close();
    if (isTerminal) process.stderr.write('\n');
  }
}

/** Writes a document byte for byte; where a person looks at it, without what the terminal would obey. */
export function writeDocument(output: Output, document: string): void {
  output.write(output.isTTY === true ? `${printableLines(document.trimEnd()).join('\n')}\n` : document);
}

/** Rows as columns that are as wide as their widest cell. Cells are shown as {@link printable} lines. */
export function table(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(printable));
  const widths: number[] = [];
  for (const row of cells) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
    });
  }
  const line = (row: readonly string[]) => row.map((cell, column) => padTo(widths[column] ?? 0, cell)).join('  ');
  return cells.map((row) => `${line(row).trimEnd()}\n`).join('');
}

/** Names and their values, one below the other; further lines of a value stand below its first. */
export function list(entries: readonly (readonly [name: string, value: string])[]): string {
  const rows = entries.flatMap(([name, value]) =>
    printableLines(value).map((line, index): [string, string] => [index === 0 ? `${name}:` : '', line]),
  );
  return table(rows);
}
