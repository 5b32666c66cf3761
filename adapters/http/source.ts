/** A web API that is asked as its administrator says. */
import {
  type CallContext,
  type FindQuery,
  type Services,
  type Source,
  SourceError,
  type SourceField,
  type SourceRecord,
  UserError,
} from '../../src/contract/index.ts';
import { createHttpClient, type HttpAnswer, type HttpClient, type HttpRequest } from '../../src/kit/http/index.ts';
import {
  type Auth,
  type FilledRequest,
  findIn,
  MOST_VALUES,
  openAuth,
  type Paths,
  pathsOf,
  refuseMistakes,
  type Search,
  sendable,
  textsOfError,
  UrlTemplate,
  unpacked,
} from '../../src/kit/web/index.ts';
import { type Page, Pages } from './paging.ts';
import { type Plan, Requests } from './requests.ts';
import type { Settings } from './settings.ts';
import { spelledCriteria } from './spellings.ts';

/** Opens a source. Nothing is sent. @throws {UserError} for a path that cannot be read */
export async function openApi(settings: Settings, services: Services): Promise<Source> {
  const requests = new Requests(settings, services.name);
  requests.refuseOtherOrigins();
  const paths = await pathsOf(settings.format, settings.namespaces);
  refuseMistakes(paths, pathsIn(settings), services.name);
  return new Api(settings, services, requests, paths);
}

function pathsIn({ records, error, fields = {}, queries }: Settings): readonly (string | undefined)[] {
  return [records, error, ...Object.values(fields), ...Object.values(queries).map((set) => set.records)];
}

class Api implements Source {
  readonly #settings: Settings;
  readonly #requests: Requests;
  readonly #auth: Auth;
  readonly #client: HttpClient;
  readonly #system: string;
  readonly #services: Services;

  constructor(settings: Settings, services: Services, requests: Requests, paths: Paths) {
    const { origin } = new UrlTemplate(settings.url);
    const system = new URL(origin).host;
    const resolve = (path: string) => services.resolve(path);
    const auth = openAuth(settings.auth, { settings, resolve, log: services.log });
    this.#settings = settings;
    this.#services = services;
    this.#requests = requests;
    this.#system = system;
    this.#auth = auth;
    this.#client = createHttpClient({
      ...{ baseUrl: origin, system, settings, resolve, log: services.log },
      headers: { accept: settings.format === 'json' ? 'application/json' : 'application/xml, text/xml' },
      ...(auth.authorize === undefined ? {} : { authorize: auth.authorize }),
      credentials: [JSON.stringify(settings.auth ?? '')],
      errorText: (answer) => this.#wordsOfRefusal(answer, paths),
    });
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
      await this.#send({ method: 'GET', path: address.origin + address.path, query: address.query }, context);
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
        context.notice?.(`what was looked for is too long to ask ${this.#system} for it`, true);
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

  async close(): Promise<void> {
    await Promise.all([this.#client.close(), this.#auth.close()]);
  }

  /** The records of all pages, as far as they are wanted. */
  async #list(plan: Plan, request: FilledRequest, query: FindQuery, context: CallContext): Promise<List> {
    const pages = new Pages(plan.paging, request);
    const found: SourceRecord[] = [];
    let answered: string | undefined;
    let next: FilledRequest | undefined = pages.first();
    for (let number = 1; next !== undefined && found.length < query.limit; number += 1) {
      if (number > pages.most) {
        context.notice?.(`${this.#system} has more than the ${pages.most} pages that were read`, true);
        return { found, answered, isCut: true };
      }
      const wanted = {
        criteria: query.criteria.filter(({ field }) => this.#requests.isVerified(field)),
        limit: query.limit - found.length,
      };
      const end = number > 1 && pages.areCounted ? [...plan.notFound, BEHIND_THE_LAST] : plan.notFound;
      const page: ReadPage | undefined = await this.#page(plan, next, { ...wanted, pages, end }, context);
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
      await this.#page(plan, pages.first(), { criteria: [], limit: PROBED, pages, end: plan.notFound }, context);
    } catch (error) {
      if (!(error instanceof SourceError) || error.kind !== 'rejected') throw error;
      const remedy =
        'if it refuses only that somebody is looked for who does not exist, name an address for check: /me';
      throw new SourceError('rejected', error.message, { remedy });
    }
  }

  /** Undefined when the system says that there is nobody. */
  async #page(
    { method, records: path }: Plan,
    request: FilledRequest,
    { criteria, limit, pages, end }: Wanted,
    context: CallContext,
  ): Promise<ReadPage | undefined> {
    // A POST of such a source reads, like a GET with a long question.
    const sent: HttpRequest = { ...sendable(request), method, repeatable: true, expect: end };
    const answer = await this.#send(sent, context);
    if (end.includes(answer.status) || answer.text.trim() === '') return undefined;
    const { format, namespaces, fields, dates, error } = this.#settings;
    const wanted: Search = {
      ...{ format, namespaces, texts: { error }, values: pages.paths },
      records: { path, fields, dates, criteria, limit },
    };
    const { texts, values, records } = await findIn(answer, wanted, context.signal);
    const words = wordsIn(texts['error']);
    if (words !== undefined) throw new SourceError('rejected', `${this.#system} answered: ${answer.quoted(words)}`);
    if (records.isAbsent) {
      throw new SourceError('bad-response', `${this.#system} answered without anything at ${path}`, {
        remedy: 'check records, and that the address is that of a list',
      });
    }
    if (records.isCut) context.notice?.(`only ${MOST_VALUES} values of each record of ${this.#system} were read`);
    if (records.missing !== undefined) this.#warnOfMissing(records.missing, records.count);
    return { answer, values, count: records.count, records: await unpacked<SourceRecord>(records.met) };
  }

  #send(request: HttpRequest, { signal, reference }: CallContext): Promise<HttpAnswer> {
    return this.#client.request({ ...request, query: { ...request.query, ...this.#auth.query }, reference }, signal);
  }

  #wordsOfRefusal(answer: HttpAnswer, paths: Paths): string | undefined {
    const { error, format } = this.#settings;
    return error === undefined ? undefined : wordsIn(textsOfError(answer, error, format, paths));
  }

  /** A field that no record has is a mistake in the settings rather than an answer. */
  #warnOfMissing(field: string, records: number): void {
    this.#services.log.warn(
      { source: this.#services.name, field, records },
      'records were left out because none has the field that was looked for: name it under fields, or see verify',
    );
  }
}

/** What an answer says went wrong. */
function wordsIn(texts: readonly string[] = []): string | undefined {
  const words = texts.filter((text) => text !== 'false' && text !== '0');
  return words.length === 0 ? undefined : words.join('; ');
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

/** How many systems answer to the number of a page that they do not have. */
const BEHIND_THE_LAST = 404;

interface ReadPage extends Page {
  readonly records: readonly SourceRecord[];
}

/** What is wanted of a page. */
interface Wanted {
  readonly criteria: FindQuery['criteria'];
  readonly limit: number;
  readonly pages: Pages;
  /** Statuses that mean that there is nobody, or no such page. */
  readonly end: readonly number[];
}

/** What one request and the pages behind it gave. */
interface List {
  readonly found: readonly SourceRecord[];
  /** The text of the first page with records, whether they were meant or not. */
  readonly answered: string | undefined;
  /** There are more pages than are read. */
  readonly isCut: boolean;
}
