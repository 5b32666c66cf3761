import { describe, expect, it } from 'vitest';
import { inOrder, type Order, type Value } from '../../src/contract/index.ts';

const by = (field: string, descending = false): Order => ({ field, descending });

/** The values of one field, sorted in both directions. */
function sorted(values: readonly (Value | undefined)[], areNumbers?: boolean) {
  const records = values.map((value) => (value === undefined ? {} : { a: value }));
  const numbers = areNumbers === undefined ? undefined : [areNumbers];
  return [false, true].map((descending) =>
    inOrder(records, [by('a', descending)], numbers).map((record) => ('a' in record ? record.a : undefined)),
  );
}

describe('the order of records', () => {
  it.each<readonly [string, readonly Value[]]>([
    ['texts', ['Ärger', 'beta', 'Zulu']],
    ['numbers within texts', ['item 9', 'Item 10', 'item 11']],
    ['rooms', ['101', '101a', '102']],
    ['days', ['0999-12-31', '2019-12-31', '2020-01-01', '2020-01-10', '2020-02-01']],
    ['versions', ['1.9', '1.9.1', '1.10']],
    ['numbers', [-3, 0.5, 9, 10]],
    ['texts that are all numbers', ['-10', '-5', '0.25', '0.5', '9', '10.75']],
    ['dates', [new Date('2019-12-31'), new Date('2020-01-01'), new Date('2020-01-01T00:00:01Z')]],
    ['yes and no', [false, true]],
    ['lists, by their first', [['a', 'z'], ['b'], ['c', 'a']]],
    [
      'links, by what is read',
      [
        { href: 'https://z.example', text: 'a' },
        { href: 'https://a.example', text: 'b' },
      ],
    ],
  ])('is right for %s, with what has no value last in both directions', (_name, values) => {
    const mixed = [undefined, ...values.toReversed(), '', '  '].toSorted((a, b) => Number(a === '') - Number(b === ''));
    const [up, down] = sorted(mixed);
    expect(up?.slice(0, values.length)).toEqual(values);
    expect(down?.slice(0, values.length)).toEqual(values.toReversed());
  });

  it('is by the next field among those alike, and as they were among those alike in all', () => {
    const records = [
      { kind: 'b', n: 1, at: 0 },
      { kind: 'a', n: 1, at: 1 },
      { kind: 'B', n: 2, at: 2 },
      { kind: 'a', n: 1, at: 3 },
    ];
    const at = (...order: Order[]) => inOrder(records, order).map((record) => record['at']);
    expect(at(by('kind'), by('n', true))).toEqual([1, 3, 0, 2]);
    expect(at(by('n', true), by('kind'))).toEqual([2, 1, 3, 0]);
    expect(at(by('nothing', true))).toEqual([0, 1, 2, 3]);
    expect(at()).toEqual([0, 1, 2, 3]);
  });

  it('is what the whole has, where these are a part of it', () => {
    expect(sorted(['1.5', '1.25'])[0]).toEqual(['1.25', '1.5']);
    expect(sorted(['1.5', '1.25'], false)[0]).toEqual(['1.5', '1.25']);
  });

  it('looks at the beginning of long texts', () => {
    const beginning = 'x'.repeat(100);
    expect(sorted([`${beginning}b`, `${beginning}a`])[0]).toEqual([`${beginning}b`, `${beginning}a`]);
  });

  it('is one order, however values of several kinds stand among each other', () => {
    const values = ['1.5', '1.25', '1.3x', '1.7x', '-5', 'x', 2, new Date(0), '10'];
    const orders = values.map((_, at) => sorted([...values.slice(at), ...values.slice(0, at)])[0]);
    for (const order of orders) expect(order).toEqual(orders[0]);
  });
});
