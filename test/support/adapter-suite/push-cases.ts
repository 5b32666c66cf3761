/** What every adapter that pushes must do. Each case can be run alone, which is how the suite itself is tested. */
import { expect } from 'vitest';
import {
  type Adapter,
  type PushAbility,
  type PushReceipt,
  type PushRequest,
  type Source,
  SourceError,
  surelyNotDone,
} from '../../../src/contract/index.ts';
import { failureOf } from '../failure-of.ts';
import { pushRequest } from '../push-source.ts';
import { expectAway, expectNoTimers, timersOf } from './endings.ts';
import { expectRefusesUnknown, withoutDescription } from './settings.ts';
import { abortIn, contextOf, endingOf, expectGivenUp, type Outage } from './subject.ts';
import type { Trace } from './trace.ts';

/** A thing that a push has made, as a person finds it in the system. */
export interface PushedThing {
  /** As the receipt has it. */
  readonly id: string;
  /** All its texts: title, body, fields. */
  readonly text: string;
}

/** What a case of pushing works with. */
export interface PushSubject {
  readonly adapter: Adapter;
  readonly given: unknown;
  readonly ability: PushAbility;
  readonly source: Source;
  readonly trace: Trace;
  openAnother(): Promise<Source>;
  /** Everything that pushes have made so far. */
  made(): Promise<readonly PushedThing[]>;
  /** Of every push. */
  readonly fields: Readonly<Record<string, string>>;
  loseAnswer?(): Promise<void> | void;
  readonly outage: Outage | undefined;
  readonly promptMs: number;
}

const SILENT_FOR_MS = 100;
const TITLE = `Printer <b>on</b> fire & "more" 'too' 🚀`;
/** What authors look for in the source. */
const OF_ABILITY = ['idempotent', 'searchLagMs', 'whenUnclear'];
const SENTENCE = 'The printer on floor 3 is on fire.';

