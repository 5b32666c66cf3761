/** A web API that is asked as its administrator says. */
import {
  type CallContext,
  type FindQuery,
  type Services,
  type Source,
  SourceError,
  type SourceRecord,
  UserError,
} from '../../src/gateway/adapter.ts';
import { meets } from '../../src/gateway/criteria.ts';
import {
  createHttpClient,
  type HttpAnswer,
  type HttpClient,
  type HttpRequest,
} from '../../src/upstream/http/client.ts';
import { type Auth, openAuth } from '../../src/upstream/web/auth.ts';
import { type Part, type Paths, pathsOf, refuseMistakes, textsAt } from '../../src/upstream/web/paths.ts';
import { type FilledRequest, sendable } from '../../src/upstream/web/request-template.ts';
import { UrlTemplate } from '../../src/upstream/web/url-template.ts';
import { Pages } from './paging.ts';
import { Records } from './records.ts';
import { type Plan, Requests } from './requests.ts';
import type { Settings } from './settings.ts';

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
  readonly #paths: Paths;
  readonly #records: Records;
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
    this.#paths = paths;
    this.#system = system;
    this.#records = new Records(paths, settings, system);
    this.#auth = auth;
    this.#client = createHttpClient({
      ...{ baseUrl: origin, system, settings, resolve, log: services.log },
      headers: { accept: settings.format === 'json' ? 'application/json' : 'application/xml, text/xml' },
      ...(auth.authorize === undefined ? {} : { authorize: auth.authorize }),
      ...(settings.error === undefined ? {} : { errorText: (answer) => this.#wordsOfRefusal(answer) }),
    });
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
    const request = plan.template.fill(this.#requests.valuesFor(query));
    // The value cannot be an identifier: `..` in a path would be another address.
    if (request === undefined) return [];
    if (plan.method === 'GET' && isTooLong(request)) {
      context.notice?.(`what was looked for is too long to ask ${this.#system} for it`);
      return [];
    }
    const pages = new Pages(plan.paging, this.#paths, request);
    const found: SourceRecord[] = [];
    let next: FilledRequest | undefined = pages.first();
    for (let number = 1; next !== undefined && found.length < query.limit; number += 1) {
      if (number > pages.most) {
        context.notice?.(`${this.#system} has more than the ${pages.most} pages that were read`);
        break;
      }
      const page: ReadPage | undefined = await this.#page(plan, next, context);
      if (page === undefined) break;
      found.push(...this.#verified(page.records, query));
      next = pages.after({ ...page, count: page.records.length });
    }
    return found.slice(0, query.limit);
  }

  async close(): Promise<void> {
    await Promise.all([this.#client.close(), this.#auth.close()]);
  }

  /** Looks for somebody who does not exist: credentials, address and the form of the answer are proved by it. */
  async #probe(plan: Plan, context: CallContext): Promise<void> {
    const request = plan.template.fill(this.#requests.probeFor(plan));
    if (request === undefined) return;
    try {
      await this.#page(plan, new Pages(plan.paging, this.#paths, request).first(), context);
    } catch (error) {
      if (!(error instanceof SourceError) || error.kind !== 'rejected') throw error;
      const remedy =
        'if it refuses only that somebody is looked for who does not exist, name an address for check: /me';
      throw new SourceError('rejected', error.message, { remedy });
    }
  }

  /** Undefined when the system says that there is nobody. */
  async #page(
    { method, notFound, records }: Plan,
    request: FilledRequest,
    context: CallContext,
  ): Promise<ReadPage | undefined> {
    // A POST of such a source reads, like a GET with a long question.
    const sent: HttpRequest = { ...sendable(request), method, repeatable: true, expect: notFound };
    const answer = await this.#send(sent, context);
    if (notFound.includes(answer.status) || answer.text.trim() === '') return undefined;
    const document = this.#paths.read(answer);
    const words = this.#wordsIn(document);
    if (words !== undefined) throw new SourceError('rejected', `${this.#system} answered: ${answer.quoted(words)}`);
    return { answer, document, records: this.#records.in(document, records) };
  }

  #send(request: HttpRequest, { signal, reference }: CallContext): Promise<HttpAnswer> {
    return this.#client.request({ ...request, query: { ...request.query, ...this.#auth.query }, reference }, signal);
  }

  #verified(records: readonly SourceRecord[], { criteria }: FindQuery): readonly SourceRecord[] {
    const compared = criteria.filter(({ field }) => this.#requests.isVerified(field));
    const fitting = records.filter((record) => compared.every((criterion) => meets(record, criterion)));
    if (fitting.length === 0 && records.length > 0) this.#warnOfMissing(records, compared);
    return fitting;
  }

  /** A field that no record has is a mistake in the settings rather than an answer. */
  #warnOfMissing(records: readonly SourceRecord[], compared: FindQuery['criteria']): void {
    const missing = compared.find(({ field }) => records.every((record) => record[field] === undefined));
    if (missing === undefined) return;
    const fields = { source: this.#services.name, field: missing.field, records: records.length };
    this.#services.log.warn(
      fields,
      'records were left out because none has the field that was looked for: name it under fields, or see verify',
    );
  }

  #wordsOfRefusal(answer: HttpAnswer): string | undefined {
    try {
      return this.#wordsIn(this.#paths.read(answer));
    } catch {
      // It is no answer of the system's own: a proxy's page.
      return undefined;
    }
  }

  /** What the answer says went wrong. */
  #wordsIn(document: Part): string | undefined {
    const { error } = this.#settings;
    if (error === undefined) return undefined;
    const words = textsAt(this.#paths, error, document).filter((text) => text !== 'false' && text !== '0');
    return words.length === 0 ? undefined : words.join('; ');
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

interface ReadPage {
  readonly answer: HttpAnswer;
  readonly document: Part;
  readonly records: readonly SourceRecord[];
}
