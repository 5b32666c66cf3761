/** A push as a new request of a HelpSpot: what goes where, and what is refused before anything is made. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type PushFile, surelyNotDone } from '../../../src/contract/index.ts';
import { failureOf } from '../../support/failure-of.ts';
import { type HelpSpotStandIn, startHelpSpot } from '../../support/helpspot/server.ts';
import { addCategory, addStaff } from '../../support/helpspot/stored.ts';
import { context } from '../../support/open-source.ts';
import { pushRequest } from '../../support/push-source.ts';
import { madeIn, onlyMade, targetIn } from './target.ts';

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

async function pushed(fields: Fields, settings: object = {}, files: readonly PushFile[] = []) {
  const target = await targetIn(desk, settings);
  const request = pushRequest({ fields, files });
  const receipt = await target.push(request, context());
  const made = onlyMade(desk);
  expect(receipt).toEqual({ id: `${made.xRequest}`, link: `${desk.url}/admin?pg=request&reqid=${made.xRequest}` });
  return { request, made };
}

/** Nothing was made, and it is certain. */
async function refusedWith(fields: Fields, settings: object = {}) {
  const target = await targetIn(desk, settings);
  const failure = await failureOf(target.push(pushRequest({ fields }), context()));
  expect(surelyNotDone(failure)).toBe(true);
  expect(madeIn(desk)).toEqual([]);
  return failure;
}

const file = (name: string, length = 3, more: Partial<PushFile> = {}): PushFile => ({
  ...{ name, type: 'text/plain', url: `https://help.example.com/admin?pg=file&id=${name}` },
  ...{ bytes: new Uint8Array(length).fill(65), ...more },
});

describe('a new request', () => {
  it('is of the customer who was pushed, in the category of the source, and nobody gets a mail', async () => {
    const { request, made } = await pushed({});
    expect(made).toMatchObject({
      ...{ sFirstName: 'Bob', sLastName: 'Jones', sEmail: 'bob@example.com', sTitle: 'Printer on fire', xCategory: 2 },
      ...{ xPersonAssignedTo: 0, xStatus: 1, fOpen: true, fUrgent: false, fOpenedVia: 6, xPersonOpenedBy: 1 },
    });
    expect(made.note).toMatchObject({ fPublic: false, fNoteIsHTML: true, files: [] });
    expect(made.note.tNote).toContain('Please help.');
    expect(made.note.tNote).toContain(
      '<a href="https://help.example.com/admin?pg=request&amp;reqid=12400">HelpSpot request 12400</a>',
    );
    expect(made.note.tNote).toMatch(new RegExp(`<p>Reference: ${request.reference}</p>$`));
    expect(desk.mails).toEqual([]);
    expect(desk.calls.map(({ method }) => method)).toEqual(['private.request.create']);
  });

  it('has everything that the fields say, by name', async () => {
    const { made } = await pushed({
      ...{ category: 'account  inquiries', assignedTo: 'IAN', status: 'Problem Solved', urgent: 'ja', open: 'no' },
      ...{ reportingTags: 'printer, 5', email: 'eve@example.com', firstName: 'Eve', lastName: 'Ng', phone: '044 1' },
      ...{ customerId: 'K-9', openedBy: 'joerg@example.com', openedVia: 'phone', portal: '3', note: 'Public' },
      ...{
        Custom1: ' Zürich ',
        Custom3: 'yes',
        Custom6: 'Boston#-#8th',
        Custom8: '2026-12-24',
        Custom9: '2026-12-24T10:00:00+01:00',
      },
    });
    expect(made).toMatchObject({
      ...{ xCategory: 1, xPersonAssignedTo: 2, xStatus: 3, fUrgent: true, fOpen: false, reportingTags: [7, 5] },
      ...{ sEmail: 'eve@example.com', sFirstName: 'Eve', sLastName: 'Ng', sPhone: '044 1', sUserId: 'K-9' },
      ...{ xPersonOpenedBy: 3, fOpenedVia: 2, xPortal: 3, note: { fPublic: true } },
    });
    expect([...made.custom]).toEqual([
      [1, 'Zürich'],
      [3, '1'],
      [6, 'Boston#-#8th'],
      [8, String(Date.UTC(2026, 11, 24, 12) / 1000)],
      [9, String(Date.UTC(2026, 11, 24, 9) / 1000)],
    ]);
    expect(desk.mails).toEqual([]);
  });

  it('takes numbers for names without asking, and what HelpSpot says to them', async () => {
    await pushed({ category: '3', assignedTo: '0', status: '2', openedBy: '0', reportingTags: '5,7', Custom1: '' });
    expect(desk.calls).toHaveLength(1);
    expect(desk.calls[0]?.parameters).not.toHaveProperty('Custom1');
    desk.heal();
    expect(await refusedWith({ category: '99' })).toMatchObject({
      kind: 'rejected',
      said: 'Could not create request: xCategory is not valid',
    });
  });

  it('finds what was added after the lists were read', async () => {
    const target = await targetIn(desk);
    await target.push(pushRequest({ fields: { category: 'Bugs', assignedTo: 'Ian Landsman' } }), context());
    addCategory(desk.data, { xCategory: 9, sCategory: 'Robots' });
    addStaff(desk.data, { xPerson: 9, sFname: 'Ada', sLname: 'Lovelace' });
    await target.push(pushRequest({ fields: { category: 'robots', assignedTo: 'Ada Lovelace' } }), context());
    expect(madeIn(desk).at(-1)).toMatchObject({ xCategory: 9, xPersonAssignedTo: 9 });
  });

  it('sends mails where a mailbox is named', async () => {
    await pushed({
      ...{ emailFrom: 'verkauf zürich', note: 'external', emailTo: 'a@example.com; b@example.com' },
      ...{ cc: 'c@example.com', bcc: 'd@example.com', emailStaff: 'Ian Landsman, 3' },
    });
    expect(desk.mails).toMatchObject([
      {
        kind: 'external',
        xMailbox: 4,
        to: ['a@example.com', 'b@example.com'],
        cc: ['c@example.com'],
        bcc: ['d@example.com'],
      },
      { kind: 'staff', to: ['ian@example.com', 'joerg@example.com'] },
    ]);
  });

  it('may lack what the category requires where that is said', async () => {
    expect(await refusedWith({ category: '4' })).toMatchObject({ said: 'Required parameter Custom13 not supplied' });
    await pushed({ category: '4', skipCustomChecks: 'yes' });
  });
});

