/** Requests as HelpSpot gives them: pages of a search or of a filter, and some by their numbers. */
import { type CallContext, SourceError } from '../../src/contract/index.ts';
import { AnswerTooLarge } from '../../src/kit/http/index.ts';
import type { Data } from '../../src/kit/web/index.ts';
import type { Call, HelpSpotApi, Params } from './api.ts';
import { isRefusedAs, MERGED, NO_SUCH_REQUEST, NOT_SUPPLIED, unexpected } from './failures.ts';
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
    try {
      return await this.#list({ method: 'private.filter.get', root: 'filter', params }, context);
    } catch (error) {
      // What is said of one that is not there is documented nowhere: that it is not supplied, or a number not valid.
      if (!isRefusedAs(error, NOT_SUPPLIED, NO_SUCH_REQUEST)) throw error;
      throw new SourceError('rejected', `${error.message}; perhaps there is no filter ${xFilter} any more`, {
        cause: error,
        remedy: 'check filter; a source with list: filters gives the numbers of those that the person of the token has',
      });
    }
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

  /**
   * private.request.multiGet: those of these numbers that there are, with their histories. One that is left out is asked for
   * by itself: how many HelpSpot gives at once is documented nowhere, and what is believed absent is pushed again, or
   * removed from an index.
   */
  async getMany(ids: readonly string[], context: CallContext): Promise<readonly Data[]> {
    if (ids.length === 0) return [];
    try {
      const params = { 'xRequest[]': ids, ...RAW };
      const call = { method: 'private.request.multiGet', root: 'requests', params };
      // What is given in the place of one that is not there has no number.
      const given = (await this.#api.askList(call, 'request', context)).filter((one) => numberOf(one) !== undefined);
      // Of a merged one, the other is given.
      if (given.length >= ids.length) return given;
      const numbers = new Set(given.map(numberOf));
      return [
        ...given,
        ...(await this.#each(
          ids.filter((id) => !numbers.has(id)),
          context,
        )),
      ];
    } catch (error) {
      // Histories are long: mails with all that they quote.
      if (error instanceof AnswerTooLarge && ids.length > 1) {
        const half = Math.ceil(ids.length / 2);
        return [
          ...(await this.getMany(ids.slice(0, half), context)),
          ...(await this.getMany(ids.slice(half), context)),
        ];
      }
      // Whether one that is not there spoils the others is documented nowhere.
      if (!isRefusedAs(error, NO_SUCH_REQUEST, MERGED)) throw error;
      return await this.#each(ids, context);
    }
  }

  async #each(ids: readonly string[], context: CallContext): Promise<readonly Data[]> {
    const each: (Data | undefined)[] = [];
    for (const id of ids) each.push(await this.get(id, context));
    return each.filter((request) => request !== undefined);
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
