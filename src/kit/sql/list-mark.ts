/** Since when the next run of a listing wants changes: a little before the beginning of this one, as the column itself writes it. */
import { SourceError, UserError } from '../../contract/index.ts';
import { quoteIdentifier, quoteTable, type SqlDialect } from './dialect.ts';
import type { SqlDriver, TableColumn } from './driver.ts';
import { wallOf } from './moments.ts';
import type { TextForm } from './text-form.ts';

/** A transaction that takes longer commits rows with a time before the mark of a run that did not see them. */
const OVERLAP_MS = 60_000;
/** The same for a column that counts; as many are under way at most. */
const OVERLAP_COUNTS = 1_000n;
/** The end of the year 2286: what is more is no time. Milliseconds. */
const LATEST_MS = 10_000_000_000_000n;
/** What counts from here on counts milliseconds. */
const MILLISECONDS_FROM = 100_000_000_000n;

/** The clock of the server in its zone, and in UTC: which of them wrote a time without a zone nobody knows. */
const CLOCKS: Readonly<Record<SqlDialect, readonly [here: string, utc: string]>> = {
  sqlite: ["strftime('%Y-%m-%d %H:%M:%f', 'now', 'localtime')", "strftime('%Y-%m-%d %H:%M:%f', 'now')"],
  mysql: ['CAST(NOW(3) AS CHAR)', 'CAST(UTC_TIMESTAMP(3) AS CHAR)'],
  mssql: ['CONVERT(varchar(60), SYSDATETIME(), 126)', 'CONVERT(varchar(60), SYSUTCDATETIME(), 126)'],
  postgres: ['localtimestamp::text', "(now() AT TIME ZONE 'UTC')::text"],
};
/** How a time is written where the table has none yet to learn it from. */
const FIRST_FORM: Readonly<Record<SqlDialect, Wall>> = {
  sqlite: { ms: 0, between: ' ', digits: 3, behind: '' },
  mysql: { ms: 0, between: ' ', digits: 3, behind: '' },
  mssql: { ms: 0, between: 'T', digits: 3, behind: '' },
  postgres: { ms: 0, between: ' ', digits: 3, behind: '' },
};

/** The column with the time, or the number, of the last change. */
export interface UpdatedColumn {
  readonly column: TableColumn;
  readonly form: TextForm;
  /** As the administrator calls it. */
  readonly field: string;
  /** Whether the settings say that it holds dates: a number is a Unix time. */
  readonly isDate: boolean;
}

/**
 * The mark of a run that begins now; undefined while the table has nothing to learn it from, and the next run is one through all.
 * @throws {UserError} for a column that holds no times and does not count
 */
export async function markOf(
  updated: UpdatedColumn,
  driver: SqlDriver,
  table: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { column, form, field, isDate } = updated;
  const { dialect } = driver;
  const ask = async (text: string) => (await driver.run({ text, values: [] }, signal))[0] ?? {};
  // A number of each version; those of transactions that are under way come after it.
  if (isRowVersion(column, dialect)) {
    const { oldest } = await ask(`SELECT ${form.written('MIN_ACTIVE_ROWVERSION()')} AS oldest`);
    return String(oldest);
  }
  const [here, utc] = CLOCKS[dialect];
  // Before all else: what is written from now on is later.
  const clocks = await ask(`SELECT ${here} AS here, ${utc} AS utc`);
  const now = { here: clockOf(clocks['here']), utc: clockOf(clocks['utc']) };
  const { holds, zone } = column;
  if (holds === 'moment') return wallText({ ...FIRST_FORM[dialect], ms: now.utc - OVERLAP_MS });
  if (holds === 'time' || holds === 'day') {
    // Of clocks without a zone the earliest counts: what is given twice does no harm.
    const ofZone = clockOf(wallOf(new Date(now.utc), zone));
    const text = wallText({ ...FIRST_FORM[dialect], ms: Math.min(now.here, now.utc, ofZone) - OVERLAP_MS });
    return holds === 'day' ? text.slice(0, 10) : text;
  }
  const name = quoteIdentifier(column.name, dialect);
  const latestOf = async (where = '') => {
    const text = `SELECT ${form.written(`MAX(${name})`)} AS latest FROM ${quoteTable(table, dialect)}${where}`;
    return textOfCell((await ask(text))['latest']);
  };
  const last = await latestOf();
  if (last === undefined) return undefined;
  if (holds !== 'boolean' && /^\d{1,19}$/.test(last)) return earlierNumber(BigInt(last), now.utc, isDate);
  // A cell that somebody wrote something else into sorts behind the times, and hides none of them.
  const isText = holds === undefined && column.integer !== true;
  const wall =
    wallTimeOf(last) ?? (isText ? wallTimeOf((await latestOf(` WHERE ${name} LIKE '____-__-__%'`)) ?? '') : undefined);
  if (wall !== undefined) {
    const ms = wall.behind === 'Z' ? now.utc : Math.min(now.here, now.utc);
    return wallText({ ...wall, ms: ms - OVERLAP_MS });
  }
  throw new UserError(
    `"${field}" of ${table} cannot tell what has changed: it holds no time of the form 2026-03-01 13:00:00 and does not count; ` +
      'name a column of a date and time, or one that counts versions, under "updated", or leave that out',
  );
}

