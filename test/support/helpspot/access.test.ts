/** The stand-in for HelpSpot: who may call it, what it never does, what goes wrong, and its lists as JSON. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HelpSpotFault } from './faults.ts';
import { HELPSPOT_PASSWORD, HELPSPOT_TOKEN, type HelpSpotStandIn, startHelpSpot } from './server.ts';

let helpspot: HelpSpotStandIn;
beforeAll(async () => {
  helpspot = await startHelpSpot();
});
beforeEach(() => helpspot.heal());
afterAll(() => helpspot.close());

const BEARER = `Bearer ${HELPSPOT_TOKEN}`;
const basic = (user: string, password = HELPSPOT_PASSWORD) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

async function ask(query: string, authorization = BEARER, init: RequestInit = {}) {
  const address = `${helpspot.url}/api/index.php?method=${query}`;
  return await fetch(address, { ...init, headers: authorization === '' ? {} : { authorization } });
}
async function json(query: string, authorization = BEARER) {
  return Object(await (await ask(`${query}&output=json`, authorization)).json());
}

describe('who may call', () => {
  it('takes tokens and passwords, in the header and in the address', async () => {
    expect(await json('private.version')).toEqual({ version: '5.7.6', min_version: '1.0' });
    expect((await ask('private.version', basic('tina@example.com'))).status).toBe(200);
    const query = `private.version&username=tina@example.com&password=${HELPSPOT_PASSWORD}`;
    expect((await ask(query, '')).status).toBe(200);
    expect(helpspot.scandals).toEqual([
      'username in the address of private.version',
      'password in the address of private.version',
    ]);
    expect(JSON.stringify(helpspot.calls)).not.toContain(HELPSPOT_PASSWORD);
    expect(helpspot.calls.map(({ xPerson }) => xPerson)).toEqual([1, 1, 1]);
  });

  it.each([
    ['', '1', 'Authentication information not sent'],
    ['Bearer wrong', '2', 'User authentication failed'],
    [basic('tina@example.com', 'wrong'), '2', 'User authentication failed'],
    [basic('old@example.com', ''), '2', 'User authentication failed'],
  ])('refuses %j', async (authorization, id, description) => {
    expect((await ask('private.version', authorization)).status).toBe(400);
    expect(await json('private.version', authorization)).toEqual({ error: { id, description } });
  });

  it('writes errors in XML as the manual does', async () => {
    expect(await (await ask('private.version', 'Bearer wrong')).text()).toBe(
      '<?xml version="1.0" encoding="iso-8859-1"?>\n' +
        '<errors><error><id>2</id><description>User authentication failed</description></error></errors>',
    );
  });

  it('has tokens, passwords, both APIs and the whole installation turned off', async () => {
    helpspot.takesTokens = false;
    expect(await json('private.version')).toMatchObject({ error: { id: '2' } });
    helpspot.takesPasswords = false;
    expect(await json('private.version', basic('tina@example.com'))).toMatchObject({ error: { id: '2' } });
    Object.assign(helpspot, { publicApi: false, privateApi: false });
    expect(await json('version', '')).toEqual({ reply: 'Public API not enabled' });
    const answer = await ask('private.version');
    expect([answer.status, await answer.text()]).toEqual([
      400,
      '<?xml version="1.0" encoding="iso-8859-1"?>\n<reply>Private API not enabled</reply>',
    ]);
    helpspot.mode = 'maintenance';
    expect(await json('version')).toMatchObject({ error: { id: '302' } });
    helpspot.mode = 'trial-over';
    expect(await json('version')).toMatchObject({ error: { id: '301' } });
  });

  it('has enough of wrong sign-ins', async () => {
    helpspot.mostWrongSignIns = 2;
    for (const id of ['2', '2', '3']) {
      expect(await json('private.version', 'Bearer wrong')).toMatchObject({ error: { id } });
    }
    expect(await json('private.version')).toMatchObject({ error: { id: '3' } });
    helpspot.wrongSignIns = 0;
    expect(await json('private.version')).toHaveProperty('version');
  });
});

it('never throws anything away, and tells who wanted it to', async () => {
  const methods = ['private.request.markTrash', 'private.request.markSpam', 'private.request.merge'];
  for (const method of methods) {
    expect(await json(`${method}&xRequest=12401`)).toEqual({
      error: { id: '201', description: 'Invalid method provided' },
    });
  }
  expect(await json('private.customer.getPasswordByEmail')).toMatchObject({ error: { id: '303' } });
  expect(await json('customer.getRequests', '')).toMatchObject({ error: { id: '201' } });
  expect(helpspot.scandals).toEqual([...methods, 'private.customer.getPasswordByEmail', 'customer.getRequests']);
  expect(helpspot.writes).toEqual([]);
});

it('answers at one address', async () => {
  for (const path of ['/', '/api/', '/api/index.php/x', '/index.php']) {
    expect((await fetch(helpspot.url + path)).status).toBe(404);
  }
  expect((await ask('nonsense')).status).toBe(400);
  expect((await ask('version', '', { method: 'PUT' })).status).toBe(404);
});

describe('what goes wrong', () => {
  it.each<[HelpSpotFault, unknown]>([
    [500, { status: 500, type: 'text/html; charset=UTF-8' }],
    [503, { status: 503 }],
    [429, { status: 429 }],
    ['html', { status: 200, type: 'text/html; charset=UTF-8' }],
    ['maintenance', { status: 400, text: expect.stringContaining('"302"') }],
    ['too-many-attempts', { status: 400, text: expect.stringContaining('"id":"3"') }],
    [{ errors: [101, 208] }, { status: 400, text: expect.stringContaining('Request has been merged') }],
    [{ delayMs: 1 }, { status: 200, text: expect.stringContaining('version') }],
    ['cut', 'no answer'],
    ['lost-answer', 'no answer'],
    ['half', 'no answer'],
  ])('%o', async (how, outcome) => {
    helpspot.fail(how, { method: 'private.version' });
    expect(await json('version')).toHaveProperty('version');
    expect(await outcomeOf('private.version&output=json')).toEqual(
      typeof outcome === 'string' ? outcome : expect.objectContaining(outcome),
    );
    expect(await json('private.version')).toHaveProperty('version');
    expect(helpspot.callsOf('private.version')).toBe(2);
  });

  it('does what is asked, and then loses the answer; or does nothing', async () => {
    const query = 'private.request.update&xRequest=12401&tNote=once';
    for (const how of ['cut', 'lost-answer'] as const) {
      helpspot.fail(how);
      expect(await outcomeOf(query, { method: 'POST' })).toBe('no answer');
    }
    expect(helpspot.calls).toHaveLength(2);
    expect(helpspot.writes).toHaveLength(1);
  });

  it('hangs as often as it is told', async () => {
    helpspot.fail('hang', { times: 2 });
    for (let time = 0; time < 2; time += 1) {
      expect(await outcomeOf('version', { signal: AbortSignal.timeout(30) })).toBe('no answer');
    }
    expect((await ask('version')).status).toBe(200);
  });
});

async function outcomeOf(query: string, init: RequestInit = {}) {
  try {
    const answer = await ask(query, BEARER, init);
    return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
  } catch {
    return 'no answer';
  }
}

describe('lists', () => {
  it('holds categories by their ids, and inside them lists, objects and nothing', async () => {
    const { category } = await json('private.request.getCategories');
    expect(Object.keys(category)).toEqual(['1', '2', '3', '4', '5']);
    expect(category['1'].sPersonList.person).toHaveLength(3);
    expect(category['3'].sPersonList.person).toMatchObject({ fullname: 'Jörg Müller', assigned_requests: '2' });
    expect([category['5'].fDeleted, category['5'].sPersonList, category['2'].reportingTags]).toEqual(['1', [], []]);
    helpspot.json.keyed = false;
    expect((await json('private.request.getCategories')).category).toHaveLength(5);
  });

  it('lists the rest', async () => {
    const { person } = await json('private.util.getActiveStaff');
    expect(person.map(({ fullname }: { fullname: string }) => fullname)).not.toContain('Old Hand');
    expect(person[2]).toMatchObject({ sFname: 'Jörg', sUsername: '', fUserType: '2', fullname: 'Jörg Müller' });
    const names = async (query: string, list: string, name: string) =>
      [(await json(query))[list]].flat().map((one) => one[name]);
    expect(await names('private.request.getStatusTypes', 'status', 'xStatus')).toHaveLength(5);
    expect(await names('private.request.getStatusTypes&fActiveOnly=0', 'status', 'xStatus')).toHaveLength(6);
    expect(await names('private.request.getMailboxes', 'mailbox', 'xMailbox')).toEqual(['3', '4']);
    expect(await names('private.request.getCustomFields', 'field', 'fieldType')).toHaveLength(13);
    expect(await names('private.request.getCustomFields&xCategory=2', 'field', 'xCustomField')).toEqual([
      '1',
      '2',
      '4',
      '11',
    ]);
    expect(await names('private.addressbook.getContacts', 'contact', 'xContact')).toEqual(['3', '2']);
    expect(await names('private.user.getFilters', 'filter', 'xFilter')).toEqual(['inbox', 'myq', '9', '12']);
    expect(await json('private.user.preferences')).toMatchObject({ xPerson: '1', sEmail: 'tina@example.com' });
    expect(await json('private.filter.getColumnNames')).toMatchObject({ xRequest: 'ID', Custom7: 'Linked request' });
    expect(await json('util.getFieldLabels', '')).toMatchObject({ timetrack: 'Time' });
  });

  it('gives the requests of a filter', async () => {
    const numbers = async (query: string) =>
      [(await json(`private.filter.get&${query}`)).request].flat().map(({ xRequest }) => xRequest);
    expect(await numbers('xFilter=12')).toEqual(['12402', '12408', '12413']);
    expect(await numbers('xFilter=12&start=1&length=1')).toEqual(['12408']);
    expect(await numbers('xFilter=myq')).toEqual(['12401']);
    expect(await json('private.filter.get&xFilter=9', basic('ian'))).toMatchObject({ error: { id: '2' } });
    expect(await json('private.filter.get&xFilter=77')).toMatchObject({ error: { id: '101' } });
  });

  it('gives the knowledge books that are public', async () => {
    expect(await json('kb.list', '')).toMatchObject({ book: { xBook: '1', sBookName: 'Product Manual' } });
    expect(await json('kb.search&q=installation', '')).toMatchObject({
      page: [
        {
          link: '?pg=kb.page&id=16',
          desc: 'Page about installation',
          sPageName: 'Installing the product',
          xPage: '16',
        },
        { sBookName: 'Product Manual', xPage: '8' },
      ],
    });
    expect(await json('kb.search', '')).toMatchObject({ error: { id: '101' } });
    expect(await json('kb.getPage&xPage=16', '')).toMatchObject({
      ...{ name: '2.1. Installing the product', tPage: '<p>Page about installation</p>', tags: { tag: 'Application' } },
    });
    expect(await json('kb.getPage&xPage=99', '')).toHaveProperty('error');
    const { chapter } = await json('kb.getBookTOC&xBook=1', '');
    expect(chapter[0]).toMatchObject({ name: '1. Getting Started', pages: { page: { xPage: '5', fHighlight: '1' } } });
  });
});
