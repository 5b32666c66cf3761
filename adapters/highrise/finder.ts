/**
 * Finding: Highrise narrows, and what it finds is compared by the gateway's own rules. So the way to ask must find at least
 * those who meet the criteria, as far as Highrise says what it compares.
 */
import {
  type CallContext,
  type Criterion,
  type FindQuery,
  kindOf,
  type Log,
  meets,
  SourceError,
  type SourceRecord,
  spellingsOf,
} from '../../src/contract/index.ts';
import { inPhoneFormats, UnknownFields } from '../../src/kit/text/index.ts';
import { isPossible } from '../../src/kit/web/index.ts';
import type { Pages, People } from './people.ts';
import type { Person } from './person.ts';
import { type Account, PERSON_FIELDS, recordOf } from './record.ts';
import { termOf, wordOf } from './text.ts';

/** So many people who do not meet the criteria are read at most: more would take longer than anybody waits. */
const MOST_LOOKED_THROUGH = 1_000;
const MOST_PAGES = 12;
/** So many companies are asked for by their number for one lookup. */
const MOST_COMPANIES = 25;
/** RFC 5321, 4.5.3.1.3 */
const LONGEST_EMAIL = 254;

// The ways that find fewest people first. An e-mail address is behind a number: Highrise allows few searches by it.
const ORDER = ['phone', 'phones', 'email', 'emails', 'full_name', 'last_name', 'first_name', 'company'];
const NAMES = new Set(['full_name', 'last_name', 'first_name']);
const PHONES = new Set(['phone', 'phones']);
const EMAILS = new Set(['email', 'emails']);
/** `criteria[city]` and so on: https://www.rubydoc.info/gems/highrise/Highrise/Searchable/ClassMethods */
const CRITERIA = new Set(['city', 'state', 'zip', 'country']);
const SHORTEST_WITH_ENDING = 7;
/** Of one name, and of one number, in their spellings. They go out together; Highrise allows 150 in 5 seconds. */
const MOST_SEARCHES = 6;
const MOST_PHONE_SEARCHES = 14;

/** Finds people. */
export class Finder {
  readonly #people: People;
  readonly #account: Account;
  readonly #unknown: UnknownFields;

  constructor(people: People, account: Account, log: Log) {
    this.#people = people;
    this.#account = account;
    this.#unknown = new UnknownFields(log, (field) => PERSON_FIELDS.has(field) || account.customFields.has(field));
  }

