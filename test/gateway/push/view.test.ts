/** Pushes as programs read them, and what is said of one that was not stored. */
import { describe, expect, it } from 'vitest';
import {
  DeadlineExceeded,
  SourceError,
  StoreError,
  UserError,
  withDeadlineWithin,
} from '../../../src/contract/index.ts';
import { reasonWords } from '../../../src/gateway/push/by-hand-words.ts';
import { PushTooLarge } from '../../../src/gateway/push/filling.ts';
import { GatewayStops, refusalOf, stored, within } from '../../../src/gateway/push/refusals.ts';
import { failureKept, keptFailure } from '../../../src/gateway/push/target-memory.ts';
import { attemptView, pushedView, pushView, storeGatewayView } from '../../../src/gateway/push/view.ts';
import { gatewayPlan } from '../../support/plans.ts';
import { pushTargetPlan } from './harness.ts';
import { pushRowOf } from './rows.ts';

describe('a push for programs', () => {
  const plan = gatewayPlan([], {}, { push: new Map([['Tickets', pushTargetPlan({ lookForMs: 5_000 })]]) });
  const bare = {
    ...{ id: 'q-1', target: 'Tickets', knownTarget: true, mode: 'queued', state: 'done', unsure: false },
    ...{ xRequest: '1', title: 'T', staff: '', reference: '', attempts: 1 },
    ...{ takenAt: '1970-01-01T00:00:00.000Z', changedAt: '1970-01-01T00:00:00.001Z' },
  };
  const row = { state: 'done', changedAt: 1 } as const;

  it('has what is known, and nothing of what is not', () => {
    expect(pushView(pushRowOf(row), plan, 1_000)).toEqual(bare);
    const receipt = { id: '7' };
    const trouble = { kind: 'timeout', problem: 'p', words: 'w' };
    const more = { isAlert: true, origin: 'events x', supersededBy: 'q-2', receipt, target: 'Gone' };
    expect(pushView(pushRowOf({ ...row, ...more, trouble }), plan, 1_000)).toEqual({
      ...{ ...bare, target: 'Gone', knownTarget: false, alert: true, origin: 'events x', supersededBy: 'q-2' },
      ...{ receipt, trouble: { kind: 'timeout', problem: 'p' } },
    });
  });

  it('that waits says when it is tried next, never in the past, and how long it is looked for', () => {
    const waiting = { ...row, state: 'waiting', giveUpAt: 9_000, unsureAt: 2_000 } as const;
    const iso = (time: number) => new Date(time).toISOString();
    const whole = { ...bare, state: 'waiting', giveUpAt: iso(9_000) };
    expect(pushView(pushRowOf({ ...waiting, nextAt: 3_000 }), plan, 1_000)).toEqual({
      ...{ ...whole, nextAt: iso(3_000), lookedForUntil: iso(7_000) },
    });
    expect(pushView(pushRowOf({ ...waiting, nextAt: 3_000 }), plan, 8_000)).toEqual({ ...whole, nextAt: iso(8_000) });
  });

  it('has tries, files without their bytes, and gateways', () => {
    const under = { number: 1, at: 0, ms: undefined, result: undefined, reason: '' };
    expect(attemptView(under)).toEqual({ number: 1, at: '1970-01-01T00:00:00.000Z', result: 'sending' });
    expect(attemptView({ ...under, ms: 0, result: 'failed', reason: 'r' })).toMatchObject({
      ...{ ms: 0, result: 'failed', reason: 'r' },
    });
    const file = { name: 'a', type: 'b' };
    const request = {
      title: 'T',
      body: 'B',
      fields: { a: 'x' },
      files: [{ ...file, url: 'u', bytes: new Uint8Array(1) }],
    };
    expect(pushedView({ ...request, reference: 'r', link: undefined, values: {} })).toEqual({
      ...request,
      files: [file],
    });
    const old = { name: '', pid: 0, version: '', since: 0, seenAt: 1, isSilent: true, sending: 2 };
    const seen = { seenAt: '1970-01-01T00:00:00.001Z', silent: true, sending: 2 };
    expect(storeGatewayView(old)).toEqual(seen);
    expect(storeGatewayView({ ...old, name: 'n', pid: 7, version: '1', since: 1 })).toEqual({
      ...{ ...seen, name: 'n', pid: 7, version: '1', since: '1970-01-01T00:00:00.001Z' },
    });
  });

  it('that was not changed by hand says why', () => {
    const words = (why: 'state' | 'target' | 'body' | 'unknown', change: 'retry' | 'drop') =>
      reasonWords({ why, target: 'Bugs' }, change);
    expect(words('state', 'retry')).toBe('only what waits, failed or is unclear can be sent again');
    expect(words('state', 'drop')).toBe('only what waits, failed or is unclear can be dropped');
    expect(words('target', 'retry')).toBe(
      'there is no push target Bugs any more; put it back into push, or drop the push',
    );
    expect(words('body', 'retry')).toBe('what was pushed is not kept any more');
    expect(words('unknown', 'drop')).toBe('there is no such push');
  });
});

