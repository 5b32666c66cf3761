/** What a push is worth when the connection breaks: whatever it says, it says the truth. */

import { describe, expect, onTestFinished, test } from 'vitest';
import { surelyNotDone } from '../../../src/contract/index.ts';
import { type Cutter, startCutter } from '../directory/cutter.ts';
import { sourceErrorOf } from '../failure-of.ts';
import { type PushSource, pushRequest } from '../push-source.ts';
import { times } from '../runs.ts';
import type { PushSubject } from './push-subject.ts';

/** A server that can be killed, and sources on it. */
export interface BreakSubject {
  readonly subject: PushSubject;
  open(more?: object): Promise<PushSource>;
  kill(): Promise<void>;
  start(): Promise<void>;
}

const context = (milliseconds = 30_000) => ({ signal: AbortSignal.timeout(milliseconds), reference: 'test' });

/** Declares the tests. */
export function describePushBreaks({ subject, open, kill, start }: BreakSubject): void {
  describe('when the connection breaks', () => {
    test('after any number of bytes, it says the truth', async () => {
      const cutter = await cutterFor(subject);
      const source = await open({ host: cutter.host, port: cutter.port });
      await source.push(pushRequest(), context());
      const before = cutter.answered;
      await source.push(pushRequest(), context());
      const whole = cutter.answered - before;
      const told = { done: 0, sure: 0, unclear: 0 };
      let count = (await subject.tickets()).length;
      for (const bytes of cutsOf(whole)) {
        const request = pushRequest();
        cutter.cutAfter(bytes);
        const outcome = await source.push(request, context(5_000)).catch((error: unknown) => error);
        cutter.cutAfter(Number.POSITIVE_INFINITY);
        const found = await source.findPush?.(request, context());
        const all = await subject.tickets();
        const rows = all.filter(({ ref }) => ref === request.reference);
        expect(all).toHaveLength(count + rows.length);
        count = all.length;
        expect(rows.map(({ id }) => id)).toEqual(found === undefined ? [] : [found.id]);
        if (!(outcome instanceof Error)) told.done += 1;
        else if (surelyNotDone(outcome)) told.sure += 1;
        else told.unclear += 1;
        if (outcome instanceof Error && surelyNotDone(outcome)) expect(rows).toEqual([]);
        if (!(outcome instanceof Error)) expect(rows).toHaveLength(1);
      }
      expect(Object.entries(told).filter(([, times]) => times === 0)).toEqual([]);
    }, 120_000);

    test('a server that says nothing any more costs no longer than the deadline', async () => {
      const cutter = await cutterFor(subject);
      const source = await open({ host: cutter.host, port: cutter.port });
      await source.push(pushRequest(), context());
      cutter.silence();
      const request = pushRequest();
      const error = await sourceErrorOf(source.push(request, context(500)));
      expect(['timeout', 'unreachable']).toContain(error.kind);
      await cutter.restore();
      cutter.cut();
      const rows = (await subject.tickets()).filter(({ ref }) => ref === request.reference);
      if (surelyNotDone(error)) expect(rows).toEqual([]);
    }, 60_000);

    test('a server that is gone has surely done nothing; one that comes back serves again', async () => {
      const source = await open();
      await source.push(pushRequest(), context());
      await kill();
      const request = pushRequest();
      const error = await sourceErrorOf(source.push(request, context(5_000)));
      expect([error.kind, surelyNotDone(error)]).toEqual(['unreachable', true]);
      await start();
      expect(await source.findPush?.(request, context())).toBeUndefined();
      const receipt = await source.push(request, context());
      expect(await source.findPush?.(request, context())).toEqual(receipt);
    }, 120_000);
  });
}

/**
 * After how many bytes of an answer of so many it is cut: up to a little more than all of them. At the end, where the row
 * becomes sure, closely; before, where the login and the columns are, here and there.
 */
function cutsOf(whole: number): readonly number[] {
  const end = whole + 30;
  const early = times(20);
  const wide = Array.from({ length: early }, (_, index) => 1 + Math.floor(((whole - 100) * index) / early));
  const close = Array.from({ length: times(26) }, (_, index) => end - Math.floor((130 * index) / times(26)));
  return [...new Set([...wide, ...close.reverse()])].filter((bytes) => bytes > 0);
}

async function cutterFor(subject: PushSubject): Promise<Cutter> {
  const { host, port } = subject.settings();
  const cutter = await startCutter({ host: String(host), port: Number(port) });
  onTestFinished(() => cutter.stop());
  return cutter;
}
