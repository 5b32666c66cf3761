import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Criterion,
  comparedForms,
  emailAddresses,
  KINDS,
  kindByName,
  meets,
  phoneEnds,
  type Scalar,
  spellingsOf,
  textOf,
  type Value,
  withoutInvisible,
} from '../../src/contract/index.ts';
import { insertableText } from '../../src/helpspot/insertable.ts';

const matches = (field: string, match: 'exact' | 'prefix' | 'contains', stored: string, asked: string) =>
  meets({ [field]: stored }, { field, match, value: asked });

describe('what counts as the same', () => {
  it.each([
    ['email', 'Bob@Example.com', ' bob@example.COM '],
    ['phone', '845-555-4278', '(845) 555-4278'],
    ['mobile_phone', '+41 44 668 18 00', '+41446681800'],
    ['last_name', 'Müller', 'muller'],
    ['last_name', 'Straße', 'STRASSE'],
    ['first_name', 'Zoe\u0308', 'Zoë'],
    ['lastname', 'Łukasz', 'lukasz'],
    ['fullname', 'Anna  Maria', 'anna maria'],
    ['city', 'ZÜRICH', 'zürich'],
  ])('%s: %j is found by %j', (field, stored, asked) => {
    expect(matches(field, 'exact', stored, asked)).toBe(true);
  });

  it.each([
    ['email', 'bob@example.com', 'bo@example.com'],
    ['city', 'Zürich', 'Zurich'],
    ['last_name', 'Jones', 'Jone'],
    ['company', '', ''],
    ['phone', 'n/a', 'none'],
  ])('%s: %j is not found by %j', (field, stored, asked) => {
    expect(matches(field, 'exact', stored, asked)).toBe(false);
  });

  it('matches the beginning and the inside', () => {
    expect(matches('last_name', 'prefix', 'Öztürk', 'oz')).toBe(true);
    expect(matches('last_name', 'prefix', 'Öztürk', 'urk')).toBe(false);
    expect(matches('last_name', 'contains', 'Öztürk', 'URK')).toBe(true);
  });

  it('finds one item of a list', () => {
    const record = { email: ['a@example.com', 'b@example.com'] };
    expect(meets(record, { field: 'email', match: 'exact', value: 'B@example.com' })).toBe(true);
  });

  it('does not find what is not there', () => {
    expect(meets({}, { field: 'email', match: 'contains', value: 'a' })).toBe(false);
  });

  it('knows telephones, addresses and names by the field', () => {
    const phones = [
      'phone',
      'work_phone',
      'mobile',
      'Fax',
      'telefon',
      'Handy',
      'tel2',
      'businessPhones',
      'phone_number',
      'mobilePhone2',
    ];
    expect(new Set(phones.map(kindByName))).toEqual(new Set(['phone']));
    expect(new Set(['email', 'mail', 'e_mail', 'EmailAddress', 'mail_private', 'emails'].map(kindByName))).toEqual(
      new Set(['email']),
    );
    expect(new Set(['last_name', 'fullname', 'nachname', 'displayName'].map(kindByName))).toEqual(new Set(['name']));
    const others = [
      'cancelled',
      'cancellation_date',
      'is_cell',
      'phone_verified',
      'excellence',
      'email_verified',
      'mailing',
      'city',
      'hotel',
      'mobility',
    ];
    expect(new Set(others.map(kindByName))).toEqual(new Set(['text']));
  });
});

type Case = readonly [stored: Value, sought: string, more?: Partial<Criterion> | undefined];

function cases(list: readonly Case[]) {
  return list.map(([stored, sought, more]) => ({ stored, sought, more }));
}

/** Each of these names, looked for by each other. */
function alike(...names: readonly string[]): readonly Case[] {
  return names.flatMap((stored) => names.filter((one) => one !== stored).map((sought): Case => [stored, sought]));
}

function found([stored, value, more]: Case, field: string): boolean {
  return meets({ [field]: stored }, { field, match: 'exact', value, ...more });
}

