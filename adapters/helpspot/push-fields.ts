/** What stands under `fields` of a push target, for each action. */
import type { FieldForm, PushAbility } from '../../src/contract/index.ts';
import { thingIn } from '../../src/kit/text/index.ts';
import type { Action } from './push-settings.ts';
import { CUSTOM } from './request.ts';
import type { Settings } from './settings.ts';

/** A number of a request, as HelpSpot gives it. */
export const REQUEST_NUMBER = /^[1-9]\d{0,9}$/;

/**
 * A call that the gateway gave up may still be worked on: PHP gives a script 30 seconds of processor time by default, and
 * what it waits for a locked table does not count. So a push is not believed absent until then. Milliseconds.
 */
const WORKED_ON_MS = 120_000;

const CUSTOMER = {
  email: "the customer's e-mail address",
  firstName: "the customer's first name",
  lastName: "the customer's last name",
  phone: "the customer's telephone number",
  customerId: "the customer's id",
} as const;

const STATE = {
  category: 'the category, by name or number',
  assignedTo: 'who gets the request, by full name, user name, e-mail address or number; 0 is nobody',
  status: 'the status, by name or number',
  urgent: 'yes or no',
  open: 'yes or no; left out: a new request is open',
  reportingTags: 'reporting tags of the category, by name or number, with commas between them',
} as const;

const NOTE = {
  note: 'private, public or external; left out: private',
  emailFrom: 'the mailbox that mails about it come from, by name or number; left out, or 0: no mail is sent',
  cc: 'with emailFrom: addresses that get a copy, with commas between them',
  bcc: 'with emailFrom: addresses that get a blind copy, with commas between them',
  emailTo: 'with emailFrom and note external: the addresses that the note goes to, with commas between them',
  emailStaff: 'with emailFrom: staff who are told, by name or number, with commas between them',
  skipCustomChecks: 'yes: custom fields that the category requires may be missing',
} as const;

const REQUEST = { request: 'the number of the request: {{Custom9}}' } as const;

/** Action → its fields, and what each is. */
export const FIELDS = {
  create: {
    ...{ ...CUSTOMER, ...STATE, ...NOTE },
    openedBy: 'who opened it, as in assignedTo; 0 is the customer; left out: the person of the token',
    openedVia: 'how it came, by name (Phone, Web Form …) or number; left out: Web Service',
    portal: 'the number of a secondary portal',
  },
  update: { ...REQUEST, ...STATE, ...NOTE, ...CUSTOMER },
  time: {
    ...REQUEST,
    person: 'whose time it is, by full name, user name, e-mail address or number',
    time: 'how long it took: 2:15, or 2.25 for hours',
    date: 'the day: 2026-05-31; left out: today',
    description: 'what was done; left out: the title of the push',
    billable: 'yes or no',
  },
  subscribe: {
    ...REQUEST,
    person: 'who follows the request, by full name, user name, e-mail address or number',
  },
  portal: { ...CUSTOMER, category: 'a public category, by name or number', urgent: 'yes or no' },
} as const satisfies Readonly<Record<Action, Readonly<Record<string, string>>>>;

const CUSTOM_FIELDS: FieldForm = { pattern: CUSTOM, example: 'Custom7', description: 'a custom field by its number' };

const REQUIRED: Readonly<Record<Action, readonly string[]>> = {
  ...{ create: [], update: ['request'], time: ['request', 'person', 'time'], subscribe: ['request', 'person'] },
  portal: [],
};

/** Of the adapter, whatever the settings are. */
export const USUAL_PUSH: PushAbility = { format: 'html', fields: FIELDS.create, files: true, ids: REQUEST_NUMBER };

/** What a push can carry with these settings. */
export function abilityOf(settings: Settings): PushAbility {
  const { action, category, writeBack } = settings;
  const hasNote = action === 'create' || action === 'update' || action === 'portal';
  const needsCategory = action === 'create' && category === undefined;
  return {
    // The portal's notes are what customers type; descriptions of time events are lines of text.
    format: action === 'create' || action === 'update' ? 'html' : 'text',
    fields: FIELDS[action],
    ...(hasNote ? { otherFields: CUSTOM_FIELDS } : {}),
    required: [...REQUIRED[action], ...(needsCategory ? ['category'] : [])],
    files: hasNote,
    writesBack: writeBack,
    ...{ readsNotes: false, readsValues: ['sEmail', 'sFirstName', 'sLastName', 'sPhone', 'sUserId'] },
    ids: REQUEST_NUMBER,
    // Nothing of the portal's can be looked for: it has no search, and the key that opens a request comes with the answer.
    ...(action === 'portal'
      ? {}
      : { searchLagMs: WORKED_ON_MS, linking: { thing: 'request', idIn: (comment) => requestIn(comment, settings) } }),
  };
}

/** Why a source takes no push; undefined for one that does. */
export function cannotPush({ list, filter }: Settings): string | undefined {
  if (list !== undefined) return `it gives ${list}, and no requests; name one without list`;
  return filter === undefined ? undefined : 'it gives the requests of a filter; name one without filter';
}

/** "HelpSpot 12400", "#12400", or the request's page for staff. */
function requestIn(comment: string, { url }: Settings): string | undefined {
  const words = { names: ['HelpSpot', 'HS'], words: ['request', 'ticket'], pages: url, inPage };
  return thingIn(comment, { id: REQUEST_NUMBER, ...words });
}

/** `/admin?pg=request&reqid=12400`; older ones have `/admin.php`. */
function inPage(rest: string): string | undefined {
  const [path = '', query = ''] = rest.split('?', 2);
  const parameters = new URLSearchParams(query);
  const isRequest = /^\/admin(?:\.php)?\/?$/.test(path) && parameters.get('pg') === 'request';
  return isRequest ? (parameters.get('reqid') ?? undefined) : undefined;
}
