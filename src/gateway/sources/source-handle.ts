/**
 * One configured source: opened when it is first needed, kept open, opened
 * again after a failure, and closed when nobody uses it any more.
 */

import { resolve } from 'node:path';
import {
  type CallContext,
  type FindQuery,
  type Log,
  logWith,
  type Source,
  type SourceRecord,
  type SourceState,
  untilAborted,
  withDeadlineWithin,
} from '../../contract/index.ts';
import { asSourceError, failureFields } from '../failure.ts';
import type { SourcePlan } from '../plan.ts';
import { boundedRecords } from './bounded-records.ts';
import { SourceValues } from './source-values.ts';

// An opening that hangs (a name server, a half-open firewall) is given up, so that the next call tries afresh.
const OPENING_LIMIT_MS = 30_000;
// Closing is a courtesy to the other system; it must not hold up a shutdown.
const CLOSING_LIMIT_MS = 2_000;

/** A source with its life cycle. */
export class SourceHandle {
  readonly plan: SourcePlan;
  readonly #log: Log;
  readonly #values: SourceValues;
  #opening: Promise<Source> | undefined;
  #source: Source | undefined;
  readonly #ending = new AbortController();
  #inHand = 0;
  #retired = false;
  #idle: (() => void) | undefined;

  constructor(plan: SourcePlan, log: Log) {
    this.plan = plan;
    this.#log = logWith(log, { source: plan.name });
    this.#values = new SourceValues(plan, this.#log);
  }

  /**
   * Runs one operation on the open source. It ends when `context.signal` or the
   * source's own time-out says so, whatever the adapter does.
   * @throws {SourceError | UserError} or what the adapter threw, if that is a bug
   */
  async call<T>(context: CallContext, operation: (source: Source, context: CallContext) => Promise<T>): Promise<T> {
    this.#inHand += 1;
    try {
      return await this.#limited(context, (limited) => untilAborted(this.#run(limited, operation), limited.signal));
    } finally {
      this.#inHand -= 1;
      if (this.#inHand === 0) this.#idle?.();
    }
  }

  /**
   * The records that the source finds, within the limits of an answer; `context.notice` is told what is missing.
   * @param user what asks, for the message: "lookup"
   * @throws as {@link call}
   */
  async find(query: FindQuery, context: CallContext, user: string): Promise<readonly SourceRecord[]> {
    const records = await this.call(context, (opened, limited) => this.#values.find(opened, query, limited, user));
    return boundedRecords(records, query.limit, (sentence) => context.notice?.(sentence));
  }

  /** What the source says of its data; undefined when it says nothing, or is not open. */
  state(): SourceState | undefined {
    return this.#source?.state?.();
  }

  /** Lets a source that reads its data beforehand begin with it. Who asks meanwhile waits for the same reading. */
  readAhead(): void {
    if (this.plan.adapter.readsAhead !== true) return;
    const { signal } = this.#ending;
    this.call({ signal, reference: '' }, (source, limited) => source.check(limited)).catch((error: unknown) => {
      if (!signal.aborted) this.#log.warn(failureFields(error), 'the source is not ready');
    });
  }

  /** Closes the source as soon as the calls in hand have ended. No call may follow. */
  async retire(): Promise<void> {
    this.#retired = true;
    this.#ending.abort(new Error('the source is closed'));
    if (this.#inHand > 0) await new Promise<void>((done) => (this.#idle = done));
    const opening = this.#opening;
    this.#opening = undefined;
    if (opening !== undefined) await this.#close(opening);
  }

  async #run<T>(context: CallContext, operation: (source: Source, context: CallContext) => Promise<T>): Promise<T> {
    return operation(await this.#open(), context);
  }

  async #limited<T>(context: CallContext, work: (context: CallContext) => Promise<T>): Promise<T> {
    const what = `source ${this.plan.name}`;
    const { timeoutMs } = this.plan;
    try {
      if (timeoutMs === undefined) return await work(context);
      return await withDeadlineWithin(timeoutMs, context.signal, async (signal) => {
        try {
          return await work({ ...context, signal });
        } catch (error) {
          throw asSourceError(error, signal, what);
        }
      });
    } catch (error) {
      throw asSourceError(error, context.signal, what);
    }
  }

  #open(): Promise<Source> {
    if (this.#retired) throw new Error(`source ${this.plan.name} is used after its end`);
    this.#opening ??= this.#openAfresh();
    return this.#opening;
  }

  #openAfresh(): Promise<Source> {
    const { adapter, settings, name, directory } = this.plan;
    const services = { name, log: this.#log, resolve: (path: string) => resolve(directory, path) };
    const asked = (async () => adapter.open(settings, services))();
    const opening = withDeadlineWithin(OPENING_LIMIT_MS, undefined, (signal) => untilAborted(asked, signal));
    opening.then(
      (source) => {
        this.#source = source;
      },
      () => {
        if (this.#opening === opening) this.#opening = undefined;
        // It may yet open when nobody waits for it any more.
        asked.then((late) => late.close?.()).catch(() => undefined);
      },
    );
    return opening;
  }

  async #close(opening: Promise<Source>): Promise<void> {
    try {
      const source = await opening;
      await withDeadlineWithin(CLOSING_LIMIT_MS, undefined, (signal) =>
        untilAborted(source.close?.() ?? Promise.resolve(), signal),
      );
    } catch (error) {
      this.#log.debug({ problem: String(error) }, 'the source did not close in order');
    }
  }
}
