/** Requests of a HelpSpot, looked up. */
import { describe, expect, it } from 'vitest';
import helpspot from '../../../adapters/helpspot/index.ts';
import { type Criterion, textOf } from '../../../src/contract/index.ts';
import { addNote, addRequest, addStaff } from '../../support/helpspot/stored.ts';
import { ask, context } from '../../support/open-source.ts';
import { helpSpotForAll, noting, numbersOf, openDesk } from './source.ts';

const desk = await helpSpotForAll();
const quick = { requestsPerSecond: 1000 };
const open = (settings: object = {}) => openDesk(desk, { ...quick, ...settings });
const numbers = async (criteria: Readonly<Record<string, string>>, settings: object = {}) =>
  numbersOf(await (await open(settings)).find(ask(criteria), context()));
const searches = () => desk.calls.filter(({ method }) => method === 'private.request.search');

describe('the requests of a customer', () => {
  it.each([
    [{ sEmail: 'john.doe@example.com' }, ['12411', '12401', '12400']],
    [{ email: 'John Doe <JOHN.DOE@example.com>' }, ['12411', '12401', '12400']],
    [{ sUserId: '10021' }, ['12411', '12406', '12401', '12400']],
    [{ sUserID: '10021' }, ['12411', '12406', '12401', '12400']],
    [{ customer_id: 'k-7' }, ['12412', '12402', '12403', '12404']],
    [{ sLastName: 'Gruenwald' }, ['12412', '12402', '12403', '12404']],
    [{ last_name: 'O’Neil' }, ['12408']],
    [{ sEmail: "o'neil+a&b@example.com" }, ['12408']],
    [{ first_name: 'Ute', last_name: 'Grünwald' }, ['12412', '12402', '12403', '12404']],
    [{ email: 'nobody@example.com' }, []],
  ])('are found by %j: open ones first, then the newest', async (criteria, expected) => {
    expect(await numbers(criteria)).toEqual(expected);
  });

  it.each(['whole', 'part'] as const)('are found by telephone where HelpSpot compares the %s', async (matching) => {
    desk.search.matching = matching;
    expect(await numbers({ phone: '+41 44 555 12 34' }, { phoneFormats: ['### ### ## ##'] })).toContain('12412');
    expect(await numbers({ sPhone: '845 555-1234' }, { phoneFormats: ['###.###.####'] })).toContain('12407');
    if (matching === 'part') expect(await numbers({ sPhone: '(845) 555-1234' })).toEqual(['12407', '12401', '12400']);
  });

  it.each<[Readonly<Record<string, string>>, readonly string[]]>([
    [{ sUserId: '10021', fOpen: 'yes' }, ['12411', '12406', '12401']],
    [{ sUserId: '10021', fOpen: '0' }, ['12400']],
    [{ sUserId: 'K-7', category: 'aufträge & rücksendungen' }, ['12412', '12403']],
    [{ sUserId: 'K-7', xCategory: '2' }, ['12402']],
    [{ xStatus: '6' }, ['12412']],
    [{ status: 'Problem solved' }, ['12403', '12400', '12404']],
    [{ assigned_to: 'Joerg Mueller' }, ['12406', '12402']],
    [{ assigned_to: 'Nobody Known' }, []],
    [{ Custom13: 'Regal' }, ['12412']],
    [{ Custom6: 'Zürich#-#Altstetten#-#2. Stock' }, ['12406']],
    [{ Custom8: '1798758000' }, ['12400']],
    [{ sSearch: 'Rabatt' }, ['12401']],
    [{ sSearch: 'Rabatt', sUserId: 'K-7' }, []],
    [{ xRequest: '12402' }, ['12402']],
    [{ xRequest: '12402', sUserId: '10021' }, []],
    [{ xRequest: '99999' }, []],
    [{ xRequest: 'many' }, []],
    [{ noField: '1' }, []],
  ])('are narrowed by %j', async (criteria, expected) => {
    expect(await numbers(criteria)).toEqual(expected);
  });

  it('are found by several values of which one is enough, each once', async () => {
    const groups: readonly (readonly Criterion[])[] = [
      [
        { field: 'sEmail', match: 'exact', value: 'john.doe@example.com' },
        { field: 'sUserId', match: 'exact', value: '10021' },
        { field: 'phone', match: 'exact', value: '845.555.1234' },
        { field: 'noField', match: 'exact', value: '1' },
      ],
    ];
    const source = await open();
    const found = await source.find({ criteria: [], groups, limit: 20, parameters: {} }, context());
    expect(numbersOf(found)).toEqual(['12411', '12407', '12406', '12401', '12400']);
    const closed: Criterion = { field: 'fOpen', match: 'exact', value: 'no' };
    expect(numbersOf(await source.find({ criteria: [closed], groups, limit: 20, parameters: {} }, context()))).toEqual([
      '12400',
    ]);
  });

  it('are found by a part, whether HelpSpot finds parts or not; staff are told how far it was looked', async () => {
    const source = await open();
    const byPart = ask({ sTitle: 'printer' }, { match: 'contains' });
    expect(numbersOf(await source.find(byPart, context()))).toEqual(['12400']);
    for (const matching of ['whole', 'part'] as const) {
      desk.search.matching = matching;
      const mail = ask({ sEmail: 'gruenwald@' }, { match: 'contains' });
      expect(numbersOf(await source.find(mail, context()))).toHaveLength(4);
    }
    for (let at = 0; at < 600; at += 1) addRequest(desk.data, { sEmail: 'other@example.com' });
    desk.calls.length = 0;
    const told = noting();
    expect(await source.find(byPart, told)).toEqual([]);
    expect(told.notices).toEqual(['only the newest 500 requests were looked through; type more']);
    expect(searches()).toHaveLength(11);
  });

  it('of more than a page come with the open ones first, and only as many pages as needed', async () => {
    const day = 86_400;
    const now = Math.floor(Date.now() / 1000);
    for (let at = 0; at < 120; at += 1) {
      const dtGMTOpened = now - at * day;
      addRequest(desk.data, { xRequest: 20_000 + at, sUserId: 'MANY', fOpen: at > 115, dtGMTOpened });
    }
    const source = await open();
    await source.find(ask({ sUserId: 'none' }), context());
    desk.calls.length = 0;
    const found = await source.find(ask({ sUserId: 'MANY' }, { limit: 6 }), context());
    expect(numbersOf(found)).toEqual(['20116', '20117', '20118', '20119', '20000', '20001']);
    expect(searches()).toHaveLength(3);
    expect(numbersOf(await source.find(ask({ sUserId: 'MANY' }, { limit: 200 }), context()))).toHaveLength(120);
  });
});

