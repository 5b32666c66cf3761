/** ActiveCollab as a push target: a request becomes a task of a project. */
import { defineAdapter } from '../src/gateway/adapter.ts';
import { placeOf } from './activecollab/board.ts';
import { createClassicBoard } from './activecollab/classic.ts';
import { createCurrentBoard } from './activecollab/current.ts';
import { FIELDS } from './activecollab/fields.ts';
import { settings } from './activecollab/settings.ts';

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
