/** What is shown can be searched for: whatever a directory holds, sent back as it is shown, finds the same entry. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  emailAddresses,
  isSought,
  type Kind,
  kindByName,
  LONGEST_SOUGHT,
  type MatchKind,
  textOf,
} from '../../../src/contract/index.ts';
import { suiteCustomers } from '../../support/adapter-suite.ts';
import { requireOpenLdap } from '../../support/directory/availability.ts';
import type { Entry } from '../../support/directory/ldif.ts';
import { startOpenLdap } from '../../support/directory/openldap.ts';
import { BASE } from '../../support/directory/openldap-entries.ts';
import type { DirectoryServer } from '../../support/directory/server.ts';
import { reasonOf } from '../../support/packages.ts';
import { type OpenDirectory, openOn } from './source.ts';

const slapd = await requireOpenLdap();
const COUNT = 40;
const text = (...known: readonly string[]) =>
  fc.oneof(fc.constantFrom(...known), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }));
const hostile = [
  '*',
  '(',
  ')',
  '\\',
  '*)(objectClass=*',
  "' or 1=1",
  '\\2a',
  'a, b',
  ' x ',
  'Mu\u200bller',
  '"',
  '<b>',
];

/** Attributes as people fill them; every entry has an own number at the end of its name. */
const person = fc.record({
  sn: text(
    "O'Brien",
    'O\u2019Brien',
    'Mu\u0308ller',
    'Weiß',
    'Ørsted',
    'Żółć',
    'Anna\u2011Maria',
    'Anna Maria VonderHeide',
    ...hostile,
  ),
  givenName: text('Zoë', '太郎', 'Łukasz', ...hostile),
  mail: fc.subarray(
    [
      'bob@example.com',
      'Bob Carl <bob@example.org>',
      'mailto:anna@xn--mnchen-3ya.example',
      'x@example.de; y@example.de',
      "o'neil@example.ie;",
    ],
    { minLength: 1 },
  ),
  telephoneNumber: fc.subarray(
    [
      '+49 (0)30 123-45',
      '0049 171 2345678',
      '030/5550188',
      '+1 212 555 0100 x7',
      '12345',
      '(845) 555-4278',
      '1-212-555-0101',
    ],
    { minLength: 1 },
  ),
  title: fc.uniqueArray(text('red', 'blue', '0006', '12.50', 'TRUE', '20261231100000Z', '2026-12-31', ...hostile), {
    minLength: 1,
    maxLength: 3,
    selector: (one) => one.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim(),
  }),
  o: text(...suiteCustomers.map(({ company }) => company ?? 'x'), ...hostile),
});

/** A directory keeps no empty text, and no half of a character. */
const canHold = (value: string) => value.trim() !== '' && value.isWellFormed() && !value.includes('\0');
const held = (values: readonly string[]) => values.filter(canHold);

/** In an attribute of texts. */
const EVERY_KIND = ['TRUE', '12.50', '0006', '20261231100000Z', '2026-12-31'];

/** The same ones each time. */
function lawEntries(base: string): readonly Entry[] {
  const unit = { dn: base, attributes: { objectClass: 'organizationalUnit', ou: 'law' } };
  const samples = fc.sample(person, { numRuns: COUNT, seed: 13 });
  const entries = samples.map(({ sn, givenName, o, title, ...rest }, index) => ({
    dn: `uid=law${index},${base}`,
    attributes: {
      objectClass: 'inetOrgPerson',
      uid: `law${index}`,
      cn: `Law ${index}`,
      sn: canHold(sn) ? sn : 'x',
      givenName: held([givenName]),
      o: held([o]),
      title: index === 0 ? EVERY_KIND : held(title),
      ...rest,
    },
  }));
  return [unit, ...entries];
}

/** Aliases (RFC 4512, 2.6): of a person, beside nobody else, and of the place where the people are. */
function aliasEntries(base: string): readonly Entry[] {
  const alias = (dn: string, aliasedObjectName: string): Entry => ({
    dn,
    attributes: { objectClass: ['alias', 'extensibleObject'], aliasedObjectName },
  });
  return [
    { dn: `ou=links,${base}`, attributes: { objectClass: 'organizationalUnit', ou: 'links' } },
    alias(`uid=link,ou=links,${base}`, `uid=boss,ou=people,${base}`),
    alias(`ou=staff,${base}`, `ou=people,${base}`),
  ];
}

