/**
 * A Highrise to talk to. It follows the vendor's pages (https://github.com/basecamp/highrise-api, the section is above each
 * part), refuses what Highrise refuses, keeps to its limits, and keeps what was made.
 */
import { type Received, type Reply, type StandIn, startStandIn } from '../http/stand-in.ts';
import { Account, Invalid, type StoredPerson } from './account.ts';
import { Limit } from './limit.ts';
import { companyXml, deletionXml, document, errorsXml, fieldXml, list, noteXml, personXml, tagXml } from './pages.ts';
import { bodyOf, groupOf, paged, timeOf, xml } from './requests.ts';
import { type Came, elementsAt, integer, tag, textAt } from './xml.ts';

/** The token of the user whom the gateway acts for. */
export const HIGHRISE_TOKEN = '605b32dd0a1b2c3d';

/** A Highrise that is running. */
export interface HighriseStandIn {
  readonly url: string;
  /** What a source needs beside `adapter: highrise`. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The notes, in the order in which they were made: each push leaves one. */
  readonly made: Account['notes'];
  /** Who and what is in it. */
  readonly account: Account;
  /** Faults and what was received. */
  readonly http: StandIn;
  close(): Promise<void>;
}

/** Options of {@link startHighrise}. */
export interface HighriseOptions {
  /** In ten seconds; Highrise has 2. */
  readonly emailSearches?: number;
  /** In five seconds; Highrise has 150. Without it nothing is limited, and the settings have the adapter keep no pace for it. */
  readonly requests?: number;
  /** People come with the name of their company; the data reference has only its number. */
  readonly companyNames?: boolean;
}

/** The most that the setting takes. */
const UNLIMITED = 1_000;
const SEARCH_PAGE = 25;
const LIST_PAGE = 500;
const PERSON_ELEMENTS = new Set([
  ...['first-name', 'last-name', 'title', 'company-name', 'background', 'visible-to', 'group-id', 'contact-data'],
  'subject_datas',
]);

/** Starts it on a free port. */
export async function startHighrise(options: HighriseOptions = {}): Promise<HighriseStandIn> {
  const { emailSearches = 1_000, requests = 1_000_000, companyNames = true } = options;
  const account = new Account();
  const house = new House(account, companyNames, new Limit(emailSearches, 10), new Limit(requests, 5));
  const http = await startStandIn((request) => house.answer(request, http.url));
  const pace = options.requests === undefined ? { requestsPerSecond: UNLIMITED } : {};
  const settings = { url: http.url, token: HIGHRISE_TOKEN, emailSearches, ...pace };
  return { url: http.url, settings, made: account.notes, account, http, close: () => http.close() };
}

class House {
  readonly #account: Account;
  readonly #companyNames: boolean;
  readonly #emails: Limit;
  readonly #all: Limit;

  constructor(account: Account, companyNames: boolean, emails: Limit, all: Limit) {
    this.#account = account;
    this.#companyNames = companyNames;
    this.#emails = emails;
    this.#all = all;
  }

  answer(request: Received, origin: string): Reply {
    const { query, headers } = request;
    const isEmailSearch = query.has('criteria[email]');
    const wait = this.#all.refuse() ?? (isEmailSearch ? this.#emails.refuse() : undefined);
    if (wait !== undefined) return { status: 503, headers: { 'retry-after': String(wait) }, body: 'Slow down' };
    // README.md, "Authentication": the token as the user name, any password.
    const [scheme, credentials = ''] = (headers.authorization ?? '').split(' ');
    const [token, password] = Buffer.from(credentials, 'base64').toString().split(':');
    if (scheme !== 'Basic' || token !== HIGHRISE_TOKEN || password === undefined) {
      return {
        status: 401,
        headers: { 'www-authenticate': 'Basic realm="Application"' },
        body: 'HTTP Basic: Access denied.\n',
      };
    }
    try {
      const made = request.method === 'POST' ? this.#make(request, origin) : undefined;
      return made ?? this.#show(request) ?? { status: 404, body: 'The record could not be found' };
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      return xml(errorsXml(error.errors), 422);
    }
  }

