/** What changes the ledger. Each method runs inside a transaction of the writer. */
import type { Details } from '../contract/index.ts';
import type { DueRecords, EventFate, EventRecord, NewEvent } from '../gateway/events/event-ledger.ts';
import type { AlertOrder, Outage } from '../gateway/push/alert-order.ts';
import type {
  AlertNews,
  AttemptResult,
  ClaimedPush,
  ClaimOrder,
  NewPush,
  PushRow,
  PushTrouble,
} from '../gateway/push/ledger.ts';
import { outageIsOver, takeAlert } from './alerts.ts';
import type { ClockWatch } from './clock.ts';
import { FORGOTTEN_AT_ONCE } from './event-sql.ts';
import { forgetEvents, mendEvents, storeEvent, takeRecords } from './events.ts';
import { detailsToText, number, pushRow, requestFromText, requestToText, text } from './rows.ts';
import type { Statements } from './statements.ts';

const INTERRUPTED: PushTrouble = {
  kind: 'interrupted',
  problem: 'the gateway ended while it was sending',
  words: 'The gateway was interrupted while it was sending',
};

const ABANDONED: PushTrouble = {
  kind: 'configuration',
  problem: 'no gateway that has its push target ran before it was given up; what was pushed is no longer kept',
  words: 'The gateway was not set up to send it any more',
};

/** The changes of one process. */
export class LedgerChanges {
  readonly #statements: Statements;
  readonly #owner: string;
  readonly #clock: ClockWatch;

  /** @param owner this process; empty for one that sends nothing */
  constructor(statements: Statements, owner: string, clock: ClockWatch) {
    this.#statements = statements;
    this.#owner = owner;
    this.#clock = clock;
  }

