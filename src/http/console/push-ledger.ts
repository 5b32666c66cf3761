/** The ledger of pushes, for a page. */
import { StoreError } from '../../contract/index.ts';
import { failureFields } from '../../gateway/failure.ts';
import type { Ledger } from '../../gateway/push/ledger.ts';
import { notice } from './page.ts';
import type { View, Visit } from './visit.ts';

/** Draws a page of it; or says that nothing was pushed yet, or that it cannot be read. */
export async function withLedger(visit: Visit, draw: (ledger: Ledger) => View | Promise<View>): Promise<View> {
  const { gateway, texts, signal } = visit;
  try {
    const ledger = await gateway.pushes.ledger(signal);
    return ledger === undefined ? { content: notice('done', texts.noPushTargets) } : await draw(ledger);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    gateway.log.error(failureFields(error), 'the console cannot read the store of pushes');
    return { content: notice('problem', texts.storeUnknown), status: 503 };
  }
}
