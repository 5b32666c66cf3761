/** The lists of an account as sources: searched here, since they are here whole. */
import {
  type CallContext,
  type FindQuery,
  inOrder,
  type Log,
  SourceError,
  type SourceField,
  type SourceRecord,
} from '../../src/contract/index.ts';
import { type Data, isMetBy, KeptLists, type Sought, SoughtFields } from '../../src/kit/web/index.ts';
import { idAt } from './answer.ts';
import type { Api, Params } from './api.ts';
import { SYSTEM } from './failures.ts';
import type { ListName, Settings } from './settings.ts';
import * as shapes from './shapes.ts';

/** More would be no list that anybody chooses from; and each hundred takes a request. */
const MOST_ITEMS = 1_500;
/** What is true for this moment only; staff who look at the same time share it. */
const LIVE_MS = 15_000;

/** Lists that change seldom, and such as change all the time. */
type SeldomList = 'agents' | 'statuses' | 'teams' | 'menus';
type LiveList = 'menus/current_status' | 'agents/current_status' | 'sla';

const FIELDS: Readonly<Record<ListName, readonly SourceField[]>> = {
  ...{ queues: shapes.QUEUE_FIELDS, agents: shapes.AGENT_FIELDS, statuses: shapes.STATUS_FIELDS },
  ...{ teams: shapes.TEAM_FIELDS, menus: shapes.MENU_FIELDS, sla: shapes.SLA_FIELDS },
  activity: shapes.ACTIVITY_FIELDS,
};

/** The fields of a list. */
export function listFields(list: ListName): readonly SourceField[] {
  return FIELDS[list];
}

/** What {@link ListFinder} works with. */
export interface ListParts {
  readonly api: Api;
  readonly list: ListName;
  readonly settings: Settings;
  readonly log: Log;
}

/** Finds in one list. */
export class ListFinder {
  readonly #parts: ListParts;
  readonly #fields: SoughtFields;
  readonly #seldom: KeptLists<SeldomList>;
  readonly #live: KeptLists<LiveList>;

