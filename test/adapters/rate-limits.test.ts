/** Eight people at once, over two sources of one account that takes one request at a time. */
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import highrise from '../../adapters/highrise/index.ts';
import http from '../../adapters/http/index.ts';
import shopify from '../../adapters/shopify/index.ts';
import { type Adapter, SourceError, withDeadline } from '../../src/contract/index.ts';
import type { SourcePlan } from '../../src/gateway/plan.ts';
import { call, start } from '../http/harness.ts';
import { USUAL_ASKING } from '../support/adapter-suite/subject.ts';
import { startHighrise } from '../support/highrise/server.ts';
import { type Received, type StandIn, startStandIn } from '../support/http/stand-in.ts';
import { ask, context, openWith } from '../support/open-source.ts';
import { startShopify } from '../support/shopify/server.ts';

const EIGHT = Array.from({ length: 8 }, (_, index) => String(index + 1));
const PACE_MS = 400;
const requestsPerSecond = 1000 / PACE_MS;

/** A system with eight people. */
interface System {
  readonly name: string;
  readonly adapter: Adapter;
  open(): Promise<{ readonly settings: object; readonly standIn: StandIn; close(): Promise<void> }>;
}

const SYSTEMS: readonly System[] = [
  {
    name: 'http',
    adapter: http,
    async open() {
      const standIn = await startStandIn(({ path }: Received) => ({ body: { customer_id: path.slice(1) } }));
      const settings = { url: `${standIn.url}/{{customer_id}}`, auth: { bearer: 'our token' } };
      return { settings, standIn, close: () => standIn.close() };
    },
  },
  {
    name: 'highrise',
    adapter: highrise,
    async open() {
      const { account, http: standIn, settings, close } = await startHighrise();
      for (const first of EIGHT) account.add({ firstName: `Bob ${first}` });
      return { settings, standIn, close };
    },
  },
  {
    name: 'shopify',
    adapter: shopify,
    async open() {
      const { standIn, settings, close } = await startShopify();
      return { settings, standIn, close };
    },
  },
];

async function opened({ adapter, open }: System, pace = requestsPerSecond) {
  const { settings, standIn, close } = await open();
  onTestFinished(close);
  const source = () => openWith(adapter, { ...settings, proxy: 'none', requestsPerSecond: pace });
  const sources = [await source(), await source()];
  // What is loaded with the first request takes longer for the one than for the other.
  for (const one of sources) await one.find(ask({ customer_id: '99' }), context());
  await setTimeout(1000 / pace);
  return { received: () => standIn.received.length - sources.length, sources };
}

/** What becomes of each, in the order in which they came: found, or after how long to come again. */
async function eight(sources: Awaited<ReturnType<typeof opened>>['sources'], deadlineMs: number) {
  const started = performance.now();
  const outcomes = EIGHT.map(async (customer_id, index) => {
    try {
      await withDeadline(deadlineMs, new AbortController(), async (signal) =>
        sources[index % 2]?.find(ask({ customer_id }), { signal, reference: 'test' }),
      );
      return { found: performance.now() - started };
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      return { kind: error.kind, retryAfterMs: error.retryAfterMs ?? 0, refused: performance.now() - started };
    }
  });
  return await Promise.all(outcomes);
}

describe.each(SYSTEMS)('$name', (system) => {
  it('serves them in turn when their deadlines are long enough', async () => {
    const { received, sources } = await opened(system);
    const outcomes = await eight(sources, 12 * PACE_MS);
    const times = outcomes.map(({ found }) => found ?? Number.NaN);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    // Seven paces, less some milliseconds for the timers.
    expect(times.at(-1)).toBeGreaterThan(7 * PACE_MS - 50);
    expect(received()).toBe(8);
  });

  it('tells the others at once when to come again', async () => {
    const { received, sources } = await opened(system, 1);
    const outcomes = await eight(sources, 2_500);
    const refused = outcomes.filter((one) => one.kind !== undefined);
    expect(outcomes.slice(0, 2).filter((one) => one.found !== undefined)).toHaveLength(2);
    expect(refused).toHaveLength(5);
    for (const { kind, retryAfterMs } of refused) {
      expect(kind).toBe('rate-limited');
      expect(retryAfterMs).toBeGreaterThan(400);
    }
    // An older call may come later, by the other source, and take the place of one that would have had the last turn.
    const atOnce = refused.filter((one) => (one.refused ?? 0) < 1_000);
    expect(atOnce.length).toBeGreaterThanOrEqual(4);
    expect(received()).toBe(3);
  });
});

describe('the limit of searches by e-mail address in Highrise', () => {
  it('is that of the account too', async () => {
    const system = await startHighrise({ emailSearches: 2 });
    onTestFinished(system.close);
    const sources = [await openWith(highrise, system.settings), await openWith(highrise, system.settings)];
    const failures: unknown[] = [];
    for (const [index, email] of ['a@example.com', 'b@example.com', 'c@example.com'].entries()) {
      await withDeadline(2_000, new AbortController(), async (signal) =>
        sources[index % 2]?.find(ask({ email }), { signal, reference: 'test' }),
      ).catch((error) => failures.push(error));
    }
    expect(failures).toMatchObject([{ kind: 'rate-limited', unsent: true }]);
    expect(system.http.received).toHaveLength(2);
  });
});

describe('a running gateway', () => {
  it('says in Retry-After when to come again', async () => {
    const standIn = await startStandIn(() => ({ body: [] }));
    onTestFinished(() => standIn.close());
    const written = { url: `${standIn.url}/{{customer_id}}`, proxy: 'none', requestsPerSecond: 0.01 };
    const source: SourcePlan = {
      ...{ name: 'crm', adapter: http, title: 'CRM', timeoutMs: undefined, directory: '/', ...USUAL_ASKING },
      ...{ settings: http.settings.parse(written), written },
    };
    const running = await start({ sources: [source] });
    const answers = [
      await call(running, '/livelookup?customer_id=1'),
      await call(running, '/livelookup?customer_id=2'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 503]);
    expect(Number(answers[1]?.headers['retry-after'])).toBeGreaterThan(95);
    expect(answers[1]?.body).toContain('CRM asks us to slow down; try again in');
  });
});