function isRowVersion({ type }: TableColumn, dialect: SqlDialect): boolean {
  return dialect === 'mssql' && type === 'varbinary(8000)';
}

function clockOf(cell: unknown): number {
  const wall = wallTimeOf(textOfCell(cell) ?? '');
  if (wall === undefined) throw new SourceError('bad-response', 'the database does not tell what time it is');
  return wall.ms;
}

/**
 * Of a number that only may be a Unix time, and is then one to come, what has changed until now is read as well: otherwise
 * one wrong time would hide all changes. Of a number that counts it is given twice.
 * @param isDate of a column with Unix times, in seconds or milliseconds as the last one is
 */
function earlierNumber(last: bigint, now: number, isDate: boolean): string {
  const isInMilliseconds = last >= MILLISECONDS_FROM;
  const then = isInMilliseconds ? now - OVERLAP_MS : Math.floor((now - OVERLAP_MS) / 1000);
  const longest = isInMilliseconds ? LATEST_MS : LATEST_MS / 1000n;
  if (isDate) return String(then);
  const counted = last > OVERLAP_COUNTS ? last - OVERLAP_COUNTS : 0n;
  return String(counted > BigInt(then) && last < longest ? then : counted);
}

/** A cell that is a text or a number as its text. */
export function textOfCell(cell: unknown): string | undefined {
  if (typeof cell === 'string') return cell;
  return typeof cell === 'number' || typeof cell === 'bigint' ? String(cell) : undefined;
}

/** A time by a clock on the wall, and how it is written. */
interface Wall {
  readonly ms: number;
  /** Between the day and the time; empty: there is only a day. */
  readonly between: string;
  readonly digits: number;
  readonly behind: string;
}

const WRITTEN_TIME = /^(\d{4}-\d\d-\d\d)(?:([ T])(\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d(?::?\d\d)?)?)?$/;

function wallTimeOf(text: string): Wall | undefined {
  const [matched, day, between = '', time = '00:00:00', fraction = '', behind = ''] = WRITTEN_TIME.exec(text) ?? [];
  const ms = matched === undefined ? Number.NaN : Date.parse(`${day}T${time}.${fraction.slice(0, 3) || '0'}Z`);
  return Number.isNaN(ms) ? undefined : { ms, between, digits: fraction.length, behind };
}

function wallText({ ms, between, digits, behind }: Wall): string {
  const [day = '', time = ''] = new Date(ms).toISOString().slice(0, -1).split('T');
  if (between === '') return day;
  const [whole, fraction = ''] = time.split('.');
  const shown = digits === 0 ? '' : `.${fraction.padEnd(digits, '0').slice(0, digits)}`;
  return `${day}${between}${whole}${shown}${behind}`;
}
