/** Gateways of several machines on one store: one follows a source, all have what it lists, each in its own file. */

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ListBatch, SourceRecord } from '../../src/contract/index.ts';
import type { PostgresStorePlan } from '../../src/gateway/push/plan.ts';
import { type IndexPlan, NotFollowing } from '../../src/gateway/sources/customer-index.ts';
import { openCustomerIndex } from '../../src/store/index-file/index-file.ts';
import { IndexReader } from '../../src/store/index-file/reading.ts';
import { IndexSession } from '../../src/store/postgres/index-session.ts';
import { IndexTables } from '../../src/store/postgres/index-tables.ts';
import { storeServer } from '../../src/store/postgres/server.ts';
import { SharedIndex } from '../../src/store/postgres/shared-index.ts';
import { changeIndexByHand, removeIndexed } from '../../src/store/store.ts';
import { filled, indexedGateway, listing, look, newFile, PEOPLE, stateOf, until } from '../support/indexed-gateway.ts';
import { recordedLog } from '../support/log.ts';
import type { MemorySystem } from '../support/memory-adapter.ts';
import { context } from '../support/open-source.ts';
import { reasonOf } from '../support/packages.ts';
import { runs } from '../support/runs.ts';
import { requirePostgres } from '../support/sql/postgres.ts';
import { startedGateway } from '../support/started-gateway.ts';
import { borrowedStoreServer, newStorePlan } from './stores.ts';

const available = await requirePostgres();

const INDEX: IndexPlan = {
  ...{ everyMs: 1, fullMs: 1, use: 'always', miss: 'nobody', updated: undefined, keepMs: undefined },
  shape: { fields: [{ name: 'name', matches: ['exact', 'contains'] }], kept: undefined, country: undefined },
};

function batch(records: readonly SourceRecord[], more: Partial<ListBatch> = {}): ListBatch {
  return { records: records.map((record) => ({ key: String(record['id']), record })), ...more };
}

const numbered = (from: number, count: number, name = 'Name') =>
  Array.from({ length: count }, (_, at): SourceRecord => ({ id: String(from + at), name: `${name} ${from + at}` }));

