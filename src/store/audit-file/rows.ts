/** An entry as it crosses to a thread and as it stands in the file: checked, since both are texts. */
import * as z from 'zod';
import { AUDIT_KINDS, AUDIT_OUTCOMES, AUDIT_WAYS, AUDITED_STATES, type AuditEntry } from '../../gateway/audit/entry.ts';

const sources = z.array(z.object({ source: z.string(), state: z.enum(AUDITED_STATES) }));
const ids = z.array(z.string());
const values = z.record(z.string(), z.string());
const plain = {
  at: z.number(),
  kind: z.enum(AUDIT_KINDS),
  name: z.string(),
  request: z.string(),
  step: z.string(),
  count: z.number(),
  outcome: z.enum(AUDIT_OUTCOMES),
  status: z.number(),
  reference: z.string(),
  caller: z.string(),
  via: z.enum(AUDIT_WAYS),
  milliseconds: z.number(),
};

/** An entry as JSON. */
export const entryShape: z.ZodType<AuditEntry> = z.object({
  ...plain,
  ...{ personId: z.string(), personName: z.string(), customers: ids, things: ids, sources },
  values: values.optional(),
});

const row = z.object({
  ...plain,
  ...{ id: z.number(), person_id: z.string(), person_name: z.string() },
  ...{ customers: z.string(), things: z.string(), sources: z.string(), values: z.string().nullable() },
});

/** The entry of a row, and its number in the file. */
export function entryOfRow(found: unknown): { readonly id: number; readonly entry: AuditEntry } {
  const { id, person_id: personId, person_name: personName, values: kept, ...rest } = row.parse(found);
  return {
    id,
    entry: {
      ...rest,
      ...{ personId, personName },
      customers: ids.parse(JSON.parse(rest.customers)),
      things: ids.parse(JSON.parse(rest.things)),
      sources: sources.parse(JSON.parse(rest.sources)),
      ...(kept !== null && { values: values.parse(JSON.parse(kept)) }),
    },
  };
}
