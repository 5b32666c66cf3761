/** What an attempt has made whose answer was lost is found, though no search shows it; and it is absent only where that is certain. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PushRequest } from '../../../src/contract/index.ts';
import { failureOf } from '../../support/failure-of.ts';
import { nowSeconds } from '../../support/helpspot/data.ts';
import { type HelpSpotStandIn, startHelpSpot } from '../../support/helpspot/server.ts';
import { addNote, addRequest, addStaff, mergeRequests, removeRequest } from '../../support/helpspot/stored.ts';
import { context } from '../../support/open-source.ts';
import { pushRequest } from '../../support/push-source.ts';
import { madeIn, onlyMade, requestIn, targetIn } from './target.ts';

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

/** A reference as the gateway makes it. */
const taken = (agoMs = 0, end = '0123456789abcdef') => `hs-${(Date.now() - agoMs).toString(36)}-${end}`;

/** Pushes, and the answer is lost. */
async function lost(more: Partial<PushRequest> = {}, settings: object = {}) {
  const target = await targetIn(desk, settings);
  const request = pushRequest({ reference: taken(), ...more });
  const method = new Map<unknown, string>([
    ['update', 'private.request.update'],
    ['time', 'private.request.addTimeEvent'],
    ['subscribe', 'private.request.subscribe'],
  ]).get(Object(settings).action);
  desk.fail('lost-answer', { method: method ?? 'private.request.create' });
  expect(await failureOf(target.push(request, context()))).toMatchObject({ kind: 'unreachable', unsent: false });
  return { target, request, find: () => target.findPush?.(request, context()) };
}

const hideFromSearch = () => desk.data.requests.forEach(({ xRequest }) => void desk.search.unindexed.add(xRequest));

describe('a new request', () => {
  it('is found by the search, with nothing else asked', async () => {
    const { find } = await lost();
    expect(await find()).toMatchObject({ id: `${onlyMade(desk).xRequest}` });
    expect(desk.callsOf('private.request.getChanged')).toBe(0);
  });

  it.each([
    ['long ago', 86_400_000],
    ['just now', 0],
  ])('is found among what has changed while the search lacks it, of a push taken in %s', async (_when, ago) => {
    const { find } = await lost({ reference: taken(ago) });
    hideFromSearch();
    expect(await find()).toMatchObject({ id: `${onlyMade(desk).xRequest}` });
    expect(desk.callsOf('private.request.getChanged')).toBe(1);
  });

  it('is found by a reference of another kind, and among many that came later', async () => {
    const { find } = await lost({ reference: 'hs-another-kind-of-reference' });
    for (let count = 0; count < 60; count += 1) addRequest(desk.data, { sUserId: `${count}` });
    hideFromSearch();
    expect(await find()).toMatchObject({ id: `${onlyMade(desk).xRequest}` });
  });

  it('is found by the clock of HelpSpot', async () => {
    const { find } = await lost();
    // Its clock is three hours slow, and so are all its times.
    const { xRequest } = onlyMade(desk);
    Object.assign(requestIn(desk, xRequest).history[0] ?? {}, { dtGMTChange: nowSeconds() - 3 * 3_600 });
    hideFromSearch();
    const date = new Date(Date.now() - 3 * 3_600_000).toUTCString();
    desk.fail({ reply: { headers: { date }, body: {} } }, { method: 'private.request.search' });
    expect(await find()).toMatchObject({ id: `${xRequest}` });
  });

  it('is found where it was merged into another one, closed, or put into the trash', async () => {
    const { find } = await lost();
    const { xRequest } = onlyMade(desk);
    Object.assign(requestIn(desk, xRequest), { fOpen: false, fTrash: true });
    expect(await find()).toMatchObject({ id: `${xRequest}` });
    mergeRequests(desk.data, xRequest, 12_411);
    expect(await find()).toMatchObject({ id: '12411' });
    hideFromSearch();
    expect(await find()).toMatchObject({ id: '12411' });
  });

  it.each(['[]', 'null', '{"request":{"xRequest":"12400"}}'])(
    'is found where it is left out of many that are asked for at once: %s',
    async (body) => {
      const { find } = await lost();
      desk.fail({ reply: { body } }, { method: 'private.request.multiGet', times: 5 });
      expect(await find()).toMatchObject({ id: `${onlyMade(desk).xRequest}` });
      hideFromSearch();
      expect(await find()).toMatchObject({ id: `${onlyMade(desk).xRequest}` });
    },
  );

  it('is the one that carries the reference, not one that quotes it', async () => {
    const { find, request } = await lost();
    const { xRequest, note } = onlyMade(desk);
    const target = await targetIn(desk);
    const on = pushRequest({ reference: taken(0, 'fedcba9876543210'), body: note.tNote });
    const next = await target.push(on, context());
    addNote(desk.data, requestIn(desk, 12_400), {
      tNote: `See ${request.reference}, please`,
      dtGMTChange: nowSeconds(),
    });
    for (const step of ['searched', 'changed']) {
      expect(await find(), step).toMatchObject({ id: `${xRequest}` });
      expect(await target.findPush?.(on, context()), step).toMatchObject({ id: next.id });
      hideFromSearch();
    }
  });

  it('is found where HelpSpot has put something behind the note', async () => {
    const { find, request } = await lost();
    const made = requestIn(desk, onlyMade(desk).xRequest);
    const [note] = made.history;
    Object.assign(note ?? {}, { tNote: `${note?.tNote}<p>-- <br>The help desk of Example Ltd.</p>` });
    addRequest(desk.data, { note: `It says ${request.reference} at the end of its note.` });
    expect(await find()).toMatchObject({ id: `${made.xRequest}` });
  });

  it('is not there where it is nowhere, and not for whom everything is shown', async () => {
    const { find } = await lost();
    removeRequest(desk.data, onlyMade(desk).xRequest);
    expect(await find()).toBeUndefined();
  });

  it.each([
    ['level 2', 3],
    ['a guest', 4],
    ['of a group of its own', 7],
  ])('may be hidden from the person of the token: %s', async (_who, fUserType) => {
    const person = addStaff(desk.data, { xPerson: 20, sees: 'assigned' });
    Object.assign(person, { fUserType });
    desk.tokens.set('limited', 20);
    const { find } = await lost({ fields: { assignedTo: '2' } }, { token: 'limited' });
    expect(await failureOf(find() ?? Promise.resolve())).toMatchObject({
      kind: 'rejected',
      lasting: true,
      message: expect.stringContaining('only to the person of the token'),
    });
    expect(madeIn(desk)).toHaveLength(1);
  });

  it('cannot be told from so much that has changed', async () => {
    const { find } = await lost();
    removeRequest(desk.data, onlyMade(desk).xRequest);
    for (let count = 0; count <= 500; count += 1) addRequest(desk.data, { sUserId: `${count}` });
    expect(await failureOf(find() ?? Promise.resolve())).toMatchObject({
      kind: 'rejected',
      message: expect.stringMatching(/^so much has changed in HelpSpot since \(5\d\d requests\)/),
    });
  });

  it('is no "not found" where a question fails', async () => {
    for (const method of [
      'private.request.search',
      'private.request.getChanged',
      'private.request.multiGet',
      'private.user.preferences',
    ]) {
      const { find } = await lost();
      hideFromSearch();
      if (method.endsWith('preferences')) desk.data.requests = [];
      desk.fail(500, { method, times: 4 });
      expect(await failureOf(find() ?? Promise.resolve()), method).toMatchObject({ kind: 'bad-response' });
      desk.heal();
    }
  });
});

