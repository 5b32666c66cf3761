/** What every push target must do, the whole way: PHP as HelpSpot runs it, HTTP, the gateway, and the system behind it. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Cutter, startCutter } from '../directory/cutter.ts';
import { type Availability, reasonOf } from '../packages.ts';
import type { PushResult } from '../php-push.ts';
import { type Bench, startBench } from './bench.ts';
import { expectDetails, expectDiscreet, expectWhole } from './expectations.ts';
import { readPage } from './page.ts';
import { anotherRequest, squeezed } from './request.ts';
import type { LostAnswer, TargetRow, TargetSystem } from './row.ts';

/** Servers and PHP start in these tests, on machines with other things to do. */
const PATIENCE_MS = 90_000;
const SOON = { timeout: 30_000, interval: 20 };

/** Declares the tests of a row. @param php of `requirePhpCurl()` */
export function describeTarget(row: TargetRow, php: Availability): void {
  describe.skipIf(!php.ok)(`${row.name}${reasonOf(php)}`, { timeout: PATIENCE_MS }, () => {
    const command = php.ok ? php.path : '';

    it('gets a request whole and harmless, once, and shows it', async () => {
      const system = await row.start();
      const bench = await startBench(command, { Target: target(row, system) });
      // Two clicks at once, and a third one.
      const clicks = [bench.do({ target: 'Target' }), bench.do({ target: 'Target' })];
      const [first, ...again] = [...(await Promise.all(clicks)), await bench.do({ target: 'Target' })];
      expect(first).toMatchObject({ error: '', returned: expect.stringMatching(/^\S/) });
      expect(again).toEqual([first, first]);
      const id = first?.returned ?? '';
      expect(Array.from(id).length).toBeLessThanOrEqual(255);
      const [thing, ...others] = await system.made();
      expect(others).toEqual([]);
      expectWhole(thing, row);
      const details = await bench.do({ target: 'Target', id });
      expect(details.error).toBe('');
      expectDetails(details.returned, row);
      // Another request is another thing.
      const other = await bench.do({ target: 'Target', request: anotherRequest(1) });
      expect(other).toMatchObject({ error: '', returned: expect.any(String) });
      expect(await system.made()).toHaveLength(2);
      expectDiscreet(bench, row, details.returned ?? '');
    });

    it('says no, and staff read who did', async () => {
      const system = await row.start();
      const usual = target(row, system);
      const entries = Object.entries(row.refusals).map(([name, { source, push }]) => {
        const other = typeof source === 'function' ? source(usual.source) : source;
        return [name, { source: { ...usual.source, ...other }, push: { ...usual.push, ...push } }] as const;
      });
      const bench = await startBench(command, Object.fromEntries(entries));
      const results = await bench.run(...entries.map(([name]) => ({ target: name })));
      for (const [index, [name, { words }]] of Object.entries(row.refusals).entries()) {
        expect(results[index]).toMatchObject({ returned: null });
        expect(results[index]?.error).toMatch(/ \(ref [\w-]+\)$/);
        expect(results[index]?.error).toContain(`${bench.title(name)} ${words}`);
        expect(await bench.rows(name)).toMatchObject([{ state: 'failed' }]);
      }
      expect(await system.made()).toEqual([]);
      expectDiscreet(bench, row, results.map(({ error }) => error).join());
    });

    const { lost } = row;
    if (typeof lost === 'object') it.skip(`an answer that is lost (${lost.never})`);
    else
      describe.each(['direct', 'queued'])('an answer that is lost, %s', (mode) => lostAnswer(row, lost, mode, command));

    it('may be away: staff are told, and what is queued waits for it', async () => {
      const system = await row.start();
      const network = await networkTo(system);
      const usual = target(row, system, network?.port);
      const later = { ...usual, push: { ...usual.push, mode: 'queued' } };
      const bench = await startBench(command, { Target: usual, Later: later });
      const comeBack = await goAway(system, network);
      const [direct, queued] = await bench.run({ target: 'Target' }, { target: 'Later' });
      expect(direct?.returned).toBeNull();
      expect(direct?.error).toMatch(/ \(ref [\w-]+\)$/);
      // A file that is not there does not come back in a minute.
      const words =
        network === undefined ? 'cannot be read; tell your administrator' : 'did not answer; try again in a minute';
      expect(direct?.error).toContain(`${bench.title('Target')} ${words}`);
      expect(queued).toMatchObject({ error: '', returned: expect.stringMatching(/^q-/) });
      const id = queued?.returned ?? '';
      await expect.poll(async () => (await bench.rows('Later'))[0]?.attempts, SOON).toBeGreaterThan(0);
      const waiting = await bench.do({ target: 'Later', id });
      expect(squeezed(readPage(waiting.returned ?? '').text)).toMatch(/^It (?:waits to be|is being) sent to /);
      await comeBack();
      await expect.poll(async () => (await bench.rows('Later'))[0]?.state, SOON).toBe('done');
      const [thing, ...others] = await system.made();
      expect(others).toEqual([]);
      expectWhole(thing, row);
      // The id that HelpSpot has is the gateway's own, and stays good.
      expectDetails((await bench.do({ target: 'Later', id })).returned, row);
      expect(await bench.rows('Target')).toMatchObject([{ state: 'failed' }]);
      expectDiscreet(bench, row, direct?.error);
    });
  });
}