const DE = { country: 'DE' };
const US = { country: 'US' };

describe('telephone numbers', () => {
  const berlin = '+49 (0)30 123-45';
  const spellings = [
    ...['+493012345', '030 123-45', '0049 30 12345', '+49 30 12345 x7', '493012345', '030/12345', '3012345'],
    ...[
      '\uff10\uff13\uff10 \uff11\uff12\uff13\uff14\uff15',
      'tel:+49-30-12345;ext=7',
      '(030) 12345 ext. 9',
      '030\u200b12345',
    ],
  ];
  it.each(
    cases([
      ...spellings.flatMap((sought): Case[] => [
        [berlin, sought],
        [berlin, sought, DE],
      ]),
      ...spellings.map((stored): Case => [stored, '+49 30 12345', DE]),
      ['2125550101', '1-212-555-0101'],
      ['1-212-555-0101', '(212) 555-0101'],
      ['1-212-555-0101', '+12125550101'],
      ['212.555.0101', '+1 212 555 0101', US],
      ['0171 2345678; 030 123450', '030 123450'],
      ['0171 2345678 / 030 123450', '+4930123450', DE],
      ['0171 2345678, 030 123450', '030123450', DE],
      [['030 123450', '0171 2345678'], '+49 171 2345678', DE],
      ['030 123450 x12', '030 123450'],
      ['030 123450', '030 123450 x12'],
      ['+44 (0)20 7946 0958', '020 7946 0958', { country: 'GB' }],
      ['+43 1 58858-0', '0043158858 0'],
      ['12345', '12345'],
      ['030 / 1234567', '030 1234567'],
      ['030 / 1234567', '+49301234567', DE],
      ['+49 30 1234567 +49 171 2345678', '0171 2345678', DE],
      ['030 1234567 bzw. 0171 2345678', '01712345678'],
      ['030 1234567 & 0171 2345678', '01712345678'],
      ['(+49) 30 5550001', '030 5550001'],
      ['Tel.: +49 30 5550001', '030 5550001'],
      ['00 49 30 5550001', '+49305550001'],
      ['++49 30 5550001', '030 5550001'],
      ['030 1234567 (Mo-Fr 9-17)', '030 1234567', DE],
      ['030 1234567 ext.: 12', '030 1234567 x12', DE],
      ['1-800-FLOWERS', '1-800-356-9377'],
      ['1-800-356-9377', '1-800-FLOWERS', US],
      ['ext 204', 'ext 204'],
      ['030 1234567', '٠٣٠ ١٢٣٤٥٦٧', DE],
      ['۰۳۰ ۱۲۳۴۵۶۷', '+49 30 1234567', DE],
      ['०३० १२३४५६७', '０３０ １２３４５６７'],
      ['030 8901234', '٠٣٠ ٨٩٠١٢٣٤'],
      // Two scripts of which the second begins behind the nine of the first.
      [
        '030 1234567',
        '\u{116da}\u{116dd}\u{116da} \u{116db}\u{116dc}\u{116dd}\u{116de}\u{116df}\u{116e0}\u{116e1}',
        DE,
      ],
    ]),
  )('$stored is found by $sought $more', ({ stored, sought, more }) => {
    expect(found([stored, sought, more], 'phone')).toBe(true);
  });

  it.each(
    cases([
      [berlin, '+43 30 12345'],
      [berlin, '+43 30 12345', DE],
      [berlin, '030 12346', DE],
      [berlin, '12345'],
      [berlin, '12345', DE],
      ['212', '+49 212'],
      ['030 123450 x12', '030 123450 x13'],
      ['030 123450', '040 123450', DE],
      ['n/a', 'none'],
      ['030 / 1234567', '030 / 9999999'],
      ['030 / 1234567', '030 / 9999999', DE],
      ['1-800-FLOWERS', '1-800-CONTACTS'],
      ['030 123459', 'Plan9', { match: 'contains' }],
      ['030 1234552', 'apt 5', { match: 'contains' }],
    ]),
  )('$stored is not found by $sought $more', ({ stored, sought, more }) => {
    expect(found([stored, sought, more], 'phone')).toBe(false);
  });

  it.each(
    cases([
      [berlin, '030 12', { match: 'prefix' }],
      [berlin, '+49 30', { match: 'prefix' }],
      [berlin, '0123', { match: 'contains' }],
      ['030 / 1234567', '030 / 12', { match: 'prefix' }],
    ]),
  )('$stored is found by its part $sought $more', ({ stored, sought, more }) => {
    expect(found([stored, sought, more], 'phone')).toBe(true);
  });

  it('are the same only with the same end, by which an index finds them', () => {
    const number = fc.stringMatching(/^(?:\+49 ?|0049|0)?(?:\(0\))?[1-9][0-9]{1,3}[ /-]?[0-9]{3,7}(?: x[0-9]{1,3})?$/);
    fc.assert(
      fc.property(number, number, fc.constantFrom(undefined, 'DE', 'US'), (stored, sought, country) => {
        if (!found([stored, sought, { country }], 'phone')) return;
        expect(phoneEnds(stored).some((end) => phoneEnds(sought).includes(end))).toBe(true);
      }),
    );
  });
});

