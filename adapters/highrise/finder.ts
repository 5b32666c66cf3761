/** Finding: Highrise narrows, and what it finds is compared by the gateway's own rules. */
import {
  type CallContext,
  type Criterion,
  type FindQuery,
  type Log,
  meets,
  SourceError,
  type SourceRecord,
} from '../../src/contract/index.ts';
import { canBeHeld, UnknownFields } from '../../src/kit/text/index.ts';
import type { Pages, People } from './people.ts';
import { idOf, type Person } from './person.ts';
import { type CustomField, PERSON_FIELDS, recordOf } from './record.ts';
import { searchOf } from './ways.ts';

/** No value of Highrise is longer. */
const LONGEST_VALUE = 5_000;
/** So many people who do not meet the criteria are read at most: more would take longer than anybody waits. */
const MOST_LOOKED_THROUGH = 1_000;
const MOST_PAGES = 12;
/** So many companies are asked for by their number for one lookup. */
const MOST_COMPANIES = 25;

/** What finding needs to know of the settings. */
export interface FinderSettings {
  /** Of the account, without a slash at the end. */
  readonly url: string;
  readonly customFields: ReadonlyMap<string, CustomField>;
  readonly phoneFormats: readonly string[];
}

/** Finds people. */
export class Finder {
  readonly #people: People;
  readonly #settings: FinderSettings;
  readonly #unknown: UnknownFields;

  constructor(people: People, settings: FinderSettings, log: Log) {
    this.#people = people;
    this.#settings = settings;
    const { customFields } = settings;
    this.#unknown = new UnknownFields(log, (field) => PERSON_FIELDS.has(field) || customFields.has(field));
  }

  /** @throws {SourceError} */
  async find({ criteria, limit }: FindQuery, context: CallContext): Promise<readonly SourceRecord[]> {
    context.signal.throwIfAborted();
    if (this.#unknown.areIn(criteria) || !criteria.every(({ value }) => canBeHeld(value.trim(), LONGEST_VALUE)))
      return [];
    const byId = criteria.find(({ field, match }) => field === 'customer_id' && match === 'exact');
    if (byId !== undefined) return await this.#one(byId.value.trim(), criteria, context);
    const pages = searchOf(criteria, this.#people, this.#settings, context);
    return pages === undefined ? [] : await this.#gather(pages, criteria, limit, context);
  }

  async #one(id: string, criteria: readonly Criterion[], context: CallContext): Promise<readonly SourceRecord[]> {
    const person = idOf(id) === undefined ? undefined : await this.#people.one(id, context);
    const met = person === undefined ? [] : await this.#only([person], criteria, context);
    return await this.#records(met, context);
  }

  /** Of many matches the first ones; what a limit of Highrise ends is told. */
  async #gather(pages: Pages, criteria: readonly Criterion[], limit: number, context: CallContext) {
    const found: Person[] = [];
    const seen = new Set<string>();
    let requests = 0;
    try {
      for await (const page of pages) {
        const fresh = page.filter(({ id }) => !seen.has(id));
        for (const { id } of fresh) seen.add(id);
        for (const one of await this.#only(fresh, criteria, context)) found.push(one);
        requests += 1;
        if (found.length >= limit || (criteria.length === 0 && fresh.length === 0)) break;
        if (criteria.length === 0) continue;
        if (seen.size - found.length >= MOST_LOOKED_THROUGH || requests >= MOST_PAGES) {
          context.notice?.(`Highrise gave ${seen.size} people to look through, and there may be more; type more`);
          break;
        }
      }
    } catch (error) {
      if (!(error instanceof SourceError && error.kind === 'rate-limited') || found.length === 0) throw error;
      context.notice?.(`Highrise gave only its first ${seen.size} matches, since it allows no more searches now`);
    }
    return await this.#records(found.slice(0, limit), context);
  }

  async #only(people: readonly Person[], criteria: readonly Criterion[], context: CallContext): Promise<Person[]> {
    const meetsAll = (person: Person, wanted: readonly Criterion[]) => {
      const record = this.#recordOf(person);
      return wanted.every((criterion) => isMet(person, record, criterion));
    };
    const byCompany = criteria.filter(({ field }) => field === 'company');
    const rest = people.filter((person) =>
      meetsAll(
        person,
        criteria.filter(({ field }) => field !== 'company'),
      ),
    );
    if (byCompany.length === 0) return rest;
    return (await this.#named(rest, context)).filter((person) => meetsAll(person, byCompany));
  }

  async #records(people: readonly Person[], context: CallContext): Promise<readonly SourceRecord[]> {
    return (await this.#named(people, context)).map((person) => this.#recordOf(person));
  }

  /** With the names of their companies, as far as that takes few requests: Highrise itself usually gives them. */
  async #named(people: readonly Person[], context: CallContext): Promise<readonly Person[]> {
    const nameless = people.filter(({ company, companyId }) => company === undefined && companyId !== undefined);
    const asked = new Set(nameless.slice(0, MOST_COMPANIES));
    return await Promise.all(
      people.map((person) => (asked.has(person) ? this.#people.withCompany(person, context) : person)),
    );
  }

  #recordOf(person: Person): SourceRecord {
    return recordOf(person, this.#settings.url, this.#settings.customFields);
  }
}

/** A person is found by any of several addresses and numbers. */
function isMet({ emails, phones, tags }: Person, record: SourceRecord, criterion: Criterion): boolean {
  return meets({ ...record, email: emails, phone: phones, tags, tag: tags }, criterion);
}
