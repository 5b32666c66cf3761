/** My system, over HTTP: its search gives candidates, and the gateway's own comparison decides. */
import { defineAdapter } from 'helpspot-gateway/contract';
import { createHttpClient, httpReach } from 'helpspot-gateway/kit/http';
import { FIELDS, find } from './find.ts';
import { ability, pushing } from './push.ts'; // --push
import { settings } from './settings.ts';

export default defineAdapter({
  name: 'my-system',
  title: 'My system',
  settings,
  // With these the index of a source goes on.
  reachedBy: httpReach,
  push: ability, // --push

  /** Connects nothing: the first call does, and so a system that is away holds up no start. */
  open(settings, { log, resolve }) {
    const { url, token } = settings;
    const client = createHttpClient({
      baseUrl: url,
      system: 'My system',
      authorize: () => ({ authorization: `Bearer ${token}` }),
      credentials: [token],
      ...{ settings, resolve, log },
    });
    return {
      // Of what HelpSpot sends, `find` reads the criteria only: equal questions of different people are asked once.
      parameters: [],
      fields: async () => FIELDS,

      /** The cheapest call that proves that the token is good. */
      async check({ signal }) {
        await client.request({ path: '/me' }, signal);
      },

      find: (query, context) => find(client, query, context),
      ...pushing(client, url), // --push
      close: () => client.close(),
    };
  },
});
