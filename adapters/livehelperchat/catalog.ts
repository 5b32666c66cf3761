/** The departments and operators of a Live Helper Chat, kept for a while: they change seldom. */
import {
  type CallContext,
  DeadlineExceeded,
  type Log,
  SourceError,
  type SourceField,
  type SourceRecord,
  withDeadlineWithin,
} from '../../src/contract/index.ts';
import { ago } from '../../src/kit/text/index.ts';
import { type Data, idAt, listAt, textAt } from './answer.ts';
import type { ChatApi } from './api.ts';
import { SYSTEM, unexpected } from './failures.ts';
import { type Forms, fieldsOfForms, filled, valuesOf } from './values.ts';

/** A list that is there already is not waited for longer. */
const PATIENCE_MS = 2_000;
/** What failed is not asked for again sooner: the chat is down, or may not give it. */
const PAUSE_MS = 15_000;
/** An older list names too much that has changed since. */
const OLDEST_MS = 86_400_000;
/** More would be no list that anybody chooses from. */
const MOST_ITEMS = 5_000;

const DEPARTMENT: Forms = {
  ...{
    id: 'code',
    name: 'text',
    email: 'email',
    identifier: 'code',
    disabled: 'yes',
    hidden: 'yes',
    priority: 'number',
  },
  ...{ active_chats_counter: 'number', pending_chats_counter: 'number', bot_chats_counter: 'number' },
};
// Not what signs in: the API takes the password out, and leaves the session.
const OPERATOR: Forms = {
  ...{ id: 'code', username: 'text', email: 'email', surname: 'name', chat_nickname: 'name', job_title: 'text' },
  ...{ disabled: 'yes', hide_online: 'yes', all_departments: 'yes', time_zone: 'text' },
};

/** One list. */
interface Shape {
  /** Below `/restapi/`. */
  readonly call: string;
  readonly right: string;
  readonly fields: readonly SourceField[];
  toRecord(item: Data): SourceRecord;
}

/** The lists by their names. */
export type KeptList = 'departments' | 'operators';

/** Of each list, what it is. */
export const SHAPES: Readonly<Record<KeptList, Shape>> = {
  departments: {
    call: 'departments',
    right: 'lhdepartment,list',
    fields: fieldsOfForms({ department_id: 'code', department: 'text', ...DEPARTMENT }),
    toRecord(item) {
      const own = valuesOf(item, DEPARTMENT);
      return filled([['department_id', own['id']], ['department', own['name']], ...Object.entries(own)]);
    },
  },
  operators: {
    call: 'getusers',
    right: 'lhuser,userlist',
    fields: [
      ...fieldsOfForms({ user_id: 'code', agent: 'name', name: 'name', first_name: 'name', last_name: 'name' }),
      ...fieldsOfForms(OPERATOR),
    ],
    toRecord(item) {
      const own = valuesOf(item, OPERATOR);
      const names = [textAt(item, 'name'), textAt(item, 'surname')].filter((name) => name !== undefined);
      const name = names.length === 0 ? textAt(item, 'username') : names.join(' ');
      return filled([
        ['user_id', own['id']],
        // As visitors read it, and as chats have it: `name_support` of the vendor.
        ['agent', own['chat_nickname'] ?? name],
        ['name', name],
        ['first_name', textAt(item, 'name')],
        ['last_name', own['surname']],
        ...Object.entries(own),
      ]);
    },
  },
};

interface Kept {
  readonly records: readonly SourceRecord[];
  /** As `Date.now()` has it. */
  readonly at: number;
}

/** The lists of one source. Equal questions at the same time are one, which the HTTP client sees to. */
export class Catalog {
  readonly #api: ChatApi;
  readonly #keepMs: number;
  readonly #log: Log;
  readonly #kept = new Map<KeptList, Kept>();
  readonly #failed = new Map<KeptList, { readonly error: SourceError; readonly until: number }>();

  constructor(api: ChatApi, keepMs: number, log: Log) {
    this.#api = api;
    this.#keepMs = keepMs;
    this.#log = log;
  }

  /**
   * A list; an old one, of which staff are told, while Live Helper Chat does not give it.
   * @throws {SourceError} when there is none
   */
  async list(name: KeptList, context: CallContext): Promise<readonly SourceRecord[]> {
    const kept = this.#kept.get(name);
    if (kept !== undefined && Date.now() - kept.at < this.#keepMs) return kept.records;
    const failed = this.#failed.get(name);
    if (failed !== undefined && performance.now() < failed.until) return this.#instead(name, failed.error, context);
    try {
      if (kept === undefined) return await this.fetchNow(name, context);
      return await withDeadlineWithin(PATIENCE_MS, context.signal, (signal) =>
        this.fetchNow(name, { ...context, signal }),
      );
    } catch (error) {
      const failure = context.signal.aborted ? undefined : asFailure(error);
      if (failure === undefined) throw error;
      this.#failed.set(name, { error: failure, until: performance.now() + PAUSE_MS });
      this.#log.warn({ list: name, problem: failure.message }, 'a list of Live Helper Chat cannot be read');
      return this.#instead(name, failure, context);
    }
  }

  /** The same, asked for now. @throws {SourceError} */
  async fetchNow(name: KeptList, context: CallContext): Promise<readonly SourceRecord[]> {
    const { call, toRecord } = SHAPES[name];
    const items = listAt(await this.#api.ask(call, {}, context), 'result');
    if (items === undefined) throw unexpected(`${call} without a list`);
    if (items.length > MOST_ITEMS) context.notice?.(`only the first ${MOST_ITEMS} ${name} are looked at`, true);
    const records = items
      .filter((item) => idAt(item, 'id') !== undefined)
      .slice(0, MOST_ITEMS)
      .map(toRecord);
    this.#kept.set(name, { records, at: Date.now() });
    this.#failed.delete(name);
    return records;
  }

  #instead(name: KeptList, error: SourceError, context: CallContext): readonly SourceRecord[] {
    const kept = this.#kept.get(name);
    if (kept === undefined || Date.now() - kept.at > OLDEST_MS) throw error;
    context.notice?.(`the ${name} are those of ${ago(kept.at)}, since ${SYSTEM} does not give them now`);
    return kept.records;
  }
}

/** A failure of the system; undefined for anything else. */
export function asFailure(error: unknown): SourceError | undefined {
  if (error instanceof SourceError) return error;
  return error instanceof DeadlineExceeded ? new SourceError('timeout', `${SYSTEM} did not answer in time`) : undefined;
}
