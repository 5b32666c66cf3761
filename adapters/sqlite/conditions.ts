/**
 * The rules of comparison (`src/contract/criteria.ts`) in SQL. SQLite knows case and space of ASCII only, so a value is
 * *plain*, and SQL decides, or *odd*, and the caller decides with the rules themselves. Both come from one expression,
 * the key of a column: the comparable form of a plain value, or {@link ODD}. An index on that expression serves every
 * search on the column.
 */
import {
  allWritings,
  BOOLEAN_WORDS,
  booleanOf,
  type Criterion,
  type Kind,
  partForms,
  phoneEnds,
  soughtForms,
  spellingsOf,
} from '../../src/contract/index.ts';
import { either } from '../../src/kit/sql/index.ts';
import type { Bindings } from './libsql.ts';

/** A column of the table as SQL text needs it. */
export interface Column {
  /** Quoted. */
  readonly sql: string;
  /** The row's number: `INTEGER PRIMARY KEY`, always an integer, always indexed. */
  readonly isRowid: boolean;
  /** Shown as a date, which SQL has not. */
  readonly isDate: boolean;
  /** What its type makes of a text that is a number: left as it is, made a number, or either. */
  readonly affinity: 'text' | 'number' | 'none';
}

/** A criterion that knows its kind, and the column of its field. */
export interface Asked {
  readonly criterion: Criterion & { readonly kind: Kind };
  readonly column: Column;
}

/** A WHERE clause that finds the rows that SQL can decide, and one that finds the rows that may match. */
export interface Conditions {
  /** `0`: SQL can decide none. */
  readonly decided: string;
  /** `0`: SQL decides all. */
  readonly undecided: string;
  /** The rows of both. */
  readonly possible: string;
  readonly values: Bindings;
}

const ODD = "'*'";
const PHONE_PUNCTUATION = [' ', '-', '(', ')', '.', '/', '+'];
/** As they stand between two parts of a name, quoted. */
const NAME_MARKS = ["''", '`', '-', ' '];
/** Longer ones are no plain numbers. */
const LONGEST_PHONE = 100;

/** The conditions for groups, of each of which one criterion must be met. Without groups every row is meant. */
export function conditionsFor(groups: readonly (readonly Asked[])[]): Conditions {
  const values: Record<string, string> = {};
  const bind = (value: string): string => {
    const name = `v${Object.keys(values).length}`;
    values[name] = value;
    return `:${name}`;
  };
  const each = groups.map((group) => group.map((one) => conditionOf(one, bind)));
  const all = (of: (one: Tested) => string) => each.map((group) => either(group.map(of))).join(' AND ') || '1';
  const decided = all((one) => one.decided);
  // A group that nothing decides leaves nothing decided.
  const isOpen = each.some((group) => group.every((one) => one.decided === '0'));
  const possible = all((one) => one.possible);
  if (each.length === 0) return { decided, undecided: '0', possible, values };
  if (isOpen) return { decided: '0', undecided: possible, possible, values };
  const undecided = each.flat().every((one) => one.possible === one.decided)
    ? '0'
    : `${possible} AND (${decided}) IS NOT TRUE`;
  return { decided, undecided, possible, values };
}

/** What SQL says of one criterion. */
interface Tested {
  readonly decided: string;
  readonly possible: string;
}

function conditionOf({ criterion, column }: Asked, bind: (value: string) => string): Tested {
  const { match, kind } = criterion;
  const compared = soughtForms(criterion, kind);
  const { names: forms, areAll } = kind === 'name' ? writtenAs(criterion) : { names: compared, areAll: true };
  const number = column.isRowid && kind === 'number' && match === 'exact' ? rowNumber(forms[0]) : undefined;
  if (number !== undefined) {
    const same = `${column.sql} = CAST(${bind(number)} AS INTEGER)`;
    return { decided: same, possible: same };
  }
  if (kind === 'phone') return { decided: '0', possible: phoneCondition(criterion, column, bind) };
  const key = keyOf(column, kind);
  if (kind === 'date' || column.isDate) return { decided: '0', possible: `${key} IS NOT NULL` };
  if (match !== 'exact') {
    const begun = (some: readonly string[]) => some.map((form) => partly(match, key, kind, form, bind));
    const matched = either(begun(compared));
    // `O Brien` is a part of `Pedro Brien` as well, so that the rules themselves decide.
    const wider =
      kind !== 'name' ? [] : match === 'contains' || !areAll ? withoutMarks(key, compared, bind) : begun(forms);
    const possible = either([`${key} = ${ODD}`, matched, ...wider]);
    return isDecidable(kind, column)
      ? { decided: `(${key} <> ${ODD} AND ${matched})`, possible }
      : { decided: '0', possible };
  }
  const places = sameAs(criterion, forms, column).map(bind);
  const written = `${key} IN (${[ODD, ...places].join(', ')})`;
  // No index serves the ways that are too many.
  const possible = areAll ? written : either([written, ...withoutMarks(key, compared, bind)]);
  if (kind === 'number' && column.affinity === 'text') {
    return { decided: '0', possible: `(${possible} OR ${column.sql} = CAST(${bind(forms[0] ?? '')} AS NUMERIC))` };
  }
  if (!isDecidable(kind, column)) return { decided: '0', possible };
  return { decided: `(${key} <> ${ODD} AND ${key} IN (${places.join(', ')}))`, possible };
}

