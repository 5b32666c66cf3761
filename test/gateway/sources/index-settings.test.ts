/** A source whose settings change while the gateway serves, or that another gateway knows otherwise. */
import { describe, expect, it } from 'vitest';
import type { LookupPlan } from '../../../src/gateway/lookup/plan.ts';
import type { SourcePlan } from '../../../src/gateway/plan.ts';
import {
  away,
  filled,
  type IndexedOptions,
  indexedGateway,
  indexedPlan,
  listing,
  look,
  newFile,
  stateOf,
  until,
} from '../../support/indexed-gateway.ts';
import { type MemorySystem, memoryAdapter } from '../../support/memory-adapter.ts';
import { renamed, steps } from '../../support/plans.ts';

describe('an index of other settings', () => {
  const rarely = { everyMs: 600_000, fullMs: 600_000 };
  /** A source that is reached with a password, and lists a table. */
  const sourceOf = (system: MemorySystem, settings: object) => ({
    adapter: { ...memoryAdapter(system), reachedBy: ['password'] },
    settings,
    written: settings,
  });

  it('goes on where only what it is reached by, asked or followed is another, and begins empty with all else', async () => {
    const file = await newFile();
    const system = listing();
    const options = (settings: object, more: Partial<SourcePlan> = {}, every = 600_000): IndexedOptions => ({
      source: { ...sourceOf(system, settings), ...more },
      index: { everyMs: every, fullMs: every },
    });
    const { gateway: serving } = indexedGateway(system, file, options({ table: 'a', password: 'one' }));
    await filled(file);
    system.error = away;
    const found = async (next: IndexedOptions) => {
      await serving.reload(indexedPlan(system, file, next));
      return (await look(serving, { phone: '030 12345' })).names;
    };
    expect(await found(options({ table: 'a', password: 'two' }))).toEqual(['Max Müller']);
    const calm = { written: 'calm', timeoutMs: 2_000, concurrency: 1 };
    expect(await found(options({ table: 'a', password: 'two' }, calm, 700_000))).toEqual(['Max Müller']);
    expect(system.lists).toHaveLength(1);
    expect(await found(options({ table: 'b', password: 'two' }))).toBeUndefined();
    expect(
      await found({ ...options({ table: 'b', password: 'two' }), index: { ...rarely, updated: 'at' } }),
    ).toBeUndefined();
  });

  it('that another gateway follows is not taken for that of this one', async () => {
    const file = await newFile();
    const [one, other] = [listing(), listing()];
    indexedGateway(one, file, { index: rarely, source: sourceOf(one, { table: 'a' }) });
    await filled(file);
    other.error = away;
    const second = (settings: object, lookup: Partial<LookupPlan> = {}, country?: string) =>
      indexedGateway(other, file, { index: rarely, lookup, source: { ...sourceOf(other, settings), country } }).gateway;
    const max = { email: 'max@example.com' };
    expect((await look(second({ table: 'b' }), max)).failure).toContain('crm did not answer');
    expect((await look(second({ table: 'a' }, {}, 'DE'), max)).failure).toContain('crm did not answer');
    // As a command line that reads one lookup: it shows less.
    const fewer = second({ table: 'a' }, { match: steps('email'), fields: [renamed('name', 'name')] });
    expect((await look(fewer, max)).names).toEqual(['Max Müller']);
    // What that one does not keep is nothing that this one may show as missing.
    const third = await newFile();
    const narrow = { match: steps('email'), fields: [renamed('name', 'name')] };
    indexedGateway(one, third, { index: rarely, lookup: narrow, source: sourceOf(one, { table: 'a' }) });
    await filled(third);
    const all = indexedGateway(other, third, { index: rarely, source: sourceOf(other, { table: 'a' }) }).gateway;
    expect((await look(all, max)).failure).toContain('crm did not answer');
  });

  it('is followed by the new source alone after a reload in the middle of a run, which goes on where it was', async () => {
    const file = await newFile();
    const system = listing();
    let isReached = () => {};
    const reached = new Promise<void>((resolve) => (isReached = resolve));
    system.listing = async (batch) => {
      if (batch !== 1 || system.lists?.length !== 1) return;
      isReached();
      await new Promise(() => undefined);
    };
    const options = (written: string): IndexedOptions => ({ index: rarely, source: { written } });
    const { gateway: serving, lines } = indexedGateway(system, file, options('one'));
    await reached;
    // Nor does a second one, at once, leave two of them.
    await Promise.all([
      serving.reload(indexedPlan(system, file, options('two'))),
      serving.reload(indexedPlan(system, file, options('three'))),
    ]);
    await filled(file);
    expect(await stateOf(file)).toMatchObject({ records: 3, run: undefined });
    expect(system.lists?.map(({ from }) => from).slice(0, 2)).toEqual([undefined, '2']);
    expect(lines.filter(({ message }) => message.includes('has another owner'))).toEqual([]);
    await until(async () => ((await stateOf(file))?.ownedUntil ?? 0) > Date.now(), 'an owner');
  });
});
