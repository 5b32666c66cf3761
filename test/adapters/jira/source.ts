/** A source of Jira, and what the tests of it share. */
import { expect, onTestFinished } from 'vitest';
import jira from '../../../adapters/jira/index.ts';
import { startJira } from '../../support/jira/jira.ts';
import { openTarget } from '../../support/push-source.ts';

/** Opens a source for a Jira that is started for it. */
export async function openJira(more: object = {}, edition: 'cloud' | 'data-center' = 'cloud') {
  const running = await startJira(edition);
  onTestFinished(() => running.standIn.close());
  return { running, target: await openTarget(jira, { ...running.settings, ...more }) };
}

/** The same for Jira Data Center. */
export function openDataCenter(more: object = {}) {
  return openJira(more, 'data-center');
}

/** The only issue that was made. */
export function onlyIssue(running: Awaited<ReturnType<typeof startJira>>) {
  expect(running.issues).toHaveLength(1);
  const [issue] = running.issues;
  if (issue === undefined) throw new Error('no issue was made');
  return issue;
}
