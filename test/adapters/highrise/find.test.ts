import { describe, expect, it } from 'vitest';
import type { Criterion, SourceRecord } from '../../../src/contract/index.ts';
import type { HighriseOptions } from '../../support/highrise/server.ts';
import { ask, context } from '../../support/open-source.ts';
import { noting, openHighrise } from './source.ts';

const JOHN = {
  ...{
    firstName: 'John',
    lastName: 'Doe',
    title: 'CEO',
    company: 'Doe Inc.',
    background: 'Popular',
    visibleTo: 'Everyone',
  },
  address: { street: '123 Example Ave', city: 'Sampleville', state: 'IL', zip: '55555', country: 'United States' },
  emails: [
    { value: 'john@home.example', location: 'Home' },
    { value: 'john.doe@example.com', location: 'Work' },
  ],
  phones: [
    { value: '555-555-0000', location: 'Fax' },
    { value: '(555) 555-1234', location: 'Home' },
    { value: '555.555.9999', location: 'Mobile' },
  ],
  tags: ['Partner', 'VIP'],
  custom: { 'Sales Region': 'Chicago' },
};

const customFields = { region: 'Sales Region', manager: { label: 'Account Manager', criterion: 'account_manager' } };

async function openWithJohn(options: HighriseOptions = {}, more: object = {}) {
  const opened = await openHighrise(options, { customFields, ...more });
  const { account } = opened;
  account.add({ firstName: 'Johanna', lastName: 'Doering', company: 'Doe Inc. Music', email: 'jo@example.com' });
  const john = account.add(JOHN);
  account.add({
    firstName: 'Jane',
    lastName: 'Roe',
    email: 'jane@example.com',
    tags: ['partners'],
    title: 'CEO of it',
  });
  const names = async (criteria: Record<string, string>, match: Criterion['match'] = 'exact') =>
    (await opened.target.find(ask(criteria, { match }), context())).map((record) => record['first_name']);
  const asked = () => opened.http.received.map(({ url }) => decodeURIComponent(url.pathname + url.search));
  return { ...opened, john, names, asked };
}

describe('a person', () => {
  it.each([true, false])('has these fields (company by name: %s)', async (companyNames) => {
    const { target, john, url } = await openWithJohn({ companyNames });
    const [record] = await target.find(ask({ customer_id: String(john.id) }), context());
    expect(record).toEqual({
      ...{ customer_id: String(john.id), first_name: 'John', last_name: 'Doe', full_name: 'John Doe', title: 'CEO' },
      ...{ email: 'john.doe@example.com', emails: ['john.doe@example.com', 'john@home.example'] },
      ...{ phone: '555.555.9999', phones: ['555.555.9999', '(555) 555-1234', '555-555-0000'] },
      ...{ company: 'Doe Inc.', background: 'Popular', tags: ['Partner', 'VIP'], visible_to: 'Everyone' },
      ...{ street: '123 Example Ave', city: 'Sampleville', state: 'IL', zip: '55555', country: 'United States' },
      address: '123 Example Ave, Sampleville, IL 55555, United States',
      link: { href: `${url}/people/${john.id}`, text: 'Open in Highrise' },
      ...{ created: expect.any(Date), updated: expect.any(Date), region: 'Chicago', manager: undefined },
    } satisfies SourceRecord);
  });

  it('has no field that is unknown', async () => {
    const { target, account } = await openHighrise();
    const { id } = account.add({ firstName: 'John' });
    const [record] = await target.find(ask({ customer_id: String(id) }), context());
    const known = Object.entries(record ?? {}).filter(([, value]) => value !== undefined);
    expect(known.map(([field]) => field).sort()).toEqual(
      ['created', 'customer_id', 'first_name', 'full_name', 'link', 'updated', 'visible_to'].sort(),
    );
  });
});

