/** What an administrator reads of the elements of a customer: the rule, the columns, why one is empty. */
import { describe, expect, it } from 'vitest';
import type { SourceRecord } from '../../../src/contract/index.ts';
import type { SourcePart } from '../../../src/gateway/lookup/customer-parts.ts';
import { emptyElements, whyEmptyHere } from '../../../src/gateway/lookup/empty-elements.ts';
import { madeFields } from '../../../src/gateway/lookup/made-fields.ts';
import type { ContentPlan, FieldPlan, LookupPlan } from '../../../src/gateway/lookup/plan.ts';
import { rawLimits } from '../../../src/gateway/lookup/raw-records.ts';
import { ruleOf } from '../../../src/gateway/lookup/rules.ts';
import { placesIn, shownPlaces } from '../../../src/gateway/lookup/shown-places.ts';
import { memorySystem } from '../../support/memory-adapter.ts';
import { lookupPlan, memoryHandle, renamed } from '../../support/plans.ts';

const crm = memoryHandle('crm');
const shop = { ...memorySystem(), fields: [{ name: 'email' }, { name: 'fax' }] };
const erp = memoryHandle('erp', shop);
const context = { signal: new AbortController().signal, reference: 'ref' };

const from = (...names: readonly string[]) =>
  ({ kind: 'field', from: names, html: false, date: 'iso', list: 'comma' }) as const;
const one = (element: string, content: ContentPlan, more: Partial<FieldPlan> = {}): FieldPlan => {
  return { element, content, visibleTo: undefined, ...more };
};
const template = { kind: 'template', template: '{{a}} {{crm.b}}' } as const;
const value = { content: template, visibleTo: undefined };

it.each<[ContentPlan, string, readonly string[]]>([
  [from('a', 'b'), 'from: a, b', ['a', 'b']],
  [
    { kind: 'field', from: ['a'], html: true, date: 'unix', list: 'lines' },
    'from: a; html: true; date: unix; list: lines',
    ['a'],
  ],
  [template, 'value: {{a}} {{crm.b}}', ['a', 'crm.b']],
  [{ kind: 'html', template: '<b>{{a}}' }, 'html: <b>{{a}}', ['a']],
  [{ kind: 'link', href: 'x/{{a}}', text: '{{b}}' }, 'link: x/{{a}}; text: {{b}}', ['a', 'b']],
  [{ kind: 'drillDown', levels: ['{{a}}', '{{b}}'] }, 'drillDown: {{a}} / {{b}}', ['a', 'b']],
  [{ kind: 'checkbox', from: 'a' }, 'checkbox: a', ['a']],
  [{ kind: 'table', related: 'r', columns: [] }, 'table: r', []],
  [
    {
      ...{ kind: 'table', related: 'r' },
      columns: [
        { heading: 'A', content: from('a'), visibleTo: undefined },
        { heading: 'B', ...value },
      ],
    },
    'table: r; columns: A (from: a), B (value: {{a}} {{crm.b}})',
    [],
  ],
  [{ kind: 'lines', related: 'r', value }, 'lines: r; value: value: {{a}} {{crm.b}}', []],
  [{ kind: 'first', related: 'r', value }, 'first: r; value: value: {{a}} {{crm.b}}', []],
  [{ kind: 'count', related: 'r' }, 'count: r', []],
  [{ kind: 'exists', related: 'r' }, 'exists: r', []],
  [{ kind: 'hidden' }, 'hidden', []],
])('%j has the rule %j, and is made of %j', (content, rule, places) => {
  expect(ruleOf({ content })).toBe(rule);
  expect(placesIn(content)).toEqual(places);
});

it('a rule has its conditions, each field once, and its default', () => {
  const test = { filled: true };
  expect(ruleOf({ content: from('a'), when: [], otherwise: '' })).toBe('from: a; default: ');
  const when = ['x', 'y', 'x'].map((field) => ({ field, test }));
  expect(ruleOf({ content: from('a'), when, otherwise: 'none' })).toBe('from: a; when: x, y; default: none');
  expect(ruleOf({ content: { kind: 'first', related: 'r', value }, otherwise: '-' })).toMatch(/; empty: -$/);
});

