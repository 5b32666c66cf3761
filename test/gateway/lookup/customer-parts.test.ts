/** Which records are of one customer, and what his id is, record by record. */
import { describe, expect, it } from 'vitest';
import type { SourceRecord } from '../../../src/contract/index.ts';
import { decisiveId, isIdShown, withId } from '../../../src/gateway/lookup/customer-id.ts';
import { mergingForms, mergingText, partsOfCustomers } from '../../../src/gateway/lookup/customer-parts.ts';
import { joined } from '../../../src/gateway/lookup/join.ts';
import type { ContentPlan, FieldPlan, LookupPlan } from '../../../src/gateway/lookup/plan.ts';
import { answerLimits } from '../../../src/helpspot/answer-limits.ts';
import { lookupPlan, memoryHandle, renamed } from '../../support/plans.ts';

const handles = ['a', 'b', 'c'].map((name) => memoryHandle(name, undefined, { title: name.toUpperCase() }));

/** Records of the sources a, b, c. */
function found(...records: readonly (readonly SourceRecord[])[]) {
  return handles.flatMap((source, at) => ({ source, records: records[at] ?? [], at }));
}

/** The records of each customer by their `n`, and of which source there are several. */
function groups(mergeBy: readonly string[], ...records: readonly (readonly SourceRecord[])[]) {
  return partsOfCustomers(found(...records), lookupPlan({ mergeBy })).map(({ parts, several, own }) =>
    [parts.map(({ record }) => record['n']).join(' '), several, own?.record['n']].filter((one) => one !== undefined),
  );
}

describe('records are of one customer', () => {
  it('where they share a form of a merging field, at the place of the first', () => {
    expect(groups([], [{ n: 1, e: 'x' }], [{ n: 2, e: 'x' }])).toEqual([
      ['1', ''],
      ['2', ''],
    ]);
    expect(
      groups(
        ['e'],
        [{ n: 1, e: 'x' }, { n: 2 }],
        [
          { n: 3, e: 'y' },
          { n: 4, e: 'X' },
        ],
      ),
    ).toEqual([
      ['1 4', ''],
      ['2', ''],
      ['3', ''],
    ]);
    // The same text in two fields is not the same.
    expect(groups(['e', 'f'], [{ n: 1, e: 'x' }], [{ n: 2, f: 'x' }])).toEqual([
      ['1', ''],
      ['2', ''],
    ]);
  });

  it('also through a third, in the order in which they were found', () => {
    const third = { n: 3, e: 'x', f: 'y' };
    expect(groups(['e', 'f'], [{ n: 1, f: 'y' }], [{ n: 2, e: 'x' }], [third])).toEqual([['1 2 3', '']]);
    expect(groups(['e', 'f'], [{ n: 1, e: 'x' }], [{ n: 2, f: 'y' }], [third, { n: 4 }])).toEqual([
      ['1 2 3', ''],
      ['4', ''],
    ]);
    // What was joined joins by all that it has, those that one source has several of too.
    const others = [
      { n: 2, e: 'x' },
      { n: 5, g: 'z' },
    ];
    expect(groups(['e', 'f', 'g'], [{ n: 1, f: 'y', g: 'z' }], others, [third])).toEqual([
      ['1 2 3', 'B', 2],
      ['1 5 3', 'B', 5],
    ]);
    // By what both share nobody else is joined to either.
    const shared = { n: 1, e: 'x', f: 'y', g: 'z' };
    expect(groups(['e', 'f', 'g'], [shared], others, [{ n: 6, f: 'y' }])).toEqual([
      ['1 2', 'B', 2],
      ['1 5', 'B', 5],
    ]);
  });

  it('never where one source has several: each has what the others know of him', () => {
    expect(
      groups(
        ['e'],
        [
          { n: 1, e: 'x' },
          { n: 2, e: 'x' },
        ],
        [{ n: 3, e: 'x' }],
      ),
    ).toEqual([
      ['1 3', 'A', 1],
      ['2 3', 'A', 2],
    ]);
    expect(
      groups(
        ['e'],
        [{ n: 1, e: 'x' }],
        [
          { n: 2, e: 'x' },
          { n: 3, e: 'x' },
        ],
        [{ n: 4, e: 'x' }],
      ),
    ).toEqual([
      ['1 2 4', 'B', 2],
      ['1 3 4', 'B', 3],
    ]);
  });
});

