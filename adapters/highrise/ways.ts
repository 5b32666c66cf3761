/** Which way to ask for some criteria. It finds at least those who meet them, as far as Highrise says what it compares. */
import { type Criterion, meets } from '../../src/contract/index.ts';
import type { Pages, People } from './people.ts';
import { phoneSearches } from './phone.ts';
import type { CustomField } from './record.ts';
import { termOf, wordOf } from './text.ts';
import type { Asking } from './wire.ts';

/** What the ways need to know of the settings. */
export interface WaySettings {
  readonly customFields: ReadonlyMap<string, CustomField>;
  readonly phoneFormats: readonly string[];
}

/** RFC 5321, 4.5.3.1.3 */
const LONGEST_EMAIL = 254;

// The ways that find fewest people first. An e-mail address is behind a number: Highrise allows few searches by it.
const ORDER = ['phone', 'phones', 'email', 'emails', 'full_name', 'last_name', 'first_name', 'company'];
const NAMES = new Set(['full_name', 'last_name', 'first_name']);
const PHONES = new Set(['phone', 'phones']);
const EMAILS = new Set(['email', 'emails']);
/** `criteria[city]` and so on: https://www.rubydoc.info/gems/highrise/Highrise/Searchable/ClassMethods */
const CRITERIA = new Set(['city', 'state', 'zip', 'country']);

/** Pages of people to look through; undefined when nobody can meet the criteria. */
export function searchOf(
  criteria: readonly Criterion[],
  people: People,
  settings: WaySettings,
  asking: Asking,
): Pages | undefined {
  const [best] = [...criteria].sort((one, other) => rankOf(one, settings) - rankOf(other, settings));
  return best === undefined ? people.all(asking) : wayOf(best, people, settings, asking);
}

function rankOf({ field, match }: Criterion, { customFields }: WaySettings): number {
  const place = ORDER.indexOf(field);
  if (place !== -1) return PHONES.has(field) && match !== 'exact' ? ORDER.length : place;
  if (customFields.has(field)) return ORDER.length + 1;
  if (field === 'tag' || field === 'tags' || field === 'title') return ORDER.length + 2;
  return CRITERIA.has(field) ? ORDER.length + 3 : ORDER.length + 4;
}

function wayOf(criterion: Criterion, people: People, settings: WaySettings, asking: Asking): Pages | undefined {
  const { field, match } = criterion;
  const value = criterion.value.trim();
  if (EMAILS.has(field)) return canBeEmail(value, match === 'exact') ? people.withEmail(value, asking) : undefined;
  if (PHONES.has(field)) {
    const searches = phoneSearches(value, match === 'exact' ? settings.phoneFormats : []);
    return searches.length === 0
      ? undefined
      : together(searches.map((search) => people.meeting('phone', search, asking)));
  }
  if (NAMES.has(field)) return people.named(wordOf(value), asking);
  if (field === 'company') {
    return people.ofCompanies(wordOf(value), (name) => meets({ company: name }, criterion), asking);
  }
  if (field === 'tag' || field === 'tags') {
    return people.tagged((tag) => meets({ [field]: tag }, criterion), asking);
  }
  if (field === 'title' && match === 'exact') return people.all(asking, { title: value });
  const name = CRITERIA.has(field) ? field : settings.customFields.get(field)?.criterion;
  return name === undefined ? people.all(asking) : people.meeting(name, termOf(value), asking);
}

/** No address has a space, quotes or brackets: then no search is spent on it. */
function canBeEmail(value: string, whole: boolean): boolean {
  return value.length <= LONGEST_EMAIL && !/[\s"<>()[\]\\,;:]/.test(value) && (!whole || value.includes('@'));
}

/** The pages of several searches: their first ones are asked for at once. */
async function* together(searches: readonly Pages[]): Pages {
  const firsts = await Promise.all(searches.map((search) => search.next()));
  yield firsts.flatMap((first) => (first.done === true ? [] : first.value));
  for (const search of searches) yield* search;
}
