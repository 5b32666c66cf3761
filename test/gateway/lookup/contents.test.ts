/** How the content of an element is made: one value after the other, and what is left out. */
import { describe, expect, it } from 'vitest';
import type { SourceRecord, Value } from '../../../src/contract/index.ts';
import {
  isVisible,
  meaningIn,
  type Subject,
  saysNeither,
  shownValue,
  textsOf,
  valueContent,
} from '../../../src/gateway/lookup/contents.ts';
import type { ContentPlan, ValuePlan } from '../../../src/gateway/lookup/plan.ts';
import { countText, moreText, type RelatedRecords } from '../../../src/gateway/lookup/related-records.ts';
import type { Content } from '../../../src/helpspot/answer.ts';
import { memorySystem } from '../../support/memory-adapter.ts';
import { memoryHandle, memorySource } from '../../support/plans.ts';

const erp = memoryHandle('erp');
const text = (words: string): Content => ({ kind: 'text', text: words });
const from = (...names: readonly string[]) =>
  ({ kind: 'field', from: names, html: false, date: 'iso', list: 'comma' }) as const;

function belonging(records: readonly SourceRecord[], more: Partial<RelatedRecords> = {}): RelatedRecords {
  return { records, read: records, total: records.length, more: false, source: erp, at: 0, ...more };
}

function made(
  content: ContentPlan,
  record: SourceRecord,
  { element = 'a', plan = {}, ...more }: Partial<Subject> & { element?: string; plan?: Partial<ValuePlan> } = {},
) {
  const subject: Subject = {
    ...{ record, related: new Map(), relatedNames: [], viewer: undefined, isWhole: true, meaningOf: meaningIn([]) },
    ...more,
  };
  return shownValue({ content, visibleTo: undefined, ...plan }, element, subject);
}

describe('a value', () => {
  const link = { href: 'https://a.example', text: 'A' };
  it.each<[string, Value, Content]>([
    ['a', true, text('yes')],
    ['a', false, text('no')],
    ['Custom5', true, text('1')],
    ['custom12', false, text('0')],
    ['Custom', true, text('yes')],
    ['Custom5x', true, text('yes')],
    ['xCustom5', true, text('yes')],
    ['a', '', text('')],
    ['a', link, { kind: 'link', ...link }],
    ['a', new Date('2026-03-01T00:00:00Z'), text('2026-03-01T00:00:00Z')],
    [
      'a',
      ['x', '', false, link],
      { kind: 'list', items: [text('x'), text('no'), { kind: 'link', ...link }], style: 'comma' },
    ],
  ])('of the element %s, %j, is shown under its own name', (element, value, content) => {
    expect(valueContent(element, value, 'iso')).toEqual(content);
  });

  it.each<[ContentPlan, SourceRecord, Content | undefined]>([
    [from('a'), { a: '' }, undefined],
    [from(), { a: 'x' }, undefined],
    [from('b', 'a'), { a: 'x' }, text('x')],
    [from('b', 'a'), { b: '  ', a: 'x' }, text('x')],
    [from('b', 'a'), { b: '  ' }, text('  ')],
    [{ ...from('a'), html: true }, { a: ['<b>', 'x'] }, { kind: 'html', html: '<b>, x' }],
    [
      { ...from('a'), date: 'date', list: 'lines' },
      { a: ['2026-03-01 10:30'] },
      { kind: 'list', items: [text('2026-03-01')], style: 'lines' },
    ],
    [{ kind: 'hidden' }, { a: 'x' }, undefined],
    [{ kind: 'template', template: '{{b}}' }, { a: 'x' }, undefined],
    [{ kind: 'html', template: '<i>{{b}}</i>' }, { a: 'x' }, undefined],
    [{ kind: 'drillDown', levels: ['{{b}}'] }, { a: 'x' }, undefined],
    [{ kind: 'checkbox', from: 'b' }, { a: 'yes' }, undefined],
    [{ kind: 'checkbox', from: 'a' }, { a: 'maybe' }, undefined],
    [{ kind: 'checkbox', from: 'a' }, { a: 'no' }, text('0')],
    [{ kind: 'count', related: 'r' }, { r: '5' }, undefined],
  ])('by %j of %j', (content, record, wanted) => {
    expect(made(content, record)).toEqual(wanted);
  });

  it('says neither yes nor no, is not there, or says one', () => {
    expect([undefined, '', 'no', 'maybe', ['maybe']].map(saysNeither)).toEqual([false, false, false, true, true]);
  });

  it('is for those levels that are named, and for nobody without one', () => {
    const seen = (visibleTo: ValuePlan['visibleTo']) =>
      (['admin', 'guest', undefined] as const).map((viewer) => isVisible({ visibleTo }, viewer));
    expect(seen(undefined)).toEqual([true, true, true]);
    expect(seen(['admin'])).toEqual([true, false, false]);
    expect(seen([])).toEqual([false, false, false]);
  });

  it('is compared as its source says, by the name of the source or as the first that knows it', () => {
    const crm = memorySource('crm', memorySystem(), { country: 'DE', kinds: new Map([['tel2', 'phone']]) });
    const hr = memorySource('hr', memorySystem(), { country: 'CH', kinds: new Map([['nr', 'email']]) });
    const meaningOf = meaningIn([crm, hr]);
    expect(meaningOf('crm.tel2')).toEqual({ field: 'tel2', kind: 'phone', country: 'DE' });
    expect(meaningOf('hr.tel2')).toEqual({ field: 'tel2', kind: undefined, country: 'CH' });
    expect(meaningOf('nr')).toEqual({ field: 'nr', kind: 'email', country: 'CH' });
    expect(meaningOf('other')).toEqual({ field: 'other', kind: undefined, country: 'DE' });
    expect(meaningOf('crmx.tel2')).toEqual({ field: 'crmx.tel2', kind: undefined, country: 'DE' });
    expect(meaningIn([])('a')).toEqual({ field: 'a', kind: undefined, country: undefined });
  });
});

