/** A source's life: opened when it is first needed, kept open, opened again after a failure, and closed when nobody uses it any more. */
import { resolve } from 'node:path';
import {
  type CallContext,
  type ListBatch,
  type ListQuery,
  type Log,
  type Source,
  UserError,
  untilAborted,
  withDeadlineWithin,
} from '../../contract/index.ts';
import { asSourceError } from '../failure.ts';
import type { SourcePlan } from '../plan.ts';

// An opening that hangs (a name server, a half-open firewall) is given up, so that the next call tries afresh.
const OPENING_LIMIT_MS = 30_000;
// Closing is a courtesy to the other system; it must not hold up a shutdown.
const CLOSING_LIMIT_MS = 2_000;

/** @throws {Error} a bug of an adapter of other people, whose `open` gives no source */
function expectSource(source: Source | undefined, adapter: string): Source {
  if (typeof source?.check === 'function') return source;
  throw new Error(`open of the adapter ${adapter} gave no source; it gives an object with the method "check"`);
}

/** What one configuration of a source has opened. */
export class OpenedSource {
  readonly #plan: SourcePlan;
  readonly #log: Log;
  #opening: Promise<Source> | undefined;
  #source: Source | undefined;
  #inHand = 0;
  #isClosed = false;
  #idle: (() => void) | undefined;

  constructor(plan: SourcePlan, log: Log) {
    this.#plan = plan;
    this.#log = log;
  }

  /** What the adapter gave; undefined while nothing is open. */
  get current(): Source | undefined {
    return this.#source;
  }

  /** The open source. @throws {SourceError | UserError} or what the adapter threw, if that is a bug */
  ready(signal: AbortSignal): Promise<Source> {
    return untilAborted(this.#open(), signal);
  }

  /**
   * Runs one operation on the open source. It ends when `context.signal` or the
   * source's own time-out says so, whatever the adapter does.
   * @throws {SourceError | UserError} or what the adapter threw, if that is a bug
   */
  async call<T>(context: CallContext, operation: (source: Source, context: CallContext) => Promise<T>): Promise<T> {
    this.#inHand += 1;
    try {
      return await this.#limited(context, (limited) =>
        untilAborted(
          this.#open().then((source) => operation(source, limited)),
          limited.signal,
        ),
      );
    } finally {
      this.#leave();
    }
  }

  /** All its records. A run may take hours: no time-out of the source's own ends it, and `context.signal` does. */
  async *list(query: ListQuery, context: CallContext): AsyncGenerator<ListBatch, void> {
    const { signal } = context;
    const source = await this.ready(signal);
    if (source.list === undefined) {
      throw new UserError(`source ${this.#plan.name} cannot be listed, so it can have no index; take index out of it`);
    }
    this.#inHand += 1;
    const batches = source.list(query, context)[Symbol.asyncIterator]();
    try {
      while (true) {
        const next = await untilAborted(batches.next(), signal);
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      // It may hang: nobody waits for its end.
      batches.return?.().catch(() => undefined);
      this.#leave();
    }
  }

  /** Closes it as soon as the calls in hand have ended. No call may follow. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#inHand > 0) await new Promise<void>((done) => (this.#idle = done));
    const opening = this.#opening;
    this.#opening = undefined;
    if (opening === undefined) return;
    try {
      // One that has not opened yet is closed as soon as it has.
      const closing = opening.then((source) => source.close?.());
      await withDeadlineWithin(CLOSING_LIMIT_MS, undefined, (signal) => untilAborted(closing, signal));
    } catch (error) {
      this.#log.debug({ problem: String(error) }, 'the source did not close in order');
    }
  }

  #leave(): void {
    this.#inHand -= 1;
    if (this.#inHand === 0) this.#idle?.();
  }

  async #limited<T>(context: CallContext, work: (context: CallContext) => Promise<T>): Promise<T> {
    const { name, timeoutMs } = this.#plan;
    const what = `source ${name}`;
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

  async #open(): Promise<Source> {
    if (this.#isClosed) throw new Error(`source ${this.#plan.name} is used after its end`);
    this.#opening ??= this.#openAfresh();
    return this.#opening;
  }

  #openAfresh(): Promise<Source> {
    const { adapter, settings, name, directory } = this.#plan;
    const services = { name, log: this.#log, resolve: (path: string) => resolve(directory, path) };
    let asked: Promise<Source> | undefined;
    const opening = withDeadlineWithin(OPENING_LIMIT_MS, undefined, (signal) => {
      asked = (async () => expectSource(await adapter.open(settings, { ...services, signal }), adapter.name))();
      return untilAborted(asked, signal);
    });
    opening.then(
      (source) => {
        this.#source = source;
      },
      () => {
        if (this.#opening === opening) this.#opening = undefined;
        // It may yet open when nobody waits for it any more.
        asked?.then((late) => late.close?.()).catch(() => undefined);
      },
    );
    return opening;
  }
}
