/** Pages of the knowledge books as records of a source: kb.search, a public method. */
import {
  type CallContext,
  type FindQuery,
  type Link,
  type Log,
  meets,
  type SourceField,
  type SourceRecord,
} from '../../src/contract/index.ts';
import { roughText, trimmedEnd, UnknownFields } from '../../src/kit/text/index.ts';
import { type Data, type Forms, fieldsOfForms, isPossible } from '../../src/kit/web/index.ts';
import { textAt } from './answer.ts';
import type { HelpSpotApi } from './api.ts';
import { valuesOf } from './values.ts';

const LONGEST_VALUE = 1_000;
const PAGE: Forms = { xPage: 'code', sPageName: 'text', sBookName: 'text' };
/** What HelpSpot is asked for, the most telling first. */
const ASKED = ['q', 'sPageName', 'desc', 'sBookName'];

/** The fields of pages. `q` is what is typed into the search of the portal; only HelpSpot can compare it. */
export const KNOWLEDGE_FIELDS: readonly SourceField[] = [
  { name: 'q', searchable: ['exact', 'prefix', 'contains'], shown: false },
  ...fieldsOfForms({ ...PAGE, desc: 'text' }),
  { name: 'link', searchable: [] },
];

/** Finds pages. */
export class KnowledgeFinder {
  readonly #api: HelpSpotApi;
  readonly #url: string;
  readonly #unknown: UnknownFields;

  constructor(api: HelpSpotApi, url: string, log: Log) {
    this.#api = api;
    this.#url = trimmedEnd(url, '/');
    this.#unknown = new UnknownFields(log, (field) => KNOWLEDGE_FIELDS.some(({ name }) => name === field));
  }

  /**
   * In HelpSpot's own order. Without words nothing, of which staff are told: HelpSpot searches only.
   * @throws {SourceError}
   */
  async find({ criteria, limit }: FindQuery, context: CallContext): Promise<readonly SourceRecord[]> {
    context.signal.throwIfAborted();
    if (this.#unknown.areIn(criteria) || !criteria.every((one) => isPossible(one, LONGEST_VALUE))) return [];
    const [field] = ASKED.filter((name) => criteria.some((one) => one.field === name));
    const q = criteria.find((one) => one.field === field)?.value.trim() ?? '';
    if (q === '') {
      // An AJAX field is opened before anything is typed: nobody's mistake.
      context.notice?.('the knowledge books are searched by words only; type some');
      return [];
    }
    const call = { method: 'kb.search', root: 'pages', params: { q } };
    const pages = await this.#api.askList(call, 'page', context);
    const records = pages.map((page) => this.#record(page));
    const met = records.filter((record) => criteria.every((one) => one.field === 'q' || meets(record, one)));
    return met.slice(0, limit);
  }

  #record(page: Data): SourceRecord {
    const link = this.#link(textAt(page, 'link'), textAt(page, 'sPageName'));
    const desc = roughText(textAt(page, 'desc') ?? '') || undefined;
    return { ...valuesOf(page, PAGE), desc, link };
  }

  /** `?pg=kb.page&id=16` is below the portal. */
  #link(place: string | undefined, text: string | undefined): Link | undefined {
    if (place === undefined || !place.startsWith('?')) return undefined;
    return { href: `${this.#url}/index.php${place}`, text: text ?? place };
  }
}