  #show({ method, path, query }: Received): Reply | undefined {
    if (method !== 'GET') return undefined;
    const account = this.#account;
    // sections/users.md
    if (path === '/me.xml') {
      const user = `<user>${integer('id', 1)}${tag('name', 'John Doe')}${tag('token', HIGHRISE_TOKEN)}</user>`;
      return xml(document(user));
    }
    // sections/people.md
    if (path === '/people.xml') return this.#people(this.#listed(query), LIST_PAGE, query);
    if (path === '/people/search.xml') return this.#people(this.#searched(query), SEARCH_PAGE, query);
    // sections/deletions.md
    if (path === '/deletions.xml') {
      const since = timeOf(query.get('since')) ?? 0;
      const found = account.deletions.filter(({ at }) => at.getTime() >= since);
      return xml(list('deletions', paged(found, LIST_PAGE, query).map(deletionXml)));
    }
    // sections/companies.md
    if (path === '/companies/search.xml') {
      const term = query.get('term')?.toLowerCase() ?? '';
      const found = Array.from(account.companies).filter(
        ([, name]) => term !== '' && name.toLowerCase().includes(term),
      );
      return xml(
        list(
          'companies',
          paged(found, SEARCH_PAGE, query).map(([id, name]) => companyXml(id, name)),
        ),
      );
    }
    // sections/tags.md
    if (path === '/tags.xml')
      return xml(
        list(
          'tags',
          Array.from(account.tags, ([id, name]) => tagXml(id, name)),
        ),
      );
    // sections/custom_fields.md
    if (path === '/subject_fields.xml') {
      return xml(
        list(
          'subject-fields',
          Array.from(account.fields, ([id, label]) => fieldXml(id, label)),
        ),
      );
    }
    return this.#one(path, query);
  }

  #one(path: string, query: URLSearchParams): Reply | undefined {
    const account = this.#account;
    // sections/notes.md, "Get note"
    const noteId = /^\/notes\/(\d+)\.xml$/.exec(path)?.[1];
    const note = account.notes.find((one) => String(one.id) === noteId);
    if (noteId !== undefined) return note && xml(document(noteXml(note)));
    const [, kind, digits, part] = /^\/(people|companies)\/(\d+)(?:\/(notes|people))?\.xml$/.exec(path) ?? [];
    const id = Number(digits);
    if (kind === 'companies') {
      const name = account.companies.get(id);
      if (name === undefined) return undefined;
      if (part === undefined) return xml(document(companyXml(id, name)));
      return this.#people(
        account.people.filter(({ companyId }) => companyId === id),
        LIST_PAGE,
        query,
      );
    }
    const person = kind === 'people' ? account.byId(id) : undefined;
    if (person === undefined) return undefined;
    if (part === undefined) return xml(document(personXml(person, account, this.#companyNames)));
    // sections/notes.md: "from oldest to newest" with since.
    const since = timeOf(query.get('since'));
    const notes = account.notes.filter(({ personId, updated }) => personId === id && updated.getTime() >= (since ?? 0));
    if (since === undefined && account.notesOrder === 'newest first') notes.reverse();
    return xml(list('notes', paged(notes, SEARCH_PAGE, query).map(noteXml)));
  }

  #listed(query: URLSearchParams): readonly StoredPerson[] {
    const [title, tagId, since] = [query.get('title'), query.get('tag_id'), timeOf(query.get('since'))];
    const found = this.#account.people
      .filter((one) => title === null || one.title.toLowerCase() === title.toLowerCase())
      .filter((one) => tagId === null || one.tags.has(Number(tagId)))
      .filter((one) => since === undefined || one.updated.getTime() >= since);
    // "ordered by ascending updated_at (oldest to newest)"
    return since === undefined ? found : found.toSorted((one, other) => Number(one.updated) - Number(other.updated));
  }

  #searched(query: URLSearchParams): readonly StoredPerson[] {
    const term = query.get('term');
    if (term !== null) return this.#account.named(term);
    const criteria = Array.from(query).flatMap(([name, value]) => {
      const criterion = /^criteria\[(\w+)\]$/.exec(name)?.[1];
      return criterion === undefined ? [] : [[criterion, value] as const];
    });
    if (criteria.length === 0) throw new Error('a search without a term or criteria');
    return this.#account.meeting(Object.fromEntries(criteria));
  }

  #people(people: readonly StoredPerson[], size: number, query: URLSearchParams): Reply {
    const shown = paged(people, size, query).map((one) => personXml(one, this.#account, this.#companyNames));
    return xml(list('people', shown));
  }

  /** README.md, "Writing through the API": 201, Location, and the whole of what was made. */
  #make(request: Received, origin: string): Reply | undefined {
    const account = this.#account;
    const { path } = request;
    const body = bodyOf(request);
    if (path === '/people.xml') {
      if (account.isFull) return { status: 507, body: 'Insufficient Storage' };
      const person = this.#newPerson(body);
      return xml(document(personXml(person, account, this.#companyNames)), 201, `${origin}/people/${person.id}.xml`);
    }
    const [, digits, part] = /^\/people\/(\d+)\/(notes|tags)\.xml$/.exec(path) ?? [];
    const person = account.byId(Number(digits));
    if (person === undefined) return undefined;
    if (part === 'tags') {
      if (body?.name !== 'name' || body.text.trim() === '') throw new Invalid("Name can't be blank");
      const id = account.tagId(body.text);
      person.tags.add(id);
      return xml(document(tagXml(id, account.tags.get(id))), 201, `/tags/${id}.xml`);
    }
    if (body !== undefined && body.name !== 'note') throw new Error(`<${body.name}> is no note`);
    // As it came: a note may begin or end with a line feed.
    const text = body?.children.find(({ name }) => name === 'body')?.text ?? '';
    const note = account.addNote(person.id, text, textAt(body, 'visible-to') || undefined, groupOf(body));
    return xml(document(noteXml(note)), 201, `${origin}/notes/${note.id}.xml`);
  }

  #newPerson(body: Came | undefined): StoredPerson {
    const stray = body?.children.find(({ name }) => !PERSON_ELEMENTS.has(name));
    if (stray !== undefined || (body !== undefined && body.name !== 'person')) {
      throw new Error(`<${stray?.name ?? body?.name}> is not documented`);
    }
    if (textAt(body, 'first-name') === '') throw new Invalid("First name can't be blank");
    const fields = body === undefined ? [] : elementsAt(body, 'subject_datas', 'subject_data');
    for (const field of fields) {
      if (!this.#account.fields.has(Number(textAt(field, 'subject_field_id'))))
        throw new Invalid('Subject field is invalid');
    }
    const located = (kind: string, item: string, value: string) =>
      (body === undefined ? [] : elementsAt(body, 'contact-data', kind, item)).map((one) => {
        const location = textAt(one, 'location');
        if (!['Work', 'Home', 'Mobile', 'Other'].includes(location)) throw new Invalid('Location is invalid');
        return { value: textAt(one, value), location };
      });
    const person = this.#account.add({
      firstName: textAt(body, 'first-name'),
      lastName: textAt(body, 'last-name'),
      title: textAt(body, 'title'),
      background: textAt(body, 'background'),
      company: textAt(body, 'company-name'),
      emails: located('email-addresses', 'email-address', 'address'),
      phones: located('phone-numbers', 'phone-number', 'number'),
      visibleTo: textAt(body, 'visible-to') || 'Everyone',
      groupId: groupOf(body),
    });
    for (const field of fields) person.custom.set(Number(textAt(field, 'subject_field_id')), textAt(field, 'value'));
    return person;
  }
}
