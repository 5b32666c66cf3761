/** Tests of values: what is compared as what, and what is no answer to the question. */
import { describe, expect, test } from 'vitest';
import type { Value } from '../../../src/contract/index.ts';
import { holds, holdsOfCount, type MomentPlan, type TestPlan } from '../../../src/gateway/lookup/conditions.ts';
import { dateText, isDay, readDate } from '../../../src/gateway/lookup/dates.ts';
import { customerOf } from '../../../src/gateway/lookup/fields.ts';
import type { FieldPlan } from '../../../src/gateway/lookup/plan.ts';
import { alone } from '../../support/plans.ts';

const NOW = new Date(2026, 10, 26, 15, 30);
const TODAY: MomentPlan = { kind: 'day', days: 0 };
const fixed = (text: string): MomentPlan => ({ kind: 'fixed', text });

const CASES: readonly (readonly [test: TestPlan, value: Value | undefined, holds: boolean, field?: string])[] = [
  [{ equals: ['blocked'] }, 'Blocked ', true],
  [{ equals: ['blocked'] }, 'unblocked', false],
  [{ equals: ['blocked', 'gone'] }, 'gone', true],
  [{ equals: ['blocked'] }, undefined, false],
  [{ equals: ['0'] }, 0, true],
  [{ equals: ['12.5'] }, '12.50', true],
  [{ equals: ['true'] }, true, true],
  [{ equals: ['false'] }, false, true],
  [{ equals: ['true'] }, 'ja', true],
  [{ equals: ['false'] }, 'ja', false],
  [{ equals: ['false'] }, 'nein', true],
  [{ equals: ['yes'] }, true, true],
  [{ equals: ['030 12345'] }, '030/123-45', true, 'phone'],
  [{ equals: ['007'] }, '7', false, 'code'],
  [{ equals: ['b'] }, ['a', 'b'], true],
  [{ not: ['gold'] }, 'silver', true],
  [{ not: ['gold'] }, 'GOLD', false],
  [{ not: ['gold'] }, undefined, true],
  [{ not: ['gold'] }, ['silver', 'gold'], false],
  [{ contains: 'vip' }, 'our VIP customer', true],
  [{ contains: 'vip' }, undefined, false],
  [{ filled: true }, ' ', false],
  [{ filled: true }, 0, true],
  [{ filled: false }, undefined, true],
  [{ before: TODAY }, '2026-11-25', true],
  [{ before: TODAY }, '2026-11-26', false],
  [{ before: TODAY }, new Date('2026-11-25T23:59:00Z'), true],
  [{ before: TODAY }, new Date('2026-11-26T00:00:00Z'), false],
  [{ after: TODAY }, '2026-11-27T08:00:00Z', true],
  [{ after: TODAY }, '2026-11-26T23:00:00Z', false],
  [{ before: { kind: 'day', days: 30 } }, '2026-12-25', true],
  [{ before: { kind: 'day', days: 30 } }, '2026-12-26', false],
  [{ before: { kind: 'day', days: -30 } }, '2026-10-26', true],
  [{ before: { kind: 'now' } }, new Date(NOW.getTime() - 1), true],
  [{ before: { kind: 'now' } }, new Date(NOW.getTime() + 1), false],
  [{ before: fixed('2026-01-01') }, '2025-12-31', true],
  [{ after: fixed('2026-01-01') }, '2026-01-01', false],
  [{ after: fixed('2026-01-01T10:00:00Z') }, '2026-01-01T10:00:01Z', true],
  [{ before: TODAY }, '25.11.2026', false],
  [{ after: TODAY }, '25.11.2026', false],
  [{ before: TODAY }, 20_000_101, false],
  [{ before: TODAY }, undefined, false],
  [{ before: TODAY }, true, false],
  [{ before: TODAY }, ['2999-01-01', '2020-01-01'], true],
  [{ above: 0 }, 1, true],
  [{ above: 0 }, '0.5', true],
  [{ above: 0 }, 0, false],
  [{ above: 0 }, 'many', false],
  [{ above: 0 }, '', false],
  [{ below: 10 }, '-3', true],
  [{ below: 10 }, undefined, false],
  [{ above: 1, below: 3 }, 2, true],
  [{ above: 1, below: 3 }, 3, false],
  [{ equals: ['a'], not: ['a'] }, 'a', false],
  [{ equals: ['false'] }, undefined, false],
  [{ equals: ['no'] }, true, false],
  [{ not: ['false'] }, undefined, true],
  [{ not: ['a', 'b'] }, 'b', false],
  [{ contains: 'VIP' }, 'our vip', true],
  [{ contains: 'vip' }, 'gold', false],
  [{ filled: false }, 'x', false],
  // A day and a month of one digit.
  [{ before: { kind: 'day', days: 6 } }, '2026-12-03', false],
  [{ after: { kind: 'day', days: -300 } }, '2026-02-01', true],
  [{ before: { kind: 'day', days: 40 } }, '2027-01-04', true],
  [{ after: { kind: 'now' } }, NOW, false],
  [{ before: { kind: 'now' } }, NOW, false],
  [{ after: fixed('2026-01-01T10:00:00Z') }, '2026-01-01T10:00:00Z', false],
  [{ before: fixed('soon') }, '2026-01-01', false],
  [{ after: fixed('soon') }, '2026-01-01', false],
  [{ above: 0 }, ' +5.25 ', true],
  [{ above: 0 }, '1e5', false],
  [{ above: 0 }, '5.', false],
  [{ above: 0 }, '9'.repeat(30), true],
  [{ above: 0 }, '9'.repeat(31), false],
  [{ above: 0 }, `0.${'9'.repeat(31)}`, false],
  [{ above: 0 }, `0.${'9'.repeat(30)}`, true],
  [{ above: 0 }, true, false],
  [{ above: 0 }, ['many', 3], true],
  [{ below: 0 }, 'many', false],
];

