/**
 * Calls of Live Helper Chat's REST API, https://api.livehelperchat.com and `lhc_web/modules/lhrestapi/` of its source. Only
 * calls that change nothing: never `update_activity`, `workflow`, `callback`.
 */
import type { CallContext, Services } from '../../src/contract/index.ts';
import { asPage, createHttpClient, type HttpAnswer, type HttpClient, SystemClock } from '../../src/kit/http/index.ts';
import type { Account } from '../../src/kit/wait/index.ts';
import { type Data, valueAt } from '../../src/kit/web/index.ts';
import { yesAt } from './answer.ts';
import {
  asRefusal,
  asStatusRefusal,
  headerLost,
  MISLED,
  OWN_STATUSES,
  Refusal,
  SYSTEM,
  unexpected,
  wordsOf,
} from './failures.ts';
import { baseAddress, type Settings } from './settings.ts';

/** It names no limit. Each call takes a PHP process that visitors wait for as well; by mail, phone and nick it has an index. */
const REQUESTS_PER_SECOND = 20;
/** Some thousand chats, or the longest of them with all its messages. */
const MAX_BYTES = 20_000_000;

/** Parameters by their names in the API. What is undefined or empty is left out. */
export type Params = Readonly<Record<string, string | number | undefined>>;

/** One Live Helper Chat, for one account. Every call throws {@link SourceError}; a {@link Refusal} where it said no. */
export class ChatApi {
  readonly clock = new SystemClock();
  readonly url: string;
  readonly account: Account;
  readonly #http: HttpClient;
  readonly #anonymous: () => HttpClient;

  constructor(settings: Settings, { resolve, log }: Pick<Services, 'resolve' | 'log'>) {
    const { url, user, key, requestsPerSecond = REQUESTS_PER_SECOND } = settings;
    const authorization = `Basic ${Buffer.from(`${user}:${key}`).toString('base64')}`;
    this.url = baseAddress(url);
    this.account = { origin: this.url, credentials: [user, key] };
    const options = {
      ...{ baseUrl: this.url, system: SYSTEM, resolve, log, maxBytes: MAX_BYTES },
      settings: { ...settings, requestsPerSecond },
    };
    this.#http = createHttpClient({
      ...options,
      authorize: () => ({ authorization }),
      credentials: [user, key],
      secrets: [key],
    });
    this.#anonymous = () => createHttpClient(options);
  }

  /**
   * Asks.
   * @param call below `/restapi/`: `chats`, `isonlinedepartment/1`
   * @param wasLetIn the credentials were taken a moment ago
   */
  async ask(call: string, params: Params, context: CallContext, wasLetIn = false): Promise<Data> {
    try {
      return await this.#askOf(this.#http, call, params, context);
    } catch (error) {
      if (!(error instanceof Refusal) || !error.isUnclear) throw error;
      const isLetIn = wasLetIn || (await this.#isLetIn(context));
      throw isLetIn ? new Refusal(nameOf(call), error.said ?? '', true) : error;
    }
  }

  /**
   * Whether the credentials are taken, where the words of a refusal do not say it: then another question is answered, or
   * refused with the name of the right that is missing. A wrong key is tried once more, and then the source rests.
   */
  async #isLetIn(context: CallContext): Promise<boolean> {
    try {
      await this.#askOf(this.#http, 'chats', { limit: 1 }, context);
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return error.right !== undefined;
    }
  }

  /** Whether somebody is there. @param call `isonline`, `isonlinedepartment/1`, `isonlineuser/1` */
  async isOnline(call: string, context: CallContext): Promise<boolean> {
    const online = yesAt(await this.ask(call, {}, context), 'isonline');
    if (online === undefined) throw unexpected(`${call} without isonline`);
    return online;
  }

  /**
   * What a refusal means where it does not say it in words that are known: whoever gets the same words without
   * credentials has sent them in vain.
   */
  async explained(call: string, refusal: Refusal, context: CallContext): Promise<Error> {
    const anonymous = this.#anonymous();
    try {
      await this.#askOf(anonymous, call, {}, context);
    } catch (error) {
      if (error instanceof Refusal && error.message === refusal.message) return headerLost(refusal);
    } finally {
      await anonymous.close();
    }
    return refusal;
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  async #askOf(http: HttpClient, call: string, query: Params, context: CallContext): Promise<Data> {
    const { signal, reference } = context;
    const answer = await http.request({ path: `/restapi/${call}`, query, expect: OWN_STATUSES, reference }, signal);
    this.clock.learn(answer);
    const name = nameOf(call);
    if (answer.status >= 300 && answer.status < 400) throw asStatusRefusal(answer, name, this.url);
    const data = this.#dataOf(answer, name);
    if (yesAt(data, 'error') === true) throw asRefusal(name, wordsOf(answer, valueAt(data, 'result')));
    if (answer.status >= 400) throw asStatusRefusal(answer, name, this.url);
    return data;
  }

  #dataOf(answer: HttpAnswer, name: string): Data {
    if (answer.text.trimStart().startsWith('<')) {
      throw answer.status >= 400
        ? asStatusRefusal(answer, name, this.url)
        : asPage(answer, { system: SYSTEM, call: name, remedy: MISLED });
    }
    try {
      return answer.json();
    } catch (error) {
      throw answer.status >= 400 ? asStatusRefusal(answer, name, this.url) : error;
    }
  }
}

/** "isonlinedepartment" of `isonlinedepartment/1`, for messages. */
function nameOf(call: string): string {
  return call.split('/', 1)[0] ?? call;
}
