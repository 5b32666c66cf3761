/** Customers as the adapter finds them, and the tickets that pushes have made. */
import { createClient } from '@redis/client';
import { comparedForms, kindByName, phoneEnds } from 'helpspot-gateway/contract';
import { setOf } from '../find.ts';

/** Writes customers, and the sets by which they are found. */
export async function seed(url: string, customers: readonly object[]): Promise<void> {
  await using client = await connected(url);
  for (const customer of customers) {
    const hash: Readonly<Record<string, string>> = { ...customer };
    const id = hash['customer_id'] ?? '';
    await client.hSet(`customer:${id}`, hash);
    await client.zAdd('customers', { score: 0, value: id });
    for (const [field, value] of Object.entries(hash)) {
      const kind = kindByName(field);
      const forms = kind === 'phone' ? phoneEnds(value) : comparedForms(kind, value, 'stored');
      for (const form of forms) await client.sAdd(setOf(field, form), id);
    }
  }
}

/** Every ticket, in the order of the numbers. */
export async function ticketsIn(url: string): Promise<readonly { readonly id: string; readonly text: string }[]> {
  await using client = await connected(url);
  const ids = (await client.keys('ticket:*')).map((key) => Number(key.slice('ticket:'.length)));
  const sorted = ids.toSorted((one, other) => one - other).map(String);
  return await Promise.all(
    sorted.map(async (id) => ({ id, text: Object.values(await client.hGetAll(`ticket:${id}`)).join('\n') })),
  );
}

async function connected(url: string) {
  const client = await createClient({ url }).connect();
  return Object.assign(client, { [Symbol.asyncDispose]: async () => client.destroy() });
}
