import fc from 'fast-check';
import {
  AndFilter,
  BerReader,
  BerWriter,
  EqualityFilter,
  ExtensibleFilter,
  type Filter,
  FilterParser,
  NotFilter,
  OrFilter,
  PresenceFilter,
  SubstringFilter,
} from 'ldapts';
import { describe, expect, test } from 'vitest';
import { planOf } from '../../../adapters/ldap/criteria.ts';
import { and, type FilterNode } from '../../../adapters/ldap/filter.ts';
import { encodable } from '../../../adapters/ldap/filter-encoding.ts';
import { parseFilter } from '../../../adapters/ldap/filter-text.ts';
import { field, presets } from '../../../adapters/ldap/presets.ts';
import type { Criterion, MatchKind } from '../../../src/contract/index.ts';
import { injectionCorpus } from '../../support/adapter-suite.ts';
import { runs } from '../../support/runs.ts';

const activeDirectory = new Map(Object.entries(presets['active-directory'].fields));
const plain = new Map([['code', field('employeeNumber')]]);

/** What a server reads from the bytes that we send. */
function overTheWire(node: FilterNode): Filter {
  const writer = new BerWriter();
  encodable(node).write(writer);
  return FilterParser.parse(new BerReader(writer.buffer));
}

/** The filter of one criterion. */
function filterOf(criterion: Criterion, fields: ReadonlyMap<string, ReturnType<typeof field>> = plain): FilterNode {
  const plan = planOf([criterion], fields);
  if (plan === undefined) throw new Error('nobody can meet this');
  return and(plan.filters);
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(...injectionCorpus),
);
const searchable = anyText
  .map((text) => text.trim())
  .filter((text) => text !== '' && !text.includes('\0') && text.isWellFormed());

describe('a value is data', () => {
  test('exact: one equality with just this value', () => {
    fc.assert(
      fc.property(searchable, (value) => {
        const filter = overTheWire(filterOf({ field: 'code', match: 'exact', value }));
        expect(filter).toBeInstanceOf(EqualityFilter);
        expect(filter).toMatchObject({ attribute: 'employeenumber', value });
      }),
    );
  });

  test('prefix and contains: one substring condition with just this value', () => {
    fc.assert(
      fc.property(searchable, fc.constantFrom<MatchKind>('prefix', 'contains'), (value, match) => {
        const filter = overTheWire(filterOf({ field: 'code', match, value }));
        expect(filter).toBeInstanceOf(SubstringFilter);
        const initial = match === 'prefix' ? value : '';
        const any = match === 'contains' ? [value] : [];
        expect(filter).toMatchObject({ attribute: 'employeenumber', initial, any, final: '' });
      }),
    );
  });

  test('a NUL goes over the wire as it is, for whoever builds a filter', () => {
    const filter = overTheWire({ kind: 'equal', attribute: 'cn', value: 'a\0*)(cn=*' });
    expect(filter).toMatchObject({ value: 'a\0*)(cn=*' });
  });

  test('the shape of the filter of a person does not depend on the value', () => {
    fc.assert(
      fc.property(searchable, (value) => {
        const filter = overTheWire(filterOf({ field: 'email', match: 'exact', value }, activeDirectory));
        expect(filter).toBeInstanceOf(OrFilter);
        expect(filter).toMatchObject({
          filters: [
            { attribute: 'mail', value },
            { attribute: 'proxyaddresses', value: `smtp:${value}` },
            { attribute: 'userprincipalname', value },
          ],
        });
      }),
    );
  });

  test('what no directory can hold finds nobody', () => {
    for (const value of ['\ud800', 'a\0b', '\0', '   ']) {
      expect(planOf([{ field: 'code', match: 'exact', value }], plain)).toBeUndefined();
    }
  });
});

describe('criteria', () => {
  test('an objectGUID is searched by its bytes, of which three groups are turned round', () => {
    const guid = '00112233-4455-6677-8899-aabbccddeeff';
    for (const value of [guid, guid.toUpperCase(), `{${guid}}`, guid.replaceAll('-', '')]) {
      expect(filterOf({ field: 'object_guid', match: 'exact', value }, activeDirectory)).toEqual({
        kind: 'equal',
        attribute: 'objectGUID',
        value: Buffer.from('33221100554477668899aabbccddeeff', 'hex'),
      });
    }
    for (const [match, value] of [
      ['prefix', guid],
      ['exact', 'Smith'],
      ['exact', `${guid}0`],
    ] as const) {
      expect(planOf([{ field: 'object_guid', match, value }], activeDirectory)).toBeUndefined();
    }
  });

  test('a telephone is searched by its digits, and looked at again', () => {
    const plan = planOf([{ field: 'mobile', match: 'exact', value: '+1 (84) 5' }], activeDirectory);
    expect(plan?.filters).toEqual([
      { kind: 'substring', attribute: 'mobile', initial: '', any: ['1', '8', '4', '5'], final: '' },
    ]);
    expect(plan?.checks).toHaveLength(1);
    expect(planOf([{ field: 'mobile', match: 'exact', value: '1'.repeat(41) }], activeDirectory)).toBeUndefined();
  });

  test('part of a mail address is looked for behind its protocol', () => {
    const filter = filterOf({ field: 'email_addresses', match: 'contains', value: 'smt' }, activeDirectory);
    expect(filter).toEqual({
      kind: 'substring',
      attribute: 'proxyAddresses',
      initial: 'smtp:',
      any: ['smt'],
      final: '',
    });
  });

  test('what is concluded or converted is left to the gateway', () => {
    for (const name of ['account_status', 'when_created', 'last_logon']) {
      const plan = planOf([{ field: name, match: 'contains', value: 'e' }], activeDirectory);
      expect(plan?.filters).toEqual([]);
      expect(plan?.checks).toHaveLength(1);
    }
  });

  test('a field that is not there finds nobody', () => {
    const criteria: Criterion[] = [
      { field: 'last_name', match: 'exact', value: 'Smith' },
      { field: 'shoe_size', match: 'exact', value: '43' },
    ];
    expect(planOf(criteria, activeDirectory)).toBeUndefined();
  });
});

