/** The sample that new-adapter writes, with the mistakes that authors make: the suites see each of them, through a real network. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import * as z from 'zod';
import adapter from '../../samples/new-adapter/http/index.ts';
import { startSystem, TOKEN } from '../../samples/new-adapter/http/test/system.ts';
import type { Adapter, Source } from '../../src/contract/index.ts';
import { type AdapterCaseName, adapterCases } from '../support/adapter-suite/cases.ts';
import { type PushCaseName, pushCases } from '../support/adapter-suite/push-cases.ts';
import { openPushSubject } from '../support/adapter-suite/pushing.ts';
import { type Network, networkTo } from '../support/adapter-suite/servers.ts';
import { openSubject, suiteCustomers } from '../support/adapter-suite.ts';
import { failureOf } from '../support/failure-of.ts';

const PROMPT_MS = 300;
let system: Awaited<ReturnType<typeof startSystem>>;
let network: Network;

beforeAll(async () => {
  system = await startSystem(suiteCustomers);
});
afterAll(() => system.stop());
// One of its own for each: connections that a mutant has left are counted.
beforeEach(async () => {
  network = await networkTo(system.port);
});
afterEach(() => network.stop());

const parts = (own: Adapter) => ({
  ...{ name: 'mutant', adapter: own, outage: network, promptMs: PROMPT_MS },
  settings: () => ({ url: `http://${network.host}:${network.port}`, token: TOKEN }),
});

async function found(name: AdapterCaseName, own: Adapter): Promise<string> {
  const subject = await openSubject(parts(own));
  const failure = await failureOf(adapterCases[name](subject));
  await subject.source.close?.();
  return failure.message;
}

async function pushed(name: PushCaseName, own: Adapter): Promise<string> {
  const made = () => system.tickets.map(({ id, subject, text }) => ({ id: String(id), text: `${subject}\n${text}` }));
  const subject = await openPushSubject({ ...parts(own), made, loseAnswer: () => network.loseAnswer() });
  const failure = await failureOf(pushCases[name](subject));
  await subject.source.close?.();
  return failure.message;
}

/** The same adapter, whose source has other parts. */
function withParts(change: (good: Source) => Partial<Source>): Adapter {
  return {
    ...adapter,
    async open(settings: z.output<typeof adapter.settings>, services) {
      const good = await adapter.open(settings, services);
      return { ...good, ...change(good) };
    },
  };
}

it('an unknown key beside one that must be there', async () => {
  const name = 'has a name, a title, and settings that refuse an unknown key';
  expect(await found(name, { ...adapter, settings: adapter.settings.loose() })).toContain(
    'write z.strictObject({ … })',
  );
});

it('a description that is left out', async () => {
  const settings = adapter.settings.extend({ pageSize: z.int().default(5) });
  expect(await found('describes each of its settings', { ...adapter, settings })).toContain('pageSize');
});

it('a silent system whose signal nobody looks at', async () => {
  const name = 'a system that falls silent is given up when the signal aborts';
  const deaf = withParts((good) => ({
    find: async (query, context) =>
      (await good.find?.(query, { ...context, signal: new AbortController().signal })) ?? [],
    // It would wait for the call that nobody has ended.
    close: async () => void good.close?.(),
  }));
  expect(await found(name, deaf)).toContain('find of a silent system, after its signal aborted');
});

it('a close that closes nothing', async () => {
  const goods: Source[] = [];
  const open = withParts((good) => {
    goods.push(good);
    return { close: async () => {} };
  });
  expect(await found('closes in order, used or not', open)).toContain('connections that close() has left');
  for (const good of goods) await good.close?.();
});

it('a push that is doubled, with an empty receipt', async () => {
  const doubled = withParts((good) => ({
    async push(request, context) {
      await good.push?.(request, context);
      await good.push?.(request, context);
      return { id: '' };
    },
  }));
  expect(await pushed('makes one thing, whole, and says which', doubled)).toContain('the id of the receipt');
  const silent = withParts((good) => ({
    async push(request, context) {
      await good.push?.(request, context);
      return (await good.push?.(request, context)) ?? { id: '' };
    },
  }));
  expect(await pushed('makes one thing, whole, and says which', silent)).toContain('beside the first');
});
