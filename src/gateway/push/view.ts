/** Pushes as other programs read them: on the command line with `--json`, and by the API. Times are ISO 8601. */
import type { PushReceipt, PushRequest } from '../../contract/index.ts';
import type { GatewayPlan } from '../plan.ts';
import { stillLookedForUntil } from './horizon.ts';
import type { StoreGateway } from './ledger.ts';
import type { PushMode } from './plan.ts';
import type { PushAttempt, PushRow, PushState } from './push-row.ts';

/** One push. What is not known is left out. */
export interface PushView {
  readonly id: string;
  readonly target: string;
  /** Whether the configuration still has it. */
  readonly knownTarget: boolean;
  readonly mode: PushMode;
  readonly state: PushState;
  readonly unsure: boolean;
  readonly xRequest: string;
  readonly title: string;
  readonly staff: string;
  readonly reference: string;
  readonly attempts: number;
  readonly takenAt: string;
  readonly changedAt: string;
  readonly nextAt?: string;
  readonly giveUpAt?: string;
  readonly lookedForUntil?: string;
  readonly alert?: true;
  readonly origin?: string;
  readonly supersededBy?: string;
  readonly trouble?: { readonly kind: string; readonly problem: string };
  readonly receipt?: PushReceipt;
}

export function pushView(row: PushRow, plan: GatewayPlan, now: number): PushView {
  const { id, target, mode, state, xRequest, title, attempts, unsure, trouble, receipt, staff, reference } = row;
  const until = stillLookedForUntil(row, plan, now);
  const knownTarget = plan.push.has(target);
  return {
    ...{ id, target, knownTarget, mode, state, unsure, xRequest, title, staff, reference, attempts },
    takenAt: isoOf(row.createdAt),
    changedAt: isoOf(row.changedAt),
    ...(state === 'waiting' && { nextAt: isoOf(Math.max(now, row.nextAt)), giveUpAt: isoOf(row.giveUpAt) }),
    ...(until !== undefined && { lookedForUntil: isoOf(until) }),
    ...(row.isAlert && { alert: true as const }),
    ...(row.origin !== '' && { origin: row.origin }),
    ...(row.supersededBy !== undefined && { supersededBy: row.supersededBy }),
    ...(trouble !== undefined && { trouble: { kind: trouble.kind, problem: trouble.problem } }),
    ...(receipt !== undefined && { receipt }),
  };
}

/** One try of it. */
export interface AttemptView {
  readonly number: number;
  readonly at: string;
  /** How long it took; absent while it is under way. */
  readonly ms?: number;
  readonly result: PushState | 'interrupted';
  readonly reason?: string;
}

export function attemptView({ number, at, ms, result, reason }: PushAttempt): AttemptView {
  return {
    number,
    at: isoOf(at),
    ...(ms !== undefined && { ms }),
    result: result ?? 'sending',
    ...(reason !== '' && { reason }),
  };
}

/** What is pushed, without what is in its files. */
export interface PushedView {
  readonly title: string;
  readonly body: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly files: readonly { readonly name: string; readonly type: string }[];
}

export function pushedView({ title, body, fields, files }: PushRequest): PushedView {
  return { title, body, fields, files: files.map(({ name, type }) => ({ name, type })) };
}

/** A gateway that uses the store. What it has not said is left out. */
export interface StoreGatewayView {
  readonly name?: string;
  readonly pid?: number;
  readonly version?: string;
  readonly since?: string;
  readonly seenAt: string;
  readonly silent: boolean;
  readonly sending: number;
}

export function storeGatewayView({
  name,
  pid,
  version,
  since,
  seenAt,
  isSilent,
  sending,
}: StoreGateway): StoreGatewayView {
  return {
    ...(name !== '' && { name, pid }),
    ...(version !== '' && { version }),
    ...(since > 0 && { since: isoOf(since) }),
    ...{ seenAt: isoOf(seenAt), silent: isSilent, sending },
  };
}

function isoOf(time: number): string {
  return new Date(time).toISOString();
}
