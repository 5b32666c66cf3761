/**
 * Requests to CCAI Platform's API, after the vendor's document and its page about pagination and tailing
 * (docs.cloud.google.com/contact-center/ccai-platform/docs/manager-api-pagination-tailing). Only such as change nothing.
 */
import * as z from 'zod';
import type { CallContext, Services } from '../../src/contract/index.ts';
import {
  asNoAnswer,
  createHttpClient,
  type HttpAnswer,
  type HttpClient,
  pathOf,
  readerFor,
  SystemClock,
} from '../../src/kit/http/index.ts';
import type { Account } from '../../src/kit/wait/index.ts';
import { type Data, linkTo } from '../../src/kit/web/index.ts';
import { asStatusRefusal, MISLED, OWN_STATUSES, SYSTEM } from './failures.ts';
import { baseAddress, type Settings } from './settings.ts';

/** As the document says, for everything that is asked of the account; newer pages say 10. */
const REQUESTS_PER_SECOND = 1;
/** Requests leave evenly and arrive less so: of two within the second the second is refused, and holds up all the others. */
const SHARE = 0.95;
/** A hundred calls with their durations are some 500 kB. */
const MAX_BYTES = 10_000_000;
/** A larger page is cut down to this one. */
export const PAGE_SIZE = 100;

/** Parameters by their names; a list is written with `[]` behind the name. */
export type Params = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** Some of a list. */
export interface Page {
  readonly items: readonly Data[];
  /** Whether there is more behind it. */
  readonly hasMore: boolean;
}

const read = readerFor(SYSTEM, `check that this ${SYSTEM} has this list as documented`);
const itemsIn = read(z.array(z.unknown()), 'a list');
const total = z.coerce.number().int().min(0);

/** One account. Every call throws {@link SourceError}. */
export class Api {
  readonly clock = new SystemClock();
  /** Whose limit and lists these are: the account's, whichever of its tokens is used. */
  readonly account: Account;
  readonly #url: string;
  readonly #http: HttpClient;

  constructor(settings: Settings, { resolve, log }: Pick<Services, 'resolve' | 'log'>) {
    const { subdomain, token, requestsPerSecond = REQUESTS_PER_SECOND } = settings;
    const authorization = `Basic ${Buffer.from(`${subdomain}:${token}`).toString('base64')}`;
    this.#url = baseAddress(settings);
    this.account = { origin: new URL(this.#url).origin, credentials: [subdomain.toLowerCase()] };
    this.#http = createHttpClient({
      ...{ baseUrl: this.#url, system: SYSTEM, resolve, log, maxBytes: MAX_BYTES },
      settings: { ...settings, requestsPerSecond: requestsPerSecond * SHARE },
      authorize: () => ({ authorization }),
      credentials: this.account.credentials,
      secrets: [token],
    });
  }

  /** A page of a list. @param list `calls`, `menus/tree` @param page from 1; left out where the list has no pages */
  async page(list: string, params: Params, context: CallContext, page?: number): Promise<Page> {
    const paging = page === undefined ? {} : { page, per: PAGE_SIZE };
    const answer = await this.#ask(`/${list}`, { ...params, ...paging }, list, context);
    const items = itemsIn(answer);
    const count = total.safeParse(answer.header('total') || undefined);
    const isFull = count.success
      ? ((page ?? 1) - 1) * PAGE_SIZE + items.length < count.data
      : items.length >= PAGE_SIZE;
    const hasNext = linkTo('next', answer.header('link')) !== undefined;
    return { items, hasMore: page !== undefined && items.length > 0 && (isFull || hasNext) };
  }

  /** One of a list; undefined where it has none with this ID, or gives no single ones. */
  async one(list: 'calls' | 'chats', id: string, context: CallContext): Promise<Data | undefined> {
    const answer = await this.#send(pathOf`/${list}/${id}`, {}, context);
    if (answer.status === 404) return undefined;
    return this.#checked(answer, list).json();
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  async #ask(path: string, query: Params, call: string, context: CallContext): Promise<HttpAnswer> {
    return this.#checked(await this.#send(path, query, context), call);
  }

  async #send(path: string, query: Params, { signal, reference }: CallContext): Promise<HttpAnswer> {
    const answer = await this.#http.request({ path, query, expect: OWN_STATUSES, reference }, signal);
    this.clock.learn(answer);
    return answer;
  }

  #checked(answer: HttpAnswer, call: string): HttpAnswer {
    if (answer.status >= 300) throw asStatusRefusal(answer, call, this.#url);
    const nothing = asNoAnswer(answer, { system: SYSTEM, call, remedy: MISLED });
    if (nothing !== undefined) throw nothing;
    return answer;
  }
}
