/** A source for Highrise and the Highrise that it is for. */

import { onTestFinished } from 'vitest';
import highrise from '../../../adapters/highrise/index.ts';
import { type CallContext, withDeadline } from '../../../src/contract/index.ts';
import { type HighriseOptions, startHighrise } from '../../support/highrise/server.ts';
import { context } from '../../support/open-source.ts';
import { openTarget } from '../../support/push-source.ts';

/** Starts one, and opens a source for it; both end with the test. */
export async function openHighrise(options: HighriseOptions = {}, more: object = {}) {
  const house = await startHighrise(options);
  onTestFinished(() => house.close());
  const opened = await openTarget(highrise, { ...house.settings, ...more });
  const { find, findPush, details } = opened;
  if (find === undefined || findPush === undefined || details === undefined) throw new Error('it can do all of them');
  return { ...house, target: { ...opened, find, findPush, details } };
}

/** A call that keeps what it is told. */
export function noting(): CallContext & { readonly notices: string[] } {
  const notices: string[] = [];
  return { ...context(), notices, notice: (sentence) => void notices.push(sentence) };
}

/** Does something within a deadline that the adapter knows. */
export function within<T>(milliseconds: number, work: (context: CallContext) => Promise<T>): Promise<T> {
  return withDeadline(milliseconds, new AbortController(), (signal) => work({ signal, reference: 'test' }));
}