describe.skipIf(!available.ok)(`an index on several machines${reasonOf(available)}`, () => {
  const server = borrowedStoreServer();

  /** A machine: a gateway's index in a file of its own. */
  async function machine(store: PostgresStorePlan, follower: string, file?: string) {
    const path = file ?? (await newFile());
    const shared = new SharedIndex({ file: path, store, log: recordedLog(), follower });
    const reader = new IndexReader(path);
    const close = async () => {
      reader.close();
      await shared.close();
    };
    onTestFinished(close);
    const claim = () => shared.claim('crm', 'plan', INDEX.shape);
    return {
      ...{ file: path, shared, claim, close },
      write: (records: readonly SourceRecord[], more?: Partial<ListBatch>) =>
        shared.write('crm', [batch(records, more)], INDEX, undefined),
      begin: (since?: string) => shared.begin('crm', { since, anew: false }),
      /** What it has, by id. */
      async all() {
        const row = await reader.state('crm');
        const found = row && (await reader.scan(row, () => true, 10_000, context()));
        return Object.fromEntries((found ?? []).map(({ record }) => [String(record['id']), record['name']]));
      },
      async feed(record: SourceRecord, isGone = false) {
        const query = {
          criteria: [{ field: 'name', match: 'contains', value: 'name' } as const],
          limit: 9_999,
          parameters: {},
        };
        const known = (await shared.find('crm', query, context())) ?? [];
        const found = known.filter((one) => one.record['id'] === record['id']).map(({ id }) => ({ id, isMeant: true }));
        const plan = (await shared.state('crm'))?.plan ?? '';
        const { records } = batch(isGone ? [] : [record]);
        return shared.feed('crm', { plan, found, records, isWhole: true }, INDEX, undefined);
      },
    };
  }

  /** Whoever follows is silent for longer than its lease. */
  const leaseEnds = ({ schema }: PostgresStorePlan) =>
    server().sql(`UPDATE ${schema}.index_sources SET owned_until = 1`);

  it('asks the source once for all, hands it over when its gateway stops, and goes on there', async () => {
    const store = newStorePlan(server);
    const [one, other] = [listing(), listing()].map((system) => ({ ...system, changes: [] as string[] }));
    if (one === undefined || other === undefined) throw new Error('two systems');
    const gatewayOf = async (system: MemorySystem, follower: string) => {
      const file = await newFile();
      const openIndex = (own: string) => new SharedIndex({ file: own, store, log: recordedLog(), follower });
      const index = { everyMs: 300, fullMs: 3_600_000, use: 'always', miss: 'nobody' } as const;
      return { file, ...indexedGateway(system, file, { index, openIndex }) };
    };
    const first = await gatewayOf(one, 'one');
    await filled(first.file);
    const second = await gatewayOf(other, 'two');
    await filled(second.file);
    expect((await look(second.gateway, { name: 'max mueller' })).names).toEqual(['Max Müller']);
    one.records = [...PEOPLE.slice(1), { id: '4', name: 'Neu Hier', email: 'neu@example.com' }];
    one.changes.push('1', '4');
    await until(async () => (await look(second.gateway, { name: 'neu hier' })).names?.length === 1, 'the new one');
    expect((await look(second.gateway, { name: 'max mueller' })).names).toEqual([]);
    expect([other.lists, (await stateOf(second.file))?.follower]).toEqual([[], 'one']);
    other.changes.push('1', '4');
    other.records = one.records;
    await first.gateway.close();
    await until(() => (other.lists?.length ?? 0) > 0, 'the other to follow');
    // Not from the beginning.
    expect(other.lists?.[0]?.since).toBe('2');
    expect((await stateOf(second.file))?.follower).toBe('two');
  });

  it('takes a run through everything over where it was, and removes what neither has seen', async () => {
    const store = newStorePlan(server);
    const [one, two] = [await machine(store, 'one'), await machine(store, 'two')];
    expect(await one.claim()).toBeDefined();
    expect(await two.claim()).toBeUndefined();
    await one.begin();
    await one.write(numbered(1, 20));
    await one.shared.end('crm');
    await two.claim();
    expect(await two.all()).toEqual(await one.all());
    await one.begin();
    await one.write([...numbered(1, 4), { id: '5', name: 'Changed' }], { next: 'half' });
    await leaseEnds(store);
    expect((await two.claim())?.run).toMatchObject({ from: 'half', read: 5 });
    expect((await two.begin()).from).toBe('half');
    await two.write(numbered(6, 13));
    expect(await two.shared.end('crm')).toEqual({ removed: 2, held: 0 });
    const expected = Object.fromEntries(numbered(1, 18).map(({ id, name }) => [id, id === '5' ? 'Changed' : name]));
    expect(await two.all()).toEqual(expected);
    await one.claim();
    expect(await one.all()).toEqual(expected);
  });

  it('takes back what a gateway wrote that was stopped and wakes, which writes nothing into the copy', async () => {
    const store = newStorePlan(server);
    const [one, two] = [await machine(store, 'one'), await machine(store, 'two')];
    await one.claim();
    await one.begin();
    await one.write(numbered(1, 2), { next: '2' });
    await leaseEnds(store);
    expect(await two.claim()).toBeDefined();
    await two.begin();
    await expect(one.write([{ id: '1', name: 'Old' }, ...numbered(3, 1, 'Old')])).rejects.toThrow(NotFollowing);
    await expect(one.shared.keep('crm', 'a problem')).rejects.toThrow(NotFollowing);
    await two.write(numbered(4, 1));
    expect(await one.claim()).toBeUndefined();
    expect(await one.all()).toEqual({ 1: 'Name 1', 2: 'Name 2', 4: 'Name 4' });
    expect(await two.all()).toEqual(await one.all());
    expect(await one.shared.state('crm')).toMatchObject({ follower: 'two', problem: undefined, run: { read: 3 } });
  });

  it('takes nothing of a gateway that was stopped and wakes before who follows now has written anything', async () => {
    const store = newStorePlan(server);
    const [one, two] = [await machine(store, 'one'), await machine(store, 'two')];
    await one.claim();
    await one.begin();
    await one.write(numbered(1, 2), { next: '2' });
    await leaseEnds(store);
    expect(await two.claim()).toBeDefined();
    expect(await one.claim()).toBeUndefined();
    await leaseEnds(store);
    expect(await two.claim()).toBeDefined();
    await two.begin();
    await leaseEnds(store);
    expect(await one.claim()).toBeDefined();
    await expect(two.write(numbered(3, 1, 'Old'))).rejects.toThrow(NotFollowing);
    expect(await one.all()).toEqual({ 1: 'Name 1', 2: 'Name 2' });
  });

  it('writes nothing for a fencing token that is over, whatever was looked at before', async () => {
    const store = newStorePlan(server);
    const session = new IndexSession(await storeServer(store), () => undefined);
    onTestFinished(() => session.close());
    const [before, after] = ['before', 'after'].map((owner) => new IndexTables(session, owner, store.leaseMs));
    if (before === undefined || after === undefined) throw new Error('two were made');
    const { copy } = await before.claim('crm', 'plan', 'before');
    const change = { version: undefined, records: [], seen: [], state: { text: '{}', run: null } };
    await before.send(copy.id, { ...change, epoch: copy.epoch });
    expect((await after.claim('crm', 'plan', 'after')).isMine).toBe(false);
    await leaseEnds(store);
    expect(await after.claim('crm', 'plan', 'after')).toMatchObject({ isMine: true, copy: { epoch: copy.epoch + 1 } });
    await expect(before.send(copy.id, { ...change, epoch: copy.epoch })).rejects.toThrow(NotFollowing);
    await expect(after.send(copy.id, { ...change, epoch: copy.epoch + 1 })).resolves.toBeDefined();
  });

  it('puts what any gateway is told of a record into all, also beside a run that had read it before', async () => {
    const store = newStorePlan(server);
    const [one, two] = [await machine(store, 'one'), await machine(store, 'two')];
    await one.claim();
    await one.begin();
    await one.write(numbered(1, 3));
    await one.shared.end('crm');
    await two.claim();
    await one.begin();
    await two.feed({ id: '2', name: 'Name fed' });
    await two.feed({ id: '3', name: '' }, true);
    await until(async () => (await one.all())['2'] === 'Name fed', 'the fed one');
    await one.write(numbered(1, 3));
    await one.shared.end('crm');
    await two.claim();
    expect([await one.all(), await two.all()]).toEqual(Array(2).fill({ 1: 'Name 1', 2: 'Name fed' }));
  });

  it('begins with what a machine had before, has other copies for other settings, and is changed by hand for all', async () => {
    const store = newStorePlan(server);
    const file = await newFile();
    const alone = openCustomerIndex(file);
    await alone.claim('crm', 'plan', INDEX.shape);
    await alone.begin('crm', { since: undefined, anew: true });
    await alone.write('crm', [batch(numbered(1, 1_500), { mark: 'm' })], INDEX, undefined);
    await alone.end('crm');
    await alone.release('crm');
    const [one, two, odd] = [
      await machine(store, 'one', file),
      await machine(store, 'two'),
      await machine(store, 'odd'),
    ];
    expect((await one.claim())?.mark).toBe('m');
    await two.claim();
    expect(Object.keys(await two.all())).toHaveLength(1_500);
    expect(await odd.shared.claim('crm', 'another', INDEX.shape)).toMatchObject({ records: 0 });
    const row = await two.shared.state('crm');
    const query = { criteria: [{ field: 'name', match: 'exact', value: 'name 7' } as const], limit: 1, parameters: {} };
    const [found] = (await two.shared.find('crm', query, context())) ?? [];
    await removeIndexed({ ...STORE, postgres: store }, two.file, row ?? { name: '', plan: '' }, [found?.id ?? 0]);
    await one.shared.keep('crm');
    expect((await one.all())['7']).toBeUndefined();
    await changeIndexByHand({ ...STORE, postgres: store }, two.file, 'crm', 'rebuild');
    await expect(one.shared.keep('crm')).rejects.toThrow(NotFollowing);
    expect(await one.claim()).toMatchObject({ mark: undefined, fullAt: undefined, records: 1_499 });
    await changeIndexByHand({ ...STORE, postgres: store }, two.file, 'crm', 'empty');
    await two.claim();
    await one.claim();
    expect([await one.all(), await two.all()]).toEqual([{}, {}]);
    expect(await server().sql(`SELECT count(*) FROM ${store.schema}.index_records`)).toEqual(['0']);
  });

  it('answers while the store is away, is not followed then, and goes on when it is back', async () => {
    const store = newStorePlan(server);
    const [one, two] = [await machine(store, 'one'), await machine(store, 'two')];
    await one.claim();
    await one.begin();
    await one.write(numbered(1, 2), { next: '2' });
    await two.claim();
    await server().kill();
    await expect(one.write(numbered(3, 1), { next: '3' })).rejects.toThrow(/^the store postgres:.* cannot be used/);
    expect(await one.claim()).toBeUndefined();
    expect((await one.shared.state('crm'))?.problem).toMatch(/^the store postgres:/);
    const query = { criteria: [{ field: 'name', match: 'exact', value: 'name 2' } as const], limit: 1, parameters: {} };
    expect(await two.shared.find('crm', query, context())).toHaveLength(1);
    await server().start();
    expect((await one.claim())?.run?.from).toBe('2');
    expect(Object.keys(await one.all())).toEqual(['1', '2']);
  });

  it('goes on where a gateway was that is killed, or stopped for longer than its lease, asking the source for no page twice', async () => {
    const store = newStorePlan(server);
    const system = await pagedSystem(6);
    const configuration = await configurationOf(store, system.port);
    const gateways = await Promise.all([startGateway(configuration), startGateway(configuration)]);
    const follows = async () => {
      const states = await Promise.all(gateways.map(({ file }) => stateOf(file)));
      const of = (child: ChildProcess) => states.some((state) => state?.follower?.endsWith(`:${child.pid}`));
      return gateways.find(({ child }) => of(child));
    };
    system.openUntil(2);
    await until(() => system.asked.includes(3), 'the third page');
    await until(async () => (await follows()) !== undefined, 'one that follows');
    const first = await follows();
    const second = gateways.find((one) => one !== first);
    if (first === undefined || second === undefined) throw new Error('nobody follows');
    const has = async (count: number) => (await stateOf(second.file))?.run?.read === count;
    await until(() => has(2), 'the first two pages');
    first.child.kill('SIGKILL');
    await until(() => system.asked.filter((page) => page === 3).length === 2, 'the other to go on');
    // One that is new asks nothing, and the one that follows is stopped.
    const third = await startGateway(configuration);
    gateways.push(third);
    second.child.kill('SIGSTOP');
    await until(() => system.asked.filter((page) => page === 3).length === 3, 'the third to go on');
    system.openUntil(6);
    await filled(third.file);
    expect(system.asked.filter((page) => page !== 3)).toEqual([1, 2, 4, 5, 6]);
    second.child.kill('SIGCONT');
    await filled(second.file);
    expect((await stateOf(second.file))?.records).toBe(6);
  });

  it('is the same on all machines whatever they do', async () => {
    const ids = fc.integer({ min: 1, max: 12 });
    const what = fc.constantFrom('write', 'feed', 'forget', 'end', 'stop', 'look');
    const step = fc.record({ at: fc.nat(2), what, id: ids, name: fc.constantFrom('Name a', 'Name b', 'Name ü') });
    const property = fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const store = newStorePlan(server);
      const machines = [await machine(store, '0'), await machine(store, '1'), await machine(store, '2')];
      const follows = new Set<number>();
      for (const { at, what, id, name } of steps) {
        const one = machines[at];
        if (one === undefined) continue;
        const record = { id: String(id), name };
        try {
          if ((await one.claim()) !== undefined) follows.add(at);
          else follows.delete(at);
          if (what === 'stop') await leaseEnds(store);
          if (what === 'feed') await one.feed(record);
          if (what === 'forget') await one.feed(record, true);
          if (!follows.has(at)) continue;
          await one.begin();
          if (what === 'write') await one.write([record], { next: String(id) });
          if (what === 'end') await one.shared.end('crm');
        } catch (error) {
          if (!(error instanceof NotFollowing)) throw error;
        }
      }
      for (const one of machines) await one.claim();
      const [first, ...others] = await Promise.all(machines.map((one) => one.all()));
      for (const other of others) expect(other).toEqual(first);
      await Promise.all(machines.map((one) => one.close()));
    });
    await fc.assert(property, runs(4));
  });
});

