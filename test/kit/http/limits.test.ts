import { describe, expect, it } from 'vitest';
import { surelyNotDone, withDeadline } from '../../../src/contract/index.ts';
import { CostBudget } from '../../../src/kit/http/cost-budget.ts';
import { failureOf } from '../../support/failure-of.ts';
import { deadlineInHand, makeGate, noDeadline, openClient, serve } from './open-client.ts';

/** Runs with a deadline of so many milliseconds. */
function within<T>(milliseconds: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return withDeadline(milliseconds, new AbortController(), work);
}

const START = { system: 'Example Shop', maximumAvailable: 100, restoreRate: 50 };

describe('requests per second', () => {
  it('are never more than allowed', async () => {
    const times: number[] = [];
    const server = await serve(() => {
      times.push(performance.now());
      return {};
    });
    const client = openClient(server.url, { settings: { proxy: 'none', requestsPerSecond: 4 } });
    const ask = (_: unknown, index: number) => client.request({ path: `/${index}` }, noDeadline());
    // The first call of all loads what it needs.
    await openClient(server.url, { settings: { proxy: 'none' } }).request({ path: '/' }, noDeadline());
    times.length = 0;
    const start = performance.now();
    await Promise.all(Array.from({ length: 10 }, ask));
    expect(times).toHaveLength(10);
    // From the start, since on a busy machine one may arrive long after it was sent; a timer may be a millisecond early.
    for (const [index, time] of times.entries()) expect(time - start).toBeGreaterThan(990 * Math.floor(index / 4));
  });

  it('refuse at once who cannot have a turn before the deadline', async () => {
    const server = await serve(() => ({}));
    const client = openClient(server.url, { settings: { proxy: 'none', requestsPerSecond: 0.1 } });
    await client.request({ path: '/1' }, noDeadline());
    for (const method of ['GET', 'POST'] as const) {
      const { signal, failure } = await within(5000, async (signal) => {
        const failure = await failureOf(client.request({ method, path: '/2' }, signal));
        return { signal, failure };
      });
      expect(signal.aborted).toBe(false);
      expect(failure).toMatchObject({ kind: 'rate-limited', unsent: true });
      expect(Reflect.get(Object(failure), 'retryAfterMs')).toBeGreaterThan(5000);
      expect(surelyNotDone(failure)).toBe(true);
    }
    expect(server.received).toHaveLength(1);
  });

  it('give the turn of somebody who has gone to the next', async () => {
    const server = await serve(() => ({}));
    const client = openClient(server.url, { settings: { proxy: 'none', requestsPerSecond: 2 } });
    await Promise.all([1, 2].map((index) => client.request({ path: `/${index}` }, noDeadline())));
    const gone = Array.from({ length: 20 }, () => deadlineInHand());
    const failing = gone.map(({ signal }, index) => failureOf(client.request({ path: `/gone${index}` }, signal)));
    const staying = client.request({ path: '/stays' }, noDeadline());
    await new Promise((resolve) => setImmediate(resolve));
    for (const { pass } of gone) pass();
    for (const failure of await Promise.all(failing)) {
      expect(failure).toMatchObject({ kind: 'rate-limited', unsent: true });
    }
    await staying;
    expect(server.received.map((one) => one.path)).toEqual(['/1', '/2', '/stays']);
  });
});

describe('identical requests at the same time', () => {
  it('are made once', async () => {
    const server = await serve(({ path }) => ({ body: { path } }));
    server.faults = [{ delayMs: 50 }];
    const client = openClient(server.url);
    const answers = await Promise.all([1, 2, 3].map(() => client.request({ path: '/same' }, noDeadline())));
    expect(answers.map((answer) => answer.json())).toEqual([{ path: '/same' }, { path: '/same' }, { path: '/same' }]);
    expect(answers[0]?.json()).not.toBe(answers[1]?.json());
    expect(server.received).toHaveLength(1);
    await client.request({ path: '/same' }, noDeadline());
    expect(server.received).toHaveLength(2);
  });

  it('are not those that differ in address, headers or method', async () => {
    const server = await serve(() => ({}));
    const client = openClient(server.url);
    const requests = [
      { path: '/a' },
      { path: '/a', query: { page: 2 } },
      { path: '/a', headers: { accept: 'text/xml' } },
      { path: '/a', method: 'POST' },
      { path: '/a', method: 'POST' },
      { path: '/a', expect: [404] },
    ] as const;
    await Promise.all(requests.map((request) => client.request(request, noDeadline())));
    expect(server.received).toHaveLength(requests.length);
  });

  it('go on when one caller leaves', async () => {
    const gate = makeGate();
    const server = await serve(async () => {
      await gate.opened;
      return { body: 'x' };
    });
    const client = openClient(server.url);
    const [leaving, staying] = [deadlineInHand(), deadlineInHand()];
    const failing = failureOf(client.request({ path: '/' }, leaving.signal));
    const asking = client.request({ path: '/' }, staying.signal);
    await server.receivedSoMany(1);
    leaving.pass();
    expect(await failing).toMatchObject({ kind: 'timeout' });
    gate.open();
    expect((await asking).text).toBe('x');
    expect(server.received).toHaveLength(1);
  });

  it('end when all callers have left', async () => {
    const server = await serve(() => ({ body: 'x' }));
    server.faults = ['hang', 'hang'];
    const client = openClient(server.url);
    const callers = [deadlineInHand(), deadlineInHand()];
    const failing = callers.map(({ signal }) => failureOf(client.request({ path: '/' }, signal)));
    await server.receivedSoMany(1);
    callers[0]?.pass();
    expect(await failing[0]).toMatchObject({ kind: 'timeout' });
    expect(server.openConnections).toBe(1);
    callers[1]?.pass();
    expect(await failing[1]).toMatchObject({ kind: 'timeout' });
    await server.openSoMany(0);
    // What was given up is not joined by the next.
    server.faults = [];
    expect((await client.request({ path: '/' }, noDeadline())).text).toBe('x');
  });

  it('fail together, and are tried anew by the next', async () => {
    const server = await serve(() => ({ body: 'x' }));
    server.faults = [{ status: 500 }];
    const client = openClient(server.url);
    const failures = await Promise.all([1, 2].map(() => failureOf(client.request({ path: '/' }, noDeadline()))));
    expect(failures.map((failure) => Reflect.get(Object(failure), 'kind'))).toEqual(['bad-response', 'bad-response']);
    expect((await client.request({ path: '/' }, noDeadline())).text).toBe('x');
    expect(server.received).toHaveLength(2);
  });
});

