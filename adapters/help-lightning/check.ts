/** Whether Help Lightning lets the source in, and what its staff would miss. */
import { type CallContext, type Log, SourceError, type SourceState } from '../../src/contract/index.ts';
import type { Api, ListedThing } from './api.ts';
import type { Settings } from './settings.ts';

/** Checks one source. */
export class Checker {
  readonly #api: Api;
  readonly #settings: Settings;
  readonly #log: Log;
  #warnings: readonly string[] = [];

  constructor(api: Api, settings: Settings, log: Log) {
    this.#api = api;
    this.#settings = settings;
    this.#log = log;
  }

  /** What the last check found though Help Lightning answers. */
  get state(): SourceState {
    return { warnings: this.#warnings, leftOut: 0 };
  }

  /** One of what the source gives proves key and token. @throws {SourceError} */
  async check(context: CallContext): Promise<void> {
    context.signal.throwIfAborted();
    const { list } = this.#settings;
    const thing = list === 'users' ? 'users' : 'calls';
    const total = await this.#count(thing, context);
    const none = `it gives no ${thing} at all; if there are some, the token is for another site`;
    this.#warnings = [...(total === 0 ? [none] : []), ...(list === undefined ? await this.#withoutUsers(context) : [])];
    this.#log.info({ [thing]: total }, 'Help Lightning answers');
  }

  async #count(thing: ListedThing, context: CallContext): Promise<number> {
    const { entries, total } = await this.#api.page(thing, { filter: undefined, page: 1, size: 1 }, context);
    return Math.max(entries.length, total ?? 0);
  }

  /** Calls have no mail: it is that of the user. */
  async #withoutUsers(context: CallContext): Promise<readonly string[]> {
    try {
      await this.#count('users', context);
      return [];
    } catch (error) {
      if (!(error instanceof SourceError) || context.signal.aborted) throw error;
      const why = error.remedy === undefined ? error.message : `${error.message} (${error.remedy})`;
      return [`it does not give its users, so calls cannot be searched by mail or name: ${why}`];
    }
  }
}
