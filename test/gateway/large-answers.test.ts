/** What a source gives back that is too much: the answer stays an answer, and says what is missing. */

import { describe, expect, it } from 'vitest';
import { silentLog } from '../../src/cli/terminal-log.ts';
import type { SourceRecord } from '../../src/contract/index.ts';
import type { AjaxPlan } from '../../src/gateway/ajax/plan.ts';
import { createGateway } from '../../src/gateway/gateway.ts';
import type { FieldPlan, LookupPlan } from '../../src/gateway/lookup/plan.ts';
import type { GatewayPlan } from '../../src/gateway/plan.ts';
import { writtenAjax, writtenLookup } from '../../src/gateway/writing.ts';
import { answerLimits } from '../../src/helpspot/answer-limits.ts';
import { isCut } from '../../src/helpspot/cut.ts';
import { type MemorySystem, memorySystem } from '../support/memory-adapter.ts';
import { gatewayPlan, memorySource, renamed, steps } from '../support/plans.ts';
import { readLookup } from '../support/xml.ts';

const MEGABYTE = 1_000_000;
const call = { signal: new AbortController().signal, log: silentLog };

/** The answer to `email=a@b.example`, as XML and as a strict parser reads it. */
async function answerOf(
  records: readonly SourceRecord[],
  lookup: Partial<LookupPlan> = {},
  system: MemorySystem = memorySystem(),
  more: Partial<GatewayPlan> = {},
) {
  system.records = records.map((record) => ({ email: 'a@b.example', ...record }));
  const plan = gatewayPlan([memorySource('Memory', system)], { match: steps('email'), ...lookup }, more);
  const gateway = createGateway(plan, { log: silentLog });
  try {
    const outcome = await gateway.lookup({ lookup: 'default', parameters: { email: 'a@b.example' } });
    const { xml, failure } = await writtenLookup(outcome, call);
    expect(failure).toBeUndefined();
    expect(xml.length).toBeLessThan(answerLimits.document + 100_000);
    return { xml, ...readLookup(xml) };
  } finally {
    await gateway.close();
  }
}

function template(element: string, text: string): FieldPlan {
  return { element, content: { kind: 'template', template: text }, visibleTo: undefined };
}

describe('a large answer of a source', () => {
  it('has its values cut, and says so', async () => {
    const { customers } = await answerOf([{ notes: 'x'.repeat(4_900_000) }]);
    expect(customers).toHaveLength(1);
    expect(customers[0]?.['notes']).toMatch(/^x{1000000}… \[cut: 3\.9 MB more\]$/);
    expect(customers[0]?.['lookup_notice']).toContain('Memory: 1 value is too long and cut');
  });

  it('never has half a value inserted', async () => {
    const long = 'x'.repeat(2 * MEGABYTE);
    const fields = [
      renamed('email', 'email'),
      renamed('phone', 'long'),
      renamed('Custom1', 'many'),
      template('Custom2', '{{a}}{{a}}{{a}}'),
      template('Custom3', 'from {{many}} to'),
      { element: 'Custom4', content: { kind: 'drillDown', levels: ['{{email}}', '{{long}}'] }, visibleTo: undefined },
      { element: 'Custom5', content: { kind: 'html', template: '<b>{{long}}</b>' }, visibleTo: undefined },
      renamed('notes', 'many'),
    ] satisfies FieldPlan[];
    const many = Array.from({ length: 3_000 }, (_, index) => `m${index}`);
    const { customers } = await answerOf([{ long, many, a: 'y'.repeat(600_000) }], { fields });
    expect(Object.keys(customers[0] ?? {})).toEqual(['email', 'lookup_notice', 'notes']);
    expect(customers[0]?.['notes']).toMatch(/m1999, … \[cut: 1000 items more\]$/);
    const notice = customers[0]?.['lookup_notice'];
    expect(notice).toContain('Left out, because it is too long to be inserted whole: phone, Custom1, Custom2, Custom3');
  });

  it('of many large values, shows as many as an answer takes', async () => {
    const records = Array.from({ length: 12 }, (_, id) => ({ id: String(id), notes: '"'.repeat(100_000) }));
    const fields = ['a', 'b', 'c', 'd'].map((element) => renamed(element, 'notes'));
    const { customers } = await answerOf(records, { fields: [renamed('customer_id', 'id'), ...fields] });
    expect(customers.length).toBeGreaterThan(0);
    expect(customers.length).toBeLessThan(10);
    expect(customers[0]?.['lookup_notice']).toMatch(
      /The last \d+ matches are left out, because the answer would be too large/,
    );
  });

  it('of records that are too large together, uses the first', async () => {
    const records = Array.from({ length: 20 }, () => ({ notes: 'x'.repeat(MEGABYTE) }));
    const { customers } = await answerOf(records, { fields: [renamed('email', 'email')] });
    expect(customers[0]?.['lookup_notice']).toContain('only the first 15 of 20 records are used');
  });

  it('of a record with countless fields, shows the first', async () => {
    const record = Object.fromEntries(Array.from({ length: 30_000 }, (_, index) => [`f${index}`, 'v']));
    const { customers } = await answerOf([record]);
    // With the notice, and the address as an id.
    expect(Object.keys(customers[0] ?? {}).length).toBe(answerLimits.fieldsPerRecord + 2);
    expect(customers[0]?.['lookup_notice']).toContain('28001 fields are left out');
  });

  it('of many records with many fields each, shows as many as an answer takes', async () => {
    const records = Array.from({ length: 250 }, (_, id) =>
      Object.fromEntries(Array.from({ length: 300 }, (__, index) => [`f${id}_${index}`, 'v'])),
    );
    const { customers } = await answerOf(records, { limit: 1_000 });
    expect(customers).toHaveLength(Math.floor(answerLimits.elements / 302));
    expect(customers[0]?.['lookup_notice']).toContain('The last 85 matches are left out');
  });

  it('leaves out fields whose name is no name', async () => {
    const { customers } = await answerOf([{ ['n'.repeat(MEGABYTE)]: 'v', city: 'Ulm' }]);
    expect(Object.keys(customers[0] ?? {})).toEqual(['customer_id', 'email', 'lookup_notice', 'city']);
    expect(customers[0]?.['lookup_notice']).toContain('1 field is left out for too long a name');
  });

  it('keeps to the limit of the lookup, whatever the source gives', async () => {
    const system = memorySystem();
    const records = Array.from({ length: 10 }, (_, id) => ({ id: String(id) }));
    const { customers } = await answerOf(records, { limit: 3 }, system);
    expect(customers).toHaveLength(3);
  });

  it('shows the text of HTML that is too much for a parser, however it is spread over the values', async () => {
    const html = { kind: 'field', from: ['notes'], html: true, date: 'iso', list: 'comma' } as const;
    const fields: FieldPlan[] = [{ element: 'notes', content: html, visibleTo: undefined }];
    const records = Array.from({ length: 50 }, () => ({ notes: `${'<b>'.repeat(9_000)}bold` }));
    const { customers } = await answerOf(records, { fields });
    expect(customers).toHaveLength(50);
    // The first three go through the parser, the others would take it seconds.
    expect(customers.filter(({ notes }) => notes?.startsWith('<b>'))).toHaveLength(3);
    expect(customers.at(-1)?.['notes']).toBe('bold');
    // Cut within a comment, and cut all the same in words.
    const cut = await answerOf([{ notes: `a<!--${'x'.repeat(2 * MEGABYTE)}` }], { fields });
    expect(cut.customers[0]?.['notes']).toMatch(/\[cut: 1\.0 MB more\]/);
  });

  it('says no more notices than are read, and none for ever', async () => {
    const system = memorySystem();
    system.notice = 'n'.repeat(MEGABYTE);
    const { customers } = await answerOf([{}], {}, system);
    expect(customers[0]?.['lookup_notice']?.length).toBeLessThan(2_000);
    expect(isCut(customers[0]?.['lookup_notice'] ?? '')).toBe(true);
  });

  it('makes no link of an address that is too long', async () => {
    const link = { kind: 'link', href: 'https://x.example/{{notes}}', text: 'Open' } as const;
    const fields: FieldPlan[] = [{ element: 'page', content: link, visibleTo: undefined }];
    const { customers } = await answerOf([{ notes: 'x'.repeat(2 * MEGABYTE) }], { fields });
    expect(customers[0]?.['page']).toBe('Open (the address of this link is too long)');
  });
});

