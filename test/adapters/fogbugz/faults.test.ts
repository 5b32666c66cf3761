/** FogBugz when something goes wrong: what is certain not to have been done, and what a lost answer leaves behind. */

import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import fogbugz from '../../../adapters/fogbugz/index.ts';
import { surelyNotDone, withDeadline } from '../../../src/contract/index.ts';
import { failureOf } from '../../support/failure-of.ts';
import { FOGBUGZ_ACCOUNT } from '../../support/fogbugz/server.ts';
import type { Fault } from '../../support/http/stand-in.ts';
import { context } from '../../support/open-source.ts';
import { openTarget, pushRequest } from '../../support/push-source.ts';
import { openFogBugz } from './source.ts';

describe.each(['xml', 'json'] as const)('by the %s API', (api) => {
  /** A source whose next command meets the fault; where the commands go is known already. */
  async function faced(fault: Fault, more: object = {}) {
    const opened = await openFogBugz({ api }, more);
    await opened.target.check(context());
    opened.fogBugz.http.faults = [fault];
    return opened;
  }

  it.each(['cut-after', 'cut-within'] as const)('%s: not certain, and found exactly once', async (fault) => {
    const { fogBugz, target } = await faced(fault);
    const request = pushRequest();
    const failure = await failureOf(target.push(request, context()));
    expect(failure).toMatchObject({ kind: 'unreachable' });
    expect(surelyNotDone(failure)).toBe(false);
    expect(fogBugz.made).toHaveLength(1);
    expect(await target.findPush?.(request, context())).toMatchObject({ id: '101' });
    expect(await target.findPush?.(pushRequest(), context())).toBeUndefined();
  });

  it('cut before it was done: not certain, and not found', async () => {
    const { fogBugz, target } = await faced('cut-before');
    const request = pushRequest();
    expect(surelyNotDone(await failureOf(target.push(request, context())))).toBe(false);
    expect(fogBugz.made).toHaveLength(0);
    expect(await target.findPush?.(request, context())).toBeUndefined();
  });

  it('slow: ends with the deadline, and is not certain', async () => {
    const { target } = await faced('hang');
    const push = withDeadline(200, new AbortController(), (signal) =>
      target.push(pushRequest(), { ...context(), signal }),
    );
    const failure = await failureOf(push);
    expect(failure).toMatchObject({ kind: 'timeout' });
    expect(surelyNotDone(failure)).toBe(false);
  });

  it.each([
    'garbage',
    { body: '<html><title>Welcome</title></html>' },
    { body: '<other/>' },
    { body: { hello: 1 } },
    { body: '' },
  ] as Fault[])('an answer that is none: %j', async (fault) => {
    const { target } = await faced(fault);
    const failure = await failureOf(target.push(pushRequest(), context()));
    expect(failure).toMatchObject({ kind: 'bad-response' });
    expect(surelyNotDone(failure)).toBe(false);
  });

  it('a reading command is sent again after a cut, a new case is not', async () => {
    const { fogBugz, target } = await faced('cut-after');
    const before = fogBugz.http.received.length;
    await target.check(context());
    expect(fogBugz.http.received).toHaveLength(before + 2);
  });

  it.each([
    [
      { status: 429, headers: { 'retry-after': '7' } },
      { kind: 'rate-limited', retryAfterMs: 7_000 },
    ],
    [{ status: 403, body: 'Forbidden' }, { kind: 'unauthorized' }],
    [{ status: 401, body: '<html><title>Sign in</title></html>' }, { kind: 'unauthorized' }],
    [{ status: 302, headers: { location: '/login?dest=api' } }, { kind: 'unauthorized' }],
    [{ status: 301, headers: { location: 'https://example.com/' } }, { kind: 'bad-response' }],
    [{ status: 500, body: '<html><title>Oops</title></html>' }, { kind: 'bad-response' }],
    [{ status: 503, body: 'down' }, { kind: 'unreachable' }],
  ])('%j', async (fault, expected) => {
    const { fogBugz, target } = await faced(fault);
    expect(await failureOf(target.push(pushRequest(), context()))).toMatchObject(expected);
    expect(fogBugz.made).toHaveLength(0);
  });

  it('what breaks off while logging on has made nothing for certain', async () => {
    const { fogBugz, target } = await openFogBugz({ api }, { token: undefined, ...FOGBUGZ_ACCOUNT });
    // JSON begins with the logon, XML with api.xml, which is asked three times.
    fogBugz.http.faults = ['cut-after', 'cut-after', 'cut-after'];
    const failure = await failureOf(target.push(pushRequest(), context()));
    expect(failure).toMatchObject({ kind: 'unreachable', unsent: true });
    fogBugz.http.faults = [];
    await target.push(pushRequest(), context());
    expect(fogBugz.made).toHaveLength(1);
  });

  it('nobody there: surely not done', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    await new Promise((resolve) => server.close(resolve));
    const target = await openTarget(fogbugz, { url: `http://127.0.0.1:${port}`, token: 'a-token', api });
    const failure = await failureOf(target.push(pushRequest(), context()));
    expect(failure).toMatchObject({ kind: 'unreachable', unsent: true });
    expect(surelyNotDone(failure)).toBe(true);
  });

  it('a search that fails is no "not found"', async () => {
    const { fogBugz, target } = await faced({ status: 500, body: 'down' });
    expect(await failureOf(target.findPush?.(pushRequest(), context()) ?? Promise.resolve())).toMatchObject({
      kind: 'bad-response',
    });
    const broken =
      api === 'xml'
        ? { body: '<response><error code="0">FogBugz not initialized</error></response>' }
        : { status: 400, body: { data: null, errors: [{ message: 'Error 0: FogBugz not initialized', code: 0 }] } };
    fogBugz.http.faults = [broken];
    expect(await failureOf(target.findPush?.(pushRequest(), context()) ?? Promise.resolve())).toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('not initialized'),
    });
  });
});

it('the deadline reaches the socket', async () => {
  const { fogBugz, target } = await openFogBugz({ api: 'json' });
  fogBugz.http.faults = ['hang'];
  const push = withDeadline(200, new AbortController(), (signal) =>
    target.push(pushRequest(), { ...context(), signal }),
  );
  expect(await failureOf(push)).toMatchObject({ kind: 'timeout' });
  await fogBugz.http.openSoMany(0);
});