describe('other kinds', () => {
  it.each(
    cases([
      ['Bob Carl <bob@example.com>', 'bob@EXAMPLE.com'],
      ['bob@example.com', 'Bob Carl <bob@example.com>'],
      ['a@example.de; b@example.de', 'b@example.de'],
      ['b@example.de', 'a@example.de; b@example.de'],
      ["'anna@example.com'", 'anna@example.com'],
      ['\u201ek2@example.com\u201c', 'k2@example.com'],
      ['a@example.de|b@example.de', 'b@example.de'],
      ['mailto:a@m\u00fcnchen.example', 'a@xn--mnchen-3ya.example;'],
      ['a@xn--mnchen-3ya.example', 'A@M\u00dcNCHEN.example'],
      ['Bob <a@m\u00fcnchen.example>', 'a@xn--mnchen-3ya.example'],
      ['Bob <a@xn--mnchen-3ya.example>', 'mailto:a@mu\u0308nchen.example'],
      ['Bob <a@m\u00fcnchen.example>', 'Bob <a@xn--mnch', { match: 'prefix' }],
      ['Bob <a@m\u00fcnchen.example>', 'mailto:a@xn--mnchen-3ya', { match: 'prefix' }],
      ['Bob <a@xn--mnchen-3ya.example>', 'a@m\u00fcn', { match: 'prefix' }],
      ['mailto:a@xn--mnchen-3ya.example', 'Bob <A@M\u00dcNCH', { match: 'prefix' }],
      ['a@xn--mnchen-3ya.example', '@m\u00fcnchen.ex', { match: 'contains' }],
      ['Bob <a@m\u00fcnchen.example>', '@xn--mnchen-3ya', { match: 'contains' }],
      ['x@stra\u00dfe.example', 'x@stra\u00df', { match: 'prefix' }],
      ['Bob Carl <bob@example.com>', 'Bob Ca', { match: 'prefix' }],
      ["o'brien@example.ie", "O'Brien@example.ie"],
    ]),
  )('the address $stored is found by $sought', ({ stored, sought, more }) => {
    expect(found([stored, sought, more], 'email')).toBe(true);
  });

  it.each(
    cases([
      ['Müller', 'Mueller'],
      ['Mueller', 'Müller'],
      ['Muller', 'Müller'],
      ['Müller', 'Muell', { match: 'prefix' }],
      ['Müller', 'mull', { match: 'prefix' }],
      ['O\u2019Brien', "O'Brien"],
      ["O'Brien", 'O\u00b4Brien'],
      ['Anna\u2011Maria', 'Anna-Maria'],
      ['Bo\u200bb', 'Bob'],
      ['Bob', '\u202abob\u202c'],
      ['Grosse', 'Große'],
      ['Ødegård', 'Oedegaard'],
      ...alike("O'Brien", 'OBrien', 'o brien', 'O\u2019BRIEN'),
      ...alike("D'Angelo", 'DAngelo', 'd angelo'),
      ...alike('Saint-Exupéry', 'Saint Exupery', 'SaintExupery'),
      ...alike('Al-Masri', 'Al Masri', 'almasri'),
      ...alike('McDonald', 'Mc Donald'),
      ...alike('St. John', 'St John', 'St.John', 'stjohn', 'St-John'),
      ...alike("van 't Hof", "van't Hof", 'Van\u2019t Hof'),
      ["van 't Hof", "van't", { match: 'prefix' }],
      ["van't Hof", "van 't", { match: 'prefix' }],
      ...alike('van der Berg', 'Vanderberg', 'Van-der-Berg'),
      ...alike("Anna-Maria O'Neill", 'Anna Maria ONeill'),
      ...alike('de la Cruz', 'Dela Cruz', 'DelaCruz'),
      ...alike('Le Van', 'LeVan', 'Levan'),
      ...alike('Smith-Jones', 'Smith Jones', 'smith\u2011jones'),
      ...[...alike('dos Santos', 'DosSantos'), ...alike('Abd al-Rahman', 'AbdalRahman')],
      ["Pat O'Brien", 'obri', { match: 'contains' }],
      ["O'Brien", "O'", { match: 'prefix' }],
    ]),
  )('the name $stored is found by $sought $more', ({ stored, sought, more }) => {
    expect(found([stored, sought, more], 'last_name')).toBe(true);
  });

  it.each(
    cases([
      ['Bauer', 'Baur'],
      ['Muller', 'Mueller'],
      ['Samuel', 'Samul'],
      ...[...alike('Dr. House', 'Drhouse'), ...alike('St. Jo', 'Stjo'), ...alike('van t Hof', "vant't Hof")],
      ...[...alike('Li Na', 'Lina'), ...alike('Ann Elise', 'Anne Lise', 'Annelise'), ...alike("Ja'far", 'Jafar')],
      ...alike('Smith-Jones', 'SmithJones'),
      ...[
        ...alike('D Brown', 'Dbrown'),
        ...alike('Al Oh', 'Aloh'),
        ...alike('L Ong', 'Long'),
        ...alike('O Wen', 'Owen'),
      ],
      ['Oberman', 'O B', { match: 'prefix' }],
      ['Olsen', "O'", { match: 'prefix' }],
      ['Pedro Brien', 'OBrien', { match: 'contains' }],
    ]),
  )('the name $stored is not found by $sought $more', ({ stored, sought, more }) => {
    expect(found([stored, sought, more], 'last_name')).toBe(false);
  });

  it.each(
    cases([
      [12.5, '12.50'],
      [100, '100.00'],
      ['12.5', '+12.50', { kind: 'number' }],
      ['007', '7', { kind: 'number' }],
      ['18446744073709551615', '018446744073709551615', { kind: 'number' }],
      ['19.90', '19.9', { kind: 'number' }],
      ['0006', ' 0006 ', { kind: 'code' }],
      [true, 'yes'],
      [true, '1'],
      [false, 'no'],
      [0, 'false', { kind: 'boolean' }],
      ['1', 'true', { kind: 'boolean' }],
      [new Date('2026-12-31T10:00:00Z'), '2026-12-31'],
      [new Date('2026-12-31T10:00:00Z'), '1798711200'],
      [new Date('2026-12-31T10:00:00Z'), '2026-12-31T10:00:00Z'],
      ['2026-12-31', '2026-12-31', { kind: 'date' }],
      ['A\x01B\uffff', 'ab'],
      ['12.50\x02', '12.5', { kind: 'number' }],
      ['one\r\ntwo', 'One\ntwo'],
      [['red', 'blue'], 'red, blue'],
      ['12.50', '12.5'],
      ['12.5', '12.500'],
      ['100', '100.00'],
      ['-3.0', '-3'],
      ['.5', '0.5'],
      ['0.50', '.5'],
      ['.5', '0.5', { kind: 'number' }],
      ['5.', '5', { kind: 'number' }],
      ['1e25', '10000000000000000000000000', { kind: 'number' }],
      [1e25, '10000000000000000000000000'],
      [1e-7, '0.0000001'],
      ['1.5E3', '1500.0', { kind: 'number' }],
      ['12345678901234567890.10', '12345678901234567890.1'],
    ]),
  )('$stored is found by $sought $more', ({ stored, sought, more }) => {
    expect(found([stored, sought, more], 'value')).toBe(true);
  });

  it.each(
    cases([
      ['007', '7', { kind: 'code' }],
      ['007', '7'],
      [true, 'no'],
      ['2', 'true', { kind: 'boolean' }],
      [new Date('2026-12-31T10:00:00Z'), '2026-12-30'],
      [12.5, '125'],
      ['007.0', '7'],
      ['+100', '100'],
      ['1.10', '1.1', { kind: 'code' }],
      ['1e3', '1000'],
      ['e5', '0', { kind: 'number' }],
      ['1e999999999', '0', { kind: 'number' }],
      ['.', '0'],
      ['12.5', '12.5.0'],
    ]),
  )('$stored is not found by $sought $more', ({ stored, sought, more }) => {
    expect(found([stored, sought, more], 'value')).toBe(false);
  });
});

