/** Entries of the audit as they are given to a file. */
import type { AuditEntry } from '../../src/gateway/audit/entry.ts';

/** JSON of each. */
export function linesOf(...entries: readonly AuditEntry[]): readonly string[] {
  return entries.map((entry) => JSON.stringify(entry));
}
