/**
 * The ways to people that Highrise offers, and to what belongs to them:
 * https://github.com/basecamp/highrise-api/blob/master/sections/people.md (and companies.md, tags.md, notes.md,
 * custom_fields.md beside it).
 */
import type { CallContext } from '../../src/contract/index.ts';
import { pathOf } from '../../src/kit/http/index.ts';
import type { Account } from '../../src/kit/wait/index.ts';
import { EmailSearch } from './email-search.ts';
import { type Deletion, ID, type Named, type Note, type Person } from './person.ts';
import type { Wire } from './wire.ts';

/** Pages of people, in Highrise's order. */
export type Pages = AsyncGenerator<readonly Person[]>;

type Query = Readonly<Record<string, string | undefined>>;

/** "Results are paged in groups of 25" (searches and notes), "page limit of 500" (lists). */
const SEARCH_PAGE = 25;
/** See {@link People.changedSince}. */
export const LIST_PAGE = 500;
/** Nobody has more companies or tags of one name; each costs a request. */
const MOST_GROUPS = 10;
/** The search may not know people yet who were made or changed so recently. Milliseconds. */
const RECENT_MS = 15 * 60_000;
const MOST_RECENT_PAGES = 4;
/** No push is tried for longer than 30 days; whoever repeats one by hand does it soon after. Milliseconds. */
const NOTES_MS = 100 * 24 * 3_600_000;
const MOST_NOTE_PAGES = 40;

/** People, and what belongs to them, of one account. */
export class People {
  readonly #wire: Wire;
  readonly #byEmail: EmailSearch;
  #recentCalls = 0;