describe('amounts in fields that are called like codes', () => {
  it.each([
    'customer_id',
    'customerId',
    'userid',
    'kdnr',
    'Kundennummer',
    'order_number',
    'room_no',
    'zip',
    'zip_code',
  ])('count each digit: %s', (field) => {
    expect(meets({ [field]: '1.10' }, { field, match: 'exact', value: '1.1' })).toBe(false);
    expect(meets({ [field]: '1.10' }, { field, match: 'exact', value: '1.10' })).toBe(true);
    expect(spellingsOf({ field, match: 'exact', value: '100' })).toEqual(['100']);
  });

  it.each(['price', 'paid', 'balance', 'note', 'hourly_rate'])('and no others: %s', (field) => {
    expect(meets({ [field]: '1.10' }, { field, match: 'exact', value: '1.1' })).toBe(true);
  });
});

describe('values with markup', () => {
  const fields = ['company', 'last_name', 'customer_id', 'price_list'];
  it.each([
    'AT&T <Corp>',
    'Tom <tom@x> & Co',
    'a < b',
    '<b>x</b>',
    '<b>B</b>old & <script>alert(1)</script>',
    'x<',
    '<<b>b>y',
    'M\u00fcller <GmbH',
    '<b>12.50</b>',
    'see <https://example.com/?a=1>',
    'one <br> two',
  ])('%s is found by what HelpSpot inserts of it', (stored) => {
    const sentBack = insertableText({ kind: 'text', text: stored }, (html) => html).trim();
    for (const field of fields) {
      for (const match of ['exact', 'prefix', 'contains'] as const) {
        expect(meets({ [field]: stored }, { field, match, value: sentBack }), `${field} ${match}`).toBe(true);
        expect(meets({ [field]: stored }, { field, match, value: stored }), `${field} ${match}`).toBe(true);
      }
    }
  });

  it('is not looked for without its tags', () => {
    expect(matches('company', 'exact', 'AT&T', 'AT&T <Corp>')).toBe(false);
    expect(matches('company', 'contains', 'alert(1)', '<script>alert(1)</script>')).toBe(false);
  });
});

