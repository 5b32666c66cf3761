/** Pushes: a request of HelpSpot becomes a row of `tickets`, whose column `reference` is unique. */
import { type PushAbility, type PushReceipt, type Source, SourceError } from 'helpspot-gateway/contract';
import * as z from 'zod';
import type { Database } from './database.ts';

/** What a push can carry. The same push again is the same row: a lost answer is sent again, and nothing is looked for. */
export const ability: PushAbility = {
  format: 'text',
  fields: { queue: 'the queue that the ticket goes to' },
  readsNotes: false,
  readsValues: [],
  ids: /^\d{1,18}$/,
  idempotent: true,
};

const made = z.tuple([z.object({ id: z.int().positive() })]);
const shown = z.object({ subject: z.string(), state: z.string() });

/** The part of a source that pushes. */
export function pushing(database: Database): Required<Pick<Source, 'push' | 'details'>> {
  return {
    async push({ reference, title, body, fields }, { signal }): Promise<PushReceipt> {
      const values = [reference, title, body, fields['queue'] ?? null];
      const rows = await database.all(
        // An update that changes nothing, so that the row that is there is given back, too.
        `INSERT INTO tickets (reference, subject, text, queue) VALUES (?, ?, ?, ?)
          ON CONFLICT (reference) DO UPDATE SET reference = excluded.reference RETURNING id`,
        values,
        signal,
      );
      const { data } = made.safeParse(rows);
      if (data !== undefined) return { id: String(data[0].id) };
      throw new SourceError('bad-response', 'My system gave no id of the new ticket', { lasting: true });
    },

    async details(id, { signal }) {
      const [row] = await database.all('SELECT subject, state FROM tickets WHERE id = ?', [Number(id)], signal);
      const { data } = shown.safeParse(row);
      return data && { title: data.subject, rows: [{ label: 'State', value: data.state }] };
    },
  };
}