describe('the filter of an administrator', () => {
  const same = (text: string, other: string) => expect(parseFilter(text)).toEqual(parseFilter(other));

  test('every kind of condition comes over the wire', () => {
    const filter = overTheWire(
      parseFilter(
        '(&(objectClass=user)(|(sn=S*m*th)(mail=*))(!(uid>=a))(uid<=z)(sn~=smyth)(userAccountControl:1.2.840.113556.1.4.803:=2))',
      ),
    );
    expect(filter).toBeInstanceOf(AndFilter);
    expect(filter).toMatchObject({
      filters: [
        { attribute: 'objectclass', value: 'user' },
        { filters: [{ attribute: 'sn', initial: 'S', any: ['m'], final: 'th' }, {}] },
        { filter: { attribute: 'uid', value: 'a' } },
        { attribute: 'uid', value: 'z' },
        { attribute: 'sn', value: 'smyth' },
        { matchType: 'userAccountControl', rule: '1.2.840.113556.1.4.803', value: '2' },
      ],
    });
    if (!(filter instanceof AndFilter)) throw new Error('no AND');
    const [, either, not, , , rule] = filter.filters;
    expect(either).toBeInstanceOf(OrFilter);
    // The library's own reader takes the name of this one from the wrong place; the bytes are right.
    expect(either instanceof OrFilter ? either.filters[1] : undefined).toBeInstanceOf(PresenceFilter);
    const writer = new BerWriter();
    encodable(parseFilter('(mail=*)')).write(writer);
    expect(writer.buffer).toEqual(Buffer.from('\x87\x04mail', 'latin1'));
    expect(not).toBeInstanceOf(NotFilter);
    expect(rule).toBeInstanceOf(ExtensibleFilter);
  });

  test('may be written over several lines, without outer brackets, with OIDs and options', () => {
    same('(&\n  (objectClass=person)\n  (! (ou=gone) )\n)\n', '(&(objectClass=person)(!(ou=gone)))');
    same('objectClass=person', '(objectClass=person)');
    expect(parseFilter('(2.5.4.4=x)')).toEqual({ kind: 'equal', attribute: '2.5.4.4', value: 'x' });
    expect(parseFilter('(cn;lang-de=x)')).toMatchObject({ attribute: 'cn;lang-de' });
  });

  test('escapes are bytes', () => {
    expect(parseFilter('(cn=M\\c3\\bcller \\28x\\29 \\2a)')).toMatchObject({ value: 'Müller (x) *' });
    expect(parseFilter('(cn=\\2a*\\5c)')).toMatchObject({ kind: 'substring', initial: '*', any: [], final: '\\' });
    expect(parseFilter('(objectGUID=\\33\\22\\ff)')).toMatchObject({ value: Buffer.from('3322ff', 'hex') });
  });

  test.each([
    ['', 'a condition without "="'],
    ['(cn=x', 'lacks a closing bracket'],
    ['(cn=x))', 'something after its last bracket'],
    ['(&)', 'a sign without a condition'],
    ['(&(cn=x)(sn))', 'a condition without "="'],
    ['(!(a=b)(c=d))', 'lacks a ")", after "(!(a=b)"'],
    ['(c n=x)', '"c n", which is no name of an attribute'],
    ['(cn=a\\zz)', 'write \\5c for itself'],
    ['(cn=\\ff*)', 'bytes that are no text'],
    ['(:=x)', '":=", which is no rule'],
    ['('.repeat(60), 'a condition without "="'],
    [`${'(!'.repeat(60)}(a=b)${')'.repeat(60)}`, 'more than 50 brackets'],
  ])('%j is refused with a word on what is wrong', (text, words) => {
    expect(() => parseFilter(text)).toThrow(words);
  });

  test('never anything but a filter or a word on what is wrong', () => {
    const pieces = fc.array(fc.constantFrom('(', ')', '&', '|', '!', '=', '*', 'cn', '\\', '2a', ':', ' ', 'é', '>'));
    fc.assert(
      fc.property(pieces, (parts) => {
        let node: FilterNode;
        try {
          node = parseFilter(parts.join(''));
        } catch (error) {
          expect(error).toHaveProperty('name', 'UserError');
          return;
        }
        expect(overTheWire(node)).toBeDefined();
      }),
      runs(300),
    );
  });
});
