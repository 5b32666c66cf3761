/** Live Helper Chat: a customer's chats and what was said in them, its departments and operators and who is there. */
import { type CallContext, defineAdapter, UserError } from '../../src/contract/index.ts';
import { unlistable } from '../../src/kit/http/index.ts';
import { ChatApi } from './api.ts';
import { openCatalog } from './catalog.ts';
import { chatFields } from './chat.ts';
import { Chats } from './chats.ts';
import { Checker } from './check.ts';
import { SYSTEM } from './failures.ts';
import { Finder } from './finder.ts';
import { Lister } from './lister.ts';
import { ListFinder, listFields } from './lists.ts';
import { Names } from './names.ts';
import { CONTACT_FIELD, searchable } from './search.ts';
import { settings } from './settings.ts';
import { States } from './states.ts';

const NOT_LISTED =
  'departments, operators and whether the chat is online are kept for a while anyway; take "index" out of this source';
const NO_TRANSCRIPTS =
  'an index has chats without what was said in them; take "index" or "transcript" out of this source';

export default defineAdapter({
  name: 'livehelperchat',
  title: SYSTEM,
  settings,

  open(settings, services) {
    const { list, transcript, keep, online } = settings;
    const { log } = services;
    const api = new ChatApi(settings, services);
    const catalog = openCatalog(api, keep, log);
    const chats = new Chats(api);
    const checker = new Checker({ api, chats, catalog, settings, log });
    const common = {
      check: (context: CallContext) => checker.check(context),
      state: () => checker.state,
      findsGroups: true,
      parameters: [],
      async close() {
        catalog.close();
        await api.close();
      },
    } as const;
    if (list !== undefined) {
      const finder = new ListFinder({ catalog, states: new States(api), list, settings, log });
      return {
        ...common,
        find: (query, context) => finder.find(query, context),
        findsInOrder: true,
        list: () => unlistable(new UserError(NOT_LISTED)),
        fields: async () => listFields(list, online),
      };
    }
    const names = new Names(catalog);
    const finder = new Finder({ chats, names, settings, url: api.url, log });
    const lister = new Lister({ chats, names, clock: api.clock, url: api.url });
    return {
      ...common,
      find: (query, context) => finder.find(query, context),
      ...(transcript
        ? { list: () => unlistable(new UserError(NO_TRANSCRIPTS)) }
        : { list: (query, context) => lister.list(query, context), listsChanges: true }),
      fields: async () => [...chatFields(transcript).map(searchable), CONTACT_FIELD],
    };
  },
});
