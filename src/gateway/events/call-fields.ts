/** What the events of a call of Help Lightning say of it, in the field names that its source has too. */
import type { StoredEvent } from './event-ledger.ts';
import type { EventFields } from './fields.ts';

/** The fields of a call: name → what it is. */
export const CALL_FIELDS = {
  call_id: 'the id of the call',
  session_id: 'the id of the session',
  started_at: 'when it started, as 2026-11-21T09:30:00Z; empty where that was not told',
  ended_at: 'when it ended',
  duration: 'how long it took, in seconds; empty where start or end was not told, or the end is before the start',
  duration_hm: 'the same in hours and minutes, the last one begun counted: 0:12',
  participants: 'the names of those who joined, or left, with commas between them',
  participant_emails: 'their mail addresses',
  attachments: 'the names of screen captures and recordings',
} as const;

/** @param events of one call, in order, their fields with short names */
export function callFields(events: readonly StoredEvent[]): EventFields {
  const startedAt = events.find(({ type }) => lastPart(type) === 'started')?.at;
  const endedAt = events.findLast(({ type }) => lastPart(type) === 'ended')?.at;
  // An end before the start is a time that is wrong, or one for which stands when the event came.
  const isSpan = startedAt !== undefined && endedAt !== undefined && endedAt >= startedAt;
  const duration = isSpan ? endedAt - startedAt : undefined;
  const people = distinct(events, 'participant');
  const fields: Record<keyof typeof CALL_FIELDS, string | undefined> = {
    call_id: newest(events, 'call_id'),
    session_id: newest(events, 'session_id'),
    started_at: startedAt === undefined ? undefined : isoSeconds(startedAt),
    ended_at: endedAt === undefined ? undefined : isoSeconds(endedAt),
    duration: duration === undefined ? undefined : String(Math.round(duration / 1000)),
    duration_hm: duration === undefined ? undefined : hoursAndMinutes(duration),
    participants: listed(people, 'participant.name'),
    participant_emails: listed(people, 'participant.email'),
    attachments: listed(distinct(events, 'attachment'), 'attachment.name'),
  };
  return new Map(Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** `2026-11-21T09:30:00Z` */
export function isoSeconds(time: number): string {
  return new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

function lastPart(type: string): string {
  return type.slice(type.lastIndexOf('.') + 1);
}

function newest(events: readonly StoredEvent[], name: string): string | undefined {
  return events.findLast(({ fields }) => fields.has(name))?.fields.get(name);
}

/** What is told of different ones: who joins comes again when he leaves, and may have told his name meanwhile. */
function distinct(events: readonly StoredEvent[], thing: string): readonly EventFields[] {
  const [id, email, name] = [`${thing}.id`, `${thing}.email`, `${thing}.name`];
  const seen = new Map<string, Map<string, string>>();
  for (const { fields } of events) {
    const which = fields.get(id) ?? fields.get(email) ?? fields.get(name);
    if (which === undefined) continue;
    const known = seen.get(which) ?? new Map<string, string>();
    seen.set(which, known);
    for (const one of [email, name]) {
      const value = fields.get(one);
      if (value !== undefined && !known.has(one)) known.set(one, value);
    }
  }
  return [...seen.values()];
}

function listed(all: readonly EventFields[], name: string): string | undefined {
  return all.flatMap((fields) => fields.get(name) ?? []).join(', ') || undefined;
}

function hoursAndMinutes(milliseconds: number): string {
  const minutes = Math.max(1, Math.ceil(milliseconds / 60_000));
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
}
