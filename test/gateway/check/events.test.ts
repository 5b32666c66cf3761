/** What `check` says of events. */
import { expect, it } from 'vitest';
import type { EventsPlan } from '../../../src/gateway/events/plan.ts';
import type { PushTargetPlan } from '../../../src/gateway/push/plan.ts';
import { pushAdapter } from '../../support/push-adapter.ts';
import { eventsPlan } from '../events/harness.ts';
import { pushTargetPlan } from '../push/harness.ts';
import { FIELDS, findings } from './harness.ts';

const of = (events: Partial<EventsPlan>, push: Partial<PushTargetPlan> = {}) =>
  findings({
    source: { adapter: pushAdapter() },
    more: {
      events: new Map([['video', eventsPlan(events)]]),
      push: new Map([['Tickets', pushTargetPlan({ source: 'crm', body: '', title: '{{call_id}}', ...push })]]),
    },
  }).then((all) => all.filter((one) => /: (?:events|push)\./.test(one)));

it('there is nothing to say of what comes from a call', async () => {
  const body = '{{call_id}} {{data.call_id}} {{first.timestamp}} {{participant.name}} {{duration_hm}} {{event_count}}';
  expect(await of({}, { body })).toEqual([]);
});

it('fields that no call has, and ends that it does not know, are told', async () => {
  expect(await of({ gather: 'callid', until: ['endet'] }, { title: '{{particpants}} {{sTitle}}' })).toEqual([
    expect.stringMatching(/^warning: events\.video\.gather: no event of a call has callid \(did you mean call_id\?\)/),
    expect.stringMatching(
      /^warning: events\.video\.until: no event of a call is called endet \(did you mean ended\?\)/,
    ),
    expect.stringMatching(/^warning: push\.Tickets: \{\{particpants\}\} is empty .*\(did you mean participants\?\)/),
    expect.stringMatching(/^warning: push\.Tickets: \{\{sTitle\}\} is empty/),
  ]);
});

it('of other systems only what looks like a field of HelpSpot is told', async () => {
  const events = { verify: 'github', gather: undefined, until: [] } as const;
  expect(await of(events, { title: '{{issue.title}} {{zen}} {{event_type}}' })).toEqual([]);
  expect(await of(events, { title: '{{sTitle}}' })).toEqual([
    'warning: push.Tickets: {{sTitle}} is empty in what comes from events.video: the gateway makes no sTitle of events; only an event with a field of that name fills it',
  ]);
});

it('secrets that can be guessed are told, and not shown', async () => {
  const [weak = ''] = await of({ secrets: ['long-enough-to-be-one', 'hush'] });
  expect(weak).toMatch(/^warning: events\.video\.secret: is shorter than 16 characters/);
  expect(weak).not.toContain('hush');
  const standard = { verify: 'standard-webhooks', gather: undefined, until: [] } as const;
  const key = (bytes: number) => `whsec_${Buffer.alloc(bytes, 1).toString('base64')}`;
  expect(await of({ ...standard, secrets: [key(24)] })).toEqual([]);
  expect(await of({ ...standard, secrets: [key(20)] })).toEqual([expect.stringContaining('shorter than 24 bytes')]);
});

it('fields of an index that its source has not are told, also where two must match', async () => {
  const asked = (where: Record<string, string>) =>
    findings({
      fields: FIELDS,
      more: { events: new Map([['video', eventsPlan({ push: [], index: { source: 'feed', where } })]]) },
      others: { feed: FIELDS },
    }).then((all) => all.filter((one) => one.includes('events.')));
  expect(await asked({ customer_id: '{{id}}', email: '{{email}}' })).toEqual([]);
  const sentence =
    /^error: events\.video\.index\.where: feed has no field custmer_id to search by \(did you mean customer_id\?\)/;
  expect(await asked({ custmer_id: '{{id}}' })).toEqual([expect.stringMatching(sentence)]);
  expect(await asked({ email: '{{email}}', custmer_id: '{{id}}' })).toEqual([expect.stringMatching(sentence)]);
});
