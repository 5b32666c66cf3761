/** A source for ActiveCollab and the ActiveCollab that it is for. */
import { onTestFinished } from 'vitest';
import activecollab from '../../../adapters/activecollab/index.ts';
import { type CollabOptions, startActiveCollab } from '../../support/activecollab/server.ts';
import { openTarget } from '../../support/push-source.ts';

/** Starts one, and opens a source for it; both end with the test. */
export async function openCollab(options: CollabOptions = {}, more: object = {}) {
  const collab = await startActiveCollab(options);
  onTestFinished(() => collab.close());
  const target = await openTarget(activecollab, { ...collab.settings, ...more });
  return { collab, target };
}
