/**
 * What Help Lightning is asked for to find what some criteria mean: at least those that meet them. It compares whole values.
 * What comes back is compared by the gateway's own rules.
 */
import { type Criterion, type SourceField, spellingsOf } from '../../src/contract/index.ts';
import type { Sought } from '../../src/kit/web/index.ts';
import type { Question } from './filter.ts';

/** Of a group: of more values, as of many customers at once, the newest are looked through instead. */
const MOST_OF_GROUP = 100;

/** How one criterion, or a group of which one is enough, is asked for. */
export interface Way {
  /** The one that finds fewest has the lowest. */
  readonly rank: number;
  /** Filters of the list itself. None, and no people: nobody can meet it. */
  readonly questions: readonly Question[];
  /** Users whose calls are asked for. */
  readonly people: readonly Question[];
  /** The same, whose IDs are known. */
  readonly ids: readonly string[];
}

/** How a criterion is asked for; undefined where there is no filter for it. */
export type WayOf = (criterion: Criterion) => Way | undefined;

/** The best way; undefined where everything has to be looked through. */
export function narrowed({ criteria, groups }: Sought, wayOf: WayOf): Way | undefined {
  const ways = [...criteria.map(wayOf), ...groups.map((group) => wayOfGroup(group, wayOf))];
  return ways.filter((way) => way !== undefined).toSorted((one, other) => one.rank - other.rank)[0];
}

function wayOfGroup(group: readonly Criterion[], wayOf: WayOf): Way | undefined {
  if (group.length > MOST_OF_GROUP) return undefined;
  const ways = group.map(wayOf);
  const known = ways.filter((way) => way !== undefined);
  if (known.length < ways.length) return undefined;
  return {
    rank: known.reduce((most, { rank }) => Math.max(most, rank), 0),
    questions: united(known.flatMap(({ questions }) => questions)),
    people: united(known.flatMap(({ people }) => people)),
    ids: [...new Set(known.flatMap(({ ids }) => ids))],
  };
}

/** Questions with one key are one. */
export function united(questions: readonly Question[]): readonly Question[] {
  const byKey = new Map<string, string[]>();
  for (const { key, values } of questions) byKey.set(key, [...(byKey.get(key) ?? []), ...values]);
  return [...byKey].map(([key, values]) => ({ key, values }));
}

/** Users: by ID, mail and name. */
const USER_KEYS: Readonly<Record<string, string>> = { user_id: 'id', id: 'id', email: 'email', name: 'name' };

/** A filter of users; undefined where there is none for it. */
export function userQuestion(criterion: Criterion): Question | undefined {
  const { field, match } = criterion;
  const key = Object.hasOwn(USER_KEYS, field) ? USER_KEYS[field] : undefined;
  if (key === undefined || match !== 'exact') return undefined;
  return { key, values: key === 'id' ? [criterion.value] : writings(criterion, key === 'name') };
}

/** The way to users. */
export function wayToUsers(criterion: Criterion): Way | undefined {
  const question = userQuestion(criterion);
  if (question === undefined) return undefined;
  const rank = ['id', 'email', 'name'].indexOf(question.key);
  return { rank, questions: [question], people: [], ids: [] };
}

/** The way to calls. */
export function wayToCalls(criterion: Criterion): Way | undefined {
  const { field, match, value } = criterion;
  const none = { questions: [], people: [], ids: [] };
  // A call has no mail: it is found by the user, and a user only by the whole of it.
  if (field === 'email' && match !== 'exact') return { rank: 0, ...none };
  if (match !== 'exact') return undefined;
  const asked = (rank: number, key: string, values: readonly string[]): Way => ({
    ...{ ...none, rank, questions: [{ key, values }] },
  });
  switch (field) {
    case 'call_id':
    case 'session':
      return asked(0, 'session.call_id', [value]);
    case 'email':
    case 'name': {
      const question = userQuestion(criterion);
      return { ...none, rank: field === 'email' ? 1 : 3, people: question === undefined ? [] : [question] };
    }
    case 'user_id':
      return { ...none, rank: 2, ids: [value] };
    case 'tag_id':
      return asked(4, 'tag.id', [value]);
    case 'tags':
      return asked(5, 'tag.name', writings(criterion, false));
    default:
      return undefined;
  }
}

const ASKED_OF_CALLS = ['call_id', 'session', 'name', 'user_id', 'tag_id', 'tags'];

/** How a field of calls can be searched: what has no filter is compared among the newest. */
export function searchableCall(field: SourceField): SourceField {
  // Calls have no mail, which only a user tells, and get their attachments when they have been found.
  if (field.name === 'email') return { ...field, searchable: ['exact'] };
  if (field.name === 'attachments') return { ...field, searchable: [] };
  return { ...field, searchable: ASKED_OF_CALLS.includes(field.name) ? ['exact'] : [], isLookedThrough: true };
}

/** How a field of users can be searched. */
export function searchableUser(field: SourceField): SourceField {
  return { ...field, searchable: Object.hasOwn(USER_KEYS, field.name) ? ['exact'] : [], isLookedThrough: true };
}

/** Capitals may count there: as typed, in small letters, and with a capital at the beginning of each word of a name. */
function writings(criterion: Criterion, isName: boolean): readonly string[] {
  const spellings = spellingsOf(criterion);
  const small = spellings.map((one) => one.toLowerCase());
  const names = isName
    ? small.map((one) => one.replace(/(?<![\p{L}\p{M}])\p{L}/gu, (letter) => letter.toUpperCase()))
    : [];
  return [...new Set([...spellings, ...names, ...small])];
}
