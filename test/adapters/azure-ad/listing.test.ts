/** Everybody in a tenant, and who has changed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { propertiesOf } from '../../../adapters/azure-ad/filter-properties.ts';
import azureAd from '../../../adapters/azure-ad/index.ts';
import type { ListBatch, Source, SourceRecord } from '../../../src/contract/index.ts';
import { listed, listing } from '../../support/adapter-suite/list-run.ts';
import { sourceErrorOf } from '../../support/failure-of.ts';
import { type GraphUser, guid, makePeople } from '../../support/graph/people.ts';
import { recordedLog } from '../../support/log.ts';
import { ask, context, graphForAll, settingsFor } from './source.ts';

/** More than two pages of everybody. */
const COUNT = 2_100;
const people = makePeople(COUNT);
const graph = await graphForAll(people);
afterEach(() => {
  graph.heal();
  graph.people = people;
});

async function open(more: Readonly<Record<string, unknown>> = {}) {
  const log = recordedLog();
  const settings = azureAd.settings.parse(settingsFor(graph, more));
  const source: Source = await azureAd.open(settings, { name: 'entra', log, resolve: (path) => path });
  onTestFinished(() => source.close?.());
  return { source, log };
}

const change = (number: number, values: Partial<GraphUser>) => {
  graph.people = graph.people.map((user) => (user.id === guid(number) ? { ...user, ...values } : user));
};
const remove = (number: number) => {
  graph.people = graph.people.filter(({ id }) => id !== guid(number));
};
const byName = (records: Iterable<SourceRecord>) =>
  [...records].sort((one, other) =>
    String(one['user_principal_name']).localeCompare(String(other['user_principal_name'])),
  );

const isMember = ({ userType }: GraphUser) => userType === 'Member';
const everybody = () => true;
test.each([
  ['everybody', {}, everybody],
  [
    'those who meet a filter',
    { filter: "accountEnabled eq true and userType eq 'Member'" },
    (user: GraphUser) => isMember(user) && user['accountEnabled'] === true,
  ],
  [
    'those who meet a filter of the other engine',
    { filter: "companyName eq 'Contoso, Ltd.' and not(userType eq 'Guest')" },
    isMember,
  ],
  ['without managers', { fields: { manager: [] } }, everybody],
])('%s: whom a search without criteria finds, with the same fields', { timeout: 60_000 }, async (_, more, isMeant) => {
  const { source } = await open(more);
  const run = await listed(source);
  expect([...run.records.keys()]).toEqual(people.filter(isMeant).map(({ id }) => id));
  expect(run.keys).toHaveLength(run.records.size);
  expect(run.batches.every(({ records }) => records.length <= 1_000)).toBe(true);
  // A search looks through a thousand people.
  const found = (await source.find?.(ask({}, 'exact', 60), context())) ?? [];
  expect(found).toHaveLength(60);
  const listedFirst = [...run.records.values()].slice(0, 60);
  expect(byName(listedFirst)).toEqual(byName(found));
});

test('only the fields that are wanted', async () => {
  const { source } = await open();
  const run = await listed(source, { fields: ['email', 'nothing'] });
  expect(new Set([...run.records.values()].flatMap((record) => Object.keys(record)))).toEqual(new Set(['email']));
});

test('who came, changed, went or has another manager comes with the next changes, and nobody else', async () => {
  const { source } = await open();
  const full = await listed(source);
  expect(source.listsChanges).toBe(true);
  expect((await listed(source, { since: full.mark })).keys).toHaveLength(0);
  change(3, { surname: 'Changed' });
  change(17, { managerId: guid(40) });
  change(18, { city: 'not shown' });
  remove(5);
  graph.people = [...graph.people, { id: guid(9_999), displayName: 'New', userPrincipalName: 'new@contoso.example' }];
  const changes = await listed(source, { since: full.mark });
  expect([...changes.records.keys()].sort()).toEqual([guid(3), guid(17), guid(9_999)].sort());
  expect(changes.records.get(guid(3))).toMatchObject({ last_name: 'Changed', manager: people[0]?.displayName });
  expect(changes.records.get(guid(17))).toMatchObject({ manager: people[40]?.displayName });
  expect(changes.removed).toEqual([guid(5)]);
  // They are told once more, in case that it could not be read everywhere yet, and then no more.
  const again = await listed(source, { since: changes.mark });
  expect(again.keys).toHaveLength(3);
  expect(await listed(source, { since: again.mark })).toMatchObject({ keys: [], removed: [] });
});

test('who meets the filter no more is gone, who meets it now is there', async () => {
  const { source } = await open({ filter: "userType eq 'Member'" });
  const { mark } = await listed(source);
  change(1, { userType: 'Guest' });
  change(16, { userType: 'Member' });
  const changes = await listed(source, { since: mark });
  expect([...changes.records.keys()]).toEqual([guid(16)]);
  expect(changes.removed).toEqual([guid(1)]);
});

test('many changes come in pages, and a run goes on behind any of them', async () => {
  const { source } = await open();
  const { mark } = await listed(source);
  for (let number = 100; number < 300; number += 1) change(number, { surname: `Changed${number}` });
  const changes = await listed(source, { since: mark });
  expect(changes.batches.length).toBeGreaterThan(2);
  expect(changes.keys).toHaveLength(200);
  await goesOnBehindAny(source, changes.batches, mark);
});

