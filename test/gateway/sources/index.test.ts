/** A source's index in the gateway: with its real file, and the real thread that writes it. */
import Database from 'libsql';
import { describe, expect, it, type MockInstance, vi } from 'vitest';
import type { CustomerIndex } from '../../../src/gateway/sources/customer-index.ts';
import { openCustomerIndex } from '../../../src/store/index-file/index-file.ts';
import { execute } from '../../store/support.ts';
import {
  away,
  filled,
  indexedGateway,
  listing,
  look,
  newFile,
  PEOPLE,
  stateOf,
  until,
} from '../../support/indexed-gateway.ts';
import { memorySource } from '../../support/plans.ts';

describe('an index for when the system is down', () => {
  it('is not asked while the system answers, and answers in its place with its age', async () => {
    const system = listing();
    const file = await newFile();
    const { gateway: serving } = indexedGateway(system, file, { index: { everyMs: 60_000, fullMs: 60_000 } });
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
    const { gateway: serving } = indexedGateway(system, file);
    await until(async () => (await stateOf(file))?.records === 2, 'the first batch');
    system.error = away;
    expect((await look(serving, { name: 'Max Müller' })).failure).toContain('crm did not answer');
  });
});

describe('an index with keep', () => {
  const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000);
  const written = (hours: number) => ago(hours).toISOString().slice(0, 19).replace('T', ' ');
  const ages = [ago(30), ago(1), written(60), written(1), ago(30).toISOString(), '17', 17, ''];
  const records = ages.map((changed, at) => ({ id: String(at), name: `Person ${at}`, changed }));

  it('has none that has not changed for so long, and not the time itself', async () => {
    const file = await newFile();
    const keep = { use: 'always', updated: 'changed', keepMs: 24 * 3_600_000 } as const;
    const lookup = { fields: [] };
    const { gateway: serving } = indexedGateway(listing(records), file, { index: keep, lookup });
    await filled(file);
    const found = await serving.lookup({ lookup: 'default', parameters: { name: 'Person 1' } });
    expect(found.answer?.customers).toHaveLength(1);
    expect((await stateOf(file))?.records).toBe(5);
    const [row] = new Database(file).prepare('SELECT fields FROM sources').all();
    expect(String(Reflect.get(Object(row), 'fields'))).not.toContain('changed');
  });
});

describe('an index that always answers', () => {
  it('asks the system for nobody, or for whom it does not find', async () => {
    const system = listing();
    const file = await newFile();
    const { gateway: serving } = indexedGateway(system, file, {
      index: { use: 'always', everyMs: 60_000, fullMs: 60_000 },
    });
    await filled(file);
    expect((await look(serving, { name: 'joerg weiss' })).names).toEqual(['Jörg Weiß']);
    expect((await look(serving, { name: 'New' })).names).toEqual([]);
    expect(system.queries).toHaveLength(0);
    const other = listing([...PEOPLE]);
    const second = await newFile();
    const { gateway: live } = indexedGateway(other, second, {
      index: { use: 'always', miss: 'live', everyMs: 60_000, fullMs: 60_000 },
    });
    await filled(second);
    other.records = [...PEOPLE, { id: '4', name: 'New' }];
    expect((await look(live, { name: 'New' })).names).toEqual(['New']);
    expect((await look(live, { name: 'Max Müller' })).notices).toEqual([]);
  });

  it('says how old it is once it is older than twice the time between two runs', async () => {
    const system = listing();
    const file = await newFile();
    const { gateway: serving } = indexedGateway(system, file, { index: { use: 'always', everyMs: 300, fullMs: 300 } });
    await filled(file);
    system.error = away;
    await until(async () => (await look(serving, { name: 'Max Müller' })).notices.length > 0, 'the notice');
    const { names, notices } = await look(serving, { name: 'Max Müller' });
    expect(names).toEqual(['Max Müller']);
    expect(notices.join()).toMatch(/^crm has not been read again; this is from/);
    system.error = undefined;
    await until(async () => (await look(serving, { name: 'Max Müller' })).notices.length === 0, 'its end');
  });
});

describe('what follows a source', () => {
  it('asks for changes where the system can say them, and brings what is new, changed and removed', async () => {
    const system = { ...listing(), changes: ['1', '2', '3'] };
    const file = await newFile();
    const { gateway: serving } = indexedGateway(system, file, {
      index: { use: 'always', everyMs: 200, fullMs: 600_000 },
    });
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
    const { gateway: serving, lines } = indexedGateway(system, file, { index: { everyMs: 200, fullMs: 200 } });
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
    const first = indexedGateway(one, file, { index: { everyMs: 200, fullMs: 200 } });
    await filled(file);
    const second = indexedGateway(other, file, { index: { everyMs: 200, fullMs: 200 } });
    await until(() => (one.lists?.length ?? 0) > 3, 'some runs');
    expect(other.lists).toHaveLength(0);
    // A line each second would bury all others.
    expect(first.lines.filter(({ message }) => message === 'the index is up to date')).toHaveLength(1);
    other.error = away;
    expect((await look(second.gateway, { name: 'Max Müller' })).names).toEqual(['Max Müller']);
    other.error = undefined;
    await first.gateway.close();
    await until(() => (other.lists?.length ?? 0) > 0, 'the other');
  });

  it('goes on after the clock was set back', async () => {
    const system = listing();
    const file = await newFile();
    const { gateway: serving } = indexedGateway(system, file, { index: { use: 'always', everyMs: 300, fullMs: 600 } });
    await filled(file);
    await execute(file, 'UPDATE sources SET fresh_at = fresh_at + 3600000, full_at = full_at + 3600000');
    system.records = [...PEOPLE.slice(1), { id: '4', name: 'New' }];
    await until(async () => (await look(serving, { name: 'New' })).names?.length === 1, 'the new one');
    await until(
      async () => (await look(serving, { name: 'Max Müller' })).names?.length === 0,
      'the end of the old one',
    );
  });

  it('is removed with its source', async () => {
    const file = await newFile();
    const system = listing();
    const { gateway: serving } = indexedGateway(system, file);
    await filled(file);
    const { index: _, ...without } = serving.plan.sources.get('crm') ?? memorySource('crm', system);
    await serving.reload({ ...serving.plan, sources: new Map([['crm', { ...without, written: 'other' }]]) });
    await until(async () => (await stateOf(file)) === undefined, 'the end of the index');
  });
});

it('a question looks once at what there is of the index', async () => {
  const file = await newFile();
  const opened: MockInstance<CustomerIndex['state']>[] = [];
  const openIndex = (path: string) => {
    const real = openCustomerIndex(path);
    opened.push(vi.spyOn(real, 'state'));
    return real;
  };
  const index = { everyMs: 600_000, fullMs: 600_000, use: 'always', miss: 'nobody' } as const;
  const { gateway: serving } = indexedGateway(listing(), file, { index, openIndex });
  await filled(file);
  for (const name of ['Nobody', 'Max Müller']) {
    for (const looks of opened) looks.mockClear();
    await look(serving, { name });
    expect(
      opened.map(({ mock }) => mock.calls.length),
      name,
    ).toEqual([1]);
  }
});
