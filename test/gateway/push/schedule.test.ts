/** What becomes of a push after an attempt, by every circumstance that decides it. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SourceError, UserError } from '../../../src/contract/index.ts';
import { tellAttempt, tellTurn } from '../../../src/gateway/push/attempt-log.ts';
import type { AttemptResult } from '../../../src/gateway/push/ledger.ts';
import type { PushTargetPlan } from '../../../src/gateway/push/plan.ts';
import { backOff, pauseOf, resultOf, Setback, troubleOf, type Verdict } from '../../../src/gateway/push/schedule.ts';
import { type GatewayEvent, GatewayEvents } from '../../../src/gateway/telemetry.ts';
import { recordedLog } from '../../support/log.ts';
import { pushTargetPlan } from './harness.ts';
import { pushRowOf } from './rows.ts';

const NOW = 1_000_000;
const retry = { firstMs: 1_000, longestMs: 60_000, giveUpAfterMs: 600_000 };
const lost = new SourceError('timeout', 'no answer');
const refused = new SourceError('rejected', 'no such project');
type Failed = Extract<Verdict, { kind: 'failed' }>;

let dice: number;
beforeEach(() => {
  dice = 0.5;
  vi.spyOn(Math, 'random').mockImplementation(() => dice);
});
afterEach(() => void vi.restoreAllMocks());

interface Case {
  readonly verdict?: Partial<Failed>;
  readonly row?: Partial<Parameters<typeof resultOf>[1]>;
  readonly plan?: Partial<PushTargetPlan>;
  readonly giveUpInMs?: number;
}

/** A failed attempt that surely did nothing, of a push that the gateway owes. */
function ending({ verdict = {}, row = {}, plan = {}, giveUpInMs = 600_000 }: Case = {}) {
  const sure = { unsure: false, mayHaveArrived: false, insisted: false, mendable: true };
  return resultOf(
    { kind: 'failed', error: lost, ...sure, ...verdict },
    { attempts: 1, rejections: 0, owed: true, unsureAt: undefined, ...row },
    pushTargetPlan({ retry, ...plan }),
    { title: 'Tickets', keepBody: false, now: NOW, giveUpInMs },
  );
}

/** How long it waits; undefined when it does not. */
function waitOf(one?: Case): number | undefined {
  const result = ending(one);
  return result.state === 'waiting' ? result.nextAt - NOW : undefined;
}

describe('the wait before the next attempt', () => {
  it('is a part of the doubled first wait, and never beyond the longest', () => {
    expect([1, 2, 3, 7, 500].map((attempts) => waitOf({ row: { attempts } }))).toEqual([
      ...[500, 1_000, 2_000, 30_000, 30_000],
    ]);
    expect([1, 3, 500].map((times) => backOff(times, retry))).toEqual([500, 2_000, 30_000]);
    // A target that is down is spared for half of it at least.
    expect([1, 3, 500].map((times) => pauseOf(times, retry))).toEqual([750, 3_000, 45_000]);
  });

  it('is never nothing, whatever the dice say', () => {
    dice = 0;
    expect(waitOf()).toBe(20);
    expect(pauseOf(1, retry)).toBe(500);
    expect(waitOf({ verdict: { error: new Setback('looking', 'not found', NOW - 5) } })).toBe(20);
  });

  it('of what may be on its way is the first wait at least: it needs time to arrive before it is looked for', () => {
    dice = 0;
    expect(waitOf({ verdict: { unsure: true, mayHaveArrived: true } })).toBe(1_000);
  });

  it('is as long as the other system asks', () => {
    const error = new SourceError('rate-limited', 'slow down', { retryAfterMs: 7_000 });
    expect(waitOf({ verdict: { error } })).toBe(7_000);
    expect(waitOf({ verdict: { error }, row: { attempts: 7 } })).toBe(30_000);
  });

  it('ends with the time in which it is looked for', () => {
    const verdict = { unsure: true, error: new Setback('looking', 'not found', NOW + 300) };
    expect(waitOf({ verdict, row: { attempts: 7 } })).toBe(300);
    expect(waitOf({ verdict: { unsure: true, error: new Setback('interrupted', 'stopped') } })).toBe(1_000);
  });
});

