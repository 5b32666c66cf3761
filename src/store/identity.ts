/**
 * Whether the file that is open still is the one at its path. A file that was removed or replaced can be written as
 * before on most systems, and all of it is lost at the end of the process: such a store takes nothing new.
 */

import { stat } from 'node:fs/promises';
import { StoreError } from '../contract/index.ts';
import { storeTrouble } from './trouble.ts';

/** The file as it was when it was opened. */
export class FileIdentity {
  readonly #file: string;
  readonly #mark: string;

  private constructor(file: string, mark: string) {
    this.#file = file;
    this.#mark = mark;
  }

  static async of(file: string): Promise<FileIdentity> {
    return new FileIdentity(file, await markOf(file));
  }

  /** @throws {StoreError} `gone` when it is there no more, or another is; what it says when its disk fails */
  async verify(): Promise<void> {
    const mark = await markOf(this.#file).catch((error: unknown) => {
      throw isMissing(error) ? this.#gone('was removed') : storeTrouble(this.#file, error);
    });
    if (mark !== this.#mark) throw this.#gone('was replaced by another');
  }

  #gone(what: string): StoreError {
    const remedy =
      'put it back; when all that it held is delivered, the gateway opens what is there then, or makes a new one';
    return new StoreError('gone', `the store ${this.#file} ${what} while the gateway used it; ${remedy}`);
  }
}

async function markOf(file: string): Promise<string> {
  const { dev, ino } = await stat(file, { bigint: true });
  return `${dev} ${ino}`;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
