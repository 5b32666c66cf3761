/** The private methods that read requests, files and filters (manual, chapter 4.5). */
import { type Answer, element, field, fields, list, type Part } from './answer.ts';
import { type Methods, type PrivateCall, requestNumbered, requestOf, sees } from './call.ts';
import type { Filter } from './data.ts';
import { refused } from './failures.ts';
import { listOf, numberOf, textOf } from './parameters.ts';
import { filteredRequest, foundRequest, type Telling, wholeRequest } from './request-words.ts';
import { changedRequests, pageOf, searchRequests } from './search.ts';

/** What a call wants to be told how. */
export function tellingOf({ house, origin, parameters }: PrivateCall): Telling {
  return { data: house.data, origin, raw: textOf(parameters, 'fRawValues') === '1' };
}

/** private.version and version: version, min_version. */
export function versionAnswer({ house }: Pick<PrivateCall, 'house'>): Answer {
  const { version, minVersion } = house.data;
  return { root: 'results', content: fields({ version, min_version: minVersion }) };
}

/** See the file. */
export const READING: Methods<PrivateCall> = {
  'private.version': { http: 'GET', answer: versionAnswer },

  'private.request.get': {
    http: 'GET',
    required: ['xRequest'],
    answer: (call) => ({ root: 'request', content: wholeRequest(tellingOf(call), requestOf(call)) }),
  },

  'private.request.multiGet': {
    http: 'GET',
    required: ['xRequest'],
    answer(call) {
      const { house, parameters, person } = call;
      // What is not there, or not for this person, is left out: the manual does not say what becomes of it.
      const found = listOf(parameters, 'xRequest').flatMap(
        (asked) => requestNumbered(house.data, person, Number(asked)) ?? [],
      );
      const content = [
        list(
          'request',
          found.map((request) => wholeRequest(tellingOf(call), request)),
        ),
      ];
      return { root: 'requests', content, isArray: true };
    },
  },

  'private.request.search': {
    http: 'GET',
    answer(call) {
      const { house, parameters, person } = call;
      const visible = { ...house.data, requests: house.data.requests.filter((request) => sees(person, request)) };
      const found = searchRequests(visible, house.search, parameters);
      const contents = found.map((request) => foundRequest(tellingOf(call), request));
      return { root: 'requests', content: [list('request', contents)] };
    },
  },

  'private.request.getChanged': {
    http: 'GET',
    required: ['dtGMTChange'],
    answer({ house, parameters, person }) {
      const visible = { ...house.data, requests: house.data.requests.filter((request) => sees(person, request)) };
      const changed = changedRequests(visible, numberOf(parameters, 'dtGMTChange') ?? 0);
      return { root: 'requests', content: [list('xRequest', changed.map(String))] };
    },
  },

  'private.document.get': {
    http: 'GET',
    required: ['xDocumentId'],
    answer({ house, parameters }) {
      const asked = numberOf(parameters, 'xDocumentId');
      const files = house.data.requests.flatMap(({ history }) => history.flatMap((note) => note.files));
      const file = files.find(({ xDocumentId }) => xDocumentId === asked);
      if (file === undefined) throw refused(101, 'xDocumentId');
      const { xDocumentId, sFilename, sFileMimeType, body } = file;
      const content = fields({ xDocumentId, sFilename, sFileMimeType, sCID: '', sBody: body.toString('base64') });
      return { root: 'document', content, encoding: 'UTF-8' };
    },
  },

  'private.filter.get': {
    http: 'GET',
    required: ['xFilter'],
    answer(call) {
      const { house, parameters, person } = call;
      const filter = house.data.filters.find((one) => isFor(call, one) && isNamed(one, textOf(parameters, 'xFilter')));
      // No error of the table fits a filter that is not there.
      if (filter === undefined) throw refused(101, 'xFilter');
      const matching = house.data.requests.filter((one) => sees(person, one) && filter.matches(one, person));
      const shown = pageOf(matching, parameters, house.search.most);
      const contents = shown.map((request) => filteredRequest(tellingOf(call), request));
      return { root: 'filter', content: [list('request', contents)] };
    },
  },

  'private.user.getFilters': {
    http: 'GET',
    answer(call) {
      const own = call.house.data.filters.filter((filter) => isFor(call, filter));
      return { root: 'filters', content: [list('filter', own.map(filterContent(call)))] };
    },
  },

  'private.filter.getColumnNames': { http: 'GET', answer: labelsAnswer },
};

function isFor({ person }: PrivateCall, { xPerson, fGlobal, xFilter }: Filter): boolean {
  return fGlobal || typeof xFilter === 'string' || xPerson === person.xPerson;
}

function isNamed({ xFilter }: Filter, asked: string): boolean {
  return String(xFilter) === asked;
}

function filterContent({ house, person }: PrivateCall) {
  return (filter: Filter): readonly Part[] => {
    const { xFilter, sFilterName, fGlobal, sFilterFolder, columns } = filter;
    const matching = house.data.requests.filter((one) => sees(person, one) && filter.matches(one, person));
    return [
      ...fields({ xFilter, sFilterName }),
      element(
        'displayColumns',
        columns.map((name) => field(name, COLUMN_NAMES[name] ?? '')),
      ),
      ...fields({ fGlobal, sFilterFolder, count: matching.length, unread: '' }),
    ];
  };
}

/** private.filter.getColumnNames and util.getFieldLabels, as the manual has them. */
export const COLUMN_NAMES: Readonly<Record<string, string>> = {
  iLastReplyBy: 'Replied To',
  fOpenedVia: 'Contacted Via',
  mailbox: 'Mailbox',
  fOpen: 'Open',
  xRequest: 'ID',
  sUserId: 'Customer ID',
  fullname: 'Customer',
  sLastName: 'Last Name',
  sEmail: 'Email',
  sPhone: 'Phone',
  xPersonOpenedBy: 'Opened By',
  xPersonAssignedTo: 'Assigned To',
  xStatus: 'Status',
  sCategory: 'Category',
  sTitle: 'Email Subject',
  reqsummary: 'Initial Request',
  lastpublicnote: 'Latest Public Note',
  lastpublicnoteby: 'Latest Public Note By',
  dtGMTOpened: 'Opened',
  dtGMTClosed: 'Closed',
  dtGMTTrashed: 'Trashed On',
  lastupdate: 'Last Update',
  lastpubupdate: 'Last Public Update',
  lastcustupdate: 'Last Customer Update',
  ctPublicUpdates: '#',
  age: 'Age',
  timetrack: 'Time',
};

/** The labels of columns; custom fields by their names. */
export function labelsAnswer({ house }: Pick<PrivateCall, 'house'>): Answer {
  const custom = house.data.customFields.map((one) => field(`Custom${one.xCustomField}`, one.fieldName));
  return { root: 'labels', content: [...fields(COLUMN_NAMES), ...custom] };
}