describe.skipIf(!slapd.ok)(`ldap on entries of all kinds${reasonOf(slapd)}`, () => {
  let server: DirectoryServer;
  let base: string;
  beforeAll(async () => {
    server = await startOpenLdap({ entries: [...lawEntries(`ou=law,${BASE}`), ...aliasEntries(BASE)] });
    base = `ou=law,${BASE}`;
  });
  afterAll(() => server?.stop());

  async function idsFoundBy(directory: OpenDirectory, field: string, value: string, match: MatchKind = 'exact') {
    return (await directory.find({ [field]: value }, { match, limit: COUNT })).map((record) => record['customer_id']);
  }

  test('what is shown, sent back, finds the same entry', async () => {
    const directory = await openOn(server, { baseDn: base });
    const records = await directory.find({}, { limit: COUNT });
    expect(records).toHaveLength(COUNT);
    const lost: string[] = [];
    for (const record of records) {
      for (const [field, value] of Object.entries(record)) {
        const texts = new Set([value, ...[value].flat()].map((one) => textOf(one)));
        const bare = kindByName(field) === 'email' ? [...texts].flatMap(emailAddresses) : [];
        for (const shown of [...texts, ...bare]) {
          if (shown.length > LONGEST_SOUGHT || !isSought({ field, match: 'exact', value: shown })) continue;
          const found = await idsFoundBy(directory, field, shown);
          if (!found.includes(record['customer_id']))
            lost.push(`${record['customer_id']} ${field} ${JSON.stringify(shown)}`);
        }
      }
    }
    expect(lost).toEqual([]);
  });

  test('kinds that only the settings know', async () => {
    const directory = await openOn(server, { baseDn: base, attributes: { value: 'title' } });
    const ask = async (kind: Kind, value: string) => {
      const query = {
        criteria: [{ field: 'value', match: 'exact', value, kind } as const],
        limit: COUNT,
        parameters: {},
      };
      const records = await directory.source.find?.(query, { signal: AbortSignal.timeout(20_000), reference: 'test' });
      return records?.map((record) => [record['value']].flat()) ?? [];
    };
    for (const [kind, value, held] of [
      ['boolean', 'yes', 'TRUE'],
      ['boolean', '1', 'TRUE'],
      ['number', '12.5', '12.50'],
      ['number', '6', '0006'],
      ['date', '2026-12-31', new Date('2026-12-31T10:00:00Z')],
      ['date', '1798711200', new Date('2026-12-31T10:00:00Z')],
      ['date', '2026-12-31', '2026-12-31'],
    ] as const) {
      const found = await ask(kind, value);
      expect(found.length, `${kind} ${value}`).toBeGreaterThan(0);
      expect(found.flat(), `${kind} ${value}`).toContainEqual(held);
    }
    expect(await ask('boolean', 'no')).toEqual([]);
    expect(await ask('number', '12')).toEqual([]);
    expect(await ask('code', '6')).toEqual([]);
  });

  test('a time is found by its day and its second', async () => {
    const directory = await openOn(server);
    const [boss] = await directory.find({ customer_id: 'boss' });
    const created = textOf(boss?.['when_created']);
    for (const when_created of [created, created.slice(0, 10), String(Date.parse(created) / 1000)]) {
      expect(await directory.find({ when_created, last_name: 'Großmann' }), when_created).toHaveLength(1);
    }
    expect(await directory.find({ when_created: created.slice(0, 10) }, { limit: 3 })).toHaveLength(3);
    expect(await directory.find({ when_created: '1999-12-31' })).toEqual([]);
  });

  test('a wider question is asked only when nobody was found', async () => {
    const directory = await openOn(server);
    expect(await idsFoundBy(directory, 'last_name', 'Muller-Ludenscheidt')).toEqual(['jmuller']);
    expect(await idsFoundBy(directory, 'last_name', 'Muller', 'prefix')).toEqual(['jmuller']);
    expect(await idsFoundBy(directory, 'last_name', 'Mollar-Ludenscheidt')).toEqual([]);
  });

  test('aliases stand for nobody unless a setting says so', async () => {
    const find = async (baseDn: string, aliases?: string) => {
      const directory = await openOn(server, { baseDn, ...(aliases === undefined ? {} : { aliases }) });
      return (await directory.find({ customer_id: 'boss' })).length;
    };
    const [links, staff] = [`ou=links,${BASE}`, `ou=staff,${BASE}`];
    for (const [baseDn, counts] of [
      [links, { never: 0, below: 1, base: 0, always: 1 }],
      [staff, { never: 0, below: 0, base: 1, always: 1 }],
    ] as const) {
      expect(await find(baseDn)).toBe(0);
      for (const [aliases, count] of Object.entries(counts)) expect(await find(baseDn, aliases), aliases).toBe(count);
    }
  });
});