describe('a request', () => {
  it("has the API's own names, and what it has by number by name", async () => {
    const source = await open();
    const [record] = await source.find(ask({ xRequest: '12400' }), context());
    expect(record).toMatchObject({
      ...{ xRequest: '12400', sTitle: 'Printer on the 8th floor', sEmail: 'john.doe@example.com', fOpen: false },
      ...{ xStatus: '3', status: 'Problem Solved', xCategory: '1', category: 'Account Inquiries' },
      ...{ xPersonAssignedTo: '2', assigned_to: 'Ian Landsman', Custom2: 'MySQL', fUrgent: false, fTrash: false },
      ...{ customer_id: '10021', first_name: 'John', last_name: 'Doe', phone: '+1 845 555 1234', fullname: 'John Doe' },
      tNote: 'The printer on the 8th floor does not print.',
      link: { href: `${desk.url}/admin?pg=request&reqid=12400`, text: '12400' },
    });
    expect(record?.['dtGMTOpened']).toBeInstanceOf(Date);
    expect(record?.['dtGMTClosed']).toBeInstanceOf(Date);
    expect(record?.['Custom8']).toEqual(new Date(1_798_758_000_000));
    expect(record).not.toHaveProperty('xPersonOpenedBy');
    const request = desk.data.requests.find(({ xRequest }) => xRequest === 12_400);
    expect(JSON.stringify(record)).not.toContain(request?.sRequestPassword);
  });

  it('is the same however it was found', async () => {
    const source = await open();
    const found = await source.find(ask({ sUserId: 'K-7' }), context());
    for (const record of found) {
      expect(await source.find(ask({ xRequest: textOf(record['xRequest']) }), context())).toEqual([record]);
    }
  });

  it('is named where its category is deleted, its status out of use, or its person has left', async () => {
    const source = await open();
    const [old] = await source.find(ask({ xRequest: '12404' }), context());
    expect(old).toMatchObject({ category: 'Fax', assigned_to: 'Old Hand' });
    const [escalated] = await source.find(ask({ xRequest: '12412' }), context());
    expect(escalated).toMatchObject({ status: 'Escalated to Head Office' });
    // It is asked for once, and found by that name from then on.
    desk.calls.length = 0;
    expect(numbersOf(await source.find(ask({ assigned_to: 'Old Hand' }), context()))).toEqual(['12404']);
    expect(desk.callsOf('private.request.get')).toBe(0);
  });

  it('that was merged is the one that it was merged into', async () => {
    const [record] = await (await open()).find(ask({ xRequest: '12405' }), context());
    expect(record).toMatchObject({ xRequest: '12401', merged_from: '12405', sTitle: 'Offer' });
    expect(await numbers({ xRequest: '12405', sTitle: 'Offer' })).toEqual(['12401']);
    desk.fail({ errors: [208] }, { method: 'private.request.get' });
    expect(await numbers({ xRequest: '12405' })).toEqual([]);
  });

  it('comes with its newest note, files and tags where the settings want them', async () => {
    const offer = desk.data.requests.find(({ xRequest }) => xRequest === 12_401);
    if (offer === undefined) throw new Error('it is there');
    addNote(desk.data, offer, { xPerson: 3, tNote: 'Für Jörg: Rabatt geprüft – 10 €.' });
    addNote(desk.data, offer, { xPerson: 3, tLog: 'Category changed' });
    const source = await open({ history: true });
    const found = await source.find(ask({ sEmail: 'john.doe@example.com' }), context());
    expect(numbersOf(found)).toEqual(['12411', '12401', '12400']);
    expect(desk.callsOf('private.request.multiGet')).toBe(1);
    expect(found[1]).toMatchObject({
      ...{ note: 'Für Jörg: Rabatt geprüft – 10 €.', note_by: 'Jörg Müller', note_public: false },
      ...{ reportingTags: ['Pricing', 'Printer'], tNote: 'Prices for 10 seats & support?' },
      files: [
        { href: expect.stringContaining('/admin.php?pg=file'), text: 'Invoice.pdf' },
        { href: expect.stringContaining('/admin.php?pg=file'), text: 'Übersicht.txt' },
      ],
    });
    expect(found[2]).toMatchObject({ note: 'Is it on?', note_by: 'Ian Landsman', note_at: expect.any(Date) });
    expect(found[0]).toMatchObject({ note: 'A note.' });
    // By its number it comes with one call, and the same.
    expect(await source.find(ask({ xRequest: '12401' }), context())).toMatchObject([{ note_by: 'Jörg Müller' }]);
  });

  it('is left out where it cannot be read, and the requests are given', async () => {
    const source = await open({ history: true });
    desk.fail('html', { method: 'private.request.multiGet', times: 2 });
    const told = noting();
    const [record] = await source.find(ask({ sEmail: 'zoe@example.org' }), told);
    expect(record).toMatchObject({ xRequest: '12410', fOpen: true });
    expect(record).not.toHaveProperty('note');
    expect(told.notices).toEqual(['notes of its requests are missing: HelpSpot does not give them']);
  });

  it('without history has none of it', async () => {
    const [record] = await (await open()).find(ask({ xRequest: '12401' }), context());
    for (const field of ['note', 'note_by', 'files', 'reportingTags']) expect(record).not.toHaveProperty(field);
  });

  it('has the newest note by its number, whatever order JSON gives', async () => {
    const request = desk.data.requests.find(({ xRequest }) => xRequest === 12_413);
    if (request === undefined) throw new Error('it is there');
    for (const tNote of ['first', 'second', 'third']) addNote(desk.data, request, { tNote });
    for (const keyed of [true, false]) {
      desk.json.keyed = keyed;
      const source = await open({ history: true });
      const [record] = await source.find(ask({ sUserId: '12345' }), context());
      expect(record).toMatchObject({ note: 'third' });
    }
  });
});

