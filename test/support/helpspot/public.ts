/** The public methods for requests, without credentials: as the portal does (manual, chapter 4.4). */
import { fields, list } from './answer.ts';
import { type Call, type Methods, wrote } from './call.ts';
import type { StoredRequest } from './data.ts';
import { Refusal, refused } from './failures.ts';
import { customFieldIds, publicFieldContent } from './lists.ts';
import { sendMails } from './mails.ts';
import { customOf, textOf } from './parameters.ts';
import { labelsAnswer, versionAnswer } from './reading.ts';
import { publicRequest } from './request-words.ts';
import { addNote, addRequest } from './stored.ts';
import { categoryOf, customErrors, customerOf, filesOf, flagOf, mailErrors, namelessErrors } from './writing-rules.ts';

/** "Acts exactly as the portal web form": 7 is Web Form; the example of request.get has Web Service, so that it is. */
const WEB_SERVICE = 6;

/** See the file. */
export const PUBLIC_REQUESTS: Methods<Call> = {
  version: { http: 'GET', answer: versionAnswer },
  'util.getFieldLabels': { http: 'GET', answer: labelsAnswer },

  'request.create': {
    http: 'POST',
    required: ['tNote'],
    answer(call) {
      const { xRequest, sRequestPassword } = created(call);
      wrote(call, xRequest);
      return { root: 'request', content: fields({ xRequest, accesskey: `${xRequest}${sRequestPassword}` }) };
    },
  },

  'request.update': {
    http: 'POST',
    required: ['accesskey', 'tNote'],
    answer(call) {
      const { house, parameters } = call;
      const request = requestOfKey(call);
      const files = filesOf(house.data, parameters);
      addNote(house.data, request, { tNote: textOf(parameters, 'tNote'), fPublic: true, files });
      wrote(call, request.xRequest);
      return { root: 'request', content: fields({ xRequest: request.xRequest }) };
    },
  },

  'request.get': {
    http: 'GET',
    required: ['accesskey'],
    answer(call) {
      const telling = { data: call.house.data, origin: call.origin, raw: false };
      return { root: 'request', content: publicRequest(telling, requestOfKey(call)) };
    },
  },

  'request.getCategories': {
    http: 'GET',
    answer({ house: { data } }) {
      const shown = data.categories.filter(({ fAllowPublicSubmit, fDeleted }) => fAllowPublicSubmit && !fDeleted);
      const contents = shown.map((category) => [
        ...fields({ xCategory: category.xCategory, sCategory: category.sCategory }),
        customFieldIds(category),
      ]);
      return { root: 'categories', content: [list('category', contents)] };
    },
  },

  'request.getCustomFields': {
    http: 'GET',
    answer({ house: { data } }) {
      const shown = data.customFields.filter(({ isPublic }) => isPublic);
      return { root: 'customfields', content: [list('field', shown.map(publicFieldContent))] };
    },
  },
};

function created(call: Call): StoredRequest {
  const { house, parameters } = call;
  const category = categoryOf(house.data, parameters, 207, false);
  const errors = [
    ...namelessErrors(parameters),
    ...mailErrors(parameters),
    ...customErrors(call, category, new Map(), false),
  ];
  if (errors.length > 0) throw new Refusal(errors);
  const shown = new Set(house.data.customFields.flatMap((one) => (one.isPublic ? [one.xCustomField] : [])));
  const request = addRequest(house.data, {
    ...customerOf(parameters),
    madeAt: performance.now(),
    ...{ fOpenedVia: WEB_SERVICE, xOpenedViaId: 0, xCategory: category?.xCategory ?? 0 },
    fUrgent: flagOf(parameters, 'fUrgent') ?? false,
    xPersonAssignedTo: category?.fAutoAssignTo === true ? category.xPersonDefault : 0,
    custom: Object.fromEntries(Array.from(customOf(parameters)).filter(([id]) => shown.has(id))),
    note: { tNote: textOf(parameters, 'tNote'), files: filesOf(house.data, parameters) },
  });
  const [note] = request.history;
  // It takes no parameter about mails.
  if (note !== undefined) sendMails(house, { values: new Map(), inAddress: new Set() }, request, note);
  return request;
}

/** "The request ID and random characters". @throws {Refusal} 102, and 208 for one that was merged */
function requestOfKey({ house, parameters }: Call): StoredRequest {
  const accesskey = textOf(parameters, 'accesskey');
  const request = house.data.requests.find((one) => `${one.xRequest}${one.sRequestPassword}` === accesskey);
  if (request !== undefined) return request;
  if (house.data.merged.has(Number.parseInt(accesskey, 10))) throw refused(208);
  throw refused(102);
}
