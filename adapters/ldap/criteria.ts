/**
 * Criteria as filters. A directory compares by its own rules, and what it finds by them stays. Where its rules are not what
 * is meant (telephones, numbers, dates) the filter lets too many through, and the gateway compares the values itself.
 */
import { type Criterion, isSought, type Kind, kindOf, type Value, valueMeets } from '../../src/contract/index.ts';
import { attributeKindOf, readable } from './attributes.ts';
import type { Entry } from './entry.ts';
import { type FilterNode, or } from './filter.ts';
import type { Field } from './presets.ts';
import { type Term, termOf } from './terms.ts';

/** What a directory is asked, and what the gateway has to look at itself. */
export interface Question {
  /** To be ANDed. Empty: the criteria alone would mean to read the whole directory. */
  readonly filters: readonly FilterNode[];
  readonly checks: readonly Check[];
}

/** What criteria come to. */
export interface Plan extends Question {
  /** A slower question, for when the first finds nobody: it finds more spellings. Undefined: there are no more. */
  readonly wider: Question | undefined;
}

/** Tells whether an entry meets a criterion, or one of a group. */
export interface Check {
  /** Attributes that it needs, beyond those of the records. */
  readonly attributes: readonly string[];
  passes(entry: Entry, now: Date): boolean;
}

/** A criterion on a field. */
interface Leg {
  readonly criterion: Criterion;
  readonly field: Field;
  readonly terms: readonly Term[];
}

/** What a group of criteria, of which one is enough, comes to. */
interface GroupPlan {
  readonly filter: FilterNode | undefined;
  readonly check: Check | undefined;
  readonly wider: { readonly filter: FilterNode; readonly check: Check } | undefined;
}

/**
 * The plan for groups of criteria on known fields: all groups must be met, of each group one criterion. Undefined when
 * nobody can meet them.
 */
export function planOf(
  groups: readonly (readonly Criterion[])[],
  fields: ReadonlyMap<string, Field>,
): Plan | undefined {
  const plans = groups.map((group) => groupPlan(group, fields));
  const possible = plans.filter((plan) => plan !== undefined);
  if (possible.length < plans.length) return undefined;
  const question = (parts: readonly Pick<GroupPlan, 'filter' | 'check'>[]): Question => ({
    filters: parts.map(({ filter }) => filter).filter((filter) => filter !== undefined),
    checks: parts.map(({ check }) => check).filter((check) => check !== undefined),
  });
  const hasWider = possible.some(({ wider }) => wider !== undefined);
  return { ...question(possible), wider: hasWider ? question(possible.map((plan) => plan.wider ?? plan)) : undefined };
}

function groupPlan(group: readonly Criterion[], fields: ReadonlyMap<string, Field>): GroupPlan | undefined {
  const legs = group.map((criterion) => legOf(criterion, fields)).filter((leg) => leg !== undefined);
  if (legs.length === 0) return undefined;
  const check = checkOf(legs);
  const terms = legs.flatMap((leg) => leg.terms);
  const filters = terms.map(({ filter }) => filter).filter((filter) => filter !== undefined);
  // What has no filter (a status, say) leaves the whole group to the gateway.
  const isAsked = filters.length === terms.length && legs.every((leg) => leg.terms.length > 0);
  if (!isAsked) return { filter: undefined, check, wider: undefined };
  const widened = terms.some(({ wider }) => wider !== undefined)
    ? { filter: or(terms.flatMap(({ wider, filter }) => wider ?? filter ?? [])), check }
    : undefined;
  return { filter: or(filters), check: terms.every(({ decides }) => decides) ? undefined : check, wider: widened };
}

function legOf(criterion: Criterion, fields: ReadonlyMap<string, Field>): Leg | undefined {
  const field = fields.get(criterion.field);
  const { value } = criterion;
  // Half a character cannot be written as UTF-8, so no directory has it. A NUL could be written, but nobody is called
  // so, and servers that see the end of the text in it would find others.
  if (field === undefined || value.includes('\0') || !value.isWellFormed()) return undefined;
  const kind = kindIn(field, criterion);
  const meant = kind === 'text' ? criterion : { ...criterion, kind };
  if (!isSought(meant)) return undefined;
  const terms = field.search.map((attribute) => termOf(attribute, meant, kind)).filter((term) => term !== undefined);
  return terms.length === 0 && field.status === undefined ? undefined : { criterion: meant, field, terms };
}

/** The kind of a field: as it is told, by its name, or by what its attributes are known to hold. */
export function kindIn({ search }: Field, criterion: Pick<Criterion, 'kind' | 'field'>): Kind {
  const told = kindOf(criterion);
  if (told !== 'text' || criterion.kind !== undefined) return told;
  const kinds = new Set(search.map((attribute) => BY_ATTRIBUTE[attributeKindOf(attribute)] ?? 'text'));
  const [only] = kinds;
  return kinds.size === 1 && only !== undefined ? only : 'text';
}

const BY_ATTRIBUTE: Readonly<Record<string, Kind>> = {
  time: 'date',
  fileTime: 'date',
  boolean: 'boolean',
  mail: 'email',
};

function checkOf(legs: readonly Leg[]): Check {
  return {
    attributes: legs.flatMap(({ field }) => field.search),
    passes: (entry, now) =>
      legs.some(({ criterion, field }) => {
        const values = valuesOf(field, entry, now);
        return values !== undefined && valueMeets(values, criterion);
      }),
  };
}

/** Everything that a field is searched by. */
function valuesOf({ search, status }: Field, entry: Entry, now: Date): Value | undefined {
  if (status !== undefined) return status.read(entry, now);
  return search.flatMap((attribute) => readable(attributeKindOf(attribute), entry.values(attribute)));
}
