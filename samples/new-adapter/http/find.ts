/** The search. The system finds by its own rules, so it is asked for more, and `meets` decides. */
import {
  type CallContext,
  type Criterion,
  type FindQuery,
  isSought,
  kindOf,
  meets,
  phoneEnds,
  type SourceField,
  type SourceRecord,
  spellingsOf,
} from 'helpspot-gateway/contract';
import type { HttpClient } from 'helpspot-gateway/kit/http';
import * as z from 'zod';
import { read } from './answers.ts';

/** At most so many are asked for; of more than these, staff are told that some are missing. */
const CANDIDATES = 200;

/** What the records have, for `check`, the console and messages. */
export const FIELDS: readonly SourceField[] = [
  'customer_id',
  'first_name',
  'last_name',
  'email',
  'phone',
  'company',
].map((name) => ({ name }));

/** What the system sends is checked before it is believed. */
const page = z.object({
  customers: z.array(z.record(z.string(), z.string().nullable())),
  more: z.boolean(),
});

/** At most `limit` customers, in the order of the system. */
export async function find(
  client: HttpClient,
  { criteria, limit }: FindQuery,
  { signal, reference, notice }: CallContext,
): Promise<readonly SourceRecord[]> {
  // A telephone "n/a" is nothing to look for, and finds nobody.
  if (!criteria.every(isSought)) return [];
  const answer = await client.request(
    {
      method: 'POST',
      path: '/customers/search',
      json: { any: wordsFor(criteria), limit: CANDIDATES },
      // It only reads: it may be sent again after a broken connection.
      repeatable: true,
      reference,
    },
    signal,
  );
  const { customers, more } = read(page, answer, 'a search');
  if (more) notice?.(`My system gave only the first ${CANDIDATES} matches`, true);
  const records = customers.map(recordOf);
  return records.filter((record) => criteria.every((one) => meets(record, one))).slice(0, limit);
}

/** Texts of which one is in every customer that is looked for; none where all are. */
function wordsFor(criteria: readonly Criterion[]): readonly string[] {
  const [first] = [...criteria.filter(({ match }) => match === 'exact'), ...criteria];
  if (first === undefined) return [];
  if (kindOf(first) === 'phone') return phoneEnds(first.value);
  // A value with markup is looked for by what HelpSpot inserts of it, which has none.
  return [...spellingsOf(first), '<'];
}

/** What is unknown is absent; there are no empty texts. */
function recordOf(customer: Readonly<Record<string, string | null>>): SourceRecord {
  return Object.fromEntries(
    Object.entries(customer).flatMap(([name, value]) => (value === null || value.trim() === '' ? [] : [[name, value]])),
  );
}
