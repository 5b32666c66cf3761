/** The requests of the default data, with their history, and the time that was spent on them. */
import { type HelpSpotData, nextId, nowSeconds, type StoredFile } from './data.ts';
import { addNote, addRequest, mergeRequests } from './stored.ts';

const A_DAY = 86_400;

const JOHN = {
  ...{ sUserId: '10021', sFirstName: 'John', sLastName: 'Doe', sEmail: 'john.doe@example.com' },
  sPhone: '+1 845 555 1234',
};
const UTE = {
  ...{ sUserId: 'K-7', sFirstName: 'Ute', sLastName: 'Grünwald', sEmail: 'ute.gruenwald@example.ch' },
  sPhone: '044 555 12 34',
};

/** Adds them, with times counted from now. */
export function addRequests(data: HelpSpotData): void {
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
