/** What is looked for in a system that only narrows: what it finds is compared by the gateway's own rules. */
import {
  type Criterion,
  type FindQuery,
  type Kind,
  kindOf,
  type Log,
  meets,
  type SourceField,
  type SourceRecord,
} from '../../contract/index.ts';
import { canBeHeld, UnknownFields } from '../text/index.ts';

/** No field of such a system is longer, but for what nobody looks for. */
const LONGEST_VALUE = 5_000;

/** Criteria, ANDed, and groups, of each of which one is enough. */
export interface Sought {
  readonly criteria: readonly Criterion[];
  readonly groups: readonly (readonly Criterion[])[];
}

/** Whether a record meets what is sought. @param meetsOne in place of the gateway's own rules */
export function isMetBy(record: SourceRecord, { criteria, groups }: Sought, meetsOne = meets): boolean {
  return (
    criteria.every((criterion) => meetsOne(record, criterion)) &&
    groups.every((group) => group.some((criterion) => meetsOne(record, criterion)))
  );
}

/** Whether a system can have such a value. */
export function isPossible({ value }: Pick<Criterion, 'value'>, longest = LONGEST_VALUE): boolean {
  return canBeHeld(value.trim(), longest);
}

/** What a source differs in. */
export interface SoughtOptions {
  /** Fields that can be searched beside those that records have. */
  isKnown?(field: string): boolean;
  /** Of a criterion for a field without a kind of its own; {@link kindOf} where that is left out. */
  kindOf?(criterion: Criterion): Kind | undefined;
  /** In place of {@link isPossible}. */
  isPossible?(criterion: Criterion): boolean;
}

/** The fields by which a source can be searched. */
export class SoughtFields {
  readonly #kinds: ReadonlyMap<string, Kind | undefined>;
  readonly #options: SoughtOptions;
  readonly #unknown: UnknownFields;

  constructor(fields: readonly SourceField[], log: Log, options: SoughtOptions = {}) {
    this.#kinds = new Map(fields.map(({ name, kind }) => [name, kind]));
    this.#options = options;
    this.#unknown = new UnknownFields(log, (field) => this.#kinds.has(field) || options.isKnown?.(field) === true);
  }

  /** A query with the kinds of its fields; undefined where nobody can meet it. */
  in({ criteria, groups = [] }: Pick<FindQuery, 'criteria' | 'groups'>): Sought | undefined {
    const { isPossible: isHeld = isPossible } = this.#options;
    const all = criteria.map((one) => this.#meant(one));
    if (this.#unknown.areIn(all) || !all.every((one) => isHeld(one))) return undefined;
    const some = groups
      .map((group) => group.map((one) => this.#meant(one)))
      .map((group) => group.filter((one) => !this.#unknown.areIn([one]) && isHeld(one)));
    return some.some((group) => group.length === 0) ? undefined : { criteria: all, groups: some };
  }

  #meant(criterion: Criterion): Criterion {
    const { kindOf: ownKind = kindOf } = this.#options;
    return { ...criterion, kind: criterion.kind ?? this.#kinds.get(criterion.field) ?? ownKind(criterion) };
  }
}
