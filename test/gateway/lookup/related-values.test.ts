/** What related records are asked by, and which of them are whose, value by value. */
import { describe, expect, it } from 'vitest';
import { LONGEST_SOUGHT, type SourceRecord, type Value } from '../../../src/contract/index.ts';
import type { RelatedPlan, RelatedWhere } from '../../../src/gateway/lookup/plan.ts';
import type { RelatedRecords } from '../../../src/gateway/lookup/related-records.ts';
import {
  type Belonging,
  isOfRequest,
  MOST_SOUGHT,
  meetsEach,
  relatedNamesIn,
  soughtValues,
  wantedOf,
  withoutExcepted,
} from '../../../src/gateway/lookup/related-values.ts';
import { memoryHandle } from '../../support/plans.ts';

const crm = memoryHandle('crm', undefined, { country: 'DE', kinds: new Map([['tel', 'phone']]) });

function customer(
  record: SourceRecord,
  chats: readonly SourceRecord[] | undefined = undefined,
  parameters: Readonly<Record<string, string>> = {},
  more = false,
): Belonging {
  const found: RelatedRecords = {
    ...{ records: [], read: chats ?? [], total: chats?.length ?? 0, more, source: crm, at: 0 },
  };
  return { record, parameters, related: new Map(chats === undefined ? [] : [['chats', found]]) };
}

function plan(where: readonly RelatedWhere[], except: readonly RelatedWhere[] = []): RelatedPlan {
  return { name: 'r', source: 'crm', where, except, order: [], limit: 10, optional: false, patienceMs: 1 };
}

const where = (field: string, value: string): RelatedWhere => ({ field, value });
const many = (count: number) => Array.from({ length: count }, (_, at) => `v${at}`);

it.each([
  ['request', true],
  ['xStatus', true],
  ['Custom5', true],
  ['acting_person_femail', true],
  ['customer_id', false],
  ['email', false],
  ['status', false],
])('HelpSpot sends %s, and it is not about the customer: %s', (name, is) => {
  expect(isOfRequest(name)).toBe(is);
});

it('the related records that templates name are those there are', () => {
  const named = [where('a', '{{chats.id}} {{other.id}}'), where('b', '{{x}} {{calls}}')];
  expect(relatedNamesIn(named, ['calls', 'chats', 'x2'])).toEqual(['calls', 'chats']);
  expect(relatedNamesIn([where('a', 'chats')], ['chats'])).toEqual([]);
});

describe('what a field must equal', () => {
  const long = 'x'.repeat(LONGEST_SOUGHT);
  it.each<[string, Belonging, readonly string[]]>([
    [' {{a}} ', customer({ a: ' x ' }), ['x']],
    ['{{a}}', customer({ a: ['x', ' ', 'y', 'x'] }), ['x', 'y']],
    ['{{a}}-{{b}}-{{a}}', customer({ a: ['1', '2'], b: '3' }), ['1-3-1', '2-3-2']],
    ['{{a}}-{{b}}', customer({ a: ['1', '2'] }), []],
    ['{{a}}', customer({ a: '  ' }), []],
    ['{{a}}', customer({ a: long }), [long]],
    ['{{a}}', customer({ a: `${long}x` }), []],
    ['{{a}}', customer({ a: 7 }), ['7']],
    ['{{chats.id}}', customer({}, [{ id: 'u' }, { id: ['v', 'w'] }, {}]), ['u', 'v', 'w']],
    ['{{chats.id}}', customer({ 'chats.id': 'own' }, [{ id: 'u' }]), ['own']],
    ['{{chats.id}}', customer({}), []],
    ['{{chats}}', customer({}, [{ id: 'u' }]), []],
    ['{{xStatus}}', customer({}, undefined, { xStatus: ' 3 ' }), ['3']],
    ['{{xStatus}}', customer({ xStatus: '4' }, undefined, { xStatus: '3' }), ['4']],
    ['{{status}}', customer({}, undefined, { status: 'Open' }), ['Open']],
    ['{{other}}', customer({}, undefined, { other: 'x' }), []],
    ['{{email}}', customer({}, undefined, { email: 'x@example.com' }), []],
    ['constant', customer({}), ['constant']],
    ['{{toString}}', customer({}, undefined, {}), []],
  ])('%j', (template, whose, wanted) => {
    expect(soughtValues(where('f', template), whose)).toEqual(wanted);
  });

  it('is an address where it is one of an address, and something to search by at all', () => {
    const sought = (field: string, value: Value) => soughtValues(where(field, '{{a}}'), customer({ a: value }));
    expect(sought('email', ['unknown', 'a@example.com'])).toEqual(['a@example.com']);
    expect(sought('name', 'unknown')).toEqual(['unknown']);
    expect(sought('phone', 'n/a')).toEqual([]);
  });

  it('is one of so many that it is known when there are more', () => {
    const found = soughtValues(where('f', '{{a}}{{b}}'), customer({ a: many(9), b: many(9) }));
    expect(found).toHaveLength(MOST_SOUGHT + 1);
  });
});

