/** Whether a source can be asked something, and why not; or finds it among some of its records only. */
import type { MatchKind } from '../../contract/index.ts';
import type { MatchStep } from '../lookup/plan.ts';
import { didYouMean } from './names.ts';
import type { KnownSource } from './sources.ts';

/** Whether a source can be searched by a field in this way, or may be: also where nobody knows, and where it looks through. */
export function canBe(field: string, match: MatchKind, source: KnownSource): boolean {
  return isAsked(field, match, source) || source.looksThrough(ownName(field, source));
}

/** The same without looking through. */
function isAsked(field: string, match: MatchKind, source: KnownSource): boolean {
  return source.searchable(ownName(field, source))?.includes(match) ?? true;
}

/** Why a step finds somebody only among those records of a source that are looked through; undefined where it is not so. */
export function whySome(step: MatchStep, source: KnownSource): string | undefined {
  const asked = step.flatMap((input): readonly (readonly [string, MatchKind])[] =>
    'words' in input ? input.words.map((field) => [field, 'contains']) : [[input.field, input.match]],
  );
  const own = asked.map(([field]) => ownName(field, source)).filter((field) => source.looksThrough(field));
  if (own.length === 0 || asked.some(([field, match]) => isAsked(field, match, source))) return undefined;
  if (whyNever(step, source) !== undefined) return undefined;
  return `${source.name} cannot be asked for this, and compares ${own.join(', ')} of some records only, the newest`;
}

/** Why a step takes a source long: it has an index of none of its fields; undefined where it is not so. */
export function whySlow(step: MatchStep, source: KnownSource): string | undefined {
  const fields = step.flatMap((input) => ('words' in input ? input.words : [input.field]));
  const own = fields.map((field) => ownName(field, source));
  if (own.length === 0 || !own.every((field) => source.isSlowBy(field))) return undefined;
  return `${source.name} has no index of ${[...new Set(own)].join(', ')}`;
}

/** Why a source cannot be searched by a field in this way: "crm can search last_name only by exact, prefix". */
export function whyNot(field: string, source: KnownSource): string {
  const own = ownName(field, source);
  const ways = source.searchable(own) ?? [];
  if (ways.length > 0) return `${source.name} can search ${own} only by ${ways.join(', ')}`;
  return `${source.name} has no field ${own} to search by${didYouMean(own, source.searched)}`;
}

/** Why a step never finds anybody in a source, as far as is known; undefined where it may. */
export function whyNever(step: MatchStep, source: KnownSource): string | undefined {
  // A field that cannot be asked for may narrow what is found by another one of the step.
  const narrows = (field: string) =>
    source.shows(ownName(field, source)) === true &&
    step.some((other) => 'field' in other && canBe(other.field, other.match, source));
  for (const input of step) {
    if ('words' in input) {
      const asked = (field: string) =>
        canBe(field, 'contains', source) ||
        (source.findsGroups && source.searchable(ownName(field, source))?.length !== 0);
      if (input.words.some(asked)) continue;
      return `${source.name} cannot be searched for a part of ${input.words.join(', ')}`;
    }
    if (canBe(input.field, input.match, source) || narrows(input.field)) continue;
    return whyNot(input.field, source);
  }
  return undefined;
}

/** Whether a step is for another source by name: `crm.customer_id` is asked of `crm` alone. */
export function isForAnother(step: MatchStep, source: KnownSource, sources: readonly KnownSource[]): boolean {
  const others = sources.filter(({ name }) => name !== source.name);
  const ofOther = (field: string) => others.some(({ name }) => field.startsWith(`${name}.`));
  return step.some((input) => ('words' in input ? input.words.every(ofOther) : ofOther(input.field)));
}

/** The field as the source knows it: `customer_id` of `crm.customer_id`. */
function ownName(field: string, { name }: KnownSource): string {
  return field.startsWith(`${name}.`) ? field.slice(name.length + 1) : field;
}
