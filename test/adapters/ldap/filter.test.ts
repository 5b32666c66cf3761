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
import { and, between, type FilterNode } from '../../../adapters/ldap/filter.ts';
import { encodable } from '../../../adapters/ldap/filter-encoding.ts';
import { parseFilter } from '../../../adapters/ldap/filter-text.ts';
import { field, presets } from '../../../adapters/ldap/presets.ts';
import { sourceFieldsOf } from '../../../adapters/ldap/source-fields.ts';
import { type Criterion, isSought, type MatchKind, spellingsOf } from '../../../src/contract/index.ts';
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

/** The bytes that a server gets, in hexadecimal. */
function bytesOf(node: FilterNode): string {
  const writer = new BerWriter();
  encodable(node).write(writer);
  return writer.buffer.toString('hex');
}

/** The filter of one criterion. */
function filterOf(criterion: Criterion, fields: ReadonlyMap<string, ReturnType<typeof field>> = plain): FilterNode {
  const plan = planOf([[criterion]], fields);
  if (plan === undefined) throw new Error('nobody can meet this');
  return and(plan.filters);
}

/** Text and bytes of all conditions of a filter. */
function valuesIn(filter: Filter): readonly unknown[] {
  if (filter instanceof OrFilter || filter instanceof AndFilter) return filter.filters.flatMap(valuesIn);
  if (filter instanceof SubstringFilter)
    return [filter.initial, ...filter.any, filter.final].filter((part) => part !== '');
  if (filter instanceof EqualityFilter) return [filter.value];
  throw new Error(`unexpected: ${filter.constructor.name}`);
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(...injectionCorpus),
);
const searchable = anyText.filter(
  (value) => !value.includes('\0') && value.isWellFormed() && isSought({ field: 'code', match: 'exact', value }),
);

describe('a value is data', () => {
  test('exact, prefix and contains: conditions with just this value, in its spellings', () => {
    fc.assert(
      fc.property(searchable, fc.constantFrom<MatchKind>('exact', 'prefix', 'contains'), (value, match) => {
        const criterion = { field: 'code', match, value };
        const filter = overTheWire(filterOf(criterion));
        const spellings = spellingsOf(criterion);
        expect(valuesIn(filter)).toEqual(spellings);
        if (spellings.length === 1) expect(filter).toBeInstanceOf(match === 'exact' ? EqualityFilter : SubstringFilter);
      }),
    );
  });

  test('a NUL goes over the wire as it is, for whoever builds a filter', () => {
    const filter = overTheWire({ kind: 'equal', attribute: 'cn', value: 'a\0*)(cn=*' });
    expect(filter).toMatchObject({ value: 'a\0*)(cn=*' });
  });

  test('a mail address is searched in all attributes, and behind its protocol', () => {
    fc.assert(
      fc.property(searchable, (value) => {
        const criterion = { field: 'email', match: 'exact', value } as const;
        const filter = overTheWire(filterOf(criterion, activeDirectory));
        const spellings = spellingsOf(criterion);
        const expected = [...spellings, ...spellings.map((one) => `smtp:${one}`), ...spellings];
        expect(valuesIn(filter)).toEqual(expected);
      }),
    );
  });

  test('what no directory can hold finds nobody', () => {
    for (const value of ['\ud800', 'a\0b', '\0', '   ']) {
      expect(planOf([[{ field: 'code', match: 'exact', value }]], plain)).toBeUndefined();
    }
  });
});