describe('people are found', () => {
  it.each<[Record<string, string>, Criterion['match']]>([
    [{ email: 'JOHN@home.example' }, 'exact'],
    [{ emails: 'john.doe@' }, 'prefix'],
    [{ phone: '5555551234' }, 'exact'],
    [{ phones: '555 555 0000' }, 'exact'],
    [{ full_name: 'john doe' }, 'exact'],
    [{ last_name: 'doe' }, 'exact'],
    [{ company: 'doe inc.' }, 'exact'],
    [{ title: 'ceo' }, 'exact'],
    [{ tag: 'partner' }, 'exact'],
    [{ tags: 'VIP' }, 'exact'],
    [{ city: 'Sampleville' }, 'exact'],
    [{ zip: '5555' }, 'prefix'],
    [{ region: 'chicago' }, 'exact'],
    [{ background: 'popular' }, 'exact'],
    [{ last_name: 'Doe', region: 'Chicago' }, 'exact'],
    [{ company: 'Doe Inc.', title: 'CEO' }, 'exact'],
  ])('by %j, %s', async (criteria, match) => {
    const { names, account } = await openWithJohn({ companyNames: false });
    account.phoneSearch = 'part';
    expect(await names(criteria, match)).toEqual(['John']);
  });

  it.each<[string, string, string, string?]>([
    ['last_name', "O'Brien", 'O’Brien'],
    ['last_name', 'Mueller', 'Müller'],
    ['first_name', 'José', 'Jose\u0301'],
    ['full_name', "Sinéad O'Brien", 'Sinéad O’Brien'],
    ['email', 'Jo <jo@müller.example>', 'jo@xn--mller-kva.example'],
    ['email', 'mailto:JO@example.com', 'jo@example.com'],
    ['phone', '0049 30 123456', '+49 30 123456', 'DE'],
    ['phone', '+49 (0)30 123456', '030123456', 'DE'],
    ['phone', '1-212-555-0100', '+1 212 555 0100'],
    ['company', 'Zu\u0308rich AG', 'Zürich AG'],
    ['city', 'Köln', 'Ko\u0308ln'],
  ])('by %s %s though Highrise has %s', async (field, value, stored, country) => {
    const { target, account } = await openHighrise({ emailSearches: 100 });
    const [firstName = stored, lastName = ''] = field === 'full_name' ? stored.split(' ') : [];
    account.add({ firstName: 'Somebody', lastName: 'Else', phone: '+49 30 999999', email: 'else@example.com' });
    const { id } = account.add({
      firstName: field === 'first_name' || field === 'full_name' ? firstName : 'Jo',
      ...(field === 'full_name' && { lastName }),
      ...(field === 'last_name' && { lastName: stored }),
      ...(field === 'email' && { email: stored }),
      ...(field === 'phone' && { phone: stored }),
      ...(field === 'company' && { company: stored }),
      ...(field === 'city' && { address: { street: '', city: stored, state: '', zip: '', country: '' } }),
    });
    const found = await target.find(
      { criteria: [{ field, match: 'exact', value, country }], limit: 10, parameters: {} },
      context(),
    );
    expect(found.map((record) => record['customer_id'])).toEqual([String(id)]);
  });

  it('once, though several searches find them', async () => {
    const { names } = await openWithJohn();
    expect(await names({ last_name: 'Doe' })).toEqual(['John']);
  });

  it('by telephone numbers in the ways the account writes them, should Highrise compare whole numbers', async () => {
    const { names, asked } = await openWithJohn({}, { phoneFormats: ['(###) ###-####', '+1 ### ### ####'] });
    expect(await names({ phone: '5555551234' })).toEqual(['John']);
    expect(asked()).toEqual([
      '/people/search.xml?criteria[phone]=5555551234',
      '/people/search.xml?criteria[phone]=(555) 555-1234',
      '/people/search.xml?criteria[phone]=+1 555 555 1234',
      '/people/search.xml?criteria[phone]=1234',
      '/people/search.xml?criteria[phone]=12 34',
    ]);
    expect(await names({ phone: '15555551234' })).toEqual([]);
  });

  it('by what narrows best, with the longest word of a name', async () => {
    const { names, asked } = await openWithJohn();
    expect(await names({ full_name: '(John) F. Doe' })).toEqual([]);
    expect(await names({ company: 'Doe Inc.', email: 'john.doe@example.com' })).toEqual(['John']);
    expect(await names({ company: 'the Doe Inc.' })).toEqual([]);
    expect(asked()).toEqual([
      '/people/search.xml?term=John',
      '/people/search.xml?criteria[email]=john.doe@example.com',
      '/companies/search.xml?term=the',
    ]);
  });

  it('not at all by what nobody can have, without asking', async () => {
    const { names, http } = await openWithJohn();
    const longest = 'x'.repeat(255);
    const nothing = [
      { email: 'no address' },
      { email: 'nobody' },
      { email: `${longest}@a` },
      { phone: 'n/a' },
      { last_name: 'a\0b' },
    ];
    for (const criteria of [...nothing, { customer_id: 'C1' }, { customer_id: '../me' }, { customer_id: '0' }]) {
      expect(await names(criteria)).toEqual([]);
    }
    expect(http.received).toHaveLength(0);
    expect(await names({ customer_id: '99' })).toEqual([]);
  });

  it('not by a field that there is not, and it is noted once', async () => {
    const { names, target, http } = await openWithJohn();
    expect([await names({ surname: 'Doe' }), await names({ surname: 'Roe' })]).toEqual([[], []]);
    expect(target.log.lines).toMatchObject([{ level: 'debug', fields: { field: 'surname' } }]);
    expect(http.received).toHaveLength(0);
  });
});