  accept(push: NewPush): { readonly row: PushRow; readonly isNew: boolean } {
    const at = this.#clock.now();
    const { id, target, mode, xRequest, fingerprint, request, staff = '', reference = '' } = push;
    const before = this.#equal(push, at);
    if (before !== undefined) return { row: before, isNew: false };
    const start = mode === 'direct' ? { state: 'sending', attempts: 1, owed: 0, owner: this.#owner } : QUEUED;
    const title = request.title;
    const row = [id, target, mode, start.state, shown(xRequest), title, fingerprint, at, at + push.giveUpAfterMs];
    this.#statements.run(
      'insert',
      ...row,
      start.attempts,
      start.owed,
      start.owner,
      staff,
      reference,
      push.isAlert ? 1 : 0,
      cutText(push.origin ?? '', LONGEST_ORIGIN),
    );
    this.#statements.run('insertBody', id, requestToText(request));
    if (start.attempts > 0) this.#statements.run('began', id, at);
    return { row: this.#known(id), isNew: true };
  }

  /** The same push that came before, or what has taken its place since. */
  #equal({ fingerprint, duplicateWindowMs, againOf }: NewPush, at: number): PushRow | undefined {
    if (duplicateWindowMs === 0) return undefined;
    const skipped = this.#clock.skippedWithin(duplicateWindowMs);
    const window = [at - duplicateWindowMs - skipped, at + duplicateWindowMs];
    const underWay = againOf === undefined ? undefined : this.#statements.get('underWay', againOf);
    const found = underWay ?? this.#statements.get('equal', fingerprint, ...window, againOf === undefined ? 0 : 1);
    if (found === undefined) return undefined;
    const row = pushRow(found);
    return row.supersededBy === undefined ? row : (this.#find(row.supersededBy) ?? row);
  }

  claim(target: string, limit: number, order: ClaimOrder = 'unsure first'): readonly ClaimedPush[] {
    const at = this.#clock.now();
    const due = () => {
      const [first, other] = order === 'unsure first' ? DUE : DUE.toReversed();
      return (first && this.#statements.get(first, target, at)) ?? (other && this.#statements.get(other, target, at));
    };
    const claimed: ClaimedPush[] = [];
    while (claimed.length < limit) {
      const next = due();
      if (next === undefined) break;
      this.#statements.run('take', number(next, 'seq'), this.#owner, at);
      this.#statements.run('began', text(next, 'id'), at);
      this.#statements.run('forgetAttempts', text(next, 'id'));
      claimed.push({ row: this.#known(text(next, 'id')), request: requestFromText(text(next, 'request')) });
    }
    return claimed;
  }

  settle(id: string, result: AttemptResult): void {
    const mine = [id, this.#owner, this.#clock.now()];
    if (result.state === 'done') {
      const { receipt } = result;
      const changes = this.#statements.run('done', ...mine, findable(receipt.id), JSON.stringify(receipt));
      if (changes === 0) return;
      this.#endAttempt(id, result);
      if (!result.keepBody) this.#statements.run('deleteBody', id);
      const { target, xRequest, seq } = this.#known(id);
      this.#statements.run('supersede', id, target, xRequest, seq);
      return;
    }
    const trouble = [JSON.stringify(result.trouble), result.trouble.kind];
    if (result.state === 'waiting') {
      const flags = [result.unsure ? 1 : 0, result.rejected ? 1 : 0, result.insisted === true ? 1 : 0];
      const unsureAt = result.unsureAt === undefined ? null : Math.round(result.unsureAt);
      const nextAt = Math.round(result.nextAt);
      const changes = this.#statements.run('waiting', ...mine, nextAt, ...trouble, ...flags, unsureAt);
      if (changes > 0) this.#endAttempt(id, result);
    } else if (this.#statements.run('ended', ...mine, result.state, ...trouble) > 0) {
      this.#endAttempt(id, result);
      this.#statements.run('findSuperseding', id);
    }
  }

  #endAttempt(id: string, result: AttemptResult): void {
    const reason = result.state === 'done' ? null : cutText(result.trouble.problem, LONGEST_REASON);
    const ms = result.tookMs === undefined ? null : Math.round(result.tookMs);
    this.#statements.run('endAttempt', id, ms, this.#clock.now(), result.state, reason);
  }

  promise(id: string): PushRow | undefined {
    this.#statements.run('promise', id);
    return this.#find(id);
  }

  hurry(target: string, settleMs: number, except: readonly string[]): void {
    const [at, others] = [this.#clock.now(), JSON.stringify(except)];
    this.#statements.run('hurry', target, at, others);
    this.#statements.run('hurryUnsure', target, at, others, Math.round(settleMs));
  }

  explain(target: string, trouble: PushTrouble): void {
    this.#statements.run('explain', target, JSON.stringify(trouble), trouble.kind);
  }

  takeOver(instance: string, settleMs: (target: string) => number): readonly PushRow[] {
    const at = this.#clock.now();
    const freed: PushRow[] = [];
    for (;;) {
      const found = this.#statements.get('orphan', instance);
      if (found === undefined) break;
      const { id, target, changedAt } = pushRow(found);
      const nextAt = Math.max(at, Math.round(changedAt + settleMs(target)));
      this.#statements.run('endAttempt', id, null, changedAt, 'interrupted', INTERRUPTED.problem);
      this.#statements.run('free', id, nextAt, at, JSON.stringify(INTERRUPTED));
      freed.push(this.#known(id));
    }
    this.#statements.run('deleteInstance', instance);
    return freed;
  }

  signOfLife(): void {
    if (this.#owner !== '') this.#statements.run('sign', this.#owner, this.#clock.now());
  }

  /** Does what a push of the usual size does, and undoes it: nobody ever sees it. */
  proveRoom(): void {
    const id = `proof-${this.#owner}`;
    this.#statements.run('insert', id, '', 'queued', 'waiting', '', '', '', 0, 0, 0, 0, null, '', '', 0, '');
    this.#statements.run('insertBody', id, PROOF);
    this.#statements.run('deleteBody', id);
    this.#statements.run('deletePush', id);
  }

  /** The clock was set: what waits keeps the wait that it had. @param stepMs by how much; 0 when that is not known */
  mend(stepMs: number): number {
    const at = this.#clock.now();
    const skipped = stepMs > 0 ? this.#statements.run('skipped', at, Math.round(stepMs)) : 0;
    this.#statements.run('futureInstances', at);
    mendEvents(this.#statements, at, stepMs);
    return skipped + this.#statements.run('futureOpen', at) + this.#statements.run('futureEnded', at);
  }

  /** @returns whether this process has left nothing that others must take over */
  signOff(): boolean {
    if (this.#owner === '') return true;
    if (this.#statements.get('orphan', this.#owner) !== undefined) return false;
    this.#statements.run('deleteInstance', this.#owner);
    return true;
  }

  takeAlert(order: AlertOrder, compose: (news: AlertNews) => readonly NewPush[]): readonly PushRow[] {
    return takeAlert(this.#statements, order, this.#clock.now(), compose, (push) => this.accept(push).row);
  }

  storeEvent(event: NewEvent): EventFate {
    return storeEvent(this.#statements, event, this.#clock.now());
  }

  takeRecords(due: DueRecords, compose: (record: EventRecord) => readonly NewPush[]) {
    return takeRecords(this.#statements, due, this.#clock.now(), (record) =>
      compose(record).map((push) => this.accept(push).row),
    );
  }

  outageBegan({ target, since, reason }: Omit<Outage, 'backAt'>): void {
    this.#statements.run('outageDown', target, since, reason);
  }

  outageEnded(target: string): void {
    outageIsOver(this.#statements, target, this.#clock.now());
  }

  keepDetails(id: string, details: Details): void {
    this.#statements.run('keepDetails', id, detailsToText(details), this.#clock.now());
  }

  retry(id: string, giveUpAfterMs: number): boolean {
    const at = this.#clock.now();
    return this.#statements.run('retry', id, at, at + giveUpAfterMs) > 0;
  }

  drop(id: string): boolean {
    const dropped = this.#statements.run('drop', id, this.#clock.now()) > 0;
    if (dropped) this.#statements.run('deleteBody', id);
    return dropped;
  }

  forget(before: number): number {
    const abandoned = this.#abandon(before);
    this.#statements.run('forgetBodies', before);
    this.#statements.run('forgetAllAttempts', before);
    return abandoned + this.#statements.run('forget', before) + forgetEvents(this.#statements, before);
  }

  /** Gives up what still waits long after its time: no gateway has sent it. */
  #abandon(before: number): number {
    const at = this.#clock.now();
    let count = 0;
    for (; count < FORGOTTEN_AT_ONCE; count += 1) {
      const found = this.#statements.get('abandoned', before);
      if (found === undefined) break;
      const id = text(found, 'id');
      this.#statements.run('abandon', id, at, JSON.stringify(ABANDONED));
      this.#statements.run('findSuperseding', id);
      this.#statements.run('deleteBody', id);
    }
    return count;
  }

  #find(id: string): PushRow | undefined {
    const found = this.#statements.get('row', id);
    return found === undefined ? undefined : pushRow(found);
  }

  #known(id: string): PushRow {
    const found = this.#find(id);
    if (found === undefined) throw new Error(`a push has gone from the ledger: ${id}`);
    return found;
  }
}

/** As large as what is pushed of most requests. */
const PROOF = 'x'.repeat(16 * 1024);

/** The statements that find a due push. */
const DUE = ['dueUnsure', 'dueSure'] as const;

/** How a queued push begins. */
const QUEUED = { state: 'waiting', attempts: 0, owed: 1, owner: null } as const;

/** Of an attempt; the last one stands in the push's own row as it is. */
const LONGEST_REASON = 500;

/** The name of a section, and the id of a call. */
const LONGEST_ORIGIN = 120;

/** Longer than any number of HelpSpot's: what is longer is nonsense, and need not fill a table. */
const LONGEST_X_REQUEST = 40;

function shown(xRequest: string): string {
  return cutText(xRequest, LONGEST_X_REQUEST);
}

/** At most so many code points: none is cut in two. A text of SQLite ends at a NUL. */
function cutText(text: string, most: number): string {
  const codePoints = Array.from(text.slice(0, 2 * most).replaceAll('\0', ''));
  return codePoints.slice(0, most).join('');
}

/** An id that can be looked for: a text of SQLite ends at a NUL. */
function findable(id: string): string {
  return id.replaceAll('\0', '');
}
