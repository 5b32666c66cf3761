/** What is known of the fields of a directory without asking it. */
import type { MatchKind, SourceField } from '../../src/contract/index.ts';
import { attributeKindOf } from './attributes.ts';
import { kindIn } from './criteria.ts';
import type { Field } from './presets.ts';

const EVERY_WAY: readonly MatchKind[] = ['exact', 'prefix', 'contains'];

/** The fields with their kinds, and how each can be searched. */
export function sourceFieldsOf(fields: ReadonlyMap<string, Field>): readonly SourceField[] {
  return Array.from(fields, ([name, field]) => {
    const searchable = EVERY_WAY.filter((match) => field.search.some((attribute) => waysOf(attribute).includes(match)));
    return {
      name,
      kind: kindIn(field, { field: name }),
      ...(searchable.length === EVERY_WAY.length ? {} : { searchable }),
    };
  });
}

/** How a directory finds an attribute without reading all entries. */
function waysOf(attribute: string): readonly MatchKind[] {
  if (attribute.toLowerCase() === 'dn') return [];
  switch (attributeKindOf(attribute)) {
    case 'binary':
      return [];
    case 'guid':
    case 'sid':
    case 'dn':
    case 'time':
    case 'fileTime':
    case 'boolean':
      return ['exact'];
    case 'text':
    case 'mail':
      return EVERY_WAY;
  }
}
