/** Pushes: a request of HelpSpot becomes a ticket, which carries the gateway's reference. */
import type { PushAbility, PushReceipt, Source } from 'helpspot-gateway/contract';
import { type HttpClient, pathOf } from 'helpspot-gateway/kit/http';
import * as z from 'zod';
import { read } from './answers.ts';

/** What a push can carry. A push whose answer was lost is looked for by `findPush`: the system keeps the reference. */
export const ability: PushAbility = {
  format: 'text',
  fields: { queue: 'the queue that the ticket goes to' },
  readsNotes: false,
  readsValues: [],
  ids: /^\d{1,18}$/,
};

const ticket = z.object({ id: z.int().positive(), subject: z.string(), state: z.string() });
const tickets = z.object({ tickets: z.array(ticket) });

/** The part of a source that pushes. @param url of the system */
export function pushing(client: HttpClient, url: string): Required<Pick<Source, 'push' | 'findPush' | 'details'>> {
  const linkTo = (id: number) => `${url.replace(/\/$/, '')}/tickets/${id}`;
  const receiptOf = ({ id }: z.output<typeof ticket>): PushReceipt => ({ id: String(id), link: linkTo(id) });
  return {
    async push({ reference, title, body, fields }, { signal }) {
      const json = { reference, subject: title, text: body, queue: fields['queue'] };
      const answer = await client.request({ method: 'POST', path: '/tickets', json, reference }, signal);
      return receiptOf(read(ticket, answer, 'a new ticket'));
    },

    async findPush({ reference }, { signal }) {
      const answer = await client.request({ path: '/tickets', query: { reference } }, signal);
      const [found] = read(tickets, answer, 'a search for a ticket').tickets;
      return found === undefined ? undefined : receiptOf(found);
    },

    async details(id, { signal }) {
      const answer = await client.request({ path: pathOf`/tickets/${id}`, expect: [404] }, signal);
      if (answer.status === 404) return undefined;
      const { subject, state, id: number } = read(ticket, answer, 'a ticket');
      return { title: subject, link: linkTo(number), rows: [{ label: 'State', value: state }] };
    },
  };
}
