/** The number of a new request is written into the request that was pushed, here or in the HelpSpot that it came from. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import helpspot from '../../../adapters/helpspot/index.ts';
import { withDeadline } from '../../../src/contract/index.ts';
import { failureOf } from '../../support/failure-of.ts';
import { HELPSPOT_PASSWORD, type HelpSpotStandIn, startHelpSpot } from '../../support/helpspot/server.ts';
import { context } from '../../support/open-source.ts';
import { openTarget, type PushSource, pushRequest } from '../../support/push-source.ts';
import { madeIn, onlyMade, requestIn, targetIn } from './target.ts';

let desk: HelpSpotStandIn;
let origin: HelpSpotStandIn;
beforeAll(async () => {
  [desk, origin] = await Promise.all([startHelpSpot(), startHelpSpot()]);
});
afterEach(() => {
  // Of a request that was made as the portal does, HelpSpot tells the customer.
  const mails = [...desk.mails.filter(({ subject }) => subject !== ''), ...origin.mails];
  const scandals = [...desk.scandals, ...origin.scandals];
  desk.heal();
  origin.heal();
  expect([mails, scandals]).toEqual([[], []]);
});
afterAll(() => Promise.all([desk.close(), origin.close()]));

const warnings = ({ log }: PushSource) => log.lines.filter(({ level }) => level !== 'debug');
const of = (xRequest: string) => ({ xRequest, sEmail: 'bob@example.com', sTitle: 'Printer on fire' });
const writtenIn = (where: HelpSpotStandIn, xRequest: number) => requestIn(where, xRequest).custom.get(7);
const inOrigin = () => ({ writeBack: 'Custom7', origin: { url: origin.url, token: String(origin.settings['token']) } });

describe('the number of the new request', () => {
  it('is in the custom field of the first one, which has no note more', async () => {
    const target = await targetIn(desk, { writeBack: 'Custom7' });
    const notes = () => requestIn(desk, 12_400).history.filter(({ tNote }) => tNote !== '').length;
    const before = notes();
    const { id } = await target.push(pushRequest(), context());
    expect(writtenIn(desk, 12_400)).toBe(id);
    expect(notes()).toBe(before);
    expect(warnings(target)).toEqual([]);
  });

  it('is in the HelpSpot that the push came from, whose category wants other fields', async () => {
    Object.assign(requestIn(origin, 12_404), { xCategory: 4 });
    const { user, password, ...way } = { ...inOrigin().origin, user: 'tina@example.com', password: HELPSPOT_PASSWORD };
    const target = await targetIn(desk, { writeBack: 'Custom7', origin: { url: way.url, user, password } });
    const { id } = await target.push(pushRequest({ values: of('12404') }), context());
    expect(writtenIn(origin, 12_404)).toBe(id);
    expect(desk.writes).toHaveLength(1);
    expect(madeIn(origin)).toEqual([]);
  });

  it('is in the request that the first one was merged into', async () => {
    const target = await targetIn(desk, { writeBack: 'Custom7' });
    const { id } = await target.push(pushRequest({ values: of('12405') }), context());
    expect(writtenIn(desk, 12_401)).toBe(id);
  });

  it('is that of what the portal has made', async () => {
    const target = await openTarget(helpspot, { url: desk.url, action: 'portal', category: 2, ...inOrigin() });
    const { id } = await target.push(pushRequest(), context());
    expect(writtenIn(origin, 12_400)).toBe(id);
  });
});

describe('what cannot be written', () => {
  it.each(['maintenance', 500, 'cut', 'garbage'] as const)('fails no push, and is made up for: %s', async (how) => {
    const target = await targetIn(desk, inOrigin());
    origin.fail(how, { times: 4 });
    const request = pushRequest();
    const { id } = await target.push(request, context());
    expect(onlyMade(desk).xRequest).toBe(Number(id));
    expect(warnings(target)).toMatchObject([
      { message: 'a request is made, but its number is not written back', fields: { request: '12400', made: id } },
    ]);
    expect(writtenIn(origin, 12_400)).toBeUndefined();
    origin.heal();
    expect(await target.findPush?.(request, context())).toMatchObject({ id });
    expect(writtenIn(origin, 12_400)).toBe(id);
    expect(onlyMade(desk).xRequest).toBe(Number(id));
  });

  it('takes no more than half of the time that the push has', async () => {
    const target = await targetIn(desk, inOrigin());
    origin.fail('hang');
    const push = withDeadline(1_000, new AbortController(), (signal) =>
      target.push(pushRequest(), { ...context(), signal }),
    );
    expect(await push).toMatchObject({ id: `${onlyMade(desk).xRequest}` });
  });

  it.each(['', 'abc', '12400 or so', '99999'])('is a request with the number %j', async (number) => {
    const target = await targetIn(desk, inOrigin());
    await target.push(pushRequest({ values: of(number) }), context());
    onlyMade(desk);
    expect(origin.writes).toEqual([]);
    expect(warnings(target)).toHaveLength(1);
  });
});

describe('the check', () => {
  it('asks the HelpSpot that requests are pushed from', async () => {
    const target = await targetIn(desk, inOrigin());
    await target.check(context());
    expect(origin.calls).not.toEqual([]);
    const wrong = await targetIn(desk, { ...inOrigin(), writeBack: 'Custom77' });
    expect(await failureOf(wrong.check(context()))).toMatchObject({
      message: expect.stringContaining('has no Custom77'),
    });
    const stranger = await targetIn(desk, { writeBack: 'Custom7', origin: { url: origin.url, token: 'x' } });
    expect(await failureOf(stranger.check(context()))).toMatchObject({ kind: 'unauthorized' });
    expect([...desk.writes, ...origin.writes]).toEqual([]);
  });
});
