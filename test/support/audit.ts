/** Entries of the audit as they are given to a file, and as they come back. */
import { type AuditEntry, auditLine, type NewAuditEntry } from '../../src/gateway/audit/entry.ts';
import type { EntryBatch } from '../../src/gateway/audit/file.ts';

/** A batch of them. */
export function linesOf(...entries: readonly NewAuditEntry[]): EntryBatch {
  return { lines: entries.map(auditLine).join('\n'), count: entries.length };
}

/** One as it comes back. */
export function auditEntry(given: NewAuditEntry): AuditEntry {
  return JSON.parse(auditLine(given));
}
