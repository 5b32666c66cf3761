/** The names of what requests have by number: from the lists, and from HelpSpot's own words where these lack it. */
import {
  type CallContext,
  DeadlineExceeded,
  type HelpDeskList,
  type HelpDeskLists,
  type Log,
  ownValue,
  SourceError,
  type SourceRecord,
  textOf,
  withDeadlineWithin,
} from '../../src/contract/index.ts';
import type { Data, Form } from '../../src/kit/web/index.ts';
import { textAt } from './answer.ts';
import type { HelpSpotApi } from './api.ts';
import type { Catalog } from './catalog.ts';
import { helpDeskLists } from './desk-lists.ts';
import { NAMED, NAMED_FIELDS, type NamedField, type Naming, numberOf } from './request.ts';
import { type KeptList, SHAPES } from './shapes.ts';

/** Where a name stands: the list, the number in it, and the name. */
const HOMES: Readonly<Record<NamedField, readonly [list: KeptList, id: string, name: string]>> = {
  status: ['statuses', 'xStatus', 'sStatus'],
  category: ['categories', 'xCategory', 'sCategory'],
  assigned_to: ['staff', 'xPerson', 'fullname'],
  opened_by: ['staff', 'xPerson', 'fullname'],
  last_reply_by: ['staff', 'xPerson', 'fullname'],
};

/** A name that the lists lack takes a request of its own; so many at once are worth it. */
const MOST_LEARNED = 3;
/** People who have left: some hundreds, in the largest help desk. */
const MOST_REMEMBERED = 2_000;

/** What takes longer is left out: related records, which wait for it, are waited for a second unless they say otherwise. */
const PATIENCE_MS = 750;

const CUSTOM_FORMS: Readonly<Record<string, Form>> = { checkbox: 'yes', date: 'moment', datetime: 'moment' };

/** The names of one HelpSpot. */
export class Names {
  readonly #api: HelpSpotApi;
  readonly #catalog: Catalog;
  readonly #log: Log;
  /** What no list names: by list and number; undefined where HelpSpot has no name either. */
  readonly #learned = new Map<string, string | undefined>();

  constructor(api: HelpSpotApi, catalog: Catalog, log: Log) {
    this.#api = api;
    this.#catalog = catalog;
    this.#log = log;
  }

  /** What is known. A list that cannot be read leaves its names out, and staff are told. */
  known(context: CallContext): Promise<Naming> {
    return this.#naming((list) => this.#softly(list, context));
  }

