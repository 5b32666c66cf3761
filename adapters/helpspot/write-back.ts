/** The number of a new request, written into a custom field of the request that was pushed. */
import {
  type CallContext,
  type Log,
  ownValue,
  type PushRequest,
  remainingMs,
  type Services,
  SourceError,
  textOf,
  withDeadlineWithin,
} from '../../src/contract/index.ts';
import { HelpSpotApi } from './api.ts';
import { type Catalog, openCatalog } from './catalog.ts';
import { isRefusedAs, MERGED } from './failures.ts';
import { REQUEST_NUMBER } from './push-fields.ts';
import { numberOf } from './request.ts';
import { Requests } from './requests.ts';
import type { Settings } from './settings.ts';

/** Where a call has no deadline. */
const LONGEST_CALL_MS = 10_000;

/** A help desk. */
interface Desk {
  readonly api: HelpSpotApi;
  readonly catalog: Catalog;
}

/** Of the source's own HelpSpot, or of the one that requests are pushed from; undefined where nothing is written back. */
export function openWriteBack(own: Desk, settings: Settings, services: Services): WriteBack | undefined {
  const { writeBack: field, origin, keep } = settings;
  if (field === undefined) return undefined;
  const { log } = services;
  if (origin === undefined) return new WriteBack(own, field, log, async () => undefined);
  const { url, token, user, password } = origin;
  const api = new HelpSpotApi({ ...settings, url, token, user, password }, services);
  const catalog = openCatalog(api, keep, log);
  return new WriteBack({ api, catalog }, field, log, async () => {
    catalog.close();
    await api.close();
  });
}

/** Writes into one help desk. */
export class WriteBack {
  readonly #api: HelpSpotApi;
  readonly #catalog: Catalog;
  readonly #requests: Requests;
  readonly #field: string;
  readonly #log: Log;

  /** Ends what is only there for this. */
  readonly close: () => Promise<void>;

  /** @param field `Custom7` */
  constructor({ api, catalog }: Desk, field: string, log: Log, close: () => Promise<void>) {
    this.#api = api;
    this.#catalog = catalog;
    this.close = close;
    this.#requests = new Requests(api);
    this.#field = field;
    this.#log = log;
  }

  /** Whether it can be written. @throws {SourceError} */
  async check(context: CallContext): Promise<void> {
    const fields = await this.#catalog.listNow('customFields', context);
    if (fields.some((record) => textOf(ownValue(record, 'field')) === this.#field)) return;
    throw new SourceError('rejected', `the HelpSpot that requests are pushed from has no ${this.#field}`, {
      remedy: 'check writeBack; the number of a custom field stands in the list of custom fields in its administration',
    });
  }

  /**
   * Writes, with half of the time that is left. The same number once more changes nothing. Never fails: the push has been
   * done, and what is missing is written when it is looked for again.
   */
  async write({ values }: PushRequest, number: string, context: CallContext): Promise<void> {
    const pushed = (values['xRequest'] ?? '').trim();
    const { signal, reference } = context;
    if (!REQUEST_NUMBER.test(pushed)) {
      this.#log.warn({ reference }, 'nothing is written back: what was pushed has no number of a request');
      return;
    }
    if (signal.aborted) return;
    try {
      await withDeadlineWithin((remainingMs(signal) ?? LONGEST_CALL_MS) / 2, signal, (limited) =>
        this.#write(pushed, number, { ...context, signal: limited }),
      );
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      const fields = { problem, field: this.#field, request: pushed, made: number, reference };
      this.#log.warn(fields, 'a request is made, but its number is not written back');
    }
  }

  async #write(pushed: string, number: string, context: CallContext): Promise<void> {
    try {
      await this.#set(pushed, number, context);
    } catch (error) {
      if (!isRefusedAs(error, MERGED)) throw error;
      const stays = numberOf(await this.#requests.get(pushed, context));
      if (stays === undefined || stays === pushed) throw error;
      await this.#set(stays, number, context);
    }
  }

  /** No note, and so nothing to mail; and required fields of the category are nobody's business here. */
  async #set(xRequest: string, number: string, context: CallContext): Promise<void> {
    const params = { xRequest, [this.#field]: number, email_from: 0, skipCustomChecks: 1 };
    const call = { method: 'private.request.update', root: 'request', params };
    await this.#api.change(call, context, { repeatable: true });
  }
}
