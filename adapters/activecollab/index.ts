/** ActiveCollab as a push target: a request becomes a task of a project. */
import { defineAdapter } from '../../src/contract/index.ts';
import { placeOf } from './board.ts';
import { createClassicBoard } from './classic.ts';
import { createCurrentBoard } from './current.ts';
import { FIELDS } from './fields.ts';
import { settings } from './settings.ts';

export default defineAdapter({
  name: 'activecollab',
  title: 'ActiveCollab',
  settings,
  finds: false,
  push: { format: 'html', fields: FIELDS, readsNotes: false },

  open(settings, services) {
    const board =
      settings.api === 'classic' ? createClassicBoard(settings, services) : createCurrentBoard(settings, services);
    return {
      check: ({ signal }) => board.check(signal),
      push: (request, { signal }) => board.push(request, signal),
      findPush: (request, { signal }) => board.findPush(request, signal),

      async details(id, { signal }) {
        const place = placeOf(id);
        return place === undefined ? undefined : await board.details(place, signal);
      },

      close: () => board.close(),
    };
  },
});