describe('what a customer is asked by', () => {
  const asked = (conditions: readonly RelatedWhere[], whose: Belonging) =>
    wantedOf(plan(conditions), ['chats'], whose, crm.plan);
  const exact = (field: string, value: string) => {
    return { field, match: 'exact', value, kind: field === 'tel' ? 'phone' : undefined, country: 'DE' };
  };

  it('is a group for each condition, in the meaning of the source', () => {
    expect(asked([where('tel', '{{a}}'), where('x', 'y')], customer({ a: ['030 1', '030 2'] }))).toEqual({
      alternatives: [[[exact('tel', '030 1'), exact('tel', '030 2')], [exact('x', 'y')]]],
      isCut: false,
    });
  });

  it('is nothing where a condition has no value, or is not known', () => {
    const both = [where('x', '{{a}}'), where('y', '{{b}}')];
    expect(asked(both, customer({ a: '1' }))).toBeUndefined();
    const chained = [where('x', '{{chats.id}}')];
    expect(asked(chained, customer({}))).toBe('unknown');
    expect(asked(chained, customer({}, []))).toBe('none');
    expect(asked(chained, customer({}, [{}]))).toBeUndefined();
    expect(asked(both, customer({ a: '1', b: '2' }))).toMatchObject({ isCut: false });
  });

  it('stays together where it is of one record', () => {
    const chats = [{ id: 'u', site: '1' }, { id: 'v' }, { id: 'w', site: ['2', '3'] }];
    expect(asked([where('x', '{{chats.id}}'), where('y', '{{chats.site}}')], customer({}, chats))).toEqual({
      alternatives: [
        [[exact('x', 'u')], [exact('y', '1')]],
        [[exact('x', 'w')], [exact('y', '2'), exact('y', '3')]],
      ],
      isCut: false,
    });
    // The same place twice is one.
    expect(asked([where('x', '{{chats.id}}'), where('y', '{{chats.id}}')], customer({}, chats))).toMatchObject({
      alternatives: [[['u', 'v', 'w'].map((id) => exact('x', id)), ['u', 'v', 'w'].map((id) => exact('y', id))]],
    });
  });

  it.each([
    [MOST_SOUGHT, false],
    [MOST_SOUGHT + 1, true],
  ])('is the first of %i values; cut: %s', (count, isCut) => {
    const isFirst = { alternatives: [[{ length: MOST_SOUGHT }]], isCut };
    expect(asked([where('x', '{{a}}')], customer({ a: many(count) }))).toMatchObject(isFirst);
    const chats = many(count).map((id) => ({ id, site: '1' }));
    const pairs = asked([where('x', '{{chats.id}}'), where('y', '{{chats.site}}')], customer({}, chats));
    expect(pairs).toMatchObject({ alternatives: { length: MOST_SOUGHT }, isCut });
  });

  it('is cut where what it is asked by is', () => {
    expect(asked([where('x', '{{chats.id}}')], customer({}, [{ id: 'u' }], {}, true))).toMatchObject({
      isCut: true,
    });
    expect(asked([where('x', 'y')], customer({}, [{ id: 'u' }], {}, true))).toMatchObject({ isCut: false });
  });
});

const is = (field: string, value: string) => ({ field, match: 'exact', value }) as const;

it.each<[SourceRecord, boolean]>([
  [{ a: '1', b: '3' }, true],
  [{ a: '2', b: '3' }, true],
  [{ a: '1', b: '4' }, false],
  [{ a: '5', b: '3' }, false],
  [{ b: '3' }, true],
  [{ a: '5' }, false],
  [{}, true],
])('%j is one of each group as far as it shows: %s', (record, meets) => {
  expect(meetsEach(record, [[is('a', '1'), is('a', '2')], [is('b', '3')]])).toBe(meets);
});

describe('what is left out', () => {
  const records = [{ id: '1', state: 'open' }, { id: '1', state: 'closed' }, { id: '2' }];
  const left = (except: readonly RelatedWhere[], whose: Belonging) =>
    withoutExcepted(records, plan([], except), ['chats'], whose, crm.plan);

  it('meets all that is excepted', () => {
    const of = { request: '1', xStatus: 'open' };
    expect(left([], customer({}))).toBe(records);
    expect(left([where('id', '{{request}}')], customer({}, undefined, of))).toEqual(records.slice(2));
    expect(left([where('id', '{{request}}'), where('state', '{{xStatus}}')], customer({}, undefined, of))).toEqual(
      records.slice(1),
    );
  });

  it('is nothing where a value was not sent, and not known where what it is made of is not', () => {
    expect(left([where('id', '{{request}}'), where('state', 'open')], customer({}))).toEqual(records);
    expect(left([where('id', '{{chats.id}}')], customer({}))).toBeUndefined();
    expect(left([where('id', '{{chats.id}}')], customer({}, [{ id: '1' }, { id: '2' }]))).toEqual([]);
  });
});