describe('a push is given up', () => {
  it('when its time is over before the next attempt, as failed where it surely did not arrive', () => {
    expect(waitOf({ giveUpInMs: 501 })).toBe(500);
    expect(ending({ giveUpInMs: 500 })).toMatchObject({ state: 'failed', trouble: { kind: 'timeout' } });
    expect(ending({ giveUpInMs: 500, verdict: { unsure: true } }).state).toBe('unclear');
    // A person has looked.
    expect(ending({ giveUpInMs: 500, verdict: { unsure: true, insisted: true } }).state).toBe('failed');
  });

  it('at the third refusal, and at the first that is for good', () => {
    const verdict = { error: refused };
    expect([0, 1, 2].map((rejections) => ending({ verdict, row: { rejections } }).state)).toEqual([
      ...['waiting', 'waiting', 'failed'],
    ]);
    expect(ending({ verdict })).toMatchObject({ rejected: true });
    expect(ending({ verdict: { error: new SourceError('rejected', 'never', { lasting: true }) } }).state).toBe(
      'failed',
    );
    // What is no refusal counts as none.
    expect(ending({ row: { rejections: 2 } })).toMatchObject({ state: 'waiting', rejected: false });
    const answered = new SourceError('bad-response', 'no id', { lasting: true });
    expect(ending({ verdict: { error: answered } }).state).toBe('waiting');
  });

  it('at once when staff read that it failed: whether it is pushed again is theirs to say', () => {
    expect(ending({ row: { owed: false } })).toMatchObject({ state: 'failed', trouble: { kind: 'timeout' } });
    expect(ending({ row: { owed: false }, verdict: { unsure: true, mayHaveArrived: true } }).state).toBe('waiting');
  });
});

describe('what may have arrived', () => {
  const verdict = { unsure: true, mayHaveArrived: true, mendable: false };

  it('is left to a person where nobody can find it out, unless it is to be repeated', () => {
    expect(ending({ verdict })).toMatchObject({ state: 'unclear', trouble: { kind: 'timeout' } });
    expect(ending({ verdict: { ...verdict, unsure: false } }).state).toBe('waiting');
    expect(ending({ verdict: { ...verdict, mendable: true } }).state).toBe('waiting');
    expect(ending({ verdict, plan: { whenUnclear: 'repeat' } }).state).toBe('waiting');
  });

  it('is not repeated where it was taken and the answer is of no use: it would be again', () => {
    const error = new SourceError('bad-response', 'no id', { lasting: true });
    expect(ending({ verdict: { ...verdict, error }, plan: { whenUnclear: 'repeat' } }).state).toBe('unclear');
  });

  it('is looked for from when the last that may have arrived was sent', () => {
    const unsureAt = NOW - 9_000;
    const held = { unsure: true, mayHaveArrived: false };
    expect(ending({ verdict: held, row: { unsureAt } })).toMatchObject({ unsure: true, unsureAt, insisted: false });
    expect(ending({ verdict: { ...held, mayHaveArrived: true }, row: { unsureAt } })).toMatchObject({ unsureAt: NOW });
    expect(ending()).toMatchObject({ unsure: false, unsureAt: undefined });
    expect(ending({ verdict: { insisted: true } })).toMatchObject({ insisted: true });
  });
});

it('a push that arrived is done, with its receipt', () => {
  const done = { kind: 'done', receipt: { id: '7' } } as const;
  const row = { attempts: 1, rejections: 0, owed: false, unsureAt: undefined };
  const told = { title: 'Tickets', keepBody: true, now: NOW, giveUpInMs: 0 };
  expect(resultOf(done, row, pushTargetPlan(), told)).toEqual({ state: 'done', receipt: { id: '7' }, keepBody: true });
});

describe('why it failed', () => {
  it('is kept with what to do about it, and without what was pushed', () => {
    const error = new SourceError('rejected', 'no project Elm', { remedy: 'ask Elm' });
    const discreet = (text: string) => text.replaceAll('Elm', '…');
    expect(troubleOf('Tickets', error, discreet)).toMatchObject({ kind: 'rejected', problem: 'no project …; ask …' });
    expect(troubleOf('Tickets', new SourceError('timeout', 'slow')).problem).toBe('slow');
    expect(troubleOf('Tickets', new UserError('no source')).kind).toBe('configuration');
  });

  it('is that the target is gone where it says so', () => {
    expect(troubleOf('Tickets', new SourceError('rejected', '410', { gone: true })).kind).toBe('gone');
  });

  it.each([
    ['unconfirmed', 'Tickets did not confirm that it arrived'],
    ['interrupted', 'The gateway was stopped while it was sending'],
    ['looking', 'Tickets does not show it'],
  ] as const)('is told when nobody knows: %s', (kind, words) => {
    expect(troubleOf('Tickets', new Setback(kind, 'why'))).toEqual({ kind, problem: 'why', words });
  });
});

