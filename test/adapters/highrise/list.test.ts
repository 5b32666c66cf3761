/** What a Highrise account lists for the index. */
import { describe, expect, it, onTestFinished } from 'vitest';
import highrise from '../../../adapters/highrise/index.ts';
import { UserError } from '../../../src/contract/index.ts';
import { type Listed, listed } from '../../support/adapter-suite/list-run.ts';
import type { PersonParts, StoredPerson } from '../../support/highrise/account.ts';
import { type HighriseOptions, startHighrise } from '../../support/highrise/server.ts';
import { everybody, openWith } from '../../support/open-source.ts';

const SECOND = 1_000;

/** So many people, each changed so long after the one before. Milliseconds. */
async function open(count: number, apart: number, options: HighriseOptions = {}, more: object = {}) {
  const house = await startHighrise(options);
  onTestFinished(() => house.close());
  const { account, http } = house;
  const first = Date.now() - count * apart - 86_400_000;
  const add = (parts: PersonParts, updated: Date) => Object.assign(account.add(parts), { updated });
  for (let index = 0; index < count; index += 1) {
    add({ firstName: `Person ${index}`, company: `Company ${index % 3}` }, new Date(first + index * apart));
  }
  const source = await openWith(highrise, { ...house.settings, ...more });
  return { source, account, http, add };
}

const ids = (people: readonly StoredPerson[]) => people.map(({ id }) => String(id)).toSorted();
const keysOf = ({ records }: Listed) => [...records.keys()].toSorted();

describe('an account', () => {
  it.each([
    ['several in a second', 10],
    ['all in the same second', 0],
  ])('lists whom it finds, each once, in several pages: people who changed %s', async (_what, apart) => {
    const { source } = await open(520, apart);
    const { records, keys } = await listed(source);
    expect(keys).toHaveLength(520);
    expect([...records.values()]).toEqual(await everybody(source));
  });

  it('lists nobody, and so many that a page is just full', async () => {
    const { source } = await open(0, 0);
    expect(await listed(source)).toMatchObject({ keys: [], mark: expect.stringMatching(/^\d{14}$/) });
    const full = await open(500, SECOND);
    expect((await listed(full.source)).keys).toHaveLength(500);
  });

  it('goes on behind every batch where many changed in one second', async () => {
    const { source } = await open(510, 0);
    const dense = await listed(source);
    for (const { next } of [dense.batches[0], dense.batches[4]].filter((batch) => batch !== undefined)) {
      const rest = await listed(source, { from: next });
      expect(dense.keys.toReversed().slice(0, rest.keys.length)).toEqual(rest.keys.toReversed());
    }
    expect((await listed(source, { from: 'no cursor' })).keys).toEqual(dense.keys);
  });

  it('says who changed since, who is new and who was deleted', async () => {
    const { source, account, add } = await open(20, SECOND);
    const { mark } = await listed(source);
    expect(await listed(source, { since: mark })).toMatchObject({ keys: [], removed: [], mark: expect.any(String) });
    const [one, other] = account.people;
    if (one === undefined || other === undefined) throw new Error('they are there');
    Object.assign(one, { title: 'CEO', updated: new Date() });
    account.remove(other.id);
    account.deletions.push({ type: 'Company', id: 7, at: new Date() });
    const { id } = add({ firstName: 'New' }, new Date());
    const changed = await listed(source, { since: mark });
    expect(changed.keys).toEqual([String(one.id), String(id)]);
    expect(changed.records.get(String(one.id))).toMatchObject({ title: 'CEO' });
    expect(changed.removed).toEqual([String(other.id)]);
    const whole = await listed(source);
    expect(keysOf(whole)).toEqual(ids(account.people));
    expect(whole.removed).toEqual([]);
  });

  it('says who was deleted in several pages, before who is there', async () => {
    const { source, account } = await open(1_010, SECOND);
    for (const { id } of account.people.slice(0, 1_005)) account.remove(id);
    const back = account.people[0];
    if (back === undefined) throw new Error('they are there');
    back.updated = new Date();
    account.deletions.push({ type: 'Person', id: back.id, at: new Date() });
    const { batches, removed } = await listed(source, { since: '20200101000000' });
    expect(removed).toHaveLength(1_006);
    const at = (isIt: (batch: Listed['batches'][number]) => boolean) => batches.findIndex(isIt);
    expect(at(({ removed: gone = [] }) => gone.includes(String(back.id)))).toBeLessThan(
      at(({ records }) => records.some(({ key }) => key === String(back.id))),
    );
    expect(batches.every(({ removed: gone = [] }) => gone.length <= 500)).toBe(true);
  });

  it.each([
    ['one after the other', SECOND, 8],
    // Only within the pages of one second it counts.
    ['all in the same second', 0, 1],
  ])('loses nobody when others go, change and come meanwhile: %s', async (_what, apart, times) => {
    const { source, account, add } = await open(620, apart);
    const staying = new Set(ids(account.people));
    const run = await listed(source, {}, (_batch, number) => {
      for (let time = 0; time < (number > 5 ? 0 : times); time += 1) {
        const [gone, changed] = account.people.splice(0, 2);
        if (gone === undefined || changed === undefined) throw new Error('they are there');
        account.people.push(gone, Object.assign(changed, { updated: new Date() }));
        account.remove(gone.id);
        staying.delete(String(gone.id));
        add({ firstName: 'New' }, new Date());
      }
    });
    expect([...staying].filter((id) => !run.records.has(id))).toEqual([]);
    const next = await listed(source, { since: run.mark });
    const index = new Set([...run.records.keys(), ...next.records.keys()]);
    for (const id of next.removed) index.delete(id);
    expect([...index].toSorted()).toEqual(ids(account.people));
  });

  it('asks for companies that people come without', async () => {
    const { source, http } = await open(120, SECOND, { companyNames: false });
    const { records } = await listed(source);
    expect([...records.values()].map(({ company }) => company).slice(0, 4)).toEqual([
      ...['Company 0', 'Company 1', 'Company 2', 'Company 0'],
    ]);
    expect(http.received.length).toBeLessThan(40);
  });

  it('takes the mark from the clock of Highrise, when the run begins', async () => {
    const { source, http } = await open(0, 0);
    http.faults = [{ headers: { date: 'Sat, 01 Jan 2050 12:00:00 GMT' }, body: '<people type="array"/>' }];
    expect((await listed(source)).mark).toMatch(/^2050010111(54|55)\d\d$/);
  });

  it('lists no notes, and says what to write', async () => {
    const { source } = await open(1, 0, {}, { records: 'notes' });
    const run = listed(source);
    await expect(run).rejects.toThrow(UserError);
    await expect(run).rejects.toThrow('records: notes');
  });
});