describe('a filter', () => {
  it('gives its requests, which can be searched', async () => {
    const source = await open({ filter: 12 });
    expect(numbersOf(await source.find(ask({}), context())).toSorted()).toEqual(['12402', '12408', '12413']);
    expect(numbersOf(await source.find(ask({ sTitle: 'stör' }, { match: 'prefix' }), context()))).toEqual(['12402']);
    expect(numbersOf(await source.find(ask({ xRequest: '12408' }), context()))).toEqual(['12408']);
    expect(await source.find(ask({ xRequest: '12401' }), context())).toEqual([]);
    expect(await source.find(ask({}, { limit: 2 }), context())).toHaveLength(2);
    const [record] = await source.find(ask({ xRequest: '12402' }), context());
    expect(record).toMatchObject({ category: 'Bugs', assigned_to: 'Jörg Müller' });
    expect(numbersOf(await (await open({ filter: 'inbox' })).find(ask({}), context()))).toContain('12408');
  });

  it('that is not there is told', async () => {
    const source = await open({ filter: 77 });
    await expect(source.check(context())).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining('perhaps there is no filter 77 any more'),
      remedy: expect.stringContaining('list: filters'),
    });
  });
});

describe('the fields', () => {
  it('are told with their kinds, custom fields among them', async () => {
    const services = { name: 'desk', log: (await open()).log, resolve: (path: string) => path };
    const source = await helpspot.open(helpspot.settings.parse({ ...desk.settings, ...quick }), services);
    const fields = new Map((await source.fields?.(context()))?.map((field) => [field.name, field]));
    expect(fields.get('sEmail')).toEqual({
      name: 'sEmail',
      kind: 'email',
      searchable: ['exact', 'prefix', 'contains'],
    });
    expect(fields.get('fOpen')).toMatchObject({ kind: 'boolean', searchable: ['exact'] });
    expect(fields.get('Custom3')).toMatchObject({ kind: 'boolean' });
    expect(fields.get('Custom9')).toMatchObject({ kind: 'date' });
    for (const name of ['sTitle', 'tNote', 'dtGMTOpened']) {
      expect(fields.get(name)).toMatchObject({ searchable: [], isLookedThrough: true });
    }
    expect(fields.get('merged_from')).not.toHaveProperty('isLookedThrough');
    expect(fields.get('sSearch')).toMatchObject({ shown: false });
    const [record] = (await source.find?.(ask({ xRequest: '12400' }), context())) ?? [];
    for (const name of Object.keys(record ?? {})) expect(fields.has(name), name).toBe(true);
    await source.close?.();
  });
});

