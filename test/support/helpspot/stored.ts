/** How things come into the data of the stand-in without the API: as staff, the mail or an import put them there. */
import {
  type Category,
  type CustomField,
  type HelpSpotData,
  nextId,
  nowSeconds,
  type StaffMember,
  type StoredNote,
  type StoredRequest,
} from './data.ts';

/** What a new note is made of. */
export type NoteParts = Partial<StoredNote>;
/** What a new request is made of; `note` is the initial one, `custom` by the ids of the fields. */
export type RequestParts = Partial<Omit<StoredRequest, 'custom' | 'history'>> & {
  readonly note?: string | NoteParts;
  readonly custom?: Readonly<Record<number, string>>;
};

/** Adds a request with its initial note, and gives it. The search knows it. */
export function addRequest(data: HelpSpotData, parts: RequestParts): StoredRequest {
  const { note = 'A note.', custom = {}, ...fields } = parts;
  const xRequest = fields.xRequest ?? nextId(data);
  const opened = fields.dtGMTOpened ?? nowSeconds();
  const request: StoredRequest = {
    ...{ fOpenedVia: 1, xOpenedViaId: data.defaultMailbox, xPersonOpenedBy: 0, xPersonAssignedTo: 0 },
    ...{ fOpen: true, xStatus: 1, fUrgent: false, xCategory: 0, dtGMTOpened: opened, dtGMTClosed: 0 },
    ...{ sRequestPassword: passwordOf(xRequest), sTitle: '', sUserId: '', sFirstName: '', sLastName: '' },
    ...{ sEmail: '', sPhone: '', iLastReplyBy: 0, fTrash: false, dtGMTTrashed: 0, xPortal: 0, reportingTags: [] },
    ...{ madeAt: Number.NEGATIVE_INFINITY, ...fields, xRequest },
    custom: new Map(Object.entries(custom).map(([id, value]) => [Number(id), value])),
    history: [],
  };
  data.lastId = Math.max(data.lastId, xRequest);
  data.requests.push(request);
  const initial = typeof note === 'string' ? { tNote: note } : note;
  addNote(data, request, { dtGMTChange: opened, fPublic: true, fInitial: true, ...initial });
  return request;
}

/** Adds an item to the history: a private text of the customer's from now, unless it says otherwise. */
export function addNote(data: HelpSpotData, request: StoredRequest, parts: NoteParts): StoredNote {
  const note: StoredNote = {
    ...{ xRequestHistory: nextId(data), xPerson: 0, dtGMTChange: nowSeconds(), fPublic: false, fInitial: false },
    ...{ tLog: '', tNote: '', tEmailHeaders: '', fNoteIsHTML: false, fMergedFromRequest: 0, files: [], ...parts },
  };
  request.history.push(note);
  if (note.fPublic) request.iLastReplyBy = note.xPerson;
  return note;
}

/** Merges as staff do: the history of the one becomes part of the other's, and its number leads there. */
export function mergeRequests(data: HelpSpotData, from: number, to: number): void {
  const gone = data.requests.find(({ xRequest }) => xRequest === from);
  const stays = data.requests.find(({ xRequest }) => xRequest === to);
  if (gone === undefined || stays === undefined) throw new Error(`there are no requests ${from} and ${to}`);
  for (const note of gone.history) note.fMergedFromRequest = from;
  stays.history.push(...gone.history);
  stays.history.sort((one, other) => one.dtGMTChange - other.dtGMTChange);
  data.requests = data.requests.filter((request) => request !== gone);
  for (const [earlier, target] of data.merged) if (target === from) data.merged.set(earlier, to);
  data.merged.set(from, to);
}

/** Deletes a request for good, as the trash does after a while. */
export function removeRequest(data: HelpSpotData, xRequest: number): void {
  data.requests = data.requests.filter((request) => request.xRequest !== xRequest);
}

/** Adds a staff member: of the help desk, who sees everything. */
export function addStaff(data: HelpSpotData, parts: Partial<StaffMember> & { readonly xPerson: number }): StaffMember {
  const person: StaffMember = {
    ...{ sFname: '', sLname: '', sUsername: '', sEmail: '', sPhone: '', fUserType: 2, fDeleted: false },
    ...{ sees: 'everything', mayWrite: true, ...parts },
  };
  data.staff.push(person);
  return person;
}

/** Adds a category. */
export function addCategory(data: HelpSpotData, parts: Partial<Category> & { readonly xCategory: number }): Category {
  const category: Category = {
    ...{ sCategory: '', sCategoryGroup: '', fDeleted: false, fAllowPublicSubmit: true, xPersonDefault: 0 },
    ...{ fAutoAssignTo: false, sPersonList: [], sCustomFieldList: [], reportingTags: [], ...parts },
  };
  data.categories.push(category);
  return category;
}

/** Adds a custom field: a public text that may be left out. */
export function addCustomField(
  data: HelpSpotData,
  parts: Partial<CustomField> & { readonly xCustomField: number },
): CustomField {
  const field: CustomField = {
    ...{ fieldName: '', fieldType: 'text', isRequired: false, isPublic: true, isAlwaysVisible: false, iOrder: 0 },
    ...{ sTxtSize: '', lrgTextRows: '', iDecimalPlaces: 0, sRegex: '', sAjaxUrl: '', listItems: [], ...parts },
  };
  data.customFields.push(field);
  return field;
}

/** Six letters, the same for the same number, so that tests can tell an access key. */
export function passwordOf(xRequest: number): string {
  const letters = 'jiicxpuaithqdkzw';
  return Array.from({ length: 6 }, (_, at) => letters[(xRequest * 7 + at * 5) % letters.length]).join('');
}
