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
const of = (more: Partial<AjaxPlan>, fields = FIELDS, others: Others = {}) =>
  findings({
    fields,
    others,
    lookup: { sources: ['crm'] },
    more: { ajax: new Map([['codes', { ...CODES, ...more }]]) },
  });
type Others = NonNullable<Parameters<typeof findings>[0]['others']>;

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
  const looked = [...FIELDS, { name: 'status', searchable: ['prefix'] as const, isLookedThrough: true } as const];
  expect(await of({ where: [where('status', 'open')] }, looked)).toEqual([]);
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

it('who is asked first is compared as the other one is, and what is taken of it', async () => {
  const erp: Others = { erp: [{ name: 'customer' }, { name: 'number' }] };
  const field = { source: 'erp', value: { kind: 'template', template: '{{number}}' } } as const;
  const via = { source: 'crm', where: [where('email', '{{sEmail}}')] };
  expect(await of({ ...field, via, where: [where('customer', '{{via.customer_id}}')] }, FIELDS, erp)).toEqual([]);
  const wrong = { source: 'crm', where: [where('emial', '{{sEmial}}'), where('email', '{{company}}')] };
  const taken = where('custmer', '{{via.customer}}-{{sEmial}}');
  const said = await of({ ...field, via: wrong, where: [taken] }, FIELDS, erp);
  const unsent =
    'HelpSpot sends no sEmial (did you mean sEmail?); it is empty unless it stands in the address: /ajax/codes?sEmial=…';
  expect(said).toEqual([
    `warning: ajax.codes.via.where.emial: ${unsent}`,
    'warning: ajax.codes.via.where.email: HelpSpot sends no company; it is a field of the source, and a condition takes what HelpSpot sends',
    'error: ajax.codes.via.where: crm has no field emial to search by (did you mean email?)',
    'error: ajax.codes.where.custmer: crm has no field customer (did you mean customer_id?)',
    `warning: ajax.codes.where.custmer: ${unsent}`,
    'error: ajax.codes.where: erp has no field custmer to search by (did you mean customer?)',
  ]);
});

it('who has names is asked whether it has them', async () => {
  const description = '{{customer_id}}';
  const others: Others = { names: [{ name: 'id' }, { name: 'title' }, { name: 'email', shown: false }] };
  const naming = (by: string, as: string, field = 'customer_id') =>
    of({ description, names: [{ field, source: 'names', by, as }] }, FIELDS, others);
  expect(await naming('id', 'title')).toEqual([]);
  expect(await naming('email', 'title')).toEqual([]);
  expect(await naming('idd', 'titel', 'custmer_id')).toEqual([
    'error: ajax.codes.name.custmer_id: crm has no field custmer_id (did you mean customer_id?)',
    'error: ajax.codes.name.custmer_id: names has no field idd (did you mean id?); write by: FIELD, with the one that has the id',
    'error: ajax.codes.name.custmer_id: names has no field titel (did you mean title?); write as: FIELD, with the one that has the name',
  ]);
});
