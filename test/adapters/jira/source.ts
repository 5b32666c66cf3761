/** A source of Jira, and what the tests of it share. */
import { expect, onTestFinished } from 'vitest';
import jira from '../../../adapters/jira/index.ts';
import type { FaultTarget } from '../../support/fault-target.ts';
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

const jiraOf = (edition: 'cloud' | 'data-center', reference: 'label' | 'description'): FaultTarget => ({
  name: `Jira (${edition}, ${reference})`,
  adapter: jira,
  async open() {
    const { running, target } = await openJira({ reference }, edition);
    const receipt = () => ({ id: 'HELP-1', link: `${running.url}/browse/HELP-1` });
    return { target, http: running.standIn, made: () => running.issues.length, receipt };
  },
  settings: (url) => ({ url, project: 'HELP', user: 'a', token: 'b' }),
  otherwise: { 'sent elsewhere': { kind: 'rejected', message: expect.stringContaining('https://example.com') } },
  more: [
    [{ status: 500, body: { errorMessages: ['Internal server error'] } }, { kind: 'bad-response' }],
    [{ status: 201, body: { key: '../x' } }, { kind: 'bad-response' }],
    [{ status: 302, headers: { location: 'https://id.example.com/saml?x=1' } }, { kind: 'unauthorized' }],
  ],
});

/** For the table of faults. */
export const jiraFaults = (['cloud', 'data-center'] as const).flatMap((edition) => [
  jiraOf(edition, 'label'),
  jiraOf(edition, 'description'),
]);
