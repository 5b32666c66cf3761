/** What calls and chats can be asked for by: the filters of the vendor's document. For all else there is the index. */
import type { Criterion, SourceField } from '../../src/contract/index.ts';
import type { Sought } from '../../src/kit/web/index.ts';
import type { Params } from './api.ts';
import type { Thing } from './conversation.ts';

/** One question. `one`: the ID of a single call. */
export type Question = { readonly thing: Thing } & ({ readonly params: Params } | { readonly one: string });

/** IDs have no more digits; others find nobody. */
const ID = /^-?\d{1,18}$/;

/** Fields with a filter, the one that finds fewest first. */
const FILTERS: Readonly<Record<string, (id: string) => readonly Question[]>> = {
  call_id: (id) => [{ thing: 'calls', one: id }],
  chat_id: (id) => [{ thing: 'chats', params: { 'id[]': [id] } }],
  user_id: (id) => both({ 'end_user_id[]': [id] }),
  agent_id: (id) => both({ 'agent_id[]': [id] }),
};
const RANKS = Object.keys(FILTERS);

/** @returns the questions that find at least those who are meant; undefined where there is no filter */
export function questionsFor({ criteria, groups }: Sought): readonly Question[] | undefined {
  const ways = [...criteria.map((one) => [one]), ...groups].filter((group) => group.every(isAsked));
  const rankOf = (group: readonly Criterion[]) =>
    group.reduce((most, { field }) => Math.max(most, RANKS.indexOf(field)), 0);
  const [best] = ways.toSorted((one, other) => rankOf(one) - rankOf(other));
  return best && united(best.flatMap(questionsOf));
}

function isAsked({ field, match }: Criterion): boolean {
  return match === 'exact' && Object.hasOwn(FILTERS, field);
}

function questionsOf({ field, value }: Criterion): readonly Question[] {
  const id = value.trim();
  return ID.test(id) ? (FILTERS[field]?.(id) ?? []) : [];
}

/** Questions by the same filter are one. */
function united(questions: readonly Question[]): readonly Question[] {
  const byFilter = new Map<string, Question>();
  for (const question of questions) {
    const key = JSON.stringify('one' in question ? question : [question.thing, Object.keys(question.params)]);
    const known = byFilter.get(key);
    if (known === undefined || !('params' in known) || !('params' in question)) byFilter.set(key, question);
    else byFilter.set(key, { thing: known.thing, params: joined(known.params, question.params) });
  }
  return [...byFilter.values()];
}

function joined(one: Params, other: Params): Params {
  const valuesOf = (params: Params, name: string) => [params[name] ?? []].flat().map(String);
  const names = Object.keys(one);
  return Object.fromEntries(
    names.map((name) => [name, [...new Set([...valuesOf(one, name), ...valuesOf(other, name)])]]),
  );
}

function both(params: Params): readonly Question[] {
  return [
    { thing: 'calls', params },
    { thing: 'chats', params },
  ];
}

/** How a field can be searched without an index. */
export function searchableConversation(field: SourceField): SourceField {
  return { ...field, searchable: Object.hasOwn(FILTERS, field.name) ? ['exact'] : [] };
}