/** One answer to a push is lost on its way: at the end there is one thing, or a person is asked. */
function lostAnswer(row: TargetRow, lost: Exclude<LostAnswer, object>, mode: string, command: string): void {
  it(`is ${lost}`, async () => {
    const system = await row.start();
    const network = await networkTo(system);
    const usual = target(row, system, network?.port);
    const bench = await startBench(command, { Target: { ...usual, push: { ...usual.push, mode } } });
    const rows = async (xRequest: string) => (await bench.rows('Target')).filter((one) => one.xRequest === xRequest);
    let others = 0;
    await system.loseAnswer?.({
      network,
      async push() {
        others += 1;
        await bench.do({ target: 'Target', request: anotherRequest(others) });
        await expect.poll(async () => (await rows(String(20_000 + others)))[0]?.state, SOON).toBe('done');
      },
    });
    const first = await bench.do({ target: 'Target' });
    await expect.poll(async () => (await rows('12400'))[0]?.state, SOON).toBe(lost === 'unclear' ? 'unclear' : 'done');
    expect(system.hasLost?.() ?? true).toBe(true);
    const again = await bench.do({ target: 'Target' });
    if (lost === 'unclear') await expectUnclear(bench, mode, [first, again]);
    else await expectMended(bench, row, [first, again], mode === 'queued' || lost === 'found');
    expect(await rows('12400')).toHaveLength(1);
    const made = await system.made();
    expect(made).toHaveLength(others + 1);
    expectWhole(made.at(-1), row);
    expectDiscreet(bench, row, first.error + again.error);
  });
}

/** What is looked for, or waits, has an id of ours (`q-…`), which stays good. */
async function expectMended(bench: Bench, row: TargetRow, results: readonly PushResult[], isOurs: boolean) {
  const [first, again] = results;
  expect(first).toMatchObject({ error: '', returned: expect.any(String) });
  expect(/^q-/.test(first?.returned ?? '')).toBe(isOurs);
  expectDetails((await bench.do({ target: 'Target', id: first?.returned ?? '' })).returned, row);
  expectDetails((await bench.do({ target: 'Target', id: again?.returned ?? '' })).returned, row);
}

/** Staff can look there, and the administrator finds it; it is not sent again. */
async function expectUnclear(bench: Bench, mode: string, results: readonly PushResult[]) {
  const title = bench.title('Target');
  const [{ id = '' } = {}] = await bench.rows('Target');
  for (const { returned, error } of mode === 'direct' ? results : []) {
    expect(returned).toBeNull();
    expect(error).toContain(`${title} did not confirm the push; look there whether it arrived`);
    expect(error).toContain(id);
  }
  for (const { returned } of mode === 'queued' ? results : []) expect(returned).toBe(id);
  const { returned: html } = await bench.do({ target: 'Target', id });
  expect(squeezed(readPage(html ?? '').text)).toContain(`Whether it got to ${title} is not known`);
}

function target({ adapter, push = {}, files = false }: TargetRow, system: TargetSystem, port = system.port ?? 0) {
  const source = { adapter, ...system.settings(port) };
  return { source, push: files ? { attachments: 'files', ...push } : push };
}

/** Something between the gateway and the system that a test can tear; undefined where there is no network. */
async function networkTo({ port }: TargetSystem): Promise<Cutter | undefined> {
  if (port === undefined) return undefined;
  const cutter = await startCutter({ host: '127.0.0.1', port });
  onTestFinished(() => cutter.stop());
  return cutter;
}

async function goAway(system: TargetSystem, network: Cutter | undefined): Promise<() => Promise<void>> {
  if (system.goAway !== undefined) return await system.goAway();
  await network?.refuse();
  return async () => await network?.restore();
}
