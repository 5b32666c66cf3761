/** Finding people: the questions for Graph, their answers together, and records of them. */
import {
  type CallContext,
  type Criterion,
  type FindQuery,
  type Log,
  type SourceRecord,
  valueMeets,
} from '../../src/contract/index.ts';
import { UnknownFields } from '../../src/kit/text/index.ts';
import type { Wanted } from './exchange.ts';
import { expandOf, type GraphUser, selectOf, toRecord, valuesOf } from './fields.ts';
import type { Graph } from './graph.ts';
import { type QuerySettings, queriesFor, type UserQuery } from './queries.ts';
import { kindIn } from './source-fields.ts';

/** So many users who only begin alike are looked through for one question. */
const MOST_LOOKED_THROUGH = 1_000;

/** The people of a tenant. */
export function peopleOf(graph: Graph, settings: QuerySettings & { readonly pageSize: number }, log: Log) {
  const { fields, pageSize } = settings;
  const unknown = new UnknownFields(log, (field) => fields.has(field));
  const wantedOf = (more: readonly string[], limit: number): Wanted => {
    return { select: selectOf(fields, more), expand: expandOf(fields), pageSize: Math.min(limit, pageSize) };
  };

  /** The properties that a field is searched by. */
  const searchedBy = (field: string) => fields.get(field)?.searched ?? [];

  function meets(user: GraphUser, criterion: Criterion): boolean {
    const values = searchedBy(criterion.field).flatMap((property) => valuesOf(user, property));
    return valueMeets(values, criterion);
  }

  /** What Graph compares by other rules than are meant, or only begins to compare. */
  function checksOf({ criteria, groups = [] }: FindQuery): readonly (readonly Criterion[])[] {
    const compared = criteria.flatMap((criterion) => {
      const field = fields.get(criterion.field);
      const kind = field === undefined ? 'text' : kindIn(field, criterion);
      return kind === 'phone' || kind === 'date' ? [[{ ...criterion, kind }]] : [];
    });
    return [...compared, ...groups];
  }

  async function users(query: UserQuery, asked: FindQuery, context: CallContext): Promise<readonly GraphUser[]> {
    const checks = checksOf(asked);
    const properties = checks.flatMap((group) => group.flatMap(({ field }) => searchedBy(field)));
    const size = checks.length === 0 ? asked.limit : pageSize;
    const found: GraphUser[] = [];
    let looked = 0;
    for await (const { users } of graph.pages(query, wantedOf(properties, size), context.signal)) {
      for (const user of users) {
        if (checks.every((group) => group.some((criterion) => meets(user, criterion)))) found.push(user);
      }
      looked += users.length;
      if (found.length >= asked.limit) break;
      if (looked >= MOST_LOOKED_THROUGH) {
        context.notice?.(`only the first ${looked} people who are written alike were looked through`, true);
        break;
      }
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
    async find(query: FindQuery, context: CallContext): Promise<readonly SourceRecord[]> {
      context.signal.throwIfAborted();
      const { criteria, groups = [], limit } = query;
      const known = groups.map((group) => group.filter(({ field }) => fields.has(field)));
      if (unknown.areIn(criteria) || known.some((group) => group.length === 0)) return [];
      const asked = { ...query, groups: known };
      const answers = await Promise.all(queriesFor(asked, settings).map((one) => users(one, asked, context)));
      // Two questions may find the same person.
      const found = new Map(answers.flat().map((user) => [user['id'], user]));
      return [...found.values()].slice(0, limit).map((user) => toRecord(user, fields));
    },
  };
}
