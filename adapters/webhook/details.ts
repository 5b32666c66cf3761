/** How a pushed thing stands, asked for as the settings say. */
import { type CallContext, type Details, SourceError } from '../../src/gateway/adapter.ts';
import type { HttpClient } from '../../src/upstream/http/client.ts';
import type { Auth } from '../../src/upstream/web/auth.ts';
import type { Paths } from '../../src/upstream/web/paths.ts';
import { RequestTemplate, sendable } from '../../src/upstream/web/request-template.ts';
import { UrlTemplate } from '../../src/upstream/web/url-template.ts';
import { textFrom, valueFrom } from '../../src/upstream/web/values.ts';
import type { Answers } from './answers.ts';
import type { DetailsSetting } from './settings.ts';

/** What details are asked with. */
export interface DetailsServices {
  readonly client: HttpClient;
  readonly auth: Auth;
  readonly paths: Paths;
  readonly answers: Answers;
}

/** Asks for one thing at a time. */
export class DetailsDesk {
  readonly #setting: DetailsSetting;
  readonly #services: DetailsServices;
  readonly #template: RequestTemplate;
  readonly #host: string;

  constructor(setting: DetailsSetting, services: DetailsServices) {
    this.#setting = setting;
    this.#services = services;
    const url = new UrlTemplate(setting.url);
    this.#template = new RequestTemplate(url, setting);
    this.#host = new URL(url.origin).host;
  }

  /** Undefined when the system does not know it. @throws {SourceError} */
  async details(id: string, { signal, reference }: CallContext): Promise<Details | undefined> {
    const { client, auth, paths, answers } = this.#services;
    const { title, link, rows, notFound } = this.#setting;
    const filled = this.#template.fill((name) => (name === 'id' ? id : undefined));
    // `..` is no identifier, and would be another address.
    if (filled === undefined) return undefined;
    const request = sendable({ ...filled, query: { ...filled.query, ...auth.query } });
    const answer = await client.request({ ...request, expect: notFound, reference }, signal);
    if (notFound.includes(answer.status)) return undefined;
    const words = answers.wordsOf(answer);
    if (words !== undefined) throw new SourceError('rejected', `${this.#host} answered: ${answer.quoted(words)}`);
    const document = paths.read(answer);
    const found =
      link === undefined
        ? undefined
        : answers.linkFor(
            link,
            id,
            () => document,
            () => undefined,
          );
    const named = title === undefined ? undefined : textFrom(paths.one(title, document));
    return {
      title: named ?? id,
      ...(found === undefined ? {} : { link: found }),
      rows: Object.entries(rows).map(([label, path]) => ({ label, value: valueFrom(paths.one(path, document)) })),
    };
  }
}
