/** A source for ActiveCollab and the ActiveCollab that it is for. */
import { expect, onTestFinished } from 'vitest';
import activecollab from '../../../adapters/activecollab/index.ts';
import { type CollabOptions, startActiveCollab } from '../../support/activecollab/server.ts';
import type { FaultTarget } from '../../support/fault-target.ts';
import { openTarget } from '../../support/push-source.ts';

/** Starts one, and opens a source for it; both end with the test. */
export async function openCollab(options: CollabOptions = {}, more: object = {}) {
  const collab = await startActiveCollab(options);
  onTestFinished(() => collab.close());
  const target = await openTarget(activecollab, { ...collab.settings, ...more });
  return { collab, target };
}

const collab = (api: 'current' | 'classic'): FaultTarget => ({
  name: `ActiveCollab by the ${api} API`,
  adapter: activecollab,
  async open() {
    const { collab, target } = await openCollab({ api });
    const receipt = () =>
      api === 'classic' ? { id: '7/1' } : { id: '7/21', link: `${collab.url}/projects/7/tasks/21` };
    return { target, http: collab.http, made: () => collab.made.length, receipt };
  },
  settings: (url) => ({ url, token: 'a-token', project: 7, api }),
  more: [
    [
      { status: 400, body: { type: 'X', message: 'Bad', field_errors: { name: ['too long'] } } },
      { kind: 'rejected', message: expect.stringContaining('Bad; name: too long') },
    ],
    [
      { status: 500, body: { type: 'QueryError', message: 'Deadlock' } },
      { kind: 'bad-response', message: expect.stringContaining('Deadlock') },
    ],
  ],
});

/** For the table of faults. */
export const collabFaults = [collab('current'), collab('classic')];
