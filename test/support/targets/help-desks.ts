/** Where requests become requests of a HelpSpot. */
import { onTestFinished } from 'vitest';
import type { StoredNote, StoredRequest } from '../helpspot/data.ts';
import { type HelpSpotStandIn, startHelpSpot } from '../helpspot/server.ts';
import { readPage } from './page.ts';
import { type MadeThing, REFUSED, type TargetRow, webSystem } from './row.ts';

const create: TargetRow = {
  name: 'HelpSpot, a new request',
  adapter: 'helpspot',
  async start() {
    const desk = await startDesk();
    return {
      // Categories, staff, statuses (in use and not), custom fields.
      ...webSystem(desk.http, desk.settings, 5),
      made: () => made(desk, 'private.request.create').map((request) => thingOf(request, desk)),
    };
  },
  push: {
    fields: {
      ...{ category: 'development', assignedTo: 'Jörg Müller', status: 'Not Fixable', urgent: 'yes' },
      ...{ Custom1: '{{Custom5}}', Custom4: '{{Custom99}}' },
    },
  },
  also: {
    ...{ xCategory: 3, xPersonAssignedTo: 3, xStatus: 4, fUrgent: true, sFirstName: 'Bob', sLastName: 'Jones' },
    ...{ sEmail: 'bobjones@gmail.com', custom: [[1, 'Building 743']], fPublic: false, mails: 0, scandals: [] },
  },
  files: true,
  details: {
    texts: ['Open yes', 'Status Not Fixable', 'Category Development', 'Assigned to Jörg Müller', 'Urgent yes'],
    link: /^http:\/\/127\.0\.0\.1:\d+\/admin\?pg=request&reqid=\d+$/,
  },
  refusals: {
    Token: { source: { token: '9|tokenOfNobody' }, words: REFUSED.credentials },
    Category: { push: { fields: { category: 'Developments' } }, words: 'was not asked: it has no category' },
    Required: { push: { fields: { category: '4' } }, words: REFUSED.content },
    Status: {
      push: { fields: { category: '3', status: 'Escalated to Head Office' } },
      words: 'was not asked: it has no status',
    },
  },
  lost: 'found',
};

const update: TargetRow = {
  name: 'HelpSpot, a note in a request',
  adapter: 'helpspot',
  async start() {
    const desk = await startDesk();
    return {
      ...webSystem(desk.http, { ...desk.settings, action: 'update' }, 0),
      made() {
        const request = desk.data.requests.find(({ xRequest }) => xRequest === 12_401);
        const notes = request?.history.filter(({ tNote }) => tNote.includes('Reference: hs-')) ?? [];
        return notes.map((note) => ({ ...noteOf(note), title: readPage(note.tNote).text.split('\n')[0] ?? '' }));
      },
    };
  },
  // Merged into 12401.
  push: { fields: { request: '12401', note: 'public' } },
  files: true,
  details: {
    texts: ['Open yes', 'Status Active', 'Category Account Inquiries', 'Tina Andrews'],
    titled: false,
    link: /^http:\/\/127\.0\.0\.1:\d+\/admin\?pg=request&reqid=12401$/,
  },
  refusals: {
    Token: { source: { token: '9|tokenOfNobody' }, words: REFUSED.credentials },
    Nothing: { push: { fields: { request: '{{Custom99}}' } }, words: 'was not asked: the field' },
    Gone: { push: { fields: { request: '99999' } }, words: REFUSED.content },
  },
  lost: 'found',
};

const portal: TargetRow = {
  name: 'HelpSpot, as its portal does',
  adapter: 'helpspot',
  async start() {
    const desk = await startDesk();
    return {
      ...webSystem(desk.http, { url: desk.url, action: 'portal', category: 2 }, 0),
      made: () =>
        made(desk, 'request.create').map((request) => {
          const { tNote = '', files = [] } = request.history[0] ?? {};
          const [title = ''] = tNote.split('\n');
          const { xCategory, sEmail, fUrgent } = request;
          return { title, text: tNote, raw: tNote, files: files.map(fileOf), also: { xCategory, sEmail, fUrgent } };
        }),
    };
  },
  push: { fields: { urgent: '1' } },
  also: { xCategory: 2, sEmail: 'bobjones@gmail.com', fUrgent: true },
  files: true,
  details: { texts: ['HelpSpot cannot be asked how it stands.'], link: /reqid=\d+$/ },
  refusals: {
    Category: { push: { fields: { category: 'Development' } }, words: 'was not asked: it has no public category' },
    Number: { push: { fields: { category: '3' } }, words: REFUSED.content },
    Urgent: { push: { fields: { urgent: 'perhaps' } }, words: 'was not asked: the field' },
  },
  lost: 'unclear',
};

async function startDesk(): Promise<HelpSpotStandIn> {
  const desk = await startHelpSpot();
  onTestFinished(() => desk.close());
  return desk;
}

function made({ writes, data }: HelpSpotStandIn, method: string): readonly StoredRequest[] {
  const numbers = writes.filter((write) => write.method === method).map(({ xRequest }) => xRequest);
  return numbers.flatMap((number) => data.requests.filter(({ xRequest }) => xRequest === number));
}

function thingOf(request: StoredRequest, { mails, scandals }: HelpSpotStandIn): MadeThing {
  const { sTitle: title, history, custom, xCategory, xPersonAssignedTo, xStatus, fUrgent } = request;
  const { sFirstName, sLastName, sEmail } = request;
  const [note] = history;
  if (note === undefined) throw new Error('a request without a note');
  const also = {
    ...{ xCategory, xPersonAssignedTo, xStatus, fUrgent, sFirstName, sLastName, sEmail },
    ...{ custom: [...custom], fPublic: note.fPublic, mails: mails.length, scandals },
  };
  return { ...noteOf(note), title, also };
}

function noteOf({ tNote, files, fNoteIsHTML }: StoredNote): Omit<MadeThing, 'title'> {
  if (!fNoteIsHTML) throw new Error('a note that is no HTML');
  return { text: readPage(tNote).text, html: tNote, files: files.map(fileOf), raw: tNote };
}

function fileOf({ sFilename, body }: { readonly sFilename: string; readonly body: Buffer }) {
  return { name: sFilename, content: body.toString() };
}

/** Every row. */
export const HELP_DESKS: readonly TargetRow[] = [create, update, portal];
