/** A request whose address, query, headers and body have places. */
import * as z from 'zod';
import { UserError } from '../../contract/index.ts';
import type { HttpRequest } from '../http/index.ts';
import {
  fillForm,
  fillJson,
  isJsonTemplate,
  type JsonTemplate,
  mistakeInJson,
  placesInJson,
} from './body-templates.ts';
import { asItIs, type Escape, fillEscaped, fillText, mapValues, readPlaces, type Values } from './places.ts';
import { filledQuery, placeNames, type QueryTemplate, type UrlTemplate } from './url-template.ts';
import { XmlTemplate } from './xml-template.ts';

/** A check of a setting: what throws a {@link UserError}, or gives a text that says what is wrong. */
export function checked<Value>(check: (value: Value) => unknown) {
  return (value: Value, context: { addIssue(issue: { code: 'custom'; message: string }): void }): void => {
    try {
      const message = check(value);
      if (typeof message === 'string') context.addIssue({ code: 'custom', message });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
    }
  };
}

/** A text with places. */
export const template = z.string().superRefine(checked(readPlaces));

const simple = z.union([template, z.number(), z.boolean()]);
const headerName = z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'is no name of a header');

/** JSON with places in its strings. In a JSON Schema it is anything: what is in it need not be described. */
const jsonTemplate = z
  .custom<JsonTemplate>(isJsonTemplate, 'is nothing that JSON can hold')
  .superRefine(checked(mistakeInJson));

/** The settings of a request, without its address and method. Each place is left out when it is empty. */
export const requestShape = {
  query: z
    .record(z.string().min(1), z.union([simple, z.array(template).min(1)]))
    .optional()
    .describe('Parameters of the address: { email: "{{email}}", active: true }. What comes out empty is left out.'),
  headers: z.record(headerName, template).optional().describe('More headers.'),
  json: jsonTemplate.optional().describe('A body in JSON; its strings can have places.'),
  form: z.record(z.string().min(1), simple).optional().describe('A body as a web form sends it: field: template.'),
  xml: z
    .string()
    .superRefine(checked((text) => new XmlTemplate(text)))
    .optional()
    .describe('A body in XML, with places in its texts and attributes.'),
};

/** The values of {@link requestShape}, and a body that is any text. */
export interface RequestParts {
  readonly query?: QueryTemplate | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly json?: JsonTemplate | undefined;
  readonly form?: Readonly<Record<string, string | number | boolean>> | undefined;
  readonly xml?: string | undefined;
  readonly text?: string | undefined;
}

const BODIES = ['json', 'form', 'xml', 'text'] as const;

/** The bodies that a request has: more than one is a mistake. */
export function bodiesOf(parts: RequestParts): readonly (typeof BODIES)[number][] {
  return BODIES.filter((body) => parts[body] !== undefined);
}

/** What is sent as the body. */
export interface FilledBody {
  readonly type: string;
  readonly text: string;
}

/** A request that can be sent. */
export interface FilledRequest {
  readonly path: string;
  readonly query: Readonly<Record<string, readonly string[]>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: FilledBody | undefined;
}

/** A request to be filled. */
export class RequestTemplate {
  readonly url: UrlTemplate;
  /** Every name that a place has. */
  readonly places: ReadonlySet<string>;
  readonly #parts: RequestParts;
  readonly #xml: XmlTemplate | undefined;

  /** @throws {UserError} */
  constructor(url: UrlTemplate, parts: RequestParts) {
    this.url = url;
    this.#parts = parts;
    this.#xml = parts.xml === undefined ? undefined : new XmlTemplate(parts.xml);
    const { query = {}, headers = {}, json = null, form = {}, text = '' } = parts;
    const texts = [...Object.values(query).flat(), ...Object.values(headers), ...Object.values(form), text];
    const inBody = [...placesInJson(json), ...(this.#xml?.places ?? [])];
    const named = texts.flatMap((one) => placeNames(String(one)));
    this.places = new Set([...url.pathPlaces, ...url.queryPlaces, ...named, ...inBody]);
  }

  /** Undefined when the address cannot be made of these values. */
  async fill(values: Values, protect: Escape = asItIs): Promise<FilledRequest | undefined> {
    const url = this.url.fill(values);
    if (url === undefined) return undefined;
    const { query = {}, headers = {} } = this.#parts;
    const filled = Object.entries(mapValues(headers, (one) => fillText(one, values, headerText)));
    return {
      path: url.origin + url.path,
      query: { ...url.query, ...filledQuery(query, values) },
      headers: Object.fromEntries(filled.map(([name, text]) => [name.toLowerCase(), text])),
      body: await this.#body(values, protect),
    };
  }

  async #body(values: Values, protect: Escape): Promise<FilledBody | undefined> {
    const { json, form, text } = this.#parts;
    if (json !== undefined) {
      const filled = fillJson(json, values, protect) ?? (Array.isArray(json) ? [] : {});
      return { type: 'application/json', text: JSON.stringify(filled) };
    }
    if (form !== undefined) {
      const filled = new URLSearchParams(fillForm(form, values, protect));
      return { type: 'application/x-www-form-urlencoded', text: filled.toString() };
    }
    if (this.#xml !== undefined) return { type: 'application/xml; charset=utf-8', text: await this.#xml.fill(values) };
    if (text === undefined) return undefined;
    return { type: 'text/plain; charset=utf-8', text: (fillEscaped(text, values, protect) ?? '').toWellFormed() };
  }
}

/** A value in a header: control characters would end it, and what is not ASCII has no agreed meaning there. */
function headerText(value: string): string {
  return value
    .toWellFormed()
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/[^ -~]/gu, encodeURIComponent);
}

/** For the HTTP client: the body goes out as exactly this text, which may have been signed. */
export function sendable({ path, query, headers, body }: FilledRequest): HttpRequest {
  if (body === undefined) return { path, query, headers };
  return { path, query, headers: { 'content-type': body.type, ...headers }, text: body.text };
}
