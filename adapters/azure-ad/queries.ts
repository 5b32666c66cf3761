/** What is asked of Graph for the criteria of a search. Every value becomes a literal, and nothing else. */
import {
  type Criterion,
  type FindQuery,
  isSought,
  type MatchKind,
  spellingsOf,
  UserError,
} from '../../src/contract/index.ts';
import { canBeHeld } from '../../src/kit/text/index.ts';
import { type Clause, clauseFor } from './clauses.ts';
import type { Field } from './fields.ts';
import { phoneForms } from './phone.ts';
import { type Engine, PROPERTY_WITH_WORDS, searchable } from './properties.ts';
import { kindIn } from './source-fields.ts';

/** One question for users; every user is meant where neither `filter` nor `search` is there. Not encoded for an address yet. */
export interface UserQuery {
  readonly filter: string | undefined;
  readonly search: string | undefined;
  readonly engine: Engine;
}

/** What a source has to know for that. */
export interface QuerySettings {
  readonly fields: ReadonlyMap<string, Field>;
  readonly phoneFormats: readonly string[];
  /** The administrator's own condition, ANDed to every question. */
  readonly filter: string | undefined;
}

/** No property that can be searched is longer, and an address must not become longer than servers take. */
const LONGEST_VALUE = 2_048;
// "Too many child clauses specified in search filter expression containing 'OR' operators: 16. Max allowed: 15."
const MOST_ALTERNATIVES = 15;
/** Of the words of a box so many are asked for, the longest; the others are compared. */
const MOST_WORDS = 3;

/**
 * The questions whose answers together are the users that meet all criteria; empty when nobody can. Without
 * criteria it is one question, for everybody whom the administrator's condition lets through. Groups (words) are asked for
 * one by one, as the beginnings of values and of words of the display name, since Graph finds no other parts: of what comes
 * back, all groups have to be compared.
 * @throws {UserError} for a search that Graph does not serve
 */
export function queriesFor(
  { criteria, groups = [] }: Pick<FindQuery, 'criteria' | 'groups'>,
  settings: QuerySettings,
): readonly UserQuery[] {
  const all = [...criteria, ...groups.flat()];
  if (!all.every((one) => isSought(one) && canBeHeld(one.value.trim(), LONGEST_VALUE))) return [];
  if (groups.length === 0) return questions(criteria, settings);
  const longest = groups.toSorted((one, other) => lengthOf(other) - lengthOf(one)).slice(0, MOST_WORDS);
  return longest.flatMap((group) => {
    const clauses = group.flatMap((criterion) => beginningsFor(criterion, settings));
    const begun = chunked(clauses).flatMap((chunk) => questions(criteria, settings, { clauses: chunk }));
    const word = group.find(({ field }) => hasWords(field, settings));
    if (word === undefined) return begun;
    return [...begun, ...questions(criteria, settings, { search: wordsOf(word.value) })];
  });
}

/** @param more what has to be met besides the criteria: one of `clauses`, `search` */
function questions(
  criteria: readonly Criterion[],
  settings: QuerySettings,
  more: { readonly clauses?: readonly Clause[]; readonly search?: string } = {},
): readonly UserQuery[] {
  const { clauses, search } = more;
  const searches = [
    ...criteria.filter(({ match }) => match === 'contains').map((one) => searchClause(one, settings)),
    ...(search === undefined ? [] : [search]),
  ];
  const alternatives = criteria
    .filter(({ match }) => match !== 'contains')
    .map((criterion) => chunked(clausesFor(criterion, settings)));
  const own = settings.filter === undefined ? [] : [`(${settings.filter})`];
  return combinations([...alternatives, ...(clauses === undefined ? [] : [[clauses]])]).map((chunks) => {
    const conditions = [...chunks.map(disjunction), ...own];
    const needsAdvanced = searches.length > 0 || chunks.flat().some((clause) => clause.engine === 'advanced');
    return {
      filter: conditions.length === 0 ? undefined : conditions.join(' and '),
      search: searches.length === 0 ? undefined : searches.join(' AND '),
      engine: needsAdvanced ? 'advanced' : 'basic',
    };
  });
}

