/**
 * A new request without credentials, as the portal's form makes one: request.create, chapter 4.4 of the manual. It gives
 * the number, and a key that opens the request in the portal; the gateway does not keep that one.
 */
import type { CallContext, PushRequest, Source } from '../../src/contract/index.ts';
import { beforehand } from '../../src/kit/wait/index.ts';
import { textAt } from './answer.ts';
import type { HelpSpotApi, Params } from './api.ts';
import { unexpected } from './failures.ts';
import { REQUEST_NUMBER } from './push-fields.ts';
import { chosen, customFields } from './push-names.ts';
import { textNote } from './push-note.ts';
import { customerOf, customOf, flagOf } from './push-params.ts';
import { numberOf, pageOf } from './request.ts';
import type { Settings } from './settings.ts';
import { SHAPES } from './shapes.ts';
import type { WriteBack } from './write-back.ts';

/** Opens it. A source that only pushes: without credentials nothing can be asked. */
export function openPortal(
  api: HelpSpotApi,
  settings: Settings,
  writeBack: WriteBack | undefined,
): Pick<Source, 'check' | 'push'> {
  const { url, category: usual } = settings;

  /** The public categories are asked for each time: the portal is used seldom. */
  async function categoryOf({ fields }: PushRequest, context: CallContext): Promise<string | undefined> {
    const wanted = fields['category'] ?? usual;
    if (wanted === undefined || /^\d{1,9}$/.test(wanted.trim())) return wanted?.trim();
    const call = { method: 'request.getCategories', root: 'categories' };
    const known = (await api.askList(call, 'category', context)).map((one) => ({
      id: textAt(one, 'xCategory') ?? '',
      name: textAt(one, 'sCategory') ?? '',
    }));
    return chosen('public category', 'category', wanted, known);
  }

  /** Public ones: HelpSpot keeps no others, without a word. */
  async function customValues({ fields }: PushRequest, context: CallContext): Promise<Params> {
    return await customFields(customOf(fields), async () => {
      const { call, item, toRecord } = SHAPES.customFields;
      const known = await api.askList({ ...call, method: 'request.getCustomFields' }, item, context);
      return known.map(toRecord);
    });
  }

  return {
    async check(context) {
      const version = textAt(await api.ask({ method: 'version', root: 'results' }, context), 'version');
      if (version === undefined) throw unexpected('version without a version');
      await writeBack?.check(context);
    },

    async push(request, context) {
      const xCategory = await beforehand(categoryOf(request, context));
      const custom = await beforehand(customValues(request, context));
      const { tNote, files } = textNote(request, settings);
      const { fields } = request;
      const params = {
        tNote,
        ...customerOf(request),
        xCategory,
        fUrgent: flagOf(fields, 'urgent'),
        ...custom,
        ...files,
      };
      const answer = await api.change({ method: 'request.create', root: 'request', params }, context);
      const id = numberOf(answer);
      if (id === undefined || !REQUEST_NUMBER.test(id)) throw unexpected('request.create without a number');
      await writeBack?.write(request, id, context);
      return { id, link: pageOf(url, id).href };
    },
  };
}
