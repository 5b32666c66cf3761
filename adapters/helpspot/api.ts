/**
 * Calls of HelpSpot's Web Service API: chapter 4.2 of its manual, https://support.helpspot.com/index.php?pg=kb.page&id=161.
 * One address, and the method in the query.
 */
import type { CallContext, Services } from '../../src/contract/index.ts';
import {
  asPage,
  createHttpClient,
  type HttpAnswer,
  type HttpClient,
  type HttpRequest,
  readXml,
  SystemClock,
} from '../../src/kit/http/index.ts';
import type { Account } from '../../src/kit/wait/index.ts';
import { type Data, unpacked } from '../../src/kit/web/index.ts';
import { itemsOf, TREE, textAt, withoutRoot } from './answer.ts';
import {
  asStatusRefusal,
  errorsIn,
  MISLED,
  notEnabled,
  OWN_STATUSES,
  Refusal,
  replyIn,
  unexpected,
} from './failures.ts';
import type { Settings } from './settings.ts';

/**
 * HelpSpot names no limit. Each call takes one of its PHP processes and a search in the database that staff work with. A
 * telephone number takes up to fourteen searches at once, and these are not to wait for one another.
 */
const REQUESTS_PER_SECOND = 20;
/** Some dozen requests with all their notes and mails. */
const MAX_BYTES = 20_000_000;

const PATH = '/api/index.php';

/** Parameters by their names in the manual. What is undefined or empty is left out: an empty custom field is an error (101). */
export type Params = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** One call. */
export interface Call {
  /** `private.request.search` */
  readonly method: string;
  /** The root element that the manual shows: `requests`. */
  readonly root: string;
  readonly params?: Params;
}

/** A version of the API. */
export interface ApiVersion {
  readonly version: string;
  readonly least: string | undefined;
}

/** One HelpSpot, for one staff member. Every call throws {@link SourceError}; a {@link Refusal} where HelpSpot said no. */
export class HelpSpotApi {
  readonly clock = new SystemClock();
  /** What is the same for all sources of the same person. */
  readonly account: Account;
  readonly #http: HttpClient;
  readonly #url: string;

  constructor(settings: Settings, { resolve, log }: Pick<Services, 'resolve' | 'log'>) {
    const { url, token, user = '', password = '', requestsPerSecond = REQUESTS_PER_SECOND } = settings;
    // The public methods know nobody.
    const isPublic = token === undefined && settings.user === undefined;
    const authorization =
      token === undefined ? `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` : `Bearer ${token}`;
    const credentials = isPublic ? [] : token === undefined ? [user, password] : [token];
    this.#url = url;
    this.account = { origin: url, credentials };
    this.#http = createHttpClient({
      baseUrl: url,
      system: 'HelpSpot',
      ...(isPublic ? {} : { authorize: () => ({ authorization }) }),
      credentials,
      settings: { ...settings, requestsPerSecond },
      ...{ resolve, log, maxBytes: MAX_BYTES },
    });
  }

  /** Asks, and changes nothing. @returns what is in the root element */
  async ask({ method, root, params = {} }: Call, context: CallContext): Promise<Data> {
    const query = { method, output: 'json', ...params };
    return await this.#send({ path: PATH, query }, method, root, context);
  }

  /**
   * The items of a list: `request` in `requests`. None where HelpSpot answers with nothing at all.
   * @throws {SourceError} `bad-response` for something else: nobody would be found, and nobody told why
   */
  async askList(call: Call, item: string, context: CallContext): Promise<readonly Data[]> {
    const data = await this.ask(call, context);
    const items = itemsOf(data, item);
    if (items === undefined) throw unexpected(`${call.method} with something else than a list of ${item}`);
    return items;
  }

  /**
   * Changes something. Never sent twice, unless `repeatable`.
   * @returns what is in the root element
   */
  async change(
    { method, root, params = {} }: Call,
    context: CallContext,
    options: { readonly repeatable?: boolean } = {},
  ): Promise<Data> {
    const query = { method, output: 'json' };
    const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== '');
    const form = Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
    return await this.#send({ method: 'POST', path: PATH, query, form, ...options }, method, root, context);
  }

  /** https://…method=private.version: the cheapest call that proves the credentials. */
  async version(context: CallContext): Promise<ApiVersion> {
    const data = await this.ask({ method: 'private.version', root: 'results' }, context);
    const version = textAt(data, 'version');
    if (version === undefined) throw unexpected('private.version without a version');
    return { version, least: textAt(data, 'min_version') };
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  async #send(request: HttpRequest, method: string, root: string, { signal, reference }: CallContext): Promise<Data> {
    const answer = await this.#http.request({ ...request, expect: OWN_STATUSES, reference }, signal);
    this.clock.learn(answer);
    if (answer.status < 400 && answer.status >= 300) throw asStatusRefusal(answer, method, this.#url);
    const data = await this.#dataOf(answer, method, signal);
    const errors = errorsIn(data, answer);
    if (errors.length > 0) throw new Refusal(method, errors);
    const reply = replyIn(data);
    if (reply !== undefined) throw notEnabled(method, reply);
    if (answer.status >= 400) throw asStatusRefusal(answer, method, this.#url);
    return withoutRoot(data, root);
  }

  /** JSON as it was asked for, or the XML that HelpSpot answers where it has no other; that one names its own encoding. */
  async #dataOf(answer: HttpAnswer, method: string, signal: AbortSignal): Promise<Data> {
    const text = answer.text.trimStart();
    const isMarkup = text.startsWith('<') || text.startsWith('\ufeff<');
    if (!isMarkup) {
      try {
        return answer.json();
      } catch (error) {
        if (answer.status >= 400) throw asStatusRefusal(answer, method, this.#url);
        throw error;
      }
    }
    if (isPage(text)) {
      throw answer.status >= 400
        ? asStatusRefusal(answer, method, this.#url)
        : asPage(answer, { system: 'HelpSpot', call: method, remedy: MISLED });
    }
    const { root, tree } = await readXml(answer, TREE, { text: answer.text }, signal);
    const [read] = await unpacked<{ readonly data: Data }>(tree);
    return root === 'errors' || root === 'reply' ? { [root]: read?.data } : read?.data;
  }
}

/** The beginning of HTML: XML of HelpSpot begins with its declaration or with the root that the manual shows. */
function isPage(text: string): boolean {
  return /^(?:<!--[^<>]*-->\s*)?<(?:!doctype|html|head|body|br|b|div|p|font|script)\b/i.test(text.slice(0, 2_000));
}
