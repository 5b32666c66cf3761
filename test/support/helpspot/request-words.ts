/** A request as the API tells it: in words, or with `fRawValues` in numbers (manual, private.request.get and .search). */
import { type Content, element, field, fields, keyed, list, type Part } from './answer.ts';
import type { CustomField, HelpSpotData, StaffMember, StoredFile, StoredNote, StoredRequest } from './data.ts';
import { dateInWords, momentInWords } from './moments.ts';

/** Ways a request is opened, from 1 on (manual, "API Field Definitions": fOpenedVia). */
export const OPENED_VIA = [
  ...['Email', 'Phone', 'Walk In', 'Mail', 'Other', 'Web Service', 'Web Form', 'Forum', 'Instant Messenger', 'Fax'],
  ...['Voicemail', 'Staff Initiated', 'Tab Widget'],
] as const;

/** What is told how. */
export interface Telling {
  readonly data: HelpSpotData;
  readonly raw: boolean;
  /** Of links to files. */
  readonly origin: string;
}

/** The name of a staff member; nothing for nobody. */
export function fullName(person: Pick<StaffMember, 'sFname' | 'sLname'> | undefined): string {
  return person === undefined ? '' : `${person.sFname} ${person.sLname}`;
}

/** A person as number or name. */
export function personValue({ data, raw }: Telling, xPerson: number): string {
  if (raw) return String(xPerson);
  return fullName(data.staff.find((person) => person.xPerson === xPerson));
}

/** The elements that searches, filters and get have in common. */
export function requestFields(telling: Telling, request: StoredRequest): readonly Part[] {
  const { data, raw } = telling;
  const moment = (seconds: number) => (raw ? seconds : dateInWords(seconds, data.timeZone));
  return [
    ...fields({
      xRequest: request.xRequest,
      fOpenedVia: raw ? request.fOpenedVia : (OPENED_VIA[request.fOpenedVia - 1] ?? ''),
      xOpenedViaId: raw ? request.xOpenedViaId : mailboxName(data, request),
      xPersonOpenedBy: personValue(telling, request.xPersonOpenedBy),
      xPersonAssignedTo: personValue(telling, request.xPersonAssignedTo),
      fOpen: request.fOpen,
      xStatus: raw ? request.xStatus : (data.statuses.find((one) => one.xStatus === request.xStatus)?.sStatus ?? ''),
      fUrgent: request.fUrgent,
      xCategory: raw
        ? request.xCategory
        : (data.categories.find((one) => one.xCategory === request.xCategory)?.sCategory ?? ''),
      dtGMTOpened: moment(request.dtGMTOpened),
      dtGMTClosed: moment(request.dtGMTClosed),
      sRequestPassword: request.sRequestPassword,
      sTitle: request.sTitle,
      sUserId: request.sUserId,
      sFirstName: request.sFirstName,
      sLastName: request.sLastName,
      sEmail: request.sEmail,
      sPhone: request.sPhone,
      // The examples have 0, not nothing, where nobody of the staff has replied.
      iLastReplyBy: request.iLastReplyBy === 0 ? 0 : personValue(telling, request.iLastReplyBy),
      fTrash: request.fTrash,
      dtGMTTrashed: moment(request.dtGMTTrashed),
    }),
    // Where they stand is seen in trackd/PSHelpspot: beside the others, in get and in filters; each of them, empty or not.
    ...data.customFields.map((one) => field(`Custom${one.xCustomField}`, customValue(telling, one, request))),
    field('fullname', `${request.sFirstName} ${request.sLastName}`),
  ];
}

function mailboxName(data: HelpSpotData, { xOpenedViaId }: StoredRequest): string {
  return data.mailboxes.find(({ xMailbox }) => xMailbox === xOpenedViaId)?.sReplyName ?? String(xOpenedViaId);
}

function customValue({ data, raw }: Telling, custom: CustomField, request: StoredRequest): string {
  const value = request.custom.get(custom.xCustomField) ?? '';
  if (raw || value === '') return value;
  if (custom.fieldType === 'date') return dateInWords(Number(value), data.timeZone);
  return custom.fieldType === 'datetime' ? momentInWords(Number(value), data.timeZone) : value;
}

