/** An index that answers while its first run goes on: of a source that lists the newest first. */
import { expect, it } from 'vitest';
import { away, indexedGateway, listing, look, newFile, stateOf, until } from '../../support/indexed-gateway.ts';
import type { MemorySystem } from '../../support/memory-adapter.ts';

const DAY = 86_400_000;
const began = Date.now();

/** Three batches of one record, each a day older; the second comes when it is let go. */
function newestFirst(): { readonly system: MemorySystem; letGo(): void } {
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const system: MemorySystem = {
    ...listing(),
    batch: 1,
    complete: (batch) => ({ since: began - batch * DAY, until: began }),
    listing: async (batch) => (batch === 1 ? await held : undefined),
  };
  return { system, letGo: () => letGo() };
}

const rarely = { everyMs: 600_000, fullMs: 600_000, use: 'always' } as const;
const first = (file: string) => until(async () => (await stateOf(file))?.records === 1, 'the first batch');

it('has those that came, says since when it is complete, and asks the system for nobody', async () => {
  const { system, letGo } = newestFirst();
  const file = await newFile();
  const { gateway } = indexedGateway(system, file, { index: rarely });
  await first(file);
  const before = await look(gateway, { name: 'Max Müller' });
  expect(before.names).toEqual(['Max Müller']);
  expect(before.notices).toEqual([
    expect.stringMatching(/^crm: complete since \d{4}-\d\d-\d\d \d\d:\d\d; what is older is still being read$/),
  ]);
  const unknown = await look(gateway, { name: 'Anna Schmidt' });
  expect(unknown.names).toEqual([]);
  expect(unknown.notices.join()).toContain('complete since');
  expect(system.queries).toEqual([]);
  letGo();
  await until(async () => (await stateOf(file))?.freshAt !== undefined, 'the end of the run');
  expect(await look(gateway, { name: 'Anna Schmidt' })).toMatchObject({ names: ['Anna Schmidt'], notices: [] });
});

it('tells the source what need not be listed, and how often changes are wanted', async () => {
  const system = listing();
  const file = await newFile();
  indexedGateway(system, file, { index: { ...rarely, updated: 'changed', keepMs: DAY } });
  await until(() => system.lists?.length === 1, 'the first run');
  const [asked] = system.lists ?? [];
  expect(asked).toMatchObject({ everyMs: 600_000, updated: 'changed' });
  expect(Math.abs(Date.now() - DAY - (asked?.oldest ?? 0))).toBeLessThan(60_000);
});

it('goes on where it was after a crash, and answers meanwhile', async () => {
  const system: MemorySystem = { ...listing(), batch: 1 };
  system.complete = (batch) => ({ since: began - batch * DAY, until: began });
  let batches = 0;
  system.listing = async () => {
    batches += 1;
    if (batches === 2) throw away;
  };
  const file = await newFile();
  const { gateway } = indexedGateway(system, file, { index: rarely });
  await until(() => batches === 2, 'the failure');
  await first(file);
  expect((await look(gateway, { name: 'Max Müller' })).notices.join()).toContain('complete since');
  await gateway.close();
  const { gateway: next } = indexedGateway(system, file, { index: rarely });
  expect((await look(next, { name: 'Max Müller' })).names).toEqual(['Max Müller']);
  await until(async () => (await stateOf(file))?.freshAt !== undefined, 'the end of the run');
  expect(system.lists?.map(({ from }) => from)).toEqual([undefined, '1']);
  expect((await look(next, { name: 'Anna Schmidt' })).notices).toEqual([]);
});

it('is as fresh as a run that looked for changes until its end', async () => {
  const system: MemorySystem = { ...listing(), complete: () => ({ since: 0, until: Date.now() + 5_000 }) };
  const file = await newFile();
  indexedGateway(system, file, { index: rarely });
  await until(async () => (await stateOf(file))?.freshAt !== undefined, 'the end of the run');
  expect((await stateOf(file))?.freshAt).toBeGreaterThan(Date.now());
});
