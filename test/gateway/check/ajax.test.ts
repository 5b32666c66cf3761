/** What `check` says of an AJAX selection field. */
import { expect, it } from 'vitest';
import type { AjaxPlan, WherePlan } from '../../../src/gateway/ajax/plan.ts';
import { FIELDS, findings } from './harness.ts';

const CODES: AjaxPlan = {
  name: 'codes',
  source: 'crm',
  where: [],
  search: undefined,
  value: { kind: 'template', template: '{{customer_id}}' },
  description: undefined,
  group: undefined,
  before: [],
  after: [],
  order: [],
  limit: 10,
  encoding: 'utf-8',
};

const where = (field: string, value: string): WherePlan => ({ field, value, optional: false, label: undefined });
const of = (more: Partial<AjaxPlan>, fields = FIELDS) =>
  findings({ fields, more: { ajax: new Map([['codes', { ...CODES, ...more }]]) } });

it('there is nothing to say where everything is there', async () => {
  const search = { fields: ['last_name', 'email'], match: 'prefix', minimum: 1 } as const;
  expect(await of({ where: [where('email', '{{sEmail}}')], search, description: '{{company}}' })).toEqual([]);
});

it('conditions, search and templates are compared with what the source has', async () => {
  const more: Partial<AjaxPlan> = {
    where: [where('activ', 'true')],
    search: { fields: ['compani'], match: 'contains', minimum: 1 },
    value: { kind: 'template', template: '{{customer}}' },
    description: '{{company}} {{citty}}',
    group: '{{compny}}',
    order: [{ field: 'emial', descending: false }],
  };
  expect(await of(more)).toEqual([
    'error: ajax.codes.where: crm has no field activ to search by',
    'error: ajax.codes.search: crm has no field compani to search by',
    'error: ajax.codes.value: crm has no field customer (did you mean customer_id?)',
    'error: ajax.codes.description: crm has no field citty',
    'error: ajax.codes.group: crm has no field compny (did you mean company?)',
    'error: ajax.codes.order: crm has no field emial (did you mean email?)',
  ]);
  const levels = { kind: 'drillDown', levels: ['{{company}}', '{{citty}}'] } as const;
  expect(await of({ value: levels })).toEqual(['error: ajax.codes.value: crm has no field citty']);
});

it('a way to search that the source does not know is told', async () => {
  const search = { fields: ['last_name'], match: 'contains', minimum: 1 } as const;
  expect(await of({ search })).toEqual(['error: ajax.codes.search: crm can search last_name only by exact, prefix']);
  const fields = [...FIELDS, { name: 'status', searchable: ['prefix'] as const }];
  expect(await of({ where: [where('status', 'open')] }, fields)).toEqual([
    'error: ajax.codes.where: crm can search status only by prefix',
  ]);
});

it('a condition that only narrows what another one finds is none to tell of', async () => {
  expect(await of({ where: [where('company', 'Acme'), where('email', '{{sEmail}}')] })).toEqual([]);
  expect(await of({ where: [where('company', 'Acme')] })).toEqual([
    'error: ajax.codes.where: crm has no field company to search by',
  ]);
});

it('places of conditions are compared with what HelpSpot sends', async () => {
  const sent = ['{{sUserId}}', '{{customer_id}}', '{{Custom3}}', '{{Custom3.2}}', '{{acting_person_email}}', 'x'];
  for (const value of sent) expect(await of({ where: [where('email', value)] })).toEqual([]);
  expect(await of({ where: [where('email', '{{sEmial}}')] })).toEqual([
    'warning: ajax.codes.where.email: HelpSpot sends no sEmial (did you mean sEmail?); it is empty unless it stands in the address: /ajax/codes?sEmial=…',
  ]);
  expect(await of({ where: [where('email', '{{site}}@{{site}}')] })).toEqual([
    'warning: ajax.codes.where.email: HelpSpot sends no site; it is empty unless it stands in the address: /ajax/codes?site=…',
  ]);
  expect(await of({ where: [where('email', '{{company}}')] })).toEqual([
    'warning: ajax.codes.where.email: HelpSpot sends no company; it is a field of the source, and a condition takes what HelpSpot sends',
  ]);
});
