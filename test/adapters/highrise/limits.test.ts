/** Highrise's limits: https://github.com/basecamp/highrise-api#rate-limiting */

import { describe, expect, it } from 'vitest';
import { surelyNotDone } from '../../../src/contract/index.ts';
import { failureOf } from '../../support/failure-of.ts';
import { ask, context } from '../../support/open-source.ts';
import { pushRequest } from '../../support/push-source.ts';
import { noting, openHighrise, within } from './source.ts';

const TOO_MANY = /^Highrise allows only 2 searches by e-mail address in 10 s; the next can be sent in (10|11) s$/;

describe('searches by e-mail address', () => {
  it('are not sent when there have been two, and a lookup that cannot wait is told at once', async () => {
    const { target, http } = await openHighrise({ emailSearches: 2 });
    const search = (email: string) => within(5_000, (call) => target.find(ask({ email }), call));
    await Promise.all([search('a@example.com'), search('b@example.com')]);
    expect(await failureOf(search('c@example.com'))).toMatchObject({
      ...{ kind: 'rate-limited', unsent: true, message: expect.stringMatching(TOO_MANY) },
      retryAfterMs: expect.any(Number),
      remedy: expect.stringContaining('another field'),
    });
    expect(http.received).toHaveLength(2);
    // Everything else goes on.
    expect(await within(5_000, (call) => target.find(ask({ last_name: 'Doe' }), call))).toEqual([]);
  });

  it('for the same address are one, at the same time and for a few seconds', async () => {
    const { target, http, account } = await openHighrise({ emailSearches: 2 });
    account.add({ firstName: 'A', email: 'a@example.com' });
    const search = (email: string) => within(5_000, (call) => target.find(ask({ email }), call));
    const found = await Promise.all(['a@example.com', 'A@example.com', 'a@EXAMPLE.com'].map(search));
    expect(found.map((records) => records.length)).toEqual([1, 1, 1]);
    await search('a@example.com');
    // The push of the request that was just looked at.
    await target.push(pushRequest({ fields: { email: 'a@example.com' } }), context());
    expect(http.received.filter(({ query }) => query.has('criteria[email]'))).toHaveLength(1);
  });

  it('that failed are not kept', async () => {
    const { target, http, account } = await openHighrise();
    account.add({ firstName: 'A', email: 'a@example.com' });
    http.faults = [{ status: 500 }];
    const search = () => target.find(ask({ email: 'a@example.com' }), context());
    expect(await failureOf(search())).toMatchObject({ kind: 'bad-response' });
    expect(await search()).toHaveLength(1);
  });

  it('know somebody who was just pushed', async () => {
    const { target } = await openHighrise();
    const search = () => target.find(ask({ email: 'bob@example.com' }), context());
    expect(await search()).toEqual([]);
    await target.push(pushRequest(), context());
    expect(await search()).toHaveLength(1);
  });

  it('stop a push before anything is made', async () => {
    const { target, http, made } = await openHighrise({ emailSearches: 2 });
    for (const email of ['a@example.com', 'b@example.com']) await target.find(ask({ email }), context());
    const failure = await failureOf(within(3_000, (call) => target.push(pushRequest(), call)));
    expect(failure).toMatchObject({ kind: 'rate-limited', retryAfterMs: expect.any(Number) });
    expect(surelyNotDone(failure)).toBe(true);
    expect(made).toEqual([]);
    expect(http.received).toHaveLength(2);
  });

  it('that go on for pages give what there is when the turns are used up', async () => {
    const { target, account } = await openHighrise({ emailSearches: 2 });
    for (let index = 0; index < 70; index += 1) account.add({ firstName: 'A', email: `a${index}@example.com` });
    const call = noting();
    // Less than the 10 s after which there is another turn.
    const found = await within(9_000, ({ signal }) =>
      target.find(ask({ email: '@example.com' }, { match: 'contains', limit: 100 }), { ...call, signal }),
    );
    expect(found).toHaveLength(50);
    expect(call.notices).toEqual(['Highrise gave only its first 50 matches, since it allows no more searches now']);
  });

  it('wait as long as Highrise says, when another program uses up the limit', async () => {
    const { target, http } = await openHighrise();
    http.faults = [{ status: 503, headers: { 'retry-after': '8' }, body: 'Slow down' }];
    const search = (email: string) => within(5_000, (call) => target.find(ask({ email }), call));
    expect(await failureOf(search('a@example.com'))).toMatchObject({
      kind: 'rate-limited',
      retryAfterMs: 8_000,
      unsent: false,
    });
    expect(await failureOf(search('b@example.com'))).toMatchObject({ kind: 'rate-limited', unsent: true });
    expect(http.received).toHaveLength(1);
  });
});

it('150 requests in five seconds are not exceeded', async () => {
  const { target, http } = await openHighrise({ requests: 150 });
  const all = Array.from({ length: 70 }, (_, index) => target.find(ask({ last_name: `Name${index}` }), context()));
  await Promise.all(all);
  const times = http.received.length;
  expect(times).toBe(70);
  expect(
    await failureOf(
      within(50, (call) =>
        Promise.all(Array.from({ length: 80 }, (_, index) => target.find(ask({ customer_id: `${index + 1}` }), call))),
      ),
    ),
  ).toMatchObject({ kind: 'rate-limited', unsent: true });
});