describe('a large drop-down list', () => {
  const plan: AjaxPlan = {
    name: 'list',
    source: 'Memory',
    where: [],
    search: undefined,
    value: { kind: 'template', template: '{{id}}{{notes}}' },
    description: '{{id}} {{text}}',
    group: undefined,
    before: [],
    after: [],
    order: [{ field: 'text', descending: false }],
    limit: 500,
    encoding: 'latin1',
  };

  async function listOf(records: readonly SourceRecord[]) {
    const system = memorySystem(records);
    const whole = gatewayPlan([memorySource('Memory', system)], {}, { ajax: new Map([['list', plan]]) });
    const gateway = createGateway(whole, { log: silentLog });
    try {
      const outcome = await gateway.ajax({ field: 'list', parameters: {} });
      const { xml, failure } = await writtenAjax(outcome, call);
      expect(failure).toBeUndefined();
      return { xml, options: outcome.answer?.options ?? [] };
    } finally {
      await gateway.close();
    }
  }

  it('leaves out values that are too long for a field, cuts descriptions, and says what is missing', async () => {
    const { options } = await listOf([
      { id: '1', notes: 'x'.repeat(MEGABYTE), text: 'a' },
      { id: '2', text: 'y'.repeat(MEGABYTE) },
    ]);
    expect(options.map(({ value }) => value)).toEqual(['2', '']);
    expect(options[0]?.description.length).toBeLessThan(1_100);
    expect(options[1]?.description).toContain('One option is left out: too long for a field');
  });

  it('ends where nobody reads on', async () => {
    const records = Array.from({ length: 500 }, (_, id) => ({ id: `${id}.`, notes: 'ł'.repeat(9_000), text: 'same' }));
    const { options, xml } = await listOf(records);
    expect(options.length).toBeLessThan(100);
    expect(options.at(-1)?.description).toMatch(/Only the first \d+ are shown/);
    expect(xml.length).toBeLessThan(600_000);
  });
});

describe('writing', () => {
  const large = {
    columns: [],
    customers: [[{ name: 'notes', content: { kind: 'text', text: 'x'.repeat(MEGABYTE) } }]],
    notices: [],
  } as const;

  it('does not hold up others', async () => {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    await writtenLookup(
      { reference: 'r', answer: { ...large, customers: Array.from({ length: 3 }, () => large.customers[0]) } },
      call,
    );
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });

  it('of a call that has been given up, ends', async () => {
    const signal = AbortSignal.abort(new Error('gone'));
    const { failure } = await writtenLookup({ reference: 'r', answer: large }, { signal, log: silentLog });
    expect(failure?.status).toBe(499);
  });
});
