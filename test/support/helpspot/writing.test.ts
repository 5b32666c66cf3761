/** The stand-in for HelpSpot makes, changes and refuses what the manual says. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GUEST_TOKEN, HELPSPOT_TOKEN, type HelpSpotStandIn, startHelpSpot } from './server.ts';

let helpspot: HelpSpotStandIn;
beforeAll(async () => {
  helpspot = await startHelpSpot();
});
beforeEach(() => helpspot.heal());
afterAll(() => helpspot.close());

const address = (method: string) => `${helpspot.url}/api/index.php?method=${method}&output=json`;

/** The answer's body; of a refusal, its errors. */
async function post(method: string, form: Readonly<Record<string, string>>, token = HELPSPOT_TOKEN) {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await fetch(address(method), { method: 'POST', headers, body: new URLSearchParams(form) });
  const body = Object(await answer.json());
  return answer.ok ? body : [body.error].flat().map(({ id, description }) => `${id} ${description}`);
}

const requestOf = (xRequest: unknown) => helpspot.data.requests.find((one) => one.xRequest === Number(xRequest));

const NEW = { tNote: 'Größe <falsch>', xCategory: '1', sUserId: '12345' };

describe('private.request.create', () => {
  it('makes a request of everything that came', async () => {
    const file = { File1_sFilename: 'ü.txt', File1_sFileMimeType: 'text/plain', File1_bFileBody: 'w7wK' };
    const { xRequest } = await post('private.request.create', {
      ...{ ...NEW, ...file, sTitle: 'Titel', fUrgent: '1', fOpenedVia: '2', xPersonAssignedTo: '2', xStatus: '5' },
      ...{
        reportingTags: '7,99',
        Custom6: 'Boston#-#8th',
        dtGMTOpened: '1190000000',
        fNoteIsHTML: '0',
        fNoteType: '1',
      },
      ...{ sEmail: 'a@example.com', email_from: '0', email_staff: '2', File9_sFilename: 'b', File9_bFileBody: 'Yg==' },
      ...{ File10_sFilename: 'c', File10_bFileBody: 'Yw==' },
    });
    expect(requestOf(xRequest)).toMatchObject({
      ...{ sUserId: '12345', sTitle: 'Titel', fUrgent: true, fOpenedVia: 2, xPersonAssignedTo: 2, xStatus: 5 },
      ...{ xCategory: 1, dtGMTOpened: 1190000000, reportingTags: [7], xPersonOpenedBy: 1, fOpen: true },
      custom: new Map([[6, 'Boston#-#8th']]),
      history: [{ tNote: 'Größe <falsch>', fNoteIsHTML: false, fPublic: true, fInitial: true, xPerson: 1 }],
    });
    expect(requestOf(xRequest)?.history[0]?.files).toMatchObject([
      { sFilename: 'ü.txt', sFileMimeType: 'text/plain', body: Buffer.from('ü\n') },
      { sFilename: 'b', sFileMimeType: '' },
    ]);
    expect(helpspot.mails).toEqual([]);
    expect(helpspot.writes).toMatchObject([{ method: 'private.request.create', xRequest: Number(xRequest) }]);
  });

  it('takes what does not come from its settings', async () => {
    const { xRequest } = await post('private.request.create', { ...NEW, xCategory: '3', sEmail: 'a@example.com' });
    expect(requestOf(xRequest)).toMatchObject({ fOpenedVia: 6, xPersonAssignedTo: 3, xStatus: 1, fUrgent: false });
    expect(requestOf(xRequest)?.history).toMatchObject([{ fNoteIsHTML: true, fPublic: false }]);
    expect(helpspot.mails).toMatchObject([{ kind: 'customer', xMailbox: 3, to: ['a@example.com'] }]);
  });

  it('takes a multipart form, and nothing from JSON', async () => {
    const body = new FormData();
    for (const [name, value] of Object.entries(NEW)) body.set(name, value);
    const headers = { authorization: `Bearer ${HELPSPOT_TOKEN}` };
    expect((await fetch(address('private.request.create'), { method: 'POST', headers, body })).status).toBe(200);
    expect(helpspot.data.requests.at(-1)?.history).toMatchObject([{ tNote: 'Größe <falsch>' }]);
    const jsonHeaders = { ...headers, 'content-type': 'application/json' };
    const asJson = { method: 'POST', headers: jsonHeaders, body: JSON.stringify(NEW) };
    expect((await fetch(address('private.request.create'), asJson)).status).toBe(400);
  });

  it.each<[Readonly<Record<string, string>>, readonly string[]]>([
    [{}, ['101 Required parameter tNote not supplied', '101 Required parameter xCategory not supplied']],
    [
      { tNote: 'a', xCategory: '4', sEmail: 'no address', Custom2: '' },
      [
        '105 Valid email required',
        '101 Required parameter Custom2 not supplied',
        '101 Required parameter Custom13 not supplied',
      ],
    ],
    [
      { tNote: 'a', xCategory: '1' },
      ['101 Required parameter sFirstName,sLastName,sUserId,sEmail,sPhone not supplied'],
    ],
    [{ ...NEW, xCategory: '99' }, ['207 Could not create request: xCategory is not valid']],
    [{ ...NEW, xCategory: '5' }, ['207 Could not create request: xCategory is not valid']],
    [{ ...NEW, xPersonAssignedTo: '4' }, ['207 Could not create request: xPersonAssignedTo is not valid']],
    [{ ...NEW, xStatus: '6' }, ['207 Could not create request: xStatus is not valid']],
    [{ ...NEW, email_from: '5' }, ['207 Could not create request: email_from is not valid']],
  ])('refuses %o', async (form, errors) => {
    const before = helpspot.data.requests.length;
    expect(await post('private.request.create', form)).toEqual(errors);
    expect([helpspot.data.requests.length, helpspot.writes, helpspot.mails]).toEqual([before, [], []]);
  });

  it('skips the checks of custom fields, refuses guests, and reads nothing of a GET', async () => {
    const form = { ...NEW, xCategory: '4', Custom2: '' };
    expect(await post('private.request.create', { ...form, skipCustomChecks: '1' })).toHaveProperty('xRequest');
    expect(await post('private.request.create', NEW, GUEST_TOKEN)).toEqual(['206 Could not create request']);
    const headers = { authorization: `Bearer ${HELPSPOT_TOKEN}` };
    const answer = await fetch(`${address('private.request.create')}&${new URLSearchParams(NEW)}`, { headers });
    expect([answer.status, Object(await answer.json()).error]).toMatchObject([400, [{ id: '101' }, { id: '101' }]]);
  });
});

