/** Asking Microsoft Graph for users: one request at a time, its pages, and the managers. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context, Middleware } from '@microsoft/microsoft-graph-client';
import { type Log, remainingMs, SourceError } from '../../src/contract/index.ts';
import { isThrottled, retryAfterMs, slowDown, type TokenKeeper } from '../../src/kit/http/index.ts';
import { literal } from './clauses.ts';
import { addressOf, errorOf, jsonOf, shapeOf, type Wanted } from './exchange.ts';
import { asGraphRefusal, type GraphError } from './failures.ts';
import type { GraphUser } from './fields.ts';
import type { UserQuery } from './queries.ts';
import type { Answer, Wire } from './wire.ts';

type Library = typeof import('@microsoft/microsoft-graph-client');

const WHO = 'Microsoft Graph';
/** What a request takes after a pause; a pause that leaves less before the deadline is not begun. */
const REQUEST_MS = 500;
/** A pause that is waited for where no deadline is known. */
const LONGEST_PAUSE_MS = 2_000;
/** A link to a next page can lead in circles. */
const MOST_PAGES = 100;
/** Values that `in` takes. */
const MOST_IDS = 15;

/** What a source needs to talk to Graph. */
export interface GraphParts {
  readonly library: Library;
  /** Address without a path. */
  readonly origin: string;
  readonly tokens: TokenKeeper;
  readonly wire: Wire;
  readonly log: Log;
}

/** Microsoft Graph, as far as users. */
export class Graph {
  readonly #parts: GraphParts;
  /** Filters, without their values, that the basic engine has refused. */
  readonly #onlyAdvanced = new Set<string>();
  /** Unix milliseconds; Graph counts every request against us that comes before. */
  #notBefore = 0;

  constructor(parts: GraphParts) {
    this.#parts = parts;
  }

  /** The users that meet a query, page by page, with their managers when these are wanted. */
  async *pages(query: UserQuery, wanted: Wanted, signal: AbortSignal): AsyncGenerator<readonly GraphUser[]> {
    const shape = shapeOf(query);
    if (query.engine === 'basic' && !this.#onlyAdvanced.has(shape)) {
      try {
        yield* this.#pages(query, wanted, signal);
        return;
      } catch (error) {
        // Microsoft moves properties from one engine to the other; what basic refuses, advanced may serve.
        if (!(error instanceof Refusal) || error.code !== 'Request_UnsupportedQuery') throw asFailure(error);
        this.#onlyAdvanced.add(shape);
        this.#parts.log.debug({ filter: shape, problem: error.message }, 'asking Microsoft Graph as an advanced query');
      }
    }
    try {
      for await (const users of this.#pages({ ...query, engine: 'advanced' }, wanted, signal)) {
        yield await this.#withManagers(users, wanted, signal);
      }
    } catch (error) {
      throw asFailure(error);
    }
  }

