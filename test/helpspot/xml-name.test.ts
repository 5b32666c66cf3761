import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elementName, elementNames, isInsertable } from '../../src/helpspot/xml-name.ts';
import { nastyText } from './nasty.ts';

describe('elementName', () => {
  it.each([
    ['first_name', 'first_name'],
    ['Organization', 'Organization'],
    ['Contract-Date.2', 'Contract-Date.2'],
    ['custom5', 'Custom5'],
    [' CUSTOM12 ', 'Custom12'],
    ['Custom5', 'Custom5'],
    ['Custom', 'Custom'],
    ['custom5b', 'custom5b'],
    ['2nd address', '_2nd_address'],
    ['-x', '_-x'],
    ['.x', '_.x'],
    ['a:b', 'a_b'],
    ['a,b', 'a_b'],
    ['a"b\'<c>&d', 'a_b__c__d'],
    ['xml', '_xml'],
    ['XmlId', '_XmlId'],
    ['customer', 'customer_'],
    ['livelookup', 'livelookup_'],
    ['Straße', 'Straße'],
    ['téléphone', 'téléphone'],
    ['te\u0301l', 'tél'],
    ['電話', '電話'],
    ['Телефон', 'Телефон'],
    ['😀 mood', '__mood'],
    ['\ud800', '_'],
    ['__proto__', '__proto__'],
    ['custom123456789', 'Custom123456789'],
    ['custom1234567890', 'custom1234567890'],
    ['xcustom5', 'xcustom5'],
    ['customers', 'customers'],
    ['xlivelookup', 'xlivelookup'],
    [' customer ', 'customer_'],
    ['axml', 'axml'],
    ['\u30fc', '_\u30fc'],
    ['a\u30fc9', 'a\u30fc9'],
    ['x'.repeat(101), 'x'.repeat(100)],
    [`1${'x'.repeat(100)}`, `_1${'x'.repeat(98)}`],
    ['e\u0301'.repeat(60), 'é'.repeat(60)],
    ['', 'unnamed'],
    ['  ', 'unnamed'],
  ])('%j → %j', (wanted, expected) => {
    expect(elementName(wanted)).toBe(expected);
  });

  it('gives a short name that stays as it is', () => {
    fc.assert(
      fc.property(fc.oneof(nastyText, fc.string({ minLength: 90, maxLength: 300 })), (wanted) => {
        const name = elementName(wanted);
        expect(name.length).toBeLessThanOrEqual(100);
        expect(name).toMatch(/^[^\s,:"'<>&=/]+$/u);
        expect(elementName(name)).toBe(name);
      }),
    );
  });
});

describe('elementNames', () => {
  const names = (wanted: readonly string[], reserved: readonly string[] = []) =>
    Object.fromEntries(elementNames(wanted, reserved));

  it('gives different fields different elements, and an exact name its own', () => {
    expect(names(['a b', 'a:b', 'a_b', 'a,b'])).toEqual({ 'a b': 'a_b_2', 'a:b': 'a_b_3', a_b: 'a_b', 'a,b': 'a_b_4' });
    expect(names(['a b', 'a_b_2', 'a_b'])).toEqual({ 'a b': 'a_b_3', a_b_2: 'a_b_2', a_b: 'a_b' });
  });

  it('knows spellings of one name', () => {
    expect(names(['Custom5', 'custom5', ' email', 'email', 'a b', ' a b '])).toEqual({
      Custom5: 'Custom5',
      custom5: 'Custom5',
      ' email': 'email',
      email: 'email',
      'a b': 'a_b',
      ' a b ': 'a_b',
    });
  });

  it('gives nobody a reserved name', () => {
    expect(names(['lookup_notice', 'lookup notice'], ['lookup_notice'])).toEqual({
      lookup_notice: 'lookup_notice_2',
      'lookup notice': 'lookup_notice_3',
    });
  });

  it('counts on from the last suffix, and takes a spelling of one name for that', () => {
    expect(
      names(['b ', 'b', 'lookup notice', ' lookup_notice', 'lookup,notice', 'lookup notice '], ['lookup_notice']),
    ).toEqual({
      'b ': 'b',
      b: 'b',
      'lookup notice': 'lookup_notice_2',
      ' lookup_notice': 'lookup_notice_3',
      'lookup,notice': 'lookup_notice_4',
      'lookup notice ': 'lookup_notice_2',
    });
  });

  it('never lets two fields share an element, nor a field become insertable', () => {
    fc.assert(
      fc.property(fc.array(nastyText), (wanted) => {
        const fields = new Map(wanted.map((name) => [name.trim(), name]));
        const given = elementNames(fields.values(), []);
        const isAlias = (name: string) => /^custom\d+$/i.test(name.trim());
        const others = [...given].filter(([name]) => !isAlias(name));
        expect(new Set(others.map(([, element]) => element)).size).toBe(others.length);
        for (const [name, element] of others) expect(isInsertable(element)).toBe(isInsertable(name.trim()));
      }),
    );
  });

  it('copes with very many names that collide', () => {
    const wanted = Array.from({ length: 50_000 }, (_, i) => String.fromCodePoint(0x10000 + i));
    expect(new Set(elementNames(wanted, []).values()).size).toBe(wanted.length);
  });
});

describe('isInsertable', () => {
  it.each(['customer_id', 'first_name', 'last_name', 'email', 'phone', 'Custom1', 'Custom123'])('%s', (name) => {
    expect(isInsertable(name)).toBe(true);
  });
  it.each(['custom1', 'Custom', 'Custom1a', 'Email', 'organization', 'title'])('not %s', (name) => {
    expect(isInsertable(name)).toBe(false);
  });
});
