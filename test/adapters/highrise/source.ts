/** A source for Highrise and the Highrise that it is for. */

import { expect, onTestFinished } from 'vitest';
import highrise from '../../../adapters/highrise/index.ts';
import { type CallContext, withDeadline } from '../../../src/contract/index.ts';
import type { FaultTarget } from '../../support/fault-target.ts';
import { type HighriseOptions, startHighrise } from '../../support/highrise/server.ts';
import type { Fault } from '../../support/http/stand-in.ts';
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

const XML = { 'content-type': 'application/xml' };

const NONE: Fault = { delayMs: 0 };
const NOBODY: FaultTarget['more'][number] = [
  { status: 201, body: '<person/>' },
  { kind: 'bad-response', message: 'Highrise answered with 201 and no person' },
];

/** A push for somebody new: the search, recent changes, the person, the note. */
const highriseAt = (step: 'person' | 'note'): FaultTarget => ({
  name: `Highrise, at the ${step}`,
  adapter: highrise,
  async open() {
    const { target, account, http, made } = await openHighrise();
    // As in the worst case: the search does not know who was just made.
    account.searchLags = true;
    const receipt = () => ({ id: String(account.people[0]?.id) });
    const person = step === 'person' ? 0 : 1;
    return { target, http, made: () => account.people.length - person + made.length, receipt };
  },
  settings: (url) => ({ url, token: 'abc' }),
  before: step === 'person' ? [NONE, NONE] : [NONE, NONE, NONE],
  ...(step === 'person' && { whole: 2 }),
  more: [
    [
      { status: 503, headers: { 'retry-after': '7' } },
      { kind: 'rate-limited', retryAfterMs: 7_000 },
    ],
    [
      { status: 401, body: 'HTTP Basic: Access denied.' },
      { kind: 'unauthorized', message: expect.stringContaining('Access denied') },
    ],
    [{ status: 404, body: 'The record could not be found' }, { kind: 'rejected' }],
    [
      { status: 422, headers: XML, body: '<errors><error>A is bad</error><error>B &amp; C</error></errors>' },
      {
        kind: 'rejected',
        message: expect.stringMatching(/^Highrise answered 422 to POST \/people\S*\.xml: A is bad; B & C$/),
      },
    ],
    [{ status: 507 }, { kind: 'rejected', message: 'the Highrise account is full: no more people can be made (507)' }],
    ...(step === 'person' ? [NOBODY] : []),
    [{ status: 302, headers: { location: 'https://launchpad.37signals.com/signin' } }, { kind: 'unauthorized' }],
    [{ status: 302, headers: { location: '/login' } }, { kind: 'unauthorized' }],
    [
      { status: 302, headers: { location: 'https://127.0.0.1/people.xml' } },
      { kind: 'rejected', remedy: 'write https://127.0.0.1 as the url of the source' },
    ],
  ],
});

/** For the table of faults. */
export const highriseFaults = [highriseAt('person'), highriseAt('note')];
