/** One attempt: what is asked of the other system, and what is known of the push afterwards. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  defineAdapter,
  type LinkedThing,
  type PushReceipt,
  type Source,
  SourceError,
} from '../../../src/contract/index.ts';
import { attemptPush } from '../../../src/gateway/push/attempt.ts';
import type { PushTargetPlan } from '../../../src/gateway/push/plan.ts';
import type { PushRow } from '../../../src/gateway/push/push-row.ts';
import { SourceHandle } from '../../../src/gateway/sources/source-handle.ts';
import { GatewayEvents } from '../../../src/gateway/telemetry.ts';
import { recordedLog } from '../../support/log.ts';
import { memorySystem } from '../../support/memory-adapter.ts';
import { memorySource } from '../../support/plans.ts';
import { pushTargetPlan } from './harness.ts';
import { pushRowOf } from './rows.ts';

const MADE = { id: '7' };
const lost = new SourceError('timeout', 'no answer');
const refused = new SourceError('rejected', 'no such project');
const throws = (error: Error) => async () => {
  throw error;
};

interface Setup {
  /** Left out: the store says nothing. */
  readonly isMine?: boolean | undefined;
  readonly row?: Partial<PushRow>;
  readonly plan?: Partial<PushTargetPlan>;
  /** What the system answers; left out: it takes no pushes, or cannot be searched. */
  readonly push?: (() => Promise<PushReceipt>) | undefined;
  readonly findPush?: () => Promise<PushReceipt | undefined>;
  readonly details?: Source['details'];
  readonly open?: () => Promise<never>;
  readonly idempotent?: boolean;
  readonly linked?: LinkedThing;
}

/** Makes an attempt. @returns its verdict, and what the system was asked for */
async function attempt({ row = {}, plan, linked, ...system }: Setup) {
  const isMine = 'isMine' in system ? system.isMine : true;
  const asked: string[] = [];
  const { push = async () => MADE, findPush, details, open, idempotent = false } = system;
  const noted = <Given extends unknown[], T>(name: string, work: (...given: Given) => T) => {
    return (...given: Given): T => {
      asked.push(name);
      return work(...given);
    };
  };
  const adapter = defineAdapter({
    ...{ name: 'tickets', title: 'Tickets', settings: z.strictObject({}) },
    push: { format: 'text', fields: {}, files: false, idempotent },
    open: async (): Promise<Source> => {
      await open?.();
      return {
        check: async () => undefined,
        ...(!('push' in system && system.push === undefined) && { push: noted('push', push) }),
        ...(findPush !== undefined && { findPush: noted('look', findPush) }),
        ...(details !== undefined && { details: noted('details', details) }),
      };
    },
  });
  const source = new SourceHandle(
    memorySource('tickets', memorySystem(), { adapter, timeoutMs: 100 }),
    recordedLog(),
    new GatewayEvents(),
  );
  const request = { reference: 'hs-1', title: 'T', body: '', fields: {}, link: undefined, values: {}, files: [] };
  const verdict = await attemptPush(
    { row: pushRowOf(row), request: { ...request, ...(linked && { linked }) } },
    pushTargetPlan(plan),
    source,
    { signal: new AbortController().signal, reference: 'test' },
    { now: Date.now, isMine: async () => isMine ?? new Promise<never>(() => undefined) },
  );
  await source.retire();
  return { verdict, asked };
}

const UNSURE = { unsure: true, unsureAt: 0 } as const;
const nothing = async () => undefined;

describe('an attempt', () => {
  it('sends, and is done with what it gets', async () => {
    const { verdict, asked } = await attempt({ findPush: nothing });
    expect([verdict, asked]).toEqual([{ kind: 'done', receipt: MADE }, ['push']]);
  });

  it('that surely did nothing leaves nothing unsure; one without an answer does', async () => {
    const failed = { kind: 'failed', insisted: false, mendable: false };
    expect((await attempt({ push: throws(refused) })).verdict).toEqual({
      ...{ ...failed, error: refused, unsure: false, mayHaveArrived: false },
    });
    expect((await attempt({ push: throws(lost) })).verdict).toEqual({
      ...{ ...failed, error: lost, unsure: true, mayHaveArrived: true },
    });
  });

  it('of a gateway that was stopped for longer than its lease looks, and sends nothing', async () => {
    const { verdict, asked } = await attempt({ row: UNSURE, findPush: nothing, isMine: false });
    expect(verdict).toMatchObject({ error: { kind: 'interrupted' }, mayHaveArrived: false });
    expect(asked).toEqual(['look']);
  });

  it('that the store does not answer sends nothing, and does not say it of the target', async () => {
    const { verdict, asked } = await attempt({ isMine: undefined });
    expect(verdict).toMatchObject({
      error: { kind: 'interrupted', message: expect.stringMatching(/^the store did not/) },
    });
    expect(asked).toEqual([]);
  });

  it('of a source that does not open, or takes no pushes, sent nothing', async () => {
    const down = new SourceError('timeout', 'it does not open');
    const closed = await attempt({ open: throws(down) });
    // What it can find out is not known either.
    expect(closed.verdict).toMatchObject({ unsure: false, mayHaveArrived: false, mendable: true });
    const { verdict, asked } = await attempt({ push: undefined, findPush: nothing, row: UNSURE });
    expect(verdict).toMatchObject({ error: { name: 'UserError' }, unsure: true, mayHaveArrived: false });
    expect(asked).toEqual([]);
  });
});

