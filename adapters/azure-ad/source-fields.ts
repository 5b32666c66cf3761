/** What is known of the fields of a source without asking Graph. */
import { type Criterion, type Kind, kindOf, type MatchKind, type SourceField } from '../../src/contract/index.ts';
import type { Field } from './fields.ts';
import { PROPERTY_WITH_WORDS, searchable } from './properties.ts';

const EVERY_WAY: readonly MatchKind[] = ['exact', 'prefix', 'contains'];

/** The fields with their kinds, and how Graph can search each. */
export function sourceFieldsOf(fields: ReadonlyMap<string, Field>): readonly SourceField[] {
  return Array.from(fields, ([name, field]) => ({
    name,
    kind: kindIn(field, { field: name }),
    searchable: EVERY_WAY.filter((match) => field.searched.some((property) => isServed(property, match))),
  }));
}

function isServed(property: string, match: MatchKind): boolean {
  return match === 'contains' ? property === PROPERTY_WITH_WORDS : searchable(property)[match] !== undefined;
}

/** The kind of a field: as it is told, by its name, or date where its properties are times. */
export function kindIn({ searched }: Field, criterion: Pick<Criterion, 'kind' | 'field'>): Kind {
  const told = kindOf(criterion);
  if (told !== 'text' || criterion.kind !== undefined) return told;
  const isDate = searched.length > 0 && searched.every((property) => searchable(property).type === 'time');
  return isDate ? 'date' : 'text';
}
