/** Pushes to a request that is there: a note, time, a follower; and requests as the portal makes them. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import helpspot from '../../../adapters/helpspot/index.ts';
import { failureOf } from '../../support/failure-of.ts';
import { type HelpSpotStandIn, startHelpSpot } from '../../support/helpspot/server.ts';
import { context } from '../../support/open-source.ts';
import { openTarget, pushRequest } from '../../support/push-source.ts';
import { newestNote, onlyMade, requestIn, targetIn } from './target.ts';

let desk: HelpSpotStandIn;
beforeAll(async () => {
  desk = await startHelpSpot();
});
afterEach(() => {
  const scandals = [...desk.scandals];
  desk.heal();
  expect(scandals).toEqual([]);
});
afterAll(() => desk.close());

type Fields = Readonly<Record<string, string>>;

async function pushed(action: string, fields: Fields) {
  const target = await targetIn(desk, { action });
  const request = pushRequest({ fields });
  return { request, receipt: await target.push(request, context()) };
}

async function refusedWith(action: string, fields: Fields) {
  const target = await targetIn(desk, { action });
  const failure = await failureOf(target.push(pushRequest({ fields }), context()));
  expect(desk.writes).toEqual([]);
  return failure;
}

describe('an update', () => {
  it('is a note in the request, with the title, and changes what the fields say and nothing else', async () => {
    const before = { ...requestIn(desk, 12_402) };
    const { receipt, request } = await pushed('update', {
      request: '#12402',
      status: 'problem solved',
      Custom1: 'Zug',
      open: 'no',
    });
    expect(receipt).toEqual({ id: '12402', link: `${desk.url}/admin?pg=request&reqid=12402` });
    const { sEmail, sTitle, xCategory, xPersonAssignedTo, fUrgent } = before;
    expect(requestIn(desk, 12_402)).toMatchObject({
      ...{ sEmail, sTitle, xCategory, xPersonAssignedTo, fUrgent, xStatus: 3, fOpen: false },
      custom: new Map([[1, 'Zug']]),
    });
    const note = newestNote(desk, 12_402);
    expect(note).toMatchObject({ fPublic: false, fNoteIsHTML: true, xPerson: 1 });
    expect(note?.tNote).toMatch(/^<p><b>Printer on fire<\/b><\/p>\nThe printer on floor 3/);
    expect(note?.tNote).toContain(`Reference: ${request.reference}`);
    expect(desk.mails).toEqual([]);
  });

  it('says whom it is from and to where that is wanted', async () => {
    await pushed('update', { request: '12402', note: 'public', emailFrom: '4', email: 'new@example.com' });
    expect(desk.mails).toMatchObject([
      { kind: 'customer', xMailbox: 4, to: ['new@example.com'], subject: 'Printer on fire' },
    ]);
  });

  it('goes to the request that it was merged into', async () => {
    const { receipt, request } = await pushed('update', { request: '12405' });
    expect(receipt.id).toBe('12401');
    expect(newestNote(desk, 12_401)?.tNote).toContain(request.reference);
    expect(desk.callsOf('private.request.update')).toBe(2);
  });

  it.each([
    [{}, 'the field "request" is empty', { unsent: true }],
    [{ request: 'Printer' }, 'the field "request" has no number in it', { unsent: true }],
    [{ request: '12400 12401' }, 'the field "request" has no number in it', { unsent: true }],
    [{ request: '99999' }, 'error 103', { said: 'Valid request ID required' }],
    [{ request: '12401', category: '99' }, 'error 212', { said: expect.stringContaining('xCategory is not valid') }],
  ])('is refused where there is no such thing: %j', async (fields, message, more) => {
    const failure = await refusedWith('update', fields);
    expect(failure).toMatchObject({ kind: 'rejected', message: expect.stringContaining(message), ...more });
  });

  it('is refused where the merged request cannot be read either, and surely not done', async () => {
    desk.fail(500, { method: 'private.request.get', times: 4 });
    expect(await refusedWith('update', { request: '12405' })).toMatchObject({ kind: 'bad-response', unsent: true });
  });
});

describe('a time event', () => {
  it('is in the request, with the day, the time, who, what for and the reference', async () => {
    const fields = { request: '12405', person: 'Jörg Müller', time: '1,5', date: '2026-02-28', billable: 'yes' };
    const { receipt, request } = await pushed('time', { ...fields, description: 'Looked\nfor it' });
    expect(receipt.id).toBe('12401');
    expect(desk.data.timeEvents.at(-1)).toMatchObject({
      ...{ xRequest: 12_401, xPerson: 3, iSeconds: 5_400, fBillable: true },
      ...{ dtGMTDate: Date.UTC(2026, 1, 28, 12) / 1000, tDescription: `Looked for it (${request.reference})` },
    });
  });

  it('is of today, for the title of the push', async () => {
    const { request } = await pushed('time', { request: '12401', person: '2', time: '2:05' });
    const event = desk.data.timeEvents.at(-1);
    const today = new Date();
    const noon = Date.UTC(today.getFullYear(), today.getMonth(), today.getDate(), 12) / 1000;
    expect(event).toMatchObject({
      iSeconds: 7_500,
      dtGMTDate: noon,
      tDescription: `Printer on fire (${request.reference})`,
    });
  });

  it.each([
    [{ time: 'long' }, 'the field "time" has no time in it'],
    [{ time: '1:75' }, 'the field "time" has no time in it'],
    [{ time: '1', date: '2026-02-30' }, 'the field "date" has no day in it'],
    [{ time: '1', date: '28.2.2026' }, 'the field "date" has no day in it'],
    [{ time: '1', person: 'Nobody' }, 'no staff member "Nobody"'],
    [{ time: '1', billable: 'perhaps' }, 'the field "billable"'],
  ])('is refused before it is sent: %j', async (fields: Fields, message) => {
    const failure = await refusedWith('time', { request: '12401', person: '2', ...fields });
    expect(failure).toMatchObject({ kind: 'rejected', unsent: true, message: expect.stringContaining(message) });
  });
});

describe('a subscription', () => {
  it('is of the staff member, once however often it is pushed', async () => {
    const fields = { request: '12405', person: 'ian@example.com' };
    expect((await pushed('subscribe', fields)).receipt.id).toBe('12401');
    await pushed('subscribe', fields);
    const own = desk.data.subscriptions.filter(({ xPerson }) => xPerson === 2);
    expect(own).toMatchObject([{ xRequest: 12_401 }]);
  });
});

describe('the portal', () => {
  const openPortal = (more: object = {}) => openTarget(helpspot, { url: desk.url, action: 'portal', ...more });

  it('is used without credentials, with the public categories by name', async () => {
    const target = await openPortal();
    const request = pushRequest({
      fields: { category: 'bugs', urgent: 'yes', Custom1: 'Zug', Custom2: '' },
      body: 'It <b>burns</b>',
      files: [{ name: 'a.txt', type: 'text/plain', url: undefined, bytes: new Uint8Array([65]) }],
    });
    const before = desk.http.received.length;
    const receipt = await target.push(request, context());
    const { note, ...made } = onlyMade(desk);
    expect(receipt).toEqual({ id: `${made.xRequest}`, link: `${desk.url}/admin?pg=request&reqid=${made.xRequest}` });
    expect(made).toMatchObject({
      xCategory: 2,
      fUrgent: true,
      sEmail: 'bob@example.com',
      custom: new Map([[1, 'Zug']]),
    });
    expect(note.tNote).toMatch(
      /^Printer on fire\n\nIt <b>burns<\/b>\n\nHelpSpot request 12400: https:\/\/help\S+\n\nReference: hs-/,
    );
    expect(note.files).toMatchObject([{ sFilename: 'a.txt' }]);
    for (const { headers } of desk.http.received.slice(before)) expect(headers.authorization).toBeUndefined();
    // The key that opens a request in the portal is for customers.
    expect(JSON.stringify([receipt, target.log.lines])).not.toContain(made.sRequestPassword);
  });

  it('takes custom fields as people write them, and no others than public ones', async () => {
    const target = await openPortal();
    await target.push(pushRequest({ fields: { Custom8: '2026-12-01', Custom1: 'a\u0000b', Custom2: ' ' } }), context());
    expect(onlyMade(desk).custom).toEqual(
      new Map([
        [8, `${Date.UTC(2026, 11, 1, 12) / 1_000}`],
        [1, 'ab'],
      ]),
    );
    const hidden = pushRequest({ fields: { Custom3: 'yes' } });
    expect(await failureOf(target.push(hidden, context()))).toMatchObject({
      message: 'HelpSpot has no custom field Custom3, or does not show it to the gateway',
      unsent: true,
    });
    onlyMade(desk);
  });

  it('can neither be searched nor asked how something stands', async () => {
    const target = await openPortal();
    expect(target).not.toHaveProperty('findPush');
    expect(target).not.toHaveProperty('details');
    expect(target).not.toHaveProperty('find');
    await target.check(context());
    expect(desk.calls.map(({ method }) => method)).toEqual(['version']);
  });

  it('refuses in its own words, and where it is off', async () => {
    const target = await openPortal({ category: 'Development' });
    expect(await failureOf(target.push(pushRequest(), context()))).toMatchObject({
      message: 'HelpSpot has no public category "Development", which the field "category" names',
      unsent: true,
    });
    desk.publicApi = false;
    expect(await failureOf(target.push(pushRequest({ fields: { category: '1' } }), context()))).toMatchObject({
      kind: 'rejected',
      lasting: true,
      remedy: expect.stringContaining('Public API'),
    });
    expect(await failureOf(target.check(context()))).toMatchObject({ lasting: true });
    expect(desk.writes).toEqual([]);
  });
});
