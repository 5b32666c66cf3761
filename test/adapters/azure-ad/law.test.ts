/** What is shown can be searched for, and what people mean is found, as far as Graph can be asked for it. */
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import azureAd from '../../../adapters/azure-ad/index.ts';
import {
  type Criterion,
  emailAddresses,
  isSought,
  kindByName,
  textOf,
  UserError,
} from '../../../src/contract/index.ts';
import { guid } from '../../support/graph/people.ts';
import { recordedLog } from '../../support/log.ts';
import type { OpenSource } from '../../support/open-source.ts';
import { context, graphForAll, openSource, settingsFor } from './source.ts';

const COUNT = 12;
const text = (...known: readonly string[]) =>
  fc
    .oneof(fc.constantFrom(...known), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }))
    .filter((one) => one.isWellFormed() && !/\p{Cc}/u.test(one))
    // Graph cannot be asked for a value with space around it.
    .filter((one) => one.trim() === one && one !== '');
const hostile = ["' or 1=1", '"', '\\', '&$filter=true', '%27', 'a, b', '(x)', '#', '+', 'Family 👨‍👩‍👧'];
const person = fc.record({
  givenName: text('Zoë', '太郎', 'Łukasz', ...hostile),
  surname: text("O'Brien", 'O\u2019Brien', 'Mu\u0308ller', 'Weiß', 'Ørsted', 'Anna\u2011Maria', ...hostile),
  mail: fc.constantFrom('bob@example.com', 'x@xn--mnchen-3ya.example', "o'neil@example.ie"),
  otherMails: fc.subarray(['y@example.de', 'second@example.com']),
  proxyAddresses: fc.constant(['SMTP:main@example.com', 'smtp:alias@example.com']),
  businessPhones: fc.subarray(['+49 30 12345', '0049 171 2345678', '030/5550188', '(845) 555-4278', '12345']),
  jobTitle: text('red', '0006', '12.50', 'true', '2026-12-31', ...hostile),
  companyName: text('Acme, Inc.', 'Müller & Söhne AG', ...hostile),
  createdDateTime: fc.constantFrom('2020-05-06T07:08:09Z', '2026-12-31T23:59:59Z'),
  accountEnabled: fc.boolean(),
});
const people = fc.sample(person, { numRuns: COUNT, seed: 13 }).map((user, index) => ({
  ...user,
  id: guid(index),
  displayName: `${user.givenName} ${user.surname}`,
  userPrincipalName: `law${index}@contoso.example`,
  employeeId: `L${index}`,
}));
const graph = await graphForAll(people);
const FIELDS = { since: 'createdDateTime', addresses: 'proxyAddresses', others: 'otherMails', object_id: 'id' };

async function idsBy(
  criteria: readonly Criterion[],
  groups?: readonly (readonly Criterion[])[],
  given?: OpenSource,
): Promise<readonly string[]> {
  const source = given ?? (await openSource(graph, { fields: FIELDS }));
  const query = { criteria, limit: COUNT, parameters: {}, ...(groups === undefined ? {} : { groups }) };
  const records = await source.find(query, context());
  return records.map((record) => textOf(record['customer_id'])).sort();
}
const exact = (field: string, value: string): Criterion => ({ field, match: 'exact', value });

describe('the law', () => {
  test('what is shown, sent back, finds the same person', async () => {
    const source = await openSource(graph, { fields: FIELDS });
    const records = await source.find({ criteria: [], limit: COUNT, parameters: {} }, context());
    expect(records).toHaveLength(COUNT);
    const shown = records.flatMap((record) =>
      Object.entries(record).flatMap(([field, value]) => {
        const texts = [value].flat().map((one) => textOf(one));
        const bare = kindByName(field) === 'email' ? texts.flatMap(emailAddresses) : [];
        const id = textOf(record['customer_id']);
        return [...new Set([...texts, ...bare])].map((text) => ({ id, criterion: exact(field, text) }));
      }),
    );
    const sought = shown.filter(({ criterion }) => isSought(criterion));
    expect(sought.length).toBeGreaterThan(COUNT * 10);
    const found = await Promise.all(sought.map(({ criterion }) => idsBy([criterion], undefined, source)));
    const lost = sought.filter(({ id }, index) => found[index]?.includes(id) !== true);
    expect(lost).toEqual([]);
  });

  test('times are found by their day, their second and the number of seconds', async () => {
    const old = people.filter((one) => one.createdDateTime.startsWith('2020')).map((one) => one.employeeId);
    expect(old.length).toBeGreaterThan(0);
    for (const value of ['2020-05-06', '2020-05-06T07:08:09Z', '2020-05-06T09:08:09+02:00', '1588748889']) {
      expect(await idsBy([exact('since', value)]), value).toEqual(old.sort());
    }
    // Its next day begins a second later.
    expect(await idsBy([exact('since', '2027-01-01')])).toEqual([]);
    expect(await idsBy([exact('since', 'soon')])).toEqual([]);
  });

  test('yes and no', async () => {
    const enabled = people.filter((one) => one.accountEnabled).map((one) => one.employeeId);
    for (const value of ['enabled', 'yes', 'TRUE', '1']) {
      expect(await idsBy([exact('account_status', value)]), value).toEqual(enabled.sort());
    }
  });

  test('words are beginnings, of which Graph is asked for one and the others are compared', async () => {
    const [first] = people;
    const word = (value: string) =>
      ['first_name', 'last_name', 'company', 'manager'].map((field) => ({ field, match: 'contains', value }) as const);
    const before = graph.calls.length;
    expect(await idsBy([], [word(first?.companyName ?? ''), word(first?.surname ?? '')])).toContain('L0');
    expect(graph.calls.length).toBeGreaterThan(before);
    expect(await idsBy([exact('customer_id', 'L1')], [word(first?.surname ?? '')])).not.toContain('L0');
    expect(await idsBy([], [[exact('shoe_size', '9')]])).toEqual([]);
  });
});

test('fields say how Graph can search them', async () => {
  const settings = azureAd.settings.parse(settingsFor(graph, { fields: FIELDS }));
  const source = await azureAd.open(settings, { name: 'entra', log: recordedLog(), resolve: (path) => path });
  onTestFinished(() => source.close?.());
  const fields = new Map((await source.fields?.(context()))?.map((one) => [one.name, one]));
  expect(fields.get('last_name')).toEqual({ name: 'last_name', kind: 'name', searchable: ['exact', 'prefix'] });
  expect(fields.get('display_name')?.searchable).toEqual(['exact', 'prefix', 'contains']);
  expect(fields.get('since')).toEqual({ name: 'since', kind: 'date', searchable: ['exact'] });
  expect(fields.get('account_status')?.searchable).toEqual(['exact']);
  expect(fields.get('manager')?.searchable).toEqual([]);
  const last = { field: 'last_name', match: 'contains', value: 'x' } as const;
  await expect(source.find?.({ criteria: [last], limit: 1, parameters: {} }, context())).rejects.toThrow(UserError);
});

test('an address without TLS is told what is meant', () => {
  for (const key of ['authority', 'graphUrl']) {
    const { error } = azureAd.settings.safeParse(settingsFor(graph, { [key]: 'http://login.example.com' }));
    expect(error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual([
      `${key}: is not encrypted, and Microsoft answers only over TLS; write https://HOST`,
    ]);
  }
});