  async *#pages(query: UserQuery, wanted: Wanted, signal: AbortSignal): AsyncGenerator<readonly GraphUser[]> {
    const headers: Record<string, string> = query.engine === 'advanced' ? { ConsistencyLevel: 'eventual' } : {};
    let path: string | undefined = addressOf(query, wanted);
    for (let page = 0; path !== undefined; page += 1) {
      if (page === MOST_PAGES) throw new SourceError('bad-response', `${WHO} gave more than ${MOST_PAGES} pages`);
      const { users, next } = await this.#page(path, headers, signal);
      yield users;
      path = next;
    }
  }

  /** Advanced queries cannot expand, so the managers are asked for by the ids of those who were found. */
  async #withManagers(users: readonly GraphUser[], wanted: Wanted, signal: AbortSignal): Promise<readonly GraphUser[]> {
    if (wanted.expand === undefined || users.length === 0) return users;
    const ids = users.map((user) => user['id']).filter((id) => typeof id === 'string');
    const chunks = Array.from({ length: Math.ceil(ids.length / MOST_IDS) }, (_, at) =>
      ids.slice(at * MOST_IDS, (at + 1) * MOST_IDS),
    );
    const answers = await Promise.all(
      chunks.map((chunk) => {
        const filter = `id in (${chunk.map(literal).join(',')})`;
        const query: UserQuery = { filter, search: undefined, engine: 'basic' };
        return this.#page(addressOf(query, { ...wanted, select: ['id'], pageSize: MOST_IDS }), {}, signal);
      }),
    );
    const managers = new Map(answers.flatMap((answer) => answer.users).map((user) => [user['id'], user['manager']]));
    return users.map((user) => ({ ...user, manager: managers.get(user['id']) }));
  }

  async #page(
    path: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<{ readonly users: readonly GraphUser[]; readonly next: string | undefined }> {
    const answer = await this.#ask(path, headers, signal);
    const body = jsonOf(answer);
    const value = body?.['value'];
    if (!Array.isArray(value)) throw new SourceError('bad-response', `${WHO} gave an answer without users`);
    const users = value.filter((user): user is GraphUser => typeof user === 'object' && user !== null);
    return { users, next: this.#next(body?.['@odata.nextLink']) };
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

  /** One request, repeated once for a token that has become worthless, and once after a short pause. */
  async #ask(path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer> {
    let refused: string | undefined;
    let hasPaused = false;
    for (;;) {
      await this.#pause(signal);
      const token = await this.#parts.tokens.get(signal, refused);
      const answer = await this.#send(path, { ...headers, Authorization: `Bearer ${token}` }, signal);
      if (answer.status === 401 && refused === undefined) {
        refused = token;
        continue;
      }
      const wait = retryAfterMs(answer.headers['retry-after']);
      if (!isThrottled(answer.status, wait)) {
        if (answer.status !== 200) throw new Refusal(errorOf(answer));
        return answer;
      }
      if (wait !== undefined) this.#notBefore = Math.max(this.#notBefore, Date.now() + wait);
      if (hasPaused || wait === undefined) throw slowDown(WHO, wait);
      hasPaused = true;
    }
  }

  async #pause(signal: AbortSignal): Promise<void> {
    const wait = this.#notBefore - Date.now();
    if (wait <= 0) return;
    const left = remainingMs(signal);
    if (wait > (left === undefined ? LONGEST_PAUSE_MS : left - REQUEST_MS)) throw slowDown(WHO, wait);
    try {
      await sleep(wait, undefined, { signal });
    } catch {
      throw slowDown(WHO, wait);
    }
  }

  /** The vendor's client writes the address; our own end of it does the rest, so that limits and signals hold. */
  async #send(path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer> {
    const { library, origin, wire } = this.#parts;
    const seen: { answer?: Answer; failure?: unknown } = {};
    const middleware: Middleware = {
      async execute(context) {
        try {
          seen.answer = await wire.get(String(context.request), headersOf(context), signal);
          context.response = new Response();
        } catch (error) {
          seen.failure = error;
          throw error;
        }
      },
    };
    const client = library.Client.initWithMiddleware({ middleware, baseUrl: `${origin}/`, defaultVersion: 'v1.0' });
    try {
      await client
        .api(path)
        .headers({ Accept: 'application/json', 'User-Agent': 'helpspot-gateway', ...headers })
        .responseType(library.ResponseType.RAW)
        .get();
    } catch (error) {
      // The client keeps only the text of what its middleware threw.
      throw seen.failure ?? error;
    }
    if (seen.answer === undefined) throw new Error('the Graph client sent nothing');
    return seen.answer;
  }
}

function headersOf({ options }: Context): Record<string, string> {
  return Object.fromEntries(new Headers(options?.headers));
}

/** Graph has understood, and said no. Kept apart from other failures until it is known whether to ask otherwise. */
class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor({ status, code, message }: GraphError) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

function asFailure(error: unknown): unknown {
  return error instanceof Refusal ? asGraphRefusal(error) : error;
}
