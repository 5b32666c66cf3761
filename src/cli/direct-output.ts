/** Standard output and standard error without their streams, whose modules take longer to load than a lookup to write. */
import { writeSync } from 'node:fs';
import type { Output } from './terminal.ts';

/** An output of which is known when all is written. */
export interface DirectOutput extends Output {
  flushed(): Promise<void>;
}

/**
 * Writes to a file descriptor at once. What it does not take at once (a pipe that is full and does not wait, or nobody
 * reads) goes to its stream, and so does the rest.
 */
export function directOutput(descriptor: number, stream: () => NodeJS.WriteStream): DirectOutput {
  let fallback: NodeJS.WriteStream | undefined;
  return {
    write(text) {
      const bytes = Buffer.from(text);
      let written = 0;
      try {
        while (fallback === undefined && written < bytes.length) written += writeSync(descriptor, bytes, written);
      } catch {
        fallback = stream();
      }
      fallback?.write(bytes.subarray(written));
    },
    flushed: () => new Promise((resolve) => (fallback === undefined ? resolve() : fallback.write('', () => resolve()))),
  };
}
