/**
 * The rules of comparison (`src/contract/criteria.ts`) in SQL. SQLite knows case and space of ASCII only, so a value is
 * *plain*, and SQL decides, or *odd*, and the caller decides with the rules themselves. Both come from one expression,
 * the key of a column: the comparable form of a plain value, or {@link ODD}. An index on that expression serves every
 * search on the column.
 */
import { type Comparison, type Criterion, comparable, comparisonOf } from '../../src/contract/index.ts';
import type { Bindings } from './libsql.ts';

/** A column of the table as SQL text needs it. */
export interface Column {
  /** Quoted. */
  readonly sql: string;
  /** The row's number: `INTEGER PRIMARY KEY`, always an integer, always indexed. */
  readonly isRowid: boolean;
  /** Shown as a date, which SQL has not. */
  readonly isDate: boolean;
}

/** A WHERE clause that finds the rows that SQL can decide, and one that finds the rows that may match. */
export interface Conditions {
  readonly decided: string;
  readonly undecided: string;
  readonly values: Bindings;
}

const ODD = "'*'";
const PHONE_PUNCTUATION = [' ', '-', '(', ')', '.', '/', '+'];

/** The conditions for criteria on columns; undefined when nothing can match. Without criteria every row is meant. */
export function conditionsFor(
  criteria: readonly Criterion[],
  columnOf: (field: string) => Column | undefined,
): Conditions | undefined {
  const decided: string[] = [];
  const possible: string[] = [];
  const odd: string[] = [];
  const values: Record<string, string> = {};
  for (const [index, criterion] of criteria.entries()) {
    const column = columnOf(criterion.field);
    const comparison = comparisonOf(criterion.field);
    const wanted = comparable(comparison, criterion.value);
    if (column === undefined || wanted === '') return undefined;
    values[`v${index}`] = wanted;
    const number = column.isRowid && criterion.match === 'exact' ? rowNumber(wanted) : undefined;
    if (number !== undefined) {
      decided.push(`${column.sql} = CAST(:v${index} AS INTEGER)`);
      possible.push(`${column.sql} = CAST(:v${index} AS INTEGER)`);
      continue;
    }
    const key = keyOf(column, comparison);
    const matched = matches(criterion, key, `:v${index}`);
    decided.push(`(${key} <> ${ODD} AND ${matched})`);
    possible.push(criterion.match === 'exact' ? `${key} IN (${ODD}, :v${index})` : `(${key} = ${ODD} OR ${matched})`);
    odd.push(`${key} = ${ODD}`);
  }
  return {
    decided: decided.length === 0 ? '1' : decided.join(' AND '),
    undecided: odd.length === 0 ? '0' : [...possible, `(${odd.join(' OR ')})`].join(' AND '),
    values,
  };
}

/** What an administrator indexes to make searches on a column quick. */
export function keyOf(column: Column, comparison: Comparison): string {
  const { sql } = column;
  if (column.isDate) return `CASE WHEN ${sql} IS NOT NULL THEN ${ODD} END`;
  // JavaScript writes a fraction with other digits than SQLite.
  const real = `typeof(${sql}) = 'real'`;
  if (comparison === 'phone') {
    const digits = PHONE_PUNCTUATION.reduce((text, mark) => `replace(${text}, '${mark}', '')`, sql);
    return `CASE WHEN ${real} OR ${sql} GLOB '*[^-0-9 ()./+]*' THEN ${ODD} ELSE ${digits} END`;
  }
  return `CASE WHEN ${real} OR ${sql} GLOB '*[^ -~]*' OR ${sql} GLOB '*  *' THEN ${ODD} ELSE lower(trim(${sql})) END`;
}

function matches(criterion: Criterion, key: string, value: string): string {
  if (criterion.match === 'exact') return `${key} = ${value}`;
  if (criterion.match === 'contains') return `instr(${key}, ${value}) > 0`;
  // A range, and not substr(), so that an index serves it. Plain values end at "~", which is before the character 127.
  return `(${key} >= ${value} AND ${key} < ${value} || char(127))`;
}

/** The text of an integer as SQLite would write it, which alone can equal a row number. */
function rowNumber(wanted: string): string | undefined {
  return /^(?:0|-?[1-9]\d{0,17})$/.test(wanted) ? wanted : undefined;
}
