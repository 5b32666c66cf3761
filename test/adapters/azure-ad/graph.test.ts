/** How the azure-ad adapter gets on with a Graph that pages, throttles, fails, and comes back. */

import { afterEach, describe, expect, test } from 'vitest';
import { withDeadline } from '../../../src/contract/index.ts';
import { failureText } from '../../../src/gateway/failure.ts';
import { sourceErrorOf } from '../../support/failure-of.ts';
import { ask, context, found, graphForAll, openSource } from './source.ts';

const graph = await graphForAll();
const ENGINEERS = ask({ title: 'Engineer' }, 'exact', 50);
const ONE = ask({ customer_id: 'E1001' });

afterEach(() => {
  graph.heal();
  graph.registration.hasPermission = true;
  graph.registration.tokenLifetime = 3_599;
});

const countOf = (endpoint: string, from = 0) =>
  graph.calls.slice(from).filter((call) => call.endpoint === endpoint).length;

describe('pages', () => {
  test.each([
    [7, 1],
    [25, 3],
    [250, 25],
  ])('up to a limit of %i', async (limit, requests) => {
    const source = await openSource(graph, { pageSize: 10 });
    const before = graph.calls.length;
    const ids = await found(source, { ...ENGINEERS, limit }, 'user_principal_name');
    expect(new Set(ids).size).toBe(limit);
    expect(countOf('users', before)).toBe(requests);
  });

  test('to the end, in the same order for every limit', async () => {
    const source = await openSource(graph, { pageSize: 100 });
    const all = await found(source, { ...ENGINEERS, limit: 999 }, 'user_principal_name');
    expect(all).toHaveLength(270);
    expect(await found(source, { ...ENGINEERS, limit: 40 }, 'user_principal_name')).toEqual(all.slice(0, 40));
  });

  test('of an advanced query, with the managers', async () => {
    const source = await openSource(graph, { pageSize: 20 });
    const managers = await found(source, ask({ company: 'Contoso, Ltd.' }, 'prefix', 60), 'manager');
    expect(managers).toHaveLength(60);
    expect(managers.filter((manager) => manager === '')).toHaveLength(6);
  });

  test.each(['https://evil.example/v1.0/users', 'http://127.0.0.1/', 17])('not to %s', async (link) => {
    const body = JSON.stringify({ value: [], '@odata.nextLink': link });
    graph.fail('users', { kind: 'answer', status: 200, body });
    const failure = await sourceErrorOf((await openSource(graph)).find(ONE, context()));
    expect(failure).toMatchObject({ kind: 'bad-response', message: expect.stringContaining(graph.origin) });
  });

  test('not in circles', async () => {
    const body = JSON.stringify({ value: [], '@odata.nextLink': `${graph.origin}/v1.0/users?$skiptoken=x` });
    graph.fail('users', { kind: 'answer', status: 200, body }, 1_000);
    const failure = await sourceErrorOf((await openSource(graph)).find(ONE, context()));
    expect(failure).toMatchObject({ kind: 'bad-response', message: 'Microsoft Graph gave more than 100 pages' });
  });
});

describe('the two engines', () => {
  test('what the basic one refuses is asked of the advanced one, at once the next time', async () => {
    const refusal = { error: { code: 'Request_UnsupportedQuery', message: 'Unsupported Query.' } };
    graph.fail('users', { kind: 'answer', status: 400, body: JSON.stringify(refusal) });
    const source = await openSource(graph);
    const before = graph.calls.length;
    expect(await found(source, ONE)).toEqual(['E1001']);
    expect(await found(source, ask({ customer_id: 'E1002' }))).toEqual(['E1002']);
    const levels = graph.calls.slice(before).filter(({ query }) => query['$filter']?.startsWith('employeeId'));
    expect(levels.map((call) => call.consistencyLevel)).toEqual([undefined, 'eventual', 'eventual']);
  });

  test('what neither serves is rejected in the words of Graph, without what was searched', async () => {
    const source = await openSource(graph, { fields: { shoe: 'shoeSize' } });
    const failure = await sourceErrorOf(source.find(ask({ email: 'confidential@contoso.example' }), context()));
    expect(failure).toMatchObject({ kind: 'rejected', message: expect.stringContaining("named 'shoeSize'") });
    expect(failureText(failure)).not.toContain('confidential');
    await expect(source.check(context())).rejects.toMatchObject({ kind: 'rejected' });
    const filtered = await openSource(graph, { filter: 'shoeSize gt 3' });
    const refused = await sourceErrorOf(filtered.find(ask({ email: 'confidential@contoso.example' }), context()));
    expect(failureText(refused)).toMatch(/Syntax error at position \d+; check fields/);
    await expect(filtered.check(context())).rejects.toMatchObject({ kind: 'rejected' });
  });
});