describe('a condition and a mark', () => {
  const when = (field: string, more: Partial<Subject> = {}, record: SourceRecord = {}) =>
    made(from('a'), { a: 'x', ...record }, { plan: { when: [{ field, test: { equals: ['0'] } }] }, ...more }) !==
    undefined;
  const relatedNames = ['r'];

  it('of related records looks at how many there are, and does not hold of what is not known', () => {
    expect(when('r', { relatedNames, related: new Map([['r', belonging([])]]) })).toBe(true);
    expect(when('r', { relatedNames, related: new Map([['r', belonging([{}])]]) })).toBe(false);
    expect(when('r', { relatedNames }, { r: '0' })).toBe(false);
    expect(when('r', {}, { r: '0' })).toBe(true);
  });

  it('of a field that a source may know that is away does not hold', () => {
    const missing = (isWhole: boolean) =>
      made(from('a'), { a: 'x' }, { isWhole, plan: { when: [{ field: 'b', test: { filled: false } }] } });
    expect([missing(true), missing(false)]).toEqual([text('x'), undefined]);
    expect(when('b', { isWhole: false }, { b: '0' })).toBe(true);
  });

  const marked = (
    content: ContentPlan,
    record: SourceRecord,
    test: { equals: string[] },
    more: Partial<Subject> = {},
  ) =>
    made(content, record, { plan: { marks: [{ field: undefined, test, as: 'danger' }] }, ...more })?.kind === 'marked';

  it('of the element itself tests the value, how many there are, or what is shown', () => {
    const related = new Map([['r', belonging([{ n: '7' }], { more: true })]]);
    const template = { kind: 'template', template: '{{n}}' } as const;
    expect(marked(from('b', 'a'), { a: new Date('2026-03-01Z') }, { equals: ['2026-03-01'] })).toBe(true);
    expect(marked({ kind: 'count', related: 'r' }, {}, { equals: ['1'] }, { related })).toBe(true);
    expect(marked({ kind: 'exists', related: 'r' }, {}, { equals: ['true'] }, { related })).toBe(true);
    expect(marked({ kind: 'exists', related: 'r' }, {}, { equals: ['2'] }, { related })).toBe(false);
    const lines = { kind: 'lines', related: 'r', value: { content: template, visibleTo: undefined } } as const;
    expect(marked(lines, {}, { equals: ['7'] }, { related })).toBe(true);
    expect(marked(template, { n: '7' }, { equals: ['1'] })).toBe(false);
  });

  it('takes the words for nothing only where there is nothing', () => {
    const plan = { otherwise: 'none' };
    expect(made(from('b'), {}, { plan })).toEqual(text('none'));
    expect(made(from('b'), {}, { plan: { otherwise: '' } })).toBeUndefined();
    expect(made(from('b'), {}, { plan, isWhole: false })).toBeUndefined();
    const lines = (value: string) =>
      ({
        kind: 'lines',
        related: 'r',
        value: { content: { kind: 'template', template: value }, visibleTo: undefined },
      }) as const;
    expect(made(lines('{{n}}'), {}, { plan })).toBeUndefined();
    expect(made(lines('{{n}}'), {}, { plan, isWhole: false, related: new Map([['r', belonging([])]]) })).toEqual(
      text('none'),
    );
    expect(made(lines('{{n}}'), {}, { plan, related: new Map([['r', belonging([{ m: '1' }])]]) })).toBeUndefined();
  });
});