describe('an attempt after one that may have arrived', () => {
  it('looks first, and is done with what it finds', async () => {
    const { verdict, asked } = await attempt({ row: UNSURE, findPush: async () => ({ id: '6' }) });
    expect([verdict, asked]).toEqual([{ kind: 'done', receipt: { id: '6' } }, ['look']]);
  });

  it('sends what is not there, and then knows for certain of a refusal', async () => {
    const { verdict, asked } = await attempt({ row: UNSURE, findPush: nothing, push: throws(refused) });
    expect(verdict).toMatchObject({ error: refused, unsure: false, mayHaveArrived: false, mendable: true });
    expect(asked).toEqual(['look', 'push']);
  });

  it('stays unsure where the look fails, and sends nothing', async () => {
    const { verdict, asked } = await attempt({ row: UNSURE, findPush: throws(lost) });
    expect(verdict).toMatchObject({ error: lost, unsure: true, mayHaveArrived: false, mendable: true });
    expect(asked).toEqual(['look']);
  });

  it('believes that it is not there only after the time in which it may yet appear', async () => {
    const row = { unsure: true, unsureAt: Date.now() - 1_000 };
    const early = await attempt({ row, plan: { lookForMs: 60_000 }, findPush: nothing });
    expect(early.verdict).toMatchObject({
      error: { kind: 'looking', until: row.unsureAt + 60_000 },
      ...{ unsure: true, mayHaveArrived: false },
    });
    expect(early.asked).toEqual(['look']);
    const late = await attempt({ row, plan: { lookForMs: 500 }, findPush: nothing });
    expect([late.verdict.kind, late.asked]).toEqual(['done', ['look', 'push']]);
    const there = await attempt({ row, plan: { lookForMs: 60_000 }, findPush: async () => MADE });
    expect([there.verdict.kind, there.asked]).toEqual(['done', ['look']]);
  });

  it('does not believe a look that began before the end of that time', async () => {
    const row = { unsure: true, unsureAt: Date.now() };
    const findPush = () => new Promise<undefined>((next) => setTimeout(() => next(undefined), 60));
    const { verdict, asked } = await attempt({ row, plan: { lookForMs: 30 }, findPush });
    expect([verdict, asked]).toMatchObject([{ error: { kind: 'looking' } }, ['look']]);
  });

  it('is not made where nobody can find out, unless it is to be repeated or a person has looked', async () => {
    const held = await attempt({ row: UNSURE });
    expect(held.verdict).toMatchObject({ error: { kind: 'unconfirmed' }, unsure: true, mayHaveArrived: false });
    expect(held.asked).toEqual([]);
    const repeated = await attempt({ row: UNSURE, plan: { whenUnclear: 'repeat' }, push: throws(refused) });
    // The one before may have arrived all the same.
    expect(repeated).toMatchObject({ verdict: { error: refused, unsure: true }, asked: ['push'] });
    const insisted = await attempt({ row: { ...UNSURE, insisted: true }, push: throws(refused) });
    expect(insisted).toMatchObject({ verdict: { error: refused, unsure: false, insisted: true }, asked: ['push'] });
    const again = await attempt({ row: { ...UNSURE, insisted: true }, push: throws(lost) });
    expect(again.verdict).toMatchObject({ unsure: true, mayHaveArrived: true, insisted: false });
  });

  it('is sent at once where the same push is taken once only, and a refusal says nothing of the one before', async () => {
    const { verdict, asked } = await attempt({
      ...{ row: UNSURE, idempotent: true, findPush: nothing, push: throws(refused) },
    });
    expect([verdict, asked]).toMatchObject([{ unsure: true, mayHaveArrived: false, mendable: true }, ['push']]);
  });
});

describe('an attempt that links', () => {
  const linked = { id: 'A-7', thing: 'ticket' };
  const link = 'https://tickets.example/A-7';

  it('asks whether the thing is there, and makes nothing', async () => {
    const there = await attempt({ linked, details: async () => ({ title: 'x', link, rows: [] }) });
    expect([there.verdict, there.asked]).toEqual([
      { kind: 'done', receipt: { id: 'A-7', link, isLinked: true } },
      ['details'],
    ]);
    const away = await attempt({ linked, details: async () => undefined });
    expect(away.verdict).toMatchObject({ error: { kind: 'rejected', lasting: true }, mayHaveArrived: false });
    expect((await attempt({ linked })).verdict).toMatchObject({ error: { name: 'UserError' } });
  });

  it('is never unsure: it only reads', async () => {
    const { verdict, asked } = await attempt({ linked, row: UNSURE, details: throws(lost), findPush: nothing });
    expect([verdict, asked]).toMatchObject([{ error: lost, unsure: false, mayHaveArrived: false }, ['details']]);
  });
});
