/** Entries of the audit as a table for people, as JSON and as CSV. */
import type { AuditEntry } from '../gateway/audit/entry.ts';
import { iso, utc } from './pushes-selection.ts';
import { table } from './terminal.ts';
import { cutTo, printable } from './text-width.ts';

/** In columns: a line of the table stays one on most screens; the other formats have all of it. */
const WIDEST_NAME = 24;
const WIDEST_LIST = 40;

/** With a line of headings. */
export function auditTable(entries: readonly AuditEntry[]): string {
  const cut = (columns: number, text: string) => cutTo(columns, printable(text));
  const rows = entries.map((entry) => [
    utc(entry.at),
    cut(WIDEST_NAME, whoOf(entry)),
    cut(WIDEST_NAME, `${entry.kind} ${entry.name}`.trim()),
    cut(WIDEST_NAME, entry.request),
    resultOf(entry),
    cut(WIDEST_LIST, [...entry.customers, ...entry.things].join(', ')),
    entry.reference,
  ]);
  return table([['TIME (UTC)', 'WHO', 'WHAT', 'REQUEST', 'RESULT', 'IDS', 'REF'], ...rows]);
}

function whoOf({ personId, personName, caller }: AuditEntry): string {
  if (personName === '' && personId === '') return caller === '' ? '' : `key ${caller}`;
  return personId === '' ? personName : `${personName} (${personId})`.trim();
}

function resultOf({ outcome, count, status }: AuditEntry): string {
  if (status !== 0) return `${outcome} ${status}`;
  return count === 0 ? outcome : `${outcome} ${count}`;
}

/** As other programs read it: the time in ISO 8601. */
export function auditJson({ at, ...entry }: AuditEntry): object {
  return { at: iso(at), ...entry };
}

/** What a column of the CSV file is called, and what it has of an entry. */
const COLUMNS: readonly (readonly [name: string, cell: (entry: AuditEntry) => string])[] = [
  ['time', ({ at }) => iso(at)],
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