it('a value is compared by its forms, unless there is none or it is too long', () => {
  const long = 'x'.repeat(answerLimits.mergeKey);
  const [plan] = handles.map((handle) => ({
    ...handle.plan,
    country: 'DE',
    kinds: new Map([['tel', 'phone' as const]]),
  }));
  expect(mergingForms(undefined, 'e', plan)).toEqual([]);
  expect(mergingForms('', 'e', plan)).toEqual([]);
  expect(mergingForms(long, 'e', plan)).toHaveLength(1);
  expect(mergingForms(`${long}x`, 'e', plan)).toEqual([]);
  expect(mergingForms('+49 30 123450', 'tel', plan)).toEqual(['+4930123450']);
  expect(mergingForms('030 123450', 'tel', plan)).toEqual(['+4930123450']);
  expect(mergingForms('A@Example.com', 'email', undefined)).toEqual(['a@example.com']);
  expect([mergingText({ e: ` ${long} ` }, 'e'), mergingText({ e: `${long}x` }, 'e'), mergingText({}, 'e')]).toEqual([
    ...[long, '', ''],
  ]);
});

describe('one record of several', () => {
  it('has of each field what the first source says, and by name what the lookup shows of one', () => {
    const plan = lookupPlan({
      ...{ sources: ['a', 'b'], mergeBy: ['e'] },
      fields: [renamed('x', 'b.x'), renamed('y', 'a.e'), renamed('z', 'z.x'), renamed('w', '.x'), renamed('v', 'b.w')],
    });
    const records = found([{ e: '1', x: 'ax', u: undefined }], [{ e: '1', x: 'bx', u: 'bu' }]);
    expect(joined(records, plan).records).toEqual([
      { e: '1', x: 'ax', u: 'bu', 'a.e': '1', 'b.x': 'bx', customer_id: '1' },
    ]);
    const alone = { customer_id: '1', e: '2' };
    expect(joined(found([], [], [alone]), plan).records[0]).toBe(alone);
  });

  it('has no more fields than one record may have', () => {
    const wide = Object.fromEntries(
      Array.from({ length: answerLimits.fieldsPerRecord - 2 }, (_, at) => [`c${at}`, at]),
    );
    const records = found([{ customer_id: '1', e: '1', ...wide }], [{ e: '1', more: 'x' }]);
    const [record = {}] = joined(records, lookupPlan({ mergeBy: ['e'] })).records;
    expect(Object.keys(record)).toHaveLength(answerLimits.fieldsPerRecord);
    expect(record).not.toHaveProperty('more');
  });

  it('tells staff once of whom there are several, and whose numbers contradict', () => {
    const said = (mergeBy: readonly string[], ...records: readonly (readonly SourceRecord[])[]) =>
      joined(found(...records), lookupPlan({ mergeBy })).ambiguous;
    const [one, two] = [
      { email: 'x@example.com', nr: '1' },
      { email: 'x@example.com', nr: '2' },
    ];
    expect(said(['email'], [one, one], [two])).toEqual([
      'A has several records with the same email; each is shown apart',
    ]);
    expect(said(['email'], [one, two])).toEqual([]);
    // C is joined by the address of B only, and B is of both.
    const shared = { email: 'x@example.com', nr: '7' };
    expect(
      said(['email', 'nr'], [{ email: 'x@example.com' }, { email: 'x@example.com' }], [shared], [{ nr: '7' }]),
    ).toEqual([
      'A has several records with the same email or nr; each is shown apart',
      'C has a record that is shown with nobody: it is joined only by a record that several customers share',
    ]);
    const words = (names: string) =>
      `${names} have another nr for whom email or nr makes one customer; see who is meant`;
    expect(said(['email', 'nr'], [one], [two])).toEqual([words('A and B')]);
    expect(said(['email', 'nr'], [one], [{ ...two, nr: '' }], [two])).toEqual([words('A and C')]);
    expect(said(['email', 'nr'], [one], [{ ...two, nr: '1' }], [two])).toEqual([words('A and C')]);
    expect(said(['email', 'nr'], [one], [one])).toEqual([]);
    // Somebody may have several addresses and numbers to be reached at.
    const phone = (number: string) => ({ email: 'x@example.com', phone: number });
    expect(said(['email', 'phone'], [phone('030 11111')], [phone('030 22222')])).toEqual([]);
  });
});