describe('files', () => {
  it('are nine at most; more are links in the note', async () => {
    const names = Array.from({ length: 11 }, (_, index) => `f${index}.txt`);
    const { made } = await pushed(
      {},
      {},
      names.map((name) => file(name)),
    );
    expect(made.note.files.map(({ sFilename }) => sFilename)).toEqual(names.slice(0, 9));
    expect(made.note.files[0]).toMatchObject({ sFileMimeType: 'text/plain', body: Buffer.from('AAA') });
    expect(made.note.tNote).toContain(
      '>f9.txt</a><br><a href="https://help.example.com/admin?pg=file&amp;id=f10.txt">f10.txt</a>',
    );
    expect(made.note.tNote).not.toContain('f8.txt');
  });

  it('are links where they are too large together, have no bytes, are empty, or have no web address', async () => {
    const all = [
      ...[file('small', 600), file('large', 900), file('last', 400), file('none', 0, { bytes: undefined })],
      file('empty', 0),
      file('<b>', 2_000, { url: 'javascript:alert(1)', type: 'no type' }),
    ];
    const { made } = await pushed({}, { largestFiles: 1_000 }, all);
    expect(made.note.files.map(({ sFilename }) => sFilename)).toEqual(['small', 'last']);
    const more = /<p>More attachments:<br>(.*)<\/p>/.exec(made.note.tNote)?.[1] ?? '';
    expect(more).toMatch(/^<a [^>]*>large<\/a><br><a [^>]*>none<\/a><br><a [^>]*>empty<\/a><br>&lt;b&gt;$/);
  });

  it('have names and types that HelpSpot can keep', async () => {
    const odd = file('../../a\n\u0000b/ü.txt', 1, { type: 'text/html; charset=x' });
    const { made } = await pushed({}, {}, [odd, file('', 1, { type: '' })]);
    expect(made.note.files).toMatchObject([
      { sFilename: '.. .. a b ü.txt', sFileMimeType: 'application/octet-stream' },
      { sFilename: 'attachment', sFileMimeType: 'application/octet-stream' },
    ]);
  });
});

