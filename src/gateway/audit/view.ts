/** Entries of the audit as other programs read them. */
import type { AuditEntry } from './entry.ts';

/** The same with the time in ISO 8601. */
export type AuditView = Omit<AuditEntry, 'at'> & { readonly at: string };

export function auditView({ at, ...entry }: AuditEntry): AuditView {
  return { at: new Date(at).toISOString(), ...entry };
}
