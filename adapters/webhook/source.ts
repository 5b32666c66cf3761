/** A web hook that takes pushes. */
import {
  type CallContext,
  type Details,
  type PushReceipt,
  type PushRequest,
  type Services,
  type Source,
  SourceError,
} from '../../src/contract/index.ts';
import { createHttpClient, type HttpClient, type HttpClientOptions } from '../../src/kit/http/index.ts';
import {
  type Auth,
  type AuthSetting,
  asItIs,
  bodiesOf,
  openAuth,
  type Paths,
  pathsOf,
  RequestTemplate,
  refuseMistakes,
  sendable,
  UrlTemplate,
  type Values,
} from '../../src/kit/web/index.ts';
import { Answers } from './answers.ts';
import { DetailsDesk } from './details.ts';
import { isAddress, type Settings } from './settings.ts';
import { signatureHeaders } from './signature.ts';

/** What is sent when the settings name no body. */
const USUAL_JSON = {
  title: '{{title}}',
  body: '{{body}}',
  link: '{{link}}',
  reference: '{{reference}}',
  request: '{{xRequest}}',
  customer: { id: '{{sUserId}}', name: '{{fullname}}', email: '{{sEmail}}', phone: '{{sPhone}}' },
};

const ANY_STATUS = Array.from({ length: 400 }, (_, index) => 200 + index);

/** Opens a source. Nothing is sent. @throws {UserError} for a path that cannot be read */
export async function openHook(settings: Settings, services: Services): Promise<Source> {
  const paths = await pathsOf(settings.format);
  refuseMistakes(paths, pathsIn(settings), services.name);
  const hook = new Hook(settings, services, paths);
  const { details } = settings;
  const source: Source = {
    check: (context) => hook.check(context),
    push: (request, context) => hook.push(request, context),
    close: () => hook.close(),
  };
  return details === undefined ? source : { ...source, details: (id, context) => hook.details(id, context) };
}

function pathsIn({ id, error, link, success, details }: Settings): readonly (string | undefined)[] {
  const links = [link, details?.link].filter((one) => one !== undefined && !isAddress(one));
  const ids = typeof id === 'string' ? [id] : [];
  return [...ids, error, success?.at, details?.title, ...links, ...Object.values(details?.rows ?? {})];
}

class Hook {
  readonly #settings: Settings;
  readonly #system: string;
  readonly #template: RequestTemplate;
  readonly #answers: Answers;
  readonly #auth: Auth;
  readonly #client: HttpClient;
  readonly #desk: DetailsDesk | undefined;
  readonly #closing: (() => Promise<void>)[];

  constructor(settings: Settings, services: Services, paths: Paths) {
    const url = new UrlTemplate(settings.url);
    const system = new URL(url.origin).host;
    const answers = new Answers(settings, paths, system);
    const open = (auth: AuthSetting | undefined) =>
      openAuth(auth, { settings, resolve: (path) => services.resolve(path), log: services.log });
    const auth = open(settings.auth);
    const common = { settings, resolve: (path: string) => services.resolve(path), log: services.log };
    const options = (origin: string, host: string, { authorize }: Auth): HttpClientOptions => ({
      ...{ ...common, baseUrl: origin, system: host, errorText: (answer) => answers.wordsOf(answer) },
      ...(authorize === undefined ? {} : { authorize }),
    });
    this.#settings = settings;
    this.#system = system;
    this.#template = new RequestTemplate(
      url,
      bodiesOf(settings).length === 0 ? { ...settings, json: USUAL_JSON } : settings,
    );
    this.#answers = answers;
    this.#auth = auth;
    this.#client = createHttpClient({ ...options(url.origin, system, auth), secretAddress: true });
    this.#closing = [() => this.#client.close(), () => auth.close()];
    const { details } = settings;
    if (details === undefined) return;
    const { origin } = new UrlTemplate(details.url);
    // Credentials go to the host for which they were written, and to no other.
    const own = details.auth === undefined && origin === url.origin ? auth : open(details.auth);
    const client = createHttpClient(options(origin, new URL(origin).host, own));
    this.#closing.push(
      () => client.close(),
      () => own.close(),
    );
    this.#desk = new DetailsDesk(details, { client, auth: own, error: settings.error, answers });
  }

  /** A web hook has no question that does nothing: without an address to ask, only the host is tried. */
  async check({ signal, reference }: CallContext): Promise<void> {
    const { check } = this.#settings;
    const { origin } = this.#template.url;
    const query = this.#auth.query;
    if (check === undefined) await this.#client.request({ path: `${origin}/`, expect: ANY_STATUS, reference }, signal);
    else await this.#client.request({ path: check, query, reference }, signal);
  }

  async push(request: PushRequest, { signal, reference }: CallContext): Promise<PushReceipt> {
    const { method, idempotencyHeader, success } = this.#settings;
    const values = valuesOf(request);
    const filled = await this.#template.fill(values, this.#settings.escape === 'slack' ? forSlack : asItIs);
    if (filled === undefined) {
      throw new SourceError('rejected', `the address of ${this.#system} has a place without a value in this request`, {
        unsent: true,
        remedy: 'give the place a value under fields of the push target',
      });
    }
    const { body } = filled;
    const key = idempotencyHeader === undefined ? {} : { [idempotencyHeader.toLowerCase()]: request.reference };
    const headers = { ...filled.headers, ...key, ...this.#signature(body?.text ?? '', request.reference) };
    const sent = sendable({ ...filled, headers, query: { ...filled.query, ...this.#auth.query } });
    const expect = success?.status?.filter((status) => status >= 300) ?? [];
    const repeatable = idempotencyHeader !== undefined;
    const answer = await this.#client.request({ ...sent, method, repeatable, expect, reference }, signal);
    return await this.#answers.receipt(answer, request.reference, values, signal);
  }

  async details(id: string, context: CallContext): Promise<Details | undefined> {
    return await this.#desk?.details(id, context);
  }

  async close(): Promise<void> {
    await Promise.all(this.#closing.map((close) => close()));
  }

  #signature(body: string, reference: string): Readonly<Record<string, string>> {
    const { signature } = this.#settings;
    return signature === undefined ? {} : signatureHeaders(signature, body, reference, Math.floor(Date.now() / 1000));
  }
}

/** The push's own places, then the target's fields, then the request's. */
function valuesOf({ title, body, reference, link, fields, values }: PushRequest): Values {
  const own = new Map([
    ['title', title],
    ['body', body],
    ['reference', reference],
    ['link', link?.href ?? ''],
  ]);
  const among = (all: Readonly<Record<string, string>>, name: string) =>
    Object.hasOwn(all, name) ? all[name] : undefined;
  return (name) => own.get(name) ?? among(fields, name) ?? among(values, name);
}

/** Slack's control characters: https://docs.slack.dev/messaging/formatting-message-text#escaping */
function forSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
