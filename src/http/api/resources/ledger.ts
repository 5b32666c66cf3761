/** The ledger of pushes, for an operation. */
import { StoreError } from '../../../contract/index.ts';
import { failureFields } from '../../../gateway/failure.ts';
import type { Ledger } from '../../../gateway/push/ledger.ts';
import { unknownName } from '../../../gateway/unknown-name.ts';
import { Refusal } from '../../refusal.ts';
import type { ApiContext } from '../operation.ts';

/** Works with it; undefined: nothing was pushed yet. @throws {Refusal} 503 where it cannot be read or written */
export async function onLedger<T>(
  { gateway, signal }: ApiContext,
  work: (ledger: Ledger | undefined) => T | Promise<T>,
): Promise<T> {
  try {
    return await work(await gateway.pushes.ledger(signal));
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    gateway.log.error(failureFields(error), 'the API cannot read the store of pushes');
    throw new Refusal(503, 'The store of pushes cannot be read or written; the log of the gateway says why');
  }
}

/** What is said of an id that the ledger does not have. */
export function pushNotFound(id: string): Refusal {
  return new Refusal(404, `There is no push ${id.slice(0, 60)}; GET /api/pushes lists them`);
}

/**
 * Of a target that the configuration does not have any more there may be pushes.
 * @throws {Refusal} 422 for one of which there are none either
 */
export async function requireTarget(
  { gateway }: ApiContext,
  ledger: Ledger | undefined,
  target: string | undefined,
): Promise<void> {
  const { push } = gateway.plan;
  if (target === undefined || push.has(target)) return;
  const known = (await ledger?.list({ target, limit: 1 })) ?? [];
  if (known.length === 0) throw new Refusal(422, unknownName('push target', target, [...push.keys()]).words);
}
