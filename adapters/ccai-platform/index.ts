/** CCAI Platform (UJET): a customer's calls and chats, by an index of them; queues, agents and the other lists of an account. */
import { type CallContext, defineAdapter, UserError } from '../../src/contract/index.ts';
import { httpReach, unlistable } from '../../src/kit/http/index.ts';
import { Api } from './api.ts';
import { Checker } from './check.ts';
import { conversationFields, keyOfRecord } from './conversation.ts';
import { SYSTEM } from './failures.ts';
import { Finder } from './finder.ts';
import { Lister } from './lister.ts';
import { ListFinder, listFields } from './lists.ts';
import { searchableConversation } from './search.ts';
import { settings } from './settings.ts';

const NOT_LISTED =
  'lists of an account are kept for a while anyway, and those of the moment are of no use later; take "index" out of this source';

export default defineAdapter({
  name: 'ccai-platform',
  title: SYSTEM,
  settings,
  // Calls have no filter by mail or telephone number: what is looked for is found in the index.
  indexed: { use: 'always', updated: 'updated_at' },
  reachedBy: [...httpReach, 'keep'],
  identifiedBy: ['url', 'subdomain', 'domain'],

  open(settings, services) {
    const { list, recordings } = settings;
    const { log } = services;
    const api = new Api(settings, services);
    const common = { findsGroups: true, parameters: [] } as const;
    if (list !== undefined) {
      const lists = new ListFinder({ api, list, settings, log });
      const checker = new Checker(api, lists, log);
      return {
        ...common,
        check: (context: CallContext) => checker.check(context),
        state: () => checker.state,
        find: (query, context) => lists.find(query, context),
        findsInOrder: true,
        list: () => unlistable(new UserError(NOT_LISTED)),
        fields: async () => listFields(list),
        close: async () => {
          lists.close();
          await api.close();
        },
      };
    }
    const finder = new Finder({ api, recordings, log });
    const lister = new Lister(api, recordings);
    const checker = new Checker(api, undefined, log);
    return {
      ...common,
      check: (context: CallContext) => checker.check(context),
      state: () => checker.state,
      find: (query, context) => finder.find(query, context),
      list: (query, context) => lister.list(query, context),
      keysOf: async (records) => records.map(keyOfRecord),
      listsChanges: true,
      fields: async () => conversationFields(recordings).map(searchableConversation),
      close: () => api.close(),
    };
  },
});
