/**
 * Customers in Redis: each is a hash, a sorted set has their ids in order, and sets find them by the comparable forms of
 * their values. A push writes a ticket, once, however often it comes.
 */
import { defineAdapter } from 'helpspot-gateway/contract';
import { Redis } from './connections.ts';
import { FIELDS, find } from './find.ts';
import { ability, pushing } from './push.ts';
import { settings } from './settings.ts';

export default defineAdapter({
  name: 'redis',
  title: 'Redis',
  settings,
  // With these the index of a source goes on.
  reachedBy: ['password', 'connections', 'connectTimeout'],
  push: ability,

  /** Connects nothing: the first call does. */
  open(values) {
    const redis = new Redis(values);
    return {
      parameters: [],
      fields: async () => FIELDS,
      async check({ signal }) {
        await redis.use(signal, (client) => client.zCard('customers'));
      },
      find: (query, context) => find(redis, query, context),
      ...pushing(redis),
      close: () => redis.close(),
    };
  },
});
