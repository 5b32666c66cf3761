/** Entries of the audit as a table for people, and as JSON. */
import type { AuditEntry } from '../gateway/audit/entry.ts';
import { utc } from './pushes-selection.ts';
import { table } from './terminal.ts';
import { cutTo, printable } from './text-width.ts';

/** In columns: a line of the table stays one on most screens; the other formats have all of it. */
const WIDEST_NAME = 24;
const WIDEST_LIST = 40;

/** With a line of headings. */
export function auditTable(entries: readonly AuditEntry[]): string {
  const cut = (columns: number, text: string) => cutTo(columns, printable(text));
  // Where several gateways write into one store.
  const hasGateways = entries.some(({ gateway }) => gateway !== undefined);
  const rows = entries.map((entry) => [
    utc(entry.at),
    cut(WIDEST_NAME, whoOf(entry)),
    cut(WIDEST_NAME, `${entry.kind} ${entry.name}`.trim()),
    cut(WIDEST_NAME, entry.request),
    resultOf(entry),
    cut(WIDEST_LIST, [...entry.customers, ...entry.things].join(', ')),
    ...(hasGateways ? [cut(WIDEST_NAME, entry.gateway ?? '')] : []),
    entry.reference,
  ]);
  const heads = ['TIME (UTC)', 'WHO', 'WHAT', 'REQUEST', 'RESULT', 'IDS', ...(hasGateways ? ['GATEWAY'] : []), 'REF'];
  return table([heads, ...rows]);
}

function whoOf({ personId, personName, caller }: AuditEntry): string {
  if (personName === '' && personId === '') return caller === '' ? '' : `key ${caller}`;
  return personId === '' ? personName : `${personName} (${personId})`.trim();
}

function resultOf({ outcome, count, status }: AuditEntry): string {
  if (status !== 0) return `${outcome} ${status}`;
  return count === 0 ? outcome : `${outcome} ${count}`;
}