function lengthOf(group: readonly Criterion[]): number {
  return group[0]?.value.length ?? 0;
}

function clausesFor(criterion: Criterion, settings: QuerySettings): readonly Clause[] {
  const field = settings.fields.get(criterion.field);
  if (field === undefined) return [];
  const match = criterion.match === 'prefix' ? 'prefix' : 'exact';
  if (!field.searched.some((property) => searchable(property)[match] !== undefined)) throw notServed(criterion, field);
  return servedClauses(criterion, field, match, settings);
}

/** The beginnings of what a criterion of a group wants a part of; none where Graph serves none. */
function beginningsFor(criterion: Criterion, settings: QuerySettings): readonly Clause[] {
  const field = settings.fields.get(criterion.field);
  const match = criterion.match === 'exact' ? 'exact' : 'prefix';
  return field === undefined ? [] : servedClauses({ ...criterion, match }, field, match, settings);
}

function servedClauses(
  criterion: Criterion,
  field: Field,
  match: 'exact' | 'prefix',
  { phoneFormats }: QuerySettings,
): readonly Clause[] {
  const kind = kindIn(field, criterion);
  const values =
    kind === 'phone' ? phoneForms(criterion, phoneFormats) : withoutCase(spellingsOf({ ...criterion, kind }));
  return field.searched.flatMap((property) => values.flatMap((value) => clauseFor(property, match, value, kind) ?? []));
}

/** Graph compares without regard to case. */
function withoutCase(spellings: readonly string[]): readonly string[] {
  const byForm = new Map(spellings.toReversed().map((spelling) => [spelling.toLowerCase(), spelling]));
  return [...byForm.values()].reverse();
}

/** Whether a part of a field may be a word of the display name. */
function hasWords(name: string, { fields }: QuerySettings): boolean {
  const field = fields.get(name);
  return (
    field !== undefined && (kindIn(field, { field: name }) === 'name' || field.searched.includes(PROPERTY_WITH_WORDS))
  );
}

function searchClause(criterion: Criterion, settings: QuerySettings): string {
  const field = settings.fields.get(criterion.field);
  if (field !== undefined && !field.searched.includes(PROPERTY_WITH_WORDS)) throw notServed(criterion, field);
  return wordsOf(criterion.value);
}

/** In double quotes; within, `"` and `\` have a backslash before them. */
function wordsOf(value: string): string {
  return `"${PROPERTY_WITH_WORDS}:${value.trim().replace(/["\\]/g, '\\$&')}"`;
}

const SOUGHT: Readonly<Record<MatchKind, string>> = {
  exact: 'for',
  prefix: 'for the beginning of',
  contains: 'for a part of',
};

function notServed({ field, match }: Criterion, { searched }: Field): UserError {
  const other = match === 'contains' ? `write "${field}: prefix", or search display_name` : 'search another field';
  return new UserError(
    `Microsoft Graph cannot search ${SOUGHT[match]} ${searched.join(', ')}, which the field ${field} is; ${other}`,
  );
}

/** Groups of alternatives that one expression takes; those of the basic engine stay with it. */
function chunked(clauses: readonly Clause[]): readonly (readonly Clause[])[] {
  const chunks: (readonly Clause[])[] = [];
  for (const engine of ['basic', 'advanced']) {
    const served = clauses.filter((clause) => clause.engine === engine);
    for (let at = 0; at < served.length; at += MOST_ALTERNATIVES) chunks.push(served.slice(at, at + MOST_ALTERNATIVES));
  }
  return chunks;
}

/** One chunk of every criterion, in all ways; nothing when a criterion has none. */
function combinations(
  criteria: readonly (readonly (readonly Clause[])[])[],
): readonly (readonly (readonly Clause[])[])[] {
  return criteria.reduce<readonly (readonly (readonly Clause[])[])[]>(
    (all, chunks) => all.flatMap((one) => chunks.map((chunk) => [...one, chunk])),
    [[]],
  );
}

function disjunction(clauses: readonly Clause[]): string {
  const text = clauses.map((clause) => clause.text).join(' or ');
  return clauses.length === 1 ? text : `(${text})`;
}
