/** One complete reading of a file: bytes → text → rows → table. Nothing of it is used unless all of it is good. */
import { type FileHandle, stat } from 'node:fs/promises';
import { SourceError } from '../../src/contract/index.ts';
import { createDecoder, type Encoding } from './decode.ts';
import { DelimiterDoubt, delimiterRemedy, wrongDelimiter, wrongDelimiterWords } from './delimiter-doubt.ts';
import type { Dialect } from './dialect.ts';
import { type Columns, type Layout, layoutOfHeader, layoutOfList } from './layout.ts';
import { fileError, openFile } from './open-file.ts';
import { Pace } from './pace.ts';
import { RowReader } from './rows.ts';
import { type Table, TableBuilder } from './table.ts';

/** What is read, and how. */
export interface FileFormat extends Dialect {
  /** Absolute. */
  readonly path: string;
  readonly encoding: Encoding;
  readonly columns?: Columns;
}

/** A line that was left out. */
export interface BadLine {
  readonly line: number;
  readonly problem: string;
}

/** A good reading. */
export interface Reading {
  readonly table: Table;
  readonly stamp: string;
  /** What looks wrong with the file as a whole, and what to do. */
  readonly doubts: readonly string[];
  /** When the file was written. */
  readonly dataAt: Date;
  /** The first lines that were left out, and how many there are. */
  readonly badLines: readonly BadLine[];
  readonly badLineCount: number;
}

// A few milliseconds of work a piece.
const PIECE_BYTES = 64 * 1024;
const BAD_LINES_KEPT = 10;

/** The file was written to while it was read. */
export class ChangedWhileReading extends Error {
  override readonly name = 'ChangedWhileReading';
}

/** Tells one state of the file from another. @throws {SourceError} */
export async function stampOf(path: string): Promise<string> {
  try {
    return stampFrom(await stat(path));
  } catch (error) {
    throw fileError(path, error);
  }
}

function stampFrom(stats: { ino: number; size: number; mtimeMs: number; ctimeMs: number }): string {
  return [stats.ino, stats.size, stats.mtimeMs, stats.ctimeMs].join(' ');
}

/**
 * Reads the whole file. The event loop is free while a piece is fetched.
 * @param onProgress the part that is read, from 0 to 1
 * @throws {SourceError} the file is missing, unreadable, empty, cut off, or not in this format
 * @throws {ChangedWhileReading}
 */
export async function readFile(
  format: FileFormat,
  signal: AbortSignal,
  onProgress: (part: number) => void,
): Promise<Reading> {
  const handle = await openFile(format.path);
  try {
    const before = await handle.stat();
    const stamp = stampFrom(before);
    const collector = new Collector(format, before.size);
    const problem = await pump(handle, before.size, collector, signal, onProgress).catch((error: unknown) => error);
    signal.throwIfAborted();
    // What is wrong with a file that is being written is not worth a word.
    if (stampFrom(await handle.stat()) !== stamp) throw new ChangedWhileReading();
    if (problem !== undefined) throw collector.meant(problem);
    return { ...collector.finish(), stamp, dataAt: before.mtime };
  } catch (error) {
    throw error instanceof ChangedWhileReading || signal.aborted ? error : fileError(format.path, error);
  } finally {
    await handle.close();
  }
}

