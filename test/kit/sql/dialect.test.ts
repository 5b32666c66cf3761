import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/contract/index.ts';
import { quoteIdentifier } from '../../../src/kit/sql/dialect.ts';
import { LIKE_ESCAPE, likePattern } from '../../../src/kit/sql/spelling.ts';

describe('a quoted name', () => {
  it('is one name, whatever is in it', () => {
    expect(quoteIdentifier('order', 'sqlite')).toBe('"order"');
    expect(quoteIdentifier('a"; DROP TABLE b; --', 'postgres')).toBe('"a""; DROP TABLE b; --"');
    expect(quoteIdentifier('a`b', 'mysql')).toBe('`a``b`');
    expect(quoteIdentifier('a]b[', 'mssql')).toBe('[a]]b[]');
  });

  it('cannot be empty or hold a NUL', () => {
    expect(() => quoteIdentifier('', 'sqlite')).toThrow(UserError);
    expect(() => quoteIdentifier('a\0', 'sqlite')).toThrow(UserError);
  });
});

describe('a LIKE pattern', () => {
  it('means its value, wherever that stands', () => {
    expect(likePattern('prefix', 'a_b')).toBe('a!_b%');
    expect(likePattern('contains', '100%!')).toBe('%100!%!!%');
    expect(likePattern('prefix', '[a]', true)).toBe('![a]%');
    expect(LIKE_ESCAPE).toBe('!');
  });
});
