/** My system, a database with a driver of its own: values are bound, and the gateway's own comparison decides. */
import { defineAdapter } from 'helpspot-gateway/contract';
import { Database } from './database.ts';
import { FIELDS, find } from './find.ts';
import { ability, pushing } from './push.ts'; // --push
import { settings } from './settings.ts';

export default defineAdapter({
  name: 'my-system',
  title: 'My system',
  settings,
  push: ability, // --push

  /** Connects nothing: the first call does, and so a system that is away holds up no start. */
  open({ file, table }, { resolve }) {
    const database = new Database(resolve(file));
    return {
      // Of what HelpSpot sends, `find` reads the criteria only: equal questions of different people are asked once.
      parameters: [],
      fields: async () => FIELDS,

      /** The cheapest call that proves that the table can be read. */
      async check(context) {
        await find(database, table, { criteria: [], limit: 1, parameters: {} }, context);
      },

      find: (query, context) => find(database, table, query, context),
      ...pushing(database), // --push
      close: () => database.close(),
    };
  },
});
