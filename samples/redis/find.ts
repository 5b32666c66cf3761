/** The search: sets of ids by comparable forms give candidates, `meets` decides, and staff are told when candidates were cut. */
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
  soughtForms,
} from 'helpspot-gateway/contract';
import type { Redis, RedisClient } from './connections.ts';

/** At most so many hashes are read for one question. */
const CANDIDATES = 2_000;

const NAMES = ['customer_id', 'first_name', 'last_name', 'email', 'phone', 'company'] as const;

/** Whole values are found by a set; for a beginning or a part all customers are read. */
export const FIELDS: readonly SourceField[] = NAMES.map((name) => ({ name }));

/** The set with the ids of all who have a value of this form: `customers:email:bob@example.com`. */
export function setOf(field: string, form: string): string {
  return `customers:${field}:${form}`;
}

/** At most `limit` customers, in the order of their ids. */
export async function find(
  redis: Redis,
  { criteria, limit }: FindQuery,
  { signal, notice }: CallContext,
): Promise<readonly SourceRecord[]> {
  if (!criteria.every(isSought)) return [];
  return await redis.use(signal, async (client) => {
    const ids = await candidates(client, criteria);
    if (ids.length > CANDIDATES) notice?.(`Redis was asked for the first ${CANDIDATES} of more customers`, true);
    const records = await Promise.all(ids.slice(0, CANDIDATES).map((id) => client.hGetAll(`customer:${id}`)));
    return records
      .map(recordOf)
      .filter((record) => criteria.every((one) => meets(record, one)))
      .slice(0, limit);
  });
}

/** Ids in order, one more than are read. */
async function candidates(client: RedisClient, criteria: readonly Criterion[]): Promise<readonly string[]> {
  const whole = criteria.find(({ match, field }) => match === 'exact' && NAMES.some((name) => name === field));
  if (whole === undefined) return await client.zRange('customers', 0, CANDIDATES);
  const forms = kindOf(whole) === 'phone' ? phoneEnds(whole.value) : soughtForms(whole);
  const sets = forms.map((form) => setOf(whole.field, form.toWellFormed()));
  return sets.length === 0 ? [] : (await client.sUnion(sets)).toSorted();
}

/** What is unknown is absent; there are no empty texts. */
function recordOf(hash: Readonly<Record<string, string>>): SourceRecord {
  return Object.fromEntries(Object.entries(hash).filter(([, value]) => value.trim() !== ''));
}
