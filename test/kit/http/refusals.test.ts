import { describe, expect, it } from 'vitest';
import { surelyNotDone } from '../../../src/contract/index.ts';
import { failureOf } from '../../support/failure-of.ts';
import { noDeadline, openClient, serve } from './open-client.ts';

const POST = { method: 'POST', path: '/people', json: {} } as const;

describe('an answer that is no success', () => {
  it.each([
    [400, 'rejected', true],
    [401, 'unauthorized', true],
    [403, 'unauthorized', true],
    [404, 'rejected', true],
    [408, 'rate-limited', true],
    [409, 'rejected', true],
    [422, 'rejected', true],
    [425, 'rate-limited', true],
    [429, 'rate-limited', true],
    [500, 'bad-response', false],
    [502, 'bad-response', false],
    [503, 'busy', true],
    [504, 'bad-response', false],
    [302, 'bad-response', false],
    [304, 'bad-response', false],
  ])('%i is %s', async (status, kind, notDone) => {
    const server = await serve(() => ({ status, headers: { location: '/elsewhere' }, body: { message: 'Nope' } }));
    const failure = await failureOf(openClient(server.url).request(POST, noDeadline()));
    expect(failure).toMatchObject({ kind, unsent: status === 503, lasting: status < 400 });
    expect(surelyNotDone(failure)).toBe(notDone);
    if (status !== 304 && status !== 429) {
      expect(failure).toMatchObject({ message: `Example CRM answered ${status} to POST /people: Nope` });
    }
    expect(server.received).toHaveLength(1);
  });

  it('of which a header came twice has the first, or both where there may be several', async () => {
    const headers = { 'retry-after': ['30', '900'], 'content-type': ['text/plain', 'x/y'], 'x-seen': ['a', 'b'] };
    const server = await serve(({ method }) => ({ status: method === 'POST' ? 429 : 200, headers, body: 'slowly' }));
    const failure = await failureOf(openClient(server.url).request(POST, noDeadline()));
    expect(failure).toMatchObject({ kind: 'rate-limited', retryAfterMs: 30_000 });
    const answer = await openClient(server.url).request({ path: '/x' }, noDeadline());
    expect(['content-type', 'x-seen'].map((name) => answer.header(name))).toEqual(['text/plain', 'a, b']);
  });

  it.each([408, 425])('%i is to be repeated when it says so', async (status) => {
    const server = await serve(() => ({ status, headers: { 'retry-after': '30' } }));
    const failure = await failureOf(openClient(server.url).request(POST, noDeadline()));
    expect(failure).toMatchObject({ kind: 'rate-limited', retryAfterMs: 30_000 });
  });

  it.each([
    ['{"error":"invalid_grant","error_description":"The code has expired"}', 'The code has expired'],
    ['{"errors":[{"message":"Field \'x\' doesn\'t exist"},{"message":"Second"}]}', "Field 'x' doesn't exist; Second"],
    ['{"errorMessages":[],"errors":{"summary":"Summary is required"}}', 'summary: Summary is required'],
    ['{"errors":{"email":["has already been taken"]}}', 'email: has already been taken'],
    ['{"error":{"code":"x","message":"Inner"}}', 'Inner'],
    ["<errors><error>First name can't be blank</error>\n<error>Two</error></errors>", "First name can't be blank Two"],
    ['<!DOCTYPE html><html><head><title>Bad gateway</title></head><body>x</body></html>', 'Bad gateway'],
    ['plain\u0000 words\r\nof two lines', 'plain words of two lines'],
    ['{"unknown": 1}', undefined],
    ['{broken', undefined],
    ['', undefined],
  ])('is told in the words of %s', async (body, words) => {
    const server = await serve(() => ({ status: 422, body }));
    const failure = await failureOf(openClient(server.url).request({ path: '/x' }, noDeadline()));
    const start = 'Example CRM answered 422 to GET /x';
    expect(failure).toMatchObject({ message: words === undefined ? start : `${start}: ${words}` });
  });

  it('is told in the words that the adapter finds', async () => {
    const server = await serve(() => ({ status: 400, headers: { 'x-reason': 'the reason' }, body: 'other' }));
    const client = openClient(server.url, { errorText: (answer) => answer.header('X-Reason') });
    expect(await failureOf(client.request({ path: '/' }, noDeadline()))).toMatchObject({
      message: 'Example CRM answered 400 to GET /: the reason',
    });
  });

  it('is told in one line of bounded length', async () => {
    const server = await serve(() => ({ status: 400, body: { message: `<b>${'🙂 '.repeat(5000)}` } }));
    const failure = await failureOf(openClient(server.url).request({ path: '/' }, noDeadline()));
    if (!(failure instanceof Error)) throw new Error('no error');
    expect(Array.from(failure.message).length).toBeLessThan(350);
    expect(failure.message).toMatch(/: 🙂 .*…$/u);
  });
});