it('a lookup shows what its elements are made of and tested by, and what related records are asked by', () => {
  const field = one('e', from('a'), {
    when: [{ field: 'w', test: {} }],
    marks: [
      { field: 'm', test: {}, as: 'danger' },
      { field: undefined, test: {}, as: 'muted' },
    ],
  });
  const related = {
    ...{ name: 'r', source: 'erp', order: [], limit: 1, optional: false, patienceMs: 1 },
    where: [{ field: 'x', value: '{{crm.id}}' }],
    except: [{ field: 'y', value: '{{request}}' }],
  };
  expect(shownPlaces(lookupPlan({ fields: [field, one('f', from('b'))], related: [related] }))).toEqual([
    ...['a', 'w', 'm', 'b', 'crm.id', 'request'],
  ]);
  expect(shownPlaces(lookupPlan())).toEqual([]);
});

describe('an empty element', () => {
  const limited: FieldPlan = { ...renamed('pay', 'band'), visibleTo: ['admin', 'help-desk'] };
  const when = ['x', 'y'].map((field) => ({ field, test: { filled: true } }));
  it.each<[FieldPlan, string]>([
    [one('e', from('a'), { when }), 'what "when" says of x, y does not hold, or it has no value'],
    [one('e', { kind: 'count', related: 'lost' }), 'lost are not known, as the steps above say'],
    [one('e', { kind: 'count', related: 'r' }), 'no r were found, or asked for'],
    [one('e', { kind: 'checkbox', from: 'a' }), 'what a has is neither yes nor no'],
    [one('e', { ...from('a'), date: 'unix' }), 'what a has is no date'],
    [one('e', { ...from('a'), date: 'date' }), 'nothing of a can be shown so'],
    [one('e', { kind: 'link', href: '{{a}}{{b}}', text: '{{a}}' }), 'nothing of a, b can be shown so'],
    [one('e', from('a', 'zzz', 'emial')), 'no record has zzz, emial (did you mean email?)'],
    [one('e', from('zzz'), { when: [] }), 'no record has zzz'],
    [limited, 'only admin, help-desk may see it'],
  ])('%j: %s', (field, why) => {
    const plan = lookupPlan({ fields: [field] });
    const asked = {
      ...{ steps: [], records: 1, customers: 1, shown: 1 },
      fields: ['a', 'b', 'email'],
      missing: ['lost'],
    };
    const told = emptyElements(plan, [new Map([['f', 1]])], asked, 'guest');
    expect(told).toEqual([
      { element: field.element, why, ...(field.visibleTo !== undefined && { visibleTo: field.visibleTo }) },
    ]);
    expect(whyEmptyHere(field, { a: 'x', b: 'x', email: 'x' }, ['a', 'b', 'email'], ['lost'], 'guest')).toBe(why);
  });

  it('is one that no customer has, and is to be shown', () => {
    const fields = [renamed('a', 'a'), renamed('b', 'b'), one('c', { kind: 'hidden' }), limited];
    const none = { steps: [], records: 1, customers: 1, shown: 1 };
    const customers = [new Map([['a', 1]]), new Map([['b', 1]])];
    const names = (some: readonly Map<string, number>[], viewer: 'admin' | undefined) =>
      emptyElements(lookupPlan({ fields }), some, none, viewer).map(({ element, why }) => `${element}: ${why}`);
    expect(names(customers, 'admin')).toEqual(['pay: no record has band']);
    expect(names(customers.slice(1), 'admin')).toEqual(['a: no record has a', 'pay: no record has band']);
    expect(names([], 'admin')).toEqual([]);
    expect(emptyElements(lookupPlan(), customers, none, 'admin')).toEqual([]);
    expect(emptyElements(undefined, customers, none, 'admin')).toEqual([]);
  });

  it('of one customer names the columns that are empty, where all of them are there', () => {
    const why = (field: FieldPlan, record: SourceRecord, known = ['a', 'b']) =>
      whyEmptyHere(field, record, known, [], undefined);
    expect(why(one('e', from('a', 'b', 'a')), { a: ' ', b: '' })).toBe('a, b are empty in the source');
    expect(why(one('e', from('a', 'b')), { a: 'x' })).toBe('b is empty in the source');
    expect(why(one('e', from('a', 'b')), { a: ' ' }, ['a'])).toBe('no record has b');
    expect(why(one('e', from('a'), { when }), { a: '' })).toMatch(/^what "when" says/);
    expect(why({ ...limited, visibleTo: undefined }, { band: 'x' }, ['band'])).toBe('nothing of band can be shown so');
  });
});

