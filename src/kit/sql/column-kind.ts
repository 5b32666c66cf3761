/** What the type of a column says of the kind of its values. */
import { booleanOf, type Criterion, type Kind, kindByName, type SourceField } from '../../contract/index.ts';
import type { TableColumn } from './driver.ts';

/** The kind that the type gives; undefined for texts and all else. */
export function kindOfType({ integer, holds }: TableColumn): Kind | undefined {
  if (integer === true) return 'number';
  switch (holds) {
    case 'decimal':
    case 'float':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'day':
    case 'time':
    case 'moment':
      return 'date';
    default:
      return undefined;
  }
}

/**
 * A criterion with its kind: what the settings say, then a telling name, then the type of the column. A yes or no that is
 * asked of whole numbers means 1 and 0; of a key, which counts, it means nothing.
 *
 * @param isDate whether the settings say that the column holds dates
 */
export function withKind(criterion: Criterion, column: TableColumn, isDate: boolean): Criterion & { kind: Kind } {
  const { field, match, value } = criterion;
  const byName = kindByName(field);
  const byType = isDate ? 'date' : kindOfType(column);
  const kind = criterion.kind ?? (byName === 'text' ? byType : byName) ?? 'text';
  const isWord = kind === 'number' && match === 'exact' && /^[a-z]/i.test(value.trim());
  if (isWord && column.integer === true && column.key !== true && booleanOf(value) !== undefined) {
    return { ...criterion, kind: 'boolean' };
  }
  return { ...criterion, kind };
}

/** What a source says of a field that is a column. */
export function fieldOf(name: string, column: TableColumn, isDate: boolean): SourceField {
  const byType = isDate ? 'date' : kindOfType(column);
  const kind = kindByName(name) === 'text' ? byType : undefined;
  return { name, ...(kind !== undefined && { kind }), ...(column.list === true && { list: true }) };
}
