/** Entries of the audit as they are given to a file, and as they come back. */
import { type AuditEntry, auditLine, type NewAuditEntry } from '../../src/gateway/audit/entry.ts';

/** JSON of each. */
export function linesOf(...entries: readonly NewAuditEntry[]): readonly string[] {
  return entries.map(auditLine);
}

/** One as it comes back. */
export function auditEntry(given: NewAuditEntry): AuditEntry {
  return JSON.parse(auditLine(given));
}
