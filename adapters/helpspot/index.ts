/** HelpSpot itself: other requests of a customer, its lists, its address book, through its Web Service API. */
import { type CallContext, defineAdapter, type HelpDeskList, UserError } from '../../src/contract/index.ts';
import { unlistable } from '../../src/kit/http/index.ts';
import { HelpSpotApi } from './api.ts';
import { openCatalog } from './catalog.ts';
import { Checker } from './check.ts';
import { Finder } from './finder.ts';
import { KNOWLEDGE_FIELDS, KnowledgeFinder } from './knowledge.ts';
import { ListFinder } from './list-source.ts';
import { Lister } from './lister.ts';
import { Names } from './names.ts';
import { openPortal } from './portal.ts';
import { abilityOf, cannotPush, USUAL_PUSH } from './push-fields.ts';
import { openPusher } from './pusher.ts';
import { requestFields } from './request.ts';
import { Requests } from './requests.ts';
import { searchable, WORDS_FIELD } from './search.ts';
import { settings } from './settings.ts';
import { isKeptList, SHAPES } from './shapes.ts';
import { TIME_EVENT_FIELDS, TimeEventFinder } from './time-events.ts';
import { openWriteBack } from './write-back.ts';

const NOT_LISTED =
  'of a HelpSpot, requests and its lists can be listed, and neither a filter, time events nor the knowledge books; take "index" out of this source';

export default defineAdapter({
  name: 'helpspot',
  title: 'HelpSpot',
  isHelpDesk: true,
  settings,
  push: USUAL_PUSH,
  pushOf: abilityOf,
  cannotPush,
  cannotFind: ({ action }) =>
    action === 'portal'
      ? 'without credentials nothing can be looked up; take action: portal out of the source'
      : undefined,

  open(settings, services) {
    const { url, list, filter, history, keep, action } = settings;
    const { log } = services;
    const api = new HelpSpotApi(settings, services);
    const catalog = openCatalog(api, keep, log);
    const writeBack = openWriteBack({ api, catalog }, settings, services);
    const close = async () => {
      catalog.close();
      await writeBack?.close();
      await api.close();
    };
    if (action === 'portal') return { ...openPortal(api, settings, writeBack), close };
    const names = new Names(api, catalog, log);
    const requests = new Requests(api);
    const checker = new Checker({ api, catalog, requests, settings, log });
    const common = {
      check: (context: CallContext) => checker.check(context),
      state: () => checker.state,
      parameters: [],
      helpDesk: (wanted: readonly HelpDeskList[], context: CallContext) => names.lists(wanted, context),
      close,
    };
    const notListed = () => unlistable(new UserError(NOT_LISTED));
    if (list !== undefined && isKeptList(list)) {
      const finder = new ListFinder(catalog, list, log);
      return {
        ...common,
        find: (query, context) => finder.find(query, context),
        findsGroups: true,
        findsInOrder: true,
        list: (_query, context) => finder.list(context),
        fields: async () => SHAPES[list].fields,
      };
    }
    if (list === 'timeEvents') {
      const finder = new TimeEventFinder(api, names, log);
      const find = (...call: Parameters<typeof finder.find>) => finder.find(...call);
      return { ...common, find, list: notListed, fields: async () => TIME_EVENT_FIELDS };
    }
    if (list === 'kb') {
      const finder = new KnowledgeFinder(api, url, log);
      const find = (...call: Parameters<typeof finder.find>) => finder.find(...call);
      return { ...common, find, list: notListed, fields: async () => KNOWLEDGE_FIELDS };
    }
    const finder = new Finder({ requests, names, settings, log });
    const lister = new Lister(requests, names, settings, api.clock);
    const pusher = openPusher(action, { api, catalog, requests, names, settings, writeBack, log });
    return {
      ...common,
      ...pusher,
      async check(context) {
        await checker.check(context);
        await pusher.check(context);
      },
      find: (query, context) => finder.find(query, context),
      findsGroups: true,
      ...(filter === undefined
        ? { list: (query, context) => lister.list(query, context), listsChanges: true }
        : { list: notListed }),
      async fields(context) {
        const { customForms } = await names.known(context);
        const all = requestFields(customForms, history);
        return filter === undefined ? [...all.map(searchable), WORDS_FIELD] : all;
      },
    };
  },
});
