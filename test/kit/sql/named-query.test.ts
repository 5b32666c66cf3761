import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/contract/index.ts';
import type { SqlDialect } from '../../../src/kit/sql/dialect.ts';
import { parseNamedQuery, renderNamedQuery } from '../../../src/kit/sql/named-query.ts';
import { runs } from '../../support/runs.ts';

const render = (sql: string, dialect: SqlDialect = 'sqlite') =>
  renderNamedQuery(parseNamedQuery(sql, dialect), (name, index) => `<${name}${index}>`);

describe('a query with named parameters', () => {
  it('is split at its parameters, and nowhere else', () => {
    expect(parseNamedQuery('SELECT a FROM t WHERE b = :email AND c=:Custom5 OR :email', 'sqlite')).toEqual({
      pieces: ['SELECT a FROM t WHERE b = ', ' AND c=', ' OR ', ''],
      parameters: ['email', 'Custom5', 'email'],
    });
  });

  it.each<[SqlDialect, string]>([
    ['sqlite', "SELECT ':no', 'it''s :no', '' , ':no'"],
    ['sqlite', 'SELECT ":no", "a "":no"'],
    ['sqlite', 'SELECT `:no`, [:no]'],
    ['sqlite', 'SELECT 1 -- :no\n, 2 /* :no * / :no */'],
    ['sqlite', "SELECT '-- ', '/*' -- it's"],
    ['sqlite', "SELECT '10:30', 5 : 3, 1:2"],
    ['postgres', "SELECT 'a'::text, now()::date, b::varchar(5)"],
    ['postgres', "SELECT E'it\\'s :no', e'\\\\', $$ :no ' $$, $tag$ :no $$ $tag$"],
    ['postgres', "SELECT 'a\\', b ->> 'c', d ? 'e'"],
    ['mysql', 'SELECT \'it\\\'s :no\', "a\\":no", 1 # :no\n, `:no`, @a := 1, 5--2'],
    ['mssql', "SELECT [a]]:no], @x, 'a\\'"],
  ])('has none in strings, quoted names and comments of %s: %s', (dialect, sql) => {
    expect(parseNamedQuery(sql, dialect)).toEqual({ pieces: [sql], parameters: [] });
  });

  it.each<[SqlDialect, string, string]>([
    ['sqlite', "SELECT ':no' || :yes || ':no'", "SELECT ':no' || <yes0> || ':no'"],
    ['postgres', 'SELECT :a::int, f(:b)', 'SELECT <a0>::int, f(<b1>)'],
    ['postgres', "SELECT 'a\\' || :yes", "SELECT 'a\\' || <yes0>"],
    ['mysql', "SELECT 'a\\\\' || :yes", "SELECT 'a\\\\' || <yes0>"],
    ['mysql', 'SELECT 5--:yes', 'SELECT 5--<yes0>'],
    ['mssql', 'SELECT [a] WHERE b=:yes', 'SELECT [a] WHERE b=<yes0>'],
  ])('has them beside those in %s: %s', (dialect, sql, expected) => {
    expect(render(sql, dialect)).toBe(expected);
  });

  it('may begin with a comment, and end with a semicolon and one more', () => {
    expect(render('-- all of them\nWITH a AS (SELECT 1) SELECT * FROM a ; -- done\n;')).toBe(
      '-- all of them\nWITH a AS (SELECT 1) SELECT * FROM a ',
    );
  });

  it.each<[SqlDialect, string, RegExp]>([
    ['sqlite', '', /is empty/],
    ['sqlite', ' -- nothing\n', /is empty/],
    ['sqlite', 'UPDATE a SET b = 1', /line 1: the query begins with "UPDATE"; it must be a SELECT/],
    ['sqlite', 'selector', /begins with "selector"/],
    ['sqlite', '; SELECT 1', /begins with ";"/],
    ['sqlite', 'SELECT 1;\nDROP TABLE a', /line 2: there is a second statement/],
    ['sqlite', 'SELECT 1; :email', /a second statement/],
    ['sqlite', "SELECT 1\nWHERE a = 'b", /line 2: a string that begins with ' is not closed/],
    ['sqlite', 'SELECT "a', /a quoted name that begins with " is not closed/],
    ['sqlite', 'SELECT 1 /* a', /a comment that begins with/],
    ['sqlite', 'SELECT (1', /a parenthesis is not closed/],
    ['sqlite', 'SELECT 1)', /a parenthesis is closed that was not opened/],
    ['sqlite', 'SELECT ?1', /"\?1" is no parameter here; write :email/],
    ['sqlite', 'SELECT @email', /"@email" is no parameter/],
    ['sqlite', 'SELECT $email', /"\$email" is no parameter/],
    ['mysql', 'SELECT ?', /"\?" is no parameter/],
  ])('of %s is refused when it is wrong: %s', (dialect, sql, message) => {
    expect(() => parseNamedQuery(sql, dialect)).toThrow(UserError);
    expect(() => parseNamedQuery(sql, dialect)).toThrow(message);
  });

  it('is the same text again, or a clear error, whatever is written', () => {
    const tokens = [
      'SELECT',
      ' ',
      ':a',
      '::',
      "'",
      '"',
      '`',
      '[',
      ']',
      '(',
      ')',
      '--',
      '\n',
      '/*',
      '*/',
      '$',
      '\\',
      'é',
      '?',
      'E',
    ];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...tokens)),
        fc.constantFrom<SqlDialect>('sqlite', 'mysql', 'mssql', 'postgres'),
        (words, dialect) => {
          const sql = `SELECT ${words.join('')}`;
          try {
            expect(renderNamedQuery(parseNamedQuery(sql, dialect), (name) => `:${name}`)).toBe(sql);
          } catch (error) {
            expect(error).toBeInstanceOf(UserError);
          }
        },
      ),
      runs(150),
    );
  });

  it('is read in reasonable time when it is long', () => {
    const sql = `SELECT ${"'a', ".repeat(20_000)} :a`;
    expect(parseNamedQuery(sql, 'postgres').parameters).toEqual(['a']);
    expect(() => parseNamedQuery(`SELECT '${"''".repeat(50_000)}`, 'sqlite')).toThrow(/not closed/);
  });
});
