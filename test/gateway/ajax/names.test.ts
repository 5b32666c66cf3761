/** An AJAX selection field that shows names in place of ids. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { SourceError, type SourceRecord } from '../../../src/contract/index.ts';
import type { AjaxPlan } from '../../../src/gateway/ajax/plan.ts';
import { createGateway } from '../../../src/gateway/gateway.ts';
import { recordedLog } from '../../support/log.ts';
import { type MemorySystem, memorySystem } from '../../support/memory-adapter.ts';
import { gatewayPlan, memorySource } from '../../support/plans.ts';

const REQUESTS: AjaxPlan = {
  name: 'requests',
  source: 'desk',
  where: [],
  search: undefined,
  value: { kind: 'template', template: '{{number}}-{{xCategory}}' },
  description: '{{number}} {{xCategory}} {{xPerson}}',
  group: undefined,
  names: [
    { field: 'xCategory', source: 'categories', by: 'xCategory', as: 'name' },
    { field: 'xPerson', source: 'staff', by: 'id', as: 'full' },
  ],
  before: [],
  after: [],
  order: [],
  limit: 100,
  encoding: 'utf-8',
};

const OPEN: readonly SourceRecord[] = [
  { number: '10', xCategory: '1', xPerson: '7' },
  { number: '11', xCategory: '2', xPerson: '8' },
  { number: '12', xCategory: '1', xPerson: '9' },
  { number: '13', xCategory: '3' },
];

function open(
  field: Partial<AjaxPlan> = {},
  systems: Partial<Record<'desk' | 'categories' | 'staff', MemorySystem>> = {},
) {
  const {
    desk = memorySystem(OPEN),
    categories = memorySystem([
      { xCategory: 1, name: 'Software' },
      { xCategory: 2, name: 'Hardware' },
      { xCategory: 3, name: 'Network' },
    ]),
    staff = memorySystem([
      { id: '7', full: 'Ann' },
      { id: '8', full: 'Bob' },
    ]),
  } = systems;
  const log = recordedLog();
  const sources = [
    memorySource('desk', desk),
    memorySource('categories', categories, { title: 'Categories' }),
    memorySource('staff', staff),
  ];
  const ajax = new Map([['requests', { ...REQUESTS, ...field }]]);
  const gateway = createGateway(gatewayPlan(sources, {}, { ajax }), { log });
  onTestFinished(() => gateway.close());
  const lines = async () => {
    const { answer, failure } = await gateway.ajax({ field: 'requests', parameters: {} });
    expect(failure).toBeUndefined();
    return (answer?.options ?? []).map(({ value, description }) => `${value}|${description}`);
  };
  return { lines, log, categories, staff };
}

describe('a list with names', () => {
  it('shows them, and puts the id into the request', async () => {
    const { lines, log } = open();
    expect(await lines()).toEqual([
      '10-1|10 Software Ann',
      '11-2|11 Hardware Bob',
      '12-1|12 Software 9',
      '13-3|13 Network',
    ]);
    expect(log.lines.at(-1)?.fields).toMatchObject({
      sources: [{ source: 'desk' }, { source: 'categories' }, { source: 'staff' }],
      count: 4,
    });
  });

  it('has them in headings', async () => {
    const field = { group: '{{xCategory}}', description: '{{number}}' };
    expect(await open(field).lines()).toEqual([
      ...['|--- Software ---', '10-1|10', '12-1|12'],
      ...['|--- Hardware ---', '11-2|11'],
      ...['|--- Network ---', '13-3|13'],
    ]);
  });

  it('is sorted by them, all records and not the first ones', async () => {
    const order = [
      { field: 'xCategory', descending: false },
      { field: 'number', descending: true },
    ];
    const values = async (more: Partial<AjaxPlan>) =>
      (await open({ order, ...more }).lines()).map((line) => line.split('|')[0]);
    expect(await values({})).toEqual(['11-2', '13-3', '12-1', '10-1']);
    expect(await values({ limit: 2 })).toEqual(['11-2', '13-3', '']);
    const many = Array.from({ length: 150 }, (_, n) => ({ number: `${n}`, xCategory: `${n}` }));
    const named = memorySystem(many.map(({ xCategory }) => ({ xCategory, name: `N${999 - Number(xCategory)}` })));
    const first = open(
      { order, limit: 1, description: '{{xCategory}}' },
      { desk: memorySystem(many), categories: named },
    );
    expect(await first.lines()).toEqual(['149-149|N850', '|Only the first one is shown']);
  });

  it('asks for the names of what is shown only', async () => {
    const many = Array.from({ length: 300 }, (_, n) => ({ number: `${n}`, xCategory: `${n}` }));
    const categories = Object.assign(memorySystem(), { findsGroups: true as const });
    const order = [{ field: 'number', descending: true }];
    const { lines } = open({ limit: 3, order }, { desk: memorySystem(many), categories });
    expect(await lines()).toEqual([
      '299-299|299 299',
      '298-298|298 298',
      '297-297|297 297',
      '|Only the first 3 are shown',
    ]);
    expect(categories.queries.map(({ groups }) => groups?.flat().map(({ value }) => value))).toEqual([
      ['299', '298', '297'],
    ]);
  });

  it('has ids, and a word, where the names are missing', async () => {
    const error = new SourceError('unreachable', 'ECONNREFUSED 10.0.0.1');
    const { lines, log } = open({}, { categories: Object.assign(memorySystem(), { error }) });
    expect(await lines()).toEqual([
      ...['10-1|10 1 Ann', '11-2|11 2 Bob', '12-1|12 1 9', '13-3|13 3'],
      '|xCategory is shown without names: Categories did not answer; try again in a minute',
    ]);
    expect(log.lines.map(({ level, message, fields }) => [level, message, fields['source']])).toEqual([
      ['error', 'a source failed', 'categories'],
      ['info', 'ajax field', undefined],
    ]);
  });

  it('of nothing asks for no names', async () => {
    const { lines, categories, staff } = open({}, { desk: memorySystem() });
    expect(await lines()).toEqual(['|Nothing found']);
    expect([...categories.queries, ...staff.queries]).toEqual([]);
  });

  it('keeps to what an answer may hold', async () => {
    const many = Array.from({ length: 900 }, (_, n) => ({ number: `${n}`, xCategory: `${n % 3}` }));
    const categories = memorySystem(['0', '1', '2'].map((id) => ({ xCategory: id, name: 'x'.repeat(900) })));
    const { lines } = open({ limit: 1_000 }, { desk: memorySystem(many), categories });
    const shown = await lines();
    expect(shown.length).toBeLessThan(600);
    expect(shown.at(-1)).toBe(`|Only the first ${shown.length - 1} are shown`);
  });
});