/** The cases by their names, which are the keys of `skip`. */
export const pushCases = {
  'has settings that refuse an unknown key, and describes each': async ({ adapter, given }) => {
    expectRefusesUnknown(adapter, given);
    expect(withoutDescription(adapter), 'settings without .describe("…")').toEqual([]);
  },

  'says what a push can carry': async ({ ability, source }) => {
    expect(source.push, 'push of the source, which its adapter says that it has').toBeTypeOf('function');
    const { fields, required = [], idempotent = false } = ability;
    if (fields !== 'any') {
      for (const [name, what] of Object.entries(fields)) expect(what.trim(), `what the field ${name} is`).not.toBe('');
      expect(Object.keys(fields), 'fields that are required').toEqual(expect.arrayContaining([...required]));
    }
    const both = idempotent && source.findPush !== undefined;
    for (const key of OF_ABILITY)
      expect(key in source, `${key} in the source: it stands in "push" of the adapter`).toBe(false);
    expect(both, 'a system that knows a repeated call by itself needs no findPush: leave one of the two out').toBe(
      false,
    );
  },

  'check succeeds': async ({ source }) => {
    await source.check(contextOf());
  },

  'makes one thing, whole, and says which': async (subject) => {
    const before = await subject.made();
    const request = requestOf(subject, { title: TITLE });
    const receipt = await push(subject, request);
    const [thing, ...others] = await madeSince(before, subject);
    expect(others, 'things that one push has made beside the first').toEqual([]);
    expect(thing?.id, 'the thing that was made, by the id of the receipt').toBe(receipt.id);
    expect(thing?.text, 'the texts of the thing').toContain(TITLE);
    for (const part of [SENTENCE, 'Please help.']) expect(thing?.text, 'the texts of the thing').toContain(part);
  },

  'each push makes a thing of its own': async (subject) => {
    const before = await subject.made();
    const receipts = await Promise.all([push(subject, requestOf(subject)), push(subject, requestOf(subject))]);
    expect(new Set(receipts.map(({ id }) => id)).size, 'ids of two pushes').toBe(2);
    const ids = (await madeSince(before, subject)).map(({ id }) => id);
    expect(ids.sort()).toEqual(receipts.map(({ id }) => id).sort());
  },

  'the same push again makes no second thing': async (subject) => {
    const before = await subject.made();
    const request = requestOf(subject);
    const first = await push(subject, request);
    const again = await push(subject, request);
    expect(again.id, 'the id of the same push, sent again').toBe(first.id);
    expect(await madeSince(before, subject), 'things made by one push that was sent twice').toHaveLength(1);
  },

  'what was made is found by its reference, and nothing else is': async (subject) => {
    const [first, second] = [requestOf(subject), requestOf(subject)];
    expect(await foundOf(subject, first), 'what is found before anything was pushed').toBeUndefined();
    const receipt = await push(subject, first);
    await push(subject, second);
    const { searchLagMs = 0 } = subject.ability;
    const timeout = searchLagMs + subject.promptMs;
    await expect.poll(async () => (await foundOf(subject, first))?.id, { timeout }).toBe(receipt.id);
    expect(await foundOf(subject, requestOf(subject)), 'what is found of a push that never was').toBeUndefined();
  },

  'an answer that is lost is no answer, and nothing is made twice': async (subject) => {
    const before = await subject.made();
    const request = requestOf(subject);
    const source = await subject.openAnother();
    try {
      await source.check(contextOf());
      await subject.loseAnswer?.();
      const { failure } = await pushBy(source, request).then(
        () => ({ failure: undefined }),
        (error: unknown) => ({ failure: error }),
      );
      if (failure === undefined) {
        // Where the system knows the same call again, the adapter may have sent it again by itself.
        expect(subject.ability.idempotent, 'a push went well whose answer was lost; `idempotent` of the adapter').toBe(
          true,
        );
      } else {
        expect(failure, 'what a push throws whose answer was lost').toBeInstanceOf(SourceError);
        const isCertain = surelyNotDone(failure);
        expect(isCertain, 'whether such a push certainly did nothing (unsent, or a kind that means no)').toBe(false);
      }
      await expect.poll(async () => (await madeSince(before, subject)).length, { timeout: subject.promptMs }).toBe(1);
      const found =
        subject.ability.idempotent === true ? await pushBy(source, request) : await foundOf(subject, request);
      const things = await madeSince(before, subject);
      expect(things, 'things made by one push').toHaveLength(1);
      if (canMend(subject)) expect(found?.id, 'the receipt that was lost').toBe(things[0]?.id);
    } finally {
      await source.close?.();
    }
  },

  'a system that is away is a SourceError, surely nothing was done, and it comes back': async (subject) => {
    const before = await subject.made();
    await subject.outage?.begin();
    let source: Source | undefined;
    const attempt = async () => {
      source ??= await subject.openAnother();
      return await pushBy(source, requestOf(subject));
    };
    try {
      const failure = await failureOf(attempt());
      expectAway(failure, 'push');
      expect(surelyNotDone(failure), 'whether nothing can have been done: unsent of the SourceError').toBe(true);
      await subject.outage?.end();
      expect(await madeSince(before, subject), 'things made while the system was away').toEqual([]);
      expectReceipt(await attempt(), subject);
    } finally {
      await subject.outage?.end();
      await source?.close?.();
    }
  },

  'a signal that has aborted rejects promptly, and nothing is made': async (subject) => {
    const before = await subject.made();
    const signal = AbortSignal.abort(new Error('the caller has gone'));
    await expectGivenUp('push', pushBy(subject.source, requestOf(subject), signal), subject.promptMs);
    expect(await madeSince(before, subject)).toEqual([]);
  },

  'a system that falls silent is given up when the signal aborts': async (subject) => {
    const source = await subject.openAnother();
    try {
      const { id } = await pushBy(source, requestOf(subject));
      await subject.outage?.silence?.();
      const controller = new AbortController();
      const context = contextOf(controller.signal);
      const calls = {
        push: pushBy(source, requestOf(subject), controller.signal),
        ...(source.findPush !== undefined && { findPush: source.findPush(requestOf(subject), context) }),
        ...(source.details !== undefined && { details: source.details(id, context) }),
      };
      await abortIn(SILENT_FOR_MS, controller, Object.values(calls));
      for (const [what, call] of Object.entries(calls)) {
        const ending = await endingOf(call, subject.promptMs);
        expect(ending, `${what} of a silent system, after its signal aborted: hand the signal on to every wait`).toBe(
          'rejected',
        );
      }
    } finally {
      await subject.outage?.end();
      await source.close?.();
    }
  },

  'details says how a thing stands, and nothing of one that is not there': async (subject) => {
    const { source } = subject;
    const { id } = await push(subject, requestOf(subject));
    const details = await source.details?.(id, contextOf());
    expect(details?.title.trim(), 'the title of the details').toBeTruthy();
    const other = `${id.slice(0, -1)}${id.endsWith('7') ? '8' : '7'}77`;
    expect(await source.details?.(other, contextOf()), `details of ${other}, which is not there`).toBeUndefined();
  },

  'closes in order, used or not': async ({ openAnother, outage, promptMs }) => {
    const before = outage?.connections?.() ?? 0;
    const timers = timersOf();
    const [unused, used] = [await openAnother(), await openAnother()];
    await unused.close?.();
    await used.check(contextOf());
    await used.close?.();
    const open = () => outage?.connections?.() ?? 0;
    await expect
      .poll(open, { timeout: promptMs, message: 'connections that close() has left' })
      .toBeLessThanOrEqual(before);
    await expectNoTimers(timers, promptMs);
  },
} satisfies Readonly<Record<string, (subject: PushSubject) => Promise<void>>>;