describe('private.request.update', () => {
  it('adds a note, changes what came, and tells it in the log', async () => {
    const form = {
      xRequest: '12402',
      tNote: 'Done.',
      fNoteType: '1',
      fOpen: '0',
      xStatus: '3',
      Custom7: '555',
      sTitle: 'Re',
    };
    expect(await post('private.request.update', { ...form, email_from: '4' })).toEqual({ xRequest: '12402' });
    const request = requestOf(12402);
    expect(request).toMatchObject({ fOpen: false, xStatus: 3, sTitle: 'Störung', iLastReplyBy: 1 });
    expect(request?.dtGMTClosed).toBeGreaterThan(0);
    expect(request?.custom.get(7)).toBe('555');
    expect(request?.history.slice(1)).toMatchObject([
      {
        tLog: 'xStatus changed from "1" to "3"\nfOpen changed from "true" to "false"\nCustom7 changed from "" to "555"',
      },
      { tNote: 'Done.', fPublic: true, xPerson: 1 },
    ]);
    expect(helpspot.mails).toMatchObject([{ kind: 'customer', xMailbox: 4, subject: 'Re', text: 'Done.' }]);
  });

  it('is seen in private.request.getChanged, each item by itself', async () => {
    const since = Math.floor(Date.now() / 1000) - 30;
    await post('private.request.update', { xRequest: '12402', tNote: 'a', xPerson: '0', fUrgent: '0' });
    await post('private.request.update', { xRequest: '12401', tNote: 'b' });
    const headers = { authorization: `Bearer ${HELPSPOT_TOKEN}` };
    const answer = await fetch(`${address('private.request.getChanged')}&dtGMTChange=${since}`, { headers });
    expect(await answer.json()).toEqual({ xRequest: ['12402', '12402', '12401'] });
  });

  it.each([
    [{ xRequest: '1', tNote: 'a' }, '103 Valid request ID required'],
    [{ xRequest: '12405', tNote: 'a' }, '208 Request has been merged'],
    [{ xRequest: '12402', xCategory: '5' }, '212 Could not update request: xCategory is not valid'],
    [{ xRequest: '12402', tNote: 'a', Custom7: '' }, '101 Required parameter Custom7 not supplied'],
    [{ xRequest: '12402', xCategory: '4' }, '101 Required parameter Custom13 not supplied'],
    [{ xRequest: '12402' }, '210 Request could not be updated'],
  ])('refuses %o', async (form, error) => {
    expect(await post('private.request.update', form)).toEqual([error]);
    expect([requestOf(12402)?.history.length, helpspot.writes]).toEqual([1, []]);
  });
});

