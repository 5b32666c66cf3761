/** The places that a push target's templates can name. */
import { NAMED_IDS } from './named-ids.ts';

/** What the gateway makes of a request, beside HelpSpot's own fields: name → what it is. */
export const MADE_VALUES = {
  note: 'the note that the request began with',
  latest_note: 'the newest note',
  latest_public_note: 'the newest note that the customer sees',
  all_notes: 'every note with its time and author, oldest first',
  staff_comment: 'what the staff member wrote when pushing',
  files: 'the attachments, as links into HelpSpot',
  request_link: 'the address of the request in HelpSpot; empty unless helpspot.url is set',
  fullname: "the customer's name",
  acting_person: 'the name of the staff member who pushes',
  assigned_person: 'the name of the staff member to whom the request is assigned',
  opened_at: 'when the request was opened, as 2026-11-21T09:30:00Z',
  closed_at: 'when the request was closed; empty while it is open',
} as const;

export type MadeValue = keyof typeof MADE_VALUES;

/** Those that hold notes: the only ones that cost something to make. */
export const NOTE_VALUES: ReadonlySet<string> = new Set<MadeValue>([
  'note',
  'latest_note',
  'latest_public_note',
  'all_notes',
]);

/** HelpSpot's fields (manual, chapter 2.2), beside `Custom#` and what a webhook adds. */
const FIELDS = [
  ...['xRequest', 'fOpenedVia', 'xOpenedViaId', 'xPersonOpenedBy', 'xPersonAssignedTo', 'fOpen', 'xStatus', 'fUrgent'],
  ...['xCategory', 'dtGMTOpened', 'dtGMTClosed', 'iLastReplyBy', 'iLastReadCount', 'fTrash', 'dtGMTTrashed'],
  ...['sRequestPassword', 'sTitle', 'sUserId', 'sFirstName', 'sLastName', 'sEmail', 'sPhone', 'sRequestHash'],
  ...['assigned_person_fname', 'assigned_person_lname', 'assigned_person_email', 'acting_person_xperson'],
  ...['acting_person_fusertype', 'acting_person_fname', 'acting_person_lname', 'acting_person_email'],
];

/** What HelpSpot may send itself, or a form. */
const SENT_MADE: ReadonlySet<string> = new Set<MadeValue>(['staff_comment', 'fullname']);

/** Whether the gateway alone makes a value of this name: one that is sent under it is not read. */
export function isMadeOfRequest(name: string): boolean {
  return Object.hasOwn(MADE_VALUES, name) && !SENT_MADE.has(name);
}

/** What comes beside them: the history, and of a webhook its newest note; what staff write when pushing. */
const SENT_BESIDE = ['request_history', 'tNote', 'staff_comment'];

/** Whether HelpSpot sends a field of this name, as far as it is documented. */
export function isSentField(name: string): boolean {
  return /^Custom\d+$/.test(name) || FIELDS.includes(name) || SENT_BESIDE.includes(name);
}

/** Every name but those of custom fields. */
export const PUSH_VALUE_NAMES: readonly string[] = [...Object.keys(MADE_VALUES), ...FIELDS, ...Object.keys(NAMED_IDS)];

/**
 * Whether HelpSpot documents a place of this name, or the gateway makes it. HelpSpot may send more, so an unknown
 * name is worth a question and no more.
 */
export function isPushValue(name: string): boolean {
  return /^Custom\d+$/.test(name) || PUSH_VALUE_NAMES.includes(name);
}
