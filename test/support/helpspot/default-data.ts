/** A help desk as there are many: what the stand-in has in it when a test says nothing else. */
import { emptyData, type HelpSpotData } from './data.ts';
import { addRequests } from './default-requests.ts';
import { addCategory, addCustomField, addStaff } from './stored.ts';

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
