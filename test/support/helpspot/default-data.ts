/** A help desk as there are many: what the stand-in has in it when a test says nothing else. */
import type { HelpSpotData, StoredFile } from './data.ts';
import { emptyData, nextId, nowSeconds } from './data.ts';
import { addCategory, addCustomField, addNote, addRequest, addStaff, mergeRequests } from './stored.ts';

const A_DAY = 86_400;

/** Its requests are 12400 to 12413; 12405 was merged into 12401. Times are counted from now: the newest is a minute old. */
export function defaultData(): HelpSpotData {
  const data = emptyData();
  addPeople(data);
  addFields(data);
  addCategories(data);
  addLists(data);
  addRequests(data);
  addFilters(data);
  addBooks(data);
  return data;
}

function addPeople(data: HelpSpotData): void {
  const password = 'nusoxdln-7';
  addStaff(data, { xPerson: 1, sFname: 'Tina', sLname: 'Andrews', sEmail: 'tina@example.com', fUserType: 1, password });
  addStaff(data, { xPerson: 2, sFname: 'Ian', sLname: 'Landsman', sEmail: 'ian@example.com', sUsername: 'ian' });
  addStaff(data, { xPerson: 3, sFname: 'Jörg', sLname: 'Müller', sEmail: 'joerg@example.com', sPhone: 'x345' });
  addStaff(data, { xPerson: 4, sFname: 'Old', sLname: 'Hand', sEmail: 'old@example.com', fDeleted: true });
  const guest = { fUserType: 4, sees: [3], mayWrite: false } as const;
  addStaff(data, { xPerson: 5, sFname: 'Guest', sLname: 'Partner', sEmail: 'guest@example.com', ...guest });
}

function addFields(data: HelpSpotData): void {
  const rows = [
    { xCustomField: 1, fieldName: 'Office', fieldType: 'text', sTxtSize: '30', isAlwaysVisible: true },
    {
      xCustomField: 2,
      fieldName: 'Database',
      fieldType: 'select',
      listItems: ['MySQL', 'MS SQL Server', 'PostgreSQL'],
    },
    { xCustomField: 3, fieldName: 'VIP Customer', fieldType: 'checkbox', isPublic: false },
    { xCustomField: 4, fieldName: 'Steps taken', fieldType: 'lrgtext', lrgTextRows: '8' },
    { xCustomField: 5, fieldName: 'Contract number', fieldType: 'numtext' },
    { xCustomField: 6, fieldName: 'Location', fieldType: 'drilldown', listItems: LOCATIONS },
    { xCustomField: 7, fieldName: 'Linked request', fieldType: 'text', isPublic: false },
    { xCustomField: 8, fieldName: 'Contract ends', fieldType: 'date' },
    { xCustomField: 9, fieldName: 'Call back at', fieldType: 'datetime', isPublic: false },
    { xCustomField: 10, fieldName: 'Asset', fieldType: 'ajax', sAjaxUrl: 'https://gateway.example.com/ajax/assets' },
    { xCustomField: 11, fieldName: 'Serial number', fieldType: 'regex', sRegex: '/^[A-Z]{2}\\d{4}$/' },
    { xCustomField: 12, fieldName: 'Amount', fieldType: 'decimal', iDecimalPlaces: 2 },
    { xCustomField: 13, fieldName: 'Product', fieldType: 'text', isRequired: true },
  ] as const;
  rows.forEach((row, iOrder) => {
    addCustomField(data, { ...row, iOrder, listItems: 'listItems' in row ? [...row.listItems] : [] });
  });
}

const LOCATIONS = ['Boston#-#8th', 'Boston#-#9th', 'Zürich#-#Altstetten#-#2. Stock', 'Zürich#-#Oerlikon'] as const;

function addCategories(data: HelpSpotData): void {
  const usual = { xPersonDefault: 2, sPersonList: [1, 2, 3] };
  const [pricing, printer] = [
    { xReportingTag: 5, sReportingTag: 'Pricing' },
    { xReportingTag: 7, sReportingTag: 'Printer' },
  ];
  const questions = { sCustomFieldList: [2, 5, 8], reportingTags: [pricing, printer] };
  addCategory(data, { xCategory: 1, sCategory: 'Account Inquiries', ...usual, ...questions });
  addCategory(data, {
    xCategory: 2,
    sCategory: 'Bugs',
    sCategoryGroup: 'Product',
    ...usual,
    sCustomFieldList: [2, 4, 11],
  });
  const internal = { fAllowPublicSubmit: false, fAutoAssignTo: true, xPersonDefault: 3, sPersonList: [3] };
  addCategory(data, { xCategory: 3, sCategory: 'Development', ...internal, sCustomFieldList: [6, 7, 9, 10, 12] });
  addCategory(data, { xCategory: 4, sCategory: 'Aufträge & Rücksendungen', ...usual, sCustomFieldList: [13] });
  addCategory(data, { xCategory: 5, sCategory: 'Fax', fDeleted: true });
}