describe('a budget of points', () => {
  it('is spent, and fills up again', async () => {
    const budget = new CostBudget(START);
    const started = performance.now();
    await budget.take(60, noDeadline());
    await budget.take(40, noDeadline());
    expect(budget.available).toBeLessThan(10);
    await budget.take(20, noDeadline());
    // 20 points at 50 a second; timers may be a millisecond early.
    expect(performance.now() - started).toBeGreaterThan(390);
  });

  it('never holds more than its maximum', async () => {
    const budget = new CostBudget({ ...START, restoreRate: 100_000 });
    await budget.take(50, noDeadline());
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(budget.available).toBe(100);
  });

  it('refuses at once who cannot be served before the deadline', async () => {
    const budget = new CostBudget({ ...START, restoreRate: 1 });
    await budget.take(100, noDeadline());
    const failure = await failureOf(within(20_000, (signal) => budget.take(50, signal)));
    expect(failure).toMatchObject({ kind: 'rate-limited', unsent: true });
    expect(Reflect.get(Object(failure), 'retryAfterMs')).toBeGreaterThan(45_000);
  });

  it('counts those who wait already', async () => {
    const budget = new CostBudget({ ...START, restoreRate: 10 });
    await budget.take(100, noDeadline());
    const first = deadlineInHand();
    const failing = failureOf(budget.take(90, first.signal));
    // 9 s for the first, and one more for this one.
    const second = failureOf(within(9500, (signal) => budget.take(10, signal)));
    expect(await second).toMatchObject({ kind: 'rate-limited' });
    first.pass();
    expect(await failing).toMatchObject({ kind: 'timeout', unsent: true });
    await within(9500, (signal) => budget.take(1, signal));
  });

  it('lets go at once who leaves the middle of the line, and gives his points to the next', async () => {
    const budget = new CostBudget({ ...START, restoreRate: 40 });
    await budget.take(100, noDeadline());
    const first = budget.take(40, noDeadline());
    const leaving = deadlineInHand();
    const failing = failureOf(budget.take(100, leaving.signal));
    setImmediate(leaving.pass);
    expect(await Promise.race([failing, first])).toMatchObject({ kind: 'timeout', unsent: true });
    await within(5000, (signal) => budget.take(20, signal));
    await first;
  });

  it('serves in the order of coming, small ones too', async () => {
    const budget = new CostBudget({ ...START, restoreRate: 200 });
    await budget.take(100, noDeadline());
    const served: string[] = [];
    await Promise.all([
      budget.take(60, noDeadline()).then(() => served.push('large')),
      budget.take(1, noDeadline()).then(() => served.push('small')),
    ]);
    expect(served).toEqual(['large', 'small']);
  });

  it('refuses what is more than it ever holds', async () => {
    expect(await failureOf(new CostBudget(START).take(101, noDeadline()))).toMatchObject({
      kind: 'rejected',
      unsent: true,
    });
  });

  it('learns what the system says, and passes over what makes no sense', async () => {
    const budget = new CostBudget(START);
    budget.learn({ currentlyAvailable: 10, maximumAvailable: 2000, restoreRate: 1 });
    expect(Math.round(budget.available)).toBe(10);
    budget.learn({ currentlyAvailable: 10, maximumAvailable: 2000, restoreRate: 0 });
    budget.learn({ currentlyAvailable: Number.NaN, maximumAvailable: 2000, restoreRate: 1 });
    expect(Math.round(budget.available)).toBe(10);
    budget.learn({ currentlyAvailable: 1500, maximumAvailable: 2000, restoreRate: 1 });
    await budget.take(1500, noDeadline());
    const waiting = failureOf(budget.take(1500, noDeadline()));
    budget.learn({ currentlyAvailable: 10, maximumAvailable: 1000, restoreRate: 1 });
    expect(await waiting).toMatchObject({ kind: 'rejected' });
  });
});