  constructor(parts: ListParts) {
    const { api, list, settings, log } = parts;
    this.#parts = parts;
    this.#fields = new SoughtFields(listFields(list), log);
    const common = { account: api.account, system: SYSTEM, most: MOST_ITEMS, log };
    this.#seldom = new KeptLists<SeldomList>({
      ...{ ...common, keepMs: settings.keep, pluralOf: (name) => name },
      read: (name, context) => this.#readSeldom(name, context),
    });
    this.#live = new KeptLists<LiveList>({
      ...{ ...common, keepMs: Math.min(LIVE_MS, settings.keep) },
      // Sources may ask for other minutes.
      ...(list === 'sla' && { variant: `${settings.slaBy} ${settings.minutes}` }),
      pluralOf: (name) => (name === 'sla' ? 'service levels' : 'figures of the moment'),
      read: (name, context) => this.#readLive(name, context),
    });
  }

  /** In the order of the platform, unless another is asked for. @throws {SourceError} */
  async find(query: FindQuery, context: CallContext): Promise<readonly SourceRecord[]> {
    context.signal.throwIfAborted();
    const search = this.#fields.in(query);
    if (search === undefined) return [];
    const met = (await this.#all(search, context)).filter((record) => isMetBy(record, search));
    return inOrder(met, query.order ?? []).slice(0, query.limit);
  }

  /** The least that shows whether the list is given. @returns how many there are @throws {SourceError} */
  async check(context: CallContext): Promise<number> {
    return (await this.#all({ criteria: [], groups: [] }, context)).length;
  }

  close(): void {
    this.#seldom.close();
    this.#live.close();
  }

  #all(search: Sought, context: CallContext): Promise<readonly SourceRecord[]> {
    const { list } = this.#parts;
    switch (list) {
      case 'queues':
        return this.#queues(context);
      case 'agents':
        return this.#agents(context);
      case 'sla':
        return this.#live.list('sla', context);
      case 'activity':
        return this.#activity(search, context);
      default:
        return this.#seldom.list(list, context);
    }
  }

  /** Those that somebody waits in, then the others: a menu without anything below is a queue. */
  async #queues(context: CallContext): Promise<readonly SourceRecord[]> {
    const waiting = await this.#live.list('menus/current_status', context);
    const known = new Set(waiting.map((record) => record['menu_id']));
    const menus = await this.#addition(this.#seldom.list('menus', context), 'queues that nobody waits in', context);
    const empty = menus.filter(
      (menu) => menu['leaf'] === true && menu['deleted'] !== true && !known.has(menu['menu_id']),
    );
    const others = empty.map(({ path, menu_id }) => ({
      ...(path !== undefined && { queue: path, menu_path: path }),
      ...(menu_id !== undefined && { menu_id }),
      waiting: 0,
    }));
    return [...waiting, ...others];
  }

  async #agents(context: CallContext): Promise<readonly SourceRecord[]> {
    const agents = await this.#seldom.list('agents', context);
    const none = Symbol('none');
    const now = await this.#live.list('agents/current_status', context).catch((error: unknown) => {
      if (!(error instanceof SourceError) || context.signal.aborted) throw error;
      context.notice?.('the status of agents may be old: the current one could not be read');
      return none;
    });
    if (typeof now === 'symbol') return agents;
    const byId = new Map(now.map((record) => [record['id'], record]));
    const at = this.#parts.api.clock.now;
    return agents.map((agent) => shapes.withCurrentStatus(agent, byId.get(agent['agent_id']), at));
  }

  /** The newest, of the calls, chats and agents that are looked for. */
  async #activity({ criteria }: Sought, context: CallContext): Promise<readonly SourceRecord[]> {
    const asked = criteria.filter(
      ({ field, match }) => match === 'exact' && ['call_id', 'chat_id', 'agent_id'].includes(field),
    );
    // No ID has another form; nobody has such a one.
    if (asked.some(({ value }) => !/^\d{1,18}$/.test(value.trim()))) return [];
    const filters = Object.fromEntries(asked.map(({ field, value }) => [`${field}[]`, [value.trim()]]));
    const order = { sort_column: 'started_at', sort_direction: 'DESC' };
    const { items, hasMore } = await this.#parts.api.page('agent_activity_logs', { ...filters, ...order }, context, 1);
    if (hasMore) context.notice?.(`only the newest ${items.length} activities were looked at`, true);
    const agents = await this.#addition(this.#seldom.list('agents', context), 'names of agents', context);
    const names = new Map(agents.map((agent) => [agent['agent_id'], agent['agent']]));
    return items.map((item) => {
      const name = names.get(idAt(item, 'agent_id'));
      return shapes.activityRecord(item, typeof name === 'string' ? name : undefined);
    });
  }

  /** A list without which there is something to show; its failure leaves it out, and staff are told. */
  async #addition(
    list: Promise<readonly SourceRecord[]>,
    what: string,
    context: CallContext,
  ): Promise<readonly SourceRecord[]> {
    try {
      return await list;
    } catch (error) {
      if (!(error instanceof SourceError) || context.signal.aborted) throw error;
      context.notice?.(`${what} are missing: they could not be read`, true);
      return [];
    }
  }

  async #readSeldom(name: SeldomList, context: CallContext): Promise<readonly SourceRecord[]> {
    if (name === 'statuses') return (await this.#whole('user_statuses', {}, context)).map(shapes.statusRecord);
    if (name === 'agents') return (await this.#pages('agents', context)).map(shapes.agentRecord);
    if (name === 'teams') {
      return shapes.pathsIn(await this.#pages('teams', context)).map(([team, above]) => shapes.teamRecord(team, above));
    }
    const tree = await this.#whole('menus/tree', {}, context);
    return shapes.nodesOf(tree).map(([menu, above]) => shapes.menuRecord(menu, above));
  }

  async #readLive(name: LiveList, context: CallContext): Promise<readonly SourceRecord[]> {
    const { slaBy, minutes } = this.#parts.settings;
    if (name === 'agents/current_status') return (await this.#whole(name, {}, context)).map(shapes.currentStatusRecord);
    if (name === 'menus/current_status') return (await this.#whole(name, {}, context)).map(shapes.queueRecord);
    const path = slaBy === 'groups' ? 'menus/sla_by_queue_groups' : 'menus/sla';
    const both = ['call', 'chat'].map(async (channel) => {
      const items = await this.#whole(path, { channel, minutes }, context);
      return items.map((item) => shapes.slaRecord(item, channel, minutes));
    });
    return (await Promise.all(both)).flat();
  }

  async #whole(list: string, params: Params, context: CallContext): Promise<readonly Data[]> {
    return (await this.#parts.api.page(list, params, context)).items;
  }

  async #pages(list: 'agents' | 'teams', context: CallContext): Promise<readonly Data[]> {
    const items: Data[] = [];
    for (let page = 1; items.length <= MOST_ITEMS; page += 1) {
      const one = await this.#parts.api.page(list, {}, context, page);
      for (const item of one.items) items.push(item);
      if (!one.hasMore) break;
    }
    return items;
  }
}
