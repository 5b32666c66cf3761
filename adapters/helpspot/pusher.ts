/** Pushes to a HelpSpot: a new request, a note in one, a time event, a subscription. Chapter 4.5 of its manual. */
import type { CallContext, Details, Log, PushReceipt, PushRequest, Source } from '../../src/contract/index.ts';
import { shortLine } from '../../src/kit/text/index.ts';
import { beforehand } from '../../src/kit/wait/index.ts';
import type { Data } from '../../src/kit/web/index.ts';
import { textAt } from './answer.ts';
import type { Call, HelpSpotApi, Params } from './api.ts';
import type { Catalog } from './catalog.ts';
import { isRefusedAs, MERGED, unexpected } from './failures.ts';
import { PushFinder } from './find-push.ts';
import type { Names } from './names.ts';
import { detailsOf } from './push-details.ts';
import { REQUEST_NUMBER } from './push-fields.ts';
import { PushNames } from './push-names.ts';
import { htmlNote, titleOf } from './push-note.ts';
import { customerOf, givenCustomer, mailOf, openingOf, requestOf, spentOf, stateOf } from './push-params.ts';
import type { Action } from './push-settings.ts';
import { numberOf, pageOf } from './request.ts';
import type { Requests } from './requests.ts';
import type { Settings } from './settings.ts';
import type { WriteBack } from './write-back.ts';

/** Of a time event. */
const LONGEST_DESCRIPTION = 1_000;

/** What a staff member can do. */
export type StaffAction = Exclude<Action, 'portal'>;

/** What {@link openPusher} works with. */
export interface PusherParts {
  readonly api: HelpSpotApi;
  readonly catalog: Catalog;
  readonly requests: Requests;
  readonly names: Names;
  readonly settings: Settings;
  readonly writeBack: WriteBack | undefined;
  readonly log: Log;
}

/** The part of a source that pushes. */
export type PushingPart = Required<Pick<Source, 'check' | 'push' | 'findPush' | 'details'>>;

/** What one action does. Both give the number of the request. */
interface Deed {
  push(request: PushRequest, context: CallContext): Promise<string>;
  find(request: PushRequest, context: CallContext): Promise<string | undefined>;
}

/** Opens it; everything throws {@link SourceError}. */
export function openPusher(action: StaffAction, parts: PusherParts): PushingPart {
  const { catalog, api, requests, names, settings, writeBack } = parts;
  const { category, url } = settings;
  const pushNames = new PushNames(api, catalog);
  const deed = deedsOf(parts, pushNames)[action];
  const receiptOf = (id: string): PushReceipt => ({ id, link: pageOf(url, id).href });

  return {
    async check(context) {
      if (category !== undefined) await pushNames.numberOf('categories', 'category', category, context);
      await writeBack?.check(context);
    },

    async push(request, context) {
      const id = await deed.push(request, context);
      await writeBack?.write(request, id, context);
      return receiptOf(id);
    },

    async findPush(request, context) {
      const id = await deed.find(request, context);
      if (id === undefined) return undefined;
      // The attempt may have ended in between.
      await writeBack?.write(request, id, context);
      return receiptOf(id);
    },

    async details(id, context): Promise<Details | undefined> {
      const [request, naming] = await Promise.all([requests.get(id, context), names.known(context)]);
      if (request === undefined) return undefined;
      await names.learn([request], naming, context);
      return detailsOf(request, id, naming, url);
    },
  };
}

