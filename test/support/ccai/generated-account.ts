/** A large account: calls and chats by the hundred thousand, made when they are asked for. */
import { type CcaiAccount, emptyAccount } from './account.ts';
import { type Made, Records, type Row, timeText } from './records.ts';
import { callRow, chatRow } from './rows.ts';

/** How large it is. */
export interface AccountSize {
  /** Default: 200,000. */
  readonly calls?: number;
  /** Default: none. */
  readonly chats?: number;
  /** End users; each has every so-many-th call and chat. Default: a tenth of the calls. */
  readonly customers?: number;
  /** The last change, in milliseconds since 1970. Default: now. */
  readonly until?: number;
  /** Days over which the changes are spread, evenly. Default: 60. */
  readonly days?: number;
  /** How many that follow each other were changed in the same second. Default: 1. */
  readonly together?: number;
}

const DAY = 24 * 60 * 60_000;

/** The `end_user` with this ID, from 1: every odd one is known by mail, every even one by phone. */
export function endUserOf(id: number): {
  readonly id: number;
  readonly identifier: string;
  readonly out_contact_id: string;
} {
  const phone = `+1555${String(id).padStart(7, '0')}`;
  return { id, identifier: id % 2 === 1 ? `caller-${id}@example.com` : phone, out_contact_id: `C-${id}` };
}

/** It takes no time: nothing is made yet. */
export function generatedAccount(size: AccountSize = {}): CcaiAccount {
  const { calls = 200_000, chats = 0, until = Date.now(), days = 60, together = 1 } = size;
  const customers = Math.max(1, size.customers ?? Math.ceil(calls / 10));
  const endUser = (id: number) => endUserOf(((id - 1) % customers) + 1);
  const made = (count: number, row: (id: number, at: number) => Row): Made => {
    const steps = Math.max(1, Math.ceil(count / together) - 1);
    const updatedAt = (id: number) => {
      const step = Math.floor((id - 1) / together);
      return Math.floor((until - days * DAY + (step * days * DAY) / steps) / 1000) * 1000;
    };
    return { count, updatedAt, row: (id) => row(id, updatedAt(id)) };
  };
  return {
    ...emptyAccount([]),
    calls: new Records(
      [],
      made(calls, (id, at) => generatedCall(id, at, endUser(id))),
    ),
    chats: new Records(
      [],
      made(chats, (id, at) => generatedChat(id, at, endUser(id))),
    ),
  };
}

/** It ended when it was changed last; every third has a ticket. */
function generatedCall(id: number, at: number, end_user: object): Row {
  const call_duration = 30 + (id % 600);
  const connected_at = timeText(at - call_duration * 1000);
  const queued_at = timeText(at - (call_duration + 20) * 1000);
  return callRow({
    ...{ id, end_user, queued_at, connected_at, created_at: queued_at, assigned_at: connected_at },
    ...{ ends_at: timeText(at), updated_at: timeText(at), queue_duration: 20, wait_duration: 20, call_duration },
    ...{ out_ticket_id: id % 3 === 0 ? String(10_000 + id) : null, support_number: '+12128675309' },
  });
}

function generatedChat(id: number, at: number, end_user: object): Row {
  const chat_duration = 60 + (id % 900);
  const created_at = timeText(at - (chat_duration + 10) * 1000);
  return chatRow({
    ...{ id, end_user, created_at, assigned_at: timeText(at - chat_duration * 1000), ends_at: timeText(at) },
    ...{ updated_at: timeText(at), chat_duration, queue_duration: 10, wait_duration: 10, message_count: 1 + (id % 40) },
    ...{ out_ticket_id: id % 3 === 0 ? String(20_000 + id) : null },
  });
}
