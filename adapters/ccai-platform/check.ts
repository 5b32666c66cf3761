/** Whether CCAI Platform lets the source in, and what its staff would miss. */
import { type CallContext, type Log, SourceError, type SourceState } from '../../src/contract/index.ts';
import type { Api } from './api.ts';
import { THINGS, type Thing } from './conversation.ts';
import type { ListFinder } from './lists.ts';

/** Checks one source. */
export class Checker {
  readonly #api: Api;
  readonly #list: ListFinder | undefined;
  readonly #log: Log;
  #warnings: readonly string[] = [];

  /** @param list undefined: the source gives calls and chats */
  constructor(api: Api, list: ListFinder | undefined, log: Log) {
    this.#api = api;
    this.#list = list;
    this.#log = log;
  }

  /** What the last check found though the platform answers. */
  get state(): SourceState {
    return { warnings: this.#warnings, leftOut: 0 };
  }

  /** Some of what the source gives proves subdomain and token. @throws {SourceError} */
  async check(context: CallContext): Promise<void> {
    context.signal.throwIfAborted();
    if (this.#list !== undefined) {
      this.#log.info({ records: await this.#list.check(context) }, 'CCAI Platform answers');
      return;
    }
    const results = await Promise.all(THINGS.map((thing) => this.#missing(thing, context)));
    const failures = results.flatMap((one) => (one === undefined ? [] : [one]));
    const [first] = failures;
    if (first !== undefined && failures.length === THINGS.length) throw first.error;
    this.#warnings = failures.map(({ thing, error }) => {
      const why = error.remedy === undefined ? error.message : `${error.message} (${error.remedy})`;
      return `it does not give its ${thing}, so its index cannot be filled: ${why}`;
    });
    this.#log.info({}, 'CCAI Platform answers');
  }

  async #missing(thing: Thing, context: CallContext): Promise<{ thing: Thing; error: SourceError } | undefined> {
    try {
      await this.#api.page(thing, { 'updated_at[from]': new Date(this.#api.clock.now).toISOString() }, context, 1);
      return undefined;
    } catch (error) {
      if (!(error instanceof SourceError) || context.signal.aborted) throw error;
      return { thing, error };
    }
  }
}
