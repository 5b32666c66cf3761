/** The search. The database compares texts by its own rules, so it is asked for more, and `meets` decides. */
import {
  type CallContext,
  type Criterion,
  type FindQuery,
  isSought,
  kindOf,
  meets,
  type SourceField,
  type SourceRecord,
  spellingsOf,
} from 'helpspot-gateway/contract';
import { quoteTable } from 'helpspot-gateway/kit/sql';
import type { Database, Row } from './database.ts';

/** At most so many rows are compared; of more than these, staff are told that some are missing. */
const CANDIDATES = 10_000;

const COLUMNS = ['customer_id', 'first_name', 'last_name', 'email', 'phone', 'company'] as const;

/** What the records have, for `check`, the console and messages. */
export const FIELDS: readonly SourceField[] = COLUMNS.map((name) => ({ name }));

/** At most `limit` customers, in the order of their ids. */
export async function find(
  database: Database,
  table: string,
  { criteria, limit }: FindQuery,
  { signal, notice }: CallContext,
): Promise<readonly SourceRecord[]> {
  // A telephone "n/a" is nothing to look for, and finds nobody.
  if (!criteria.every(isSought)) return [];
  const { condition, values } = conditionOf(criteria);
  const rows = await database.all(
    `SELECT ${COLUMNS.join(', ')} FROM ${quoteTable(table, 'sqlite')} WHERE ${condition} ORDER BY customer_id LIMIT ?`,
    [...values, CANDIDATES + 1],
    signal,
  );
  if (rows.length > CANDIDATES) notice?.(`My system gave only the first ${CANDIDATES} matches`, true);
  const records = rows.slice(0, CANDIDATES).map(recordOf);
  return records.filter((record) => criteria.every((one) => meets(record, one))).slice(0, limit);
}

/**
 * What narrows the rows, where the database finds all that `meets` would: addresses have no accents, so what contains
 * one in small letters will do. A column of your own with names in their comparable form would narrow by names, too.
 */
function conditionOf(criteria: readonly Criterion[]): { condition: string; values: readonly string[] } {
  const address = criteria.find((one) => kindOf(one) === 'email' && COLUMNS.some((name) => name === one.field));
  if (address === undefined) return { condition: '1', values: [] };
  // SQLite's `lower` knows ASCII only.
  const values = spellingsOf(address).map((one) => one.replace(/[A-Z]/g, (letter) => letter.toLowerCase()));
  return { condition: `(${values.map(() => `instr(lower(${address.field}), ?)`).join(' OR ') || '0'})`, values };
}

/** What is unknown is absent; there are no empty texts. */
function recordOf(row: Row): SourceRecord {
  const record: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(row)) {
    if (typeof value === 'number' || (typeof value === 'string' && value.trim() !== '')) record[name] = value;
  }
  return record;
}
