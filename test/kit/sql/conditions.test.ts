import { describe, expect, test } from 'vitest';
import type { Kind } from '../../../src/contract/index.ts';
import { askedOf } from '../../../src/kit/sql/conditions.ts';
import { limited, type SqlDialect, selectLimited } from '../../../src/kit/sql/dialect.ts';
import type { Condition } from '../../../src/kit/sql/spelling.ts';

const text = { name: 'col', text: true };

/** The SQL with `?` in its places, and the values. */
function written(condition: Condition | undefined) {
  const values: string[] = [];
  const bind = (value: string) => (values.push(value) > 0 ? '?' : '');
  return condition && [condition.sql(bind), ...values];
}

interface Wanted {
  readonly match?: 'exact' | 'prefix' | 'contains';
  readonly kind?: Kind;
  readonly column?: object;
}

function asked(field: string, value: string, dialect: SqlDialect, { match = 'exact', kind, column }: Wanted = {}) {
  return askedOf({ field, match, value, kind }, { ...text, ...column }, dialect);
}

const first = (...of: Parameters<typeof asked>) => written(asked(...of)?.first);
const meant = (...of: Parameters<typeof asked>) => written(asked(...of)?.meant);

describe('a criterion in the words of each system', () => {
  test('texts: by the collation, in PostgreSQL in lower case', () => {
    expect(first('city', ' +1 50%[ ', 'mysql')).toEqual(['`col` IN (?, ?)', '+1 50%[', '+1 50%[ ']);
    expect(first('city', ' +1 50%[ ', 'mssql')).toEqual(['[col] = ?', '+1 50%[']);
    expect(first('city', ' +1 50%[ ', 'postgres')).toEqual([
      'lower("col") IN (lower(?), lower(?))',
      '+1 50%[',
      '+1 50%[ ',
    ]);
  });

  test.each([
    ['shelf', 'code'],
    ['customer_id', 'text'],
    ['asset_tag', 'text'],
  ] as const)('a code, in the field %s of kind %s, is one value', (field, kind) => {
    expect(first(field, "A-1's ", 'mysql', { kind })).toEqual(['`col` = ?', "A-1's"]);
    expect(first(field, '1.50', 'postgres', { kind })).toEqual(['lower("col") = lower(?)', '1.50']);
  });

  test('texts of several lines, with either line break', () => {
    expect(first('address', 'Main St\nBern', 'mssql')?.slice(1)).toEqual(['Main St\nBern', 'Main St\r\nBern']);
    expect(first('address', 'Main St\r\nBern', 'mssql')?.slice(1)).toEqual(['Main St\r\nBern', 'Main St\nBern']);
  });

  test('wildcards of the value mean themselves, in SQL Server sets too', () => {
    const prefix = { match: 'prefix' } as const;
    expect(first('city', '50%[', 'mysql', prefix)).toEqual(["`col` LIKE ? ESCAPE '!'", '50!%[%']);
    expect(first('city', '50%[', 'mssql', prefix)).toEqual(["[col] LIKE ? ESCAPE '!'", '50!%![%']);
  });

  test('names: in each spelling, composed and decomposed', () => {
    const apostrophes = ["O'Brien", 'O\u2019Brien', 'O\u00b4Brien', 'O\u2018Brien', 'O\u02bcBrien', 'O`Brien'];
    const together = ['OBrien', 'O Brien'];
    expect(first('last_name', "O'Brien", 'mssql')).toEqual(expect.arrayContaining([...apostrophes, ...together]));
    expect(first('last_name', 'Anna-Maria', 'mysql')).toEqual([
      '`col` IN (?, ?, ?, ?, ?, ?, ?)',
      'Anna-Maria',
      'Anna Maria',
      'Anna\u2010Maria',
      'Anna\u2011Maria',
      'Anna\u2013Maria',
      'Anna-Maria ',
      'Anna Maria ',
    ]);
    const [sql, ...values] = first('last_name', 'M\u00fcller', 'postgres') ?? [];
    expect(sql).toMatch(/^lower\("col"\) IN \(lower\(\?\)/);
    expect(values).toEqual(expect.arrayContaining(['M\u00fcller', 'Mueller', 'Muller', 'Mu\u0308ller']));
  });

  test('mail: the address in every spelling, and then wherever it stands', () => {
    const typed = 'Bob <Bob@example.com>';
    expect(first('email', typed, 'mysql')).toEqual([
      '`col` IN (?, ?, ?, ?, ?, ?, ?)',
      typed,
      'Bob@example.com',
      'mailto:Bob@example.com',
      '<Bob@example.com>',
      'Bob@example.com;',
      `${typed} `,
      'Bob@example.com ',
    ]);
    expect(meant('email', typed, 'mysql')).toEqual(expect.arrayContaining(['%Bob@example.com%']));
    expect(asked('email', typed, 'mysql')?.meant).toMatchObject({
      compareAgain: true,
      odd: expect.stringContaining('REGEXP'),
    });
  });

  test('phones: by their digits, and then by the last of them', () => {
    expect(first('phone', '030 12345-67', 'postgres')).toEqual([
      `regexp_replace("col", '[^0-9]+', '', 'g') IN (?, ?)`,
      '0301234567',
      '301234567',
    ]);
    expect(meant('phone', '030 12345-67', 'postgres')).toEqual([
      `regexp_replace("col", '[^0-9]+', '', 'g') LIKE ?`,
      '%1234567%',
    ]);
    expect(first('phone', '030 12345-67', 'mssql')?.[0]).toMatch(/^(REPLACE\()+\[col\], N' ', N?''\).* IN \(\?, \?\)$/);
    expect(first('phone', '030 12345-67', 'mysql')).toEqual([
      `REGEXP_REPLACE(\`col\`, '[^0-9]+', '') LIKE ?`,
      '%1234567%',
    ]);
    expect(first('phone', '030 12345-67', 'mysql', { column: { digits: true } })).toEqual([
      '`col` IN (?, ?)',
      '0301234567',
      '301234567',
    ]);
    expect(asked('phone', 'n/a', 'mysql')).toBeUndefined();
  });

  test('other types as text, whole numbers as numbers', () => {
    expect(first('when', 'x', 'mysql', { column: { text: false } })?.[0]).toBe('CAST(`col` AS CHAR) = ?');
    const column = { text: false, integer: true };
    expect(first('id', '42', 'mysql', { column })).toEqual(['`col` = CAST(? AS SIGNED)', '42']);
    const of = (value: string, dialect: SqlDialect = 'postgres') => first('id', value, dialect, { column })?.[1];
    expect(of('42abc', 'mysql')).toBeUndefined();
    expect(of('9223372036854775807')).toBe('9223372036854775807');
    expect(of('-9223372036854775808')).toBe('-9223372036854775808');
    expect(of('9223372036854775808')).toBeUndefined();
    expect(of('-9223372036854775809')).toBeUndefined();
    expect(of('18446744073709551615', 'mysql')).toBe('18446744073709551615');
    expect(of('18446744073709551616', 'mysql')).toBeUndefined();
    expect(of('42.0')).toBe('42');
    expect(of('42.5')).toBeUndefined();
    expect(first('id', '42', 'mysql', { column, match: 'prefix' })?.[0]).toBe("CAST(`col` AS CHAR) LIKE ? ESCAPE '!'");
  });

  test('decimals and fractions by amount', () => {
    expect(first('price', '12.50', 'mysql', { column: { text: false, holds: 'decimal' } })).toEqual([
      '`col` = CAST(? AS DECIMAL(38,8))',
      '12.5',
    ]);
    const [sql, low, high] = first('rate', '0.1', 'postgres', { column: { text: false, holds: 'float' } }) ?? [];
    expect(sql).toBe('"col" BETWEEN CAST(? AS double precision) AND CAST(? AS double precision)');
    expect([Number(low) < 0.1, Number(high) > 0.1]).toEqual([true, true]);
  });

  test.each(['true', 'yes', '1', 'Y', 'on'])('%s is yes, of whole numbers too, but not of a key', (value) => {
    const holds = { text: false, holds: 'boolean' };
    expect(first('active', value, 'postgres', { column: holds })).toEqual(['"col" = CAST(? AS boolean)', '1']);
    expect(first('active', value, 'mssql', { column: holds })).toEqual(['[col] = CAST(? AS bit)', '1']);
    const whole = { text: false, integer: true };
    expect(first('active', value, 'mysql', { column: whole })).toEqual(['`col` = CAST(? AS SIGNED)', '1']);
    const key = first('id', value, 'mysql', { column: { ...whole, key: true } });
    expect(key).toEqual(value === '1' ? ['`col` = CAST(? AS SIGNED)', '1'] : undefined);
  });

  test('dates: a day, an instant and seconds, by the clock of the column', () => {
    const day = { text: false, holds: 'day' };
    expect(first('ends', '2026-12-31', 'mysql', { column: day })?.[1]).toBe('2026-12-31');
    expect(first('ends', '1798675200', 'mysql', { column: day })?.[1]).toBe('2026-12-31');
    expect(first('ends', '1798675201', 'mysql', { column: day })).toBeUndefined();
    const time = { text: false, holds: 'time', zone: 'Europe/Zurich' };
    expect(first('made', '2026-07-01', 'mysql', { column: time })?.slice(1)).toEqual([
      '2026-07-01 02:00:00',
      '2026-07-02 02:00:00',
    ]);
    expect(first('made', '2026-07-01T10:00:00Z', 'mysql', { column: time })?.slice(1)).toEqual([
      '2026-07-01 12:00:00',
      '2026-07-01 12:00:01',
    ]);
    expect(first('made', '2026-07-01', 'postgres', { column: { text: false, holds: 'moment' } })?.[1]).toBe(
      '2026-07-01 00:00:00+00:00',
    );
  });

  test('a code keeps its zeros, a number does not', () => {
    const column = { text: false, integer: true };
    expect(first('nr', '007', 'mysql', { column, kind: 'code' })).toEqual(['CAST(`col` AS CHAR) = ?', '007']);
    expect(first('nr', '007', 'mysql', { column })).toEqual(['`col` = CAST(? AS SIGNED)', '007']);
  });
});

test('limits', () => {
  expect(selectLimited('a', 'FROM t', 'mssql', 5)).toBe('SELECT TOP (5) a FROM t');
  expect(selectLimited('a', 'FROM t', 'mysql', 5)).toBe('SELECT a FROM t LIMIT 5');
  expect(limited('SELECT 1 -- one', 'postgres', 5)).toContain('-- one\n)');
  expect(limited('SELECT 1 ORDER BY 1', 'mysql', 5)).toBe('SELECT 1 ORDER BY 1');
});