it('a failure of a target is kept without its cause, and comes back as it was', () => {
  const options = { remedy: 'r', staffWords: 's', gone: true, cause: new Error('secret') };
  const kept = keptFailure(new SourceError('rejected', 'm', options));
  expect(kept).toEqual({ kind: 'rejected', message: 'm', remedy: 'r', staffWords: 's', gone: true });
  const back = failureKept(kept);
  expect(back).toBeInstanceOf(SourceError);
  expect(back).toMatchObject(kept);
  expect(back.cause).toBeUndefined();
  const wrong = keptFailure(new UserError('m'));
  expect(wrong).toEqual({ kind: 'configuration', message: 'm' });
  expect(failureKept(wrong)).toMatchObject({ name: 'UserError', message: 'm' });
});

describe('a push that was not stored', () => {
  const refusal = (error: unknown) => refusalOf(error, ['Tickets', 'Bugs']);
  const STORE = {
    level: 'error',
    ofStore: true,
    status: 503,
    message: 'a push could not be stored, so it was not sent',
  };
  const unstored = (advice: string) => `The gateway could not store the push, so it did not send it; ${advice}`;

  it.each([
    [
      new PushTooLarge('11 bytes'),
      {
        ...{ level: 'warn', status: 413, message: 'a push was refused', fields: { problem: '11 bytes' } },
        words: 'The request with its attachments is too large. The gateway pushes at most 10 MB',
      },
    ],
    [new StoreError('busy', 'm'), { ...STORE, words: unstored('try again in a minute') }],
    [new StoreError('unusable', 'm'), { ...STORE, words: unstored('tell your administrator') }],
    [
      new GatewayStops('m'),
      {
        ...{ level: 'warn', status: 503, message: 'a push came while the gateway ended', fields: {} },
        words: 'The gateway is being stopped, so it did not send the push; try again in a minute',
      },
    ],
    [
      new UserError('m'),
      { level: 'error', status: 500, words: 'Tickets, Bugs is not set up correctly; tell your administrator' },
    ],
    [
      new TypeError('m'),
      {
        ...{ level: 'error', status: 500, message: 'a push failed before it was stored' },
        words: 'An error in the gateway prevented this push; tell your administrator',
      },
    ],
  ])('because of %s says so', (error, wanted) => {
    expect(refusal(error)).toMatchObject(wanted);
    expect('ofStore' in refusal(error)).toBe(error instanceof StoreError);
  });

  const late = new DeadlineExceeded(7);
  const rejected = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    );

  it('in time is the fault of the store, unless little time was left for it', async () => {
    const failing = (error: Error) => Promise.reject(error);
    const within = (ms: number, error: Error) =>
      withDeadlineWithin(ms, undefined, (signal) => rejected(stored(failing(error), signal)));
    const slow = await within(5_000, late);
    expect(refusal(slow)).toMatchObject({
      ...{ ...STORE, words: unstored('try again in a minute') },
      fields: {
        kind: 'timeout',
        problem: expect.stringMatching(/^the store gave no answer within \d+ ms \(no answer within 7 ms\); see/),
      },
    });
    const short = await within(49, late);
    expect(refusal(short)).toMatchObject({
      ...{ level: 'error', status: 503, message: 'a push was not ready in time, so it was not sent' },
      words: 'The gateway did not get the push ready in time, so it did not send it; try again in a minute',
      fields: {
        problem: expect.stringMatching(
          /^the push was not stored in time \(no answer within 7 ms\): only \d+ ms were left for it$/,
        ),
      },
    });
    expect(refusal(short)).not.toHaveProperty('ofStore');
    const other = new Error('m');
    expect(await within(49, other)).toBe(other);
    expect(refusal(await rejected(stored(failing(late), new AbortController().signal)))).toMatchObject({
      ofStore: true,
    });
    expect(await stored(Promise.resolve(7), new AbortController().signal)).toBe(7);
  });

  it('because it was not ready in time is the fault of the gateway; of who has gone away it is none', async () => {
    const words = 'making the push of the request took all of the time that it had (server.deadline)';
    const { signal } = new AbortController();
    expect(await within(Promise.resolve(7), signal)).toBe(7);
    const found = await rejected(within(Promise.reject(late), signal));
    expect(found).toMatchObject({ culprit: 'gateway', message: words });
    const other = new Error('m');
    expect(await rejected(within(Promise.reject(other), signal))).toBe(other);
    const gone = new Error('gone');
    expect(await rejected(within(Promise.reject(late), AbortSignal.abort(gone)))).toBe(gone);
    expect(await rejected(within(Promise.reject(late), AbortSignal.abort(late)))).toMatchObject({ culprit: 'gateway' });
  });
});
