/** Asking Microsoft Graph for users: one request at a time, its pages, and the managers. */
import { isBackground, type Log, SourceError } from '../../src/contract/index.ts';
import { literal } from './clauses.ts';
import { addressOf, jsonOf, shapeOf, type Wanted } from './exchange.ts';
import { asGraphRefusal } from './failures.ts';
import type { GraphUser } from './fields.ts';
import type { UserQuery } from './queries.ts';
import { Refusal, type RequestParts, Requests, WHO } from './requests.ts';

/** A link to a next page can lead in circles. */
const MOST_PAGES = 100;
/** The same for a list of everybody: no tenant is so large. */
const MOST_LISTED_PAGES = 20_000;
/** Values that `in` takes. */
export const MOST_IDS = 15;

/** Graph does not know a link any more that it gave. */
export class StaleLink extends Error {
  override readonly name = 'StaleLink';
}

/** One answer. */
export interface Page {
  readonly users: readonly GraphUser[];
  /** Where the next one is; undefined after the last. */
  readonly next: string | undefined;
  /** After the last one of changes: where those are told that come from now on. */
  readonly changes: string | undefined;
}

const UNSUPPORTED = 'Request_UnsupportedQuery';
/** How Graph refuses what it has not at all. */
const NOT_SERVED = new Set([400, 404, 405, 501]);
/** And a link that has become too old, or that a move of the tenant has made worthless: 410, or 400 syncStateNotFound. */
const STALE = new Set([400, 404, 410]);

/** What a source needs to talk to Graph. */
export interface GraphParts extends RequestParts {
  readonly log: Log;
}

/** Microsoft Graph, as far as users. */
export class Graph {
  readonly #parts: GraphParts;
  /** Filters, without their values, that the basic engine has refused. */
  readonly #onlyAdvanced = new Set<string>();
  readonly #requests: Requests;

  constructor(parts: GraphParts) {
    this.#parts = parts;
    this.#requests = new Requests(parts);
  }

  /**
   * The users that meet a query, page by page, with their managers when these are wanted.
   * @param from where the same query went on: {@link Page.next}
   * @throws {SourceError}, {@link StaleLink} for a link that Graph does not know any more
   */
  async *pages(query: UserQuery, wanted: Wanted, signal: AbortSignal, from?: string): AsyncGenerator<Page> {
    const shape = shapeOf(query);
    if (query.engine === 'basic' && !this.#onlyAdvanced.has(shape)) {
      try {
        yield* this.#pages(from ?? addressOf(query, wanted), {}, signal);
        return;
      } catch (error) {
        // Microsoft moves properties from one engine to the other; what basic refuses, advanced may serve.
        if (!(error instanceof Refusal) || error.code !== UNSUPPORTED) throw asFailure(error);
        this.#onlyAdvanced.add(shape);
        this.#parts.log.debug({ filter: shape, problem: error.message }, 'asking Microsoft Graph as an advanced query');
      }
    }
    try {
      const address = from ?? addressOf({ ...query, engine: 'advanced' }, wanted);
      for await (const page of this.#pages(address, { ConsistencyLevel: 'eventual' }, signal)) {
        yield { ...page, users: await this.#withManagers(page.users, wanted, signal) };
      }
    } catch (error) {
      throw asFailure(error);
    }
  }

  /**
   * Who has changed since a link was given, page by page: users with an id at least, those who are gone with `@removed`.
   * @throws {SourceError}, {@link StaleLink}
   */
  async *changes(link: string, signal: AbortSignal): AsyncGenerator<Page> {
    try {
      yield* this.#pages(link, {}, signal);
    } catch (error) {
      throw asFailure(error);
    }
  }

  /**
   * The link to what will change from now on in these properties; undefined where Graph tells no changes, as in a tenant of
   * Azure AD B2C. @throws {SourceError}
   */
  async changesFromNow(properties: readonly string[], signal: AbortSignal): Promise<string | undefined> {
    const select = encodeURIComponent(properties.join(','));
    try {
      const { changes } = await this.#page(`/users/delta?$select=${select}&$deltatoken=latest`, {}, signal);
      return changes;
    } catch (error) {
      if (!(error instanceof Refusal) || !NOT_SERVED.has(error.status)) throw asFailure(error);
      this.#parts.log.warn(
        { problem: error.message },
        'Microsoft Graph tells no changes here; everybody is read each time',
      );
      return undefined;
    }
  }

