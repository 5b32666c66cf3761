/** The file in config/examples, against stand-ins at the addresses that it takes from the environment. */

import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import webhook from '../../../adapters/webhook/index.ts';
import { loadConfiguration } from '../../../src/config/load.ts';
import type { Source } from '../../../src/contract/index.ts';
import type { GatewayPlan } from '../../../src/gateway/plan.ts';
import { writeConfiguration } from '../../config/files.ts';
import { recordedLog } from '../../support/log.ts';
import { context } from '../../support/open-source.ts';
import { pushRequest } from '../../support/push-source.ts';
import {
  type Hook,
  ISSUES_SECRET,
  ISSUES_TOKEN,
  startIssues,
  startSlack,
  startTeams,
  startZapier,
} from '../../support/web/hooks.ts';

const text = readFileSync(new URL('../../../config/examples/webhook.yaml', import.meta.url), 'utf8');

async function started(start: () => Promise<Hook>): Promise<Hook> {
  const hook = await start();
  onTestFinished(() => hook.standIn.close());
  return hook;
}

async function planWith(environment: object, trackerUrl = 'https://tracker.example.com'): Promise<GatewayPlan> {
  const secrets = {
    ZAPIER_HOOK: 'https://a.example.com/1',
    SLACK_HOOK: 'https://b.example.com/2',
    TEAMS_HOOK: 'https://c.example.com/3',
  };
  const all = { ...secrets, TRACKER_SECRET: ISSUES_SECRET, TRACKER_TOKEN: ISSUES_TOKEN, ...environment };
  const file = writeConfiguration(text.replaceAll('https://tracker.example.com', trackerUrl));
  return await loadConfiguration(file, { webhook: async () => webhook }, all);
}

async function opened(plan: GatewayPlan, name: string): Promise<Source> {
  const source = plan.sources.get(name);
  if (source === undefined) throw new Error(`the example has no source ${name}`);
  const open = await source.adapter.open(source.settings, { name, log: recordedLog(), resolve: (path) => path });
  onTestFinished(async () => await open.close?.());
  return open;
}

const request = pushRequest({ title: 'Printer <!here> 🔥', body: 'Ann & "Bob"' });

describe('the example', () => {
  let plan: GatewayPlan;
  beforeAll(async () => {
    plan = await planWith({});
  });

  it('is a configuration without a mistake, whose pushes can do what their settings say', () => {
    expect([...plan.push.keys()]).toEqual(['Zapier', 'Slack', 'Teams', 'Tracker']);
    expect(plan.sources.get('tracker')?.adapter.push).toMatchObject({ idempotent: true });
    expect(plan.sources.get('slack')?.adapter.push).toMatchObject({ idempotent: false });
    expect(plan.secrets).toContain('https://b.example.com/2');
  });

  it('pushes to Zapier', async () => {
    const { url, taken } = await started(startZapier);
    const source = await opened(await planWith({ ZAPIER_HOOK: url }), 'zapier');
    expect(await source.push?.(request, context())).toEqual({ id: '0193a5b6-0000-4000-8000-000000000001' });
    expect(taken).toEqual([
      {
        title: 'Printer on fire',
        body: 'The printer on floor 3 is on fire.',
        request: 12400,
        link: 'https://help.example.com/admin?pg=request&reqid=12400',
        customer: { email: 'bob@example.com' },
      },
    ]);
  });

  it('pushes to Slack', async () => {
    const { url, taken } = await started(startSlack);
    const source = await opened(await planWith({ SLACK_HOOK: url }), 'slack');
    await source.push?.(request, context());
    expect(taken).toEqual([
      {
        text:
          '*Printer &lt;!here&gt; 🔥*\nAnn &amp; "Bob"\n' +
          '<https://help.example.com/admin?pg=request&amp;reqid=12400|HelpSpot request 12400>',
        unfurl_links: false,
      },
    ]);
  });

  it('pushes to Teams', async () => {
    const { url, taken } = await started(startTeams);
    const source = await opened(await planWith({ TEAMS_HOOK: url }), 'teams');
    await source.push?.(request, context());
    expect(taken).toMatchObject([{ attachments: [{ content: { actions: [{ url: request.link?.href }] } }] }]);
    await source.push?.({ ...request, link: undefined }, context());
    expect(JSON.stringify(taken[1])).toContain('Ann & \\"Bob\\"');
  });

  it('pushes to the tracker, and asks how it stands', async () => {
    const { standIn, taken } = await started(startIssues);
    const source = await opened(await planWith({}, standIn.url), 'tracker');
    const receipt = await source.push?.({ ...request, fields: { project: 'Support' } }, context());
    expect(receipt).toEqual({ id: '1', link: 'https://issues.example.com/issues/1' });
    expect(taken).toEqual([{ title: 'Printer <!here> 🔥', text: 'Ann & "Bob"', project: 'Support' }]);
    expect(await source.details?.('1', context())).toMatchObject({ title: 'Printer <!here> 🔥' });
    await source.check(context());
  });
});
