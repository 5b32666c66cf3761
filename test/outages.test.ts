/**
 * A system that hangs, is gone, breaks off or refuses the password, beside one that is well: real servers, real sockets.
 * Lookups go on answering, staff read what is missing and since when, and nobody has to restart anything.
 */
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { adapters } from '../adapters/index.ts';
import { loadConfiguration } from '../src/config/load.ts';
import { createGateway } from '../src/gateway/gateway.ts';
import { recordedLog } from './support/log.ts';
import { BOSS, OUTAGE_KINDS, type OutageSystem } from './support/outages/systems.ts';
import { reasonOf } from './support/packages.ts';
import { temporaryFolder } from './support/temp.ts';

/** Anything slower than this on a busy machine has hung. */
const LONGEST_MS = 60_000;

/** A gateway with a list of customers, which is well, and the system `other`. */
async function gatewayWith(other: object, more: { deadline?: string; timeout?: string } = {}) {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'people.csv'), `customer_id,city\n${BOSS},Bern\n`);
  const file = join(folder, 'gateway.yaml');
  const { deadline = '20s', timeout = '400ms' } = more;
  const configuration = (source: object) => ({
    server: { deadline },
    sources: {
      customers: { adapter: 'csv', title: 'Customer list', file: 'people.csv' },
      other: { title: 'Other system', timeout, breaker: { retry: '1s', longest: '1s' }, ...source },
    },
    lookups: { default: { sources: ['customers', 'other'], match: ['customer_id'], patience: '100ms' } },
  });
  const load = async (source: object) => {
    await writeFile(file, JSON.stringify(configuration(source)));
    return await loadConfiguration(file, adapters, {});
  };
  const log = recordedLog();
  const gateway = createGateway(await load(other), { log });
  onTestFinished(() => gateway.close());
  /** How many customers, and what staff read. */
  const lookup = async () => {
    const { answer, failure, reference } = await gateway.lookup({
      lookup: 'default',
      parameters: { customer_id: BOSS },
    });
    const notices = answer?.notices ?? [failure?.message ?? ''];
    return { count: answer?.customers.length, said: notices.join(' | ').replaceAll(`(ref ${reference})`, '(ref)') };
  };
  return { folder, gateway, log, lookup, reload: async (source: object) => gateway.reload(await load(source)) };
}

type Lookup = Awaited<ReturnType<typeof gatewayWith>>['lookup'];

/** Looks up until something is said; every answer on the way has the customer of the list, and names nobody but the other system. */
async function until(lookup: Lookup, met: (answer: Awaited<ReturnType<Lookup>>) => boolean) {
  const end = Date.now() + LONGEST_MS;
  for (;;) {
    const answer = await lookup();
    expect(answer.count).toBeGreaterThanOrEqual(1);
    expect(answer.said).not.toContain('Customer list');
    if (met(answer)) return answer;
    if (Date.now() > end) throw new Error(`waited in vain; staff read: ${answer.said}`);
    await sleep(20);
  }
}

const RESTS = /Other system has [^|]* since \d\d:\d\d; it is asked again (?:in|at) /;
const isWhole = ({ count, said }: Awaited<ReturnType<Lookup>>) => count === 2 && said === '';

for (const kind of OUTAGE_KINDS) {
  const available = await kind.available();

  describe.skipIf(!available.ok)(`${kind.name} beside a list of customers${reasonOf(available)}`, () => {
    let system: OutageSystem;
    beforeAll(async () => {
      system = await kind.start();
    });
    afterAll(() => system?.stop());

    test.each([
      ['hangs', () => system.hang(), /has not answered in time since/],
      ['is gone', () => system.cutter.refuse(), /has not answered since/],
      ['breaks off in each answer', () => breakingOff(system), /has (?:not answered|given answers [^|]*) since/],
    ] as const)('%s, and comes back', async (_fault, strike, words) => {
      const { lookup, log } = await gatewayWith(system.source);
      await until(lookup, isWhole);
      const end = await strike();
      // Also when something is not as it should be: a fault that goes on would fail whatever comes after.
      onTestFinished(async () => {
        await end?.();
        await system.restore();
      });
      const { said } = await until(lookup, (answer) => RESTS.test(answer.said));
      expect(said).toMatch(words);
      // Nobody waits for it any more, nor asks it: the twentieth lookup is as the fourth.
      const accepted = system.cutter.accepted;
      for (let count = 0; count < 20; count += 1) expect((await lookup()).said).toMatch(RESTS);
      // A probe may have come by.
      expect(system.cutter.accepted - accepted).toBeLessThanOrEqual(2);
      await end?.();
      await system.restore();
      await until(lookup, isWhole);
      const changes = log.lines
        .map(({ message }) => message)
        .filter((message) => /^the source (rests|answers)/.test(message));
      expect(changes.slice(0, 2)).toEqual([
        'the source rests, and is not asked until it is back',
        'the source answers again',
      ]);
    });

    test('refuses the password, is tried once, and again when the configuration is mended', async () => {
      const { lookup, reload, log } = await gatewayWith(system.refused, { timeout: '5s' });
      const { said } = await until(lookup, (answer) => answer.said.includes('refused the credentials'));
      expect(said).toContain('tell your administrator');
      const accepted = system.cutter.accepted;
      for (let count = 0; count < 20; count += 1) {
        expect((await lookup()).said).toMatch(
          /has refused the credentials of the gateway \(tell your administrator\) since/,
        );
      }
      // Each try might lock the account; a probe may have confirmed the first meanwhile.
      expect(system.cutter.accepted - accepted).toBeLessThanOrEqual(1);
      await reload(system.source);
      await until(lookup, isWhole);
      expect(JSON.stringify(log.lines)).not.toContain('"wrong"');
    });

    test('is slower than the patience: missing in the answer, and nothing worse', async () => {
      const { lookup, log } = await gatewayWith(system.source, { timeout: '10s' });
      await until(lookup, isWhole);
      system.hang();
      onTestFinished(() => system.restore());
      const { said } = await until(lookup, (answer) => answer.said !== '');
      expect(said).toBe('Other system has not answered yet, so what it knows is missing; look again in a moment (ref)');
      await system.restore();
      await until(lookup, isWhole);
      expect(log.lines.some(({ message }) => message.startsWith('the source rests'))).toBe(false);
    });
  });
}

/** Breaks every connection a moment after it was used, until the end that is returned. */
function breakingOff({ cutter }: OutageSystem): () => void {
  const timer = setInterval(() => cutter.cutAfter(1), 1);
  return () => clearInterval(timer);
}

describe('a CSV file beside a list of customers', () => {
  test('that is not there is told, costs nothing, and is found when it is there', async () => {
    const { folder, lookup } = await gatewayWith({ adapter: 'csv', file: 'export.csv' });
    const { count, said } = await lookup();
    expect([count, said]).toEqual([1, expect.stringContaining('Other system')]);
    for (let time = 0; time < 20; time += 1) expect((await lookup()).count).toBe(1);
    await writeFile(join(folder, 'part'), `customer_id,city\n${BOSS},Berlin\n`);
    await rename(join(folder, 'part'), join(folder, 'export.csv'));
    // At the next lookup: a file that fails costs nothing, so that it never rests.
    expect(await lookup()).toEqual({ count: 2, said: '' });
  });
});