  async *#pages(address: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): AsyncGenerator<Page> {
    const most = isBackground(signal) ? MOST_LISTED_PAGES : MOST_PAGES;
    let path: string | undefined = address;
    for (let number = 0; path !== undefined; number += 1) {
      if (number === most) throw new SourceError('bad-response', `${WHO} gave more than ${most} pages`);
      const page: Page = await this.#linked(path, headers, signal);
      yield page;
      path = page.next;
    }
  }

  /** A page by its address, which may be a link that Graph gave long ago. */
  async #linked(path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Page> {
    if (path.startsWith('/')) return await this.#page(path, headers, signal);
    if (!path.startsWith(`${this.#parts.origin}/`)) throw new StaleLink('it is a link to another Graph');
    try {
      return await this.#page(path, headers, signal);
    } catch (error) {
      const isStale = error instanceof Refusal && STALE.has(error.status) && error.code !== UNSUPPORTED;
      throw isStale ? new StaleLink(`${error.status} ${error.code}`) : error;
    }
  }

  /** Advanced queries cannot expand, so the managers are asked for by the ids of those who were found. */
  async #withManagers(users: readonly GraphUser[], wanted: Wanted, signal: AbortSignal): Promise<readonly GraphUser[]> {
    if (wanted.expand === undefined || users.length === 0) return users;
    const ids = users.map((user) => user['id']).filter((id) => typeof id === 'string');
    const chunks = Array.from({ length: Math.ceil(ids.length / MOST_IDS) }, (_, at) =>
      ids.slice(at * MOST_IDS, (at + 1) * MOST_IDS),
    );
    const ask = (chunk: readonly string[]) => {
      const filter = `id in (${chunk.map(literal).join(',')})`;
      const query: UserQuery = { filter, search: undefined, engine: 'basic' };
      return this.#page(addressOf(query, { ...wanted, select: ['id'], pageSize: MOST_IDS }), {}, signal);
    };
    // Nobody waits for a list: it asks one after the other.
    const answers = isBackground(signal) ? await inTurn(chunks, ask) : await Promise.all(chunks.map(ask));
    const managers = new Map(answers.flatMap((answer) => answer.users).map((user) => [user['id'], user['manager']]));
    return users.map((user) => ({ ...user, manager: managers.get(user['id']) }));
  }

  async #page(path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Page> {
    const answer = await this.#requests.get(path, headers, signal);
    const body = jsonOf(answer);
    const value = body?.['value'];
    if (!Array.isArray(value)) throw new SourceError('bad-response', `${WHO} gave an answer without users`);
    const users = value.filter((user): user is GraphUser => typeof user === 'object' && user !== null);
    return { users, next: this.#next(body?.['@odata.nextLink']), changes: this.#next(body?.['@odata.deltaLink']) };
  }

  /** The token goes nowhere else than to Graph. */
  #next(link: unknown): string | undefined {
    if (link === undefined) return undefined;
    const { origin } = this.#parts;
    if (typeof link !== 'string' || !link.startsWith(`${origin}/`)) {
      throw new SourceError('bad-response', `${WHO} gave a next page that is not at ${origin}`, {
        remedy: 'write graphUrl as Microsoft documents it for your cloud',
      });
    }
    return link;
  }
}

async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

function asFailure(error: unknown): unknown {
  return error instanceof Refusal ? asGraphRefusal(error) : error;
}
