/**
 * A web API with contacts that come, change and go while it is asked, and with every way to hand out a long list that such
 * APIs have. It keeps those who were deleted, as `{ id, deleted: true }`, for whoever asks for changes.
 */
import { type Received, type Reply, type StandIn, startStandIn } from '../http/stand-in.ts';

/** A contact. */
export interface Contact {
  readonly id: number;
  name: string;
  updated: Date;
  deleted?: boolean;
  /** What else it has. */
  readonly more?: object;
}

/** The API, running. */
export interface ContactsApi extends StandIn {
  contacts: Contact[];
}

const KEY = 'contacts-key';
/** What a source needs to be known: the key stands in the address. */
export const contactsAuth = { query: { key: KEY } };

/** Starts it on a free port of 127.0.0.1, with so many contacts. */
export async function startContactsApi(count: number): Promise<ContactsApi> {
  const first = Date.UTC(2026, 0, 1);
  const contacts = Array.from({ length: count }, (_, index): Contact => {
    return { id: index + 1, name: `Contact ${index + 1}`, updated: new Date(first + index * 60_000) };
  });
  const standIn = await startStandIn((request) => answer(request, api.contacts));
  const api: ContactsApi = Object.assign(standIn, { contacts });
  return api;
}

function answer({ method, path, query }: Received, contacts: readonly Contact[]): Reply {
  if (query.get('key') !== KEY) return { status: 401, body: { error: 'this key is not known' } };
  if (method !== 'GET' || !['/pages', '/offsets', '/cursors', '/links', '/nexts', '/everybody'].includes(path)) {
    return { status: 404, body: { error: 'there is nothing here' } };
  }
  const since = timeOf(query.get('updated_since'));
  if (since !== undefined && Number.isNaN(since)) return { status: 400, body: { error: 'updated_since is no time' } };
  const known = contacts
    .filter(({ deleted, updated }) => (since === undefined ? deleted !== true : updated.getTime() >= since))
    .toSorted((one, other) => one.id - other.id);
  const limit = Number(query.get('limit') ?? 10);
  const items = pageOf(path, query, known, limit);
  if (items.length === 0 && path === '/pages') return { status: 404, body: { error: 'no such page' } };
  const last = items.at(-1)?.id;
  const more = last !== undefined && last !== known.at(-1)?.id && path !== '/everybody';
  const next = `${path}?${new URLSearchParams({ ...Object.fromEntries(query), after: String(last) })}`;
  return {
    headers: more && path === '/links' ? { link: `<${next}>; rel="next"` } : {},
    body: {
      items: items.map(asJson),
      ...(more && path === '/cursors' && { next: last }),
      ...(more && path === '/nexts' && { next }),
    },
  };
}

function pageOf(path: string, query: URLSearchParams, known: readonly Contact[], limit: number): readonly Contact[] {
  if (path === '/everybody') return known;
  const page = (Number(query.get('page') ?? 1) - 1) * limit;
  if (path === '/pages') return known.slice(page, page + limit);
  const offset = Number(query.get('offset') ?? 0);
  if (path === '/offsets') return known.slice(offset, offset + limit);
  const after = Number(query.get('after') ?? 0);
  return known.filter(({ id }) => id > after).slice(0, limit);
}

function asJson({ id, name, updated, deleted, more }: Contact): object {
  return deleted === true ? { id, deleted, ...more } : { id, name, updated: updated.toISOString(), ...more };
}

/** In any of the ways in which APIs are told a time. */
function timeOf(text: string | null): number | undefined {
  if (text === null) return undefined;
  if (/^\d{10}$/.test(text)) return Number(text) * 1000;
  if (/^\d{13}$/.test(text)) return Number(text);
  if (/^\d{14}$/.test(text)) {
    return Date.parse(text.replace(/(....)(..)(..)(..)(..)(..)/, '$1-$2-$3T$4:$5:$6Z'));
  }
  return Date.parse(/^[\d-]+ [\d:]+$/.test(text) ? `${text.replace(' ', 'T')}Z` : text);
}
