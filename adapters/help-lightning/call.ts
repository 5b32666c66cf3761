/**
 * Calls as records of a source: under the names that lookups have, and beside them under the API's own (as
 * `export-data/export_data.py` of the vendor's samples reads them).
 */
import type { SourceField, SourceRecord, Value } from '../../src/contract/index.ts';
import { someOf } from '../../src/kit/text/index.ts';
import {
  type Data,
  type Forms,
  fieldsOfForms,
  filled,
  listAt,
  textAt,
  textOfData,
  valueAt,
} from '../../src/kit/web/index.ts';
import { idAt, momentAt } from './answer.ts';
import { callIdOf } from './pages.ts';
import type { Person } from './person.ts';
import { valuesOf } from './values.ts';

const CALL: Forms = {
  ...{ session: 'code', dialerId: 'reference', dialerName: 'name', receiverId: 'reference', receiverName: 'name' },
  ...{ callDuration: 'number', timeCallStarted: 'moment', timeCallEnded: 'moment', timestamp: 'moment' },
  ...{ reasonCallEnded: 'text', recordingStatus: 'text', intraEnterpriseCall: 'yes', has_attachments: 'yes' },
};

const USUAL: Forms = {
  ...{ call_id: 'code', user_id: 'code', name: 'name', email: 'email', status: 'text', started_at: 'moment' },
  ...{ ended_at: 'moment', duration: 'number', agent: 'name', receiver: 'name' },
};

const LISTS: readonly SourceField[] = [
  { name: 'participants', kind: 'name', list: true },
  { name: 'tags', kind: 'text', list: true },
  { name: 'tag_id', kind: 'code', list: true },
];

/** Of each call so many names are shown. */
const MOST_NAMES = 50;

/** The fields of calls. */
export function callFields(attachments: boolean): readonly SourceField[] {
  const more: readonly SourceField[] = attachments ? [{ name: 'attachments', kind: 'text', list: true }] : [];
  return [...fieldsOfForms(USUAL), ...LISTS, ...more, ...fieldsOfForms(CALL)];
}

/** A tag of a call. */
export interface Tag {
  readonly id: string | undefined;
  readonly name: string;
}

/** The tags of a call: texts, or objects with a name. */
export function tagsOf(call: Data): readonly Tag[] {
  return listAt(call, 'tags').flatMap((tag) => {
    const name = textOfData(tag) ?? textAt(tag, 'name');
    return name === undefined ? [] : [{ id: idAt(tag, 'id'), name }];
  });
}

/** Everybody in a call, each once, guests too: who was called first, who called last. */
export function peopleIn(call: Data): readonly Person[] {
  const all = [
    { id: idAt(call, 'receiverId'), name: textAt(call, 'receiverName') },
    ...listAt(call, 'participants').map((one) => ({ id: idAt(one, 'id'), name: textAt(one, 'name') })),
    { id: idAt(call, 'dialerId'), name: textAt(call, 'dialerName') },
  ];
  const people = new Map<string, Person>();
  for (const { id, name } of all) {
    if (id === undefined && name === undefined) continue;
    // Guests have nothing but a name.
    const key = JSON.stringify(id === undefined ? { name } : { id });
    people.set(key, { id, name: people.get(key)?.name ?? name, email: undefined });
  }
  return [...people.values()];
}

/** When a call began, in Unix milliseconds; 0 where it does not say it. */
export function beginningOf(call: Data): number {
  return startOf(call)?.getTime() ?? 0;
}

function startOf(call: Data): Date | undefined {
  return momentAt(call, 'timeCallStarted') ?? momentAt(call, 'timestamp');
}

/** A call, from where one of those in it stands: `user_id`, `name` and `email` are his. */
export function callRecord(call: Data, person: Person | undefined): SourceRecord {
  const own = valuesOf(call, CALL);
  const tags = tagsOf(call);
  const duration = own['callDuration'];
  const started = startOf(call);
  const ended = momentAt(call, 'timeCallEnded') ?? endOf(started, duration);
  const names = new Set(listAt(call, 'participants').flatMap((one) => textAt(one, 'name') ?? []));
  return filled([
    ['call_id', callIdOf(call)],
    ['user_id', person?.id],
    ['name', person?.name],
    ['email', person?.email],
    ['status', statusOf(call, started, ended)],
    ['started_at', started],
    ['ended_at', ended],
    ['duration', duration ?? secondsOf(started, ended)],
    ['agent', own['dialerName']],
    ['receiver', own['receiverName']],
    ['participants', someOf([...names].slice(0, MOST_NAMES))],
    ['tags', someOf(tags.map(({ name }) => name).slice(0, MOST_NAMES))],
    ['tag_id', someOf(tags.flatMap(({ id }) => id ?? []).slice(0, MOST_NAMES))],
    ...Object.entries(own),
  ]);
}

function endOf(started: Date | undefined, duration: Value | undefined): Date | undefined {
  if (started === undefined || typeof duration !== 'number' || duration === 0) return undefined;
  const end = new Date(started.getTime() + duration * 1000);
  return Number.isNaN(end.getTime()) ? undefined : end;
}

function secondsOf(started: Date | undefined, ended: Date | undefined): number | undefined {
  if (started === undefined || ended === undefined || ended < started) return undefined;
  return Math.round((ended.getTime() - started.getTime()) / 1000);
}

/** The API has no status: what a call has tells it. */
function statusOf(call: Data, started: Date | undefined, ended: Date | undefined): string {
  if (ended !== undefined || textAt(call, 'reasonCallEnded') !== undefined) return 'ended';
  return started === undefined ? 'not started' : 'in progress';
}

/** Whether a call says that something was captured or recorded in it, or does not say it. */
export function mayHaveAttachments(call: Data): boolean {
  return valueAt(call, 'has_attachments') !== false;
}