describe('how an element was made', () => {
  const text = (name: string, words: string) => ({ name, content: { kind: 'text', text: words } as const });
  const made = (
    plan: Partial<LookupPlan>,
    record: SourceRecord,
    shown: ReturnType<typeof text>[],
    own: SourcePart = { source: crm, record, at: 0 },
  ) => {
    const customer = { parts: [own], record, related: new Map(), shown };
    return madeFields(lookupPlan(plan), [customer], {
      viewer: undefined,
      missing: ['lost'],
      sources: [crm, erp],
      context,
    });
  };

  it('is told of each that is to be shown, then of those under their own names', async () => {
    const fields = [
      renamed('name', 'a'),
      one('both', { kind: 'template', template: '{{crm.a}} {{a}} {{none}}' }),
      renamed('blank', 'b'),
      one('pay', from('band'), { visibleTo: ['admin'] }),
      one('r', { kind: 'count', related: 'lost' }),
      one('gone', { kind: 'hidden' }),
    ];
    const record = { a: '1', b: ' ', band: 'B7', rest: '6' };
    const shown = [text('name', '1'), text('both', '1 1'), text('rest', '6'), text('customer_id', '1')];
    const told = await made({ fields, otherFields: true }, record, shown);
    const given = (column: string, words: string) => ({ source: 'crm', column, state: 'given', value: words });
    expect(told).toEqual([
      { customer: 0, element: 'name', rule: 'from: a', from: [given('a', '1')], value: '1', why: undefined },
      {
        ...{ customer: 0, element: 'both', rule: 'value: {{crm.a}} {{a}} {{none}}', value: '1 1', why: undefined },
        from: [given('a', '1'), given('a', '1'), { source: undefined, column: 'none', state: 'absent' }],
      },
      {
        ...{ customer: 0, element: 'blank', rule: 'from: b', value: undefined, why: 'b is empty in the source' },
        from: [{ source: 'crm', column: 'b', state: 'empty' }],
      },
      {
        ...{ customer: 0, element: 'pay', rule: 'from: band', value: undefined, why: 'only admin may see it' },
        from: [{ source: 'crm', column: 'band', state: 'hidden' }],
      },
      {
        ...{ customer: 0, element: 'r', rule: 'count: lost', value: undefined },
        ...{ why: 'lost are not known, as the steps above say' },
        from: [{ source: undefined, column: 'lost', state: 'absent' }],
      },
      { customer: 0, element: 'rest', rule: '', from: [given('rest', '6')], value: '6', why: undefined },
      // Nothing gave it.
      { customer: 0, element: 'customer_id', rule: '', from: [], value: '1', why: undefined },
    ]);
  });

  it('names the source of related records', async () => {
    const records = { ...{ records: [], read: [], total: 0, more: false }, source: erp, at: 3 };
    const customer = { parts: [], record: {}, related: new Map([['r', records]]), shown: [] };
    const plan = lookupPlan({ fields: [one('r', { kind: 'count', related: 'r' })] });
    const about = { viewer: undefined, missing: [], sources: [crm, erp], context };
    const told = await madeFields(plan, [customer, customer], about);
    expect(told.map(({ customer: at, from: of }) => [at, of])).toEqual(
      [0, 1].map((at) => [at, [{ source: 'erp', column: 'r', state: 'related' }]]),
    );
  });

  it('asks the sources for their columns only where one that is named stands in no record', async () => {
    const opened = shop.opened;
    await made({ fields: [renamed('name', 'a')] }, { a: '1' }, []);
    expect(shop.opened).toBe(opened);
    const near = async (...names: string[]) =>
      (await made({ fields: [one('e', from(...names))] }, { a: '1' }, []))[0]?.why;
    expect(await near('faxx', 'a')).toBe('no record has faxx (did you mean fax?)');
    expect(await near('a', 'fax')).toBe('fax is empty in the source');
    expect(await near('erp.fax')).toBe('erp.fax is empty in the source');
  });

  it('is cut where it is long, and told of so many elements only', async () => {
    const wide = Array.from({ length: rawLimits.fields + 1 }, (_, at) => text(`c${at}`, 'x'));
    expect(await made({}, {}, wide)).toHaveLength(rawLimits.fields);
    const long = 'x'.repeat(rawLimits.characters + 1);
    const cut = `${'x'.repeat(rawLimits.characters)}… [cut: 1 characters more]`;
    const [told] = await made({}, { c: long }, [text('c', long)]);
    expect([told?.value, told?.from[0]?.value]).toEqual([cut, cut]);
  });
});
