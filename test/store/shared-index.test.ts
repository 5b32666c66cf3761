/** Gateways of several machines on one store: one follows a source, all have what it lists, each in its own file. */
import { describe, expect, it } from 'vitest';
import type { PostgresStorePlan } from '../../src/gateway/push/plan.ts';
import { openPostgresLedger } from '../../src/store/postgres/ledger.ts';
import { SharedIndex } from '../../src/store/postgres/shared-index.ts';
import { filled, indexedGateway, listing, look, newFile, PEOPLE, stateOf, until } from '../support/indexed-gateway.ts';
import { recordedLog } from '../support/log.ts';
import type { MemorySystem } from '../support/memory-adapter.ts';
import { reasonOf } from '../support/packages.ts';
import { requirePostgres } from '../support/sql/postgres.ts';
import { borrowedStoreServer, newStorePlan } from './stores.ts';

const available = await requirePostgres();
const LEASE_MS = 1_000;

describe.skipIf(!available.ok)(`an index on several machines${reasonOf(available)}`, () => {
  const server = borrowedStoreServer();

  async function newStore(): Promise<PostgresStorePlan> {
    const plan = { ...newStorePlan(server), leaseMs: LEASE_MS };
    await (await openPostgresLedger(plan, { sends: false })).close();
    return plan;
  }

  /** A machine: a gateway with a file of its own. */
  async function machine(store: PostgresStorePlan, system: MemorySystem, follower: string, file?: string) {
    const path = file ?? (await newFile());
    const log = recordedLog();
    const openIndex = (own: string) => new SharedIndex({ file: own, store, log, follower });
    const index = { everyMs: 300, fullMs: 3_600_000, use: 'always', miss: 'nobody' } as const;
    return { file: path, log, ...indexedGateway(system, path, { index, openIndex }) };
  }

  it('asks the source once for all, hands it over when its gateway stops, and goes on there', async () => {
    const store = await newStore();
    const systems = [listing(), listing()].map((system) => ({ ...system, changes: [] as string[] }));
    const [one, other] = systems;
    if (one === undefined || other === undefined) throw new Error('two');
    const first = await machine(store, one, 'one');
    await filled(first.file);
    const second = await machine(store, other, 'two');
    await filled(second.file);
    expect((await look(second.gateway, { name: 'Max Mueller' })).names).toEqual(['Max Müller']);
    expect(other.lists).toEqual([]);
    expect((await stateOf(second.file))?.follower).toBe('one');
    one.records = [...PEOPLE.slice(1), { id: '4', name: 'Neu Hier', email: 'neu@example.com' }];
    one.changes.push('1', '4');
    await until(async () => (await look(second.gateway, { name: 'Neu Hier' })).names?.length === 1, 'the new one');
    expect((await look(second.gateway, { name: 'Max Mueller' })).names).toEqual([]);
    await first.gateway.close();
    other.changes.push('1', '4');
    other.records = one.records;
    await until(() => (other.lists?.length ?? 0) > 0, 'the other to follow');
    expect(other.lists?.[0]?.since).toBe('2');
    expect((await stateOf(second.file))?.follower).toBe('two');
  });
});