async function pump(
  handle: FileHandle,
  size: number,
  collector: Collector,
  signal: AbortSignal,
  onProgress: (part: number) => void,
): Promise<void> {
  // Whatever the size: a file that is just being written anew begins with none, and would be read byte by byte.
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  let position = 0;
  while (true) {
    signal.throwIfAborted();
    const { bytesRead } = await handle.read(piece, 0, piece.length, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    await collector.reserve();
    collector.write(piece.subarray(0, bytesRead));
    onProgress(Math.min(1, position / size));
  }
  collector.end();
}

/** Takes the bytes of one file and becomes its table. */
class Collector {
  readonly #format: FileFormat;
  readonly #rows: RowReader;
  readonly #builder: TableBuilder;
  readonly #pace = new Pace();
  #decoder: ReturnType<typeof createDecoder> | undefined;
  #lineEnds = 0;
  #layout: Layout | undefined;
  readonly #badLines: BadLine[] = [];
  #badLineCount = 0;
  readonly #doubt = new DelimiterDoubt();

  constructor(format: FileFormat, size: number) {
    this.#format = format;
    this.#builder = new TableBuilder(size);
    const { columns } = format;
    this.#layout = isList(columns) ? layoutOfList(columns) : undefined;
    this.#rows = new RowReader(format, this.#layout?.fields.length, {
      header: (cells) => {
        if (isList(columns)) return;
        this.#doubt.header(cells);
        const likely = columns === undefined ? undefined : this.#doubt.inHeader();
        if (likely !== undefined) throw wrongDelimiter('the whole header is one field', likely);
        this.#layout = layoutOfHeader(cells, columns);
      },
      row: (cells) => {
        this.#doubt.line(cells);
        this.#add(cells);
      },
      bad: (line, problem, cells) => {
        this.#doubt.line(cells);
        if (this.#badLineCount < BAD_LINES_KEPT) this.#badLines.push({ line, problem });
        this.#badLineCount += 1;
      },
    });
  }

  reserve(): Promise<void> {
    return this.#builder.reserve(this.#pace);
  }

  write(bytes: Buffer): void {
    this.#decoder ??= createDecoder(this.#format.encoding, bytes);
    const text = this.#decoder.decode(bytes, this.#lineEnds);
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#lineEnds += 1;
    this.#rows.write(text);
  }

  end(): void {
    this.#rows.write(this.#decoder?.end() ?? '');
    this.#rows.end();
  }

  finish(): Omit<Reading, 'stamp' | 'dataAt'> {
    if (this.#layout === undefined) throw new SourceError('rejected', 'the file is empty', { remedy: WRITE_AGAIN });
    if (this.#builder.size === 0) throw this.#noRecords();
    return {
      table: this.#builder.finish(this.#layout.fields),
      badLines: this.#badLines,
      badLineCount: this.#badLineCount,
      doubts: this.#doubts(),
    };
  }

  /** What was meant by a problem: of a file that is read with a wrong delimiter, its end is not what is wrong. */
  meant(problem: unknown): unknown {
    const isRefused = problem instanceof SourceError && problem.kind === 'rejected' && this.#builder.size === 0;
    const likely = isRefused && this.#badLineCount > 0 ? this.#doubt.inLines() : undefined;
    return likely === undefined ? problem : this.#wrongDelimiter(likely);
  }

  #doubts(): readonly string[] {
    const inHeader = this.#doubt.inHeader();
    if (inHeader !== undefined) {
      return [`${wrongDelimiterWords('the whole header is one field', inHeader)}; ${delimiterRemedy(inHeader)}`];
    }
    const inLines = this.#layout?.fields.length === 1 ? this.#doubt.inLines() : undefined;
    if (inLines === undefined) return [];
    const title = 'if the first line is a title and no header, write skipLines: 1; otherwise';
    return [`${wrongDelimiterWords('the lines are one field each', inLines)}; ${title} ${delimiterRemedy(inLines)}`];
  }

  #wrongDelimiter(likely: string): SourceError {
    const what = `not one of ${this.#badLineCount} lines can be read: they are one field each`;
    return wrongDelimiter(what, likely);
  }

  #noRecords(): SourceError {
    const [first] = this.#badLines;
    if (first === undefined) return new SourceError('rejected', 'the file has no records', { remedy: WRITE_AGAIN });
    const likely = this.#doubt.inLines();
    if (likely !== undefined) return this.#wrongDelimiter(likely);
    return new SourceError(
      'rejected',
      `not one of ${this.#badLineCount} lines can be read; line ${first.line}: ${first.problem}`,
      { remedy: 'check "delimiter", "quote", "columns" and "skipLines"' },
    );
  }

  #add(cells: readonly string[]): void {
    const { trim } = this.#format;
    const values = (this.#layout?.positions ?? []).map((position) => {
      const cell = cells[position] ?? '';
      return trim ? cell.trim() : cell;
    });
    this.#builder.add(values);
  }
}

const WRITE_AGAIN = 'export it again; until it has records, nobody can be found in it';

function isList(columns: Columns): columns is readonly string[] {
  return Array.isArray(columns);
}