test.each(CASES.map((one) => [JSON.stringify(one), one] as const))(
  '%s',
  (_name, [plan, value, expected, field = 'status']) => {
    expect(holds(plan, value, { field }, NOW)).toBe(expected);
  },
);

describe('a field', () => {
  const shown = (field: Partial<FieldPlan>, record: Readonly<Record<string, Value>>, isWhole = true) => {
    const plan: FieldPlan = {
      element: 'a',
      content: { kind: 'template', template: '{{a}}' },
      visibleTo: undefined,
      ...field,
    };
    const [made] = customerOf(
      { ...alone(record), isWhole },
      { fields: [plan], otherFields: false, provenance: false, sources: [], related: [] },
      undefined,
    );
    return made?.content;
  };
  const from = (...names: readonly string[]) =>
    ({ kind: 'field', from: names, html: false, date: 'iso', list: 'comma' }) as const;

  test('is left out unless all of its conditions hold, and then without its default', () => {
    const when = [
      { field: 'status', test: { equals: ['active'] } },
      { field: 'ends', test: { after: { kind: 'day', days: 0 } } },
    ] as const;
    expect(shown({ when }, { a: 'x', status: 'active', ends: '2999-01-01' })).toEqual({ kind: 'text', text: 'x' });
    expect(shown({ when, otherwise: 'none' }, { a: 'x', status: 'active', ends: '2000-01-01' })).toBeUndefined();
  });

  test('has its default where there is nothing, but not while a source is away that may know it', () => {
    expect(shown({ otherwise: 'none' }, { b: 'x' })).toEqual({ kind: 'text', text: 'none' });
    expect(shown({ otherwise: 'none' }, { a: 'x' })).toEqual({ kind: 'text', text: 'x' });
    expect(shown({ otherwise: 'none' }, { b: 'x' }, false)).toBeUndefined();
  });

  test('takes the first field that has a value', () => {
    const content = from('directory.phone', 'crm.phone', 'phone');
    expect(shown({ content }, { 'directory.phone': ' ', 'crm.phone': '1', phone: '2' })).toEqual({
      kind: 'text',
      text: '1',
    });
    expect(shown({ content }, { phone: '2' })).toEqual({ kind: 'text', text: '2' });
    expect(shown({ content }, {})).toBeUndefined();
  });

  test('stands out by the first mark that holds, of itself or of another field', () => {
    const marks = [
      { field: 'ends', test: { before: { kind: 'day', days: 0 } }, as: 'danger' },
      { field: undefined, test: { equals: ['x'] }, as: 'muted' },
    ] as const;
    const content = { kind: 'text', text: 'x' };
    expect(shown({ marks }, { a: 'x', ends: '2000-01-01' })).toEqual({ kind: 'marked', as: 'danger', content });
    expect(shown({ marks }, { a: 'x', ends: '2999-01-01' })).toEqual({ kind: 'marked', as: 'muted', content });
    expect(shown({ marks }, { a: 'y' })).toEqual({ kind: 'text', text: 'y' });
  });

  test('is tested by its value, whatever is shown of it', () => {
    const marks = [{ field: undefined, test: { before: { kind: 'day', days: 0 } }, as: 'danger' }] as const;
    const content = { ...from('ends'), date: 'unix' } as const;
    expect(shown({ content, marks }, { ends: '2000-01-01' })).toMatchObject({ kind: 'marked' });
  });
});

