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
});