describe('a run of an account that goes wrong', () => {
  it.each([
    ['cut', Array.from({ length: 20 }, () => 'cut-before' as const), { kind: 'unreachable' }],
    ['garbage', ['garbage' as const], { kind: 'bad-response' }],
    ['not found', [{ status: 404 }], { kind: 'rejected' }],
    ['a page of something else', [{ body: '<html><body>Sorry</body></html>' }], { kind: 'bad-response' }],
  ])('ends with the failure: %s', async (_what, faults, failure) => {
    const { source, http } = await open(600, SECOND);
    const run = listed(source, {}, (_batch, number) => {
      if (number === 1) http.faults = faults;
    });
    await expect(run).rejects.toMatchObject(failure);
  });

  it('does not go on for ever with a Highrise that does not look at what is asked', async () => {
    const { source, http, account } = await open(500, SECOND);
    const person = (id: number) =>
      `<person><id type="integer">${id}</id><updated-at type="datetime">2026-01-01T00:00:00Z</updated-at></person>`;
    const body = `<people type="array">${account.people.map(({ id }) => person(id)).join('')}</people>`;
    http.faults = Array.from({ length: 20 }, () => ({ body }));
    await expect(listed(source)).rejects.toThrow('the same page of people again and again');
  });

  it('ends at once when it is given up, and leaves nothing open', async () => {
    const { source, http } = await open(1, 0);
    const controller = new AbortController();
    http.faults = ['hang'];
    const run = listed(source, {}, undefined, controller.signal);
    setTimeout(() => controller.abort(new Error('enough')), 100);
    await expect(run).rejects.toThrow('enough');
    await http.openSoMany(0);
  });
});
