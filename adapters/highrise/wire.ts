/** Requests to Highrise and its answers: XML both ways, https://github.com/basecamp/highrise-api */
import type { CallContext } from '../../src/contract/index.ts';
import {
  type HttpAnswer,
  type HttpClient,
  type HttpRequest,
  readXml,
  SystemClock,
  type XmlElement,
  type XmlNode,
  xmlBody,
  xmlOrNothing,
} from '../../src/kit/http/index.ts';
import { unpacked } from '../../src/kit/web/index.ts';
import { READ_STATUSES, statusFailure, unexpected } from './failures.ts';
import { THINGS, type Things } from './person.ts';

/** What was made: 201 with the thing, and where it is. */
export interface Made {
  readonly location: string;
  /** Undefined when the answer is no XML: the thing was made all the same. */
  readonly root: XmlElement | undefined;
}

/** How a list is asked for. */
export interface ListOptions {
  /** Whether Highrise counts such questions apart. */
  readonly hasOwnLimit?: boolean;
  /** What it belongs to may be gone: 404 is an empty list. */
  readonly mayBeGone?: boolean;
}

/** Asks one account. */
export class Wire {
  readonly #client: HttpClient;
  readonly #base: string;
  readonly clock = new SystemClock();

  /** @param base the address of the account */
  constructor(client: HttpClient, base: string) {
    this.#client = client;
    this.#base = base;
  }

  /**
   * One thing; undefined for 404.
   * @throws {SourceError}
   */
  async get<Kind extends keyof Things>(
    kind: Kind,
    path: string,
    asking: CallContext,
  ): Promise<Things[Kind] | undefined> {
    const answer = await this.#request({ path }, asking);
    if (answer.status === 404) return undefined;
    const { things } = await readXml(answer, THINGS, { text: answer.text, kind, list: undefined }, asking.signal);
    return (await unpacked<Things[Kind]>(things))[0];
  }

  /**
   * The things of a list. An empty one may be `<nil-classes type="array"/>`: Rails does not know of what it is a list.
   * @param list the names of the list and of its elements: `['people', 'person']`
   * @throws {SourceError} also for 404, unless `mayBeGone`
   */
  async list<Kind extends keyof Things>(
    kind: Kind,
    list: readonly [list: string, item: string],
    path: string,
    query: HttpRequest['query'],
    asking: CallContext,
    { hasOwnLimit = false, mayBeGone = false }: ListOptions = {},
  ): Promise<readonly Things[Kind][]> {
    const answer = await this.#request({ path, hasOwnLimit, ...(query === undefined ? {} : { query }) }, asking);
    if (answer.status === 404) {
      if (mayBeGone) return [];
      throw statusFailure(answer, `GET ${path}`, this.#base);
    }
    const { root, things } = await readXml(answer, THINGS, { text: answer.text, kind, list }, asking.signal);
    if (root !== list[0] && root !== 'nil-classes') {
      throw unexpected(`<${root.slice(0, 40)}> where <${list[0]}> is documented (GET ${path})`);
    }
    return await unpacked<Things[Kind]>(things);
  }

  /**
   * Makes something. Never sent twice.
   * @throws {SourceError}
   */
  async make(path: string, body: XmlNode, asking: CallContext): Promise<Made> {
    const answer = await this.#request({ method: 'POST', path, xml: await xmlBody(body) }, asking);
    if (answer.status === 404) throw statusFailure(answer, `POST ${path}`, this.#base);
    if (answer.status !== 201) throw unexpected(`${answer.status} where 201 is documented (POST ${path})`);
    return { location: answer.header('location') ?? '', root: xmlOrNothing(answer) };
  }

  async #request(request: HttpRequest, { signal, reference }: CallContext): Promise<HttpAnswer> {
    const answer = await this.#client.request({ ...request, expect: READ_STATUSES, reference }, signal);
    this.clock.learn(answer);
    const { method = 'GET', path } = request;
    if (answer.status >= 300 && answer.status !== 404) throw statusFailure(answer, `${method} ${path}`, this.#base);
    return answer;
  }
}
