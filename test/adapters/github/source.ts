/** A source of GitHub, and what the tests of it share. */
import { onTestFinished } from 'vitest';
import github from '../../../adapters/github/index.ts';
import type { FaultTarget } from '../../support/fault-target.ts';
import { startGithub } from '../../support/github/github.ts';
import { openTarget } from '../../support/push-source.ts';

/** Opens a source for a GitHub that is started for it. */
export async function openGithub(more: object = {}) {
  const running = await startGithub();
  onTestFinished(() => running.standIn.close());
  return { running, target: await openTarget(github, { ...running.settings, ...more }) };
}

const gitHub: FaultTarget = {
  name: 'GitHub',
  adapter: github,
  async open() {
    const { running, target } = await openGithub();
    const receipt = () => ({ id: '1', link: 'https://github.com/example/website/issues/1' });
    return { target, http: running.standIn, made: () => running.issues.length, receipt };
  },
  settings: (url) => ({ url, repository: 'a/b', token: 'x' }),
  // It redirects where a repository has moved.
  otherwise: {
    'sent to a page for signing in': { kind: 'rejected' },
    'sent elsewhere': { kind: 'rejected', remedy: 'write its new name as repository' },
  },
  more: [
    [{ status: 500 }, { kind: 'bad-response' }],
    [{ status: 201, body: { id: 1 } }, { kind: 'bad-response' }],
    [
      { status: 403, headers: { 'retry-after': '90' } },
      { kind: 'rate-limited', retryAfterMs: 90_000 },
    ],
    [
      { status: 429, headers: {} },
      { kind: 'rate-limited', retryAfterMs: 60_000 },
    ],
    [
      { status: 403, headers: {}, body: { message: 'You have exceeded a secondary rate limit.' } },
      { kind: 'rate-limited', retryAfterMs: 60_000 },
    ],
  ],
};

/** For the table of faults. */
export const githubFaults = [gitHub];
