/** private.request.create and private.request.update (manual, chapter 4.5). */
import { fields } from './answer.ts';
import { type Methods, type PrivateCall, requestToChange, wrote } from './call.ts';
import { type HelpSpotData, nowSeconds, type StoredRequest } from './data.ts';
import { type ErrorId, Refusal, refused } from './failures.ts';
import { sendMails } from './mails.ts';
import { customOf, numberOf, type Parameters, textOf } from './parameters.ts';
import { addNote, addRequest } from './stored.ts';
import {
  activeIds,
  categoryOf,
  customErrors,
  customerOf,
  filesOf,
  flagOf,
  knownId,
  mailErrors,
  namelessErrors,
  tagsOf,
} from './writing-rules.ts';

const WEB_SERVICE = 6;
const ACTIVE = 1;
const PUBLIC_NOTE = '1';

/** See the file. */
export const WRITING: Methods<PrivateCall> = {
  'private.request.create': {
    http: 'POST',
    required: ['tNote', 'xCategory'],
    answer(call) {
      const request = created(call);
      wrote(call, request.xRequest);
      return { root: 'request', content: fields({ xRequest: request.xRequest }) };
    },
  },

  'private.request.update': {
    http: 'POST',
    required: ['xRequest'],
    answer(call) {
      const request = requestToChange(call);
      updated(call, request);
      wrote(call, request.xRequest);
      return { root: 'request', content: fields({ xRequest: request.xRequest }) };
    },
  },
};

function created(call: PrivateCall): StoredRequest {
  const { house, parameters, person } = call;
  const { data } = house;
  if (!person.mayWrite) throw refused(206);
  const category = categoryOf(data, parameters, 207);
  const errors = [
    ...namelessErrors(parameters),
    ...mailErrors(parameters),
    ...customErrors(call, category, new Map(), true),
  ];
  if (errors.length > 0) throw new Refusal(errors);
  const named = namedIn(data, parameters, 207);
  const automatic = category?.fAutoAssignTo === true ? category.xPersonDefault : 0;
  const openedBy = knownId(parameters, 'xPersonOpenedBy', [0, ...activeIds(data)], 207) ?? person.xPerson;
  const now = nowSeconds();
  const fOpen = flagOf(parameters, 'fOpen') ?? true;
  const request = addRequest(data, {
    ...customerOf(parameters),
    madeAt: performance.now(),
    fOpenedVia: numberOf(parameters, 'fOpenedVia') ?? WEB_SERVICE,
    xOpenedViaId: 0,
    xPersonOpenedBy: openedBy,
    xPersonAssignedTo: named.xPersonAssignedTo ?? automatic,
    fOpen,
    xStatus: named.xStatus ?? ACTIVE,
    fUrgent: flagOf(parameters, 'fUrgent') ?? false,
    xCategory: category?.xCategory ?? 0,
    dtGMTOpened: numberOf(parameters, 'dtGMTOpened') ?? now,
    dtGMTClosed: fOpen ? 0 : now,
    sTitle: textOf(parameters, 'sTitle'),
    xPortal: numberOf(parameters, 'xPortal') ?? 0,
    reportingTags: tagsOf(data, parameters) ?? [],
    custom: Object.fromEntries(customOf(parameters)),
    note: { ...noteParts(call), xPerson: openedBy },
  });
  const [note] = request.history;
  if (note !== undefined) sendMails(house, parameters, request, note);
  return request;
}

/** Ids of things that must be there. */
function namedIn(data: HelpSpotData, parameters: Parameters, failing: ErrorId) {
  const statuses = data.statuses.flatMap(({ xStatus, fDeleted }) => (fDeleted ? [] : [xStatus]));
  const mailboxes = data.mailboxes.flatMap(({ xMailbox, fDeleted }) => (fDeleted ? [] : [xMailbox]));
  knownId(parameters, 'email_from', [0, ...mailboxes], failing);
  return {
    xPersonAssignedTo: knownId(parameters, 'xPersonAssignedTo', [0, ...activeIds(data)], failing),
    xStatus: knownId(parameters, 'xStatus', statuses, failing),
  };
}

function noteParts({ house, parameters }: PrivateCall) {
  return {
    tNote: textOf(parameters, 'tNote'),
    fPublic: textOf(parameters, 'fNoteType') === PUBLIC_NOTE,
    fNoteIsHTML: flagOf(parameters, 'fNoteIsHTML') ?? house.data.htmlEmails,
    files: filesOf(house.data, parameters),
  };
}

/** Only what came is changed; `sTitle` is not: "the subject line you intend to use in the email". */
function updated(call: PrivateCall, request: StoredRequest): void {
  const { house, parameters, person } = call;
  const { data } = house;
  if (!person.mayWrite) throw refused(210);
  const category = categoryOf(data, parameters, 212);
  const current = category ?? data.categories.find(({ xCategory }) => xCategory === request.xCategory);
  const errors = [...mailErrors(parameters), ...customErrors(call, current, request.custom, true)];
  if (errors.length > 0) throw new Refusal(errors);
  const named = namedIn(data, parameters, 212);
  const by = knownId(parameters, 'xPerson', [0, ...activeIds(data)], 212) ?? person.xPerson;
  const at = numberOf(parameters, 'dtGMTChange') ?? nowSeconds();
  const log = change(request, {
    ...{ ...customerOf(parameters), ...named, xCategory: category?.xCategory },
    ...{ fOpen: flagOf(parameters, 'fOpen'), fUrgent: flagOf(parameters, 'fUrgent') },
    reportingTags: tagsOf(data, parameters),
  });
  for (const [id, value] of customOf(parameters)) {
    if (request.custom.get(id) !== value)
      log.push(`Custom${id} changed from "${request.custom.get(id) ?? ''}" to "${value}"`);
    request.custom.set(id, value);
  }
  if (!request.fOpen && request.dtGMTClosed === 0) request.dtGMTClosed = nowSeconds();
  if (request.fOpen) request.dtGMTClosed = 0;
  const parts = noteParts(call);
  const hasNote = parts.tNote !== '' || parts.files.length > 0;
  // The manual does not say what becomes of a call that asks for nothing.
  if (Array.from(parameters.values.keys()).every((name) => SAYS_NOTHING.has(name))) throw refused(210);
  if (log.length > 0) addNote(data, request, { xPerson: by, dtGMTChange: at, tLog: log.join('\n') });
  if (hasNote)
    sendMails(house, parameters, request, addNote(data, request, { ...parts, xPerson: by, dtGMTChange: at }));
}

const SAYS_NOTHING = new Set(['method', 'output', 'xRequest', 'username', 'password']);

/** Sets what came, and says what became another. */
function change(request: StoredRequest, came: Readonly<Record<string, unknown>>): string[] {
  const log: string[] = [];
  for (const [name, value] of Object.entries(came)) {
    const before: unknown = Object(request)[name];
    if (value === undefined || String(value) === String(before)) continue;
    log.push(`${name} changed from "${String(before)}" to "${String(value)}"`);
    Object.assign(request, { [name]: value });
  }
  return log;
}