describe('the law: what is shown can be searched for', () => {
  const scalar: fc.Arbitrary<Scalar> = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
    fc.constantFrom(
      '+49 (0)30 123-45',
      'Bob <bob@example.com>; x@y.de',
      'Müller\u200b',
      "O'Brien",
      '0006',
      '12.50',
      'a, b',
    ),
    fc.boolean(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }),
  );

  it('for every kind, whatever is stored', () => {
    const kind = fc.constantFrom(undefined, ...KINDS);
    const value: fc.Arbitrary<Value> = fc.oneof(scalar, fc.array(scalar, { minLength: 1, maxLength: 3 }));
    fc.assert(
      fc.property(value, kind, fc.constantFrom(undefined, 'DE', 'US'), (stored, of, country) => {
        const sought = textOf(stored);
        if (comparedForms(of ?? 'text', sought, 'sought', country).length === 0) return;
        expect(found([stored, sought, { kind: of, country }], 'value')).toBe(true);
      }),
    );
  });
});

describe('spellings for systems that compare texts', () => {
  it.each<readonly [field: string, value: string, some: readonly string[]]>([
    [
      'last_name',
      "O'Brien-Müller",
      ["O'Brien-Müller", 'O\u2019Brien-Müller', "O'Brien-Mueller", "O'Brien-Mu\u0308ller"],
    ],
    ['last_name', 'Muell', ['Muell', 'Müll']],
    ['last_name', 'OBrien', ['OBrien', "O'Brien", 'O Brien']],
    ['last_name', 'd\u2019Angelo', ["d'Angelo", 'dAngelo', 'd Angelo']],
    ['last_name', 'Mc Donald', ['McDonald']],
    ['last_name', 'Oersted', ['Oersted', 'Örsted', 'Ørsted']],
    ['last_name', 'WEISS', ['WEISS', 'WEIß']],
    ['last_name', 'MUELLER\u200b', ['MUELLER', 'MÜLLER']],
    ['email', '\u200bbob@example.com', ['bob@example.com']],
    ['company', 'Mul\u200bti 👨‍👩‍👧', ['Mul\u200bti 👨‍👩‍👧', 'Multi 👨👩👧']],
    ['phone', '030 123-45', ['030 123-45', '+493012345', '03012345', '030 12345']],
    ['email', 'Bob <bob@xn--mnchen-3ya.example>', ['bob@xn--mnchen-3ya.example', 'bob@münchen.example']],
    ['price', '12.5', ['12.5', '12.50', '12.500']],
    ['price', '100.0', ['100.0', '100', '100.00']],
    ['price', '.5', ['.5', '0.5', '0.50', '.50']],
    ['city', 'Köln', ['Köln', 'Ko\u0308ln']],
    ['city', '\uf96fo\u0308', ['\uf96fo\u0308', '\u8aaaö', '\u8aaao\u0308']],
  ])('%s: %j', (field, value, some) => {
    const spellings = spellingsOf({ field, match: 'exact', value, country: 'DE' });
    expect(spellings).toEqual(expect.arrayContaining([...some]));
    expect(spellings.length).toBeLessThanOrEqual(10);
  });

  it('as a part of a name nothing is asked for that others have who are called otherwise', () => {
    const criterion = { field: 'last_name', match: 'contains', value: 'OBrien' } as const;
    expect(spellingsOf(criterion)).toContain("O'Brien");
    expect(spellingsOf(criterion)).not.toContain('O Brien');
  });
});

it('reads addresses out of long texts in part, and never half of one', () => {
  const many = Array.from({ length: 10_000 }, (_, index) => `person${index}@example.com`).join(' ');
  expect(emailAddresses(many)).toHaveLength(20);
  expect(emailAddresses(`${'x'.repeat(6_390)} abcdefgh@example.com`)).toEqual([]);
});

it.each(['7x8\u200b', '7\u200bx8', '030 1234567 x12\u200e', '\ufefftel: 030 1234567', '030 1234567\u00ad ext. 9'])(
  'what nobody sees in the number %j is none of it, at its end and beside its extension',
  (stored) => {
    const seen = withoutInvisible(stored);
    expect(phoneEnds(stored)).toEqual(phoneEnds(seen));
    expect(meets({ phone: stored }, { field: 'phone', match: 'exact', value: seen })).toBe(true);
  },
);
