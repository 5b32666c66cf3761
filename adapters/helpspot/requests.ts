/** Requests as HelpSpot gives them: pages of a search or of a filter, and some by their numbers. */
import type { CallContext } from '../../src/contract/index.ts';
import type { Data } from './answer.ts';
import type { Call, HelpSpotApi, Params } from './api.ts';
import { isRefusedAs, MERGED, NO_SUCH_REQUEST, unexpected } from './failures.ts';
import { numberOf } from './request.ts';

/** Numbers and times as they are: words would have neither the hour nor what can be searched for. */
const RAW = { fRawValues: 1 };

/** Which rows of a search. */
export interface Rows {
  readonly start: number;
  readonly length: number;
}

/** Reads requests. Every method throws {@link SourceError}. */
export class Requests {
  readonly #api: HelpSpotApi;

  constructor(api: HelpSpotApi) {
    this.#api = api;
  }

  /** private.request.search: those that meet all parameters; the newest first. */
  async search(question: Params, rows: Rows, context: CallContext): Promise<readonly Data[]> {
    const params = { ...question, ...rows, ...RAW, orderBy: 'dtGMTOpened', orderByDir: 'desc' };
    return await this.#list({ method: 'private.request.search', root: 'requests', params }, context);
  }

  /** The same by their numbers, upwards, whatever they are about. */
  async byNumber(rows: Rows, context: CallContext): Promise<readonly Data[]> {
    const params = { ...rows, ...RAW, orderBy: 'xRequest', orderByDir: 'asc' };
    return await this.#list({ method: 'private.request.search', root: 'requests', params }, context);
  }

  /** private.filter.get: those of a filter, in its order. */
  async ofFilter(xFilter: string, rows: Rows, context: CallContext): Promise<readonly Data[]> {
    const params = { xFilter, ...rows, ...RAW };
    return await this.#list({ method: 'private.filter.get', root: 'filter', params }, context);
  }

  /**
   * private.request.get: one with its history. "If requesting a request which has been merged, the merged request will be
   * returned": then it has another number.
   * @returns undefined where there is none
   */
  async get(id: string, context: CallContext): Promise<Data | undefined> {
    try {
      const params = { xRequest: id, ...RAW };
      const request = await this.#api.ask({ method: 'private.request.get', root: 'request', params }, context);
      if (numberOf(request) === undefined) throw unexpected('private.request.get without a request');
      return request;
    } catch (error) {
      if (isRefusedAs(error, NO_SUCH_REQUEST, MERGED)) return undefined;
      throw error;
    }
  }

  /** private.request.multiGet: those of these numbers that there are, with their histories. */
  async getMany(ids: readonly string[], context: CallContext): Promise<readonly Data[]> {
    if (ids.length === 0) return [];
    try {
      const params = { 'xRequest[]': ids, ...RAW };
      const call = { method: 'private.request.multiGet', root: 'requests', params };
      // What is given in the place of one that is not there has no number.
      return (await this.#api.askList(call, 'request', context)).filter((one) => numberOf(one) !== undefined);
    } catch (error) {
      // Whether one that is not there spoils the others is documented nowhere.
      if (!isRefusedAs(error, NO_SUCH_REQUEST, MERGED)) throw error;
      const each: (Data | undefined)[] = [];
      for (const id of ids) each.push(await this.get(id, context));
      return each.filter((request) => request !== undefined);
    }
  }

  /** private.request.getChanged: the numbers of those that changed, each once, upwards. @param since seconds since 1970 */
  async changedSince(since: number, context: CallContext): Promise<readonly string[]> {
    const params = { dtGMTChange: since };
    const call = { method: 'private.request.getChanged', root: 'requests', params };
    const items = await this.#api.askList(call, 'xRequest', context);
    const ids = items.flatMap((item) => numberOf({ xRequest: item }) ?? []);
    if (ids.length < items.length) throw unexpected('private.request.getChanged with what is no number');
    return [...new Set(ids)].toSorted((one, other) => Number(one) - Number(other));
  }

  async #list(call: Call, context: CallContext): Promise<readonly Data[]> {
    const requests = await this.#api.askList(call, 'request', context);
    if (requests.some((one) => numberOf(one) === undefined))
      throw unexpected(`${call.method} with a request without a number`);
    return requests;
  }
}
