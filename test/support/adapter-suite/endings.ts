/** What becomes of a call whose system is away, and of what a source leaves behind. */
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { SourceError, type SourceErrorKind } from '../../../src/contract/index.ts';

/** What a system answers that is there. */
const ANSWERED: readonly SourceErrorKind[] = ['unauthorized', 'rate-limited', 'busy', 'rejected', 'not-found'];

/** The failure tells that the system is away. @param what "find" */
export function expectAway(failure: Error, what: string): void {
  if (!(failure instanceof SourceError)) {
    throw new Error(`${what} of a system that is away throws ${failure.name}: ${failure.message}; throw a SourceError`);
  }
  const wanted = `the kind of what ${what} throws when the system is away: "unreachable"`;
  expect(ANSWERED, wanted).not.toContain(failure.kind);
}

/** How many timers keep this process alive. */
export function timersOf(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

/** There are no more timers than before. @param before as {@link timersOf} had it */
export async function expectNoTimers(before: number, promptMs: number): Promise<void> {
  const started = performance.now();
  while (timersOf() > before) {
    if (performance.now() - started > promptMs) {
      throw new Error('timers that close() has left keep the process alive: clear them in close()');
    }
    await delay(20);
  }
}
