/** The ledger of pushes, wherever the configuration says that it is. */
import { existsSync } from 'node:fs';
import type { Log } from '../contract/index.ts';
import type { Ledger } from '../gateway/push/ledger.ts';
import type { StorePlan } from '../gateway/push/plan.ts';
import type { SpoolPlace } from '../gateway/push/spool.ts';
import type { CustomerIndex, IndexState } from '../gateway/sources/customer-index.ts';
import { checkStore } from './check.ts';
import { changeByHand, openCustomerIndex, removeByHand } from './index-file/index-file.ts';
import { type LedgerView, openLedger, viewLedger } from './ledger.ts';
import type { GatewaySelf } from './this-gateway.ts';

/** Opens it for a gateway that serves. @throws {StoreError} */
export async function openServingLedger({ file, postgres }: StorePlan, log: Log, self?: GatewaySelf): Promise<Ledger> {
  if (postgres === undefined) {
    const words = 'the store was of an older gateway, and is of this version now';
    return openLedger(file, {
      ...(self && { self }),
      onMigrated: (versions) => log.info({ file, ...versions }, words),
    });
  }
  const { openPostgresLedger } = await import('./postgres/ledger.ts');
  const { where: store, schema } = postgres;
  return openPostgresLedger(postgres, {
    self,
    onSchema({ migration, newer: version }) {
      const words =
        migration === undefined
          ? 'a newer gateway has added to the store; this one works on it as it knows it'
          : 'the store was of an older gateway, and is of this version now';
      log.info({ store, schema, ...(migration ?? { version }) }, words);
    },
  });
}

/** The file that takes pushes while a store on PostgreSQL is away, where the configuration has one. */
export function spoolPlace({ postgres }: StorePlan): SpoolPlace | undefined {
  const file = postgres?.spool;
  if (file === undefined) return undefined;
  return { file, isThere: () => existsSync(file), open: () => openLedger(file, { sends: false }) };
}

/**
 * What opens the index of what sources list, for a gateway that serves: with a store on PostgreSQL one gateway of all machines
 * follows a source, and each has what it lists in its own file.
 */
export async function servingIndex({ postgres }: StorePlan, log: Log): Promise<(file: string) => CustomerIndex> {
  if (postgres === undefined) return openCustomerIndex;
  const { SharedIndex } = await import('./postgres/shared-index.ts');
  return (file) => new SharedIndex({ file, store: postgres, log });
}

/** What a person says of the index of a source, on this machine or for all. @returns false where nothing is there @throws {StoreError} */
export async function changeIndexByHand(
  { postgres }: StorePlan,
  file: string,
  source: string,
  change: 'rebuild' | 'empty' | 'accept',
): Promise<boolean> {
  const shared = postgres && (await import('./postgres/index-by-hand.ts')).changeCopiesOf(postgres, source, change);
  // With the copy the gateway of this machine empties its file; there may be none that serves.
  if ((await shared) === true && change !== 'empty') return true;
  return changeByHand(file, source, change);
}

/** Removes single records, on this machine or from all. @returns how many were there @throws {StoreError} */
export async function removeIndexed(
  { postgres }: StorePlan,
  file: string,
  { name, plan }: Pick<IndexState, 'name' | 'plan'>,
  ids: readonly number[],
): Promise<number> {
  const removed = await removeByHand(file, name, ids);
  if (postgres !== undefined)
    await (await import('./postgres/index-by-hand.ts')).tellRemoved(postgres, file, name, plan);
  return removed;
}

/** Opens it to change it by hand, beside gateways that serve. @throws {StoreError} */
export async function openLedgerByHand({ file, postgres }: StorePlan): Promise<Ledger> {
  if (postgres === undefined) return openLedger(file, { sends: false });
  const { openPostgresLedger } = await import('./postgres/ledger.ts');
  return openPostgresLedger(postgres, { sends: false });
}

/** Opens it to look only. @throws {StoreError} */
export function openLedgerView(store: StorePlan): Promise<LedgerView> {
  return store.postgres === undefined ? viewLedger(store.file) : openLedgerByHand(store);
}

/** Whether there may be something in it: to look is not to make a file. */
export function isStoreThere({ file, postgres }: StorePlan): boolean {
  return postgres !== undefined || existsSync(file);
}

/** Stores a push and takes it out again. @throws {StoreError} why pushes could not be stored */
export async function proveStore(store: StorePlan): Promise<void> {
  if (store.postgres === undefined) return checkStore(store.file);
  const ledger = await openLedgerByHand(store);
  try {
    await ledger.figures();
    await ledger.prove();
  } finally {
    await ledger.close();
  }
}
