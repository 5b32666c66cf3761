/** A push: the person is there or is made, and a note with the request is left on them. */
import {
  type CallContext,
  type Log,
  type PushReceipt,
  type PushRequest,
  SourceError,
} from '../../src/contract/index.ts';
import { pathOf, type XmlNode } from '../../src/kit/http/index.ts';
import { beforehand } from '../../src/kit/wait/index.ts';
import { unexpected } from './failures.ts';
import { KeyedQueue } from './keyed-queue.ts';
import type { Pages, People } from './people.ts';
import { idOf, type Person } from './person.ts';
import { type Account, fullName, personAddress } from './record.ts';
import type { Settings } from './settings.ts';
import { cutText, plain, wordOf } from './text.ts';
import {
  cutFields,
  hasReference,
  isCompany,
  isMadeBy,
  isSame,
  newPerson,
  type Visibility,
  visibilityNodes,
  type Wanted,
  wantedPerson,
} from './wanted.ts';
import type { Made, Wire } from './wire.ts';

/** Of several who are the person, so many are looked at for a note. */
const MOST_CANDIDATES = 5;
/** Of many people with one name, so many pages are looked at for the one. */
const MOST_PAGES = 12;
const LONGEST_CUSTOM_VALUE = 255;
// Undocumented; a MySQL text column, which Rails makes for a text, holds 65,535 bytes.
const LONGEST_BODY = 15_000;
const LONGEST_TITLE = 255;
const CUT = '(cut off here; the rest is in HelpSpot)';

/** What becomes of a person who is there already, and whether a note is left. */
export type PushManner = Pick<Settings, 'exists' | 'note'>;

/** Pushes to one account. */
export class Pusher {
  readonly #wire: Wire;
  readonly #people: People;
  readonly #account: Account;
  readonly #manner: PushManner;
  readonly #log: Log;
  readonly #queue = new KeyedQueue();

  constructor(wire: Wire, people: People, account: Account, manner: PushManner, log: Log) {
    this.#wire = wire;
    this.#people = people;
    this.#account = account;
    this.#manner = manner;
    this.#log = log;
  }

