/** Telephone numbers, by their digits: a database knows no countries and extensions, so what it finds is compared again. */
import { type Criterion, isSought, phoneEnds, spellingsOf } from '../../contract/index.ts';
import { quoteIdentifier, type SqlDialect } from './dialect.ts';
import type { TableColumn } from './driver.ts';
import { asText, type Bind, type Condition, either, likePattern } from './spelling.ts';

/** What people write between the digits of a phone number, for systems that cannot replace by a pattern. */
const BETWEEN_DIGITS = [' ', '-', '(', ')', '.', '/', '+', '\u00a0'];

/** Undefined where there is no digit to look for. */
export function phoneConditions(
  criterion: Criterion,
  column: TableColumn,
  dialect: SqlDialect,
): { first: Condition; meant?: Condition } | undefined {
  if (!isSought(criterion)) return undefined;
  const digits = digitsOf(column, dialect);
  const meant = { sql: (bind: Bind) => like(digits, 'contains', inside(criterion), bind), compareAgain: true } as const;
  // No index serves the digits there, so the wider question costs no more.
  if (dialect === 'mysql' && column.digits !== true) return { first: meant };
  if (criterion.match === 'contains') return { first: meant };
  const whole = wholes(criterion);
  const sql = (bind: Bind) =>
    criterion.match === 'exact'
      ? either([`${digits} IN (${whole.map(bind).join(', ')})`])
      : like(digits, 'prefix', whole, bind);
  return { first: { sql, compareAgain: true }, meant };
}

/** What is anywhere in the digits of every number that can be meant. */
function inside({ match, value }: Criterion): readonly string[] {
  return match === 'exact' ? [...new Set(phoneEnds(value))] : [withoutZeros(onlyDigits(value)) || onlyDigits(value)];
}

/** Numbers of North America, which are often written without their country. */
const NORTH_AMERICAN = 10;

/** How the digits may be stored, or begin. */
function wholes(criterion: Criterion): readonly string[] {
  const typed = onlyDigits(criterion.value);
  const bare = withoutZeros(typed);
  const all =
    criterion.match === 'prefix'
      ? [typed, bare, `0${bare}`, `00${bare}`]
      : [typed, ...spellingsOf(criterion).flatMap(dialled), ...(bare.length === NORTH_AMERICAN ? [`1${bare}`] : [])];
  return [...new Set(all)].filter((digits) => digits !== '');
}

/** The digits of a spelling; of one with its country also as it is dialled from most others. */
function dialled(spelling: string): readonly string[] {
  const digits = onlyDigits(spelling);
  return spelling.startsWith('+') ? [digits, `00${digits}`] : [digits];
}

function like(digits: string, match: 'prefix' | 'contains', parts: readonly string[], bind: Bind): string {
  return either(parts.map((part) => `${digits} LIKE ${bind(likePattern(match, part))}`));
}

function onlyDigits(text: string): string {
  return text.normalize('NFKC').replace(/\D+/g, '');
}

function withoutZeros(digits: string): string {
  return digits.replace(/^0+/, '');
}

/** Written so that the index that the documentation advises serves it. */
function digitsOf(column: TableColumn, dialect: SqlDialect): string {
  const text = asText(quoteIdentifier(column.name, dialect), column, dialect);
  if (column.digits === true) return text;
  if (dialect === 'postgres') return `regexp_replace(${text}, '[^0-9]+', '', 'g')`;
  if (dialect === 'mysql') return `REGEXP_REPLACE(${text}, '[^0-9]+', '')`;
  const string = dialect === 'mssql' ? 'N' : '';
  return BETWEEN_DIGITS.reduce((sql, character) => `REPLACE(${sql}, ${string}'${character}', '')`, text);
}
