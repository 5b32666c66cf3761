/** An entry as it stands in the file: checked when it is read, since it is a text. */
import * as z from 'zod';
import {
  AUDIT_KINDS,
  AUDIT_OUTCOMES,
  AUDIT_WAYS,
  AUDITED_STATES,
  type AuditEntry,
  auditLine,
  lostEntry,
} from '../../gateway/audit/entry.ts';

const entryShape: z.ZodType<AuditEntry> = z.object({
  at: z.number(),
  kind: z.enum(AUDIT_KINDS),
  name: z.string(),
  personId: z.string(),
  personName: z.string(),
  request: z.string(),
  step: z.string(),
  customers: z.array(z.string()),
  things: z.array(z.string()),
  count: z.number(),
  sources: z.array(z.object({ source: z.string(), state: z.enum(AUDITED_STATES) })),
  outcome: z.enum(AUDIT_OUTCOMES),
  status: z.number(),
  reference: z.string(),
  caller: z.string(),
  via: z.enum(AUDIT_WAYS),
  milliseconds: z.number(),
  gateway: z.string().optional(),
  values: z.record(z.string(), z.string()).optional(),
});

/** What an entry is found by: a small part of its shape, since every one that is written comes by here. */
export interface FoundBy {
  readonly at: number;
  readonly kind: string;
  readonly name: string;
  readonly personId: string;
  readonly personName: string;
  readonly request: string;
  readonly customers: readonly string[];
  /** By which a store knows it. */
  readonly key?: string;
}

/** @throws {TypeError} when it is no JSON of an entry */
export function foundBy(text: string): FoundBy {
  const entry: unknown = JSON.parse(text);
  if (isFoundBy(entry)) return entry;
  throw new TypeError('this is no entry of the audit');
}

/** Whether all of it is JSON, and has what an entry is found by. */
export function isWholeEntry(text: string): boolean {
  try {
    return isFoundBy(JSON.parse(text));
  } catch {
    return false;
  }
}

/** Before it stands what an entry of now is found by. No text has it: a quote in one comes behind a backslash. */
const REST = ',"step":';

/** As {@link foundBy}, without `key`, in half of the time: of an entry of now the rest is not read. */
export function soonFoundBy(text: string): FoundBy {
  const end = text.indexOf(REST);
  if (end < 0) return foundBy(text);
  const entry: unknown = JSON.parse(`${text.slice(0, end)}}`);
  return isFoundBy(entry) ? entry : foundBy(text);
}

function isFoundBy(entry: unknown): entry is FoundBy {
  if (typeof entry !== 'object' || entry === null) return false;
  return (
    'at' in entry &&
    'customers' in entry &&
    Number.isSafeInteger(entry.at) &&
    Array.isArray(entry.customers) &&
    entry.customers.every((one) => typeof one === 'string') &&
    TEXTS.every((name) => typeof Reflect.get(entry, name) === 'string')
  );
}

const TEXTS = ['kind', 'name', 'personId', 'personName', 'request'] as const;

const row = z.object({ id: z.number(), entry: z.string() });
const rowOfTime = row.extend({ at: z.number() });

/** The text of an entry, and its number in the file. */
export function textOfRow(found: unknown): { readonly id: number; readonly entry: string } {
  return row.parse(found);
}

/** The entry of a row with its time, and its number in the file. Of one that is damaged it is said that it is lost. */
export function entryOfRow(found: unknown): { readonly id: number; readonly entry: AuditEntry } {
  const { id, at, entry } = rowOfTime.parse(found);
  return { id, entry: readEntry(entry) ?? entryShape.parse(JSON.parse(auditLine(lostEntry(1, at)))) };
}

/** What is handed on of a row with its time, and its number in the file. */
export function wholeTextOfRow(found: unknown): { readonly id: number; readonly entry: string } {
  const { id, at, entry } = rowOfTime.parse(found);
  return { id, entry: isWholeEntry(entry) ? entry : auditLine(lostEntry(1, at)) };
}

function readEntry(text: string): AuditEntry | undefined {
  try {
    return entryShape.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
