/** Which of PostgreSQL's types become something else than their text (oids: src/include/catalog/pg_type.dat). */
import { pg } from '../../src/kit/postgres/index.ts';
import type { TableColumn } from '../../src/kit/sql/index.ts';

const BOOL = 16;
const BYTEA = 17;
const SMALL_NUMBERS: ReadonlySet<number> = new Set([21, 23, 26, 700, 701]);
const TIMESTAMP_WITH_ZONE = 1184;
const CHAR = 1042;
// text[], varchar[], name[], int2[], int4[], int8[], uuid[]: lists of texts. Other arrays stay as they are written.
const LISTS: ReadonlySet<number> = new Set([1009, 1015, 1003, 1005, 1007, 1016, 2951]);

// The library knows more types than its declarations name.
const TEXT_LIST: number = 1009;
const textList = pg.types.getTypeParser(TEXT_LIST, 'text');

const INTEGERS: ReadonlySet<number> = new Set([20, 21, 23]);
const HOLDS: ReadonlyMap<number, TableColumn['holds']> = new Map([
  [BOOL, 'boolean'],
  [1700, 'decimal'],
  [700, 'float'],
  [701, 'float'],
  [1082, 'day'],
  [1114, 'time'],
  [TIMESTAMP_WITH_ZONE, 'moment'],
]);

// Those without an operator class for B-trees: https://www.postgresql.org/docs/current/btree.html
const UNSORTED: ReadonlyMap<number, string> = new Map([
  [114, 'json'],
  [142, 'xml'],
  [600, 'point'],
  [601, 'lseg'],
  [602, 'path'],
  [603, 'box'],
  [604, 'polygon'],
  [628, 'line'],
  [718, 'circle'],
  [4072, 'jsonpath'],
]);

/** What a column of a type, or of a domain over it, compares as. */
export function typeOf(oid: number): Pick<TableColumn, 'integer' | 'holds' | 'unsorted'> {
  const holds = HOLDS.get(oid);
  const unsorted = UNSORTED.get(oid);
  return {
    integer: INTEGERS.has(oid),
    ...(holds !== undefined && { holds }),
    ...(unsorted !== undefined && { unsorted }),
  };
}

/**
 * A parser for the values of a type: everything is the text that the server writes, except for what has a type in a
 * record. Big integers, numeric, dates and times without a zone, uuid, json are texts; bytes are nothing.
 */
export function parserOf(oid: number): (text: string) => unknown {
  if (oid === BOOL) return (text) => text === 't';
  if (oid === BYTEA) return () => undefined;
  // char(n) is filled up with spaces that nobody wrote.
  if (oid === CHAR) return (text) => text.trimEnd();
  if (SMALL_NUMBERS.has(oid)) return numberOf;
  if (oid === TIMESTAMP_WITH_ZONE) return timeOf;
  if (LISTS.has(oid)) return listOf;
  return (text) => text;
}

function numberOf(text: string): number | string {
  const number = Number(text);
  // NaN and Infinity are values there.
  return Number.isFinite(number) ? number : text;
}

function timeOf(text: string): Date | string {
  // 2026-11-21 10:30:00.5+01 or +05:30; "infinity" and years BC stay texts.
  const [matched, day, time, sign, hours, minutes = '00'] =
    /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)([+-])(\d\d)(?::(\d\d))?$/.exec(text) ?? [];
  return matched === undefined ? text : new Date(`${day}T${time}${sign}${hours}:${minutes}`);
}

function listOf(text: string): unknown {
  const items: unknown = textList(text);
  // An array of arrays is shown as it is written.
  if (!Array.isArray(items) || items.some((item) => Array.isArray(item))) return text;
  return items.filter((item) => item !== null);
}