describe('tokens', () => {
  test('one for all lookups at a time, and for those that follow', async () => {
    const source = await openSource(graph);
    const before = graph.calls.length;
    await Promise.all(Array.from({ length: 20 }, () => source.find(ONE, context())));
    await source.find(ONE, context());
    expect(countOf('token', before)).toBe(1);
    expect(countOf('users', before)).toBe(21);
  });

  test('a revoked one is renewed once for all lookups that meet it', async () => {
    const source = await openSource(graph);
    await source.find(ONE, context());
    graph.revokeTokens();
    const before = graph.calls.length;
    const answers = await Promise.all(Array.from({ length: 10 }, () => found(source, ONE)));
    expect(answers).toEqual(Array.from({ length: 10 }, () => ['E1001']));
    expect(countOf('token', before)).toBe(1);
  });

  test('one that expires is renewed before', async () => {
    graph.registration.tokenLifetime = 1;
    const source = await openSource(graph);
    await source.find(ONE, context());
    const before = graph.calls.length;
    await expect
      .poll(() => found(source, ONE).then(() => countOf('token', before)), { timeout: 10_000 })
      .toBeGreaterThan(0);
  });

  test('one that is refused again and again is reported', async () => {
    const body = JSON.stringify({ error: { code: 'InvalidAuthenticationToken', message: 'Access token is empty.' } });
    graph.fail('users', { kind: 'answer', status: 401, body }, 2);
    const before = graph.calls.length;
    const failure = await sourceErrorOf((await openSource(graph)).find(ONE, context()));
    expect(failure).toMatchObject({
      kind: 'unauthorized',
      message: expect.stringContaining('InvalidAuthenticationToken'),
    });
    expect(countOf('users', before)).toBe(2);
    expect(countOf('token', before)).toBe(2);
  });

  test('a lookup that is given up does not end the fetching for the others', async () => {
    const source = await openSource(graph);
    const controller = new AbortController();
    const arrived = graph.arrival('token');
    const given = source.find(ONE, context(controller.signal));
    const other = found(source, ONE);
    await arrived;
    controller.abort(new Error('gone'));
    await expect(given).rejects.toThrow('gone');
    expect(await other).toEqual(['E1001']);
  });
});

describe('throttling', () => {
  test.each([429, 503] as const)('a short pause (%i) is waited for', async (status) => {
    graph.fail('users', { kind: 'throttle', status, retryAfter: 1 });
    const before = graph.calls.length;
    const source = await openSource(graph);
    expect(await found(source, ONE)).toEqual(['E1001']);
    expect(countOf('users', before)).toBe(2);
  });

  test('a pause of three seconds is waited for only when the deadline allows it', async () => {
    const source = await openSource(graph);
    await source.check(context());
    const within = (milliseconds: number) =>
      withDeadline(milliseconds, new AbortController(), (signal) => source.find(ONE, context(signal)));
    graph.fail('users', { kind: 'throttle', retryAfter: 3 });
    expect((await sourceErrorOf(within(3_200))).kind).toBe('rate-limited');
    expect(await within(25_000)).toHaveLength(1);
  });

  test('a second one in a row is not', async () => {
    graph.fail('users', { kind: 'throttle', retryAfter: 0 }, 2);
    const failure = await sourceErrorOf((await openSource(graph)).find(ONE, context()));
    expect(failure).toMatchObject({ kind: 'rate-limited', retryAfterMs: 0 });
  });

  test('a long one is reported at once, and nothing is asked before it is over', async () => {
    graph.fail('users', { kind: 'throttle', retryAfter: 120 });
    const source = await openSource(graph);
    const failure = await sourceErrorOf(source.find(ONE, context()));
    expect(failure.kind).toBe('rate-limited');
    expect(failure.message).toMatch(/^Microsoft Graph asks us to slow down for 120 s$/);
    const before = graph.calls.length;
    const next = await sourceErrorOf(source.find(ONE, context()));
    expect(next.kind).toBe('rate-limited');
    expect(next.retryAfterMs).toBeGreaterThan(100_000);
    expect(graph.calls).toHaveLength(before);
  });

  test('a date says when', async () => {
    graph.fail('users', { kind: 'throttle', retryAfter: new Date(Date.now() + 60_000).toUTCString() });
    const failure = await sourceErrorOf((await openSource(graph)).find(ONE, context()));
    expect(failure.retryAfterMs).toBeGreaterThan(50_000);
    expect(failure.retryAfterMs).toBeLessThanOrEqual(60_000);
  });

  test('without a time it is reported', async () => {
    graph.fail('users', { kind: 'throttle' });
    const failure = await sourceErrorOf((await openSource(graph)).find(ONE, context()));
    expect(failure).toMatchObject({ kind: 'rate-limited', retryAfterMs: undefined });
  });

  test('a deadline within the pause ends it', async () => {
    const source = await openSource(graph);
    await source.check(context());
    graph.fail('users', { kind: 'throttle', retryAfter: 2 });
    const failure = await sourceErrorOf(source.find(ONE, context(AbortSignal.timeout(1_500))));
    expect(failure.kind).toBe('rate-limited');
  });

  test('of the token endpoint is reported, and kept', async () => {
    graph.fail('token', { kind: 'throttle', retryAfter: 30 });
    const source = await openSource(graph);
    const failure = await sourceErrorOf(source.find(ONE, context()));
    expect(failure).toMatchObject({ kind: 'rate-limited', retryAfterMs: 30_000 });
    expect(failure.message).toContain('Microsoft Entra ID asks us to slow down');
    const before = graph.calls.length;
    await expect(source.find(ONE, context())).rejects.toMatchObject({ kind: 'rate-limited' });
    expect(graph.calls).toHaveLength(before);
  });
});
