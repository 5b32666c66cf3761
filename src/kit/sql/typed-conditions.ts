/** Numbers, yes and no, and dates, as a typed column compares them, so that its index serves. */
import { BOOLEAN_WORDS, booleanOf, type Criterion, comparedForms, type Kind } from '../../contract/index.ts';
import { quoteIdentifier, type SqlDialect } from './dialect.ts';
import type { TableColumn } from './driver.ts';
import { datesAs, wallOf } from './moments.ts';
import type { Bind, Condition } from './spelling.ts';

const INTEGER = /^([+-]?\d{1,30})(?:\.0*)?$/;
/** What a 64-bit column can hold: a conversion of more fails in some servers, and finds nothing in any. */
const LARGEST = 2n ** 63n - 1n;
/** Of the unsigned ones that MySQL has. */
const LARGEST_UNSIGNED = 2n ** 64n - 1n;
const AS_INTEGER: Readonly<Record<SqlDialect, string>> = {
  sqlite: 'INTEGER',
  postgres: 'bigint',
  mysql: 'SIGNED',
  mssql: 'bigint',
};
const AS_BOOLEAN: Readonly<Record<SqlDialect, string>> = {
  sqlite: 'INTEGER',
  postgres: 'boolean',
  mysql: 'SIGNED',
  mssql: 'bit',
};
/** Digits of a decimal that every server takes. */
const DECIMAL = /^-?\d{1,30}(?:\.\d{1,8})?$/;
const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;
/** A single has 24 bits. */
const SINGLE_PRECISION = 1e-6;
/** Undefined where a criterion is compared as text; `nobody` where no value of the type can meet it. */
export function typedCondition(
  criterion: Criterion & { readonly kind: Kind },
  column: TableColumn,
  dialect: SqlDialect,
  isDate: boolean,
): Condition | 'nobody' | undefined {
  if (criterion.match !== 'exact') return undefined;
  const name = quoteIdentifier(column.name, dialect);
  const value = criterion.value.trim();
  switch (criterion.kind) {
    case 'number':
      return numberCondition(name, value, column, dialect);
    case 'boolean':
      return booleanCondition(name, value, column, dialect);
    case 'date':
      return dateCondition(name, criterion, column, dialect, isDate);
    case 'code':
      // A code with zeros before it is the text of no whole number, unless the column fills up with them.
      if (column.integer !== true || !/^(?:0|-?[1-9]\d*)$/.test(value)) return undefined;
      return again(integerCondition(name, value, dialect));
    default:
      return column.integer === true ? integerCondition(name, value, dialect) : undefined;
  }
}

function again(condition: Condition | 'nobody'): Condition | 'nobody' {
  return condition === 'nobody' ? condition : { ...condition, compareAgain: true };
}

function numberCondition(
  name: string,
  value: string,
  { integer, holds, text }: TableColumn,
  dialect: SqlDialect,
): Condition | 'nobody' | undefined {
  if (integer === true) return integerCondition(name, value, dialect);
  const [amount = ''] = comparedForms('number', value, 'sought');
  if (holds === 'decimal') {
    // More digits are compared as the text that is shown.
    if (!DECIMAL.test(amount)) return undefined;
    const type = dialect === 'postgres' ? 'numeric' : dialect === 'mysql' ? 'DECIMAL(38,8)' : 'decimal(38,8)';
    return { sql: (bind) => `${name} = CAST(${bind(amount)} AS ${type})` };
  }
  const number = Number(amount);
  if (holds === 'float') {
    // NaN and Infinity are compared as their texts.
    if (amount === '' || !Number.isFinite(number)) return undefined;
    const beside = Math.abs(number) * SINGLE_PRECISION;
    const place = (at: number) => (bind: Bind) => floatOf(bind(String(at)), dialect);
    const [low, high] = [place(number - beside), place(number + beside)];
    return { sql: (bind) => `${name} BETWEEN ${low(bind)} AND ${high(bind)}`, compareAgain: true };
  }
  if (!text || !NUMBER.test(amount)) return undefined;
  // Texts that are numbers: `12.50`, `0012.5`.
  return { sql: (bind) => `${name} LIKE ${bind(`%${amount}%`)}`, compareAgain: true };
}

function floatOf(place: string, dialect: SqlDialect): string {
  if (dialect === 'mysql') return `(${place} + 0e0)`;
  return `CAST(${place} AS ${dialect === 'mssql' ? 'float' : 'double precision'})`;
}

