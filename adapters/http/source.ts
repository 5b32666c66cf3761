/** A web API that is asked as its administrator says. */
import {
  type CallContext,
  type FindQuery,
  type ListBatch,
  type ListQuery,
  type Services,
  type Source,
  SourceError,
  type SourceField,
  type SourceRecord,
  UserError,
} from '../../src/contract/index.ts';
import { type FilledRequest, pathsOf, refuseMistakes, UrlTemplate } from '../../src/kit/web/index.ts';
import { Lister } from './lister.ts';
import { BEHIND_THE_LAST, PageReader, type ReadPage } from './page-reader.ts';
import { Pages } from './paging.ts';
import { type Plan, Requests } from './requests.ts';
import type { Settings } from './settings.ts';
import { spelledCriteria } from './spellings.ts';

/** Opens a source. Nothing is sent. @throws {UserError} for a path that cannot be read */
export async function openApi(settings: Settings, services: Services): Promise<Source> {
  const requests = new Requests(settings, services.name);
  requests.refuseOtherOrigins();
  const paths = await pathsOf(settings.format, settings.namespaces);
  refuseMistakes(paths, pathsIn(settings), services.name);
  return new Api(settings, requests, new PageReader(settings, services, paths));
}

function pathsIn({ records, error, fields = {}, queries, list }: Settings): readonly (string | undefined)[] {
  const inSets = Object.values(queries).map((set) => set.records);
  return [records, error, list?.records, ...Object.values(fields), ...inSets];
}

class Api implements Source {
  readonly listsChanges?: true;
  readonly #settings: Settings;
  readonly #requests: Requests;
  readonly #reader: PageReader;
  readonly #lister: Lister;

  constructor(settings: Settings, requests: Requests, reader: PageReader) {
    this.#settings = settings;
    this.#requests = requests;
    this.#reader = reader;
    this.#lister = new Lister(settings, requests, reader);
    if (requests.listsChanges) this.listsChanges = true;
  }

  get parameters(): readonly string[] {
    return this.#requests.parameters;
  }

  async check(context: CallContext): Promise<void> {
    const { check } = this.#settings;
    if (check !== undefined) {
      const { origin } = new UrlTemplate(this.#settings.url);
      const address = new UrlTemplate(check, origin).fill(() => undefined);
      if (address === undefined)
        throw new UserError('check has a place, and nobody to fill it; write an address without');
      await this.#reader.send({ method: 'GET', path: address.origin + address.path, query: address.query }, context);
      return;
    }
    for (const plan of this.#requests.plans) await this.#probe(plan, context);
  }

  async find(query: FindQuery, context: CallContext): Promise<readonly SourceRecord[]> {
    const plan = this.#requests.planFor(query);
    const asked = new Set<string>();
    for (const criteria of spelledCriteria(query.criteria, (field) => plan.template.places.has(field))) {
      const request = await plan.template.fill(this.#requests.valuesFor({ ...query, criteria }));
      // The value cannot be an identifier: `..` in a path would be another address.
      if (request === undefined || asked.has(JSON.stringify(request))) continue;
      asked.add(JSON.stringify(request));
      if (plan.method === 'GET' && isTooLong(request)) {
        context.notice?.(`what was looked for is too long to ask ${this.#reader.system} for it`, true);
        break;
      }
      const { found, answered, isCut } = await this.#list(plan, request, query, context);
      // A system that answers two questions alike does not look at what is asked.
      if (found.length > 0 || isCut || (answered !== undefined && asked.has(answered))) return found;
      if (answered !== undefined) asked.add(answered);
    }
    return [];
  }

  async fields(): Promise<readonly SourceField[] | undefined> {
    return this.#requests.fields;
  }

  list(query: ListQuery, context: CallContext): AsyncIterable<ListBatch> {
    return this.#lister.list(query, context);
  }

  async close(): Promise<void> {
    await this.#reader.close();
  }

  /** The records of all pages, as far as they are wanted. */
  async #list(plan: Plan, request: FilledRequest, query: FindQuery, context: CallContext): Promise<List> {
    const pages = new Pages(plan.paging, request);
    const found: SourceRecord[] = [];
    let answered: string | undefined;
    let next: FilledRequest | undefined = pages.first();
    for (let number = 1; next !== undefined && found.length < query.limit; number += 1) {
      if (number > pages.most) {
        context.notice?.(`${this.#reader.system} has more than the ${pages.most} pages that were read`, true);
        return { found, answered, isCut: true };
      }
      const wanted = {
        criteria: query.criteria.filter(({ field }) => this.#requests.isVerified(field)),
        limit: query.limit - found.length,
      };
      const end = number > 1 && pages.areCounted ? [...plan.notFound, BEHIND_THE_LAST] : plan.notFound;
      const page: ReadPage | undefined = await this.#reader.page(plan, next, { ...wanted, pages, end }, context);
      if (page === undefined) break;
      if (page.count > 0) answered ??= page.answer.text;
      for (const record of page.records) found.push(record);
      next = pages.after(page);
    }
    return { found, answered, isCut: false };
  }

  /** Looks for somebody who does not exist: credentials, address and the form of the answer are proved by it. */
  async #probe(plan: Plan, context: CallContext): Promise<void> {
    const request = await plan.template.fill(this.#requests.probeFor(plan));
    if (request === undefined) return;
    try {
      const pages = new Pages(plan.paging, request);
      await this.#reader.page(plan, pages.first(), { criteria: [], limit: PROBED, pages, end: plan.notFound }, context);
    } catch (error) {
      if (!(error instanceof SourceError) || error.kind !== 'rejected') throw error;
      const remedy =
        'if it refuses only that somebody is looked for who does not exist, name an address for check: /me';
      throw new SourceError('rejected', error.message, { remedy });
    }
  }
}

/** Servers need not take longer addresses (RFC 9110, 4.1), and no customer's data is so long. */
const LONGEST_ADDRESS = 8_000;

function isTooLong({ path, query }: FilledRequest): boolean {
  const values = Object.values(query).flat();
  return (
    values.reduce((sum, value) => sum + encodeURIComponent(value.toWellFormed()).length, path.length) > LONGEST_ADDRESS
  );
}

/** Records of somebody who does not exist that are made all the same, to see that they can be. */
const PROBED = 10;

/** What one request and the pages behind it gave. */
interface List {
  readonly found: readonly SourceRecord[];
  /** The text of the first page with records, whether they were meant or not. */
  readonly answered: string | undefined;
  /** There are more pages than are read. */
  readonly isCut: boolean;
}
