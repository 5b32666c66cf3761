/** The records of the sources beside what became of them, and where a value comes from. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { defineAdapter, type SourceRecord } from '../../../src/contract/index.ts';
import type { SourcePart } from '../../../src/gateway/lookup/customer-parts.ts';
import type { ContentPlan, FieldPlan, LookupPlan } from '../../../src/gateway/lookup/plan.ts';
import { originsBy, originsText } from '../../../src/gateway/lookup/provenance.ts';
import { rawLimits, rawRecords } from '../../../src/gateway/lookup/raw-records.ts';
import { lookupPlan, memoryHandle, renamed } from '../../support/plans.ts';

const crm = memoryHandle('crm', undefined, { title: 'CRM' });
const erp = memoryHandle('erp', undefined, { title: 'ERP' });

const from = (...names: readonly string[]) =>
  ({ kind: 'field', from: names, html: false, date: 'iso', list: 'comma' }) as const;
const one = (element: string, content: ContentPlan, more: Partial<FieldPlan> = {}): FieldPlan => {
  return { element, content, visibleTo: undefined, ...more };
};
const part = (source: typeof crm, record: SourceRecord, at = 0): SourcePart => ({ source, record, at });

describe('where a value comes from', () => {
  const now = new Date(2026, 10, 26, 12, 0).getTime();
  it('says when it was asked, unless it came with the answer', () => {
    const of = (...ages: readonly number[]) =>
      originsText(
        ages.map((age, at) => ({ source: 's', title: `S${at}`, at: now - age })),
        now,
      );
    expect([of(), of(59_999), of(60_000), of(0, 120_000)]).toEqual([
      ...['', 'from S0', 'from S0, as of 11:59', 'from S0; S1, as of 11:58'],
    ]);
  });

  it('is the first source that has the field, each source once, or that of related records', () => {
    const parts = [part(crm, { a: 'x', b: 'y' }, 1), part(erp, { a: 'z', c: 'w' }, 2)];
    const records = { ...{ records: [], read: [], total: 0, more: false }, source: erp, at: 3 };
    const record = { a: 'x', b: 'y', c: 'w', 'erp.a': 'z', blank: '' };
    const origins = originsBy(parts, new Map([['r', records]]), record);
    const [ofCrm, ofErp] = [
      { source: 'crm', title: 'CRM', at: 1 },
      { source: 'erp', title: 'ERP', at: 2 },
    ];
    const all = { kind: 'template', template: '{{a}} {{c}} {{b}} {{erp.a}} {{erp.b}} {{gone}}' } as const;
    expect(origins(all)).toEqual([ofCrm, ofErp]);
    expect(origins(from('blank', 'erp.a', 'a'))).toEqual([ofErp]);
    expect(origins(from('erp.b'))).toEqual([]);
    expect(origins(from('crm.c'))).toEqual([]);
    expect(origins({ kind: 'count', related: 'r' })).toEqual([{ ...ofErp, at: 3 }]);
    expect(origins({ kind: 'count', related: 'other' })).toEqual([]);
  });

  it('of a file is as old as the file', async () => {
    const dataAt = new Date(7);
    const file = defineAdapter({
      ...{ name: 'file', title: 'File', settings: z.strictObject({}) },
      open: async () => ({
        check: async () => {},
        find: async () => [],
        close: async () => {},
        state: () => ({ dataAt, warnings: [], leftOut: 0 }),
      }),
    });
    const handle = memoryHandle('file', undefined, { adapter: file });
    await handle.call({ signal: new AbortController().signal, reference: 'ref' }, async () => undefined);
    const origins = originsBy([part(handle, { a: 'x' }, 1)], new Map(), { a: 'x' });
    expect(origins(from('a')).map(({ at }) => at)).toEqual([7]);
  });
});

describe('the records of the sources', () => {
  const plan = lookupPlan({
    otherFields: true,
    fields: [
      renamed('name', 'a'),
      { ...renamed('pay', 'crm.band'), visibleTo: ['admin'] },
      one('who', { kind: 'template', template: '{{b}}' }),
      one('sometimes', from('w'), { when: [{ field: 'a', test: { filled: true } }] }),
      one('gone', { kind: 'hidden' }),
      one('own', from('zzz')),
    ],
  });
  const record = { a: '1', band: 'B7', b: '2', w: '3', gone: '4', own: '5', rest: '6' };
  const fieldsOf = (viewer: 'admin' | undefined, more: Partial<LookupPlan> = {}, source = crm) =>
    rawRecords({ ...plan, ...more }, [{ parts: [part(source, record)], related: new Map() }], viewer)[0]?.fields.map(
      ({ name, value: shown, elements, isUnused }) => [name, shown, elements.join(' '), isUnused],
    );

  it('show what the answer shows of them to this level, and name the others', () => {
    expect(fieldsOf(undefined)).toEqual([
      ['a', '1', 'name', false],
      ['band', undefined, '', false],
      ['b', '2', 'b who', false],
      ['w', undefined, '', false],
      ['gone', undefined, '', false],
      ['own', undefined, '', false],
      ['rest', '6', 'rest', false],
    ]);
    expect(fieldsOf('admin')?.[1]).toEqual(['band', 'B7', 'pay', false]);
    // Another source has a column of the same name.
    expect(fieldsOf('admin', {}, erp)?.[1]).toEqual(['band', 'B7', 'band', false]);
    expect(fieldsOf('admin', { otherFields: false })?.slice(-1)).toEqual([['rest', undefined, '', true]]);
    expect(fieldsOf(undefined, { fields: undefined, otherFields: false })?.map(([, , own]) => own)).toEqual(
      Object.keys(record),
    );
  });

  it('are those of the first customers, and of these the first fields, cut', () => {
    const wide = Object.fromEntries(Array.from({ length: rawLimits.fields + 1 }, (_, at) => [`c${at}`, 'x']));
    const long = { c: 'x'.repeat(rawLimits.characters + 1) };
    const parts = Array.from({ length: rawLimits.customers + 1 }, () => ({
      ...{ parts: [part(crm, wide), part(erp, long)], related: new Map() },
    }));
    const raw = rawRecords(lookupPlan(), parts, undefined);
    expect(raw.map(({ customer, source }) => `${customer} ${source}`).slice(-2)).toEqual(['9 crm', '9 erp']);
    expect(raw[0]?.fields).toHaveLength(rawLimits.fields);
    expect(raw[1]?.fields[0]?.value).toBe(`${'x'.repeat(rawLimits.characters)}… [cut: 1 characters more]`);
  });

  it('are also those that belong to a customer, with what is made of each', () => {
    const column = (heading: string, name: string, more: Partial<FieldPlan> = {}) => ({
      ...{ heading, content: from(name), visibleTo: undefined, ...more },
    });
    const table = (...columns: readonly ReturnType<typeof column>[]) =>
      ({ kind: 'table', related: 'r', columns }) as const;
    const records = [
      { no: 'C-1', pay: '9', state: 'open', x: '' },
      { no: 'C-2', state: 'shut' },
    ];
    const related = new Map([['r', { records, read: records, total: 2, more: false, source: erp, at: 3 }]]);
    const rawOf = (viewer: 'admin' | undefined, ...fields: readonly FieldPlan[]) =>
      rawRecords(
        lookupPlan({ fields: fields.length === 0 ? undefined : fields }),
        [{ parts: [], related }],
        viewer,
      ).map(({ related: of, source, fields: raw }) => [
        `${source} ${of?.name} ${of?.place}`,
        ...raw.map(({ name, value, elements, isUnused }) => `${name}=${value} ${elements} ${isUnused}`),
      ]);
    const plans = [
      one('contracts', table(column('No', 'no'), column('Pay', 'pay', { visibleTo: ['admin'] }))),
      one('last', { kind: 'first', related: 'r', value: column('', 'state') }),
      one('secret', table(column('X', 'x')), { visibleTo: ['admin'] }),
      one('how_many', { kind: 'count', related: 'r' }),
      one('others', { kind: 'lines', related: 'other', value: column('', 'x') }),
    ];
    expect(rawOf(undefined, ...plans)).toEqual([
      ['erp r 0', 'no=C-1 contracts: No false', 'pay=undefined  false', 'state=open last false', 'x=undefined  false'],
      ['erp r 1', 'no=C-2 contracts: No false', 'state=undefined  false'],
    ]);
    expect(rawOf('admin', ...plans)[0]?.slice(2)).toEqual([
      ...['pay=9 contracts: Pay false', 'state=open last false', 'x= secret: X false'],
    ]);
    // Nothing said: a table of all.
    expect(rawOf(undefined)[1]).toEqual(['erp r 1', 'no=C-2 r: no false', 'state=shut r: state false']);
    const only = one('lines', {
      kind: 'lines',
      related: 'r',
      value: column('', 'no', { when: [{ field: 'x', test: { filled: true } }] }),
    });
    expect(rawOf('admin', only)[1]).toEqual(['erp r 1', 'no=undefined  false', 'state=undefined  true']);
  });
});
