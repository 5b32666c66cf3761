/**
 * A criterion as conditions of a WHERE clause: at first as it is most likely written, so that an index serves; and, where
 * that finds nobody, as it is meant, of which the rows are compared again by the gateway's own rules.
 */
import {
  type Criterion,
  emailAddresses,
  isCodeByName,
  isSought,
  type Kind,
  soughtForms,
  spellingsOf,
  withoutInvisible,
  writtenNames,
} from '../../contract/index.ts';
import { withKind } from './column-kind.ts';
import { quoteIdentifier, type SqlDialect } from './dialect.ts';
import type { TableColumn } from './driver.ts';
import { type Meant, meantAs } from './meant-conditions.ts';
import { phoneConditions } from './phone-conditions.ts';
import { asText, type Condition, caseless, either, likePattern, likeText, unlike } from './spelling.ts';
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
  const first = writtenAs(criterion, left, dialect, column.text && mayEndWithSpace(criterion, dialect));
  const meant = column.text ? meantAs(criterion, left, dialect) : undefined;
  return meant === undefined ? { first } : { first, meant };
}

/**
 * Whether values with a space behind are asked for as well, as they come from forms and imports. SQL Server takes no notice
 * of one, and MySQL by some of its collations. Of a code and a number each character counts.
 */
function mayEndWithSpace({ field, kind }: SqlCriterion['criterion'], dialect: SqlDialect): boolean {
  const isOfPeople = kind === 'name' || kind === 'email' || (kind === 'text' && !isCodeByName(field));
  return isOfPeople && dialect !== 'mssql';
}

/** As shown, a list has commas between its items. */
function anyItem(criterion: SqlCriterion['criterion'], name: string, dialect: SqlDialect): Condition {
  // No index serves the items, so space around them can be taken away there.
  const item = writtenAs(criterion, 'btrim(gateway_item.one::text)', dialect);
  const whole = writtenAs(criterion, `array_to_string(${name}, ', ')`, dialect);
  return {
    sql: (bind) =>
      `(EXISTS (SELECT 1 FROM unnest(${name}) AS gateway_item(one) WHERE ${item.sql(bind)}) OR ${whole.sql(bind)})`,
  };
}

/** One of the spellings, as the column compares. */
function writtenAs(
  criterion: SqlCriterion['criterion'],
  left: string,
  dialect: SqlDialect,
  withSpace = false,
): Condition {
  const { kind, match, value } = criterion;
  const seen = { ...criterion, value: withoutInvisible(value).trim() };
  const isBegun = match === 'prefix';
  const apart = kind === 'name' ? soughtForms(criterion, kind).flatMap((form) => writtenNames(form, { isBegun })) : [];
  const usual = unlike([value.trim(), seen.value, ...spellingsOf(seen), ...apart]).filter((one) => one !== '');
  if (match === 'exact') {
    const spaced = withSpace ? usual.map((one) => `${one} `) : [];
    const spellings = unlike([...usual, ...usual.flatMap((one) => besides(kind, one)), ...spaced]);
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
    // `O Brien` is a part of `Pedro Brien` as well.
    ...(apart.length > 1 && { compareAgain: true }),
    sql: (bind) =>
      either(usual.map((one) => likeText(left, likePattern(match, one, dialect === 'mssql'), bind, dialect))),
  };
}

/** What else an index finds: other apostrophes and dashes, a bare mail address as it is copied, other line breaks. */
function besides(kind: Kind, spelling: string): readonly string[] {
  const broken = spelling.includes('\n') ? ['\n', '\r\n'].map((end) => spelling.replace(/\r?\n/g, end)) : [];
  if (kind === 'email' && emailAddresses(spelling)[0] === spelling) {
    return [`mailto:${spelling}`, `<${spelling}>`, `${spelling};`];
  }
  if (kind !== 'name') return broken;
  return [
    ...replacedBy(spelling, "'", '\u2019\u2018\u02bc\u00b4`'),
    ...replacedBy(spelling, '-', '\u2010\u2011\u2013'),
    ...broken,
  ];
}

function replacedBy(text: string, mark: string, others: string): readonly string[] {
  return text.includes(mark) ? Array.from(others, (other) => text.replaceAll(mark, other)) : [];
}
