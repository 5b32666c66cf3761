/**
 * What a HelpSpot holds, under the names of its API (manual, "API Field Definitions"). Numbers are ids, `dtGMT…` Unix times
 * in seconds, `f…` yes or no. A test fills it, and may change it while the server runs.
 */

/** Who may see what: everything, what is assigned to him, or the requests of these categories. */
export type Sight = 'everything' | 'assigned' | readonly number[];

/** A staff member. */
export interface StaffMember {
  readonly xPerson: number;
  sFname: string;
  sLname: string;
  sUsername: string;
  sEmail: string;
  sPhone: string;
  /** 1 administrator, 2 help desk, 3 level 2, 4 guest. */
  fUserType: 1 | 2 | 3 | 4;
  fDeleted: boolean;
  sees: Sight;
  mayWrite: boolean;
  /** For HTTP Basic; without one nobody can sign in by it. */
  password?: string;
}

/** A category, with deleted ones among them. */
export interface Category {
  readonly xCategory: number;
  sCategory: string;
  sCategoryGroup: string;
  fDeleted: boolean;
  fAllowPublicSubmit: boolean;
  xPersonDefault: number;
  fAutoAssignTo: boolean;
  /** Ids of staff. */
  sPersonList: number[];
  /** Ids of custom fields. */
  sCustomFieldList: number[];
  reportingTags: { readonly xReportingTag: number; readonly sReportingTag: string }[];
}

/** The types of custom fields. The manual names text, select, checkbox and ajax; the other words are assumed. */
export type CustomFieldType =
  | 'text'
  | 'lrgtext'
  | 'select'
  | 'checkbox'
  | 'numtext'
  | 'drilldown'
  | 'date'
  | 'datetime'
  | 'regex'
  | 'ajax'
  | 'decimal';

/** A custom field. */
export interface CustomField {
  readonly xCustomField: number;
  fieldName: string;
  fieldType: CustomFieldType;
  isRequired: boolean;
  isPublic: boolean;
  isAlwaysVisible: boolean;
  iOrder: number;
  sTxtSize: string;
  lrgTextRows: string;
  iDecimalPlaces: number;
  sRegex: string;
  sAjaxUrl: string;
  /** Of a drill-down list, each with its whole way: `Boston#-#8th`. */
  listItems: string[];
}

/** A file of a note. */
export interface StoredFile {
  readonly xDocumentId: number;
  readonly sFilename: string;
  readonly sFileMimeType: string;
  readonly body: Buffer;
}

/** An item of a request's history. */
export interface StoredNote {
  readonly xRequestHistory: number;
  /** 0: the customer. */
  readonly xPerson: number;
  readonly dtGMTChange: number;
  readonly fPublic: boolean;
  readonly fInitial: boolean;
  /** What HelpSpot itself wrote: then there is no note. */
  readonly tLog: string;
  readonly tNote: string;
  readonly tEmailHeaders: string;
  readonly fNoteIsHTML: boolean;
  /** The request that it came from, 0 for none. */
  fMergedFromRequest: number;
  readonly files: StoredFile[];
}

/** A request. */
export interface StoredRequest {
  readonly xRequest: number;
  fOpenedVia: number;
  /** The mailbox, when it came by mail. */
  xOpenedViaId: number;
  xPersonOpenedBy: number;
  xPersonAssignedTo: number;
  fOpen: boolean;
  xStatus: number;
  fUrgent: boolean;
  xCategory: number;
  dtGMTOpened: number;
  dtGMTClosed: number;
  readonly sRequestPassword: string;
  sTitle: string;
  sUserId: string;
  sFirstName: string;
  sLastName: string;
  sEmail: string;
  sPhone: string;
  iLastReplyBy: number;
  fTrash: boolean;
  dtGMTTrashed: number;
  xPortal: number;
  /** Ids. */
  reportingTags: number[];
  /** Id of a custom field → what is in it, as the API takes it. */
  readonly custom: Map<number, string>;
  /** The oldest first. */
  readonly history: StoredNote[];
  /** On the clock of `performance.now()`, for what the API made; the search may lag behind it. */
  readonly madeAt: number;
}

