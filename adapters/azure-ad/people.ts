/** Finding people: the questions for Graph, their answers together, and records of them. */
import type { Criterion, FindQuery, Log, SourceRecord } from '../../src/contract/index.ts';
import { UnknownFields } from '../../src/kit/text/index.ts';
import type { Wanted } from './exchange.ts';
import { expandOf, type GraphUser, selectOf, toRecord } from './fields.ts';
import type { Graph } from './graph.ts';
import { hasPhones, phoneProperties, type QuerySettings, queriesFor, type UserQuery } from './queries.ts';

/** The settings of a source that finding needs. */
export interface PeopleSettings extends QuerySettings {
  readonly pageSize: number;
}

/** The people of a tenant. */
export class People {
  readonly #graph: Graph;
  readonly #settings: PeopleSettings;
  readonly #unknown: UnknownFields;

  constructor(graph: Graph, settings: PeopleSettings, log: Log) {
    this.#graph = graph;
    this.#settings = settings;
    this.#unknown = new UnknownFields(log, (field) => settings.fields.has(field));
  }

  /** Asks for one user with every field: proves the credentials, the permission, the properties and the filter. */
  async check(signal: AbortSignal): Promise<void> {
    const query: UserQuery = { filter: this.#settings.filter, search: undefined, engine: 'basic' };
    for await (const _ of this.#graph.pages(query, this.#wanted([], 1), signal)) return;
  }

  /** @throws {SourceError | UserError} */
  async find({ criteria, limit }: FindQuery, signal: AbortSignal): Promise<readonly SourceRecord[]> {
    signal.throwIfAborted();
    if (this.#unknown.areIn(criteria)) return [];
    const queries = queriesFor(criteria, this.#settings);
    const wanted = this.#wanted(phoneProperties(criteria, this.#settings), limit);
    const answers = await Promise.all(queries.map((query) => this.#users(query, wanted, criteria, limit, signal)));
    // Two questions may find the same person.
    const found = new Map(answers.flat().map((user) => [user['id'], user]));
    return [...found.values()].slice(0, limit).map((user) => toRecord(user, this.#settings.fields));
  }

  async #users(
    query: UserQuery,
    wanted: Wanted,
    criteria: readonly Criterion[],
    limit: number,
    signal: AbortSignal,
  ): Promise<readonly GraphUser[]> {
    const found: GraphUser[] = [];
    for await (const users of this.#graph.pages(query, wanted, signal)) {
      for (const user of users) if (hasPhones(user, criteria, this.#settings)) found.push(user);
      if (found.length >= limit) break;
    }
    return found;
  }

  #wanted(more: readonly string[], limit: number): Wanted {
    const { fields, pageSize } = this.#settings;
    return { select: selectOf(fields, more), expand: expandOf(fields), pageSize: Math.min(limit, pageSize) };
  }
}
