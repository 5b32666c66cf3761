/** Requests as HelpSpot pushes them. */
import type { PushedFile, PushedNote, PushedRequest } from '../../src/helpspot/pushed-request.ts';

/** The array of the manual, chapter 2.2, with every key. */
export const MANUAL_REQUEST = {
  xRequest: 12400,
  fOpenedVia: 7,
  xOpenedViaId: 0,
  xPersonOpenedBy: 0,
  xPersonAssignedTo: 1,
  fOpen: 1,
  xStatus: 1,
  fUrgent: 1,
  xCategory: 4,
  dtGMTOpened: 1183214861,
  dtGMTClosed: 0,
  iLastReplyBy: 1,
  iLastReadCount: 21,
  fTrash: 0,
  dtGMTTrashed: 0,
  sRequestPassword: 'hckzke',
  sTitle: '',
  sUserId: '',
  sFirstName: 'Bob',
  sLastName: 'Jones',
  sEmail: 'bobjones@gmail.com',
  sPhone: '',
  sRequestHash: '9582c31acbac5f8556df01f84817cf4c',
  Custom5: 'Building 743',
  fullname: 'Bob Jones',
  staff_comment: '',
  assigned_person_fname: 'Tom',
  assigned_person_lname: 'Landers',
  assigned_person_email: 'tlanders@company.com',
  acting_person_xperson: 7,
  acting_person_fusertype: 1,
  acting_person_fname: 'Tina',
  acting_person_lname: 'Jones',
  acting_person_email: 'tjones@company.com',
  request_history: {
    236: {
      xRequestHistory: 236,
      xRequest: 12403,
      xPerson: 1,
      dtGMTChange: 1184021870,
      fPublic: 0,
      fInitial: 0,
      fNoteIsHTML: 0,
      fMergedFromRequest: 0,
      tLog: '',
      tNote: 'Request history note',
      tEmailHeaders: '',
      file: [
        {
          sFileMimeType: 'image/jpeg',
          sFilename: 'icon.jpg',
          xDocumentId: 59,
          public_url: 'http://www.site.com/index.php?pg=file&id=59',
          private_url: 'http://www.site.com/admin.php?pg=file&id=59',
        },
      ],
    },
  },
};

/** A note with what a test does not care about filled in. */
export function note(more: Partial<PushedNote> = {}): PushedNote {
  return {
    id: '1',
    person: '0',
    at: new Date('2026-11-21T09:30:00Z'),
    isPublic: true,
    isInitial: false,
    isHtml: false,
    text: '',
    log: '',
    files: [],
    ...more,
  };
}

/** A file with an address that staff can open. */
export function file(name: string, more: Partial<PushedFile> = {}): PushedFile {
  return {
    name,
    type: 'image/png',
    documentId: '',
    privateUrl: `https://help.example.com/admin?file=${name}`,
    ...more,
  };
}

/** A request with these fields and notes. */
export function request(fields: Readonly<Record<string, string>>, notes: readonly PushedNote[] = []): PushedRequest {
  return { fields: Object.assign(Object.create(null), fields), notes };
}
