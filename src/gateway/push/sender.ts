/** Sends claimed pushes and writes down what became of them. */

import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { inBackground, redact, SourceError, UserError, withDeadlineWithin } from '../../contract/index.ts';
import { discretion, valuesOf } from '../call-values.ts';
import { failureFields, failureKind } from '../failure.ts';
import { newReference } from '../reference.ts';
import type { SourceHandle } from '../sources/source-handle.ts';
import type { StretchEnds } from '../telemetry.ts';
import { attemptPush } from './attempt.ts';
import { type TargetTurn, tellAttempt, tellTurn } from './attempt-log.ts';
import type { PushHost } from './host.ts';
import type { AttemptResult, ClaimedPush, Ledger } from './ledger.ts';
import type { PushTargetPlan } from './plan.ts';
import type { PushRow } from './push-row.ts';
import { resultOf, Setback, troubleOf, type Verdict } from './schedule.ts';
import type { MemoryChange } from './target-memory.ts';
import { TargetQueue } from './target-queue.ts';

/** An attempt may take longer than staff wait: a slow answer is better than none. Milliseconds. */
const ATTEMPT_LIMIT_MS = 30_000;
/** A full disk is tried again so often. */
const WRITE_AGAIN_MS = 1_000;

/** The attempts of this process. */
export class PushSender {
  readonly #host: PushHost;
  readonly #ledger: Ledger;
  /** A keyed queue: the key is the target. */
  readonly #queues = new Map<string, TargetQueue>();
  readonly #underWay = new Map<string, Promise<unknown>>();
  /** What staff were promised while it was being sent. */
  readonly #promised = new Set<string>();
  readonly #end = new AbortController();

