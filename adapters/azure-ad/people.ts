/** Finding people: the questions for Graph, their answers together, and records of them. */
import type { Criterion, FindQuery, Log, SourceRecord } from '../../src/contract/index.ts';
import { UnknownFields } from '../../src/kit/text/index.ts';
import type { Wanted } from './exchange.ts';
import { expandOf, type GraphUser, selectOf, toRecord } from './fields.ts';
import type { Graph } from './graph.ts';
import { hasPhones, phoneProperties, type QuerySettings, queriesFor, type UserQuery } from './queries.ts';

/** The people of a tenant. */
export function peopleOf(graph: Graph, settings: QuerySettings & { readonly pageSize: number }, log: Log) {
  const { fields, pageSize } = settings;
  const unknown = new UnknownFields(log, (field) => fields.has(field));
  const wantedOf = (more: readonly string[], limit: number): Wanted => {
    return { select: selectOf(fields, more), expand: expandOf(fields), pageSize: Math.min(limit, pageSize) };
  };

  async function users(query: UserQuery, criteria: readonly Criterion[], limit: number, signal: AbortSignal) {
    const wanted = wantedOf(phoneProperties(criteria, settings), limit);
    const found: GraphUser[] = [];
    for await (const page of graph.pages(query, wanted, signal)) {
      for (const user of page) if (hasPhones(user, criteria, settings)) found.push(user);
      if (found.length >= limit) break;
    }
    return found;
  }

  return {
    /** Asks for one user with every field: proves the credentials, the permission, the properties and the filter. */
    async check(signal: AbortSignal): Promise<void> {
      const query: UserQuery = { filter: settings.filter, search: undefined, engine: 'basic' };
      for await (const _ of graph.pages(query, wantedOf([], 1), signal)) return;
    },

    /** @throws {SourceError | UserError} */
    async find({ criteria, limit }: FindQuery, signal: AbortSignal): Promise<readonly SourceRecord[]> {
      signal.throwIfAborted();
      if (unknown.areIn(criteria)) return [];
      const queries = queriesFor(criteria, settings);
      const answers = await Promise.all(queries.map((query) => users(query, criteria, limit, signal)));
      // Two questions may find the same person.
      const found = new Map(answers.flat().map((user) => [user['id'], user]));
      return [...found.values()].slice(0, limit).map((user) => toRecord(user, fields));
    },
  };
}
