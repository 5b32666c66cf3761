/** What the words of `helpspot-gateway pushes` have in common: which pushes are meant, and what is said of others. */
import { suggestion } from '../config/names.ts';
import { milliseconds, UserError } from '../contract/index.ts';
import type { GatewayPlan } from '../gateway/plan.ts';
import { storeName } from '../gateway/push/plan.ts';
import { PUSH_STATES, type PushState } from '../gateway/push/push-row.ts';
import { typedReference } from '../gateway/reference.ts';
import type { LedgerView } from '../store/ledger.ts';
import { type CommandLine, Misuse } from './command-line.ts';
import type { Terminal } from './terminal.ts';

/** One call of the command. */
export interface PushWork {
  readonly plan: GatewayPlan;
  readonly line: CommandLine;
  readonly terminal: Terminal;
  /** Writes to standard output, without a secret of the configuration. */
  say(text: string): void;
}

/** Which pushes are meant; what is undefined does not matter. */
export interface PushFilters {
  readonly target: string | undefined;
  readonly states: readonly PushState[] | undefined;
  /** Taken within so many milliseconds: {@link sinceOf}. */
  readonly withinMs: number | undefined;
  readonly reference: string | undefined;
  /** As they were written, for messages. */
  readonly written: readonly string[];
}

/** @throws {Misuse} */
export function readFilters(line: CommandLine): PushFilters {
  const named = line.value('state')?.split(',');
  const since = line.value('since');
  const reference = line.value('reference') && typedReference(line.value('reference') ?? '');
  if (since !== undefined && !/^\d{1,9}(?:\.\d{1,9})?(?:ms|s|m|h|d)$/.test(since)) {
    throw new Misuse('--since must be a time with its unit, which has passed since they were taken; write --since=2h');
  }
  return {
    target: line.value('target'),
    states: named === undefined ? undefined : PUSH_STATES.filter((state) => named.includes(state)),
    withinMs: since === undefined ? undefined : milliseconds(since),
    reference,
    written: [line.value('target'), line.value('state'), since && `since ${since}`, reference].filter(isWritten),
  };
}

/** Taken then or later, by the clock of the ledger: that of a database may be another than that of this machine. Milliseconds since 1970. */
export function sinceOf(
  { withinMs }: Pick<PushFilters, 'withinMs'>,
  ledger: Pick<LedgerView, 'now'>,
): number | undefined {
  return withinMs === undefined ? undefined : Math.max(0, Math.floor(ledger.now() - withinMs));
}

function isWritten(filter: string | undefined): filter is string {
  return filter !== undefined && filter !== '';
}

/** " (looked for: FogBugz, failed)" */
export function lookedFor({ written }: PushFilters): string {
  return written.length === 0 ? '' : ` (looked for: ${written.join(', ')})`;
}

/** @throws {UserError} for a target that is not configured, with the one that may be meant */
export function refuseUnknownTarget({ target }: PushFilters, { push }: GatewayPlan): void {
  if (target === undefined || push.has(target)) return;
  throw new UserError(`there is no push target "${target}"; ${suggestion(target, [...push.keys()], 'push targets')}`);
}

/** What is said of an id that the ledger does not have. */
export function unknownPush(id: string, { store }: GatewayPlan): UserError {
  return new UserError(`there is no push ${id} in ${storeName(store)}; helpspot-gateway pushes lists them`);
}

/** `2026-11-21T09:30:00.000Z` */
export function iso(time: number): string {
  return new Date(time).toISOString();
}

/** `2026-11-21 09:30:00` */
export function utc(time: number): string {
  return iso(time).slice(0, 19).replace('T', ' ');
}
