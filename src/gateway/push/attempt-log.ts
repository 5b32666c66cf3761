/** What the log, and those who count, hear of attempts and of their targets. */
import type { Log } from '../../contract/index.ts';
import { failureFields } from '../failure.ts';
import type { PushHost } from './host.ts';
import type { AttemptResult } from './ledger.ts';
import type { PushRow } from './push-row.ts';
import { Setback, type Verdict } from './schedule.ts';
import type { TargetStanding } from './target-queue.ts';

const PAUSED =
  'the target fails push after push: one at a time goes out now, at growing distances, until it answers again';
/** From so many tries on an alert that waits is an error: it is the one thing that nobody is told of by an alert. */
const TRIES_OF_ALERT = 3;
const GONE =
  'the push target wants no pushes any more; nothing is sent to it until the configuration is read again, or by hand:';

/** How a target stood before an attempt told something of it, and how it stands since. */
export interface TargetTurn {
  readonly before: TargetStanding;
  readonly after: TargetStanding;
}

/** Says that a target wants no pushes any more, fails push after push, or takes pushes again. */
export function tellTurn(log: Log, { id, target }: PushRow, { before, after }: TargetTurn): void {
  if (after.gone !== undefined && before.gone === undefined) {
    log.error({ target, push: id, ...failureFields(after.gone) }, `${GONE} helpspot-gateway pushes retry ${id}`);
  } else if (before.outage === undefined && after.outage !== undefined) {
    log.warn({ target, push: id, ...failureFields(after.outage.error) }, PAUSED);
  } else if (before.outage !== undefined && after.outage === undefined) {
    log.info({ target, downSince: new Date(before.outage.since).toISOString() }, 'the target takes pushes again');
  }
}

/**
 * Says how an attempt ended.
 * @param told.discreet takes out of what the other system said what is not for the log
 * @param told.now by the clock of the ledger
 */
export function tellAttempt(
  { log, events }: Pick<PushHost, 'log' | 'events'>,
  row: PushRow,
  verdict: Verdict,
  result: AttemptResult,
  told: { readonly reference: string; readonly discreet: (text: string) => string; readonly now: number },
): void {
  const { state } = result;
  const came = state === 'waiting' ? 'postponed' : state;
  events.tell({ kind: 'push', target: row.target, result: came, isAlert: row.isAlert });
  const insisted = row.insisted ? { byHand: true } : {};
  const { reference, discreet, now } = told;
  const fields = { reference, target: row.target, push: row.id, attempt: row.attempts, ...insisted };
  if (verdict.kind === 'done') {
    log.info(fields, 'pushed');
    return;
  }
  const { error } = verdict;
  const why = error instanceof Setback ? { kind: error.kind, problem: error.message } : failureFields(error, discreet);
  const failure = { ...fields, ...why };
  if (result.state === 'waiting') {
    const seconds = Math.round((result.nextAt - now) / 100) / 10;
    if (error instanceof Setback && error.kind === 'looking') {
      log.info({ ...failure, seconds }, 'a push that may have arrived is not found yet and looked for again');
    } else if (row.isAlert && row.attempts >= TRIES_OF_ALERT) {
      log.error(
        { ...failure, unsure: result.unsure, seconds },
        'an alert does not get out and is tried again: nobody is told by it',
      );
    } else log.warn({ ...failure, unsure: result.unsure, seconds }, 'a push failed and is tried again');
  } else if (state === 'unclear' && row.isAlert) {
    log.error(failure, 'whether an alert arrived is not clear: perhaps nobody is told by it');
  } else if (state === 'unclear') {
    log.warn(failure, 'whether a push arrived is not clear: a person must look');
  } else {
    log.error(failure, 'a push failed for good');
  }
}
