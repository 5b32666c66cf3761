/** A place of a request holds one spelling; somebody who is written otherwise is found all the same. */
import { describe, expect, it } from 'vitest';
import http from '../../../adapters/http/index.ts';
import type { Criterion } from '../../../src/contract/index.ts';
import type { Received } from '../../support/http/stand-in.ts';
import { context } from '../../support/open-source.ts';
import { over } from './source.ts';

const PEOPLE = [
  { id: 1, name: 'O’Brien', phone: '+493012345670', email: 'sinead@example.ie', city: 'Köln' },
  { id: 2, name: 'Müller', phone: '0301234568', email: 'jo@xn--mller-kva.example', city: 'Zu\u0308rich' },
  { id: 3, name: 'Jose\u0301', phone: '2125550101', email: 'jose@example.es', city: 'Cádiz' },
];

/** An API that compares texts, byte for byte. */
function exactly({ query }: Received) {
  const items = PEOPLE.filter((person) =>
    Object.entries(person).every(([k, v]) => (query.get(k) ?? v) === v || k === 'id'),
  );
  return { body: items };
}

const query = { name: '{{name}}', phone: '{{phone}}', email: '{{email}}', city: '{{city}}' };
const fields = { id: 'id', name: 'name', phone: 'phone', email: 'email', city: 'city' };

async function askFor(...criteria: readonly Pick<Criterion, 'field' | 'value' | 'country'>[]) {
  const { find, standIn } = await over(exactly, { query, fields });
  const asked = criteria.map((one): Criterion => ({ match: 'exact', ...one }));
  const found = await find({ criteria: asked, limit: 10, parameters: {} }, context());
  return { ids: found.map(({ id }) => id), requests: standIn.received.length };
}

describe('a system that compares texts', () => {
  it.each([
    ['name', "O'Brien", 1],
    ['name', 'o´brien', undefined],
    ['name', 'O´Brien', 1],
    ['name', 'Mueller', 2],
    ['name', 'Mu\u0308ller', 2],
    ['name', 'José', 3],
    ['email', 'Sinéad <sinead@example.ie>', 1],
    ['email', 'mailto:jose@example.es', 3],
    ['email', 'jo@müller.example', 2],
    ['city', 'Zürich', 2],
    ['city', 'Ko\u0308ln', 1],
    ['phone', '(212) 555-0101', 3],
    ['phone', '0049 30 12345670', 1],
  ])('is asked for %s %s in the spellings that it may have', async (field, value, id) => {
    expect((await askFor({ field, value })).ids).toEqual(id === undefined ? [] : [id]);
  });

  it.each([
    ['030 12345670', 1],
    ['+49 (0)30 1234567-0', 1],
    ['+49301234568', 2],
  ])('is asked for the number %s of a country', async (value, id) => {
    expect((await askFor({ field: 'phone', value, country: 'DE' })).ids).toEqual([id]);
  });

  it('is asked once for what has one spelling, and for who is found at once', async () => {
    expect(await askFor({ field: 'name', value: 'Smith' })).toEqual({ ids: [], requests: 1 });
    expect(await askFor({ field: 'name', value: 'Müller' })).toEqual({ ids: [2], requests: 1 });
  });

  it('is asked for the spellings of two values, and never more than four times', async () => {
    const name = { field: 'name', value: "O'Brien" };
    expect((await askFor(name, { field: 'phone', value: '+493012345670' })).ids).toEqual([1]);
    const nobody = await askFor({ field: 'name', value: 'Jörg Öztürk' }, { field: 'phone', value: '+49 30 99 999 99' });
    expect(nobody).toEqual({ ids: [], requests: 4 });
  });
});

it('a system that does not look at what is asked is asked twice, and no more', async () => {
  const { find, standIn } = await over({ body: PEOPLE }, { query, fields });
  const criteria: Criterion[] = [{ field: 'name', match: 'exact', value: 'Jörg Öztürk' }];
  expect(await find({ criteria, limit: 10, parameters: {} }, context())).toEqual([]);
  expect(standIn.received).toHaveLength(2);
});

it('what comes back is what is meant: a number, a yes, an amount', async () => {
  const record = '{"id": 9007199254740993, "tel2": "+49 30 123450", "price": 19.90, "net": 100.00, "active": true}';
  const { find } = await over({ body: `[${record}]`, headers: { 'content-type': 'application/json' } });
  const asked = (field: string, value: string, more: Partial<Criterion> = {}) =>
    find({ criteria: [{ field, match: 'exact', value, ...more }], limit: 10, parameters: {} }, context());
  const shown = { id: '9007199254740993', tel2: '+49 30 123450', price: '19.90', net: '100.00', active: true };
  expect(await asked('price', '19.90')).toEqual([shown]);
  expect(await asked('price', '19.9')).toEqual([shown]);
  expect(await asked('net', '100')).toEqual([shown]);
  expect(await asked('net', '10')).toEqual([]);
  expect(await asked('price', '19.9', { kind: 'code' })).toEqual([]);
  expect(await asked('active', 'yes')).toEqual([shown]);
  expect(await asked('active', '1')).toEqual([shown]);
  expect(await asked('id', '9007199254740993')).toEqual([shown]);
  expect(await asked('id', '9007199254740992')).toEqual([]);
  expect(await asked('tel2', '030 123450', { kind: 'phone', country: 'DE' })).toEqual([shown]);
});

describe('the fields of a source', () => {
  const fieldsOf = async (settings: object) => {
    const services = {
      name: 'crm',
      log: { debug() {}, info() {}, warn() {}, error() {} },
      resolve: (path: string) => path,
    };
    const source = await http.open(http.settings.parse({ url: 'https://crm.example.com/', ...settings }), services);
    return await source.fields?.(context());
  };

  it('are those of its settings, and what its requests look for', async () => {
    const named = { customer_id: 'id', email: 'mail', city: 'town', since: 'since' };
    const searched = { query: { q: '{{email}}', t: '{{phone}}', s: '{{sUserId}}' }, dates: ['since'] };
    expect(await fieldsOf({ fields: named, ...searched })).toEqual([
      { name: 'customer_id', searchable: [] },
      { name: 'email' },
      { name: 'city', searchable: [] },
      { name: 'since', kind: 'date', searchable: [] },
      { name: 'phone', shown: false },
    ]);
    const byId = { queries: { customer_id: { url: '/people/{{customer_id}}' } } };
    expect(await fieldsOf({ fields: named, ...byId })).toContainEqual({ name: 'customer_id' });
  });

  it('of a list can all be searched, and without names are unknown', async () => {
    expect(await fieldsOf({ fields: { email: 'mail' } })).toEqual([{ name: 'email' }]);
    expect(await fieldsOf({})).toBeUndefined();
  });
});
