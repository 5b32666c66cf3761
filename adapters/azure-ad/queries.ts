/** What is asked of Graph for the criteria of a search. Every value becomes a literal, and nothing else. */
import { type Criterion, comparable, compares, comparisonOf, UserError } from '../../src/contract/index.ts';
import { canBeHeld } from '../../src/kit/text/index.ts';
import { type Field, type GraphUser, textsOf } from './fields.ts';
import { phoneForms } from './phone.ts';
import { type Engine, PROPERTY_WITH_WORDS, type Searchable, searchable } from './properties.ts';

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

/** A condition on one property, and the engine that serves it. */
interface Clause {
  readonly text: string;
  readonly engine: Engine;
}

/** No property that can be searched is longer, and an address must not become longer than servers take. */
const LONGEST_VALUE = 2_048;
// "Too many child clauses specified in search filter expression containing 'OR' operators: 16. Max allowed: 15."
const MOST_ALTERNATIVES = 15;
const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const FLAGS: Readonly<Record<string, boolean>> = {
  enabled: true,
  true: true,
  1: true,
  disabled: false,
  false: false,
  0: false,
};

/**
 * The questions whose answers together are the users that meet all criteria; empty when nobody can. Without
 * criteria it is one question, for everybody whom the administrator's condition lets through.
 * @throws {UserError} for a search that Graph does not serve
 */
export function queriesFor(criteria: readonly Criterion[], settings: QuerySettings): readonly UserQuery[] {
  if (criteria.some(({ value }) => value.trim() === '' || !canBeHeld(value.trim(), LONGEST_VALUE))) return [];
  const searches = criteria.filter(({ match }) => match === 'contains').map((one) => searchClause(one, settings));
  const alternatives = criteria
    .filter(({ match }) => match !== 'contains')
    .map((criterion) => chunked(clausesFor(criterion, settings)));
  const own = settings.filter === undefined ? [] : [`(${settings.filter})`];
  return combinations(alternatives).map((chunks) => {
    const conditions = [...chunks.map(disjunction), ...own];
    const needsAdvanced = searches.length > 0 || chunks.flat().some((clause) => clause.engine === 'advanced');
    return {
      filter: conditions.length === 0 ? undefined : conditions.join(' and '),
      search: searches.length === 0 ? undefined : searches.join(' AND '),
      engine: needsAdvanced ? 'advanced' : 'basic',
    };
  });
}

/** Whether a user has the telephone numbers that were searched: Graph compared texts, we compare digits. */
export function hasPhones(user: GraphUser, criteria: readonly Criterion[], settings: QuerySettings): boolean {
  return criteria
    .filter(({ field }) => comparisonOf(field) === 'phone')
    .every(({ field, match, value }) => {
      const wanted = comparable('phone', value);
      const held = settings.fields.get(field)?.searched.flatMap((property) => textsOf(user, property)) ?? [];
      return held.some((text) => compares(match, comparable('phone', text), wanted));
    });
}

/** The properties that {@link hasPhones} reads. */
export function phoneProperties(criteria: readonly Criterion[], settings: QuerySettings): readonly string[] {
  const phones = criteria.filter(({ field }) => comparisonOf(field) === 'phone');
  return phones.flatMap(({ field }) => settings.fields.get(field)?.searched ?? []);
}

/** A text of OData: in single quotes, a quote within is doubled (ABNF `string` of OData 4.01). */
export function literal(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

function clausesFor(criterion: Criterion, settings: QuerySettings): readonly Clause[] {
  const field = settings.fields.get(criterion.field);
  if (field === undefined) return [];
  const { match } = criterion;
  const kind = match === 'prefix' ? 'prefix' : 'exact';
  const served = field.searched.filter((property) => searchable(property)[kind] !== undefined);
  if (served.length === 0) throw notServed(criterion, field);
  const values =
    comparisonOf(criterion.field) === 'phone'
      ? phoneForms(criterion.value, settings.phoneFormats)
      : [criterion.value.trim()];
  return served.flatMap((property) => values.flatMap((value) => clauseFor(property, kind, value) ?? []));
}

function clauseFor(property: string, kind: 'exact' | 'prefix', value: string): Clause | undefined {
  const how = searchable(property);
  const engine = how[kind];
  const text = conditionFor(property, how, kind, value);
  return engine === undefined || text === undefined ? undefined : { text, engine };
}

function conditionFor(
  property: string,
  { type }: Searchable,
  kind: 'exact' | 'prefix',
  value: string,
): string | undefined {
  if (type === 'flag') {
    const flag = FLAGS[value.toLowerCase()];
    return flag === undefined ? undefined : `${property} eq ${flag}`;
  }
  // Graph answers an error for an id that is none.
  if (type === 'id' && !GUID.test(value)) return undefined;
  // Mail addresses are held with what they are: `SMTP:` or `smtp:`, which Graph takes for the same.
  const wanted = literal(property === 'proxyAddresses' ? `smtp:${value}` : value);
  const subject = type === 'texts' ? 'p' : property;
  const condition = kind === 'prefix' ? `startswith(${subject},${wanted})` : `${subject} eq ${wanted}`;
  return type === 'texts' ? `${property}/any(p:${condition})` : condition;
}

/** In double quotes; within, `"` and `\` have a backslash before them. */
function searchClause(criterion: Criterion, settings: QuerySettings): string {
  const field = settings.fields.get(criterion.field);
  if (field !== undefined && !field.searched.includes(PROPERTY_WITH_WORDS)) throw notServed(criterion, field);
  const text = criterion.value.trim().replace(/["\\]/g, '\\$&');
  return `"${PROPERTY_WITH_WORDS}:${text}"`;
}

function notServed({ field, match }: Criterion, { searched }: Field): UserError {
  const what = match === 'contains' ? 'for a part of' : match === 'prefix' ? 'for the beginning of' : 'for';
  const other = match === 'contains' ? `write "${field}: prefix", or search display_name` : 'search another field';
  return new UserError(
    `Microsoft Graph cannot search ${what} ${searched.join(', ')}, which the field ${field} is; ${other}`,
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
