/** How much a test tries that could go on for ever: enough to see the mistakes that it is for, and more where there is time. */
import * as z from 'zod';

/** `MANY_RUNS=10 npm test` tries ten times as much, in the night. */
const MANY = z.coerce.number().min(1).default(1).parse(process.env['MANY_RUNS']);

/** So many times, or a multiple of it. */
export function times(usual: number): number {
  return Math.ceil(usual * MANY);
}

/** The same as an option of fast-check's `assert`. */
export function runs(usual: number): { readonly numRuns: number } {
  return { numRuns: times(usual) };
}
