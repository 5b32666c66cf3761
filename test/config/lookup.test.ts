import { describe, expect, test } from 'vitest';
import type { ContentPlan, LookupPlan } from '../../src/gateway/lookup/plan.ts';
import { load } from './files.ts';

/** The plan of a lookup with these settings. */
async function lookup(settings: string): Promise<LookupPlan> {
  const plan = await load(`
sources: { customers: { adapter: list, file: a.csv } }
lookups:
  default:
    sources: [customers, customers]
${settings.replace(/^/gm, '    ')}
`);
  const found = plan.lookups.get('default');
  if (found === undefined) throw new Error('no lookup');
  return found;
}

const plain = (from: string): ContentPlan => ({ kind: 'field', from: [from], html: false, date: 'iso', list: 'comma' });

test('a source that is named twice is asked once', async () => {
  expect((await lookup('limit: 1')).sources).toEqual(['customers']);
});

describe('match', () => {
  const step = (parameter: string, field = parameter, match = 'exact') => ({ parameter, field, match });

  test('left out: from the surest to the least', async () => {
    expect((await lookup('')).match).toEqual([
      [step('customer_id')],
      [step('email')],
      [step('phone')],
      [step('first_name'), step('last_name')],
      [step('last_name', 'last_name', 'prefix')],
    ]);
  });

  test('every form of a step', async () => {
    const { match } = await lookup(`
match:
  - Custom5
  - [first_name, { last_name: prefix }]
  - { city: contains, country: exact }
  - { asset_tag: { from: Custom7 } }
  - { asset_tag: { from: Custom7, match: prefix }, site: { match: contains }, zip: {} }
`);
    expect(match).toEqual([
      [step('Custom5')],
      [step('first_name'), step('last_name', 'last_name', 'prefix')],
      [step('city', 'city', 'contains'), step('country')],
      [step('Custom7', 'asset_tag')],
      [step('Custom7', 'asset_tag', 'prefix'), step('site', 'site', 'contains'), step('zip')],
    ]);
  });

  test('an element that a plain field stands behind means that field', async () => {
    const { match, mergeBy } = await lookup(`
match: [email, { phone: { from: Custom9 } }, last_name, first_name, customer_id]
mergeBy: email
fields:
  email: mail
  phone: { from: telephone, list: lines }
  last_name: { value: "{{sn}}" }
  first_name: false
`);
    expect(match).toEqual([
      [step('email', 'mail')],
      [step('Custom9', 'telephone')],
      [step('last_name')],
      [step('first_name')],
      [step('customer_id')],
    ]);
    expect(mergeBy).toEqual(['mail']);
  });
});

describe('fields', () => {
  test('every form', async () => {
    const { fields, otherFields } = await lookup(`
fields:
  organization: company
  notes: { from: note, html: true, visibleTo: [admin, help-desk] }
  Custom3: { from: since, date: unix }
  tags: { from: tag, list: bullets, date: date }
  kind: { value: Customer }
  number: { value: 5 }
  active: { value: true }
  whole_name: { value: "{{first}} {{last}}", visibleTo: guest }
  badge: { html: "<b>{{status}}</b>" }
  admin_link: { link: "https://crm.example.com/{{id}}", text: "Open {{id}}" }
  site: { link: "{{url}}" }
  Custom4: { drillDown: ["{{city}}", "{{street}}"] }
  Custom5: { checkbox: vip }
  internal: false
`);
    expect(otherFields).toBe(false);
    const others = fields?.slice(5).map(({ element, content, visibleTo }) => [element, content, visibleTo]);
    expect(others).toEqual([
      ['organization', plain('company'), undefined],
      ['notes', { ...plain('note'), html: true }, ['admin', 'help-desk']],
      ['Custom3', { ...plain('since'), date: 'unix' }, undefined],
      ['tags', { ...plain('tag'), list: 'bullets', date: 'date' }, undefined],
      ['kind', { kind: 'template', template: 'Customer' }, undefined],
      ['number', { kind: 'template', template: '5' }, undefined],
      ['active', { kind: 'template', template: 'true' }, undefined],
      ['whole_name', { kind: 'template', template: '{{first}} {{last}}' }, ['guest']],
      ['badge', { kind: 'html', template: '<b>{{status}}</b>' }, undefined],
      ['admin_link', { kind: 'link', href: 'https://crm.example.com/{{id}}', text: 'Open {{id}}' }, undefined],
      ['site', { kind: 'link', href: '{{url}}', text: '{{url}}' }, undefined],
      ['Custom4', { kind: 'drillDown', levels: ['{{city}}', '{{street}}'] }, undefined],
      ['Custom5', { kind: 'checkbox', from: 'vip' }, undefined],
      ['internal', { kind: 'hidden' }, undefined],
    ]);
  });

  test('the standard elements come first, under their own names unless mapped or hidden', async () => {
    const { fields } = await lookup('fields: { organization: company, phone: false, email: mail }');
    expect(fields?.map(({ element, content }) => [element, content])).toEqual([
      ['customer_id', plain('customer_id')],
      ['first_name', plain('first_name')],
      ['last_name', plain('last_name')],
      ['email', plain('mail')],
      ['phone', { kind: 'hidden' }],
      ['organization', plain('company')],
    ]);
  });

  test('"*": true shows the others too, and is no element', async () => {
    const { fields, otherFields } = await lookup('fields: { "*": true, notes: false }');
    expect(otherFields).toBe(true);
    expect(fields?.map(({ element }) => element)).toEqual([
      'customer_id',
      'first_name',
      'last_name',
      'email',
      'phone',
      'notes',
    ]);
    expect((await lookup('fields: { "*": false }')).otherFields).toBe(false);
  });

  test('with "*" any column may be one of the others; without fields too', async () => {
    expect((await lookup('columns: [anything]\nfields: { "*": true }')).columns).toEqual(['anything']);
    expect((await lookup('columns: [anything]')).columns).toEqual(['anything']);
  });
});
