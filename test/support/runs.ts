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

/** `PUSHES=300`: at least so many for each target in the tests of outages and kills, which then tell their figures. */
const PUSHES = z.coerce.number().int().min(1).optional().parse(process.env['PUSHES']);

/** How many pushes a test queues. */
export function pushes(usual: number): number {
  return Math.max(usual, PUSHES ?? 0);
}

/** Figures of a test, for whoever has asked for so many. */
export function tellFigures(what: string, figures: object): void {
  if (PUSHES !== undefined) process.stdout.write(`${what}: ${JSON.stringify(figures)}\n`);
}
