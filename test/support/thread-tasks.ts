/** Work for the tests of threads: what throws, what never ends, and what takes all memory. */
import { SourceError } from '../../src/contract/index.ts';

export function refuse(message: string): string {
  throw new SourceError('rejected', message, { remedy: 'name another' });
}

export function spin(): string {
  for (;;);
}

export function hoard(): number {
  const held: number[][] = [];
  // Large pieces, so that the collector gives up soon; of more than 16 MB at once, V8 would end the whole process.
  for (;;) held.push(new Array<number>(1_900_000).fill(1.5));
}