describe('what comes', () => {
  const styles = [
    {},
    { one: 'list' },
    { none: 'text' },
    { none: 'list' },
    { keyed: false },
    { bareMultiGet: true },
    { type: 'text/javascript' },
  ] as const;
  it.each(styles)('is understood whatever PHP makes of lists: %j', async (style) => {
    Object.assign(desk.json, style);
    const source = await open({ history: true });
    expect(numbersOf(await source.find(ask({ sUserId: '10021' }), context()))).toEqual([
      ...['12411', '12406', '12401', '12400'],
    ]);
    const [only, ...others] = await source.find(ask({ sLastName: "O'Neil" }), context());
    expect(only).toMatchObject({ xRequest: '12408', category: 'Bugs', note: 'A note.' });
    expect(others).toEqual([]);
    expect(await source.find(ask({ sUserId: 'nobody' }), context())).toEqual([]);
  });

  it.each([
    ['a few, at once', { sUserId: 'K-7' }, 'sUserId=K-7'],
    ['many, in a thread', {}, 'start=0'],
  ])('as XML in ISO-8859-1 in the place of JSON is the same: %s', async (_what, criteria, query) => {
    const json = await (await open()).find(ask(criteria), context());
    const url = `${desk.url}/api/index.php?method=private.request.search&${query}&fRawValues=1`;
    const headers = { authorization: `Bearer ${desk.settings['token']}` };
    const xml = await fetch(`${url}&orderBy=dtGMTOpened&orderByDir=desc`, { headers });
    const body = Buffer.from(await xml.arrayBuffer());
    expect(body.toString('latin1')).toContain('Grünwald');
    const reply = { status: 200, headers: { 'content-type': 'text/xml' }, body };
    desk.fail({ reply }, { method: 'private.request.search' });
    expect(await (await open()).find(ask(criteria), context())).toEqual(json);
    expect(body.length > 8_000).toBe(query === 'start=0');
  });

  it('for a password is the same as for a token', async () => {
    const { token: _, ...settings } = desk.settings;
    addStaff(desk.data, {
      xPerson: 9,
      sFname: 'Gate',
      sLname: 'Way',
      sEmail: 'gate@example.com',
      password: 'Pässword: 1',
    });
    const source = await openDesk({ ...desk, settings }, { user: 'gate@example.com', password: 'Pässword: 1' });
    expect(numbersOf(await source.find(ask({ sUserId: '12345' }), context()))).toEqual(['12413']);
  });
});