/** A key of {@link pushCases}. */
export type PushCaseName = keyof typeof pushCases;

/** Whether it can be found out what became of a push whose answer was lost. */
function canMend({ ability, source }: PushSubject): boolean {
  return ability.idempotent === true || source.findPush !== undefined;
}

function requestOf({ fields, ability }: PushSubject, more: Partial<PushRequest> = {}): PushRequest {
  const body = ability.format === 'html' ? `<p>${SENTENCE}</p><p>Please help.</p>` : `${SENTENCE}\n\nPlease help.`;
  const request = pushRequest({ body, fields: Object.freeze({ ...fields }), ...more });
  Object.freeze(request.values);
  // An adapter that changes what it is given fails here.
  return Object.freeze(request);
}

async function pushBy(source: Source, request: PushRequest, signal?: AbortSignal): Promise<PushReceipt> {
  if (source.push === undefined) throw new Error('the source has no `push`; this suite is for sources that have one');
  return await source.push(request, contextOf(signal));
}

async function push(subject: PushSubject, request: PushRequest): Promise<PushReceipt> {
  return expectReceipt(await pushBy(subject.source, request), subject);
}

function expectReceipt(receipt: PushReceipt, { ability }: PushSubject): PushReceipt {
  expect(receipt?.id, 'the id of the receipt').toBeTypeOf('string');
  expect(receipt.id.trim(), 'the id of the receipt').not.toBe('');
  if (ability.ids !== undefined)
    expect(receipt.id, 'the id of the receipt, by `ids` of the adapter').toMatch(ability.ids);
  if (receipt.link !== undefined) expect(receipt.link, 'the link of the receipt').toMatch(/^https?:\/\//);
  return receipt;
}

async function foundOf({ source }: PushSubject, request: PushRequest): Promise<PushReceipt | undefined> {
  return await source.findPush?.(request, contextOf());
}

async function madeSince(before: readonly PushedThing[], { made }: PushSubject): Promise<readonly PushedThing[]> {
  return (await made()).slice(before.length);
}