/** Whether two plain values are the same exactly when their keys are. */
function isDecidable(kind: Kind, { affinity }: Column): boolean {
  // Without a type each value has its own, and its own way to be compared.
  if (affinity === 'none' || kind === 'boolean') return false;
  return kind !== 'number' || affinity === 'number';
}

/** The keys of the values that may be the same. */
function sameAs(criterion: Asked['criterion'], forms: readonly string[], { affinity }: Column): readonly string[] {
  const { kind, value } = criterion;
  const keys = new Set(forms);
  // Of an amount: `12.5` and `12.50`.
  if (kind === 'text') for (const one of spellingsOf(criterion)) keys.add(one.toLowerCase());
  if (kind === 'name') for (const form of forms) keys.add(form.replaceAll("'", '`'));
  const yes = kind === 'boolean' ? booleanOf(value) : undefined;
  if (yes !== undefined) for (const word of [...BOOLEAN_WORDS[yes ? 'yes' : 'no'], yes ? '1.0' : '0.0']) keys.add(word);
  if (affinity === 'none') {
    for (const form of soughtForms({ field: '', match: 'exact', value }, 'number')) keys.add(form);
  }
  return [...keys];
}

/** What an administrator indexes to make searches on a column quick. */
export function keyOf(column: Column, kind: Kind): string {
  const { sql } = column;
  if (column.isDate || kind === 'date') return `CASE WHEN ${sql} IS NOT NULL THEN ${ODD} END`;
  // JavaScript writes a fraction with other digits than SQLite.
  const real = `typeof(${sql}) = 'real'`;
  if (kind === 'phone') {
    const odd = `${real} OR ${sql} GLOB '*[^-0-9 ()./+]*' OR ${sql} GLOB '* / *' OR length(${sql}) > ${LONGEST_PHONE}`;
    return `CASE WHEN ${odd} THEN ${ODD} ELSE substr(ltrim(${digitsOf(`replace(${sql}, '(0)', '')`)}, '0'), -7) END`;
  }
  if (kind === 'email') {
    // What stands around an address: a name, spaces, another address.
    const around = `trim(${sql}) GLOB '*[^-!#$%&''*+/0-9=A-Z^_\`a-z{|}~@.]*' OR trim(${sql}) GLOB '*.'`;
    return `CASE WHEN ${real} OR ${around} THEN ${ODD} ELSE lower(trim(${sql})) END`;
  }
  // A value with a `<` also comes back as HelpSpot inserts it, without its tags.
  return `CASE WHEN ${real} OR ${sql} GLOB '*[^ -;=-~]*' OR ${sql} GLOB '*  *' THEN ${ODD} ELSE lower(trim(${sql})) END`;
}

/** An index finds so many keys at once. */
const MOST_KEYS = 250;

/** A key is as the name is written: together or apart. */
function writtenAs({ match, value }: Asked['criterion']) {
  const ways = partForms('name', value, 'sought').map((form) =>
    allWritings(form, { isBegun: match === 'prefix', most: MOST_KEYS }),
  );
  return { names: [...new Set(ways.flatMap(({ names }) => names))], areAll: ways.every(({ areAll }) => areAll) };
}

/** Names that have the letters in a row, whatever stands between two parts: all are read for a part of one anyway. */
function withoutMarks(key: string, forms: readonly string[], bind: (value: string) => string): readonly string[] {
  const letters = NAME_MARKS.reduce((text, mark) => `replace(${text}, '${mark}', '')`, key);
  const sought = new Set(forms.map((form) => form.replace(/['` -]/g, '')));
  return Array.from(sought, (form) => `instr(${letters}, ${bind(form)}) > 0`);
}

/** The rows of which a number has the same last digits, or these anywhere. */
function phoneCondition(criterion: Asked['criterion'], column: Column, bind: (value: string) => string): string {
  const key = keyOf(column, 'phone');
  if (criterion.match === 'exact') {
    // A number of zeros only has none in its key.
    const ends = new Set(phoneEnds(criterion.value).flatMap((end) => [end, end.replace(/^0+$/, '')]));
    const places = Array.from(ends, bind);
    return `${key} IN (${[ODD, ...places].join(', ')})`;
  }
  const digits = criterion.value.normalize('NFKC').replace(/\D+/g, '').replace(/^0+/, '');
  return `(${key} = ${ODD} OR instr(${digitsOf(column.sql)}, ${bind(digits)}) > 0)`;
}

function digitsOf(sql: string): string {
  return PHONE_PUNCTUATION.reduce((text, mark) => `replace(${text}, '${mark}', '')`, sql);
}

function partly(
  match: 'prefix' | 'contains',
  key: string,
  kind: Kind,
  form: string,
  bind: (value: string) => string,
): string {
  // People type one apostrophe for the other.
  const of = kind === 'name' && form.includes("'") ? `replace(${key}, '\`', '''')` : key;
  if (match === 'contains') return `instr(${of}, ${bind(form)}) > 0`;
  // A range, and not substr(), so that an index serves it. Plain values end at "~", which is before the character 127.
  return `(${of} >= ${bind(form)} AND ${of} < ${bind(form)} || char(127))`;
}

/** The text of an integer as SQLite would write it, which alone can equal a row number. */
function rowNumber(wanted: string | undefined): string | undefined {
  return wanted !== undefined && /^(?:0|-?[1-9]\d{0,17})$/.test(wanted) ? wanted : undefined;
}