describe('on the wire a filter is what RFC 4511, 4.5.1, says of it:', () => {
  const A = '040161';
  const present = { kind: 'present', attribute: 'a' } as const;
  test.each<[string, FilterNode, string]>([
    ['(&(a=*)(a=*))', { kind: 'and', parts: [present, present] }, 'a006870161870161'],
    ['(|(a=*)(a=*))', { kind: 'or', parts: [present, present] }, 'a106870161870161'],
    ['(!(a=*))', { kind: 'not', part: present }, 'a203870161'],
    ['(a=5)', { kind: 'equal', attribute: 'a', value: '5' }, `a306${A}040135`],
    ['(a>=5)', { kind: 'atLeast', attribute: 'a', value: '5' }, `a506${A}040135`],
    ['(a<=5)', { kind: 'atMost', attribute: 'a', value: '5' }, `a606${A}040135`],
    ['(a~=5)', { kind: 'approximate', attribute: 'a', value: Buffer.from('5') }, `a806${A}040135`],
    [
      '(a=x*y*z)',
      { kind: 'substring', attribute: 'a', initial: 'x', any: ['y'], final: 'z' },
      `a40e${A}3009800178810179${'82017a'}`,
    ],
    ['(a=*y*)', { kind: 'substring', attribute: 'a', initial: '', any: ['y'], final: '' }, `a408${A}3003810179`],
    [
      '(a:dn:2.4:=5)',
      { kind: 'extensible', attribute: 'a', rule: '2.4', inDn: true, value: '5' },
      'a90e8103322e348201618301358401ff',
    ],
  ])('%s', (_text, node, bytes) => {
    expect(bytesOf(node)).toBe(bytes);
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
      expect(planOf([[{ field: 'object_guid', match, value }]], activeDirectory)).toBeUndefined();
    }
  });

  test('a telephone is searched by its last digits, and looked at again', () => {
    const phone = (value: string) => planOf([[{ field: 'mobile', match: 'exact', value }]], activeDirectory);
    const plan = phone('+1 (845) 555-4278 x7');
    expect(plan?.filters).toEqual([
      { kind: 'substring', attribute: 'mobile', initial: '', any: [...'5554278'], final: '' },
    ]);
    expect(plan?.checks).toHaveLength(1);
    expect(phone('n/a')).toBeUndefined();
  });

  test('a day and an instant are a span of time, as the attribute keeps it', () => {
    const span = (field: string, value: string) => filterOf({ field, match: 'exact', value }, activeDirectory);
    expect(span('when_created', '2026-12-31')).toEqual(
      between('whenCreated', '20261231000000.0Z', '20270101000000.0Z'),
    );
    for (const value of ['2026-12-31T10:00:00Z', '2026-12-31T11:00+01:00', '1798711200', '2026-12-31T10:00:00.000Z']) {
      expect(span('when_created', value)).toEqual(between('whenCreated', '20261231100000.0Z', '20261231100001.0Z'));
    }
    expect(span('account_expires', '2026-12-31')).toEqual(
      between('accountExpires', '134431488000000000', '134432352000000000'),
    );
  });

  test('a yes and a number are asked for as directories write them', () => {
    const asked = (criterion: Omit<Criterion, 'field' | 'match'>) =>
      valuesIn(overTheWire(filterOf({ field: 'code', match: 'exact', ...criterion })));
    expect(asked({ kind: 'boolean', value: 'true' })).toEqual(
      expect.arrayContaining(['TRUE', 'yes', 'on', '1', 'ja', 'oui']),
    );
    expect(asked({ kind: 'boolean', value: 'no' })).toContain('FALSE');
    expect(asked({ kind: 'number', value: '012.50' })).toEqual(['012.50', '12.5', '12.5']);
    const locked = new Map([['locked', field('nsAccountLock')]]);
    expect(filterOf({ field: 'locked', match: 'exact', value: 'Yes' }, locked)).toMatchObject({ value: 'TRUE' });
    expect(planOf([[{ field: 'locked', match: 'exact', value: 'maybe' }]], locked)).toBeUndefined();
  });

  test('of a group one criterion is enough; all groups must be met', () => {
    const word = (value: string) =>
      (['first_name', 'last_name'] as const).map((name) => ({ field: name, match: 'contains', value }) as const);
    const plan = planOf([word('max'), word('brown')], activeDirectory);
    expect(plan?.filters).toMatchObject([
      {
        kind: 'or',
        parts: [
          { attribute: 'givenName', any: ['max'] },
          { attribute: 'sn', any: ['max'] },
        ],
      },
      {
        kind: 'or',
        parts: [
          { attribute: 'givenName', any: ['brown'] },
          { attribute: 'sn', any: ['brown'] },
        ],
      },
    ]);
    expect(plan?.checks).toEqual([]);
    const unknown = { field: 'shoe_size', match: 'exact', value: '43' } as const;
    expect(planOf([[unknown, ...word('max')]], activeDirectory)?.filters).toHaveLength(1);
    expect(planOf([word('max'), [unknown]], activeDirectory)).toBeUndefined();
  });

  test('a wider question has what all spellings have in common', () => {
    const wider = (field: string, value: string, match: MatchKind = 'exact') =>
      planOf([[{ field, match, value }]], activeDirectory)?.wider;
    const has = (attribute: string, ...any: string[]) => ({
      kind: 'substring',
      attribute,
      initial: '',
      any,
      final: '',
    });
    expect(wider('last_name', 'Muller')).toMatchObject({ checks: [{}] });
    expect(wider('last_name', 'Muller')?.filters).toMatchObject([
      { parts: expect.arrayContaining([has('sn', 'm', 'll', 'r')]) },
    ]);
    expect(wider('email', 'Bob <bob@example.com>')?.filters).toMatchObject([
      { parts: expect.arrayContaining([has('mail', 'bob@example.com')]) },
    ]);
    expect(wider('title', 'red, blue')?.filters).toMatchObject([
      { parts: expect.arrayContaining([{ kind: 'and', parts: [has('title', 'red'), has('title', 'blue')] }]) },
    ]);
    for (const name of ['Eo', 'Иванова']) expect(wider('last_name', name)).toBeUndefined();
    expect(wider('customer_id', 'bjones')).toBeUndefined();
    expect(wider('phone', '845 555 4278')).toBeUndefined();
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
      const plan = planOf([[{ field: name, match: 'contains', value: 'e' }]], activeDirectory);
      expect(plan?.filters).toEqual([]);
      expect(plan?.checks).toHaveLength(1);
    }
  });

  test('a field that is not there finds nobody', () => {
    const groups: Criterion[][] = [
      [{ field: 'last_name', match: 'exact', value: 'Smith' }],
      [{ field: 'shoe_size', match: 'exact', value: '43' }],
    ];
    expect(planOf(groups, activeDirectory)).toBeUndefined();
  });

  test('fields say how they can be searched, and what they hold', () => {
    const fields = new Map(sourceFieldsOf(activeDirectory).map((one) => [one.name, one]));
    expect(fields.size).toBe(activeDirectory.size);
    expect(fields.get('last_name')).toEqual({ name: 'last_name', kind: 'name' });
    expect(fields.get('email_addresses')).toEqual({ name: 'email_addresses', kind: 'email' });
    expect(fields.get('when_created')).toEqual({ name: 'when_created', kind: 'date', searchable: ['exact'] });
    expect(fields.get('object_guid')).toEqual({ name: 'object_guid', kind: 'text', searchable: ['exact'] });
    expect(fields.get('account_status')).toEqual({ name: 'account_status', kind: 'text', searchable: [] });
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
      runs(150),
    );
  });
});
