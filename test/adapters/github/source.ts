/** A source of GitHub, and what the tests of it share. */
import { onTestFinished } from 'vitest';
import github from '../../../adapters/github/index.ts';
import { startGithub } from '../../support/github/github.ts';
import { openTarget } from '../../support/push-source.ts';

/** Opens a source for a GitHub that is started for it. */
export async function openGithub(more: object = {}) {
  const running = await startGithub();
  onTestFinished(() => running.standIn.close());
  return { running, target: await openTarget(github, { ...running.settings, ...more }) };
}