describe('many people', () => {
  it('come page by page, as far as they are wanted', async () => {
    const { target, account, http } = await openHighrise();
    for (let index = 0; index < 80; index += 1) account.add({ firstName: `Anna ${index}`, lastName: 'Smith' });
    expect(await target.find(ask({ last_name: 'Smith' }, { limit: 60 }), context())).toHaveLength(60);
    expect(http.received.map(({ query }) => query.get('n'))).toEqual([null, '25', '50']);
  });

  it('who do not meet the criteria are not all looked through, and that is told', async () => {
    const { target, account, http } = await openHighrise();
    for (let index = 0; index < 400; index += 1) account.add({ firstName: 'Smith', lastName: `Jones ${index}` });
    const call = noting();
    expect(await target.find(ask({ last_name: 'Smith' }), call)).toEqual([]);
    expect(http.received).toHaveLength(12);
    expect(call.notices).toEqual(['Highrise gave 300 people to look through, and there may be more; type more']);
  });

  it('are listed from a Highrise that knows no pages without end', async () => {
    const { target, account, http } = await openHighrise();
    for (let index = 0; index < 500; index += 1) account.add({ firstName: `Anna ${index}` });
    const page = await (await fetch(`${http.url}/people.xml`, { headers: { authorization: authorization() } })).text();
    http.faults = Array.from({ length: 5 }, () => ({ body: page }));
    expect(await target.find(ask({}, { limit: 5_000 }), context())).toHaveLength(500);
    expect(http.received).toHaveLength(3);
  });
});

function authorization(): string {
  return `Basic ${Buffer.from('605b32dd0a1b2c3d:X').toString('base64')}`;
}

it('introduces itself, and shows its token to nobody', async () => {
  const { target, http } = await openHighrise();
  await target.check(context());
  const [request] = http.received;
  expect(request?.headers).toMatchObject({ 'user-agent': `helpspot-gateway (${http.url})`, accept: 'application/xml' });
  expect(request?.headers.authorization).toBe(authorization());
  expect(JSON.stringify(target.log.lines)).not.toContain('605b32dd0a1b2c3d');
  const { target: named, http: other } = await openHighrise({}, { userAgent: 'Example (it@example.com)' });
  await named.check(context());
  expect(other.received[0]?.headers['user-agent']).toBe('Example (it@example.com)');
});