function deedsOf(parts: PusherParts, names: PushNames): Readonly<Record<StaffAction, Deed>> {
  const { api, requests, settings, log } = parts;
  const finder = new PushFinder(api, requests);

  /** A call about a request; of one that was merged, about the one that it was merged into. */
  async function changeAt(id: string, call: Call, context: CallContext): Promise<readonly [id: string, answer: Data]> {
    const at = (xRequest: string): Call => ({ ...call, params: { ...call.params, xRequest } });
    try {
      return [id, await api.change(at(id), context)];
    } catch (error) {
      if (!isRefusedAs(error, MERGED)) throw error;
      const stays = numberOf(await beforehand(requests.get(id, context)));
      if (stays === undefined || stays === id) throw error;
      log.info({ request: id, stays, reference: context.reference }, 'a request was merged: the other one is changed');
      return [stays, await api.change(at(stays), context)];
    }
  }

  async function paramsOf(request: PushRequest, context: CallContext): Promise<Params> {
    const { fields } = request;
    return { ...(await stateOf(fields, names, context)), ...(await mailOf(fields, names, context)) };
  }

  return {
    create: {
      async push(request, context) {
        const { category = '' } = settings;
        const fields = category === '' ? request.fields : { category, ...request.fields };
        const given = { ...request, fields };
        const params = await beforehand(paramsOf(given, context));
        const opening = await beforehand(openingOf(fields, names, context));
        const { tNote, files } = htmlNote(request, settings);
        const note = { tNote, fNoteIsHTML: 1, sTitle: titleOf(request), ...files };
        const all = { ...note, ...customerOf(request), ...params, ...opening };
        return madeNumber(
          await api.change({ method: 'private.request.create', root: 'request', params: all }, context),
        );
      },
      find: (request, context) => finder.request(request, context),
    },

    update: {
      async push(request, context) {
        const { fields } = request;
        const params = await beforehand(paramsOf(request, context));
        const { tNote, files } = htmlNote(request, settings, true);
        // Of an update, "the subject line you intend to use in the email".
        const subject = params['email_from'] === '0' ? {} : { sTitle: titleOf(request) };
        const all = { tNote, fNoteIsHTML: 1, ...subject, ...files, ...givenCustomer(fields), ...params };
        const call = { method: 'private.request.update', root: 'request', params: all };
        const [id, answer] = await changeAt(requestOf(fields), call, context);
        if (numberOf(answer) === undefined) throw unexpected('private.request.update without a number');
        return id;
      },
      find: (request, context) => finder.noteIn(requestOf(request.fields), request, context),
    },

    time: {
      async push(request, context) {
        const { fields, reference } = request;
        const xPerson = await beforehand(names.numberOf('staff', 'person', fields['person'] ?? '', context));
        const said = titleOf({ ...request, title: fields['description'] ?? request.title });
        const tDescription = `${shortLine(said, LONGEST_DESCRIPTION)} (${reference})`;
        const params = { xPerson, tDescription, ...spentOf(fields, new Date()) };
        const call = { method: 'private.request.addTimeEvent', root: 'results', params };
        const [id, answer] = await changeAt(requestOf(fields), call, context);
        if (textAt(answer, 'xTimeId') === undefined) throw unexpected('private.request.addTimeEvent without a number');
        return id;
      },
      find: (request, context) => finder.timeIn(requestOf(request.fields), request, context),
    },

    subscribe: {
      async push({ fields }, context) {
        const xPerson = await beforehand(names.numberOf('staff', 'person', fields['person'] ?? '', context));
        const call = { method: 'private.request.subscribe', root: 'results', params: { xPerson } };
        const [id, answer] = await changeAt(requestOf(fields), call, context);
        if (textAt(answer, 'subscribed') === undefined) throw unexpected('private.request.subscribe without a person');
        return id;
      },
      async find({ fields }, context) {
        const xPerson = await names.numberOf('staff', 'person', fields['person'] ?? '', context);
        const id = requestOf(fields);
        const stays = numberOf(await requests.get(id, context));
        return await finder.followed(stays === undefined ? [id] : [id, stays], xPerson, context);
      },
    },
  };
}

function madeNumber(answer: Data): string {
  const id = numberOf(answer);
  if (id === undefined || !REQUEST_NUMBER.test(id)) throw unexpected('private.request.create without a number');
  return id;
}
