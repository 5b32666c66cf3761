/** What is asked of the ledger. */
import type { AlertOrder } from '../gateway/push/alert-order.ts';
import type { AlertLedger, Ledger, StoreGateway } from '../gateway/push/ledger.ts';
import type { PushRow, PushSelection, PushState } from '../gateway/push/push-row.ts';
import { PUSH_STATES } from '../gateway/push/push-row.ts';
import { dueFrom, dueParameters, outageRow } from './alerts.ts';
import type { Bindable, DatabaseRow } from './connections.ts';
import type { LedgerQuestion } from './questions.ts';
import { SHOWN_SILENT_MS } from './retention.ts';
import { attemptRow, detailsFromText, number, pushRow, requestFromText, text } from './rows.ts';
import type { ReadSession } from './session.ts';

/** The questions. */
export type LedgerReads = Pick<Ledger, 'nextDue' | 'row' | 'find' | 'list' | 'request' | 'figures' | 'keptDetails'> &
  Pick<Ledger, 'count' | 'select' | 'pushedSince' | 'attempts' | 'holds' | 'spooled'> & {
    /** Other processes, and when each wrote last. */
    others(instance: string): Promise<readonly { readonly id: string; readonly seenAt: number }[]>;
    /** Ids of what a process has been sending since before then, as far as the ledger knows. */
    sending(instance: string, before: number): Promise<readonly string[]>;
    /** @param silentMs one that has said nothing for longer is silent */
    gateways(now: number, silentMs: number): Promise<readonly StoreGateway[]>;
    alertDue(order: AlertOrder, at: number): Promise<number | undefined>;
    outages: AlertLedger['outages'];
    nextRecord: Ledger['events']['nextDue'];
    openRecords: Ledger['events']['open'];
  };

/** What stands first in the statements about a selection. */
function selected(
  { target = '', states, since = 0, reference = '' }: PushSelection,
  after: number,
  upTo: number,
): Bindable[] {
  return [target, listed(states), since, after, upTo, reference];
}

function listed(states: readonly PushState[]): string {
  return `,${states.join(',')},`;
}

function due(row: DatabaseRow | undefined): number | undefined {
  const value = row?.['due'];
  return typeof value === 'number' ? value : undefined;
}

function rowIn(found: DatabaseRow | undefined): PushRow | undefined {
  return found === undefined ? undefined : pushRow(found);
}

function gatewayRow(row: DatabaseRow, silentBefore: number): StoreGateway {
  const seenAt = number(row, 'seen_at');
  return {
    ...{ name: text(row, 'name'), pid: number(row, 'pid'), version: text(row, 'version'), since: number(row, 'since') },
    ...{ seenAt, isSilent: seenAt < silentBefore, sending: number(row, 'sending') },
  };
}

/** A gateway goes on under another name in the ledger when it cannot know what became of a change: it is one for people. */
function together(one: StoreGateway, other: StoreGateway = one): StoreGateway {
  if (one === other) return one;
  return { ...(one.seenAt > other.seenAt ? one : other), sending: one.sending + other.sending };
}

/** The questions of a ledger. @throws what the session throws */
export function ledgerReads(session: ReadSession<LedgerQuestion>): LedgerReads {
  return {
    async others(instance) {
      const found = await session.all('others', instance);
      return found.map((one) => ({ id: text(one, 'id'), seenAt: number(one, 'seen_at') }));
    },
    sending: async (...asked) => (await session.all('sending', ...asked)).map((one) => text(one, 'id')),
    nextDue: async (target) => due(await session.get('nextDue', target)),
    row: async (id) => rowIn(await session.get('row', id)),
    async find(target, id) {
      const own = rowIn(await session.get('row', id));
      if (own?.target !== target) return rowIn(await session.get('received', target, id));
      const other = own.state === 'dropped' ? own.supersededBy : undefined;
      return other === undefined ? own : (rowIn(await session.get('row', other)) ?? own);
    },
    async list({
      target = '',
      states = PUSH_STATES,
      since = 0,
      before = Number.MAX_SAFE_INTEGER,
      reference = '',
      limit,
    }) {
      return (await session.all('list', target, listed(states), limit, since, before, reference)).map(pushRow);
    },
    async count(selection) {
      const counted = (await session.get('count', ...selected(selection, 0, Number.MAX_SAFE_INTEGER))) ?? {};
      return {
        ...{ count: number(counted, 'count'), withLater: number(counted, 'with_later') },
        last: number(counted, 'last'),
      };
    },
    async select(selection, { after, upTo, limit }) {
      const found = await session.all('select', ...selected(selection, after, upTo), limit);
      return found.map((one) => ({ row: pushRow(one), later: text(one, 'later') || undefined }));
    },
    pushedSince: async ({ target, xRequest, seq }) => rowIn(await session.get('pushedSince', target, xRequest, seq)),
    attempts: async (id) => (await session.all('attempts', id)).map(attemptRow),
    holds: async (id) => (await session.get('holds', id)) !== undefined,
    async request(id) {
      const found = await session.get('request', id);
      return found === undefined ? undefined : requestFromText(text(found, 'request'));
    },
    async spooled(limit) {
      const found = await session.all('spooled', limit);
      return found.map((one) => ({
        row: pushRow(one),
        fingerprint: text(one, 'fingerprint'),
        request: requestFromText(text(one, 'request')),
      }));
    },
    async figures() {
      return (await session.all('figures')).map((found) => ({
        target: text(found, 'target'),
        waiting: number(found, 'waiting'),
        sending: number(found, 'sending'),
        failed: number(found, 'failed'),
        unclear: number(found, 'unclear'),
        oldestAt: typeof found['oldest'] === 'number' ? found['oldest'] : undefined,
      }));
    },
    async gateways(now, silentMs) {
      const found = await session.all('gateways', now - SHOWN_SILENT_MS);
      const one = new Map<string, StoreGateway>();
      for (const row of found) {
        const gateway = gatewayRow(row, now - silentMs);
        const key = gateway.since === 0 ? `older ${one.size}` : `${gateway.name} ${gateway.pid} ${gateway.since}`;
        one.set(key, together(gateway, one.get(key)));
      }
      return [...one.values()];
    },
    async alertDue(order, at) {
      const found = await session.get('alertDue', ...dueParameters(order));
      return found === undefined ? undefined : dueFrom(found, order, at);
    },
    outages: async () => (await session.all('outages')).map(outageRow),
    nextRecord: async (stream) => due(await session.get('nextRecord', stream)),
    async openRecords() {
      const found = await session.all('openRecords');
      return new Map(found.map((one) => [text(one, 'stream'), number(one, 'count')]));
    },
    async keptDetails(id) {
      const found = await session.get('details', id);
      if (found === undefined) return undefined;
      return { details: detailsFromText(text(found, 'details')), at: number(found, 'details_at') };
    },
  };
}
