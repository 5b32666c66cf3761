import { describe, expect, it, vi } from 'vitest';
import { surelyNotDone, withDeadline } from '../../../src/contract/index.ts';
import { backOffMs, retryAfterMs } from '../../../src/kit/http/retry.ts';
import { failureOf } from '../../support/failure-of.ts';
import type { Fault } from '../../support/http/stand-in.ts';
import { deadlineInHand, noDeadline, openClient, serve } from './open-client.ts';

const GET = { path: '/people' } as const;
const POST = { method: 'POST', path: '/people', json: {} } as const;
const SLOW_DOWN = { status: 429, headers: { 'retry-after': '0' } };
const BUSY = { status: 503, headers: { 'retry-after': '0' }, body: 'busy' };

describe('what is safe to repeat', () => {
  it.each<[string, Fault]>([
    ['a cut before', 'cut-before'],
    ['a cut after', 'cut-after'],
    ['a cut within', 'cut-within'],
    ['429', SLOW_DOWN],
    ['408', { ...SLOW_DOWN, status: 408 }],
    ['425', { ...SLOW_DOWN, status: 425 }],
    ['503', BUSY],
    ['503 without Retry-After', { status: 503 }],
  ])('is repeated after %s', async (_name, fault) => {
    const server = await serve(() => ({ body: 'x'.repeat(100) }));
    server.faults = [fault, fault];
    const client = openClient(server.url);
    expect((await client.request(GET, noDeadline())).text).toHaveLength(100);
    expect(server.received).toHaveLength(3);
    server.faults = [fault];
    expect((await client.request({ ...POST, repeatable: true }, noDeadline())).text).toHaveLength(100);
    expect(server.received.slice(3).map((one) => one.text())).toEqual(['{}', '{}']);
  });

  it.each<[string, Fault]>([
    ['a cut', 'cut-after'],
    ['429', SLOW_DOWN],
    ['408', { ...SLOW_DOWN, status: 408 }],
    ['425', { ...SLOW_DOWN, status: 425 }],
    ['503', BUSY],
    ['500', { status: 500 }],
  ])('is not a POST: %s', async (_name, fault) => {
    const server = await serve(() => ({}));
    server.faults = [fault];
    await failureOf(openClient(server.url).request(POST, noDeadline()));
    expect(server.received).toHaveLength(1);
  });

  it('is not a GET whose adapter says so', async () => {
    const server = await serve(() => ({}));
    server.faults = ['cut-after'];
    await failureOf(openClient(server.url).request({ ...GET, repeatable: false }, noDeadline()));
    expect(server.received).toHaveLength(1);
  });

  it.each([400, 401, 404, 500, 502])('is not repeated after %i', async (status) => {
    const server = await serve(() => ({ status }));
    await failureOf(openClient(server.url).request(GET, noDeadline()));
    expect(server.received).toHaveLength(1);
  });

  it('is repeated twice and no more', async () => {
    const server = await serve(() => SLOW_DOWN);
    const failure = await failureOf(openClient(server.url).request(GET, noDeadline()));
    expect(failure).toMatchObject({ kind: 'rate-limited', retryAfterMs: 0 });
    expect(server.received).toHaveLength(3);
  });

  it('may have been done when an earlier attempt broke off', async () => {
    const server = await serve(() => ({}));
    server.faults = ['cut-after', 'hang'];
    const client = openClient(server.url);
    const deadline = deadlineInHand();
    const failing = failureOf(client.request({ ...POST, repeatable: true }, deadline.signal));
    await vi.waitFor(() => expect(client.log.lines).toHaveLength(1), { interval: 5 });
    // It pauses, or waits for the second answer: either way the first attempt may have done it.
    deadline.pass();
    const failure = await failing;
    expect(failure).toMatchObject({ kind: 'timeout', unsent: false });
    expect(surelyNotDone(failure)).toBe(false);
  });
});

describe('Retry-After', () => {
  it('that does not fit into the deadline is not waited for', async () => {
    const server = await serve(() => ({ status: 429, headers: { 'retry-after': '30' }, body: { message: 'Slowly' } }));
    const client = openClient(server.url);
    const asking = withDeadline(20_000, new AbortController(), (signal) => client.request(GET, signal));
    expect(await failureOf(asking)).toMatchObject({
      kind: 'rate-limited',
      retryAfterMs: 30_000,
      message: 'Example CRM asks us to slow down for 30 s (429): Slowly',
    });
    expect(server.received).toHaveLength(1);
  });

  it('that fits is waited for, as seconds and as a date', async () => {
    const server = await serve(() => ({ body: 'done' }));
    const client = openClient(server.url);
    for (const wait of [() => '1', () => new Date(Date.now() + 2000).toUTCString()]) {
      const before = server.received.length;
      server.faults = [{ status: 503, headers: { 'retry-after': wait() } }];
      const started = performance.now();
      const asking = withDeadline(20_000, new AbortController(), (signal) => client.request(GET, signal));
      expect((await asking).text).toBe('done');
      // A date has whole seconds: of two, at least one is left.
      expect(performance.now() - started).toBeGreaterThan(950);
      expect(server.received.length - before).toBe(2);
    }
  });

  it('ends with the caller', async () => {
    const server = await serve(() => ({ status: 429, headers: { 'retry-after': '5' } }));
    const client = openClient(server.url);
    for (const request of [GET, { ...POST, repeatable: true }]) {
      const before = server.received.length;
      const deadline = deadlineInHand();
      const failing = failureOf(client.request(request, deadline.signal));
      await server.receivedSoMany(before + 1);
      setTimeout(deadline.pass, 50);
      expect(await failing).toMatchObject({ kind: 'timeout' });
      expect(server.received).toHaveLength(before + 1);
    }
  });

  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['2.0', 2000],
    ['0.5', 500],
    ['Wed, 21 Oct 2026 07:28:30 GMT', 30_000],
    ['Wed, 21 Oct 2026 07:27:00 GMT', 0],
    ['Wednesday, 21-Oct-26 07:28:30 GMT', 30_000],
    ['Wed Oct 21 07:28:30 2026 GMT', 30_000],
    ['999999999', 86_400_000],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 86_400_000],
    ['', undefined],
    ['soon', undefined],
    ['-1', undefined],
    ['1e9', undefined],
    ['99999999999999999999', 86_400_000],
    ['9'.repeat(31), undefined],
    [undefined, undefined],
  ])('%s is %s ms', (header, milliseconds) => {
    expect(retryAfterMs(header, Date.UTC(2026, 9, 21, 7, 28, 0))).toBe(milliseconds);
  });
});

it('the pause between attempts grows and is not the same for all', () => {
  const pauses = Array.from({ length: 50 }, () => [backOffMs(0), backOffMs(1)] as const);
  for (const [first, second] of pauses) {
    expect(first).toBeGreaterThanOrEqual(100);
    expect(first).toBeLessThanOrEqual(200);
    expect(second).toBeGreaterThanOrEqual(200);
    expect(second).toBeLessThanOrEqual(400);
  }
  expect(new Set(pauses.flat()).size).toBeGreaterThan(50);
});
