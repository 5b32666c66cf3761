/** What a person changes in the shared copies of the index of a source. */
import { hash } from 'node:crypto';
import type { PostgresStorePlan } from '../../gateway/push/plan.ts';
import { indexTask } from '../index-file/index-file.ts';
import { readState } from '../index-file/shared-state.ts';
import { IndexSession } from './index-session.ts';
import { IndexTables } from './index-tables.ts';
import { storeServer } from './server.ts';

/** By what a copy is found: gateways whose settings say something else of the source have another one. @param plan as in the file */
export function planKey(plan: string): string {
  return hash('sha256', plan, 'base64url');
}

/** @returns false where there is no copy @throws {StoreError} */
export async function changeCopies(
  tables: IndexTables,
  source: string,
  change: 'rebuild' | 'empty' | 'accept',
): Promise<boolean> {
  const isThere = await tables.changeByHand(source, (text) => {
    if (change === 'empty') return change;
    if (text === undefined) return undefined;
    // The next run is one through everything; until it ends, what is there answers.
    const mayRemove = change === 'accept' ? 1 : 0;
    return JSON.stringify({ ...readState(text), fullAt: null, mark: null, run: null, mayRemove });
  });
  if (isThere && change === 'empty') while (!(await tables.forget()));
  return isThere;
}

/** As {@link changeCopies}, beside gateways that serve. */
export function changeCopiesOf(
  store: PostgresStorePlan,
  source: string,
  change: 'rebuild' | 'empty' | 'accept',
): Promise<boolean> {
  return withTables(store, (tables) => changeCopies(tables, source, change));
}

/**
 * Takes what was removed from the index of a file out of the copy that it is fed from, and so from all machines.
 * @param file absolute path
 * @param plan what the index was begun for, as in the file
 */
export function tellRemoved(store: PostgresStorePlan, file: string, source: string, plan: string): Promise<void> {
  return withTables(store, async (tables) => {
    for (;;) {
      const { records, numbers, isAll } = await indexTask('outgoing', { file, source, kinds: ['fed'] });
      const id = numbers.length === 0 ? undefined : await tables.idOf(source, planKey(plan));
      if (id === undefined) return;
      await tables.send(id, { version: undefined, epoch: undefined, records, seen: [], state: undefined });
      // The gateway of this machine has yet to take in what others wrote before.
      await indexTask('sent', { file, source, numbers, version: undefined });
      if (isAll) return;
    }
  });
}

async function withTables<T>(store: PostgresStorePlan, work: (tables: IndexTables) => Promise<T>): Promise<T> {
  const session = new IndexSession(await storeServer(store), () => undefined);
  try {
    return await work(new IndexTables(session, 'by hand', store.leaseMs));
  } finally {
    await session.close();
  }
}