function addLists(data: HelpSpotData): void {
  const statuses = ['Active', 'SPAM', 'Problem Solved', 'Not Fixable', 'Customer Unreachable'];
  data.statuses = statuses.map((sStatus, at) => ({ xStatus: at + 1, sStatus, fDeleted: false }));
  data.statuses.push({ xStatus: 6, sStatus: 'Escalated to Head Office', fDeleted: true });
  data.mailboxes = [
    { xMailbox: 3, sReplyName: 'Customer.Service', sReplyEmail: 'help@example.com', fDeleted: false },
    { xMailbox: 4, sReplyName: 'Verkauf Zürich', sReplyEmail: 'verkauf@example.com', fDeleted: false },
    { xMailbox: 5, sReplyName: 'Old', sReplyEmail: 'old@example.com', fDeleted: true },
  ];
  data.defaultMailbox = 3;
  const description = { sDescription: 'Overnight contact' };
  data.contacts = [
    {
      xContact: 2,
      sFirstName: 'John',
      sLastName: 'Doe',
      sEmail: 'john.doe@example.com',
      sTitle: '',
      ...description,
      fHighlight: false,
    },
    {
      xContact: 3,
      sFirstName: 'Jane',
      sLastName: 'Doe',
      sEmail: 'jane.doe@example.com',
      sTitle: 'CEO',
      sDescription: '',
      fHighlight: true,
    },
  ];
}

const JOHN = {
  ...{ sUserId: '10021', sFirstName: 'John', sLastName: 'Doe', sEmail: 'john.doe@example.com' },
  sPhone: '+1 845 555 1234',
};
const UTE = {
  ...{ sUserId: 'K-7', sFirstName: 'Ute', sLastName: 'Grünwald', sEmail: 'ute.gruenwald@example.ch' },
  sPhone: '044 555 12 34',
};

function addRequests(data: HelpSpotData): void {
  const now = nowSeconds();
  const ago = (days: number) => now - days * A_DAY;
  const done = (days: number) => ({ fOpen: false, xStatus: 3, dtGMTClosed: ago(days) });
  const printer = addRequest(data, {
    ...{ ...JOHN, xRequest: 12_400, sTitle: 'Printer on the 8th floor', xCategory: 1, xPersonAssignedTo: 2 },
    ...{ dtGMTOpened: ago(400), ...done(390), reportingTags: [7], custom: { 2: 'MySQL', 8: '1798758000' } },
    note: 'The printer on the 8th floor does not print.',
  });
  addNote(data, printer, {
    xPerson: 2,
    dtGMTChange: ago(395),
    fPublic: true,
    tNote: 'Is it <b>on</b>?',
    fNoteIsHTML: true,
  });
  addNote(data, printer, {
    xPerson: 2,
    dtGMTChange: ago(390),
    tLog: 'Status changed from "Active" to "Problem Solved"',
  });
  const html = { tNote: '<p>Prices for <b>10</b> seats &amp; support?</p>', fNoteIsHTML: true };
  const offer = { ...JOHN, xRequest: 12_401, sTitle: 'Offer', xCategory: 1, xPersonAssignedTo: 1, xOpenedViaId: 4 };
  const wanted = addRequest(data, { ...offer, dtGMTOpened: ago(30), reportingTags: [5, 7], note: html });
  const files = [fileOf(data, 'Invoice.pdf', 'application/pdf'), fileOf(data, 'Übersicht.txt', 'text/plain')];
  addNote(data, wanted, { xPerson: 1, dtGMTChange: ago(29), fPublic: true, tNote: 'The offer is attached.', files });
  addNote(data, wanted, { xPerson: 3, dtGMTChange: ago(28), tNote: 'Für Jörg: Rabatt prüfen – höchstens 10 €.' });
  const urgent = { fUrgent: true, fOpenedVia: 2, xOpenedViaId: 0, xPersonOpenedBy: 3, xPersonAssignedTo: 3 };
  addRequest(data, { ...UTE, ...urgent, xRequest: 12_402, sTitle: 'Störung', xCategory: 2, dtGMTOpened: ago(20) });
  const small = { custom: { 13: 'Bürostuhl' }, note: 'Die Größe stimmt nicht.' };
  addRequest(data, { ...UTE, xRequest: 12_403, xCategory: 4, dtGMTOpened: ago(15), ...done(14), ...small });
  const byForm = { fOpenedVia: 7, xOpenedViaId: 0, xCategory: 5, xPersonAssignedTo: 4 };
  addRequest(data, { ...UTE, ...byForm, xRequest: 12_404, sTitle: 'Fax', dtGMTOpened: ago(900), ...done(880) });
  addRequest(data, { ...JOHN, xRequest: 12_405, sTitle: 'Re: Offer', xCategory: 1, dtGMTOpened: ago(27) });
  mergeRequests(data, 12_405, 12_401);
  const places = { 6: 'Zürich#-#Altstetten#-#2. Stock', 9: '1798790400', 12: '1234.50' };
  const inner = { fOpenedVia: 12, xOpenedViaId: 0, xPersonOpenedBy: 2, xPersonAssignedTo: 3, xCategory: 3 };
  addRequest(data, {
    ...inner,
    xRequest: 12_406,
    sUserId: '10021',
    sTitle: 'Export',
    dtGMTOpened: ago(10),
    custom: places,
  });
  addRequest(data, { xRequest: 12_407, sPhone: '845.555.1234', fOpenedVia: 2, xCategory: 1, dtGMTOpened: ago(9) });
  addRequest(data, {
    xRequest: 12_408,
    sLastName: "O'Neil",
    sEmail: "o'neil+a&b@example.com",
    xCategory: 2,
    dtGMTOpened: ago(8),
  });
  addRequest(data, {
    ...JOHN,
    xRequest: 12_409,
    xCategory: 2,
    fTrash: true,
    dtGMTTrashed: ago(6),
    dtGMTOpened: ago(7),
  });
  addRequest(data, {
    xRequest: 12_410,
    sFirstName: 'Zoë',
    sLastName: 'Ångström',
    sEmail: 'zoe@example.org',
    dtGMTOpened: ago(5),
  });
  addRequest(data, {
    xRequest: 12_411,
    sUserId: '10021',
    sEmail: 'JOHN.DOE@example.com',
    xCategory: 1,
    dtGMTOpened: ago(4),
  });
  addRequest(data, {
    ...UTE,
    xRequest: 12_412,
    xStatus: 6,
    xCategory: 4,
    dtGMTOpened: ago(2),
    custom: { 13: 'Regal' },
  });
  addRequest(data, {
    xRequest: 12_413,
    sUserId: '12345',
    fOpenedVia: 6,
    xOpenedViaId: 0,
    xCategory: 2,
    dtGMTOpened: now - 60,
  });
  const spent = { xPerson: 2, dtGMTDateAdded: ago(3), fBillable: true };
  data.timeEvents = [
    { xTimeId: 27, xRequest: 12_401, iSeconds: 9_000, dtGMTDate: ago(4), tDescription: 'Wrote the offer', ...spent },
    { xTimeId: 28, xRequest: 12_402, iSeconds: 5_400, dtGMTDate: ago(3), tDescription: 'Störung gesucht', ...spent },
    { xTimeId: 20, xRequest: 12_400, iSeconds: 600, dtGMTDate: ago(395), tDescription: 'Fixed printer', ...spent },
  ];
  data.subscriptions = [{ xSubscriptions: 30, xRequest: 12_401, xPerson: 1 }];
}