  /**
   * The same for records that are kept: one without its names would stay so until it changes. What HelpSpot refuses is left out.
   * @throws {SourceError} when a list cannot be read just now
   */
  knownToKeep(context: CallContext): Promise<Naming> {
    return this.#naming(async (list) => {
      try {
        return await this.#catalog.list(list, context);
      } catch (error) {
        if (error instanceof SourceError && error.kind === 'rejected') return undefined;
        throw error;
      }
    });
  }

  async #naming(read: (list: KeptList) => Promise<readonly SourceRecord[] | undefined>): Promise<Naming> {
    const lists = ['statuses', 'categories', 'staff', 'customFields'] as const;
    const [statuses, categories, staff, customFields] = await Promise.all(lists.map(read));
    const byList = new Map<KeptList, readonly SourceRecord[]>([
      ['statuses', statuses ?? []],
      ['categories', categories ?? []],
      ['staff', staff ?? []],
    ]);
    const names = new Map<string, string>();
    for (const [list, id, name] of Object.values(HOMES)) {
      for (const record of byList.get(list) ?? []) {
        const text = textOf(ownValue(record, name));
        if (text !== '') names.set(keyOf(list, textOf(ownValue(record, id))), text);
      }
    }
    return {
      name: (field, id) => names.get(keyOf(HOMES[field][0], id)) ?? this.#learned.get(keyOf(HOMES[field][0], id)),
      customForms: new Map((customFields ?? []).flatMap(customForm)),
    };
  }

  /** The lists as the gateway knows them; what cannot be read soon is missing. */
  async lists(wanted: readonly HelpDeskList[], context: CallContext): Promise<HelpDeskLists> {
    const entries = await Promise.all(wanted.map(async (list) => [list, await this.#softly(list, context)] as const));
    const left = [...this.#learned].flatMap(([key, name]) =>
      name !== undefined && key.startsWith('staff ')
        ? [{ id: key.slice('staff '.length), name, isOld: true as const }]
        : [],
    );
    return helpDeskLists(new Map(entries), left);
  }

  /**
   * Asks HelpSpot for names that its lists lack: of people who have left, it gives them in words with a request that has
   * them. Afterwards the naming knows them. Failures are no failures of the search.
   */
  async learn(requests: readonly Data[], naming: Naming, context: CallContext): Promise<void> {
    const wanted = new Map<string, { readonly request: string; readonly field: NamedField }>();
    for (const request of requests) {
      for (const field of NAMED_FIELDS) {
        const [id, number] = [textAt(request, NAMED[field]), numberOf(request)];
        if (id === undefined || id === '0' || number === undefined) continue;
        const key = keyOf(HOMES[field][0], id);
        if (naming.name(field, id) === undefined && !this.#learned.has(key))
          wanted.set(key, { request: number, field });
      }
    }
    const some = [...wanted].slice(0, MOST_LEARNED);
    await Promise.all(some.map(([key, { request, field }]) => this.#learnOne(key, request, field, context)));
  }

  /**
   * The numbers of what has a name that `isMeant`.
   * @throws {SourceError} when the list cannot be read: then nobody knows
   */
  async numbersOf(
    field: NamedField,
    isMeant: (name: string) => boolean,
    context: CallContext,
  ): Promise<readonly string[]> {
    const [list, id, name] = HOMES[field];
    const records = await this.#catalog.list(list, context);
    const found = records
      .filter((record) => isMeant(textOf(ownValue(record, name))))
      .map((record) => textOf(ownValue(record, id)));
    const learned = [...this.#learned]
      .filter(([key, known]) => key.startsWith(`${list} `) && known !== undefined && isMeant(known))
      .map(([key]) => key.slice(list.length + 1));
    return [...new Set([...found, ...learned])];
  }

  async #softly(list: KeptList, context: CallContext): Promise<readonly SourceRecord[] | undefined> {
    try {
      return await this.#catalog.list(list, context, PATIENCE_MS);
    } catch (error) {
      if (!isFailure(error) || context.signal.aborted) throw error;
      context.notice?.(`the names of its ${SHAPES[list].plural} are missing: HelpSpot does not give them`);
      return undefined;
    }
  }

  async #learnOne(key: string, request: string, field: NamedField, context: CallContext): Promise<void> {
    try {
      const params = { xRequest: request, fRawValues: 0 };
      const call = { method: 'private.request.get', root: 'request', params };
      const ask = (signal: AbortSignal) => this.#api.ask(call, { ...context, signal });
      const words = textAt(await withDeadlineWithin(PATIENCE_MS, context.signal, ask), NAMED[field]);
      if (this.#learned.size >= MOST_REMEMBERED) this.#learned.clear();
      this.#learned.set(key, words === undefined || /^\d+$/.test(words) ? undefined : words);
    } catch (error) {
      if (!isFailure(error) || context.signal.aborted) throw error;
      this.#log.debug({ field, problem: error.message }, 'a name that no list of HelpSpot has cannot be read');
    }
  }
}

function isFailure(error: unknown): error is SourceError | DeadlineExceeded {
  return error instanceof SourceError || error instanceof DeadlineExceeded;
}

function keyOf(list: KeptList, id: string): string {
  return `${list} ${id}`;
}

function customForm(record: SourceRecord): readonly (readonly [string, Form])[] {
  const [field, type] = [textOf(ownValue(record, 'field')), textOf(ownValue(record, 'fieldType')).toLowerCase()];
  return [[field, Object.hasOwn(CUSTOM_FORMS, type) ? (CUSTOM_FORMS[type] ?? 'text') : 'text']];
}