describe('what belongs to a customer', () => {
  const value: ValuePlan = { content: { kind: 'template', template: '{{n}}' }, visibleTo: undefined };
  const of = (content: ContentPlan, found: RelatedRecords, element = 'a', viewer?: Subject['viewer']) =>
    made(content, {}, { element, viewer, related: new Map([['r', found]]) });
  const two = [{ n: '1' }, { n: '2' }];

  it.each([
    [2, 2, false, '2', ''],
    [2, 5, false, '5', 'and 3 more'],
    [2, 2, true, 'more than 2', 'and more'],
    [2, 5, true, 'more than 5', 'and more than 3 more'],
  ])('%i shown of %i, or more: %s', (shown, total, more, count, rest) => {
    const found = belonging(two.slice(0, shown), { total, more });
    expect([countText(found), moreText(found)]).toEqual([count, rest]);
    expect(of({ kind: 'count', related: 'r' }, found)).toEqual(text(count));
    const items = [text('1'), text('2'), ...(rest === '' ? [] : [text(rest)])];
    expect(of({ kind: 'lines', related: 'r', value }, found)).toEqual({ kind: 'list', items, style: 'lines' });
    // What HelpSpot inserts has no words about it.
    expect(of({ kind: 'count', related: 'r' }, found, 'Custom5')).toEqual(more ? undefined : text(count));
    expect(of({ kind: 'lines', related: 'r', value }, found, 'Custom5')).toEqual({
      ...{ kind: 'list', items: [text('1'), text('2')], style: 'lines' },
    });
  });

  it('is there or not, and has a first one or none', () => {
    const exists = { kind: 'exists', related: 'r' } as const;
    expect([of(exists, belonging([])), of(exists, belonging(two))]).toEqual([text('no'), text('yes')]);
    expect([of(exists, belonging([]), 'Custom5'), of(exists, belonging(two), 'Custom5')]).toEqual([
      text('0'),
      text('1'),
    ]);
    const first = { kind: 'first', related: 'r', value } as const;
    expect([of(first, belonging([])), of(first, belonging(two))]).toEqual([undefined, text('1')]);
  });

  it('is a table of the columns that the level may see, or of none', () => {
    const columns = [
      { heading: 'N', ...value },
      { heading: 'M', content: from('m'), visibleTo: ['admin' as const] },
    ];
    const table = { kind: 'table', related: 'r', columns } as const;
    const found = belonging([{ n: '1' }, { m: 'x' }], { total: 3 });
    expect(of(table, found, 'a', 'admin')).toEqual({
      ...{ kind: 'table', headings: ['N', 'M'], more: 'and 1 more' },
      rows: [
        [text('1'), null],
        [null, text('x')],
      ],
    });
    expect(of(table, found)).toEqual({
      ...{ kind: 'table', headings: ['N'], rows: [[text('1')], [null]], more: 'and 1 more' },
    });
    expect(of(table, belonging([]))).toBeUndefined();
    expect(of({ ...table, columns: columns.slice(1) }, found)).toBeUndefined();
  });

  it('has twelve columns at most where nothing is said of them', () => {
    const wide = Object.fromEntries(Array.from({ length: 13 }, (_, at) => [`c${at}`, `${at}`]));
    const content = of({ kind: 'table', related: 'r', columns: [] }, belonging([{ c0: 'x' }, wide]));
    expect(content).toMatchObject({ headings: Array.from({ length: 12 }, (_, at) => `c${at}`) });
    expect(content?.kind === 'table' && content.rows[0]?.slice(0, 2)).toEqual([text('x'), null]);
  });
});

it('texts are those that are shown, of whatever kind', () => {
  const noted = { kind: 'noted', note: 'n', content: { kind: 'marked', as: 'danger', content: text('a') } } as const;
  const list: Content = { kind: 'list', style: 'comma', items: [noted, { kind: 'link', href: 'h', text: 't' }] };
  expect(textsOf(list)).toEqual(['a', 't', 'h']);
  expect(textsOf({ kind: 'html', html: '<b>' })).toEqual(['<b>']);
  expect(textsOf({ kind: 'table', headings: ['H'], rows: [[text('1'), null], [text('2')]], more: 'm' })).toEqual([
    '1',
    '2',
  ]);
});
