/** `GET /v1.0/users`, as strict as Graph: https://learn.microsoft.com/graph/api/user-list */
import { badRequest, GraphRefusal, unsupported } from './errors.ts';
import { filterOf } from './filter.ts';
import type { GraphUser } from './people.ts';
import { defaultProperties, propertyRules } from './rules.ts';
import { searchOf } from './search.ts';

/** A question for users. */
export interface UsersRequest {
  /** Where Graph is reached, for the links of the answer. */
  readonly origin: string;
  /** What stands behind the `?`, as it came. */
  readonly query: string;
  /** The header `ConsistencyLevel`. */
  readonly consistencyLevel: string | undefined;
}

const OPTIONS = [
  '$select',
  '$filter',
  '$search',
  '$top',
  '$count',
  '$expand',
  '$orderby',
  '$skiptoken',
  '$deltatoken',
  '$skip',
];
const DEFAULT_PAGE = 100;
const LARGEST_PAGE = 999;
const SORTABLE = ['displayName', 'userPrincipalName'];

/** One page of users as JSON values. Throws {@link GraphRefusal}. */
export function listUsers(people: readonly GraphUser[], request: UsersRequest): object {
  const options = optionsOf(request.query);
  const isEventual = request.consistencyLevel?.toLowerCase() === 'eventual';
  const isCounted = isEventual && options.get('$count') === 'true';
  const select = selectOf(options.get('$select'));
  const size = sizeOf(options.get('$top'));
  const found = ordered(matching(people, options, isEventual, isCounted), options, isCounted);
  // "$expand is not currently supported with advanced queries", and such parameters "might fail silently".
  const expand = isEventual ? undefined : expandOf(options.get('$expand'));
  const from = startOf(options.get('$skiptoken'));
  const page = found.slice(from, from + size);
  return {
    '@odata.context': `${request.origin}/v1.0/$metadata#users(${select.join(',')})`,
    ...(isCounted ? { '@odata.count': found.length } : {}),
    ...(from + size < found.length
      ? { '@odata.nextLink': nextLink(request, tokenOf(from + size, request.query)) }
      : {}),
    value: page.map((user) => ({ ...shown(user, select), ...expanded(people, user, expand) })),
  };
}

/** The query options, each once. */
export function optionsOf(query: string): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  for (const part of query.split('&').filter((one) => one !== '')) {
    const [name = '', ...value] = part.split('=').map(decode);
    if (!OPTIONS.includes(name)) {
      throw badRequest(`The query specified in the URI is not valid. Unknown query option '${name}'.`);
    }
    if (options.has(name)) {
      throw badRequest(`Query option '${name}' was specified more than once, but it must be specified at most once.`);
    }
    options.set(name, value.join('='));
  }
  if (options.has('$skip'))
    throw new GraphRefusal(400, 'Request_BadRequest', "'$skip' is not supported by the service.");
  return options;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw badRequest('The request URI is not valid.');
  }
}

function matching(
  people: readonly GraphUser[],
  options: ReadonlyMap<string, string>,
  isEventual: boolean,
  isCounted: boolean,
): readonly GraphUser[] {
  const [search, filter] = [options.get('$search'), options.get('$filter')];
  if (search !== undefined && !isEventual) {
    throw unsupported(
      "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
    );
  }
  const searched = search === undefined ? people : people.filter(searchOf(search));
  // With $search a request is an advanced query even without $count.
  const isAdvanced = isCounted || (isEventual && search !== undefined);
  return filter === undefined ? searched : searched.filter(filterOf(filter, isAdvanced));
}

function ordered(
  found: readonly GraphUser[],
  options: ReadonlyMap<string, string>,
  isCounted: boolean,
): readonly GraphUser[] {
  const by = options.get('$orderby');
  if (by === undefined) return found;
  if (!SORTABLE.includes(by) || (options.has('$filter') && !isCounted)) {
    throw unsupported('Sorting not supported for current query.');
  }
  return found.toSorted((one, other) => String(one[by]).localeCompare(String(other[by])));
}

/** The properties that are asked for. */
export function selectOf(select: string | undefined): readonly string[] {
  if (select === undefined) return defaultProperties;
  const names = select.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !propertyRules.has(name));
  if (unknown !== undefined) {
    throw badRequest(
      `Parsing OData Select and Expand failed: Could not find a property named '${unknown}' on type 'microsoft.graph.user'.`,
    );
  }
  return names;
}

function sizeOf(top: string | undefined): number {
  if (top === undefined) return DEFAULT_PAGE;
  const size = Number(top);
  if (Number.isInteger(size) && size >= 1 && size <= LARGEST_PAGE) return size;
  throw new GraphRefusal(
    400,
    'Request_BadRequest',
    `Invalid page size specified: '${top}'. Must be between 1 and ${LARGEST_PAGE} inclusive.`,
  );
}

function expandOf(expand: string | undefined): readonly string[] | undefined {
  if (expand === undefined) return undefined;
  const select = /^manager(?:\(\$select=([\w,]+)\))?$/.exec(expand);
  if (select === null) throw badRequest(`Parsing OData Select and Expand failed: '${expand}' is not valid.`);
  return selectOf(select[1]);
}

/** These properties of a user. */
export function shown(user: GraphUser, select: readonly string[]): object {
  return Object.fromEntries(select.map((name) => [name, user[name] ?? (isCollection(name) ? [] : null)]));
}

function isCollection(name: string): boolean {
  return propertyRules.get(name)?.type === 'collection';
}

function expanded(people: readonly GraphUser[], user: GraphUser, expand: readonly string[] | undefined): object {
  const manager = user.managerId === undefined ? undefined : byIdOf(people).get(user.managerId);
  if (expand === undefined || manager === undefined) return {};
  return { manager: { '@odata.type': '#microsoft.graph.user', ...shown(manager, expand) } };
}

const known = new WeakMap<readonly GraphUser[], ReadonlyMap<string, GraphUser>>();

/** The users of a tenant by their ids; who has changed stands in a new list. */
function byIdOf(people: readonly GraphUser[]): ReadonlyMap<string, GraphUser> {
  const users = known.get(people) ?? new Map(people.map((user) => [user.id, user]));
  known.set(people, users);
  return users;
}

/** The token is opaque, and good for the same question only. */
function tokenOf(from: number, query: string): string {
  return `RFNwd${Buffer.from(`${from}:${query.length}`).toString('base64url')}`;
}

function startOf(token: string | undefined): number {
  if (token === undefined) return 0;
  const from = /^(\d+):/.exec(Buffer.from(token.slice(5), 'base64url').toString())?.[1];
  if (from === undefined) throw badRequest('Invalid skiptoken.');
  return Number(from);
}

function nextLink({ origin, query }: UsersRequest, token: string): string {
  const others = query.split('&').filter((part) => !/^(\$|%24)skiptoken=/i.test(part));
  return `${origin}/v1.0/users?${[...others, `$skiptoken=${token}`].join('&')}`;
}
