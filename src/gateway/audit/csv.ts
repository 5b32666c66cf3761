/** Entries of the audit as CSV (RFC 4180), for a spreadsheet. */
import { redact } from '../../contract/index.ts';
import type { AuditEntry } from './entry.ts';
import { type AuditFilter, type AuditReader, MOST_ON_PAGE } from './file.ts';

/** More is a task for `helpspot-gateway audit --csv`, which no deadline ends. */
const MOST_IN_FILE = 20 * MOST_ON_PAGE;

/** What a column of the CSV file is called, and what it has of an entry. */
const COLUMNS: readonly (readonly [name: string, cell: (entry: AuditEntry) => string])[] = [
  ['time', ({ at }) => new Date(at).toISOString()],
  ['kind', ({ kind }) => kind],
  ['name', ({ name }) => name],
  ['person_id', ({ personId }) => personId],
  ['person', ({ personName }) => personName],
  ['request', ({ request }) => request],
  ['step', ({ step }) => step],
  ['outcome', ({ outcome }) => outcome],
  ['status', ({ status }) => (status === 0 ? '' : String(status))],
  ['count', ({ count }) => String(count)],
  ['customers', ({ customers }) => customers.join(' ')],
  ['things', ({ things }) => things.join(' ')],
  ['sources', ({ sources }) => sources.map(({ source, state }) => `${source}: ${state}`).join(', ')],
  ['reference', ({ reference }) => reference],
  ['key', ({ caller }) => caller],
  ['via', ({ via }) => via],
  ['milliseconds', (entry) => String(entry.milliseconds)],
  ['gateway', ({ gateway }) => gateway ?? ''],
  ['values', ({ values }) => (values === undefined ? '' : JSON.stringify(values))],
];

/** The first line of a CSV file. */
export function auditHead(): string {
  return csvLine(COLUMNS.map(([name]) => name));
}

/** The others, a line an entry (RFC 4180). */
export function auditCsv(entries: readonly AuditEntry[]): string {
  return entries.map((entry) => csvLine(COLUMNS.map(([, cell]) => cell(entry)))).join('');
}

/**
 * A whole file of what fits a filter, newest first, without secrets, whoever repeated them: 20,000 entries at most, and a last
 * line that says so where there are more.
 * @throws {UserError} as {@link AuditReader} does
 */
export async function auditCsvFile(
  audit: Pick<AuditReader, 'page'>,
  filter: AuditFilter,
  secrets: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const parts = [auditHead()];
  let from: string | undefined;
  for (let written = 0; written < MOST_IN_FILE; ) {
    const page = await audit.page(filter, { limit: MOST_ON_PAGE, from }, signal);
    parts.push(redact(auditCsv(page.entries), secrets));
    written += page.entries.length;
    from = page.next;
    if (from === undefined) return parts.join('');
  }
  parts.push(csvLine([`there are more than ${MOST_IN_FILE}: narrow the filter or take helpspot-gateway audit --csv`]));
  return parts.join('');
}

function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/**
 * Names and numbers come from outside, and a spreadsheet takes what begins so for a formula, also in the signs' wide forms
 * and behind white space: an apostrophe makes it text (https://owasp.org/www-community/attacks/CSV_Injection).
 */
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;
const QUOTED_CELL = /[",\r\n]/;

function csvCell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return QUOTED_CELL.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