  constructor(host: PushHost, ledger: Ledger) {
    this.#host = host;
    this.#ledger = ledger;
    // Every attempt under way listens, four for each target; more is no leak.
    setMaxListeners(0, this.#end.signal);
  }

  queue(target: string): TargetQueue {
    const queue = this.#queues.get(target) ?? new TargetQueue();
    this.#queues.set(target, queue);
    return queue;
  }

  /**
   * Sends a push that this process has claimed. @returns how it stands afterwards; what could not be written
   * down yet is being written down. Never rejects.
   * @param isAwaited whether staff wait for it: what comes from the queue lets them go first
   */
  async send(push: ClaimedPush, plan: PushTargetPlan, isAwaited: boolean): Promise<PushRow> {
    const { id, target } = push.row;
    const queue = this.queue(target);
    queue.began();
    const attempted = this.#attempt(push, plan, isAwaited);
    const result = attempted.then((attempt) => attempt.result);
    const written = attempted.then((attempt) => this.#settle(push.row, attempt, plan));
    const ended = written
      .catch((error) => this.#writeLater(push.row, attempted, plan, error))
      .finally(() => {
        queue.ended();
        this.#underWay.delete(id);
        this.#promised.delete(id);
      });
    this.#underWay.set(id, ended);
    await written.catch(() => undefined);
    return afterwards(push.row, await result);
  }

  /** Another configuration is in force: what failed because of the old one is due, and no queue is paused. Never rejects. */
  async reload(): Promise<void> {
    for (const queue of this.#queues.values()) queue.reset();
    const plans = [...this.#host.plan().push.values()];
    await Promise.all(plans.map((plan) => this.#learn(plan.name, () => undefined).then(() => this.#hurry(plan, []))));
  }

  /** The configuration was read: what wanted no pushes any more is tried once more. @throws {StoreError} */
  async begin(): Promise<void> {
    const change: MemoryChange = (known) => (known?.gone === undefined ? known : undefined);
    await Promise.all([...this.#host.plan().push.keys()].map((target) => this.#ledger.learn({ target, change })));
  }

  /** Says of what waits for a target that wants no pushes any more, why nothing is sent. @throws {StoreError} */
  async explainIfGone({ name, source }: PushTargetPlan): Promise<void> {
    const { gone } = this.queue(name);
    if (gone === undefined) return;
    const [newest] = await this.#ledger.list({ target: name, states: ['waiting'], limit: 1 });
    const trouble = troubleOf(this.#host.source(source).plan.title, gone);
    if (newest !== undefined && newest.trouble?.kind !== trouble.kind) await this.#ledger.explain(name, trouble);
  }

  /** Whether this process sends it, or has not written down yet how that ended. */
  isUnderWay(id: string): boolean {
    return this.#underWay.has(id);
  }

  /** HelpSpot got our id: from now on the gateway owes the push. */
  promise(id: string): Promise<PushRow | undefined> {
    if (this.#underWay.has(id)) this.#promised.add(id);
    return this.#ledger.promise(id);
  }

  /** Waits for the attempts under way; after `graceMs` they are broken off, and looked into after the next start. */
  async close(graceMs: number): Promise<void> {
    const ended = Promise.all(this.#underWay.values());
    const late = new AbortController();
    await Promise.race([ended, wait(graceMs, undefined, { signal: late.signal }).catch(() => undefined)]);
    late.abort();
    this.#end.abort(new Setback('interrupted', 'the gateway was stopped while it was sending'));
    await ended;
  }

  async #attempt({ row, request }: ClaimedPush, plan: PushTargetPlan, isAwaited: boolean): Promise<Attempted> {
    // Staff have read it, or the log has it where the push was taken: one reference leads to every line.
    const reference = row.reference === '' ? newReference() : row.reference;
    const began = performance.now();
    const source = this.#source(plan);
    const { gone } = this.queue(row.target);
    const giveUpAt = performance.now() + (row.giveUpAt - this.#ledger.now());
    const { unsure, insisted } = row;
    const awaited = isAwaited ? gone : undefined;
    const refusal = source === undefined ? new UserError('the push target has been taken away') : awaited;
    const verdict: Verdict =
      source === undefined || refusal !== undefined
        ? { kind: 'failed', error: refusal, unsure, insisted, mayHaveArrived: false, mendable: true }
        : await this.#followed(row, source, reference, () =>
            withDeadlineWithin(ATTEMPT_LIMIT_MS, this.#end.signal, (limited) => {
              const context = { signal: isAwaited ? limited : inBackground(limited), reference };
              return attemptPush({ row, request }, plan, source, context, this.#ledger);
            }),
          );
    const owed = row.owed || this.#promised.has(row.id);
    const keepBody = this.#host.plan().store.keepBodies;
    const title = source?.plan.title ?? plan.name;
    const { log, secrets } = this.#host.plan();
    // Nothing of an alert is a customer's value, and why it failed must be readable.
    const withoutPushed = discretion(log, row.isAlert ? [] : [...valuesOf(request)]);
    // Before anything is cut: half a secret is no longer known as one.
    const discreet = (text: string) => withoutPushed(redact(text, secrets));
    const result = resultOf(verdict, { ...row, owed }, plan, {
      ...{ title, keepBody, now: this.#ledger.now(), giveUpInMs: giveUpAt - performance.now(), discreet },
    });
    tellAttempt(this.#host, row, verdict, result, { reference, discreet, now: this.#ledger.now() });
    return {
      result: { ...result, tookMs: performance.now() - began },
      verdict: withoutValues(verdict, discreet),
    };
  }

  /** Writes down how an attempt ended, and what that says of the target. @throws {StoreError} */
  async #settle(row: PushRow, { result, verdict }: Attempted, plan: PushTargetPlan): Promise<void> {
    const { id, target } = row;
    const queue = this.queue(target);
    const turns: (TargetTurn & { readonly again: readonly string[] | undefined })[] = [];
    const change: MemoryChange = (known, now) => {
      queue.learn(known);
      const before = queue.standing;
      const fault = verdict.kind === 'done' ? 'push' : queue.failed(id, verdict.error, plan.retry, now);
      const again = fault === 'push' ? queue.answered(id, now) : undefined;
      turns.push({ before, after: queue.standing, again });
      return queue.memory;
    };
    await this.#ledger.settle(row, result, { target, change });
    // The last is what was written down.
    const turn = turns.at(-1);
    if (turn === undefined) return;
    tellTurn(this.#host.log, row, turn);
    // It is back: what waited for that need not wait any longer.
    if (turn.again !== undefined) void this.#hurry(plan, turn.again);
  }

  #followed(row: PushRow, { plan }: SourceHandle, reference: string, work: () => Promise<Verdict>): Promise<Verdict> {
    const { target, id: push, attempts: attempt } = row;
    const { name: source, adapter, traceparent: passesOn = false } = plan;
    const about = { target, push, attempt, source, adapter: adapter.name, passesOn };
    return this.#host.events.trace(() => ({ kind: 'attempt', reference, ...about }), work, ATTEMPT_ENDS);
  }

  /** Undefined when a reload has taken it away since the push was claimed. */
  #source(plan: PushTargetPlan): SourceHandle | undefined {
    return this.#host.plan().sources.has(plan.source) ? this.#host.source(plan.source) : undefined;
  }

  /** Never rejects. */
  #learn(target: string, change: MemoryChange): Promise<void> {
    return this.#ledger.learn({ target, change }).catch((error) => this.#cannotWrite(target, error));
  }

  /** Never rejects. */
  #hurry({ name: target, retry }: PushTargetPlan, except: readonly string[]): Promise<void> {
    return this.#ledger.hurry(target, retry.firstMs, except).catch((error) => this.#cannotWrite(target, error));
  }

  #cannotWrite(target: string, error: unknown): void {
    this.#host.log.error({ target, ...failureFields(error) }, 'the store cannot be written');
  }

  /** The disk is full, or the file is locked: what is known must not be lost while the process lives. */
  async #writeLater(row: PushRow, attempted: Promise<Attempted>, plan: PushTargetPlan, error: unknown): Promise<void> {
    this.#host.log.error(
      { push: row.id, ...failureFields(error) },
      'how a push ended cannot be written down; tried again',
    );
    while (!this.#end.signal.aborted) {
      await wait(WRITE_AGAIN_MS, undefined, { signal: this.#end.signal }).catch(() => undefined);
      const written = await this.#settle(row, await attempted, plan).then(
        () => true,
        () => false,
      );
      if (written) return;
    }
  }
}

/** An attempt that has ended. */
interface Attempted {
  readonly result: AttemptResult;
  readonly verdict: Verdict;
}

const ATTEMPT_ENDS: StretchEnds<Verdict> = {
  answered: (verdict) => {
    if (verdict.kind === 'done') return { outcome: 'done', isFailed: false };
    const { error } = verdict;
    return { outcome: error instanceof Setback ? error.kind : failureKind(error), isFailed: true };
  },
  failed: () => ({ outcome: 'bug', isFailed: true }),
};

/** What staff are told of the row once the result is written. */
function afterwards(row: PushRow, result: AttemptResult): PushRow {
  const { state } = result;
  if (result.state === 'done') return { ...row, state, trouble: undefined, receipt: result.receipt };
  return { ...row, state, trouble: result.trouble };
}

/** The queue tells others of a failure, who must not read what was pushed in this one. */
function withoutValues(verdict: Verdict, discreet: (text: string) => string): Verdict {
  if (verdict.kind === 'done' || !(verdict.error instanceof SourceError)) return verdict;
  const { kind, remedy, retryAfterMs, staffWords, unsent, lasting, gone } = verdict.error;
  const options = { remedy: remedy && discreet(remedy), retryAfterMs, staffWords, unsent, lasting, gone };
  return { ...verdict, error: new SourceError(kind, failureFields(verdict.error, discreet).problem, options) };
}