describe('redirects', () => {
  it.each([301, 302, 303, 307, 308])('of %i are followed to the same origin, with the credentials', async (status) => {
    const server = await serve(({ path }) =>
      path === '/old' ? { status, headers: { location: '../new?a=1' } } : { body: 'arrived' },
    );
    const client = openClient(server.url, { authorize: () => ({ Authorization: 'Bearer right' }) });
    expect((await client.request({ path: '/old' }, noDeadline())).text).toBe('arrived');
    expect(server.received.map((one) => [one.url.pathname + one.url.search, one.headers.authorization])).toEqual([
      ['/old', 'Bearer right'],
      ['/new?a=1', 'Bearer right'],
    ]);
  });

  it('to another host, port or scheme are refused, and nothing is sent there', async () => {
    const other = await serve(() => ({ body: 'secret' }));
    const targets = [other.url, 'https://127.0.0.1/', '//evil.example/x', 'file:///etc/passwd'];
    for (const location of targets) {
      const server = await serve(() => ({ status: 302, headers: { location } }));
      const failure = await failureOf(openClient(server.url).request({ path: '/' }, noDeadline()));
      expect(failure).toMatchObject({ kind: 'bad-response', message: expect.stringContaining('points to') });
    }
    expect(other.received).toEqual([]);
    expect(other.connections).toBe(0);
  });

  it.each([301, 302, 303, 307, 308])('of %i of a POST are not followed', async (status) => {
    const server = await serve(() => ({ status, headers: { location: '/elsewhere' } }));
    const failure = await failureOf(openClient(server.url).request(POST, noDeadline()));
    expect(failure).toMatchObject({ kind: 'bad-response' });
    expect(server.received).toHaveLength(1);
  });

  it.each([300, 304, 305])('are none of %i', async (status) => {
    const server = await serve(() => ({ status, headers: { location: '/new' } }));
    const failure = await failureOf(openClient(server.url).request({ path: '/' }, noDeadline()));
    expect(failure).toMatchObject({ kind: 'bad-response' });
    expect(server.received).toHaveLength(1);
  });

  it.each([
    ['/again', 6],
    [undefined, 1],
  ])('end (location: %s)', async (location, times) => {
    const server = await serve(() => ({ status: 302, headers: location === undefined ? {} : { location } }));
    const failure = await failureOf(openClient(server.url).request({ path: '/' }, noDeadline()));
    expect(failure).toMatchObject({ kind: 'bad-response' });
    expect(server.received).toHaveLength(times);
  });
});

describe('credentials', () => {
  it('are fetched anew once after a 401, for a POST too', async () => {
    const server = await serve(({ headers }) =>
      headers.authorization === 'Bearer new' ? { body: 'in' } : { status: 401, body: { error: 'expired' } },
    );
    const asked: boolean[] = [];
    const authorize = (_signal: AbortSignal, refresh: boolean) => {
      asked.push(refresh);
      return Promise.resolve({ authorization: refresh ? 'Bearer new' : 'Bearer old' });
    };
    const answer = await openClient(server.url, { authorize }).request(POST, noDeadline());
    expect(answer.text).toBe('in');
    expect(asked).toEqual([false, true]);
    expect(server.received).toHaveLength(2);
  });

  it('that are refused again are not fetched a third time', async () => {
    const server = await serve(() => ({ status: 401, body: { error: 'no such account' } }));
    let count = 0;
    const authorize = () => {
      count += 1;
      return { authorization: `Bearer ${count}` };
    };
    const failure = await failureOf(openClient(server.url, { authorize }).request({ path: '/' }, noDeadline()));
    expect(failure).toMatchObject({
      kind: 'unauthorized',
      message: 'Example CRM answered 401 to GET /: no such account',
    });
    expect([count, server.received.length]).toEqual([2, 2]);
  });

  it('that stay the same are not tried twice: an account would be locked the sooner', async () => {
    const server = await serve(() => ({ status: 401 }));
    const client = openClient(server.url, { authorize: () => ({ authorization: 'Basic abcd' }) });
    expect(await failureOf(client.request({ path: '/' }, noDeadline()))).toMatchObject({ kind: 'unauthorized' });
    expect(server.received).toHaveLength(1);
  });

  it('that cannot be fetched are the failure of the request', async () => {
    const server = await serve(() => ({}));
    const mistake = new Error('no token');
    const client = openClient(server.url, { authorize: () => Promise.reject(mistake) });
    expect(await failureOf(client.request({ path: '/' }, noDeadline()))).toBe(mistake);
    expect(server.received).toEqual([]);
  });
});
