/** ActiveCollab when something goes wrong: what is certain not to have been done, and what a lost answer leaves behind. */

import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import activecollab from '../../../adapters/activecollab/index.ts';
import { surelyNotDone, withDeadline } from '../../../src/contract/index.ts';
import { COLLAB_ACCOUNT } from '../../support/activecollab/server.ts';
import { failureOf } from '../../support/failure-of.ts';
import type { Fault } from '../../support/http/stand-in.ts';
import { context } from '../../support/open-source.ts';
import { openTarget, pushRequest } from '../../support/push-source.ts';
import { openCollab } from './source.ts';

describe.each(['current', 'classic'] as const)('by the %s API', (api) => {
  async function faced(...faults: Fault[]) {
    const opened = await openCollab({ api });
    opened.collab.http.faults = faults;
    return opened;
  }

  it.each(['cut-after', 'cut-within'] as const)('%s: not certain, and found exactly once', async (fault) => {
    const { collab, target } = await faced(fault);
    const request = pushRequest();
    const failure = await failureOf(target.push(request, context()));
    expect(failure).toMatchObject({ kind: 'unreachable' });
    expect(surelyNotDone(failure)).toBe(false);
    expect(collab.made).toHaveLength(1);
    expect(await target.findPush?.(request, context())).toMatchObject({ id: api === 'classic' ? '7/1' : '7/21' });
    expect(await target.findPush?.(pushRequest(), context())).toBeUndefined();
  });

  it('cut before it was done: not certain, and not found', async () => {
    const { collab, target } = await faced('cut-before');
    const request = pushRequest();
    expect(surelyNotDone(await failureOf(target.push(request, context())))).toBe(false);
    expect(collab.made).toHaveLength(0);
    expect(await target.findPush?.(request, context())).toBeUndefined();
  });

  it('slow: ends with the deadline, down to the socket', async () => {
    const { collab, target } = await faced('hang');
    const push = withDeadline(200, new AbortController(), (signal) =>
      target.push(pushRequest(), { ...context(), signal }),
    );
    const failure = await failureOf(push);
    expect(failure).toMatchObject({ kind: 'timeout' });
    expect(surelyNotDone(failure)).toBe(false);
    await collab.http.openSoMany(0);
  });

  it.each([
    'garbage',
    { body: '<html><title>Sign in</title></html>' },
    { body: { hello: 1 } },
    { body: '' },
  ] as Fault[])('an answer that is none: %j', async (fault) => {
    const { target } = await faced(fault);
    const failure = await failureOf(target.push(pushRequest(), context()));
    expect(failure).toMatchObject({ kind: 'bad-response' });
    expect(surelyNotDone(failure)).toBe(false);
  });

  it.each([
    [
      { status: 429, headers: { 'retry-after': '7' } },
      { kind: 'rate-limited', retryAfterMs: 7_000 },
    ],
    [
      { status: 400, body: { type: 'X', message: 'Bad', field_errors: { name: ['too long'] } } },
      { kind: 'rejected', message: expect.stringContaining('Bad; name: too long') },
    ],
    [{ status: 403, body: 'Forbidden' }, { kind: 'unauthorized' }],
    [{ status: 401, body: {} }, { kind: 'unauthorized' }],
    [{ status: 302, headers: { location: '/login?re_route=x' } }, { kind: 'unauthorized' }],
    [{ status: 301, headers: { location: 'https://example.com/' } }, { kind: 'bad-response' }],
    [
      { status: 500, body: { type: 'QueryError', message: 'Deadlock' } },
      { kind: 'bad-response', message: expect.stringContaining('Deadlock') },
    ],
    [{ status: 503, body: 'down' }, { kind: 'unreachable' }],
  ])('%j', async (fault, expected) => {
    const { collab, target } = await faced(fault);
    expect(await failureOf(target.push(pushRequest(), context()))).toMatchObject(expected);
    expect(collab.made).toHaveLength(0);
  });

  it('nobody there: surely not done', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    await new Promise((resolve) => server.close(resolve));
    const target = await openTarget(activecollab, {
      url: `http://127.0.0.1:${port}`,
      token: 'a-token',
      project: 7,
      api,
    });
    const failure = await failureOf(target.push(pushRequest(), context()));
    expect(failure).toMatchObject({ kind: 'unreachable', unsent: true });
    expect(surelyNotDone(failure)).toBe(true);
  });

  it('a search that fails is no "not found"', async () => {
    const { target } = await faced({ status: 500, body: 'down' });
    expect(await failureOf(target.findPush?.(pushRequest(), context()))).toMatchObject({ kind: 'bad-response' });
  });
});

describe('on the way to a task of the current API', () => {
  it('what breaks off while names are looked up has made nothing for certain', async () => {
    const { collab, target } = await openCollab();
    collab.http.faults = ['cut-after', 'cut-after', 'cut-after'];
    const failure = await failureOf(target.push(pushRequest({ fields: { assignee: 'Jane Smith' } }), context()));
    expect(failure).toMatchObject({ kind: 'unreachable', unsent: true });
    expect(surelyNotDone(failure)).toBe(true);
  });

  it('what breaks off while a token is issued, too', async () => {
    const { collab, target } = await openCollab({}, { token: undefined, ...COLLAB_ACCOUNT });
    collab.http.faults = ['cut-after'];
    expect(await failureOf(target.push(pushRequest(), context()))).toMatchObject({ kind: 'unreachable', unsent: true });
    await target.push(pushRequest(), context());
    expect(collab.made).toHaveLength(1);
  });
});
