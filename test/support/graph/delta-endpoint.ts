/**
 * `GET /v1.0/users/delta`: https://learn.microsoft.com/graph/api/user-delta and
 * https://learn.microsoft.com/graph/delta-query-overview. Each link that it gives stands for a state of the tenant.
 */
import { GraphRefusal, unsupported } from './errors.ts';
import type { GraphUser } from './people.ts';
import { optionsOf, selectOf, shown, type UsersRequest } from './users-endpoint.ts';

/** What a token stands for: the tenant as it was then, and what is still to be told. */
interface State {
  readonly select: string;
  readonly people: readonly GraphUser[];
  /** Of a round that is not told to its end. */
  readonly rest: readonly object[];
}

/** Graph chooses the size itself. */
const PAGE = 70;

/** The changes of a tenant. */
export class DeltaEndpoint {
  readonly #states = new Map<string, State>();

  /** No link is good any more, as when the tenant was moved: 410. */
  reset(): void {
    this.#states.clear();
  }

  /** One page as JSON values. Throws {@link GraphRefusal}. */
  page(people: readonly GraphUser[], request: UsersRequest): object {
    const options = optionsOf(request.query);
    const [token, skip] = [options.get('$deltatoken'), options.get('$skiptoken')];
    if (skip !== undefined) {
      const state = this.#stateOf(skip, request);
      return this.#answer(state, request);
    }
    if (token !== undefined && token !== 'latest') {
      const { select, people: before } = this.#stateOf(token, request);
      return this.#answer({ select, people, rest: changes(before, people, select) }, request);
    }
    for (const name of ['$expand', '$top', '$orderby', '$search', '$count']) {
      if (options.has(name)) throw unsupported(`The query parameter '${name}' is not supported for delta queries.`);
    }
    if (options.has('$filter')) throw unsupported('Only filters by id are supported for delta queries.');
    const select = options.get('$select') ?? '';
    const rest = token === 'latest' ? [] : people.map((user) => told(user, select));
    return this.#answer({ select, people, rest }, request);
  }

  #stateOf(token: string, { origin }: UsersRequest): State {
    const state = this.#states.get(token);
    if (state !== undefined) return state;
    throw new GraphRefusal(410, 'syncStateNotFound', 'The sync state generation is not found.', {
      location: `${origin}/v1.0/users/delta?$deltatoken=`,
    });
  }

  #answer({ select, people, rest }: State, { origin }: UsersRequest): object {
    const left = rest.slice(PAGE);
    const token = crypto.randomUUID();
    this.#states.set(token, { select, people, rest: left });
    const link = left.length > 0 ? '@odata.nextLink' : '@odata.deltaLink';
    const name = left.length > 0 ? '$skiptoken' : '$deltatoken';
    return {
      '@odata.context': `${origin}/v1.0/$metadata#users`,
      [link]: `${origin}/v1.0/users/delta?${name}=${token}`,
      value: rest.slice(0, PAGE),
    };
  }
}

function changes(before: readonly GraphUser[], now: readonly GraphUser[], select: string): readonly object[] {
  const known = new Map(before.map((user) => [user.id, JSON.stringify(told(user, select))]));
  const there = new Set(now.map(({ id }) => id));
  return [
    ...now.map((user) => told(user, select)).filter((user) => known.get(user.id) !== JSON.stringify(user)),
    ...before.filter(({ id }) => !there.has(id)).map(({ id }) => ({ id, '@removed': { reason: 'changed' } })),
  ];
}

/** "If the property has never been set before it will not be included in the response at all." */
function told(user: GraphUser, select: string): { readonly id: string } {
  const names = select.split(',').filter((name) => name !== 'manager' && name !== '');
  const manager = select.split(',').includes('manager') && user.managerId !== undefined;
  const values = Object.entries(shown(user, selectOf(names.length === 0 ? undefined : names.join(','))));
  return {
    ...Object.fromEntries(values.filter(([, value]) => value !== null)),
    ...(manager ? { 'manager@delta': [{ '@odata.type': '#microsoft.graph.user', id: user.managerId }] } : {}),
    id: user.id,
  };
}