  /**
   * The note comes last: where it is, everything was done. Whatever breaks off before can be done again, since the
   * person is looked for first.
   * @throws {SourceError}
   */
  async push(request: PushRequest, context: CallContext): Promise<PushReceipt> {
    const wanted = this.#wanted(request);
    return await this.#queue.run(wanted.key, context.signal, async () => {
      const found = await beforehand(this.#found(wanted, request, context));
      const cut = cutFields(request);
      if (cut.length > 0) {
        this.#log.warn(
          { fields: cut, reference: context.reference },
          'fields are longer than Highrise takes, and were cut',
        );
      }
      const id = found?.id ?? (await this.#create(wanted, request, context));
      await this.#tag(id, tagsMissing(wanted, found), context);
      if (this.#manner.note) {
        await this.#wire.make(pathOf`/people/${id}/notes.xml`, newNote(request, wanted.visibility), context);
      }
      return this.#receipt(id);
    });
  }

  /**
   * The notes of a person are a list, and need no index of a search. Without notes a person with every tag is all that a
   * push leaves; what is missing can be added again without harm.
   * @throws {SourceError}
   */
  async find(request: PushRequest, context: CallContext): Promise<PushReceipt | undefined> {
    const wanted = this.#wanted(request);
    return await this.#queue.run(wanted.key, context.signal, async () => {
      const candidates = await this.#existing(wanted, context);
      for (const person of candidates.slice(0, MOST_CANDIDATES)) {
        if (await this.#isDone(person, wanted, request, context)) return this.#receipt(person.id);
      }
      return undefined;
    });
  }

  async #isDone(person: Person, wanted: Wanted, { reference }: PushRequest, context: CallContext): Promise<boolean> {
    if (!this.#manner.note) return isMadeBy(person, reference) && tagsMissing(wanted, person).length === 0;
    for await (const page of this.#people.recentNotes(person.id, context)) {
      if (page.some(({ body }) => hasReference(body, reference))) return true;
    }
    return false;
  }

  /** A person has to say which push made them where it is not a note that says so, or where it makes a difference. */
  #wanted(request: PushRequest): Wanted {
    return wantedPerson(request, !this.#manner.note || this.#manner.exists === 'refuse');
  }

  /** @throws {SourceError} `rejected` for somebody who is there, where that is an error, and whom this push did not make itself */
  async #found(wanted: Wanted, { reference }: PushRequest, context: CallContext): Promise<Person | undefined> {
    const existing = await this.#existing(wanted, context);
    const own = existing.find((person) => isMadeBy(person, reference));
    const [oldest] = existing;
    if (own === undefined && oldest !== undefined && this.#manner.exists === 'refuse') {
      throw new SourceError('rejected', `the person is already in Highrise, with the number ${oldest.id}`, {
        unsent: true,
        said: `the person is already in Highrise, with the number ${oldest.id}`,
      });
    }
    return own ?? oldest;
  }

  /**
   * Those who are the person, the oldest first, as that is the one others know. How soon the search knows somebody new is
   * documented nowhere, so the list of recent changes is asked too before anybody is taken for missing.
   */
  async #existing(wanted: Wanted, context: CallContext): Promise<readonly Person[]> {
    const searched = await this.#searched(wanted, context);
    const found = searched[0] ? searched : await this.#same(await this.#people.recent(context), wanted, context);
    return [...found].sort((one, other) => Number(one.id) - Number(other.id));
  }

  async #searched(wanted: Wanted, context: CallContext): Promise<readonly Person[]> {
    let pages = 0;
    for await (const page of this.#search(wanted, context)) {
      const same = await this.#same(page, wanted, context);
      pages += 1;
      if (same.length > 0 || pages === MOST_PAGES) return same;
    }
    return [];
  }

  #search({ email, company, firstName, lastName }: Wanted, context: CallContext): Pages {
    if (email !== undefined) return this.#people.withEmail(email, context);
    if (company === undefined) return this.#people.named(wordOf(fullName({ firstName, lastName }) ?? ''), context);
    return this.#people.ofCompanies(wordOf(company), (name) => isCompany(name, company), context);
  }

  async #same(people: readonly Person[], wanted: Wanted, context: CallContext): Promise<readonly Person[]> {
    if (wanted.email !== undefined || wanted.company === undefined) return people.filter((one) => isSame(one, wanted));
    const named = people.filter(
      (one) => fullName(one) !== undefined && isSame({ ...one, company: wanted.company }, wanted),
    );
    const whole = await Promise.all(named.map((one) => this.#people.withCompany(one, context)));
    return whole.filter((one) => isSame(one, wanted));
  }

  async #create(wanted: Wanted, request: PushRequest, context: CallContext): Promise<string> {
    const custom = await beforehand(this.#custom(request, context));
    if (wanted.email !== undefined) this.#people.forget(wanted.email);
    const id = madeId(await this.#wire.make('/people.xml', newPerson(wanted, custom), context));
    if (id === undefined) throw unexpected('201 and no person');
    return id;
  }

  /** https://github.com/basecamp/highrise-api/blob/master/sections/tags.md, "Create tag". A tag that is refused is no reason to lose the note. */
  async #tag(id: string, tags: readonly string[], context: CallContext): Promise<void> {
    for (const tag of tags) {
      try {
        await this.#wire.make(pathOf`/people/${id}/tags.xml`, ['name', tag], context);
      } catch (error) {
        if (!(error instanceof SourceError && error.kind === 'rejected')) throw error;
        this.#log.warn({ person: id, reference: context.reference }, `a tag was left out: ${error.message}`);
      }
    }
  }

  /** The custom fields of a new person by their ids. */
  async #custom({ fields }: PushRequest, context: CallContext): Promise<ReadonlyMap<string, string>> {
    const given = Array.from(this.#account.customFields).filter(([name]) => (fields[name] ?? '').trim() !== '');
    if (given.length === 0) return new Map();
    const ids = await this.#people.customFields(context);
    return new Map(
      given.map(([name, { label }]): [string, string] => {
        const id = ids.get(label);
        if (id !== undefined) return [id, cutText(plain(fields[name] ?? ''), LONGEST_CUSTOM_VALUE)];
        throw new SourceError('rejected', `Highrise has no custom field "${label}"`, {
          unsent: true,
          remedy: 'write the label under customFields of the source as it stands in Highrise',
        });
      }),
    );
  }

  #receipt(id: string): PushReceipt {
    return { id, link: personAddress(this.#account.url, id) };
  }
}

/** "You can get the URL of the new resource in the Location header. We also include the complete XML." */
function madeId({ location, root }: Made): string | undefined {
  const inBody = root?.name === 'person' ? idOf(root.child('id')?.text.trim()) : undefined;
  return inBody ?? idOf(/\/people\/(\d+)(?:-[^/]*)?(?:\.xml)?$/.exec(location)?.[1]);
}

/**
 * The body of `POST /people/#{person-id}/notes.xml`: https://github.com/basecamp/highrise-api/blob/master/sections/notes.md.
 * The last line is the reference, by which the note is found again.
 */
function newNote({ title, body, link, reference }: PushRequest, visibility: Visibility): XmlNode {
  const text = plain(body);
  const shown = cutText(text, LONGEST_BODY);
  const back = link === undefined || shown.includes(link.href) ? undefined : `${link.text}: ${link.href}`;
  const parts = [cutText(plain(title), LONGEST_TITLE), shown, shown === text ? undefined : CUT, back, reference];
  const note = parts.filter((part) => part !== undefined && part !== '').join('\n\n');
  return ['note', [['body', plain(note)], ...visibilityNodes(visibility)]];
}

/** The tags that a person has not got. */
function tagsMissing({ tags }: Wanted, person: Person | undefined): readonly string[] {
  const known = new Set(person?.tags.map((tag) => tag.toLowerCase()));
  return tags.filter((tag) => !known.has(tag.toLowerCase()));
}
