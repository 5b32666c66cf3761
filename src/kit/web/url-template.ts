/** Addresses with places: `https://api.example.com/customers/{{customer_id}}?fields=all`. Values are percent-encoded. */
import { UserError } from '../../contract/index.ts';
import { parsedAddress } from '../text/index.ts';
import { fillText, readPlaces, type Values } from './places.ts';

/** A query of a request: name → template, or several under one name. */
export type QueryTemplate = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** A filled address. */
export interface FilledUrl {
  /** `https://api.example.com` */
  readonly origin: string;
  /** Encoded, with a slash at the start. */
  readonly path: string;
  /** Not encoded yet. */
  readonly query: Readonly<Record<string, readonly string[]>>;
}

const PARTS = /^(https?:\/\/[^/?#{}\s\\]+)(\/[^?#]*)?(?:\?([^#]*))?$/i;
const INSTEAD = 'write it like https://api.example.com/customers/{{customer_id}}';

/** An address with places in its path or its query; never in the host. */
export class UrlTemplate {
  readonly origin: string;
  /** The names of the places without which there is no address. */
  readonly pathPlaces: readonly string[];
  readonly queryPlaces: readonly string[];
  readonly #segments: readonly string[];
  readonly #query: readonly (readonly [name: string, template: string])[];

  /** @param base the origin of an address that begins with a slash @throws {UserError} when it is no address */
  constructor(text: string, base?: string) {
    const whole = base !== undefined && text.startsWith('/') ? base + text : text;
    const [matched, origin = '', path = '/', query = ''] = PARTS.exec(whole) ?? [];
    const address = matched === undefined ? undefined : parsedAddress(origin);
    if (address === undefined) throw new UserError(`is no address; ${INSTEAD}`);
    const { origin: normal, username, password } = address;
    if (username !== '' || password !== '') {
      throw new UserError(
        'has a user name or password in it; write them under auth: { basic: { user: …, password: … } }',
      );
    }
    this.origin = normal;
    this.#segments = path.slice(1).split('/');
    this.#query = Array.from(new URLSearchParams(query));
    this.pathPlaces = this.#segments.flatMap(placeNames);
    this.queryPlaces = this.#query.flatMap(([, template]) => placeNames(template));
  }

  /** Undefined when a value in the path is missing, or would make another path of it. */
  fill(values: Values): FilledUrl | undefined {
    const segments: string[] = [];
    for (const template of this.#segments) {
      const segment = segmentOf(template, values);
      if (segment === undefined) return undefined;
      segments.push(segment);
    }
    return { origin: this.origin, path: `/${segments.join('/')}`, query: filledPairs(this.#query, values) };
  }
}

function segmentOf(template: string, values: Values): string | undefined {
  const places = readPlaces(template);
  if (places.some(({ name }) => (values(name) ?? '') === '')) return undefined;
  const filled = fillText(template, values, (value) => encodeURIComponent(value.toWellFormed())) ?? '';
  // Of the administrator's own text only what no address can have is encoded.
  const segment = filled.replace(/[^\w.~!$&'()*+,;=:@%-]/g, encodeURIComponent);
  return places.length > 0 && /^(?:\.|%2e){0,2}$/i.test(segment) ? undefined : segment;
}

/** The filled query; what is empty is left out. */
export function filledQuery(query: QueryTemplate, values: Values): Readonly<Record<string, readonly string[]>> {
  const pairs = Object.entries(query).flatMap(([name, given]) =>
    (typeof given === 'object' ? given : [String(given)]).map((template) => [name, template] as const),
  );
  return filledPairs(pairs, values);
}

function filledPairs(
  pairs: readonly (readonly [name: string, template: string])[],
  values: Values,
): Readonly<Record<string, readonly string[]>> {
  const filled = new Map<string, string[]>();
  for (const [name, template] of pairs) {
    const text = fillText(template, values);
    if (text === undefined || text === '') continue;
    filled.set(name, [...(filled.get(name) ?? []), text]);
  }
  return Object.fromEntries(filled);
}

/** The names of the places of a template. @throws {UserError} */
export function placeNames(template: string): readonly string[] {
  return readPlaces(template).map(({ name }) => name);
}
