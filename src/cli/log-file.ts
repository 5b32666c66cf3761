/** A file to which the processes of several lookups append their lines. */
import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { codeOf } from '../kit/text/index.ts';
import type { Output } from './terminal.ts';

const OWNER_ONLY = 0o600;

/**
 * Appends what is written, each time in one piece, so that lines of others are never in between. The file is opened for
 * each: one that was moved away is made anew. A lookup does not fail because its log cannot be written.
 * @param complaints where the first failure is said
 */
export function appendedTo(file: string, complaints: Output): Output {
  let failed = false;
  return {
    write(text) {
      try {
        append(file, Buffer.from(text));
      } catch (error) {
        if (!failed) complaints.write(`commandLine.log: ${file} cannot be written (${codeOf(error)})\n`);
        failed = true;
      }
    },
  };
}

function append(file: string, bytes: Buffer): void {
  // Looked at before it is opened: opening a pipe without a reader would wait for ever.
  const known = statSync(file, { throwIfNoEntry: false });
  if (known !== undefined && !known.isFile()) throw Object.assign(new Error(), { code: 'it is not a file' });
  const opened = openSync(file, 'a', OWNER_ONLY);
  try {
    writeSync(opened, bytes);
  } finally {
    closeSync(opened);
  }
}

/** Writes to one, then to the other. */
export function both(one: Output, other: Output): Output {
  return {
    write(text) {
      one.write(text);
      other.write(text);
    },
  };
}
