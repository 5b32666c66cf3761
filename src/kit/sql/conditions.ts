/**
 * A criterion as conditions of a WHERE clause: at first as it is most likely written, so that an index serves; and, where
 * that finds nobody, as it is meant, of which the rows are compared again by the gateway's own rules.
 */
import { type Criterion, isSought, type Kind, partForms, spellingsOf, withoutInvisible } from '../../contract/index.ts';
import { withKind } from './column-kind.ts';
import { quoteIdentifier, type SqlDialect } from './dialect.ts';
import type { TableColumn } from './driver.ts';
import { lettersOf, writings } from './letters.ts';
import { phoneConditions } from './phone-conditions.ts';
import { asText, type Bind, type Condition, caseless, either, likePattern, likeText } from './spelling.ts';
import { typedCondition } from './typed-conditions.ts';

/** How a criterion is asked. */
export interface SqlCriterion {
  /** With its kind. */
  readonly criterion: Criterion & { readonly kind: Kind };
  /** As it is most likely written. */
  readonly first: Condition;
  /** As it is meant: rows that may meet it. */
  readonly meant?: Meant;
}

/** A wider question. */
export interface Meant extends Condition {
  /** A condition of the rows without which the wider question finds no more than the first; left out: always ask. */
  readonly odd?: string;
}

/**
 * What the database must compare; undefined when nothing can meet the criterion.
 * Case and accents are compared by the column's collation, in PostgreSQL in lower case.
 *
 * @param isDate whether the settings say that the column holds dates
 */
export function askedOf(
  given: Criterion,
  column: TableColumn,
  dialect: SqlDialect,
  isDate = false,
): SqlCriterion | undefined {
  const criterion = withKind(given, column, isDate);
  if (!isSought(criterion)) return undefined;
  if (criterion.kind === 'phone') {
    const conditions = phoneConditions(criterion, column, dialect);
    return conditions && { criterion, ...conditions };
  }
  const typed = typedCondition(criterion, column, dialect, isDate);
  if (typed === 'nobody') return undefined;
  if (typed !== undefined) return { criterion, first: typed };
  return { criterion, ...textConditions(criterion, column, dialect) };
}

function textConditions(
  criterion: SqlCriterion['criterion'],
  column: TableColumn,
  dialect: SqlDialect,
): Omit<SqlCriterion, 'criterion'> {
  const name = quoteIdentifier(column.name, dialect);
  if (column.list === true) return { first: anyItem(criterion, name, dialect) };
  const left = asText(name, column, dialect);
  const first = writtenAs(criterion, left, dialect);
  const meant = column.text ? meantAs(criterion, left, dialect) : undefined;
  return meant === undefined ? { first } : { first, meant };
}

/** As shown, a list has commas between its items. */
function anyItem(criterion: SqlCriterion['criterion'], name: string, dialect: SqlDialect): Condition {
  const item = writtenAs(criterion, 'gateway_item.one::text', dialect);
  const whole = writtenAs(criterion, `array_to_string(${name}, ', ')`, dialect);
  return {
    sql: (bind) =>
      `(EXISTS (SELECT 1 FROM unnest(${name}) AS gateway_item(one) WHERE ${item.sql(bind)}) OR ${whole.sql(bind)})`,
  };
}

/** One of the spellings, as the column compares. */
function writtenAs(criterion: SqlCriterion['criterion'], left: string, dialect: SqlDialect): Condition {
  const { match, value } = criterion;
  const seen = { ...criterion, value: withoutInvisible(value).trim() };
  const spellings = unlike([value.trim(), seen.value, ...spellingsOf(seen)]).filter((one) => one !== '');
  if (match === 'exact') {
    return {
      sql: (bind) => {
        const places = spellings.map((one) => caseless(bind(one), dialect));
        return places.length === 1
          ? `${caseless(left, dialect)} = ${places[0]}`
          : `${caseless(left, dialect)} IN (${places.join(', ')})`;
      },
    };
  }
  return {
    sql: (bind) =>
      either(spellings.map((one) => likeText(left, likePattern(match, one, dialect === 'mssql'), bind, dialect))),
  };
}

/** The database takes no notice of case: each spelling once. */
function unlike(spellings: readonly string[]): readonly string[] {
  const seen = new Map<string, string>();
  for (const one of spellings) if (!seen.has(one.toLowerCase())) seen.set(one.toLowerCase(), one);
  return [...seen.values()];
}

