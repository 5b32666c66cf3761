/** Asks a web API for a page, and finds the records in it. */
import {
  type CallContext,
  type FindQuery,
  type Services,
  SourceError,
  type SourceRecord,
} from '../../src/contract/index.ts';
import {
  createHttpClient,
  type HttpAnswer,
  type HttpClient,
  type HttpRequest,
  SystemClock,
} from '../../src/kit/http/index.ts';
import {
  type Auth,
  type FilledRequest,
  findIn,
  MOST_VALUES,
  openAuth,
  type Paths,
  type Search,
  sendable,
  textsOfError,
  UrlTemplate,
  unpacked,
} from '../../src/kit/web/index.ts';
import type { Page, Pages } from './paging.ts';
import type { Plan } from './requests.ts';
import type { Settings } from './settings.ts';

/** A page with the records that are meant. */
export interface ReadPage extends Page {
  readonly records: readonly SourceRecord[];
}

/** What is wanted of a page. */
export interface Wanted {
  readonly criteria: FindQuery['criteria'];
  readonly limit: number;
  readonly pages: Pages;
  /** Statuses that mean that there is nobody, or no such page. */
  readonly end: readonly number[];
}

/** How many systems answer to the number of a page that they do not have. */
export const BEHIND_THE_LAST = 404;

/** Reads the pages of one API. */
export class PageReader {
  /** The name in messages: the host. */
  readonly system: string;
  readonly clock = new SystemClock();
  readonly #settings: Settings;
  readonly #services: Services;
  readonly #auth: Auth;
  readonly #client: HttpClient;

  constructor(settings: Settings, services: Services, paths: Paths) {
    const { origin } = new UrlTemplate(settings.url);
    const resolve = (path: string) => services.resolve(path);
    const auth = openAuth(settings.auth, { settings, resolve, log: services.log });
    this.#settings = settings;
    this.#services = services;
    this.system = new URL(origin).host;
    this.#auth = auth;
    this.#client = createHttpClient({
      ...{ baseUrl: origin, system: this.system, settings, resolve, log: services.log },
      headers: { accept: settings.format === 'json' ? 'application/json' : 'application/xml, text/xml' },
      ...(auth.authorize === undefined ? {} : { authorize: auth.authorize }),
      credentials: [JSON.stringify(settings.auth ?? '')],
      errorText: (answer) => this.#wordsOfRefusal(answer, paths),
    });
  }

  /** Parameters of addresses that are the gateway's own credentials. */
  get secretParameters(): readonly string[] {
    return Object.keys(this.#auth.query);
  }

  /** Undefined when the system says that there is nobody. @throws {SourceError} */
  async page(
    { method, records: path }: Plan,
    request: FilledRequest,
    { criteria, limit, pages, end }: Wanted,
    context: CallContext,
  ): Promise<ReadPage | undefined> {
    // A POST of such a source reads, like a GET with a long question.
    const sent: HttpRequest = { ...sendable(request), method, repeatable: true, expect: end };
    const answer = await this.send(sent, context);
    if (end.includes(answer.status) || answer.text.trim() === '') return undefined;
    const { format, namespaces, fields, dates, error } = this.#settings;
    const wanted: Search = {
      ...{ format, namespaces, texts: { error }, values: pages.paths },
      records: { path, fields, dates, criteria, limit },
    };
    const { texts, values, records } = await findIn(answer, wanted, context.signal);
    const words = wordsIn(texts['error']);
    if (words !== undefined) throw new SourceError('rejected', `${this.system} answered: ${answer.quoted(words)}`);
    if (records.isAbsent) {
      throw new SourceError('bad-response', `${this.system} answered without anything at ${path}`, {
        remedy: 'check records, and that the address is that of a list',
      });
    }
    if (records.isCut) context.notice?.(`only ${MOST_VALUES} values of each record of ${this.system} were read`);
    if (records.missing !== undefined) this.#warnOfMissing(records.missing, records.count);
    return { answer, values, count: records.count, records: await unpacked<SourceRecord>(records.met) };
  }

  /** @throws {SourceError} */
  async send(request: HttpRequest, { signal, reference }: CallContext): Promise<HttpAnswer> {
    const query = { ...request.query, ...this.#auth.query };
    const answer = await this.#client.request({ ...request, query, reference }, signal);
    this.clock.learn(answer);
    return answer;
  }

  async close(): Promise<void> {
    await Promise.all([this.#client.close(), this.#auth.close()]);
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
