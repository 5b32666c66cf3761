/** Who is there: the chat, a department, an operator. Kept for some seconds, since whoever looks looks again. */
import type { CallContext, SourceRecord } from '../../src/contract/index.ts';
import { textOf } from '../../src/contract/index.ts';
import { asFailure } from '../../src/kit/web/index.ts';
import type { ChatApi } from './api.ts';
import type { KeptList } from './catalog.ts';
import { SYSTEM } from './failures.ts';

const KEEP_MS = 15_000;
/** Each takes a request. A list that staff choose from is no longer. */
const MOST_ASKED = 60;

const CALLS = { departments: 'isonlinedepartment', operators: 'isonlineuser' } as const;

/** The states of one source. */
export class States {
  readonly #api: ChatApi;
  readonly #kept = new Map<string, { readonly online: boolean; readonly at: number }>();

  constructor(api: ChatApi) {
    this.#api = api;
  }

  /** `/restapi/isonline`. @throws {SourceError} */
  async general(context: CallContext): Promise<boolean> {
    return await this.#ask('isonline', context);
  }

  /**
   * The records with `online` and `state`. Of one that is switched off nobody asks. Where it cannot be known the record has
   * neither, and staff are told.
   * @param isNeeded whether nothing is found without it
   * @throws {SourceError} when it is needed, and cannot be known
   */
  async of(
    list: KeptList,
    records: readonly SourceRecord[],
    isNeeded: boolean,
    context: CallContext,
  ): Promise<readonly SourceRecord[]> {
    const asked = records.filter(({ disabled }) => disabled !== true);
    if (asked.length > MOST_ASKED) {
      context.notice?.(`whether they are online is told of the first ${MOST_ASKED} ${list} only`, isNeeded);
    }
    const some = asked.slice(0, MOST_ASKED);
    try {
      const states = await Promise.all(
        some.map((record) => this.#ask(`${CALLS[list]}/${encodeURIComponent(textOf(record['id']))}`, context)),
      );
      const byRecord = new Map(some.map((record, at) => [record, states[at]]));
      return records.map((record) => withState(record, record['disabled'] === true ? false : byRecord.get(record)));
    } catch (error) {
      if (isNeeded || asFailure(error, SYSTEM) === undefined || context.signal.aborted) throw error;
      context.notice?.(`whether ${list} are online is not known: it could not be asked`);
      return records;
    }
  }

  async #ask(call: string, context: CallContext): Promise<boolean> {
    const kept = this.#kept.get(call);
    if (kept !== undefined && performance.now() - kept.at < KEEP_MS) return kept.online;
    const online = await this.#api.isOnline(call, context);
    this.#kept.set(call, { online, at: performance.now() });
    return online;
  }
}

/** @param online undefined: not known */
export function withState(record: SourceRecord, online: boolean | undefined): SourceRecord {
  return online === undefined ? record : { ...record, online, state: online ? 'online' : 'offline' };
}