/** A time event. */
export interface TimeEvent {
  readonly xTimeId: number;
  readonly xRequest: number;
  readonly xPerson: number;
  readonly iSeconds: number;
  readonly dtGMTDate: number;
  readonly dtGMTDateAdded: number;
  readonly tDescription: string;
  readonly fBillable: boolean;
}

/** A filter of staff. */
export interface Filter {
  /** `inbox` and `myq` are everybody's. */
  readonly xFilter: number | 'inbox' | 'myq';
  sFilterName: string;
  /** Whose it is. */
  xPerson: number;
  fGlobal: boolean;
  sFilterFolder: string;
  /** The columns that it shows, of {@link COLUMN_NAMES}. */
  columns: string[];
  matches(request: StoredRequest, whoAsks: StaffMember): boolean;
}

/** A contact of HelpSpot's own address book. */
export interface Contact {
  readonly xContact: number;
  sFirstName: string;
  sLastName: string;
  sEmail: string;
  sTitle: string;
  sDescription: string;
  fHighlight: boolean;
}

/** A page of a knowledge book. */
export interface KnowledgePage {
  readonly xPage: number;
  readonly xChapter: number;
  sPageName: string;
  tPage: string;
  iOrder: number;
  fHighlight: boolean;
  tags: string[];
}

/** A knowledge book, with its chapters and their pages. */
export interface KnowledgeBook {
  readonly xBook: number;
  sBookName: string;
  iOrder: number;
  tDescription: string;
  fPrivate: boolean;
  chapters: {
    readonly xChapter: number;
    sChapterName: string;
    iOrder: number;
    fAppendix: boolean;
    pages: KnowledgePage[];
  }[];
}

/** A HelpSpot's data. */
export interface HelpSpotData {
  requests: StoredRequest[];
  categories: Category[];
  customFields: CustomField[];
  staff: StaffMember[];
  statuses: { readonly xStatus: number; sStatus: string; fDeleted: boolean }[];
  mailboxes: { readonly xMailbox: number; sReplyName: string; sReplyEmail: string; fDeleted: boolean }[];
  contacts: Contact[];
  timeEvents: TimeEvent[];
  filters: Filter[];
  subscriptions: { readonly xSubscriptions: number; readonly xRequest: number; readonly xPerson: number }[];
  books: KnowledgeBook[];
  /** The request that was merged → the one that it is part of now. */
  readonly merged: Map<number, number>;
  /** Of a request that is opened by mail or public note without a mailbox. */
  defaultMailbox: number;
  /** Admin->Settings->HTML Emails: what a note is when `fNoteIsHTML` does not come. */
  htmlEmails: boolean;
  /** Dates in words are told in it. */
  timeZone: string;
  version: string;
  minVersion: string;
  /** The highest number that has been given, of requests, notes and everything else. */
  lastId: number;
}

/** A data set without anything in it but the status Active. */
export function emptyData(): HelpSpotData {
  return {
    requests: [],
    categories: [],
    customFields: [],
    staff: [],
    statuses: [{ xStatus: 1, sStatus: 'Active', fDeleted: false }],
    mailboxes: [],
    contacts: [],
    timeEvents: [],
    filters: [],
    subscriptions: [],
    books: [],
    merged: new Map(),
    defaultMailbox: 0,
    htmlEmails: true,
    timeZone: 'America/New_York',
    version: '5.7.6',
    minVersion: '1.0',
    lastId: 12_000,
  };
}

/** What a new id is: no two things of one HelpSpot have the same. */
export function nextId(data: HelpSpotData): number {
  data.lastId += 1;
  return data.lastId;
}

/** Seconds since 1970. */
export function nowSeconds(): number {
  return Math.floor(Date.now() / 1_000);
}
