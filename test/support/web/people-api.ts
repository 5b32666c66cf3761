/**
 * A web API with the customers of the adapter suite: what a program of the
 * house might look like. It finds more than it is asked for, as many do.
 */
import { meets } from '../../../src/contract/index.ts';
import { type SuiteCustomer, suiteCustomers, suiteFields } from '../adapter-suite/seed.ts';
import { type Received, type Reply, type StandIn, startStandIn } from '../http/stand-in.ts';

/** `POST /search` finds by parts of values, a page at a time; `GET /people.xml` lists all; `GET /people/ID` gives one. */
export const PEOPLE_TOKEN = 'people-secret-token';
const PAGE_SIZE = 10;
/** Of the list: two pages of all, since a source that looks through it reads it for each question. */
const LIST_PAGE_SIZE = 20;

/** Starts it on a free port of 127.0.0.1. */
export function startPeopleApi(): Promise<StandIn> {
  return startStandIn((request) => {
    if (request.headers.authorization !== `Bearer ${PEOPLE_TOKEN}`) {
      return { status: 401, body: { error: { message: 'this token is not known' } } };
    }
    if (request.method === 'POST' && request.path === '/search') return search(request);
    if (request.method === 'GET' && request.path === '/people.xml') return listXml(request);
    if (request.method === 'GET' && request.path.startsWith('/people/')) return person(request);
    return { status: 404, body: { error: { message: 'there is nothing here' } } };
  });
}

/** A JSON body `{ where: { field: part }, page }`. */
function search(request: Received): Reply {
  const body = Object(request.json());
  const where: Readonly<Record<string, unknown>> = Object(body.where ?? {});
  const unknown = Object.keys(where).find((field) => !suiteFields.some((known) => known === field));
  if (unknown !== undefined) return { status: 422, body: { error: { message: `unknown field ${unknown}` } } };
  const found = suiteCustomers.filter((customer) =>
    suiteFields.every((field) => where[field] === undefined || hasPart(field, customer[field], where[field])),
  );
  const page = Number(body.page ?? 1);
  const items = found.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE).map(asJson);
  return { body: { data: { items, more: page * PAGE_SIZE < found.length } } };
}

function hasPart(field: string, value: string | undefined, part: unknown): boolean {
  return value !== undefined && meets({ [field]: value }, { field, match: 'contains', value: String(part) });
}

function asJson({ customer_id, first_name, last_name, ...rest }: SuiteCustomer): object {
  return { id: customer_id, name: { first: first_name ?? null, last: last_name ?? '' }, ...rest };
}

function person(request: Received): Reply {
  const id = decodeURIComponent(request.path.slice('/people/'.length));
  const found = suiteCustomers.find(({ customer_id }) => customer_id.toLowerCase() === id.toLowerCase());
  return found === undefined
    ? { status: 404, body: { error: { message: 'no such person' } } }
    : { body: asJson(found) };
}

/** With the next page in a Link header. */
function listXml(request: Received): Reply {
  const page = Number(request.query.get('page') ?? '1');
  const items = suiteCustomers.slice((page - 1) * LIST_PAGE_SIZE, page * LIST_PAGE_SIZE);
  const link = `</people.xml?page=${page + 1}>; title="the next, or not"; rel="next"`;
  const body = `<?xml version="1.0"?><people xmlns="urn:example:people">${items.map(asXml).join('')}</people>`;
  const type = { 'content-type': 'application/xml; charset=utf-8' };
  return { headers: page * LIST_PAGE_SIZE < suiteCustomers.length ? { ...type, link } : type, body };
}

function asXml({ customer_id, ...rest }: SuiteCustomer): string {
  const fields = Object.entries(rest).map(([field, value]) => `<${field}>${escaped(value)}</${field}>`);
  return `<person id="${escaped(customer_id)}">${fields.join('')}</person>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
