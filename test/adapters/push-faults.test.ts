/**
 * Push targets when something goes wrong: what is certain not to have been done, and what a lost answer leaves behind. One
 * table of faults for all of them; what differs stands beside the source of each.
 */

import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { surelyNotDone, withDeadline } from '../../src/contract/index.ts';
import { failureOf } from '../support/failure-of.ts';
import type { Expected } from '../support/fault-target.ts';
import type { Fault } from '../support/http/stand-in.ts';
import { context } from '../support/open-source.ts';
import { openTarget, pushRequest } from '../support/push-source.ts';
import { collabFaults } from './activecollab/source.ts';
import { fogBugzFaults } from './fogbugz/source.ts';
import { githubFaults } from './github/source.ts';
import { helpSpotFaults } from './helpspot/target.ts';
import { highriseFaults } from './highrise/source.ts';
import { jiraFaults } from './jira/source.ts';

const FAULTS: Readonly<Record<string, readonly [Fault, Expected]>> = {
  garbage: ['garbage', { kind: 'bad-response' }],
  'a web page': [{ body: '<html><title>Sign in</title></html>' }, { kind: 'bad-response' }],
  'other XML': [{ body: '<other/>' }, { kind: 'bad-response' }],
  'other JSON': [{ body: { hello: 1 } }, { kind: 'bad-response' }],
  nothing: [{ body: '' }, { kind: 'bad-response' }],
  'a page with 500': [{ status: 500, body: '<html><title>Oops</title></html>' }, { kind: 'bad-response' }],
  'out of order': [
    { status: 503, body: 'down' },
    { kind: 'busy', unsent: true },
  ],
  throttled: [
    { status: 429, headers: { 'retry-after': '7' } },
    { kind: 'rate-limited', retryAfterMs: 7_000 },
  ],
  unknown: [{ status: 401, body: '<html><title>Sign in</title></html>' }, { kind: 'unauthorized' }],
  'unknown, in JSON': [{ status: 401, body: {} }, { kind: 'unauthorized' }],
  forbidden: [{ status: 403, body: 'Forbidden' }, { kind: 'unauthorized' }],
  'sent to a page for signing in': [
    { status: 302, headers: { location: '/login?re_route=x' } },
    { kind: 'unauthorized' },
  ],
  'sent elsewhere': [{ status: 301, headers: { location: 'https://example.com/' } }, { kind: 'bad-response' }],
};

const TARGETS = [
  ...collabFaults,
  ...fogBugzFaults,
  ...githubFaults,
  ...jiraFaults,
  ...highriseFaults,
  ...helpSpotFaults,
];

describe.each(TARGETS)('$name', ({ adapter, open, settings, before = [], whole, otherwise = {}, more }) => {
  /** The next push meets the fault in the answer to the request that makes the thing. */
  async function faced(fault: Fault) {
    const opened = await open();
    opened.http.faults = [...before, fault];
    return { ...opened, asked: opened.http.received.length };
  }

  it.each(['cut-after', 'cut-within'] as const)('%s: not certain, and made exactly once', async (fault) => {
    const { target, http, made, receipt, asked } = await faced(fault);
    const request = pushRequest();
    const failure = await failureOf(target.push(request, context()));
    expect(failure).toMatchObject({ kind: 'unreachable' });
    expect(surelyNotDone(failure)).toBe(false);
    expect(made()).toBe(1);
    expect(http.received).toHaveLength(asked + before.length + 1);
    if (whole !== undefined) {
      expect(await target.findPush?.(request, context())).toBeUndefined();
      await target.push(request, context());
      expect(made()).toBe(whole);
    }
    expect(await target.findPush?.(request, context())).toMatchObject(receipt());
    expect(await target.findPush?.(pushRequest(), context())).toBeUndefined();
    expect(receipt().id).toMatch(adapter.push?.ids ?? /^$/);
  });

  it('cut before it was done: not certain, and not found', async () => {
    const { target, made } = await faced('cut-before');
    const request = pushRequest();
    expect(surelyNotDone(await failureOf(target.push(request, context())))).toBe(false);
    expect(made()).toBe(0);
    expect(await target.findPush?.(request, context())).toBeUndefined();
  });

  it('slow: ends with the deadline, down to the socket, and is not certain', async () => {
    const { target, http } = await faced('hang');
    const push = withDeadline(400, new AbortController(), (signal) =>
      target.push(pushRequest(), { ...context(), signal }),
    );
    const failure = await failureOf(push);
    expect(failure).toMatchObject({ kind: 'timeout', unsent: false });
    expect(surelyNotDone(failure)).toBe(false);
    // Those that are idle stay open.
    await http.openSoMany(http.connections - 1);
  });

  const common = Object.entries(FAULTS).map(
    ([name, [fault, usual]]) => [name, fault, otherwise[name] ?? usual] as const,
  );
  const own = more.map(([fault, expected]) => [JSON.stringify(fault), fault, expected] as const);

  it.each([...common, ...own])('%s', async (_name, fault, expected) => {
    const { target, made } = await faced(fault);
    const failure = await failureOf(target.push(pushRequest(), context()));
    expect(failure).toMatchObject(expected);
    expect(surelyNotDone(failure)).toBe(
      expected['unsent'] === true || !['bad-response', 'unreachable'].includes(expected.kind),
    );
    expect(made()).toBe(0);
  });

  it('nobody there: surely not done', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    await new Promise((resolve) => server.close(resolve));
    const target = await openTarget(adapter, settings(`http://127.0.0.1:${port}`));
    const failure = await failureOf(target.push(pushRequest(), context()));
    expect(failure).toMatchObject({ kind: 'unreachable', unsent: true });
    expect(surelyNotDone(failure)).toBe(true);
  });

  it('a search that fails is no "not found"', async () => {
    const { target, http } = await open();
    http.faults = [{ status: 500, body: 'down' }];
    expect(await failureOf(target.findPush?.(pushRequest(), context()))).toMatchObject({ kind: 'bad-response' });
  });
});
