/** A source's index in the gateway: with its real file, and the real thread that writes it. */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import Database from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SourceError, type SourceRecord } from '../../../src/contract/index.ts';
import { createGateway, type Gateway } from '../../../src/gateway/gateway.ts';
import type { IndexPlan } from '../../../src/gateway/sources/customer-index.ts';
import { indexShape } from '../../../src/gateway/sources/index-shape.ts';
import { openCustomerIndex } from '../../../src/store/index-file/index-file.ts';
import { recordedLog } from '../../support/log.ts';
import { type MemorySystem, memorySystem } from '../../support/memory-adapter.ts';
import { gatewayPlan, lookupPlan, memorySource, steps } from '../../support/plans.ts';
import { temporaryFolder } from '../../support/temp.ts';

const PEOPLE: readonly SourceRecord[] = [
  { id: '1', name: 'Max Müller', email: 'max@example.com', phone: '+49 30 12345' },
  { id: '2', name: 'Anna Schmidt', email: 'anna@example.com', phone: '+49 30 99999' },
  { id: '3', name: 'Jörg Weiß', email: 'joerg@example.com', phone: '089 4567890' },
];
const away = new SourceError('unreachable', 'the machine is off');

function listing(records = PEOPLE): MemorySystem {
  return { ...memorySystem(records), batch: 2, lists: [] };
}

/** A gateway over one source with an index; several may share a file. */
function gateway(system: MemorySystem, file: string, settings: Partial<Omit<IndexPlan, 'shape'>> = {}) {
  const match = steps('name', 'email', 'phone');
  const lookups = new Map([['default', lookupPlan({ sources: ['crm'], match })]]);
  const plain = memorySource('crm', system);
  const shape = indexShape(plain, { lookups, ajax: new Map() }, []);
  const index: IndexPlan = {
    ...{
      everyMs: 1_000,
      fullMs: 1_000,
      use: 'when-down',
      miss: 'nobody',
      updated: undefined,
      keepMs: undefined,
      shape,
    },
    ...settings,
  };
  const source = { ...plain, index };
  const plan = gatewayPlan(
    [source],
    { match },
    { store: { file: '/none', keepBodies: false, retentionMs: 1, index: file } },
  );
  const log = recordedLog();
  const { lines } = log;
  const opened = createGateway(plan, { log, openIndex: openCustomerIndex });
  onTestFinished(() => opened.close());
  opened.readAhead();
  return { gateway: opened, lines };
}

const newFile = async () => join(await temporaryFolder(), 'index.db');

/** Names of whom a lookup finds, and what staff read beside them. */
async function look(from: Gateway, parameters: Record<string, string>) {
  const { answer: found, failure } = await from.lookup({ lookup: 'default', parameters });
  const names = found?.customers.map((one) => {
    const content = one.find(({ name }) => name === 'name')?.content;
    return content?.kind === 'text' ? content.text : '';
  });
  return { names, notices: found?.notices ?? [], failure: failure?.message };
}

async function until(isTrue: () => Promise<boolean> | boolean, what: string): Promise<void> {
  const end = performance.now() + 15_000;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`waited in vain for ${what}`);
    await wait(20);
  }
}

const stateOf = async (file: string) => {
  const index = openCustomerIndex(file);
  const state = await index.state('crm');
  await index.close();
  return state;
};
const filled = (file: string) => until(async () => (await stateOf(file))?.freshAt !== undefined, 'the first run');

describe('an index for when the system is down', () => {
  it('is not asked while the system answers, and answers in its place with its age', async () => {
    const system = listing();
    const file = await newFile();
    const { gateway: serving } = gateway(system, file, { everyMs: 60_000, fullMs: 60_000 });
    await filled(file);
    system.records = [...PEOPLE, { id: '4', name: 'Max Müller', email: 'other@example.com' }];
    expect((await look(serving, { name: 'max mueller' })).names).toHaveLength(2);
    system.error = away;
    const { names, notices, failure } = await look(serving, { phone: '030 123-45' });
    expect(failure).toBeUndefined();
    expect(names).toEqual(['Max Müller']);
    expect(notices.join()).toMatch(/^crm did not answer; this is from \d\d:\d\d/);
    expect((await look(serving, { name: 'Nobody' })).names).toEqual([]);
  });

  it('says nothing before its first run has ended', async () => {
    const system = listing();
    system.listing = async (batch) => (batch === 1 ? await new Promise(() => undefined) : undefined);
    const file = await newFile();
    const { gateway: serving } = gateway(system, file);
    await until(async () => (await stateOf(file))?.records === 2, 'the first batch');
    system.error = away;
    expect((await look(serving, { name: 'Max Müller' })).failure).toContain('crm did not answer');
  });
});