describe('what cannot be', () => {
  it.each([
    [{ category: 'Developement' }, 'no category "Developement", which the field "category"', 'names: Development, '],
    [{ category: 'Fax' }, 'no category "Fax"', 'the nearest of its names: Bugs'],
    [{ status: 'problem' }, 'no status "problem"', 'names: Problem Solved, '],
    [{ status: 'Escalated to Head Office' }, 'no status', 'the nearest'],
    [{ assignedTo: 'Old Hand' }, 'no staff member "Old Hand", which the field "assignedTo"', 'the nearest'],
    [{ openedBy: 'Jorg Muller' }, 'which the field "openedBy" names', 'names: Jörg Müller, '],
    [{ emailFrom: 'Customer Service' }, 'no mailbox', 'names: Customer.Service, '],
    [{ reportingTags: 'Prices' }, 'no reporting tag "Prices"', ''],
    [{ category: '1', reportingTags: 'Prices' }, 'no reporting tag "Prices"', 'names: Pricing, Printer'],
    [{ Custom77: 'x' }, 'no custom field Custom77', 'Custom1 (Office), '],
    [{ Custom3: 'perhaps' }, '"Custom3" has no value that is a yes or no', ''],
    [{ Custom8: 'tomorrow' }, '"Custom8" has no value that is a date; write it like 2026-05-31', ''],
    [{ Custom9: '2026-13-44T00:00:00Z' }, '"Custom9" has no value that is a date', ''],
    [{ urgent: 'perhaps' }, 'the field "urgent" says neither yes nor no', 'yes or no'],
    [{ open: '7' }, 'the field "open" says neither yes nor no', ''],
    [{ note: 'constructor' }, 'the field "note" says neither private, public nor external', ''],
    [{ openedVia: 'Pigeon' }, 'the field "openedVia"', 'Email, Phone, Walk In'],
    [{ portal: 'Two' }, 'the field "portal" has no number in it', ''],
    [{ cc: 'a@example.com' }, 'the field "cc" goes with emailFrom only', 'emailFrom'],
    [{ emailFrom: 'no', emailStaff: '2' }, 'the field "emailStaff" goes with emailFrom only', ''],
  ])('is refused before it is sent: %j', async (fields, message, remedy) => {
    const failure = await refusedWith(fields);
    expect(failure).toMatchObject({ kind: 'rejected', unsent: true, message: expect.stringContaining(message) });
    if (remedy !== '') expect(failure).toMatchObject({ remedy: expect.stringContaining(remedy) });
    expect(desk.callsOf('private.request.create')).toBe(0);
  });

  it('is a name that two have', async () => {
    addCategory(desk.data, { xCategory: 8, sCategory: 'bugs', sCategoryGroup: 'Sales' });
    expect(await refusedWith({ category: 'Bugs' })).toMatchObject({
      message: 'the field "category" names 2 of the categories of HelpSpot',
      remedy: 'write the number of the one that is meant: 2, 8',
    });
  });

  it('is refused in the words of the API where only that knows', async () => {
    const target = await targetIn(desk);
    const nobody = pushRequest({ values: Object.create(null) });
    expect(await failureOf(target.push(nobody, context()))).toMatchObject({
      kind: 'rejected',
      said: 'Required parameter sFirstName,sLastName,sUserId,sEmail,sPhone not supplied',
    });
    expect(await refusedWith({ email: 'no address' })).toMatchObject({ said: 'Valid email required' });
    expect(await refusedWith({ status: '77' })).toMatchObject({
      kind: 'rejected',
      said: expect.stringMatching(/^Could not/),
    });
  });

  it('is a person of the token who may not write', async () => {
    desk.tokens.set('guest', 5);
    expect(await refusedWith({}, { token: 'guest' })).toMatchObject({ said: 'Could not create request' });
  });
});

describe('a HelpSpot that takes nothing for a while', () => {
  it('is tried again: maintenance, too many sign-ins', async () => {
    desk.mode = 'maintenance';
    expect(await refusedWith({})).toMatchObject({ kind: 'unreachable', unsent: true });
    desk.mode = 'normal';
    desk.fail('too-many-attempts');
    expect(await refusedWith({})).toMatchObject({ kind: 'rate-limited', unsent: true, retryAfterMs: 60_000 });
    await pushed({});
  });

  it('is a matter for the administrator: no licence, no API', async () => {
    desk.mode = 'trial-over';
    expect(await refusedWith({})).toMatchObject({ kind: 'rejected', staffWords: 'has no valid licence' });
    desk.mode = 'normal';
    desk.privateApi = false;
    expect(await refusedWith({})).toMatchObject({ kind: 'rejected', remedy: expect.stringContaining('Private API') });
  });

  it('surely did nothing while names were looked up, whatever became of that', async () => {
    for (const how of ['half', 500] as const) {
      desk.fail(how, { method: 'private.util.getActiveStaff', times: 6 });
      expect(await refusedWith({ assignedTo: 'Ian Landsman' })).toMatchObject({ unsent: true });
      desk.heal();
    }
  });
});

describe('the check', () => {
  it('tells a category that is not there', async () => {
    await (await targetIn(desk, { category: 'bugs' })).check(context());
    const wrong = await targetIn(desk, { category: 'Bogs' });
    expect(await failureOf(wrong.check(context()))).toMatchObject({ remedy: expect.stringContaining('Bugs') });
    expect(desk.writes).toEqual([]);
  });
});
