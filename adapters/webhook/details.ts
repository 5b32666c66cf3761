/** How a pushed thing stands, asked for as the settings say. */
import type { CallContext, Details } from '../../src/contract/index.ts';
import type { HttpClient } from '../../src/kit/http/index.ts';
import { type Auth, RequestTemplate, sendable, textFrom, UrlTemplate } from '../../src/kit/web/index.ts';
import { type Answers, refuseWords } from './answers.ts';
import { type DetailsSetting, isAddress } from './settings.ts';

/** What details are asked with. */
export interface DetailsServices {
  readonly client: HttpClient;
  readonly auth: Auth;
  /** Where an answer says what went wrong. */
  readonly error: string | undefined;
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
    const { client, auth, error, answers } = this.#services;
    const { title, link, rows, notFound } = this.#setting;
    const filled = await this.#template.fill((name) => (name === 'id' ? id : undefined));
    // `..` is no identifier, and would be another address.
    if (filled === undefined) return undefined;
    const request = sendable({ ...filled, query: { ...filled.query, ...auth.query } });
    const answer = await client.request({ ...request, expect: notFound, reference }, signal);
    if (notFound.includes(answer.status)) return undefined;
    const at = link === undefined || isAddress(link) ? undefined : link;
    // Labels are of the administrator's choosing, and so they have a place of their own.
    const paths = Object.fromEntries(Object.entries(rows).map(([label, path]) => [`row ${label}`, path]));
    const wanted = { texts: { error }, values: { ...paths, title, link: at } };
    const { texts, values } = await answers.find(answer, wanted, signal);
    refuseWords(texts['error'], this.#host, answer);
    const target =
      link === undefined ? undefined : answers.linkFor(link, id, textFrom(values['link']), () => undefined);
    const named = textFrom(values['title']);
    return {
      title: named ?? id,
      ...(target === undefined ? {} : { link: target }),
      rows: Object.keys(rows).map((label) => ({ label, value: values[`row ${label}`] })),
    };
  }
}