test.each<[TestPlan, number, boolean]>([
  [{ equals: ['true'] }, 2, true],
  [{ equals: ['true'] }, 0, false],
  [{ equals: ['false'] }, 0, true],
  [{ equals: ['false'] }, 1, false],
  [{ not: ['true'] }, 0, true],
  [{ not: ['true'] }, 501, false],
  [{ equals: ['2'] }, 2, true],
  [{ equals: ['false', '5'] }, 5, true],
  [{ equals: ['false', '5'] }, 3, false],
  [{ equals: ['true'], above: 2 }, 3, true],
  [{ above: 2 }, 2, false],
])('%j of %i records: %s', (plan, count, expected) => {
  expect(holdsOfCount(plan, count)).toBe(expected);
});

test.each([
  ['2026-03-01', '2026-03-01T00:00:00.000Z'],
  [' 2026-03-01 ', '2026-03-01T00:00:00.000Z'],
  // What some systems write for none.
  ['0001-01-01', '0001-01-01T00:00:00.000Z'],
  ['2026-03-01T10:30', '2026-03-01T10:30:00.000Z'],
  ['2026-03-01 10:30:15', '2026-03-01T10:30:15.000Z'],
  ['2026-03-01 10:30:15.25Z', '2026-03-01T10:30:15.250Z'],
  ['2026-03-01T10:30+0200', '2026-03-01T08:30:00.000Z'],
  ['2026-03-01T10:30:00-02:00', '2026-03-01T12:30:00.000Z'],
  [`2026-03-01T10:30:00.5${'0'.repeat(18)}Z`, '2026-03-01T10:30:00.500Z'],
  [`2026-03-01T10:30:00.5${'0'.repeat(19)}Z`, undefined],
  ['2026-03-01Z', undefined],
  ['x2026-03-01', undefined],
  ['2026-03-01x', undefined],
  ['2026-03-01T10:30:00.Z', undefined],
  ['2026-3-01', undefined],
  ['2026-03-1', undefined],
  ['26-03-01', undefined],
  ['2026-03-01T24:30', undefined],
  ['2026-06-31T10:30', undefined],
  [20_260_301, undefined],
  [new Date(1), '1970-01-01T00:00:00.001Z'],
  [new Date(Number.NaN), undefined],
])('%s is read as %s', (value, date) => {
  expect(readDate(value)?.toISOString()).toBe(date);
});

test.each<[string | number | Date, string, string, string | undefined]>([
  ['2026-03-01 10:30', '2026-03-01 10:30', '2026-03-01', '1772361000'],
  ['soon', 'soon', 'soon', undefined],
  [7, '7', '7', undefined],
  [new Date('2026-03-01T10:30:00.000Z'), '2026-03-01T10:30:00Z', '2026-03-01', '1772361000'],
  [new Date('2026-03-01T10:30:00.999Z'), '2026-03-01T10:30:00.999Z', '2026-03-01', '1772361000'],
  [new Date(-1), '1969-12-31T23:59:59.999Z', '1969-12-31', '-1'],
  [new Date(Number.NaN), '', '', undefined],
])('%s is written as %s, %s and %s', (value, iso, date, unix) => {
  expect([dateText(value, 'iso'), dateText(value, 'date'), dateText(value, 'unix')]).toEqual([iso, date, unix]);
});

test('a time is written by the clock of this machine, a day without one stays', () => {
  const moment = new Date(2026, 10, 25, 14, 30);
  expect(dateText(moment, 'local')).toBe('2026-11-25 14:30');
  expect(dateText(moment.toISOString(), 'local')).toBe('2026-11-25 14:30');
  expect(['2026-11-25', 'soon'].map((text) => dateText(text, 'local'))).toEqual(['2026-11-25', 'soon']);
  expect(dateText(new Date(-47_000_000_000_000), 'local')).toMatch(/^0480-08-\d\d \d\d:\d\d$/);
  expect(dateText(new Date(Date.UTC(12_026, 5, 9)), 'date')).toBe('+012026-06-09');
});

test.each([
  ['2026-11-26', true],
  ['2028-02-29', true],
  ['2026-02-29', false],
  ['2026-13-01', false],
  ['2026-11-26T10:00', false],
  ['26.11.2026', false],
])('%s is a day: %s', (text, is) => {
  expect(isDay(text)).toBe(is);
});
