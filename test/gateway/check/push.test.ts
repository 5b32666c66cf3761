/** What `check` says of a push target. */
import { expect, it } from 'vitest';
import type { PushAbility } from '../../../src/contract/index.ts';
import type { PushTargetPlan } from '../../../src/gateway/push/plan.ts';
import { pushAdapter } from '../../support/push-adapter.ts';
import { FIELDS, findings } from './harness.ts';

const TARGET: PushTargetPlan = {
  name: 'Tickets',
  source: 'crm',
  mode: 'direct',
  title: undefined,
  body: undefined,
  fields: {},
  attachments: 'links',
  link: false,
  duplicateWindowMs: 0,
  whenUnclear: 'hold',
  lookForMs: 0,
  retry: { firstMs: 1, longestMs: 1, giveUpAfterMs: 1 },
};

const of = (more: Partial<PushTargetPlan>, pushFields?: readonly string[]) =>
  findings({
    fields: FIELDS,
    system: pushFields === undefined ? {} : { pushFields },
    more: { push: new Map([['Tickets', { ...TARGET, ...more }]]) },
  });

it('there is nothing to say of places that HelpSpot fills, or the gateway', async () => {
  const body = '{{note}} {{Custom5}} {{sEmail}} {{acting_person_fname}}';
  expect(await of({ title: '{{sTitle}}', body, fields: { project: 'Support' } })).toEqual([]);
});

it('places that HelpSpot does not send are told, with the nearest name', async () => {
  expect(
    await of({ title: '{{title}}', body: '{{first_note}} {{first_note}}', fields: { a: '{{sCompany}}' } }),
  ).toEqual([
    'warning: push.Tickets.title: HelpSpot sends no title (did you mean sTitle?); it is empty unless it stands in the address of a webhook',
    'warning: push.Tickets.body: HelpSpot sends no first_note (did you mean latest_note?); it is empty unless it stands in the address of a webhook',
    'warning: push.Tickets.fields.a: HelpSpot sends no sCompany; it is empty unless it stands in the address of a webhook',
  ]);
});

it('a place in a template of the source that is nearly one of a push is told', async () => {
  const settings = {
    url: 'http://127.0.0.1:9',
    json: { a: ['{{noet | max 5}} {{note}}'], b: '{{body}} {{team}} {{sTitel2}}' },
  };
  const target = { ...TARGET, fields: { sTitel2: 'x' } };
  const source = (readsValues?: readonly string[]) => {
    const push: PushAbility = { format: 'text', fields: 'any', ...(readsValues && { readsValues }) };
    return {
      source: { adapter: { ...pushAdapter(), push }, settings },
      more: { push: new Map([['Tickets', target]]) },
    };
  };
  expect(await findings(source())).toEqual([
    'warning: push.Tickets: a template of crm has the place {{noet}}, which HelpSpot does not send (did you mean note?)',
  ]);
  expect(await findings(source([]))).toEqual([]);
});

it('what is mapped and used by nothing is told, where the adapter says what it reads', async () => {
  const map = {
    sTitle: '{{a}}',
    tNote: '{{b}}',
    sEmail: '{{c}}',
    contact: '{{d}}',
    Custom5: '{{e}}',
    dtGMTOpened: '{{f}}',
  };
  const plan = (readsValues?: readonly string[]) => {
    const push: PushAbility = { format: 'text', fields: 'any', ...(readsValues && { readsValues }) };
    const adapter = { ...pushAdapter(), push };
    const target = { ...TARGET, title: '{{sTitle}} {{opened_at}}', body: '{{note}} {{contact}}', json: { map } };
    return findings({
      source: { adapter, settings: { url: 'http://127.0.0.1:9' } },
      more: { push: new Map([['Tickets', target]]) },
    });
  };
  expect(await plan()).toEqual([]);
  const unused = (field: string) =>
    `warning: push.Tickets.json.map.${field}: ${field} is mapped, and no template of push.Tickets names it; write {{${field}}} in its title, body or fields, or leave it out`;
  expect(await plan(['sEmail'])).toEqual([unused('Custom5')]);
  expect(await plan([])).toEqual([unused('sEmail'), unused('Custom5')]);
});

it('an alert that its target would refuse is told, since no request fills it', async () => {
  const adapter = pushAdapter({ required: ['project', 'priority'] });
  const plan = (fields: Record<string, string>) =>
    findings({
      source: { adapter, settings: { url: 'http://127.0.0.1:9' } },
      more: {
        push: new Map([['Tickets', { ...TARGET, fields }]]),
        alerts: { push: ['Tickets'], when: ['failed'], everyMs: 1_000 },
      },
    });
  expect(await plan({ project: 'Support', priority: '{{Custom5}} high' })).toEqual([]);
  expect(await plan({ project: '{{Custom5}}', priority: 'high' })).toEqual([
    expect.stringMatching(/^warning: alerts\.push\[0\]: push\.Tickets\.fields\.project is empty in an alert/),
  ]);
});

it('fields are compared with those that the source says it has, in any capitals', async () => {
  const fields = { Title: 'x', priorty: '3' };
  expect(await of({ fields })).toEqual([]);
  expect(await of({ fields }, ['title', 'priority'])).toEqual([
    'error: push.Tickets.fields.priorty: crm has no priorty that a push could fill (did you mean priority?)',
  ]);
});
