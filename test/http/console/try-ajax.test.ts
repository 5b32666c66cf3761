import { afterAll, beforeAll, expect, it } from 'vitest';
import { SourceError } from '../../../src/contract/index.ts';
import type { AjaxPlan } from '../../../src/gateway/ajax/plan.ts';
import { memorySystem } from '../../support/memory-adapter.ts';
import { gatewayPlan, memorySource } from '../../support/plans.ts';
import { consoleGateway } from './harness.ts';

const HOSTILE = `"><script>alert(1)</script><img src=x onerror=alert(2)>`;

const field = (name: string, source: string): AjaxPlan => ({
  name,
  source,
  where: [
    { field: 'customer_id', value: '{{sUserId}}', optional: false, label: undefined },
    { field: 'model', value: '{{Custom3}}', optional: true, label: 'Kind' },
  ],
  search: { fields: ['model'], match: 'contains', minimum: 0 },
  value: { kind: 'template', template: '{{asset_tag}}' },
  description: '{{asset_tag}}: {{model}}',
  group: undefined,
  before: [],
  after: [{ value: '', description: `${HOSTILE} is only read` }],
  order: [],
  limit: 50,
  encoding: 'utf-8',
});

let running: Awaited<ReturnType<typeof consoleGateway>>;

beforeAll(async () => {
  const assets = memorySystem([
    { customer_id: '12', asset_tag: 'PC-1', model: 'ThinkPad' },
    { customer_id: '12', asset_tag: HOSTILE, model: HOSTILE },
  ]);
  const broken = { ...memorySystem(), error: new SourceError('unreachable', HOSTILE) };
  const sources = [memorySource('assets', assets), memorySource('away', broken, { title: HOSTILE })];
  const fields = [field('assets', 'assets'), field('away', 'away')];
  running = await consoleGateway(gatewayPlan(sources, {}, { ajax: new Map(fields.map((one) => [one.name, one])) }));
});
afterAll(() => running.close());

const ask = (filled: Record<string, string>) => running.sent('try-ajax/ask', filled);

it('has the fields that HelpSpot sends, under its own labels', async () => {
  const { html } = await running.page('try-ajax');
  expect(html).toContain('<h1>Try an AJAX field</h1>');
  for (const [name, label] of [
    ['sUserId', 'Customer ID'],
    ['sFirstName', 'First name'],
    ['sLastName', 'Last name'],
    ['sEmail', 'Email'],
    ['sPhone', 'Phone'],
    ['Custom3', 'Kind (Custom3)'],
  ]) {
    expect(html).toContain(`<label for="f-${name}">${label}</label>`);
  }
  expect(html).toContain('name="callingField"');
});

it('draws the list as a drop-down, and says what is stored', async () => {
  const { html } = await ask({ sUserId: '12', callingField: 'think' });
  expect(html).toMatch(/<select id="drop-down"><option value="PC-1">PC-1: ThinkPad<\/option><option value disabled>/);
  expect(html).toContain('<code>PC-1</code>');
  expect(html).toContain('nothing, it is only read');
  expect(html).toContain("--data-urlencode 'sUserId=12'");
  expect(running.log.lines.findLast(({ fields }) => 'via' in fields)?.fields).toMatchObject({
    via: 'console',
    caller: 'viewer',
  });
});

it('says what staff read when a source is away, or something must be filled in', async () => {
  expect((await ask({ sUserId: '12', 'console-name': 'away' })).html).toContain('role="alert"');
  expect((await ask({})).html).toMatch(/<option value disabled>[^<]*customer ID/i);
});

it('shows hostile values as text', async () => {
  for (const name of ['assets', 'away', HOSTILE]) {
    const { html } = await ask({ sUserId: '12', sEmail: HOSTILE, 'console-name': name });
    expect(html).not.toMatch(/<(?:script|img)/i);
  }
});