describe('what the log and those who count hear of an attempt', () => {
  const trouble = { kind: 'timeout', problem: 'p', words: 'w' };
  const kept = { trouble, unsure: true, unsureAt: NOW, rejected: false, insisted: false };
  const waiting = { state: 'waiting', nextAt: NOW + 1_249, ...kept } as const;
  const receipt = { id: '7' };
  const slow = new SourceError('timeout', 'Elm is slow');
  const why = { kind: 'timeout', problem: '… is slow' };
  const AGAIN = 'warn: a push failed and is tried again';

  it.each<[line: string, fields: object, error: Error | undefined, AttemptResult]>([
    ['info: pushed', {}, undefined, { state: 'done', receipt, keepBody: false }],
    [AGAIN, { ...why, unsure: true, seconds: 1.2 }, slow, waiting],
    [
      'info: a push that may have arrived is not found yet and looked for again',
      // It is ours, with nothing of what was pushed in it.
      { kind: 'looking', problem: 'Elm', seconds: 1.2 },
      ...([new Setback('looking', 'Elm', NOW), waiting] as const),
    ],
    [
      ...([AGAIN, { kind: 'interrupted', problem: 'stopped', unsure: true, seconds: 1.2 }] as const),
      ...([new Setback('interrupted', 'stopped'), waiting] as const),
    ],
    ['warn: whether a push arrived is not clear: a person must look', why, slow, { state: 'unclear', trouble }],
    ['error: a push failed for good', why, slow, { state: 'failed', trouble }],
  ])('%s', (line, fields, error, result) => {
    const log = recordedLog();
    const events = new GatewayEvents();
    const told: GatewayEvent[] = [];
    events.listen((event) => void told.push(event));
    const sure = { unsure: false, mayHaveArrived: false, insisted: false, mendable: true };
    const verdict: Verdict = error === undefined ? { kind: 'done', receipt } : { kind: 'failed', error, ...sure };
    const discreet = (text: string) => text.replaceAll('Elm', '…');
    const tell = (more: object) =>
      tellAttempt({ log, events }, pushRowOf(more), verdict, result, { reference: 'ab12cd', discreet, now: NOW });
    for (const more of [{}, { insisted: true }]) tell(more);
    const all = { reference: 'ab12cd', target: 'Tickets', push: 'q-1', attempt: 1, ...fields };
    expect(log.lines.map(({ level, message, fields }) => [`${level}: ${message}`, fields])).toEqual([
      ...[[line, all] as const, [line, { ...all, byHand: true }] as const],
    ]);
    const came = result.state === 'waiting' ? 'postponed' : result.state;
    tell({ isAlert: true });
    const { level, message } = log.lines[2] ?? {};
    const alert = 'error: whether an alert arrived is not clear: perhaps nobody is told by it';
    expect(`${level}: ${message}`).toBe(came === 'unclear' ? alert : line);
    const counted = { kind: 'push', target: 'Tickets', result: came };
    expect(told).toEqual([false, false, true].map((isAlert) => ({ ...counted, isAlert })));
  });

  const gone = new SourceError('rejected', 'closed', { gone: true });
  const up = { gone: undefined, outage: undefined };
  const down = { ...up, outage: { since: NOW, error: lost } };
  const push = { target: 'Tickets', push: 'q-1' };
  it.each([
    ['stays up', up, up, []],
    ['stays down', down, down, []],
    ['stays gone', { ...up, gone }, { ...up, gone }, []],
    ['is gone', up, { ...down, gone }, [['error', { ...push, kind: 'rejected', problem: 'closed' }]]],
    ['is down', up, down, [['warn', { ...push, kind: 'timeout', problem: 'no answer' }]]],
    ['is back', down, up, [['info', { target: 'Tickets', downSince: '1970-01-01T00:16:40.000Z' }]]],
  ])('by which its target %s', (_, before, after, lines) => {
    const log = recordedLog();
    tellTurn(log, pushRowOf(), { before, after });
    expect(log.lines.map(({ level, fields }) => [level, fields])).toEqual(lines);
  });
});