describe('a note, a time event and a subscription', () => {
  const note = { fields: { request: '12401' } };
  const time = { fields: { request: '12401', person: 'Ian Landsman', time: '0:30' } };
  const follow = { fields: { request: '12401', person: 'ian@example.com' } };

  it.each([
    ['update', note],
    ['time', time],
    ['subscribe', follow],
  ])('are found where they are, without a search: %s', async (action, more) => {
    const { find, target } = await lost(more, { action });
    hideFromSearch();
    expect(await find()).toMatchObject({ id: '12401' });
    const other = pushRequest({
      ...more,
      ...(action === 'subscribe' && { fields: { ...follow.fields, person: '3' } }),
    });
    expect(await target.findPush?.(other, context())).toBeUndefined();
    expect(desk.callsOf('private.request.search')).toBe(0);
  });

  it.each([
    ['update', note],
    ['time', time],
    ['subscribe', follow],
  ])('are found where the request was merged since: %s', async (action, more) => {
    const { find } = await lost(more, { action });
    mergeRequests(desk.data, 12_401, 12_411);
    for (const event of desk.data.timeEvents) Object.assign(event, event.xRequest === 12_401 && { xRequest: 12_411 });
    desk.data.subscriptions = desk.data.subscriptions.map((one) =>
      one.xRequest === 12_401 ? { ...one, xRequest: 12_411 } : one,
    );
    expect(await find()).toMatchObject({ id: '12411' });
  });

  it.each([{ errors: [103] }, { errors: [208] }, { reply: { body: '[]' } }] as const)(
    'are found where HelpSpot gives no time of a request that was merged: %j',
    async (how) => {
      const { find } = await lost(time, { action: 'time' });
      mergeRequests(desk.data, 12_401, 12_411);
      for (const event of desk.data.timeEvents) Object.assign(event, event.xRequest === 12_401 && { xRequest: 12_411 });
      desk.fail(how, { method: 'private.request.getTimeEvents' });
      expect(await find()).toMatchObject({ id: '12411' });
    },
  );

  it.each([
    ['update', note],
    ['time', time],
    ['subscribe', follow],
  ])('are not there where the request is gone: %s', async (action, more) => {
    const { find } = await lost(more, { action });
    removeRequest(desk.data, 12_401);
    desk.data.subscriptions = [];
    expect(await find()).toBeUndefined();
  });
});