test('a run through everybody goes on behind any batch, with the mark of its beginning', async () => {
  const { source } = await open();
  const run = await listed(source, {}, (_, number) => {
    if (number === 1) change(2, { surname: 'Meanwhile' });
  });
  expect(run.batches.length).toBe(3);
  await goesOnBehindAny(source, run.batches);
  const resumed = await listed(source, { from: run.batches[1]?.next });
  expect([...(await listed(source, { since: resumed.mark })).records.values()]).toMatchObject([
    { last_name: 'Meanwhile' },
  ]);
});

async function goesOnBehindAny(source: Source, batches: readonly ListBatch[], since?: string): Promise<void> {
  const keysOf = (some: readonly ListBatch[]) => some.flatMap(({ records }) => records.map(({ key }) => key));
  for (const [index, { next }] of batches.slice(0, -1).entries()) {
    const rest = await listed(source, { from: next, since });
    expect(keysOf(rest.batches)).toEqual(keysOf(batches.slice(index + 1)));
    expect(rest.mark).toEqual(expect.any(String));
  }
  expect(batches.at(-1)?.next).toBeUndefined();
}

describe('links that Graph does not know any more', () => {
  test.each([
    ['of changes', 410],
    ['of changes that are too old', 400],
  ])('%s: everybody is read', async (_, status) => {
    const { source, log } = await open();
    const { mark } = await listed(source);
    if (status === 410) graph.resetChanges();
    else {
      const body = JSON.stringify({ error: { code: 'syncStateNotFound', message: 'The delta token is expired' } });
      graph.fail('users', { kind: 'answer', status, body });
    }
    const run = await listed(source, { since: mark });
    expect(run.records.size).toBe(COUNT);
    expect(log.lines.some(({ message }) => message.includes('asked anew'))).toBe(true);
    expect((await listed(source, { since: run.mark })).keys).toHaveLength(0);
  });

  test('of a next page: the run begins anew; and what is no link at all', async () => {
    const { source } = await open();
    for (const from of [
      JSON.stringify({ users: `${graph.origin}/v1.0/users?$skiptoken=RFNwdOLD` }),
      JSON.stringify({ changes: 'https://elsewhere.example/v1.0/users/delta', newest: 'x' }),
      '{',
    ]) {
      expect((await listed(source, { from })).records.size, from).toBe(COUNT);
    }
    expect(graph.calls.every(({ path }) => !path.includes('elsewhere'))).toBe(true);
  });

  test('in a tenant that tells no changes there is no mark', async () => {
    const { source, log } = await open();
    graph.fail('users', { kind: 'answer', status: 400, body: '{"error":{"code":"Request_UnsupportedQuery"}}' });
    expect(await listed(source)).toMatchObject({ keys: { length: COUNT }, mark: undefined });
    expect(log.lines.some(({ message }) => message.includes('tells no changes'))).toBe(true);
  });
});

describe('when Graph fails in the middle', () => {
  const OUTAGE = { kind: 'answer', status: 500, body: '{}' } as const;
  test.each([
    ['cut', { kind: 'cut', midway: true }, 'unreachable'],
    ['an outage', OUTAGE, 'unreachable'],
    ['nonsense', { kind: 'answer', status: 200, body: '{"value": [' }, 'bad-response'],
    ['throttled for long', { kind: 'throttle', retryAfter: 900 }, 'rate-limited'],
  ] as const)('%s: the run ends in an error, and goes on later', async (_, fault, kind) => {
    const { source } = await open();
    const run = listing(source);
    const first: IteratorResult<ListBatch, unknown> = await run.next();
    graph.fail('users', fault);
    expect(await sourceErrorOf(run.next())).toMatchObject({ kind });
    graph.heal();
    if (kind === 'rate-limited' || first.done === true) return;
    const rest = await listed(source, { from: first.value.next });
    expect(rest.keys).toHaveLength(COUNT - first.value.records.length);
  });

  test('a pause that Graph asks for is waited for', async () => {
    const { source } = await open();
    graph.fail('users', { kind: 'throttle', retryAfter: 3 });
    expect((await listed(source)).keys).toHaveLength(COUNT);
  });

  test('it never answers: the run ends with the signal, and asks nothing more', async () => {
    const { source } = await open();
    const controller = new AbortController();
    const run = listing(source, {}, controller.signal);
    await run.next();
    graph.fail('users', { kind: 'hang' });
    const arrived = graph.arrival('users');
    const next = run.next();
    await arrived;
    controller.abort(new Error('enough'));
    await expect(next).rejects.toThrow('enough');
    const { length } = graph.calls;
    await sleep(50);
    expect(graph.calls).toHaveLength(length);
  });
});

test.each([
  ["accountEnabled eq true and userType eq 'Member'", ['accountEnabled', 'userType']],
  ["startswith(displayName,'A and B') or not(city in ('Bern','o''x y'))", ['displayName', 'city']],
  ["otherMails/any(p:endswith(p,'@x.org'))", ['otherMails']],
  ['assignedLicenses/any(x:x/skuId eq c7df2760-2c81-4ef7-b578-5b5392b571df)', ['assignedLicenses']],
  ["onPremisesExtensionAttributes/extensionAttribute1 eq 'x'", ['onPremisesExtensionAttributes']],
  ['createdDateTime ge 2020-05-06T07:08:09Z and employeeId ne null', ['createdDateTime', 'employeeId']],
])('the properties of %s', (filter, properties) => {
  expect(propertiesOf(filter)).toEqual(properties);
});
