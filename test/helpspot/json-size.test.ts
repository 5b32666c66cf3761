import { expect, it } from 'vitest';
import { excessIn, isBlank } from '../../src/helpspot/json-size.ts';

it('what has as much as may be is taken, one more is not', () => {
  const excess = (json: string) => excessIn(Buffer.from(json), { depth: 2, members: 3, values: 6 });
  expect([excess('[[1,2,3],4]'), excess('[[[1]]]')]).toEqual([undefined, 'depth']);
  expect([excess('[1,2,3]'), excess('[1,2,3,4]')]).toEqual([undefined, 'members']);
  expect([excess('[[1,2],[1,2]]'), excess('[[1,2],[1,2],[]]')]).toEqual([undefined, 'values']);
  expect([excess('{"a":{"b":1,"c":2,"d":3}}'), excess('[{"a":1,"b":2,"c":3,"d":4}]')]).toEqual([undefined, 'members']);
  // What is closed again, or too often, is no depth; each list counts its own.
  expect(excess('[1],[[2]],[3]]]]][[1]]')).toBe('values');
  expect([excess('[[],[]]'), excess(']]]][[]]'), excess(']]]][[[]]]')]).toEqual([undefined, undefined, 'depth']);
  expect(excess('[[1,2],[1,2,3],0]')).toBe('values');
  expect(excess(String.raw`["[[[,,,\"[[[",1]`)).toBeUndefined();
});

it.each([
  ['', true],
  [' \t\n\v\f\r', true],
  [' a', false],
  ['a ', false],
  ...[...'\0\b\x0e\x1f!'].map((sign) => [` ${sign}`, false] as const),
] as const)('%j is blank: %s', (text, blank) => {
  expect(isBlank(Buffer.from(text))).toBe(blank);
});