/** A system with pages of one person each; what is asked of it stands in `asked`, and waits for `open`. */
async function pagedSystem(pages: number) {
  const asked: number[] = [];
  const waiting: (() => void)[] = [];
  let open = 0;
  const answer = (page: number, response: ServerResponse) => {
    const more = page < pages;
    response
      .setHeader('Content-Type', 'application/json')
      .end(JSON.stringify({ items: [{ id: page, name: `Name ${page}` }], more }));
  };
  const system = createServer((request, response) => {
    const page = Number(/page=(\d+)/.exec(request.url ?? '')?.[1]);
    asked.push(page);
    const go = () => (page <= open ? answer(page, response) : void waiting.push(go));
    go();
  });
  system.listen(0, '127.0.0.1');
  await once(system, 'listening');
  onTestFinished(() => void system.close().closeAllConnections());
  const address = system.address();
  const openUntil = (page: number) => {
    open = page;
    for (const go of waiting.splice(0)) go();
  };
  return { asked, openUntil, port: typeof address === 'object' ? address?.port : undefined };
}

/** The configuration that the gateways of all machines have. */
async function configurationOf({ url, schema }: PostgresStorePlan, port: number | undefined): Promise<string> {
  const file = `${await newFile()}.yaml`;
  await writeFile(
    file,
    `server: { port: 0 }
sources:
  crm:
    adapter: http
    url: http://127.0.0.1:${port}/people
    records: $.items
    paging: { by: page, more: $.more }
    fields: { customer_id: id, name: name }
    index: { every: 10m, use: always }
lookups: { default: { sources: [crm], match: [name] } }
store: { url: "${url}", schema: ${schema}, lease: 3s, index: "\${INDEX_FILE}" }
`,
  );
  return file;
}

/** A gateway with an index of its own. */
async function startGateway(configuration: string) {
  const file = await newFile();
  return { file, child: await startedGateway(configuration, { INDEX_FILE: file }) };
}

const STORE = { file: '/none', keepBodies: false, retentionMs: 1 };
