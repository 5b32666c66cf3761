/** What clients of one account have in common: their pace, and the pauses that the system asks for. */
import { describe, expect, it } from 'vitest';
import { withDeadline } from '../../../src/contract/index.ts';
import { accountKey } from '../../../src/kit/wait/account-limiter.ts';
import { Shared } from '../../../src/kit/wait/shared.ts';
import { failureOf } from '../../support/failure-of.ts';
import { noDeadline, openClient, serve } from './open-client.ts';

const OURS = ['our token'];

function openAt(url: string, credentials: readonly string[] | undefined, requestsPerSecond?: number) {
  const settings = { proxy: 'none', ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }) } as const;
  return openClient(url, { settings, ...(credentials === undefined ? {} : { credentials }) });
}

async function served() {
  const times: number[] = [];
  const server = await serve(() => {
    times.push(performance.now());
    return {};
  });
  return { server, times, url: server.url };
}

describe('clients of one account', () => {
  it('ask together no more often than the slower one may', async () => {
    const { times, url } = await served();
    const clients = [openAt(url, OURS, 4), openAt(url, OURS, 100)];
    const asking = Array.from({ length: 10 }, (_, index) =>
      clients[index % 2]?.request({ path: `/${index}` }, noDeadline()),
    );
    await Promise.all(asking);
    expect(times).toHaveLength(10);
    for (const [index, time] of times.entries()) {
      const before = times[index - 4];
      // Some milliseconds less, since what is measured is when they arrive.
      if (before !== undefined) expect(time - before).toBeGreaterThan(900);
    }
  });

  it.each([
    ['credentials', ['another token'], ''],
    ['credentials that nobody knows', undefined, ''],
    ['host', OURS, 'localhost'],
  ])('have nothing to do with one of other %s', async (_what, credentials, host) => {
    const { server, url } = await served();
    await openAt(url, OURS, 0.01).request({ path: '/' }, noDeadline());
    const other = host === '' ? url : url.replace('127.0.0.1', host);
    await withDeadline(5_000, new AbortController(), (signal) =>
      openAt(other, credentials, 0.01).request({ path: '/' }, signal),
    );
    expect(server.received).toHaveLength(2);
  });

  it.each([429, 503])('pause together when the system asks one of them to, with %i', async (status) => {
    const { server, url } = await served();
    const [one, other] = [openAt(url, OURS), openAt(url, OURS)];
    server.faults = [{ status, headers: { 'retry-after': '30' } }];
    const within = (work: (signal: AbortSignal) => Promise<unknown>) =>
      withDeadline(5_000, new AbortController(), work);
    const first = await failureOf(within((signal) => one.request({ path: '/a' }, signal)));
    const second = await failureOf(within((signal) => other.request({ path: '/b' }, signal)));
    expect(first).toMatchObject({ kind: 'rate-limited', retryAfterMs: 30_000 });
    expect(second).toMatchObject({ kind: 'rate-limited', unsent: true });
    expect(String(second)).toMatch(/Example CRM asks us to slow down for (29|30) s/);
    expect(server.received).toHaveLength(1);
  });

  it('do not pause for what has a limit of its own', async () => {
    const { server, url } = await served();
    const client = openAt(url, OURS);
    server.faults = [{ status: 429, headers: { 'retry-after': '30' } }];
    const failure = await failureOf(
      withDeadline(5_000, new AbortController(), (signal) =>
        client.request({ path: '/search', hasOwnLimit: true }, signal),
      ),
    );
    expect(failure).toMatchObject({ kind: 'rate-limited' });
    await client.request({ path: '/others' }, noDeadline());
  });

  it('take over the pace and the pause of one that was closed', async () => {
    const { server, url } = await served();
    const before = openAt(url, OURS, 0.02);
    await before.request({ path: '/' }, noDeadline());
    await before.close();
    // The successor of a source after a reload, whose own limit is another.
    const after = openAt(url, OURS, 0.03);
    const failure = await failureOf(
      withDeadline(5_000, new AbortController(), (signal) => after.request({ path: '/' }, signal)),
    );
    expect(failure).toMatchObject({ kind: 'rate-limited', unsent: true });
    expect(Reflect.get(Object(failure), 'retryAfterMs')).toBeLessThan(34_000);
    expect(server.received).toHaveLength(1);
  });
});

describe('what is shared', () => {
  it('is forgotten when the last has given it back and it is at rest', () => {
    const shared = new Shared<{ isAtRest: boolean }>();
    const thing = { isAtRest: false };
    const [one, two] = [shared.borrow('key', () => thing), shared.borrow('key', () => ({ isAtRest: true }))];
    expect(two.value).toBe(thing);
    one.release();
    one.release();
    expect(shared.borrow('key', () => ({ isAtRest: true })).value).toBe(thing);
    const again = shared.borrow('key', () => ({ isAtRest: true }));
    two.release();
    again.release();
    expect(shared.size).toBe(1);
  });

  it('has a key that tells no secret', () => {
    const account = { origin: 'https://crm.example.com', credentials: ['a secret'] };
    expect(accountKey(account)).toBe(accountKey({ ...account, credentials: ['a secret'] }));
    expect(accountKey(account)).not.toMatch(/secret/);
    expect(accountKey(account)).not.toBe(accountKey({ ...account, credentials: ['another'] }));
  });
});
