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
import type { LedgerSession } from './statements.ts';

/** Stores an event, once. */
export async function storeEvent(session: LedgerSession, event: NewEvent, now: number): Promise<EventFate> {
  const { stream, id, key = null, type, at, isEnd, withinMs, settleMs, keepBody } = event;
  const fields = JSON.stringify([...event.fields]);
  // Nobody begins or closes its record meanwhile.
  await session.lock([`event ${stream} ${key ?? id}`]);
  const isNew = (await session.run('eventInsert', stream, id, key, type, at, now, fields)) > 0;
  if (!isNew) return 'repeated';
  if (key === null || (await isClosed(session, stream, key))) {
    if (!keepBody) await session.run('eventForget', stream, id);
    return key === null ? 'alone' : 'late';
  }
  const waits = [Math.round(withinMs), Math.round(settleMs)];
  await session.run('recordGrows', stream, key, isEnd ? 1 : 0, fields.length, now, ...waits);
  await session.run('recordFull', stream, key, now);
  return 'stored';
}

/**
 * Closes records that are due.
 * @param become stores what a record becomes
 */
export async function takeRecords<Row>(
  session: LedgerSession,
  { stream, keepBodies, most }: DueRecords,
  now: number,
  become: (record: EventRecord) => Promise<readonly Row[]>,
): Promise<readonly ClosedRecord<Row>[]> {
  const closed: ClosedRecord<Row>[] = [];
  while (closed.length < most) {
    const found = await session.get('recordDue', stream, now);
    if (found === undefined) break;
    const key = text(found, 'key');
    const record = {
      stream,
      key,
      isComplete: number(found, 'ended') === 1,
      events: await eventsOf(session, stream, key),
    };
    closed.push({ record, pushes: await become(record) });
    await session.run('recordClose', number(found, 'seq'), now);
    if (!keepBodies) await session.run('recordForget', stream, key);
  }
  return closed;
}

/** Removes what came to an end before a time. @returns how many */
export async function forgetEvents(session: LedgerSession, before: number): Promise<number> {
  const records = await session.run('forgetRecords', before);
  return records + (await session.run('forgetEvents', before));
}

/** The clock was set: what waits keeps the wait that it had. @param stepMs by how much; 0 when that is not known */
export async function mendEvents(session: LedgerSession, now: number, stepMs: number): Promise<void> {
  if (stepMs > 0) await session.run('skippedRecords', now, Math.round(stepMs));
  await session.run('futureRecords', now);
}

async function isClosed(session: LedgerSession, stream: string, key: string): Promise<boolean> {
  const found = await session.get('recordClosed', stream, key);
  return found !== undefined && number(found, 'closed') === 1;
}

async function eventsOf(session: LedgerSession, stream: string, key: string): Promise<readonly StoredEvent[]> {
  const events: StoredEvent[] = [];
  for (let last = { at: -1, seq: -1 }; ; ) {
    const found = await session.get('recordEvent', stream, key, last.at, last.seq);
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