function fileOf(data: HelpSpotData, sFilename: string, sFileMimeType: string): StoredFile {
  return { xDocumentId: nextId(data), sFilename, sFileMimeType, body: Buffer.from(`the file ${sFilename}`) };
}

function addFilters(data: HelpSpotData): void {
  const usual = { xPerson: 1, sFilterFolder: 'My Filters', columns: ['fOpenedVia', 'fullname', 'reqsummary', 'age'] };
  const open = { ...usual, fGlobal: true, sFilterFolder: '' };
  data.filters = [
    {
      ...open,
      xFilter: 'inbox',
      sFilterName: 'Inbox',
      matches: (one) => one.fOpen && !one.fTrash && one.xPersonAssignedTo === 0,
    },
    {
      ...open,
      xFilter: 'myq',
      sFilterName: 'My Queue',
      matches: (one, who) => one.fOpen && one.xPersonAssignedTo === who.xPerson,
    },
    { ...usual, xFilter: 9, fGlobal: false, sFilterName: 'Urgent', matches: ({ fUrgent }) => fUrgent },
    {
      ...open,
      xFilter: 12,
      sFilterName: 'Open bugs',
      matches: ({ fOpen, fTrash, xCategory }) => fOpen && !fTrash && xCategory === 2,
    },
  ];
}

function addBooks(data: HelpSpotData): void {
  const page = { iOrder: 1, fHighlight: false, tags: ['Application'] };
  const installing = {
    ...page,
    xPage: 16,
    xChapter: 3,
    sPageName: 'Installing the product',
    tPage: '<p>Page about installation</p>',
  };
  const linux = {
    ...page,
    iOrder: 2,
    xPage: 8,
    xChapter: 3,
    sPageName: 'Installing on Linux',
    tPage: '<p>Für Linux: installation</p>',
  };
  const starting = {
    ...page,
    xPage: 5,
    xChapter: 2,
    sPageName: 'Getting your help desk up and running',
    tPage: '<p>Begin.</p>',
    fHighlight: true,
  };
  const chapters = [
    { xChapter: 2, sChapterName: 'Getting Started', iOrder: 1, fAppendix: false, pages: [starting] },
    { xChapter: 3, sChapterName: 'Installation', iOrder: 2, fAppendix: false, pages: [installing, linux] },
  ];
  const book = { iOrder: 0, tDescription: 'Everything you need to install, administer, and use our product.' };
  const secret = { ...page, xPage: 99, xChapter: 9, sPageName: 'Internal installation', tPage: '<p>secret</p>' };
  data.books = [
    { ...book, xBook: 1, sBookName: 'Product Manual', fPrivate: false, chapters },
    {
      ...book,
      xBook: 2,
      sBookName: 'Staff only',
      fPrivate: true,
      chapters: [{ xChapter: 9, sChapterName: 'Inside', iOrder: 1, fAppendix: false, pages: [secret] }],
    },
  ];
}