  /** @param emailSearches in 10 seconds */
  constructor(wire: Wire, account: Account, emailSearches: number) {
    this.#wire = wire;
    this.#byEmail = new EmailSearch(account, emailSearches, (email, offset, asking) => {
      const query = { 'criteria[email]': email, n: offsetOf(offset) };
      return this.#wire.list('person', ['people', 'person'], '/people/search.xml', query, asking, {
        hasOwnLimit: true,
      });
    });
  }

  close(): void {
    this.#byEmail.close();
  }

  /** `GET /people/#{id}.xml`; undefined for a person who is gone. */
  async one(id: string, asking: CallContext): Promise<Person | undefined> {
    return await this.#wire.get('person', pathOf`/people/${id}.xml`, asking);
  }

  /** The same as a page, for what may be no id. */
  async *withId(id: string, asking: CallContext): Pages {
    const person = ID.test(id) ? await this.one(id, asking) : undefined;
    if (person !== undefined) yield [person];
  }

  /** `GET /people.xml?n=500`, optionally only those with a title. */
  all(asking: CallContext, query: { readonly title?: string } = {}): Pages {
    return this.#pages('/people.xml', query, LIST_PAGE, asking);
  }

  /** `GET /people/search.xml?term=David`: by a part of the name. */
  named(term: string, asking: CallContext): Pages {
    return this.#pages('/people/search.xml', { term }, SEARCH_PAGE, asking);
  }

  /** `GET /people/search.xml?criteria[zip]=90210`; `email` has a way of its own. */
  meeting(criterion: string, value: string, asking: CallContext): Pages {
    return this.#pages('/people/search.xml', { [`criteria[${criterion}]`]: value }, SEARCH_PAGE, asking);
  }

  async *withEmail(email: string, asking: CallContext): Pages {
    yield* paged(SEARCH_PAGE, (offset) => this.#byEmail.page(email, offset, asking));
  }

  /** Somebody new has this address. */
  forget(email: string): void {
    this.#byEmail.forget(email);
  }

  /** The companies with a name that `isMeant`, and their people: `GET /companies/#{company_id}/people.xml`. */
  async *ofCompanies(term: string, isMeant: (name: string) => boolean, asking: CallContext): Pages {
    const pages = paged(SEARCH_PAGE, async (offset) => {
      const query = { term, n: offsetOf(offset) };
      return await this.#wire.list('named', ['companies', 'company'], '/companies/search.xml', query, asking);
    });
    for (const { id, name } of await some(pages, isMeant)) {
      for await (const page of this.#pages(pathOf`/companies/${id}/people.xml`, {}, LIST_PAGE, asking)) {
        yield page.map((person) => ({ ...person, company: person.company ?? name }));
      }
    }
  }

  /** `GET /tags.xml`, and `GET /people.xml?tag_id=#{tag_id}`. */
  async *tagged(isMeant: (tag: string) => boolean, asking: CallContext): Pages {
    const tags = await this.#wire.list('named', ['tags', 'tag'], '/tags.xml', undefined, asking);
    for (const { id } of tags.filter(({ name }) => isMeant(name)).slice(0, MOST_GROUPS)) {
      yield* this.#pages('/people.xml', { tag_id: id }, LIST_PAGE, asking);
    }
  }

  /** `GET /people.xml?since=…`: a list, and so it knows people whom the search does not know yet. */
  async recent(asking: CallContext): Promise<readonly Person[]> {
    // Never twice the same second: the client gives the same question at the same time one answer, which may be too old for this.
    this.#recentCalls = (this.#recentCalls + 1) % 60;
    const since = timeText(this.#wire.clock.now - RECENT_MS - this.#recentCalls * 1000);
    const found: Person[] = [];
    let pages = 0;
    for await (const page of this.#pages('/people.xml', { since }, LIST_PAGE, asking)) {
      for (const person of page) found.push(person);
      pages += 1;
      if (pages === MOST_RECENT_PAGES) break;
    }
    return found;
  }

  /**
   * A page of `GET /people.xml?since=…`, at most {@link LIST_PAGE}: the change longest ago first.
   * @param since see {@link timeText}
   */
  changedSince(since: string, offset: number, asking: CallContext): Promise<readonly Person[]> {
    return this.#page('/people.xml', { since }, offset, asking);
  }

  /** A page of `GET /deletions.xml?since=…`, at most {@link LIST_PAGE}; of people and of everything else. */
  async deletions(since: string, offset: number, asking: CallContext): Promise<readonly Deletion[]> {
    const query = { since, n: offsetOf(offset) };
    return await this.#wire.list('deletion', ['deletions', 'deletion'], '/deletions.xml', query, asking);
  }

  /** The person with the name of the company; it takes another request where Highrise gives only its number. */
  async withCompany(person: Person, asking: CallContext): Promise<Person> {
    if (person.company !== undefined || person.companyId === undefined) return person;
    const company = await this.#wire.get('named', pathOf`/companies/${person.companyId}.xml`, asking);
    return company === undefined ? person : { ...person, company: company.name };
  }

  /** `GET /people/#{id}/notes.xml?since=…`, oldest first: everything that a push can have left. Empty for a person who is gone. */
  async *recentNotes(id: string, asking: CallContext): AsyncGenerator<readonly Note[]> {
    const since = timeText(this.#wire.clock.now - NOTES_MS);
    yield* paged(SEARCH_PAGE, (offset) => this.#notes(id, { since, n: offsetOf(offset) }, asking), MOST_NOTE_PAGES);
  }

  /** `GET /people/#{id}/notes.xml`. Empty for a person who is gone. */
  notesOf(id: string, mostPages: number, asking: CallContext): AsyncGenerator<readonly Note[]> {
    return paged(SEARCH_PAGE, (offset) => this.#notes(id, { n: offsetOf(offset) }, asking), mostPages);
  }

  /** `GET /notes/#{id}.xml`; undefined for one that is gone. */
  async note(id: string, asking: CallContext): Promise<Note | undefined> {
    return await this.#wire.get('note', pathOf`/notes/${id}.xml`, asking);
  }

  /** The newest note; undefined for none. */
  async newestNote(id: string, asking: CallContext): Promise<Note | undefined> {
    const notes: Note[] = [];
    for await (const page of this.notesOf(id, 8, asking)) {
      for (const note of page) notes.push(note);
      if (isNewestFirst(page)) break;
    }
    return notes.reduce<Note | undefined>((newest, note) => (timeOf(note) > timeOf(newest) ? note : newest), notes[0]);
  }

  /** `GET /subject_fields.xml`: the custom fields by their labels. */
  async customFields(asking: CallContext): Promise<ReadonlyMap<string, string>> {
    const list = ['subject-fields', 'subject-field'] as const;
    const fields = await this.#wire.list('named', list, '/subject_fields.xml', undefined, asking);
    return new Map(fields.map(({ id, name }) => [name, id]));
  }

  async #notes(id: string, query: Query, asking: CallContext): Promise<readonly Note[]> {
    const path = pathOf`/people/${id}/notes.xml`;
    return await this.#wire.list('note', ['notes', 'note'], path, query, asking, { mayBeGone: true });
  }

  async #page(path: string, query: Query, offset: number, asking: CallContext): Promise<readonly Person[]> {
    return await this.#wire.list('person', ['people', 'person'], path, { ...query, n: offsetOf(offset) }, asking);
  }

  #pages(path: string, query: Query, size: number, asking: CallContext): Pages {
    return paged(size, (offset) => this.#page(path, query, offset, asking));
  }
}

/** "If 25 elements are returned (the page limit), use ?n=25 to fetch the next 25": a page that is not full is the last. */
async function* paged<T>(
  size: number,
  pageAt: (offset: number) => Promise<readonly T[]>,
  mostPages = Number.POSITIVE_INFINITY,
): AsyncGenerator<readonly T[]> {
  for (let number = 0; number < mostPages; number += 1) {
    const page = await pageAt(number * size);
    yield page;
    if (page.length < size) return;
  }
}

/** The first page is asked for without an offset. */
function offsetOf(offset: number): string | undefined {
  return offset === 0 ? undefined : String(offset);
}

async function some(pages: AsyncGenerator<readonly Named[]>, isMeant: (name: string) => boolean): Promise<Named[]> {
  const found: Named[] = [];
  let read = 0;
  for await (const page of pages) {
    for (const one of page) if (isMeant(one.name)) found.push(one);
    read += 1;
    if (found.length >= MOST_GROUPS || read === MOST_GROUPS) break;
  }
  return found.slice(0, MOST_GROUPS);
}

/** `yyyymmddhhmmss` in UTC. */
export function timeText(time: number): string {
  return new Date(time).toISOString().replace(/\D/g, '').slice(0, 14);
}

/** In which order Highrise gives notes is not documented, so the dates of a page tell. */
export function isNewestFirst(page: readonly Note[]): boolean {
  return timeOf(page.at(0)) > timeOf(page.at(-1));
}

/** When a note was made; 0 where that is not known. Milliseconds. */
export function timeOf(note: Note | undefined): number {
  return note?.created?.getTime() ?? 0;
}
