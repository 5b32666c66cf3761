/** How the azure-ad adapter gets on with a Graph that fails and comes back. */

import { afterEach, describe, expect, test } from 'vitest';
import { SourceError } from '../../../src/contract/index.ts';
import { failureText } from '../../../src/gateway/failure.ts';
import { sourceErrorOf } from '../../support/failure-of.ts';
import { clientSecret, type Fault } from '../../support/graph/server.ts';
import { ask, context, found, graphForAll, openSource } from './source.ts';

const graph = await graphForAll();
const ONE = ask({ customer_id: 'E1001' });

afterEach(() => {
  graph.heal();
  graph.registration.hasPermission = true;
  graph.registration.tokenLifetime = 3_599;
});

describe('faults', () => {
  const OUTAGE = { kind: 'answer', status: 500, body: '{}' } as const;
  const faults: readonly (readonly [name: string, fault: Fault, kind: string])[] = [
    ['a connection that is cut', { kind: 'cut' }, 'unreachable'],
    ['an answer that is cut', { kind: 'cut', midway: true }, 'unreachable'],
    ['an outage', OUTAGE, 'unreachable'],
    ['a page of a proxy', { kind: 'answer', status: 200, body: '<html>Sign in</html>' }, 'bad-response'],
    ['JSON that is none', { kind: 'answer', status: 200, body: '{"value": [' }, 'bad-response'],
    ['JSON without users', { kind: 'answer', status: 200, body: '{"value": 3}' }, 'bad-response'],
    [
      'a redirection',
      { kind: 'answer', status: 302, body: '', headers: { location: 'https://evil.example/' } },
      'rejected',
    ],
    ['a page that is not there', { kind: 'answer', status: 404, body: '' }, 'rejected'],
  ];

  test.each(faults)('%s is reported, and the next lookup succeeds', async (_, fault, kind) => {
    const source = await openSource(graph);
    await source.find(ONE, context());
    // A connection that was kept open and ends is tried once more; so the fault comes twice.
    graph.fail('users', fault, fault.kind === 'cut' && fault.midway !== true ? 2 : 1);
    expect(await sourceErrorOf(source.find(ONE, context()))).toMatchObject({ kind });
    expect(await found(source, ONE)).toEqual(['E1001']);
  });

  test('users that are none are left out', async () => {
    const body = JSON.stringify({ value: [null, 3, { employeeId: 'E5', mail: {}, businessPhones: [3], id: 'y' }] });
    graph.fail('users', { kind: 'answer', status: 200, body });
    expect(await (await openSource(graph)).find(ONE, context())).toEqual([{ customer_id: 'E5' }]);
  });

  test.each([
    ['cut', { kind: 'cut' }, 'unreachable'],
    ['in an outage', OUTAGE, 'unreachable'],
    ['a page of a proxy', { kind: 'answer', status: 200, body: '<html>Sign in</html>' }, 'bad-response'],
    ['without a token', { kind: 'answer', status: 200, body: '{}' }, 'bad-response'],
  ] as const)('the token endpoint is %s: reported, and the next lookup succeeds', async (_, fault, kind) => {
    const source = await openSource(graph);
    graph.fail('token', fault);
    expect(await sourceErrorOf(source.find(ONE, context()))).toMatchObject({ kind });
    expect(await found(source, ONE)).toEqual(['E1001']);
  });

  test.each(['users', 'token'] as const)('%s never answers: the deadline ends the lookup', async (endpoint) => {
    const source = await openSource(graph);
    graph.fail(endpoint, { kind: 'hang' });
    const controller = new AbortController();
    const arrived = graph.arrival(endpoint);
    const asked = source.find(ONE, context(controller.signal));
    await arrived;
    controller.abort(new Error('the time is up'));
    await expect(asked).rejects.toThrow('the time is up');
    expect(await found(source, ONE)).toEqual(['E1001']);
  });

  test('Graph restarts between lookups and under load', async () => {
    const source = await openSource(graph);
    await source.find(ONE, context());
    await graph.stop();
    await expect(source.find(ONE, context())).rejects.toMatchObject({ kind: 'unreachable' });
    await graph.start();
    expect(await found(source, ONE)).toEqual(['E1001']);
    const asked = Promise.allSettled(Array.from({ length: 30 }, () => source.find(ONE, context())));
    await graph.stop();
    for (const result of await asked) {
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(SourceError);
    }
    await graph.start();
    expect(await found(source, ONE)).toEqual(['E1001']);
  });

  test('the permission is missing', async () => {
    graph.registration.hasPermission = false;
    const failure = await sourceErrorOf((await openSource(graph)).check(context()));
    expect(failure).toMatchObject({ kind: 'unauthorized', remedy: expect.stringContaining('User.Read.All') });
    expect(failure.message).toContain('Insufficient privileges');
  });

  test('a closed source ends what waits for a token', async () => {
    const source = await openSource(graph);
    graph.fail('token', { kind: 'hang' });
    const arrived = graph.arrival('token');
    const asked = source.find(ONE, context());
    await arrived;
    const ended = expect(asked).rejects.toThrow('closed');
    await source.close();
    await ended;
  });
});

test('neither the secret nor a token is in a message or in the log', async () => {
  const token = 'eyJ0eXAiOiJKV1QifQ';
  const texts: string[] = [];
  for (const endpoint of ['users', 'token'] as const) {
    for (const fault of [{ kind: 'cut' }, { kind: 'answer', status: 400, body: '{}' }] as const) {
      const source = await openSource(graph);
      graph.fail(endpoint, fault, 2);
      const failure = await sourceErrorOf(source.find(ONE, context()));
      graph.heal();
      texts.push(failureText(failure), JSON.stringify(source.log.lines), String(failure.stack));
    }
  }
  expect(texts).toHaveLength(12);
  for (const text of texts) {
    expect(text).not.toContain(clientSecret);
    expect(text).not.toContain(token);
  }
});
