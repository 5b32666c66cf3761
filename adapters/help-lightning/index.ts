/** Help Lightning: a customer's video calls, the users of a site, and the tags of its calls. */
import { type CallContext, defineAdapter, UserError } from '../../src/contract/index.ts';
import { unlistable } from '../../src/kit/http/index.ts';
import { Api } from './api.ts';
import { callFields } from './call.ts';
import { Checker } from './check.ts';
import { SYSTEM } from './failures.ts';
import { Finder } from './finder.ts';
import { ListFinder, listFields } from './lists.ts';
import { searchableCall } from './search.ts';
import { settings } from './settings.ts';

const NOT_LISTED =
  'Help Lightning lists by numbers of pages, which move while others call, and its calls have no mail to be found by; take "index" out of this source';

export default defineAdapter({
  name: 'help-lightning',
  title: SYSTEM,
  settings,

  open(settings, services) {
    const { list, keep, attachments } = settings;
    const { log } = services;
    const api = new Api(settings, services);
    const checker = new Checker(api, settings, log);
    const finder =
      list === undefined ? new Finder({ api, settings, log }) : new ListFinder({ api, list, keepMs: keep, log });
    return {
      check: (context: CallContext) => checker.check(context),
      state: () => checker.state,
      find: (query, context) => finder.find(query, context),
      findsGroups: true,
      parameters: [],
      list: () => unlistable(new UserError(NOT_LISTED)),
      fields: async () => (list === undefined ? callFields(attachments).map(searchableCall) : listFields(list)),
      close: () => api.close(),
    };
  },
});
