import { describe, expect, it } from 'vitest';
import type { Order } from '../../../src/contract/index.ts';
import { orderBy, quoteIdentifier, type SortedTable, type TableColumn } from '../../../src/kit/sql/index.ts';

const fields: ReadonlyMap<string, TableColumn> = new Map([
  ['customer_id', { name: 'id', text: false, integer: true, key: true }],
  ['name', { name: 'full "name"', text: true }],
  ['place', { name: 'place', text: false, unsorted: 'geography' }],
]);
const by = (field: string, descending = false): Order => ({ field, descending });

function sorted(dialect: SortedTable['dialect'], ...order: readonly Order[]): string {
  const quoted = (column: string) => quoteIdentifier(column, dialect);
  return orderBy(order, { table: 'people', dialect, fields, stable: [quoted('id')], quoted });
}

describe('ORDER BY', () => {
  it('is that of the keys where nothing is asked for, or what is asked for is the same', () => {
    expect(sorted('mysql')).toBe(' ORDER BY `id`');
    expect(sorted('postgres', by('name', true))).toBe(
      ` ORDER BY CASE WHEN NULLIF(LTRIM("full ""name"""), '') IS NULL THEN 1 ELSE 0 END, LOWER(NULLIF(LTRIM("full ""name"""), '')) DESC, "id"`,
    );
  });

  it('has each column once, which SQL Server insists on', () => {
    const isLacking = 'CASE WHEN [id] IS NULL THEN 1 ELSE 0 END';
    expect(sorted('mssql', by('customer_id', true), by('customer_id'))).toBe(` ORDER BY ${isLacking}, [id] DESC`);
  });

  it('names a field that is not there, and one that has no order', () => {
    const failure = (field: string) =>
      expect.objectContaining({ kind: 'rejected', message: expect.stringContaining(field) });
    expect(() => sorted('mssql', by('nmae'))).toThrow(failure('the table people has no column "nmae"'));
    expect(() => sorted('mssql', by('place'))).toThrow(failure('cannot be sorted by "place": its type is geography'));
    expect(() => sorted('mssql', by('x"; DROP TABLE people; --'))).toThrow(failure('has no column'));
  });
});
