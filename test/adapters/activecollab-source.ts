/** A source for ActiveCollab and the ActiveCollab that it is for. */
import { onTestFinished } from 'vitest';
import activecollab from '../../adapters/activecollab.ts';
import { type CollabOptions, startActiveCollab } from '../support/activecollab/server.ts';
import { openTarget } from '../support/push-source.ts';

/** Starts one, and opens a source for it; both end with the test. */
export async function openCollab(options: CollabOptions = {}, more: object = {}) {
  const collab = await startActiveCollab(options);
  onTestFinished(() => collab.close());
  const target = await openTarget(activecollab, { ...collab.settings, ...more });
  return { collab, target };
}

/** What work failed with; a failure of the test when it went well. */
export async function failureOf(work: Promise<unknown> | undefined): Promise<unknown> {
  const nothing = Symbol('it went well');
  const outcome = await (work ?? Promise.resolve()).then(
    () => nothing,
    (error: unknown) => error,
  );
  if (outcome === nothing) throw new Error('it went well');
  return outcome;
}
