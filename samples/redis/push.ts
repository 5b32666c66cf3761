/** Pushes: a request of HelpSpot becomes the hash `ticket:NUMBER`. */
import type { PushAbility, Source } from 'helpspot-gateway/contract';
import type { Redis } from './connections.ts';

/** The same push again writes the same ticket: a push whose answer was lost is simply sent again. */
export const ability: PushAbility = {
  format: 'text',
  fields: { queue: 'the queue that the ticket goes to' },
  readsNotes: false,
  readsValues: [],
  ids: /^\d{1,18}$/,
  idempotent: true,
};

/** References are remembered so long: longer than `retry.giveUpAfter` of a push target can be. */
const REMEMBERED_SECONDS = 90 * 86_400;

/** The part of a source that pushes. */
export function pushing(redis: Redis): Required<Pick<Source, 'push' | 'details'>> {
  return {
    async push({ reference, title, body, fields }, { signal }) {
      return await redis.use(signal, async (client) => {
        const next = String(await client.incr('tickets'));
        // Whoever comes again gets the number of the first time, and writes the same once more.
        const known = await client.set(`ticket-of:${reference}`, next, {
          condition: 'NX',
          GET: true,
          expiration: { type: 'EX', value: REMEMBERED_SECONDS },
        });
        const id = known ?? next;
        await client.hSet(`ticket:${id}`, { subject: title, text: body, queue: fields['queue'] ?? '', state: 'open' });
        return { id };
      });
    },

    async details(id, { signal }) {
      const { subject, state = '' } = await redis.use(signal, (client) => client.hGetAll(`ticket:${id}`));
      return subject === undefined ? undefined : { title: subject, rows: [{ label: 'State', value: state }] };
    },
  };
}
