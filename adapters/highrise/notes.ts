/** Notes as records of a source: what was written down about a person, the newest first. */
import {
  type CallContext,
  type Criterion,
  type FindQuery,
  meets,
  type SourceField,
  type SourceRecord,
  UserError,
} from '../../src/contract/index.ts';
import { isNewestFirst, type People, timeOf } from './people.ts';
import { ID, type Note } from './person.ts';

/** 25 on a page. Of somebody with more, staff are told that there may be others. */
const MOST_PAGES = 20;

/** Highrise lists the notes of a person; the other fields can narrow these, and nothing is searched by them alone. */
const KEYS = ['customer_id', 'note_id'];
const OTHERS: readonly SourceField[] = [
  ...['note', 'visible_to', 'link'].map((name): SourceField => ({ name, searchable: [] })),
  ...['created', 'updated'].map((name): SourceField => ({ name, kind: 'date', searchable: [] })),
];

/** The fields that every note may have. */
export const NOTE_FIELDS: readonly SourceField[] = [
  ...KEYS.map((name): SourceField => ({ name, searchable: ['exact'] })),
  ...OTHERS,
];

/** Finds notes. */
export class NoteFinder {
  readonly #people: People;
  readonly #url: string;

  /** @param url the address of the account, without a slash at the end */
  constructor(people: People, url: string) {
    this.#people = people;
    this.#url = url;
  }

  /**
   * @throws {UserError} for a question that names neither a person nor a note
   * @throws {SourceError}
   */
  async find({ criteria, limit }: FindQuery, context: CallContext): Promise<readonly SourceRecord[]> {
    context.signal.throwIfAborted();
    const [person, note] = KEYS.map((key) => exactOf(key, criteria));
    if (person === undefined && note === undefined) {
      throw new UserError(
        'Highrise lists the notes of a person only; look for them by customer_id: where: { customer_id: "{{customer_id}}" }',
      );
    }
    if (![person, note].every((id) => id === undefined || ID.test(id))) return [];
    const isMeant = (record: SourceRecord) => criteria.every((criterion) => meets(record, criterion));
    // A person's are asked for under the person, so that they are that person's however Highrise names the subject.
    const found = note === undefined ? await this.#ofPerson(person ?? '', limit, isMeant, context) : [];
    const one = note === undefined ? undefined : await this.#people.note(note, context);
    return [...found, ...(one === undefined ? [] : [recordOf(one, one.partyId, this.#url)].filter(isMeant))];
  }

  async #ofPerson(
    id: string,
    limit: number,
    isMeant: (record: SourceRecord) => boolean,
    context: CallContext,
  ): Promise<readonly SourceRecord[]> {
    const found: { readonly record: SourceRecord; readonly at: number }[] = [];
    let pages = 0;
    for await (const page of this.#people.notesOf(id, MOST_PAGES, context)) {
      for (const note of page) {
        const record = recordOf(note, id, this.#url);
        if (isMeant(record)) found.push({ record, at: timeOf(note) });
      }
      pages += 1;
      if (found.length >= limit && isNewestFirst(page)) break;
      if (pages === MOST_PAGES)
        context.notice?.(`Highrise gave the first ${pages} pages of notes; there may be more`, true);
    }
    return found
      .toSorted((one, other) => other.at - one.at)
      .slice(0, limit)
      .map(({ record }) => record);
  }
}

function exactOf(key: string, criteria: readonly Criterion[]): string | undefined {
  return criteria.find(({ field, match }) => field === key && match === 'exact')?.value.trim();
}

function recordOf(
  { id, body, visibleTo, created, updated }: Note,
  partyId: string | undefined,
  url: string,
): SourceRecord {
  const text = body.trim();
  return {
    note_id: id,
    customer_id: partyId,
    note: text === '' ? undefined : text,
    visible_to: visibleTo,
    link: id === undefined ? undefined : { href: `${url}/notes/${id}`, text: 'Open in Highrise' },
    created,
    updated,
  };
}
