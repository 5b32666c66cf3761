/** What a HelpSpot lists for the index: the suite, and what is its own. */
import { afterAll, describe, expect, it } from 'vitest';
import helpspot from '../../../adapters/helpspot/index.ts';
import { textOf, UserError } from '../../../src/contract/index.ts';
import { expectResumes, type Listed, listed } from '../../support/adapter-suite/list-run.ts';
import { describeListing, type SuiteCustomer } from '../../support/adapter-suite.ts';
import type { HelpSpotData } from '../../support/helpspot/data.ts';
import { startHelpSpot } from '../../support/helpspot/server.ts';
import { addNote, addRequest, mergeRequests, removeRequest } from '../../support/helpspot/stored.ts';
import { everybody, openWith } from '../../support/open-source.ts';
import { emptyDesk, partsOf, withCompany } from './customers.ts';
import { helpSpotForAll } from './source.ts';

const quick = { requestsPerSecond: 1000 };

function put(data: HelpSpotData, customer: SuiteCustomer, at: Date): void {
  const seconds = Math.floor(at.getTime() / 1000);
  const { custom = {}, note: _, ...fields } = partsOf(customer);
  const known = data.requests.find(({ sUserId }) => sUserId === customer.customer_id);
  if (known === undefined) {
    addRequest(data, { ...partsOf(customer), dtGMTOpened: seconds });
    return;
  }
  Object.assign(known, fields);
  for (const [id, value] of Object.entries(custom)) known.custom.set(Number(id), value);
  known.history.length = 0;
  addNote(data, known, { tNote: 'Please help.', fInitial: true, fPublic: true, dtGMTChange: seconds });
}

describe('a help desk', async () => {
  const data = emptyDesk();
  const desk = await startHelpSpot({ data });
  afterAll(() => desk.close());
  describeListing({
    name: 'helpspot',
    adapter: withCompany,
    size: 600,
    system: () => ({
      settings: { ...desk.settings, ...quick },
      async put(customers, at = new Date()) {
        for (const customer of customers) put(data, customer, at);
      },
      async remove(ids) {
        const gone = data.requests.filter(({ sUserId }) => ids.includes(sUserId));
        for (const { xRequest } of gone) removeRequest(data, xRequest);
      },
      outage: {
        begin: () => desk.fail('cut', { times: 100 }),
        end: () => desk.heal(data),
      },
    }),
  });
});

