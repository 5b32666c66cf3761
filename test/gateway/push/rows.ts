import type { PushRow } from '../../../src/gateway/push/push-row.ts';

/** A push as the ledger has it while it is sent for the first time, with what a test cares about. */
export function pushRowOf(more: Partial<PushRow> = {}): PushRow {
  return {
    ...{ seq: 1, id: 'q-1', target: 'Tickets', mode: 'queued', state: 'sending', xRequest: '1', title: 'T' },
    ...{ createdAt: 0, changedAt: 0, nextAt: 0, giveUpAt: 0, attempts: 1, rejections: 0, owed: true },
    ...{ unsure: false, unsureAt: undefined, insisted: false, trouble: undefined, receipt: undefined, staff: '' },
    ...{ reference: '', supersededBy: undefined, isAlert: false, origin: '', ...more },
  };
}