function meantAs(criterion: SqlCriterion['criterion'], left: string, dialect: SqlDialect): Meant | undefined {
  const { kind, match } = criterion;
  if (kind === 'name') return lettersIn(criterion, left, dialect);
  // A part is found wherever it stands.
  if (match === 'contains' && kind !== 'email') return undefined;
  if (kind === 'number' || kind === 'boolean' || kind === 'date') return undefined;
  const typed = [criterion.value.trim(), ...spellingsOf(criterion)];
  const parts = unlike(kind === 'email' ? [...typed, ...partForms('email', criterion.value)] : typed);
  const sql = (bind: Bind) =>
    either(parts.map((one) => likeText(left, likePattern('contains', one, dialect === 'mssql'), bind, dialect)));
  return { sql, compareAgain: true, odd: oddText(kind, left, dialect) };
}

/** Longer ones are no names, and would make a long pattern. */
const LONGEST_NAME = 60;
/** Accents that stand behind their letter, and what nobody sees. */
const BETWEEN = '[\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufeff]*';

/** Names with other accents than those that were typed. */
function lettersIn(criterion: SqlCriterion['criterion'], left: string, dialect: SqlDialect): Meant | undefined {
  const forms = partForms('name', criterion.value).filter((form) => form.length <= LONGEST_NAME);
  if (forms.length === 0) return undefined;
  const names = [...new Set(forms.flatMap(writings))];
  const odd = oddText('name', left, dialect);
  if (dialect === 'mysql') return { sql: unaccented(criterion.match, left, names), compareAgain: true, odd };
  const sql = (bind: Bind) => {
    if (dialect === 'postgres') return either(names.map((one) => `lower(${left}) ~ ${bind(regular(one))}`));
    return either(names.map((one) => `${left} LIKE ${bind(`%${sets(one)}%`)} ESCAPE '!'`));
  };
  return { sql, compareAgain: true, odd };
}

/** By a collation that takes no notice of accents, whatever that of the column does. */
function unaccented(match: Criterion['match'], left: string, names: readonly string[]) {
  const collated = `TRIM(CONVERT(${left} USING utf8mb4)) COLLATE utf8mb4_unicode_520_ci`;
  return (bind: Bind) => {
    if (match === 'exact') return `${collated} IN (${names.map(bind).join(', ')})`;
    return either(names.map((one) => likeText(collated, likePattern(match, one), bind, 'mysql')));
  };
}

/** A regular expression of PostgreSQL (manual, 9.7.3). */
function regular(name: string): string {
  return lettersOf(name)
    .map((letters) => {
      if (letters === ' ') return `[\\s${BETWEEN.slice(1, -2)}]+`;
      const plain = letters.length > 1 ? `[${letters}]` : letters.replace(/[^\p{L}\p{N}]/u, '\\$&');
      return plain + BETWEEN;
    })
    .join('');
}

/** A pattern of LIKE with the sets of SQL Server. */
function sets(name: string): string {
  return lettersOf(name)
    .map((letters) => {
      if (letters === ' ') return '%';
      return letters.length > 1 ? `[${letters.replace(/^(-)(.*)$/s, '$2$1')}]` : letters.replace(/[!%_[\]^-]/, '!$&');
    })
    .join('');
}

/** What a bare address, or a name that is written with an English keyboard, consists of. */
const USUAL: Readonly<Partial<Record<Kind, string>>> = { email: "@._+'-", name: " .,'()/&-" };
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** Rows that may be meant though they are written otherwise: a mail address with a name around it, accents, space. */
function oddText(kind: Kind, left: string, dialect: SqlDialect): string {
  const usual = USUAL[kind];
  // In a range such as a-z SQL Server has letters with accents; so each is named.
  const others = usual === undefined ? undefined : `[^${LETTERS}${usual.replaceAll("'", "''")}]`;
  if (dialect === 'mssql') {
    const unusual = others === undefined ? [] : [`${left} LIKE N'%${others}%'`];
    return either([...unusual, `${left} LIKE N' %'`, `${left} LIKE N'%  %'`]);
  }
  const text = dialect === 'mysql' ? `CONVERT(${left} USING utf8mb4) REGEXP` : `${left} ~`;
  const space = `${text} '^[[:space:]]|[[:space:]]$|[[:space:]]{2}|[\u00ad\u200b-\u200f\u2060\ufeff]'`;
  return either([...(others === undefined ? [] : [`${text} '${others}'`]), space]);
}