describe('its requests', async () => {
  const desk = await helpSpotForAll();
  const open = (settings: object = {}) => openWith(helpspot, { ...desk.settings, ...quick, ...settings });
  const upwards = (keys: readonly string[]) => keys.toSorted((one, other) => Number(one) - Number(other));
  const later = (run: Listed) => ({ since: run.mark });

  it('are listed by their numbers, as they are found', async () => {
    const source = await open();
    const run = await listed(source);
    expect(run.keys).toEqual(upwards(run.keys));
    const all = await everybody(source);
    const byNumber = new Map(all.map((record) => [textOf(record['xRequest']), JSON.stringify(record)]));
    expect(new Map(Array.from(run.records, ([key, record]) => [key, JSON.stringify(record)]))).toEqual(byNumber);
    expect(run.removed).toEqual([]);
  });

  it('come with their notes where the settings want them', async () => {
    const source = await open({ history: true });
    const { records } = await listed(source);
    const all = await everybody(source);
    expect(all.some(({ note }) => note !== undefined)).toBe(true);
    for (const { xRequest, note, note_by } of all) {
      expect(records.get(textOf(xRequest))).toMatchObject(note === undefined ? {} : { note });
      expect(records.get(textOf(xRequest))?.['note_by']).toEqual(note_by);
    }
  });

  it('that changed are told once each, however often they did', async () => {
    const source = await open();
    const run = await listed(source);
    const [one, other] = desk.data.requests;
    if (one === undefined || other === undefined) throw new Error('they are there');
    for (const tNote of ['first', 'second', 'third']) addNote(desk.data, one, { tNote });
    const before = desk.callsOf('private.request.multiGet');
    const changed = await listed(source, later(run));
    expect(changed.keys.filter((key) => key === String(one.xRequest))).toHaveLength(1);
    expect(desk.callsOf('private.request.multiGet')).toBe(before + 1);
  });

  it('that are merged, in the trash or gone are told to be no more', async () => {
    const source = await open();
    const run = await listed(source);
    const [one, other, third, fourth] = desk.data.requests.filter(({ fTrash }) => !fTrash);
    if (!one || !other || !third || !fourth) throw new Error('they are there');
    for (const request of [one, other, third, fourth]) addNote(desk.data, request, { tNote: 'changed' });
    mergeRequests(desk.data, one.xRequest, fourth.xRequest);
    other.fTrash = true;
    const changed = await listed(source, later(run));
    expect(changed.removed).toContain(String(other.xRequest));
    expect(changed.keys).toContain(String(third.xRequest));
    expect(changed.keys.filter((key) => key === String(fourth.xRequest))).toHaveLength(1);
    expect(changed.keys).not.toContain(String(one.xRequest));
  });

  it('are asked for one by one where one that is gone spoils the others', async () => {
    const source = await open();
    const run = await listed(source);
    const [one, other] = desk.data.requests;
    if (one === undefined || other === undefined) throw new Error('they are there');
    addNote(desk.data, one, { tNote: 'changed' });
    addNote(desk.data, other, { tNote: 'changed' });
    desk.fail({ errors: [103] }, { method: 'private.request.multiGet' });
    desk.fail({ errors: [103] }, { method: 'private.request.get' });
    const changed = await listed(source, later(run));
    expect(changed.removed).toContain(String(one.xRequest));
    expect(changed.keys).toContain(String(other.xRequest));
  });

  it('are asked for by halves where their histories are too much for one answer', async () => {
    const source = await open();
    const run = await listed(source);
    const changed = desk.data.requests.slice(0, 4);
    for (const request of changed) addNote(desk.data, request, { tNote: 'changed' });
    const huge = { status: 200, headers: {}, body: 'x'.repeat(21_000_000) };
    desk.fail({ reply: huge }, { method: 'private.request.multiGet', times: 2 });
    const { keys } = await listed(source, later(run));
    expect(keys).toEqual(expect.arrayContaining(changed.map(({ xRequest }) => String(xRequest))));
  });

  it('are gone on with behind every batch, also where HelpSpot gives fewer than it is asked for', async () => {
    for (let at = 0; at < 300; at += 1) addRequest(desk.data, { sEmail: `person${at}@example.com` });
    desk.search.most = 60;
    const source = await open();
    const whole = await expectResumes(source);
    expect(whole.batches.length).toBeGreaterThan(3);
    expect(whole.keys).toHaveLength(desk.data.requests.filter(({ fTrash }) => !fTrash).length);
    const { keys } = await listed(source, { from: 'no cursor', since: 'yesterday' });
    expect(keys).toEqual(whole.keys);
  });

  it('are not lost where more go than come again', async () => {
    for (let at = 0; at < 500; at += 1) addRequest(desk.data, { sEmail: `person${at}@example.com` });
    const source = await open();
    let gone: readonly string[] = [];
    const run = await listed(source, {}, ({ records }, number) => {
      if (number > 1) return;
      gone = records.map(({ key }) => key).slice(0, 150);
      for (const key of gone) removeRequest(desk.data, Number(key));
    });
    expect(gone).toHaveLength(150);
    const left = desk.data.requests.filter(({ fTrash }) => !fTrash).map(({ xRequest }) => String(xRequest));
    expect(upwards(run.keys)).toEqual(upwards([...left, ...gone]));
  });

  it('are not kept without names that HelpSpot does not give just now', async () => {
    desk.fail('maintenance', { method: 'private.request.getCategories', times: 5 });
    await expect(listed(await open())).rejects.toMatchObject({ kind: 'unreachable' });
    desk.heal();
    // Another person, since one of a list that failed is not asked again at once.
    desk.fail({ errors: [206] }, { method: 'private.request.getCategories', times: 5 });
    const { records } = await listed(await open({ ...desk.passwordSettings, token: undefined }));
    expect(records.get('12402')).toMatchObject({ status: 'Active', xCategory: '2' });
  });

  it('in another order are an error, not a list with holes', async () => {
    const request = [{ xRequest: '7' }, { xRequest: '5' }];
    const reply = { status: 200, headers: {}, body: JSON.stringify({ request }) };
    desk.fail({ reply }, { method: 'private.request.search' });
    await expect(listed(await open())).rejects.toMatchObject({ kind: 'bad-response', lasting: true });
  });

  it('take the mark from the clock of HelpSpot, when the run begins', async () => {
    const body = JSON.stringify({ request: [] });
    const reply = { status: 200, headers: { date: 'Sat, 01 Jan 2050 12:00:00 GMT' }, body };
    desk.fail({ reply }, { method: 'private.request.search' });
    const { mark } = await listed(await open());
    const seconds = Date.parse('2050-01-01T12:00:00Z') / 1000 - 300;
    expect(Number(mark)).toBeGreaterThan(seconds - 30);
    expect(Number(mark)).toBeLessThanOrEqual(seconds);
  });

  it.each([
    ['cut', { kind: 'unreachable' }],
    ['html', { kind: 'bad-response' }],
    ['garbage', { kind: 'bad-response' }],
    ['maintenance', { kind: 'unreachable' }],
  ] as const)('that cannot be listed any more end the run: %s', async (how, failure) => {
    for (let at = 0; at < 300; at += 1) addRequest(desk.data, { sEmail: `person${at}@example.com` });
    const run = listed(await open(), {}, (_batch, number) => {
      if (number === 1) desk.fail(how, { times: 20 });
    });
    await expect(run).rejects.toMatchObject(failure);
  });
});

describe('what else can be listed', async () => {
  const desk = await helpSpotForAll();
  const open = (settings: object) => openWith(helpspot, { ...desk.settings, ...settings });

  it('are the lists', async () => {
    const source = await open({ list: 'categories' });
    const { records, keys } = await listed(source);
    expect(keys).toEqual(desk.data.categories.map(({ xCategory }) => String(xCategory)));
    expect([...records.values()]).toEqual(await everybody(source));
  });

  it.each([{ filter: 'inbox' }, { list: 'timeEvents' }, { list: 'kb' }])('is not %j', async (settings) => {
    await expect(listed(await open(settings))).rejects.toBeInstanceOf(UserError);
  });
});
