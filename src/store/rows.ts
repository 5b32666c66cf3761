/** Between rows of the tables and what the gateway works with. */
import type { Details, PushFile, PushReceipt, PushRequest, Value } from '../contract/index.ts';
import type { PushMode } from '../gateway/push/plan.ts';
import type { PushAttempt, PushRow, PushState, PushTrouble } from '../gateway/push/push-row.ts';
import { PUSH_STATES } from '../gateway/push/push-row.ts';
import type { TargetMemory } from '../gateway/push/target-memory.ts';
import type { DatabaseRow } from './connections.ts';

/** The columns of {@link pushRow}. */
export const COLUMNS =
  'seq, id, target, mode, state, x_request, title, created_at, changed_at, next_at, give_up_at, attempts, rejections, ' +
  'owed, unsure, unsure_at, insisted, trouble, receipt, staff, reference, superseded_by, alert, origin';

/** A push without what is pushed, from a row with {@link COLUMNS}. */
export function pushRow(row: DatabaseRow): PushRow {
  return {
    seq: number(row, 'seq'),
    id: text(row, 'id'),
    target: text(row, 'target'),
    mode: modeOf(text(row, 'mode')),
    state: stateOf(text(row, 'state')),
    xRequest: text(row, 'x_request'),
    title: text(row, 'title'),
    createdAt: number(row, 'created_at'),
    changedAt: number(row, 'changed_at'),
    nextAt: number(row, 'next_at'),
    giveUpAt: number(row, 'give_up_at'),
    attempts: number(row, 'attempts'),
    rejections: number(row, 'rejections'),
    owed: number(row, 'owed') === 1,
    unsure: number(row, 'unsure') === 1,
    unsureAt:
      number(row, 'unsure') === 1 ? number(row, row['unsure_at'] === null ? 'changed_at' : 'unsure_at') : undefined,
    insisted: number(row, 'insisted') === 1,
    trouble: json<PushTrouble>(row, 'trouble'),
    receipt: json<PushReceipt>(row, 'receipt'),
    staff: text(row, 'staff'),
    reference: text(row, 'reference'),
    supersededBy: text(row, 'superseded_by') || undefined,
    isAlert: number(row, 'alert') === 1,
    origin: text(row, 'origin'),
  };
}

/** One try of a push, from a row of `attempts`. */
export function attemptRow(row: DatabaseRow): PushAttempt {
  const result = text(row, 'result');
  return {
    number: number(row, 'number'),
    at: number(row, 'at'),
    ms: typeof row['ms'] === 'number' ? row['ms'] : undefined,
    result: result === '' ? undefined : result === 'interrupted' ? result : stateOf(result),
    reason: text(row, 'reason'),
  };
}

function modeOf(word: string): PushMode {
  return word === 'direct' ? 'direct' : 'queued';
}

function stateOf(word: string): PushState {
  const state = PUSH_STATES.find((one) => one === word);
  if (state === undefined) throw new Error(`the ledger holds an unknown state: ${word}`);
  return state;
}

/** What is known of a push target. */
export function memoryOf(row: DatabaseRow): TargetMemory | undefined {
  return json<TargetMemory>(row, 'memory');
}

/** A column that holds a text; empty where it is NULL. */
export function text(row: DatabaseRow, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value : '';
}

/** A column that holds a number; 0 where it is NULL. */
export function number(row: DatabaseRow, column: string): number {
  const value = row[column];
  return typeof value === 'number' ? value : 0;
}

/** What this module wrote as JSON; only the gateway writes into the ledger. */
function json<T>(row: DatabaseRow, column: string): T | undefined {
  const value = row[column];
  return typeof value === 'string' ? JSON.parse(value) : undefined;
}

/** A push as it is stored. JSON escapes what SQLite's texts cannot hold. */
export function requestToText(request: PushRequest): string {
  const files = request.files.map(({ bytes, ...file }) => ({
    ...file,
    base64: bytes === undefined ? undefined : Buffer.from(bytes).toString('base64'),
  }));
  return JSON.stringify({ ...request, files });
}

type StoredRequest = Omit<PushRequest, 'files'> & {
  readonly files: readonly (Omit<PushFile, 'bytes'> & { readonly base64?: string })[];
};

/** A push as {@link requestToText} wrote it. */
export function requestFromText(stored: string): PushRequest {
  const { files, link, values, ...rest }: StoredRequest = JSON.parse(stored);
  return {
    ...rest,
    link,
    // As before: no prototype, so that no name of HelpSpot's is one of JavaScript's.
    values: Object.assign(Object.create(null), values),
    files: files.map(({ base64, ...file }) => ({
      ...file,
      url: file.url,
      bytes: base64 === undefined ? undefined : new Uint8Array(Buffer.from(base64, 'base64')),
    })),
  };
}

/** Details as they are stored. Dates are marked: JSON has none. */
export function detailsToText(details: Details): string {
  const rows = details.rows.map(({ label, value }) => ({ label, value: marked(value) }));
  return JSON.stringify({ ...details, rows });
}

/** Details as {@link detailsToText} wrote them. */
export function detailsFromText(stored: string): Details {
  const details: Details = JSON.parse(stored);
  return { ...details, rows: details.rows.map(({ label, value }) => ({ label, value: unmarked(value) })) };
}

type Marked = { readonly date: string };

function marked(value: Value | undefined): unknown {
  if (Array.isArray(value)) return value.map((one) => marked(one));
  return value instanceof Date ? { date: Number.isNaN(value.getTime()) ? '' : value.toISOString() } : value;
}

function unmarked(value: Value | Marked | undefined): Value | undefined {
  if (Array.isArray(value)) return value.map((one) => unmarked(one)).filter((one) => isScalar(one));
  return typeof value === 'object' && 'date' in value ? new Date(value.date) : value;
}

function isScalar(value: Value | undefined): value is Exclude<Value, readonly unknown[]> {
  return value !== undefined && !Array.isArray(value);
}

/** At most so many code points: none is cut in two. A text of SQLite ends at a NUL. */
export function storedText(text: string, most: number): string {
  const codePoints = Array.from(text.slice(0, 2 * most).replaceAll('\0', ''));
  return codePoints.slice(0, most).join('');
}

/** An id that can be looked for: a text of SQLite ends at a NUL. */
export function findable(id: string): string {
  return id.replaceAll('\0', '');
}
