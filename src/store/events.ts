/** The events of a ledger. Each function runs inside a transaction of the writer. */
import type {
  ClosedRecord,
  DueRecords,
  EventFate,
  EventRecord,
  NewEvent,
  StoredEvent,
} from '../gateway/events/event-ledger.ts';
import { number, text } from './rows.ts';
import type { Statements } from './statements.ts';

/** Stores an event, once. */
export function storeEvent(statements: Statements, event: NewEvent, now: number): EventFate {
  const { stream, id, key = null, type, at, isEnd, withinMs, settleMs, keepBody } = event;
  const fields = JSON.stringify([...event.fields]);
  const isNew = statements.run('eventInsert', stream, id, key, type, at, now, fields) > 0;
  if (!isNew) return 'repeated';
  if (key === null || isClosed(statements, stream, key)) {
    if (!keepBody) statements.run('eventForget', stream, id);
    return key === null ? 'alone' : 'late';
  }
  const waits = [Math.round(withinMs), Math.round(settleMs)];
  statements.run('recordGrows', stream, key, isEnd ? 1 : 0, fields.length, now, ...waits);
  statements.run('recordFull', stream, key, now);
  return 'stored';
}

/**
 * Closes records that are due.
 * @param become stores what a record becomes
 */
export function takeRecords<Row>(
  statements: Statements,
  { stream, keepBodies, most }: DueRecords,
  now: number,
  become: (record: EventRecord) => readonly Row[],
): readonly ClosedRecord<Row>[] {
  const closed: ClosedRecord<Row>[] = [];
  while (closed.length < most) {
    const found = statements.get('recordDue', stream, now);
    if (found === undefined) break;
    const key = text(found, 'key');
    const record = { stream, key, isComplete: number(found, 'ended') === 1, events: eventsOf(statements, stream, key) };
    closed.push({ record, pushes: become(record) });
    statements.run('recordClose', number(found, 'seq'), now);
    if (!keepBodies) statements.run('recordForget', stream, key);
  }
  return closed;
}

/** Removes what came to an end before a time. @returns how many */
export function forgetEvents(statements: Statements, before: number): number {
  return statements.run('forgetRecords', before) + statements.run('forgetEvents', before);
}

/** The clock was set: what waits keeps the wait that it had. @param stepMs by how much; 0 when that is not known */
export function mendEvents(statements: Statements, now: number, stepMs: number): void {
  if (stepMs > 0) statements.run('skippedRecords', now, Math.round(stepMs));
  statements.run('futureRecords', now);
}

function isClosed(statements: Statements, stream: string, key: string): boolean {
  const found = statements.get('recordClosed', stream, key);
  return found !== undefined && number(found, 'closed') === 1;
}

function eventsOf(statements: Statements, stream: string, key: string): readonly StoredEvent[] {
  const events: StoredEvent[] = [];
  for (let last = { at: -1, seq: -1 }; ; ) {
    const found = statements.get('recordEvent', stream, key, last.at, last.seq);
    if (found === undefined) return events;
    last = { at: number(found, 'at'), seq: number(found, 'seq') };
    events.push({ type: text(found, 'type'), at: last.at, fields: fieldsIn(text(found, 'fields')) });
  }
}

/** What {@link storeEvent} wrote; only the gateway writes into the ledger. */
function fieldsIn(stored: string): ReadonlyMap<string, string> {
  const entries: [string, string][] = stored === '' ? [] : JSON.parse(stored);
  return new Map(entries);
}