describe('the time tracker and subscriptions', () => {
  const SPENT = {
    xRequest: '12401',
    xPerson: '2',
    iMonth: '10',
    iDay: '21',
    iYear: '2007',
    tDescription: 'fixed printer',
  };

  it('adds events, and finds them', async () => {
    const { xTimeId } = await post('private.request.addTimeEvent', { ...SPENT, tTime: '2:30' });
    expect(helpspot.data.timeEvents.at(-1)).toMatchObject({
      xTimeId: Number(xTimeId),
      iSeconds: 9000,
      fBillable: false,
    });
    await post('private.request.addTimeEvent', { ...SPENT, tTime: '2.25', fBillable: '1' });
    expect(helpspot.data.timeEvents.at(-1)).toMatchObject({ iSeconds: 8100, fBillable: true });
    const { event } = await post('private.request.getTimeEvents', { xRequest: '12401' });
    expect(event.map(({ dtGMTDate }: { dtGMTDate: string }) => dtGMTDate).slice(1)).toEqual([
      'October 21, 2007',
      'October 21, 2007',
    ]);
    const lately = await post('private.timetracker.search', { sUserId: '10021' });
    expect(lately.event).toMatchObject({ xPerson: 'Ian Landsman', iSeconds: '9000', sEmail: 'john.doe@example.com' });
    expect((await post('private.timetracker.search', { sUserId: '10021', start_time: '0' })).event).toHaveLength(4);
  });

  it.each([{ tTime: 'two' }, { tTime: '2:75' }, { tTime: '1', iDay: '32' }, { tTime: '1', xPerson: '4' }])(
    'refuses %o',
    async (wrong) => {
      const errors = await post('private.request.addTimeEvent', { ...SPENT, ...wrong });
      expect(errors).toEqual(['209 Time event could not be added']);
    },
  );

  it('subscribes and unsubscribes', async () => {
    expect(await post('private.request.subscribe', { xRequest: '12402', xPerson: '2' })).toEqual({ subscribed: '2' });
    expect(await post('private.request.subscriptions', { xPerson: '2' })).toMatchObject({
      request: { xRequest: '12402' },
    });
    expect(await post('private.request.unsubscribe', { xRequest: '12402', xPerson: '2' })).toEqual({
      unsubscribed: '2',
    });
    expect(await post('private.request.subscriptions', { xPerson: '2' })).toEqual([]);
  });
});

describe('the public API', () => {
  it('makes a request, updates it by its key, and shows it without what is private', async () => {
    const form = {
      tNote: 'This is the request.',
      sEmail: 'a@example.com',
      xCategory: '1',
      Custom3: '1',
      Custom2: 'MySQL',
    };
    const { xRequest, accesskey } = await post('request.create', form, '');
    expect(accesskey).toMatch(new RegExp(`^${xRequest}[a-z]{6}$`));
    expect(requestOf(xRequest)).toMatchObject({ xPersonOpenedBy: 0, custom: new Map([[2, 'MySQL']]) });
    expect(await post('request.update', { accesskey, tNote: 'more' }, '')).toEqual({ xRequest });
    await post('private.request.update', { xRequest, tNote: 'between us' });
    const shown = await post('request.get', { accesskey }, '');
    expect(Object.values(shown.request_history.item)).toMatchObject([
      { tNote: 'This is the request.' },
      { tNote: 'more' },
    ]);
    expect(shown).not.toHaveProperty('Custom3');
    expect(helpspot.mails).toMatchObject([{ kind: 'customer' }]);
  });

  it('refuses', async () => {
    expect(await post('request.create', { tNote: 'a', sUserId: '1', xCategory: '3' }, '')).toEqual([
      '207 Could not create request: xCategory is not valid',
    ]);
    expect(await post('request.update', { accesskey: '12401x', tNote: 'a' }, '')).toEqual([
      '102 Valid access key required',
    ]);
  });
});
