/** The stand-in for HelpSpot answers as the manual's examples do, field by field: what is read. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { elementsAt, readXml, textAt } from '../highrise/xml.ts';
import { GUEST_TOKEN, HELPSPOT_TOKEN, type HelpSpotStandIn, startHelpSpot } from './server.ts';

let helpspot: HelpSpotStandIn;
beforeAll(async () => {
  helpspot = await startHelpSpot();
});
beforeEach(() => helpspot.heal());
afterAll(() => helpspot.close());

const get = (query: string, authorization = `Bearer ${HELPSPOT_TOKEN}`) =>
  fetch(`${helpspot.url}/api/index.php?method=${query}`, { headers: { authorization } });
const json = async (query: string) => Object(await (await get(`${query}&output=json`)).json());
const xml = async (query: string) => readXml(Buffer.from(await (await get(query)).arrayBuffer()).toString('latin1'));
const found = async (query: string) =>
  elementsAt(await xml(`private.request.search&${query}`), 'request').map((one) => Number(textAt(one, 'xRequest')));

describe('private.request.get', () => {
  it('tells a request in words', async () => {
    const request = await json('private.request.get&xRequest=12401');
    expect(request).toMatchObject({
      ...{ xRequest: '12401', fOpenedVia: 'Email', xOpenedViaId: 'Verkauf Zürich', xPersonOpenedBy: '' },
      ...{ xPersonAssignedTo: 'Tina Andrews', fOpen: '1', xStatus: 'Active', fUrgent: '0' },
      ...{ xCategory: 'Account Inquiries', dtGMTClosed: '', sTitle: 'Offer', fTrash: '0', fullname: 'John Doe' },
      dtGMTOpened: expect.stringMatching(/^[A-Z][a-z]+ [ \d]\d, \d{4}$/),
      reportingTags: { tag: [{ xReportingTag: '5', sReportingTag: 'Pricing' }, { sReportingTag: 'Printer' }] },
    });
    const items = Object.values<Record<string, unknown>>(request.request_history.item);
    expect(items.map(({ xPerson, fInitial, fMergedFromRequest }) => [xPerson, fInitial, fMergedFromRequest])).toEqual([
      [' ', '1', '0'],
      ['Tina Andrews', '0', '0'],
      ['Jörg Müller', '0', '0'],
      [' ', '1', '12405'],
    ]);
    expect(items[1]).toMatchObject({
      dtGMTChange: expect.stringMatching(/^[A-Z][a-z]{2}, [A-Z][a-z]+ [ \d]\d, \d{4}, \d\d:\d\d [AP]M$/),
      files: { file: [{ sFilename: 'Invoice.pdf', sFileMimeType: 'application/pdf' }, { sFilename: 'Übersicht.txt' }] },
    });
  });

  it('tells numbers and Unix times when they are wanted', async () => {
    const request = await json('private.request.get&xRequest=12401&fRawValues=1');
    expect(request).toMatchObject({ fOpenedVia: '1', xOpenedViaId: '4', xPersonAssignedTo: '1', xStatus: '1' });
    expect(Number(request.dtGMTOpened)).toBeGreaterThan(1_700_000_000);
  });

  it('gives the other request of one that was merged, and refuses what is not there', async () => {
    expect(await json('private.request.get&xRequest=12405')).toMatchObject({ xRequest: '12401' });
    expect(await json('private.request.get&xRequest=999')).toEqual({
      error: { id: '103', description: 'Valid request ID required' },
    });
    expect((await get('private.request.get')).status).toBe(400);
  });

  it('writes XML in ISO-8859-1, with references for what that lacks', async () => {
    const bytes = Buffer.from(await (await get('private.request.get&xRequest=12401')).arrayBuffer());
    expect(bytes.toString('latin1')).toMatch(/^<\?xml version="1\.0" encoding="iso-8859-1"\?>\n<request>/);
    expect(bytes.toString('latin1')).toContain('Für Jörg: Rabatt prüfen &#8211; höchstens 10 &#8364;.');
    expect(textAt(await xml('private.request.get&xRequest=12401'), 'fullname')).toBe('John Doe');
  });
});

it('gives several requests at once', async () => {
  const query = 'private.request.multiGet&xRequest[]=12405&xRequest[]=12402&xRequest[]=1';
  expect(await json(query)).toMatchObject({ request: [{ xRequest: '12401' }, { xRequest: '12402' }] });
  helpspot.json.bareMultiGet = true;
  expect(await json(query)).toMatchObject([{ xRequest: '12401' }, { xRequest: '12402' }]);
});

describe('private.request.search', () => {
  it('wants everything to match, or anything', async () => {
    expect(await found('sEmail=john.doe@example.com')).toEqual([12400, 12401, 12411]);
    expect(await found('sEmail=john.doe@example.com&fOpen=1')).toEqual([12401, 12411]);
    expect(await found('sUserId=K-7&xCategory=2&anyall=any')).toEqual([12402, 12403, 12404, 12408, 12412, 12413]);
    expect(await found('Custom13=regal')).toEqual([12412]);
    expect(await found('sSearch=PRINT')).toEqual([12400]);
    expect(await found('sEmail=john.doe')).toEqual([]);
    helpspot.search.matching = 'part';
    expect(await found('sEmail=john.doe')).toEqual([12400, 12401, 12411]);
  });

  it('takes dates, pages and orders', async () => {
    const day = (ago: number) => Math.floor(Date.now() / 1000) - ago * 86_400;
    expect(await found(`afterDate=${day(16)}&beforeDate=${day(9.5)}`)).toEqual([12403, 12406]);
    expect(await found(`closedAfterDate=${day(20)}`)).toEqual([12403]);
    expect(await found('relativedate=past_7&orderBy=dtGMTOpened&orderByDir=desc')).toEqual([
      12413, 12412, 12411, 12410,
    ]);
    expect(await found('orderBy=sLastName&orderByDir=desc&start=1&length=2')).toEqual([12408, 12412]);
    helpspot.search.most = 3;
    expect(await found('')).toEqual([12400, 12401, 12402]);
    expect(await found('sEmail=')).toHaveLength(3);
  });

  it('tells the beginning of the initial note, and lags behind', async () => {
    const answer = await json('private.request.search&xRequest=12400');
    const tNote =
      '<span class="initsubject">Printer on the 8th floor</span> - The printer on the 8th floor does not print.';
    expect(answer).toMatchObject({
      request: { xRequest: '12400', Custom2: 'MySQL', Custom8: 'December 31, 2026', tNote },
    });
    helpspot.search.lagMs = 60_000;
    const form = 'tNote=new&xCategory=1&sUserId=K-8';
    const init = { method: 'POST', headers: { authorization: `Bearer ${HELPSPOT_TOKEN}` } };
    const made = await fetch(`${helpspot.url}/api/index.php?method=private.request.create&output=json&${form}`, init);
    const { xRequest } = Object(await made.json());
    expect([await found('sUserId=K-8'), await found('sUserId=12345')]).toEqual([[], [12413]]);
    expect(await json(`private.request.get&xRequest=${xRequest}`)).toMatchObject({ xRequest });
    helpspot.search.lagMs = 0;
    expect(await found('sUserId=K-8')).toEqual([Number(xRequest)]);
  });

  it('gives a list, an object or nothing, as it is told', async () => {
    expect(await json('private.request.search&xRequest=1')).toEqual([]);
    helpspot.json.none = 'text';
    expect(await json('private.request.search&xRequest=1')).toEqual({ request: '' });
    helpspot.json.one = 'list';
    expect((await json('private.request.search&xRequest=12400')).request).toHaveLength(1);
  });

  it('shows a person what the person may see', async () => {
    const answer = await get('private.request.search&output=json', `Bearer ${GUEST_TOKEN}`);
    expect(await answer.json()).toMatchObject({ request: { xRequest: '12406' } });
    expect((await get('private.request.get&xRequest=12400', `Bearer ${GUEST_TOKEN}`)).status).toBe(400);
  });
});