  /** @throws {SourceError} */
  async find({ criteria, limit }: FindQuery, context: CallContext): Promise<readonly SourceRecord[]> {
    context.signal.throwIfAborted();
    if (this.#unknown.areIn(criteria) || !criteria.every((one) => isPossible(one))) return [];
    const byId = criteria.find(({ field, match }) => field === 'customer_id' && match === 'exact');
    const pages = byId
      ? this.#people.withId(byId.value.trim(), context)
      : searchOf(criteria, this.#people, this.#account, context);
    const people = pages === undefined ? [] : await this.#gather(pages, criteria, limit, context);
    return (await this.#named(people, context)).map((person) => recordOf(person, this.#account));
  }

  /** Of many matches the first ones; what a limit of Highrise ends is told. */
  async #gather(pages: Pages, criteria: readonly Criterion[], limit: number, context: CallContext) {
    const found: Person[] = [];
    const seen = new Set<string>();
    let requests = 0;
    try {
      for await (const page of pages) {
        // Several searches may find the same person.
        const fresh = [...new Map(page.map((one) => [one.id, one])).values()].filter(({ id }) => !seen.has(id));
        for (const { id } of fresh) seen.add(id);
        for (const one of await this.#only(fresh, criteria, context)) found.push(one);
        requests += 1;
        if (found.length >= limit || (criteria.length === 0 && fresh.length === 0)) break;
        if (criteria.length === 0) continue;
        if (seen.size - found.length >= MOST_LOOKED_THROUGH || requests >= MOST_PAGES) {
          context.notice?.(`Highrise gave ${seen.size} people to look through, and there may be more; type more`, true);
          break;
        }
      }
    } catch (error) {
      if (!(error instanceof SourceError && error.kind === 'rate-limited') || found.length === 0) throw error;
      context.notice?.(`Highrise gave only its first ${seen.size} matches, since it allows no more searches now`, true);
    }
    return found.slice(0, limit);
  }

  /** The company last: its name may take another request for each. */
  async #only(people: readonly Person[], criteria: readonly Criterion[], context: CallContext) {
    const byCompany = criteria.filter(({ field }) => field === 'company');
    const rest = people.filter((one) =>
      this.#meetsAll(
        one,
        criteria.filter(({ field }) => field !== 'company'),
      ),
    );
    if (byCompany.length === 0) return rest;
    return (await this.#named(rest, context)).filter((one) => this.#meetsAll(one, byCompany));
  }

  /** A person is found by any of several addresses and numbers. */
  #meetsAll(person: Person, criteria: readonly Criterion[]): boolean {
    const { emails: email, phones: phone, tags } = person;
    const record = { ...recordOf(person, this.#account), email, phone, tags, tag: tags };
    return criteria.every((criterion) => meets(record, criterion));
  }

  /** With the names of their companies, as far as that takes few requests: Highrise itself usually gives them. */
  async #named(people: readonly Person[], context: CallContext): Promise<readonly Person[]> {
    const nameless = people.filter(({ company, companyId }) => company === undefined && companyId !== undefined);
    const asked = new Set(nameless.slice(0, MOST_COMPANIES));
    return await Promise.all(
      people.map((person) => (asked.has(person) ? this.#people.withCompany(person, context) : person)),
    );
  }
}

/** Pages of people to look through; undefined when nobody can meet the criteria. */
function searchOf(
  criteria: readonly Criterion[],
  people: People,
  account: Account,
  asking: CallContext,
): Pages | undefined {
  const [best] = [...criteria].sort((one, other) => rankOf(one, account) - rankOf(other, account));
  return best === undefined ? people.all(asking) : wayOf(best, people, account, asking);
}

function rankOf({ field, match }: Criterion, { customFields }: Account): number {
  const place = ORDER.indexOf(field);
  if (place !== -1) return PHONES.has(field) && match !== 'exact' ? ORDER.length : place;
  if (customFields.has(field)) return ORDER.length + 1;
  if (field === 'tag' || field === 'tags' || field === 'title') return ORDER.length + 2;
  return CRITERIA.has(field) ? ORDER.length + 3 : ORDER.length + 4;
}

function wayOf(criterion: Criterion, people: People, account: Account, asking: CallContext): Pages | undefined {
  const { field, match } = criterion;
  const spellings = spellingsOf(criterion);
  if (EMAILS.has(field)) {
    const addresses = spellings.filter((one) => canBeEmail(one, match === 'exact'));
    // In any case, as staff see it.
    const different = new Map(addresses.toReversed().map((one) => [one.toLowerCase(), one]));
    return inTurn([...different.values()].toReversed().map((one) => () => people.withEmail(one, asking)));
  }
  const name =
    PHONES.has(field) || CRITERIA.has(field) ? criterionOf(field) : account.customFields.get(field)?.criterion;
  if (name !== undefined && kindOf(criterion) === 'phone') {
    const searches = phoneSearches(spellings, match === 'exact' ? account.phoneFormats : []);
    return together(searches.map((one) => people.meeting(name, one, asking)));
  }
  if (NAMES.has(field)) return together(termsOf(spellings, wordOf).map((one) => people.named(one, asking)));
  if (field === 'company') {
    const isMeant = (company: string) => meets({ company }, criterion);
    return together(termsOf(spellings, wordOf).map((one) => people.ofCompanies(one, isMeant, asking)));
  }
  if (field === 'tag' || field === 'tags') {
    return people.tagged((tag) => meets({ [field]: tag }, criterion), asking);
  }
  if (field === 'title' && match === 'exact') {
    return together(spellings.map((title) => people.all(asking, { title })));
  }
  if (name === undefined) return people.all(asking);
  return together(termsOf(spellings, termOf).map((one) => people.meeting(name, one, asking)));
}

/** The name in `criteria[…]` of a field that every person has. */
function criterionOf(field: string): string {
  return PHONES.has(field) ? 'phone' : field;
}

/** What to search for, in each spelling. */
function termsOf(spellings: readonly string[], termIn: (spelling: string) => string): readonly string[] {
  return [...new Set(spellings.map(termIn))].slice(0, MOST_SEARCHES);
}

/** No address has a space, quotes or brackets: then no search is spent on it. */
function canBeEmail(value: string, whole: boolean): boolean {
  return value.length <= LONGEST_EMAIL && !/[\s"<>()[\]\\,;:]/.test(value) && (!whole || value.includes('@'));
}

/** The pages of several searches: their first ones are asked for at once. Undefined for none. */
function together(searches: readonly Pages[]): Pages | undefined {
  return searches.length < 2 ? searches[0] : allPages(searches);
}

async function* allPages(searches: readonly Pages[]): Pages {
  const firsts = await Promise.all(searches.map((search) => search.next()));
  yield firsts.flatMap((first) => (first.done === true ? [] : first.value));
  for (const search of searches) yield* search;
}

/** The pages of the first search that finds somebody: of those that Highrise allows few of. Undefined for none. */
function inTurn(searches: readonly (() => Pages)[]): Pages | undefined {
  return searches.length === 0 ? undefined : firstPages(searches);
}

async function* firstPages(searches: readonly (() => Pages)[]): Pages {
  for (const search of searches) {
    let isFound = false;
    for await (const page of search()) {
      yield page;
      if (page.length > 0) isFound = true;
    }
    if (isFound) return;
  }
}

/**
 * What to search for, to find a telephone number however it was typed. Highrise keeps numbers as they were typed, and how
 * it compares them is documented nowhere: as typed, its digits, the way the account writes numbers, its last four digits,
 * which stand together in most ways of writing (or in pairs), should Highrise find parts of numbers, and its other
 * spellings. What comes back is compared. Empty when there is no digit.
 */
export function phoneSearches(spellings: readonly string[], formats: readonly string[]): readonly string[] {
  const numbers = [...new Set(spellings.map(digitsOf))].filter((digits) => digits !== '');
  const [first] = numbers;
  if (first === undefined) return [];
  const written = inPhoneFormats(numbers, formats);
  const [one, two] = [first.slice(-4, -2), first.slice(-2)];
  const endings = first.length < SHORTEST_WITH_ENDING ? [] : [one + two, `${one} ${two}`];
  const searches = [...spellings.slice(0, 1), first, ...written, ...endings, ...spellings];
  return [...new Set(searches)].slice(0, MOST_PHONE_SEARCHES);
}

function digitsOf(text: string): string {
  return text.replace(/\D+/g, '');
}