describe('the id', () => {
  const hidden = (element: string): FieldPlan => ({ element, content: { kind: 'hidden' }, visibleTo: undefined });
  const limited = (field: FieldPlan): FieldPlan => ({ ...field, visibleTo: ['admin'] });
  const of = (record: SourceRecord, plan: Partial<LookupPlan>, failed: readonly string[] = [], several = '') => {
    const [parts = []] = joined(found([], [record]), lookupPlan()).parts;
    const whole = lookupPlan({ sources: ['a', 'b', 'c'], ...plan });
    return withId(record, { parts, several, nobodys: [] }, whole, new Set(failed))['customer_id'];
  };

  it('is the first of the merging field, the id and the address that is there and that all may see', () => {
    const record = { id: 7, email: 'Ann <ann@example.com>, b@example.com', nr: 'N1' };
    expect(of(record, { mergeBy: ['gone', 'nr'] })).toBe('N1');
    expect(of(record, {})).toBe('7');
    expect(of({ ...record, id: ' ' }, {})).toBe('ann@example.com');
    expect(of({ email: 'none' }, {})).toBe('none');
    expect(of({ nr: '1' }, {})).toBeUndefined();
    expect(of(record, { mergeBy: ['nr'] }, [], 'A')).toBe('7');
    expect(of(record, { mergeBy: ['id'] }, [], 'A')).toBe('ann@example.com');
    const fields = (...some: readonly FieldPlan[]) => of(record, { fields: some });
    expect(fields(limited(renamed('x', 'id')))).toBe('ann@example.com');
    expect(fields(limited(renamed('x', 'b.id')))).toBe('ann@example.com');
    expect(fields(limited(renamed('x', 'z.id')))).toBe('7');
    expect(fields(limited(renamed('x', 'id')), renamed('y', 'id'))).toBe('7');
    expect(fields(hidden('id'))).toBe('ann@example.com');
    expect(fields(hidden('id'), renamed('y', 'id'))).toBe('7');
    expect(fields(hidden('x'), renamed('id', 'x'))).toBe('7');
  });

  it('is none while a source that comes before is away', () => {
    const record = { customer_id: '1', id: '7' };
    expect(of(record, { mergeBy: ['id'] }, ['a'])).toBeUndefined();
    expect(of(record, { mergeBy: ['id'] }, ['b', 'c'])).toBe('1');
    expect(of(record, {}, ['a'])).toBe('1');
    expect(of({ id: '7' }, { mergeBy: ['id'] }, ['c'])).toBeUndefined();
    expect(of({ id: '7' }, { mergeBy: ['id'] })).toBe('7');
  });

  it.each<[ContentPlan, boolean]>([
    [renamed('x', 'customer_id').content, true],
    [renamed('x', 'id').content, false],
    [{ kind: 'field', from: ['customer_id', 'id'], html: false, date: 'iso', list: 'comma' }, false],
    [{ kind: 'template', template: '{{customer_id}}' }, false],
  ])('of %j is the customer’s: %s', (content, is) => {
    const field = { element: 'customer_id', content, visibleTo: undefined };
    expect(isIdShown(lookupPlan({ fields: [renamed('y', 'y'), field] }))).toBe(is);
    expect(of({ id: '7' }, { fields: [field] })).toBe(is ? '7' : undefined);
    expect([isIdShown(lookupPlan()), isIdShown(lookupPlan({ fields: [] }))]).toEqual([true, true]);
  });

  it('that was searched is his, and before it that of the record that he has for himself', () => {
    const records = found([{ customer_id: '1', e: 'x' }], [{ customer_id: '2', e: 'x' }]);
    const [customer = { parts: [], several: '', nobodys: [] }] = partsOfCustomers(
      records,
      lookupPlan({ mergeBy: ['e'] }),
    );
    const sought = (value: string) => [{ field: 'customer_id', match: 'exact' as const, value }];
    expect(decisiveId(customer, [])).toBeUndefined();
    expect(decisiveId(customer, [{ field: 'e', match: 'exact', value: 'x' }])).toBeUndefined();
    expect(decisiveId(customer, sought('2'))).toBe('2');
    expect(decisiveId(customer, sought('3'))).toBeUndefined();
    const [own] = customer.parts;
    expect(own && decisiveId({ ...customer, own }, sought('2'))).toBe('1');
  });
});
