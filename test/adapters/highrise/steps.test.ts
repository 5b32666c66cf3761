/** The steps of a push to Highrise when one of them goes wrong, and what the check says. */

import { describe, expect, it } from 'vitest';
import { surelyNotDone } from '../../../src/contract/index.ts';
import { failureOf } from '../../support/failure-of.ts';
import { HIGHRISE_TOKEN } from '../../support/highrise/server.ts';
import type { Fault } from '../../support/http/stand-in.ts';
import { ask, context } from '../../support/open-source.ts';
import { pushRequest } from '../../support/push-source.ts';
import { openHighrise, within } from './source.ts';

const NONE: Fault = { delayMs: 0 };
/** The requests of a push for somebody new. */
const STEPS = ['search', 'recent changes', 'person', 'note'] as const;

/** A source whose push meets the fault at one of its steps. */
async function faced(step: (typeof STEPS)[number], fault: Fault) {
  const opened = await openHighrise();
  // As in the worst case: the search does not know who was just made.
  opened.account.searchLags = true;
  opened.http.faults = [...STEPS.slice(0, STEPS.indexOf(step)).map(() => NONE), fault];
  return opened;
}

describe('a push whose answer is lost', () => {
  it('of a person without an address is found by name and company', async () => {
    const { target, account, made } = await faced('person', 'cut-after');
    const request = pushRequest({ values: { sFirstName: 'Bob', sLastName: 'Jones' }, fields: { company: 'Acme' } });
    await failureOf(target.push(request, context()));
    await target.push(request, context());
    expect([account.people.length, made.length]).toEqual([1, 1]);
  });
});

describe('a failure', () => {
  it.each(['search', 'recent changes'] as const)('while looking for the person (%s) has done nothing', async (step) => {
    for (const fault of [
      'garbage',
      { status: 500, body: 'Oops' },
      { body: '<html><body>Hello</body></html>' },
    ] as Fault[]) {
      const { target, account } = await faced(step, fault);
      const failure = await failureOf(target.push(pushRequest(), context()));
      expect(failure).toMatchObject({ kind: 'bad-response', unsent: true });
      expect(account.people).toEqual([]);
    }
  });

  it.each(['search', 'note'] as const)('of time (%s) ends at the deadline, down to the socket', async (step) => {
    const { target, http } = await faced(step, 'hang');
    const failure = await failureOf(within(400, (call) => target.push(pushRequest(), call)));
    expect(failure).toMatchObject({ kind: 'timeout' });
    expect(surelyNotDone(failure)).toBe(step === 'search');
    // Those that are idle stay open.
    await http.openSoMany(http.connections - 1);
  });

  it('of time behind another push about the same person has done nothing', async () => {
    const { target, http, made } = await faced('search', 'hang');
    const first = failureOf(within(1_000, (call) => target.push(pushRequest(), call)));
    await http.receivedSoMany(1);
    const second = await failureOf(within(100, (call) => target.push(pushRequest(), call)));
    expect(second).toMatchObject({
      ...{ kind: 'timeout', unsent: true, message: 'another push about the same person took too long' },
    });
    expect(await first).toMatchObject({ kind: 'timeout' });
    expect([http.received.length, made.length]).toEqual([1, 0]);
    await target.push(pushRequest(), context());
    expect(made).toHaveLength(1);
  });

  it('to give the new person back is none when their address is there', async () => {
    const { target, account, made, http } = await openHighrise();
    const known = account.add({ firstName: 'Known' });
    const location = `https://example.highrisehq.com/people/${known.id}.xml`;
    http.faults = [NONE, NONE, { status: 201, headers: { location }, body: '' }];
    expect(await target.push(pushRequest(), context())).toMatchObject({ id: String(known.id) });
    expect(made).toMatchObject([{ personId: known.id }]);
  });

  it('of a search is no "not found"', async () => {
    const { target, http } = await openHighrise();
    http.faults = [{ status: 500, body: 'down' }];
    expect(await failureOf(target.findPush(pushRequest(), context()))).toMatchObject({ kind: 'bad-response' });
    http.faults = [{ status: 404, body: 'none' }];
    expect(await failureOf(target.find(ask({ last_name: 'Doe' }), context()))).toMatchObject({ kind: 'rejected' });
  });
});

describe('a check', () => {
  it('wants the right token', async () => {
    const { target } = await openHighrise();
    await target.check(context());
    const { target: other } = await openHighrise({}, { token: 'wrong-token' });
    const failure = await failureOf(other.check(context()));
    expect(failure).toMatchObject({ kind: 'unauthorized', message: expect.stringContaining('Access denied') });
    expect(JSON.stringify([failure, String(failure), other.log.lines])).not.toContain('wrong-token');
  });

  it.each<[Fault, object]>([
    [{ body: '<html><title>Sign in</title></html>' }, { kind: 'bad-response' }],
    [
      { status: 302, headers: { location: '/login' } },
      { kind: 'unauthorized', remedy: 'check token and url of the source' },
    ],
    [{ status: 404 }, { kind: 'bad-response' }],
    [
      { status: 500, body: `Token ${HIGHRISE_TOKEN} is odd` },
      { kind: 'bad-response', message: expect.stringContaining('***') },
    ],
  ])('is not taken in by %j', async (fault, expected) => {
    const { target, http } = await openHighrise();
    http.faults = [fault];
    expect(await failureOf(target.check(context()))).toMatchObject(expected);
  });

  it('reads no list without end', async () => {
    const { target, http } = await openHighrise();
    http.faults = [
      { headers: { 'content-type': 'application/xml' }, body: `<people>${' '.repeat(21_000_000)}</people>` },
    ];
    expect(await failureOf(target.find(ask({ last_name: 'Doe' }), context()))).toMatchObject({
      kind: 'bad-response',
      message: expect.stringContaining('more than 20 MB'),
    });
  });
});