/** A request with everything (private.request.get). */
export function wholeRequest(telling: Telling, request: StoredRequest): Content {
  return [...requestFields(telling, request), tagsOf(telling.data, request), historyOf(telling, request, () => true)];
}

/** What the portal shows (request.get): the public notes. */
export function publicRequest(telling: Telling, request: StoredRequest): Content {
  const { data } = telling;
  const hidden = new Set(
    data.customFields.filter(({ isPublic }) => !isPublic).map(({ xCustomField }) => `Custom${xCustomField}`),
  );
  const shown = requestFields(telling, request).filter((part) => !('name' in part) || !hidden.has(part.name));
  return [...shown, tagsOf(data, request), historyOf(telling, request, ({ fPublic }) => fPublic)];
}

function tagsOf(data: HelpSpotData, request: StoredRequest): Part {
  const known = new Map(
    data.categories.flatMap(({ reportingTags }) => reportingTags.map((tag) => [tag.xReportingTag, tag])),
  );
  const tags = request.reportingTags.flatMap((id) => known.get(id) ?? []);
  return element('reportingTags', [
    list(
      'tag',
      tags.map((tag) => fields({ xReportingTag: tag.xReportingTag, sReportingTag: tag.sReportingTag })),
    ),
  ]);
}

/** The newest first, by their ids in JSON: objects with whole numbers for names lose the order on the way. */
function historyOf(telling: Telling, request: StoredRequest, shows: (note: StoredNote) => boolean): Part {
  const items = request.history.filter(shows).toReversed();
  return element('request_history', [
    keyed(
      'item',
      items.map((note) => ({ key: note.xRequestHistory, content: noteContent(telling, request, note) })),
    ),
  ]);
}

function noteContent(telling: Telling, request: StoredRequest, note: StoredNote): Content {
  const { data, raw } = telling;
  const name = personValue(telling, note.xPerson);
  return [
    ...fields({
      xRequestHistory: note.xRequestHistory,
      xRequest: request.xRequest,
      // The customer is a space in the examples.
      xPerson: name === '' ? ' ' : name,
      dtGMTChange: raw ? note.dtGMTChange : momentInWords(note.dtGMTChange, data.timeZone),
      fPublic: note.fPublic,
      fInitial: note.fInitial,
      tLog: note.tLog,
      tNote: note.tNote,
      tEmailHeaders: note.tEmailHeaders,
      fNoteIsHTML: note.fNoteIsHTML,
      fMergedFromRequest: note.fMergedFromRequest,
    }),
    // An item of the log has no files in the examples, a note has them though there be none.
    ...(note.tLog === ''
      ? [element('files', [list('file', note.files.map(fileContent(telling, request, note)))])]
      : []),
  ];
}

function fileContent({ origin }: Telling, { xRequest }: StoredRequest, { xRequestHistory }: StoredNote) {
  return ({ sFileMimeType, sFilename, xDocumentId }: StoredFile): Content =>
    fields({
      sFileMimeType,
      sFilename,
      xDocumentId,
      public_url: `${origin}/index.php?pg=file&from=3&id=${xDocumentId}&reqid=${xRequest}&reqhisid=${xRequestHistory}`,
      private_url: `${origin}/admin.php?pg=file&from=0&id=${xDocumentId}&showfullsize=1&download=1`,
    });
}

/** A request of a search: "Some text here - Help with printer": its title, and the beginning of its initial note. */
export function foundRequest(telling: Telling, request: StoredRequest): Content {
  const title = request.sTitle === '' ? '' : `<span class="initsubject">${request.sTitle}</span> - `;
  return [...requestFields(telling, request), field('tNote', title + beginningOf(request))];
}

/** A request of a filter: "tNote is not the full initial request, just the first few sentances." */
export function filteredRequest(telling: Telling, request: StoredRequest): Content {
  return [...requestFields(telling, request), field('tNote', beginningOf(request))];
}

const BEGINNING = 200;

function beginningOf({ history }: StoredRequest): string {
  const note = history.find(({ fInitial }) => fInitial)?.tNote ?? '';
  return Array.from(note).slice(0, BEGINNING).join('');
}
