import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type DirectoryCondition,
  type DirectorySearch,
  filterValue,
  openQuery,
} from '../../../adapters/mssql/open-query.ts';
import { injectionCorpus } from '../../support/adapter-suite.ts';
import { runs } from '../../support/runs.ts';
import { ldapPieces, tokens } from './adsi.ts';

/** A search with one condition. */
function search(condition: Partial<DirectoryCondition>, more: Partial<DirectorySearch> = {}): DirectorySearch {
  return {
    linkedServer: 'ADSI',
    baseDn: 'DC=example,DC=com',
    attributes: ['sAMAccountName', 'mail'],
    conditions: [{ attributes: ['mail'], match: 'exact', value: 'bob@example.com', ...condition }],
    limit: 11,
    ...more,
  };
}

/** Un-quotes all three layers. Fails unless the statement has the one shape it may have. */
function read(statement: string | undefined, attribute = 'mail') {
  if (statement === undefined) throw new Error('no statement');
  const outer = tokens(statement);
  const literals = outer.filter(({ kind }) => kind === 'string');
  expect(literals).toHaveLength(1);
  const outerShape = outer.map(({ kind, text }) => (kind === 'string' ? '?' : text)).join(' ');
  const inner = tokens(literals[0]?.text ?? '');
  const innerShape = inner.map(({ kind, text }) => (kind === 'string' ? '?' : text)).join(' ');
  expect(innerShape).toBe(
    `SELECT sAMAccountName , mail FROM ? WHERE objectCategory = ? AND objectClass = ? AND ${attribute} = ?`,
  );
  const strings = inner.filter(({ kind }) => kind === 'string').map(({ text }) => text);
  expect(strings.slice(1, 3)).toEqual(['Person', 'user']);
  return { outerShape, path: strings[0], pieces: ldapPieces(strings[3] ?? '') };
}

const SHAPE = 'SELECT TOP ( 11 ) sAMAccountName , mail FROM OPENQUERY ( ADSI , ? ) ORDER BY sAMAccountName';
// Texts of any characters, with those that mean something to one of the languages far more often than by chance.
const spicy = fc.constantFrom(
  "'",
  "''",
  '"',
  '*',
  '\\',
  '(',
  ')',
  '[',
  ']',
  ';',
  '--',
  '/*',
  '\0',
  '\r\n',
  '%',
  '_',
  '=',
  '|',
  '&',
  '\u02bc',
  '\u2019',
  '\uff07',
  '\\27',
  '\\2a',
  'é',
  'Ł',
  '山',
  '🚀',
  " OR '1'='1",
  ')(objectClass=*)',
  '\u202e',
);
const value = fc
  .array(fc.oneof(spicy, fc.string({ unit: 'binary', maxLength: 6 })), { minLength: 1, maxLength: 30 })
  .map((parts) => parts.join(''));

describe('a search through a linked server', () => {
  it('is written as in chapter 1.5 of the manual', () => {
    expect(openQuery(search({}))).toBe(
      "SELECT TOP (11) [sAMAccountName], [mail] FROM OPENQUERY([ADSI], 'SELECT sAMAccountName, mail " +
        "FROM ''LDAP://DC=example,DC=com'' WHERE objectCategory=''Person'' AND objectClass=''user'' " +
        "AND mail=''bob@example.com''') ORDER BY [sAMAccountName]",
    );
  });

  it('gives back every value as exactly one literal', () => {
    fc.assert(
      fc.property(value, (text) => {
        const { outerShape, pieces } = read(openQuery(search({ value: text })));
        expect(outerShape).toBe(SHAPE);
        expect(pieces).toEqual([text.toWellFormed()]);
      }),
      runs(150),
    );
  });

  it('has the wildcards of the match and no others', () => {
    fc.assert(
      fc.property(value, (text) => {
        const wanted = text.toWellFormed();
        expect(read(openQuery(search({ value: text, match: 'prefix' }))).pieces).toEqual([wanted, '']);
        expect(read(openQuery(search({ value: text, match: 'contains' }))).pieces).toEqual(['', wanted, '']);
      }),
      runs(100),
    );
    expect(read(openQuery(search({ value: '4*2', match: 'digits' }))).pieces).toEqual(['', '4', '*', '2', '']);
  });

  it('is ASCII, whatever the value, so that no code page can make a quote of another character', () => {
    fc.assert(
      fc.property(value, value, (text, name) => {
        const statement = openQuery(search({ value: text }, { baseDn: `OU=${name},DC=example,DC=com` }));
        expect(statement).toMatch(/^[ -~]*$/);
      }),
      runs(100),
    );
  });

  it('keeps its shape for every value of the injection corpus', () => {
    for (const text of injectionCorpus) {
      const statement = openQuery(search({ value: text }));
      if (text.length > 8_000) expect(statement).toBeUndefined();
      else expect(read(statement).pieces).toEqual([text.toWellFormed()]);
    }
  });

  it('writes none whose inner text OPENQUERY would refuse', () => {
    const longest = (count: number) => openQuery(search({ value: 'x'.repeat(count) }));
    let count = 7_000;
    while (longest(count) !== undefined) count += 1;
    const [literal = ''] = /'.*'/.exec(longest(count - 1) ?? '') ?? [];
    expect(literal).toHaveLength(8_002);
  });

  it('searches several attributes for one value', () => {
    const statement = openQuery(search({ attributes: ['telephoneNumber', 'mobile'], match: 'digits', value: '42' }));
    expect(statement).toContain("AND (telephoneNumber=''*4*2*'' OR mobile=''*4*2*'')')");
  });

  it('keeps the base one literal, with the escapes of its DN', () => {
    fc.assert(
      fc.property(value, (name) => {
        const { path, outerShape } = read(openQuery(search({}, { baseDn: `OU=${name},DC=example,DC=com` })));
        expect(path).toMatch(/^LDAP:\/\/OU=[^'*/]*,DC=example,DC=com$/);
        expect(outerShape).toBe(SHAPE);
      }),
    );
    const { path } = read(openQuery(search({}, { baseDn: String.raw`OU=O'Brien\, Müller/Sons,DC=example` })));
    expect(path).toBe(String.raw`LDAP://OU=O\27Brien\, M\c3\bcller\2fSons,DC=example`);
  });

  it('quotes the name of the linked server', () => {
    const { outerShape } = read(openQuery(search({}, { linkedServer: "AD]; DROP TABLE x--'" })));
    expect(outerShape).toContain("OPENQUERY ( AD]; DROP TABLE x--' , ? )");
  });

  it('refuses what cannot be an attribute', () => {
    for (const name of ['', 'mail, *', "mail'", 'mail]', '1mail', 'mail--x', 'mail-', 'données']) {
      expect(() => openQuery(search({ attributes: [name] })), name).toThrow('cannot be the name of an attribute');
      expect(() => openQuery(search({}, { attributes: [name] })), name).toThrow('cannot be the name of an attribute');
    }
  });

  it('leaves plain letters, digits and addresses readable', () => {
    expect(filterValue('Bob.Smith-2@example.com')).toBe('Bob.Smith-2@example.com');
    expect(filterValue("O'Brien (*)")).toBe(String.raw`O\27Brien \28\2a\29`);
    expect(filterValue('Żółć')).toBe(String.raw`\c5\bb\c3\b3\c5\82\c4\87`);
  });
});
