import { describe, expect, test } from 'vitest';
import { conditionOf } from '../../../src/kit/sql/conditions.ts';
import { limited, selectLimited } from '../../../src/kit/sql/dialect.ts';

const text = { name: 'col', text: true };

function sqlOf(field: string, match: 'exact' | 'prefix', dialect: 'mysql' | 'mssql' | 'postgres', column: object = {}) {
  const condition = conditionOf({ field, match, value: ' +1 50%[ ' }, { ...text, ...column }, dialect);
  return condition && [condition.sql('?'), condition.value];
}

describe('a criterion in the words of each system', () => {
  test('texts: by the collation, in PostgreSQL in lower case', () => {
    expect(sqlOf('email', 'exact', 'mysql')).toEqual(['`col` = ?', '+1 50%[']);
    expect(sqlOf('email', 'exact', 'mssql')).toEqual(['[col] = ?', '+1 50%[']);
    expect(sqlOf('email', 'exact', 'postgres')).toEqual(['lower("col") = lower(?)', '+1 50%[']);
  });

  test('wildcards of the value mean themselves, in SQL Server sets too', () => {
    expect(sqlOf('email', 'prefix', 'mysql')).toEqual(["`col` LIKE ? ESCAPE '!'", '+1 50!%[%']);
    expect(sqlOf('email', 'prefix', 'mssql')).toEqual(["[col] LIKE ? ESCAPE '!'", '+1 50!%![%']);
  });

  test('phones: by their digits', () => {
    expect(sqlOf('phone', 'exact', 'mysql')).toEqual(["REGEXP_REPLACE(`col`, '[^0-9]+', '') = ?", '150']);
    expect(sqlOf('phone', 'exact', 'mssql')?.[0]).toMatch(/^(REPLACE\()+\[col\], N' ', N?''\).* = \?$/);
    expect(conditionOf({ field: 'phone', match: 'exact', value: 'n/a' }, text, 'mysql')).toBeUndefined();
  });

  test('other types as text, whole numbers as numbers', () => {
    expect(sqlOf('when', 'exact', 'mysql', { text: false })?.[0]).toBe('CAST(`col` AS CHAR) = ?');
    const number = { name: 'id', text: false, integer: true };
    const exact = conditionOf({ field: 'id', match: 'exact', value: '42' }, number, 'mysql');
    expect(exact?.sql('?')).toBe('`id` = CAST(? AS SIGNED)');
    expect(conditionOf({ field: 'id', match: 'exact', value: '42abc' }, number, 'mysql')).toBeUndefined();
    const asked = (value: string) => conditionOf({ field: 'id', match: 'exact', value }, number, 'postgres')?.value;
    expect(asked('9223372036854775807')).toBe('9223372036854775807');
    expect(asked('-9223372036854775808')).toBe('-9223372036854775808');
    expect(asked('9223372036854775808')).toBeUndefined();
    expect(asked('-9223372036854775809')).toBeUndefined();
    const prefix = conditionOf({ field: 'id', match: 'prefix', value: '42' }, number, 'mysql');
    expect(prefix?.sql('?')).toBe("CAST(`id` AS CHAR) LIKE ? ESCAPE '!'");
  });
});

test('limits', () => {
  expect(selectLimited('a', 'FROM t', 'mssql', 5)).toBe('SELECT TOP (5) a FROM t');
  expect(selectLimited('a', 'FROM t', 'mysql', 5)).toBe('SELECT a FROM t LIMIT 5');
  expect(limited('SELECT 1 -- one', 'postgres', 5)).toContain('-- one\n)');
  expect(limited('SELECT 1 ORDER BY 1', 'mysql', 5)).toBe('SELECT 1 ORDER BY 1');
});
