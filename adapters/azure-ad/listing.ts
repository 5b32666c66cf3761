/**
 * Everybody in a tenant, and who has changed. Graph tells changes by links (delta query,
 * https://learn.microsoft.com/graph/delta-query-overview), but not the manager, and only by filters on the id. So it is
 * asked who has changed, and then for these people in the same way as by a search.
 */
import * as z from 'zod';
import {
  type CallContext,
  type ListBatch,
  type ListQuery,
  type Log,
  SourceError,
  type SourceRecord,
} from '../../src/contract/index.ts';
import { literal } from './clauses.ts';
import type { Wanted } from './exchange.ts';
import { expandOf, type Field, type GraphUser, selectOf, toRecord } from './fields.ts';
import { propertiesOf } from './filter-properties.ts';
import { type Graph, MOST_IDS, StaleLink } from './graph.ts';
import type { UserQuery } from './queries.ts';

/** The most that Graph gives, for the fewest requests. */
const PAGE_SIZE = 999;

/** What a list is made of. */
interface ListSettings {
  readonly fields: ReadonlyMap<string, Field>;
  /** The administrator's own condition. */
  readonly filter: string | undefined;
}

/**
 * The links to what has changed since the run before the last one, and since the last one. A run goes by the older one:
 * a change that Graph told before it could be read everywhere is told once more.
 */
const markSchema = z.tuple([z.string(), z.string()]);

/** Where a run begins, and where it goes on after a crash. */
const placeSchema = z.union([
  z.strictObject({ users: z.string(), mark: z.string().optional() }),
  z.strictObject({ changes: z.string(), newest: z.string() }),
]);

type Place = z.output<typeof placeSchema> | 'anew';

/** The `list` of a source. */
export function listOf(graph: Graph, settings: ListSettings, log: Log) {
  return async function* list(query: ListQuery, { signal }: CallContext): AsyncGenerator<ListBatch> {
    signal.throwIfAborted();
    const wanted = query.fields;
    const fields = new Map([...settings.fields].filter(([name]) => wanted === undefined || wanted.includes(name)));
    const run = new Run(graph, { ...settings, fields }, signal);
    for (const place of placesOf(query)) {
      try {
        yield* place !== 'anew' && 'changes' in place ? run.changes(place) : run.everybody(place);
        return;
      } catch (error) {
        if (!(error instanceof StaleLink)) throw error;
        // Links hold for some days, and not even so long when Microsoft moves a tenant.
        log.info(
          { problem: error.message },
          'Microsoft Graph does not know any more what has changed since; it is asked anew',
        );
      }
    }
    throw new SourceError('rejected', 'Microsoft Graph does not know its own link to the next page', {
      remedy: 'it is tried again by itself; see https://status.cloud.microsoft',
    });
  };
}

/** From where it can be begun, the best first. */
function placesOf({ from, since }: ListQuery): readonly Place[] {
  const place = read(placeSchema, from);
  const mark = read(markSchema, since);
  return [
    ...(place === undefined ? [] : [place]),
    ...(mark === undefined ? [] : [{ changes: mark[0], newest: mark[1] }]),
    'anew',
  ];
}

class Run {
  readonly #graph: Graph;
  readonly #settings: ListSettings;
  readonly #signal: AbortSignal;
  readonly #wanted: Wanted;

  constructor(graph: Graph, settings: ListSettings, signal: AbortSignal) {
    this.#graph = graph;
    this.#settings = settings;
    this.#signal = signal;
    const { fields } = settings;
    this.#wanted = { select: selectOf(fields, []), expand: expandOf(fields), pageSize: PAGE_SIZE };
  }

  /** What changes meanwhile is told from the link that is got before. */
  async *everybody(place: Exclude<Place, { changes: string }>): AsyncGenerator<ListBatch> {
    const from = place === 'anew' ? undefined : place.users;
    const mark = place === 'anew' ? await this.#graph.changesFromNow(this.#tracked(), this.#signal) : place.mark;
    for await (const { users, next } of this.#graph.pages(this.#question(), this.#wanted, this.#signal, from)) {
      yield {
        records: this.#recordsOf(users),
        next: next === undefined ? undefined : JSON.stringify({ users: next, mark }),
        mark: next !== undefined || mark === undefined ? undefined : JSON.stringify([mark, mark]),
      };
    }
  }

  async *changes({ changes: link, newest }: Extract<Place, { changes: string }>): AsyncGenerator<ListBatch> {
    for await (const { users, next, changes } of this.#graph.changes(link, this.#signal)) {
      // One person may be told of several times; the last is how it is now.
      const isGone = new Map(users.map((user) => [idOf(user), user['@removed'] !== undefined]));
      const changed = [...isGone].filter(([id, gone]) => id !== '' && !gone).map(([id]) => id);
      const records = this.#recordsOf(await this.#usersOf(changed));
      const there = new Set(records.map(({ key }) => key));
      yield {
        records,
        // Who is not to be had any more does not meet the filter now.
        removed: [...isGone.keys()].filter((id) => id !== '' && !there.has(id)),
        next: next === undefined ? undefined : JSON.stringify({ changes: next, newest }),
        mark: changes === undefined ? undefined : JSON.stringify([newest, changes]),
      };
    }
  }

  async #usersOf(ids: readonly string[]): Promise<readonly GraphUser[]> {
    const found: GraphUser[] = [];
    for (let at = 0; at < ids.length; at += MOST_IDS) {
      const some = ids.slice(at, at + MOST_IDS);
      const query = this.#question(`id in (${some.map(literal).join(',')})`);
      for await (const { users } of this.#graph.pages(query, { ...this.#wanted, pageSize: MOST_IDS }, this.#signal)) {
        for (const user of users) found.push(user);
      }
    }
    return found;
  }

  #question(condition?: string): UserQuery {
    const { filter } = this.#settings;
    const conditions = [
      ...(condition === undefined ? [] : [condition]),
      ...(filter === undefined ? [] : [`(${filter})`]),
    ];
    return {
      filter: conditions.length === 0 ? undefined : conditions.join(' and '),
      search: undefined,
      engine: 'basic',
    };
  }

  /** Only changes of what is selected are told. */
  #tracked(): readonly string[] {
    const { select, expand } = this.#wanted;
    const { filter = '' } = this.#settings;
    return [...new Set([...select, ...propertiesOf(filter), ...(expand === undefined ? [] : ['manager'])])];
  }

  #recordsOf(users: readonly GraphUser[]): readonly { readonly key: string; readonly record: SourceRecord }[] {
    const { fields } = this.#settings;
    return users
      .filter((user) => idOf(user) !== '')
      .map((user) => ({ key: idOf(user), record: toRecord(user, fields) }));
  }
}

function idOf(user: GraphUser): string {
  const { id } = user;
  return typeof id === 'string' ? id : '';
}

function read<T>(schema: z.ZodType<T>, text: string | undefined): T | undefined {
  if (text === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