// Compared as a number, so that an index serves; MySQL would take "abc" for 0.
function integerCondition(name: string, value: string, dialect: SqlDialect): Condition | 'nobody' {
  const digits = INTEGER.exec(value)?.[1]?.replace(/^\+/, '');
  if (digits === undefined) return 'nobody';
  const number = BigInt(digits);
  const isUnsigned = dialect === 'mysql' && number > LARGEST && number <= LARGEST_UNSIGNED;
  if ((number > LARGEST && !isUnsigned) || number < -LARGEST - 1n) return 'nobody';
  const type = isUnsigned ? 'UNSIGNED' : AS_INTEGER[dialect];
  return { sql: (bind) => `${name} = CAST(${bind(digits)} AS ${type})` };
}

function booleanCondition(
  name: string,
  value: string,
  { integer, holds, text }: TableColumn,
  dialect: SqlDialect,
): Condition | 'nobody' | undefined {
  const wanted = booleanOf(value);
  if (wanted === undefined) {
    if (text) return undefined;
    // A "boolean" of MySQL may hold 2.
    return integer === true || dialect === 'mysql' ? integerCondition(name, value, dialect) : 'nobody';
  }
  const bit = wanted ? '1' : '0';
  if (holds === 'boolean') return { sql: (bind) => `${name} = CAST(${bind(bit)} AS ${AS_BOOLEAN[dialect]})` };
  if (integer === true) return integerCondition(name, bit, dialect);
  if (!text) return undefined;
  const words = [...BOOLEAN_WORDS[wanted ? 'yes' : 'no'], `${bit}.0`];
  const left = dialect === 'postgres' ? `lower(${name})` : name;
  return { sql: (bind) => `${left} IN (${words.map(bind).join(', ')})` };
}

function dateCondition(
  name: string,
  criterion: Criterion,
  column: TableColumn,
  dialect: SqlDialect,
  isDate: boolean,
): Condition | 'nobody' | undefined {
  const span = datesAs(criterion.value);
  if (span === undefined) return undefined;
  const { from, until, isDay } = span;
  const seconds = [from, until].map((moment) => Math.floor(moment.getTime() / 1000));
  const [first = 0, end = 0] = seconds;
  const between = (low: string, high: string, cast: (place: string) => string) => (bind: Bind) =>
    `(${name} >= ${cast(bind(low))} AND ${name} < ${cast(bind(high))})`;
  if (column.holds === 'day') {
    if (!isDay && from.getTime() % DAY_MS !== 0) return 'nobody';
    const day = from.toISOString().slice(0, 10);
    return { sql: (bind) => `${name} = CAST(${bind(day)} AS date)` };
  }
  if (column.holds === 'time' || column.holds === 'moment') {
    const zone = column.holds === 'time' ? column.zone : undefined;
    const [low, high] = [from, until].map((moment) => `${wallOf(moment, zone)}${suffix(column, dialect)}`);
    return {
      sql: between(low ?? '', high ?? '', (place) => `CAST(${place} AS ${timeType(column, dialect)})`),
      compareAgain: true,
    };
  }
  if (!isDate) return undefined;
  if (column.integer === true || column.holds !== undefined) {
    const whole = (place: string) => `CAST(${place} AS ${AS_INTEGER[dialect]})`;
    const inSeconds = between(String(first), String(end), whole);
    const inMilliseconds = between(String(first * 1000), String(end * 1000), whole);
    return { sql: (bind) => `(${inSeconds(bind)} OR ${inMilliseconds(bind)})`, compareAgain: true };
  }
  return column.text ? { sql: (bind) => dateTexts(name, first, end, bind), compareAgain: true } : undefined;
}

const DAY_MS = 86_400_000;

function suffix({ holds }: TableColumn, dialect: SqlDialect): string {
  if (holds !== 'moment') return '';
  return dialect === 'mysql' ? '' : '+00:00';
}

function timeType({ holds }: TableColumn, dialect: SqlDialect): string {
  if (dialect === 'postgres') return holds === 'moment' ? 'timestamptz' : 'timestamp';
  if (dialect === 'mysql') return 'DATETIME';
  return holds === 'moment' ? 'datetimeoffset' : 'datetime2';
}

/** ISO texts of the days around, for those that say a zone, and Unix times. */
function dateTexts(name: string, first: number, end: number, bind: Bind): string {
  const days = [-86_400, 0, 86_400].map((beside) => new Date((first + beside) * 1000).toISOString().slice(0, 10));
  const [low, high] = [String(first), String(end - 1)];
  const common = Array.from(low).findIndex((digit, at) => digit !== high[at]);
  const beginnings = [...days, common === -1 ? low : low.slice(0, common)].filter((text) => text.length >= 3);
  return `(${beginnings.map((text) => `${name} LIKE ${bind(`${text}%`)}`).join(' OR ')})`;
}