describe('an index that always answers', () => {
  it('asks the system for nobody, or for whom it does not find', async () => {
    const system = listing();
    const file = await newFile();
    const { gateway: serving } = gateway(system, file, { use: 'always', everyMs: 60_000, fullMs: 60_000 });
    await filled(file);
    expect((await look(serving, { name: 'joerg weiss' })).names).toEqual(['Jörg Weiß']);
    expect((await look(serving, { name: 'New' })).names).toEqual([]);
    expect(system.queries).toHaveLength(0);
    const other = listing([...PEOPLE]);
    const second = await newFile();
    const { gateway: live } = gateway(other, second, { use: 'always', miss: 'live', everyMs: 60_000, fullMs: 60_000 });
    await filled(second);
    other.records = [...PEOPLE, { id: '4', name: 'New' }];
    expect((await look(live, { name: 'New' })).names).toEqual(['New']);
    expect((await look(live, { name: 'Max Müller' })).notices).toEqual([]);
  });

  it('says how old it is once it is older than twice the time between two runs', async () => {
    const system = listing();
    const file = await newFile();
    const { gateway: serving } = gateway(system, file, { use: 'always', everyMs: 300, fullMs: 300 });
    await filled(file);
    system.error = away;
    await until(async () => (await look(serving, { name: 'Max Müller' })).notices.length > 0, 'the notice');
    const { names, notices } = await look(serving, { name: 'Max Müller' });
    expect(names).toEqual(['Max Müller']);
    expect(notices.join()).toMatch(/^crm could not be read again; this is from/);
    system.error = undefined;
    await until(async () => (await look(serving, { name: 'Max Müller' })).notices.length === 0, 'its end');
  });
});

describe('what follows a source', () => {
  it('asks for changes where the system can say them, and brings what is new, changed and removed', async () => {
    const system = { ...listing(), changes: ['1', '2', '3'] };
    const file = await newFile();
    const { gateway: serving } = gateway(system, file, { use: 'always', everyMs: 200, fullMs: 600_000 });
    await filled(file);
    system.records = [{ ...PEOPLE[0], name: 'Max Meier' }, PEOPLE[2] ?? {}, { id: '4', name: 'New' }];
    system.changes = [...system.changes, '1', '2', '4'];
    await until(async () => (await look(serving, { name: 'New' })).names?.length === 1, 'the new one');
    expect((await look(serving, { name: 'Max Meier' })).names).toEqual(['Max Meier']);
    expect((await look(serving, { email: 'anna@example.com' })).names).toEqual([]);
    expect(system.lists?.map(({ since }) => since).slice(0, 2)).toEqual([undefined, '3']);
  });

  it('removes nobody when a run ends early, and goes on where it was', async () => {
    const system = listing();
    const file = await newFile();
    const { gateway: serving, lines } = gateway(system, file, { everyMs: 200, fullMs: 200 });
    await filled(file);
    system.records = [...PEOPLE, { id: '4', name: 'New' }, { id: '5', name: 'Last' }];
    system.listing = async (batch) => {
      if (batch === 1) throw away;
    };
    const failures = () => lines.filter(({ message }) => message.includes('could not be brought up to date'));
    await until(() => failures().length > 0, 'the failure');
    expect((await stateOf(file))?.records).toBe(3);
    await until(async () => (await stateOf(file))?.problem?.includes('the machine is off') === true, 'the reason');
    system.listing = async () => undefined;
    await until(async () => (await stateOf(file))?.records === 5, 'the others');
    expect(system.lists?.some(({ from }) => from === '2')).toBe(true);
    expect(failures()).toHaveLength(1);
    system.error = away;
    expect((await look(serving, { name: 'Last' })).names).toEqual(['Last']);
  });

  it('is one of several gateways; when it ends another takes over', async () => {
    const file = await newFile();
    const [one, other] = [listing(), listing()];
    const first = gateway(one, file, { everyMs: 200, fullMs: 200 });
    await filled(file);
    const second = gateway(other, file, { everyMs: 200, fullMs: 200 });
    await until(() => (one.lists?.length ?? 0) > 3, 'some runs');
    expect(other.lists).toHaveLength(0);
    other.error = away;
    expect((await look(second.gateway, { name: 'Max Müller' })).names).toEqual(['Max Müller']);
    other.error = undefined;
    await first.gateway.close();
    await until(() => (other.lists?.length ?? 0) > 0, 'the other');
  });

  it('goes on after the clock was set back', async () => {
    const system = listing();
    const file = await newFile();
    const { gateway: serving } = gateway(system, file, { use: 'always', everyMs: 300, fullMs: 600 });
    await filled(file);
    const database = new Database(file);
    database.exec('UPDATE sources SET fresh_at = fresh_at + 3600000, full_at = full_at + 3600000');
    database.close();
    system.records = [...PEOPLE.slice(1), { id: '4', name: 'New' }];
    await until(async () => (await look(serving, { name: 'New' })).names?.length === 1, 'the new one');
    await until(async () => (await look(serving, { name: 'Max Müller' })).names?.length === 0, 'the end of the run');
  });

  it('is begun anew with other settings, and removed with its source', async () => {
    const file = await newFile();
    const system = listing();
    const { gateway: serving } = gateway(system, file);
    await filled(file);
    const { index: _, ...without } = serving.plan.sources.get('crm') ?? memorySource('crm', system);
    await serving.reload({ ...serving.plan, sources: new Map([['crm', { ...without, written: 'other' }]]) });
    await until(async () => (await stateOf(file)) === undefined, 'the end of the index');
  });
});
