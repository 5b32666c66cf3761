import { describe, expect, it } from 'vitest';
import { fittingCustomers } from '../../../src/gateway/lookup/fitting-customers.ts';
import type { Content, Customer } from '../../../src/helpspot/answer.ts';
import { answerLimits } from '../../../src/helpspot/answer-limits.ts';
import { addCustomer, noSize } from '../../../src/helpspot/content-size.ts';

const text = (value: string): Content => ({ kind: 'text', text: value });
const table = (rows: number, more: string): Content => ({
  kind: 'table',
  headings: ['Number', 'Ends'],
  rows: Array.from({ length: rows }, (_, index) => [text(`${index}`), null]),
  more,
});

describe('fittingCustomers', () => {
  it('shows the first rows of a table that is too large, and says how many it does not', () => {
    const customer: Customer = [
      { name: 'email', content: text('zoe@example.com') },
      { name: 'calls', content: table(40_000, 'and 27 more') },
      { name: 'note', content: text('after it') },
    ];
    const { customers, notices } = fittingCustomers([customer], 1);
    const calls = customers[0]?.find(({ name }) => name === 'calls')?.content;
    if (calls?.kind !== 'table') throw new Error('the table is gone');
    expect(calls.rows.length).toBeGreaterThan(10_000);
    expect(calls.more).toBe(
      `and ${40_000 - calls.rows.length} more are not shown, because the answer would be too large; and 27 more`,
    );
    const size = noSize();
    for (const each of customers) addCustomer(size, each);
    expect(size.parts).toBeLessThanOrEqual(answerLimits.elements);
    expect(customers[0]?.map(({ name }) => name)).toEqual(['email', 'calls', 'note']);
    expect(notices).toEqual([]);
  });

  it('shows a table whole where there is room', () => {
    const customer: Customer = [{ name: 'calls', content: table(10_000, '') }];
    expect(fittingCustomers([customer], 1)).toEqual({ customers: [customer], notices: [] });
  });

  const letters = (count: number) => text('x'.repeat(count));
  const LEFT = 'left out, because the answer would be too large; fill in more fields to narrow the search';

  it('ends before the customer who does not fit, and makes no more of them', () => {
    // The names count as well.
    const half: Customer = [{ name: 'a', content: letters(answerLimits.texts / 2 - 1) }];
    const small: Customer = [{ name: 'a', content: text('') }];
    let made = 0;
    const each = function* (...all: readonly Customer[]) {
      for (const one of all) {
        made += 1;
        yield one;
      }
    };
    expect(fittingCustomers(each(half, half), 2)).toEqual({ customers: [half, half], notices: [] });
    const more: Customer = [{ name: 'a', content: letters(answerLimits.texts / 2) }];
    expect(fittingCustomers([half, more], 2)).toEqual({ customers: [half], notices: [`The last match is ${LEFT}`] });
    made = 0;
    expect(fittingCustomers(each(half, more, small), 3)).toEqual({
      ...{ customers: [half], notices: [`The last 2 matches are ${LEFT}`] },
    });
    expect(made).toBe(2);
  });

  it('of a first customer who does not fit has the fields that do, also behind one that does not', () => {
    const big = { name: 'big', content: letters(answerLimits.texts + 1) };
    const [first, last] = [
      { name: 'first', content: text('a') },
      { name: 'last', content: text('b') },
    ];
    expect(fittingCustomers([[first, big, last]], 1)).toEqual({
      ...{ customers: [[first, last]], notices: ['1 fields are left out, because the answer would be too large'] },
    });
    expect(fittingCustomers([[big, first], [last]], 2).notices).toEqual([
      ...['1 fields are left out, because the answer would be too large', `The last match is ${LEFT}`],
    ]);
    const parts = (count: number): Customer => Array.from({ length: count }, () => first);
    expect(fittingCustomers([parts(answerLimits.elements)], 1).notices).toEqual([]);
    expect(fittingCustomers([parts(answerLimits.elements + 2)], 1)).toMatchObject({
      ...{ customers: [{ length: answerLimits.elements }] },
      notices: ['2 fields are left out, because the answer would be too large'],
    });
  });
});
