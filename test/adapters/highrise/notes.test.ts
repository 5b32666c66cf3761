/** Notes as records, for themselves and as what belongs to a person. */
import { describe, expect, it, onTestFinished } from 'vitest';
import highrise from '../../../adapters/highrise/index.ts';
import { UserError } from '../../../src/contract/index.ts';
import { failureOf } from '../../support/failure-of.ts';
import { startHighrise } from '../../support/highrise/server.ts';
import { ask, context, openWith } from '../../support/open-source.ts';
import { noting, within } from './source.ts';

const DAY_MS = 86_400_000;

/** Highrise with two people, and notes about the first: "note 1" is the oldest. */
async function openNotes(count = 3) {
  const house = await startHighrise();
  onTestFinished(() => house.close());
  const { account } = house;
  const [john, jane] = [account.add({ firstName: 'John' }), account.add({ firstName: 'Jane' })];
  for (let number = 1; number <= count; number += 1) {
    const note = account.addNote(john.id, `note ${number}`);
    note.created.setTime(Date.UTC(2026, 0, 1) + number * DAY_MS);
  }
  account.addNote(jane.id, 'of Jane');
  const source = await openWith(highrise, { ...house.settings, records: 'notes' });
  const texts = async (criteria: Record<string, string>, more: Parameters<typeof ask>[1] = {}) =>
    (await source.find(ask(criteria, more), context())).map((record) => record['note']);
  return { ...house, ...source, john, texts, paths: () => house.http.received.map(({ url }) => url.pathname) };
}

describe('notes', () => {
  it('have these fields', async () => {
    const { find, john, account, url } = await openNotes(1);
    const [note] = account.notes;
    const link = { href: `${url}/notes/${note?.id}`, text: 'Open in Highrise' };
    expect(await find(ask({ customer_id: String(john.id) }), context())).toEqual([
      {
        ...{ note_id: String(note?.id), customer_id: String(john.id), note: 'note 1', visible_to: 'Everyone', link },
        ...{ created: new Date('2026-01-02T00:00:00Z'), updated: expect.any(Date) },
      },
    ]);
  });

  it.each(['newest first', 'oldest first'] as const)('come newest first, given %s', async (order) => {
    const { texts, john, account, paths } = await openNotes(60);
    account.notesOrder = order;
    const id = String(john.id);
    expect(await texts({ customer_id: id }, { limit: 3 })).toEqual(['note 60', 'note 59', 'note 58']);
    // Where the newest come first, one page is enough.
    expect(paths()).toHaveLength(order === 'newest first' ? 1 : 3);
    expect(await texts({ customer_id: id }, { limit: 500 })).toHaveLength(60);
  });

  it('are found by their number, and narrowed by what stands in them', async () => {
    const { texts, find, account, john, paths } = await openNotes();
    const [first] = account.notes;
    expect(await texts({ note_id: String(first?.id) })).toEqual(['note 1']);
    expect(paths()).toEqual([`/notes/${first?.id}.xml`]);
    expect(await texts({ note_id: String(first?.id), customer_id: '1' })).toEqual([]);
    const criteria = [
      { field: 'customer_id', match: 'exact', value: String(john.id) },
      { field: 'note', match: 'contains', value: 'TE 2' },
    ] as const;
    const found = await find({ criteria, limit: 10, parameters: {} }, context());
    expect(found.map((record) => record['note'])).toEqual(['note 2']);
  });

  it.each(['0', '12/../3', '999999', 'x'])('of nobody: %s', async (customer_id) => {
    const { texts } = await openNotes();
    expect(await texts({ customer_id })).toEqual([]);
    expect(await texts({ note_id: customer_id })).toEqual([]);
  });

  it('cannot be listed without a person, and say so before anything is sent', async () => {
    const { find, http } = await openNotes();
    for (const criteria of [{}, { note: 'note 1' }]) {
      const error = await failureOf(find(ask(criteria), context()));
      expect(error).toBeInstanceOf(UserError);
      expect(String(error)).toContain('where: { customer_id: "{{customer_id}}" }');
    }
    expect(http.received).toEqual([]);
  });

  it('of somebody with very many are cut, and that is told', async () => {
    const { find, john, account } = await openNotes(530);
    account.notesOrder = 'oldest first';
    const call = noting();
    expect(await find(ask({ customer_id: String(john.id) }, { limit: 1_000 }), call)).toHaveLength(500);
    expect(call.notices).toEqual(['Highrise gave the first 20 pages of notes; there may be more']);
  });

  it.each([
    [{ status: 401, body: 'HTTP Basic: Access denied.' }, { kind: 'unauthorized' }],
    [
      { status: 503, headers: { 'retry-after': '7' } },
      { kind: 'rate-limited', retryAfterMs: 7_000 },
    ],
    [{ status: 500 }, { kind: 'bad-response' }],
    [{ status: 200, body: '<people type="array"/>' }, { kind: 'bad-response' }],
    [{ status: 200, body: '<notes' }, { kind: 'bad-response' }],
    ['cut-before', { kind: 'unreachable' }],
  ] as const)('fail as they should: %j', async (fault, failure) => {
    const { find, john, http } = await openNotes();
    http.faults = Array.from({ length: 5 }, () => fault);
    const failed = await failureOf(within(5_000, (call) => find(ask({ customer_id: String(john.id) }), call)));
    expect(failed).toMatchObject(failure);
  });

  it('take no push', () => {
    const settings = { url: 'https://example.highrisehq.com', token: 'abc', records: 'notes' };
    expect(highrise.cannotPush?.(highrise.settings.parse(settings))).toContain('without "records: notes"');
    expect(highrise.cannotPush?.(highrise.settings.parse({ ...settings, records: 'people' }))).toBeUndefined();
  });
});
