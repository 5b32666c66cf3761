/** What changes the ledger. Each method runs inside a transaction of the writer. */
import type { Details } from '../contract/index.ts';
import type { DueRecords, EventFate, EventRecord, NewEvent } from '../gateway/events/event-ledger.ts';
import type { AlertOrder, Outage } from '../gateway/push/alert-order.ts';
import type {
  AlertNews,
  AttemptClaim,
  AttemptResult,
  ClaimedPush,
  HandedPush,
  LearntOfTarget,
  Ledger,
  NewPush,
} from '../gateway/push/ledger.ts';
import type { PushRow, PushTrouble } from '../gateway/push/push-row.ts';
import { outageIsOver, takeAlert } from './alerts.ts';
import { claimPushes, findPush, knownPush, settleAttempt } from './attempts.ts';
import { mendEvents, storeEvent, takeRecords } from './events.ts';
import { forgetAll } from './retention.ts';
import { detailsToText, pushRow, requestToText, storedText } from './rows.ts';
import type { LedgerClock } from './session.ts';
import type { LedgerSession } from './statements.ts';
import { type EndedInstances, freeLost, takeOver } from './takeover.ts';
import { learnOfTarget } from './targets.ts';
import { type GatewaySelf, thisGateway } from './this-gateway.ts';

/** The changes of one process. */
export class LedgerChanges {
  readonly #session: LedgerSession;
  readonly #owner: string;
  readonly #clock: LedgerClock;
  readonly #self: GatewaySelf;
  #since: number | undefined;

  /**
   * @param owner this process; empty for one that sends nothing
   * @param since when it said for the first time that it is there; undefined: it has not yet
   */
  constructor(session: LedgerSession, owner: string, clock: LedgerClock, self = thisGateway(), since?: number) {
    this.#session = session;
    this.#owner = owner;
    this.#clock = clock;
    this.#self = self;
    this.#since = since;
  }

  /** By the clock of the ledger. */
  get since(): number | undefined {
    return this.#since;
  }

  async #accept(push: NewPush): Promise<{ readonly row: PushRow; readonly isNew: boolean }> {
    const at = this.#clock.now();
    const before = await this.#equal(push, at);
    if (before !== undefined) return { row: before, isNew: false };
    await this.#insert(push, at);
    return { row: await this.#known(push.id), isNew: true };
  }

  async #insert(push: NewPush, at: number): Promise<void> {
    const { id, target, mode, xRequest, fingerprint, request, staff = '', reference = '' } = push;
    const start = mode === 'direct' ? { state: 'sending', attempts: 1, owed: 0, owner: this.#owner } : QUEUED;
    const title = request.title;
    const row = [id, target, mode, start.state, shown(xRequest), title, fingerprint, at, at + push.giveUpAfterMs];
    await this.#session.run(
      'insert',
      ...row,
      start.attempts,
      start.owed,
      start.owner,
      staff,
      reference,
      push.isAlert ? 1 : 0,
      storedText(push.origin ?? '', LONGEST_ORIGIN),
    );
    await this.#session.run('insertBody', id, requestToText(request));
    if (start.attempts > 0) await this.#session.run('began', id, at);
    if (mode === 'queued') await this.#session.tell();
  }

  /** All or none. */
  async acceptAll(pushes: readonly NewPush[]) {
    await this.#session.lock(pushes.flatMap(locksOf));
    const taken: { readonly row: PushRow; readonly isNew: boolean }[] = [];
    for (const push of pushes) taken.push(await this.#accept(push));
    return taken;
  }

  /** As {@link Ledger.handOver} says. */
  async handOver(pushes: readonly HandedPush[]): Promise<readonly PushRow[]> {
    // Another gateway of the machine may hand over the same.
    await this.#session.lock(pushes.flatMap(({ push }) => [...locksOf(push), push.id]));
    const now = this.#clock.now();
    const rows: PushRow[] = [];
    for (const { push, ageMs } of pushes) {
      if ((await this.#find(push.id)) === undefined) {
        const at = now - Math.max(0, Math.round(ageMs));
        const before = await this.#equal(push, at);
        await this.#insert(push, at);
        if (before !== undefined) {
          await this.#session.run('sameAs', push.id, before.id, now);
          await this.#session.run('deleteBody', push.id);
        }
      }
      rows.push(await this.#known(push.id));
    }
    return rows;
  }

  async handedOver(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      await this.#session.run('deleteBody', id);
      await this.#session.run('deletePush', id);
    }
  }

  /** The same push that came before, or what has taken its place since. */
  async #equal({ fingerprint, duplicateWindowMs, againOf }: NewPush, at: number): Promise<PushRow | undefined> {
    if (duplicateWindowMs === 0) return undefined;
    const skipped = this.#clock.skippedWithin(duplicateWindowMs);
    const window = [at - duplicateWindowMs - skipped, at + duplicateWindowMs];
    const underWay = againOf === undefined ? undefined : await this.#session.get('underWay', againOf);
    const found = underWay ?? (await this.#session.get('equal', fingerprint, ...window, againOf === undefined ? 0 : 1));
    if (found === undefined) return undefined;
    const row = pushRow(found);
    return row.supersededBy === undefined ? row : ((await this.#find(row.supersededBy)) ?? row);
  }

  claim(...[target, room]: Parameters<Ledger['claim']>): Promise<readonly ClaimedPush[]> {
    return claimPushes(this.#session, this.#owner, this.#clock.now(), target, room);
  }

  learn({ target, change }: LearntOfTarget): Promise<void> {
    return learnOfTarget(this.#session, target, this.#clock.now(), change);
  }

  async settle(claim: AttemptClaim, result: AttemptResult, learnt?: LearntOfTarget): Promise<void> {
    // In one transaction: nobody finds room that was not there.
    if (learnt !== undefined) await this.learn(learnt);
    await settleAttempt(this.#session, this.#clock.now(), claim, result);
  }

  async promise(id: string): Promise<PushRow | undefined> {
    await this.#session.run('promise', id);
    return this.#find(id);
  }

  async hurry(target: string, settleMs: number, except: readonly string[]): Promise<void> {
    const [at, others] = [this.#clock.now(), JSON.stringify(except)];
    await this.#session.run('hurry', target, at, others);
    await this.#session.run('hurryUnsure', target, at, others, Math.round(settleMs));
  }

  async explain(target: string, trouble: PushTrouble): Promise<void> {
    await this.#session.run('explain', target, JSON.stringify(trouble), trouble.kind);
  }

  /** Frees what processes that have ended were sending, as {@link takeOver} says. @returns what was freed */
  async takeOver(...ended: EndedInstances): Promise<readonly PushRow[]> {
    return this.#rows(await takeOver(this.#session, this.#clock.now(), ...ended));
  }

  /** The same of what this process is said to be sending, and is not. */
  async freeLost(ids: readonly string[], settleMs: (target: string) => number): Promise<readonly PushRow[]> {
    return this.#rows(await freeLost(this.#session, this.#clock.now(), this.#owner, ids, settleMs));
  }

  async #rows(freed: readonly string[]): Promise<readonly PushRow[]> {
    const rows: PushRow[] = [];
    // One after the other: a connection has one question at a time.
    for (const id of freed) rows.push(await this.#known(id));
    return rows;
  }

  async signOfLife(): Promise<void> {
    if (this.#owner === '') return;
    // Whoever takes this process over is waited for; then it is known to the others anew.
    await this.#session.lock([this.#owner]);
    const now = this.#clock.now();
    this.#since ??= now;
    const { name, pid, version } = this.#self;
    await this.#session.run('sign', this.#owner, now, name, pid, version, this.#since);
  }

  /** Does what a push of the usual size does, and undoes it: nobody ever sees it. */
  async proveRoom(): Promise<void> {
    const id = `proof-${this.#owner}`;
    await this.#session.run('insert', id, '', 'queued', 'waiting', '', '', '', 0, 0, 0, 0, null, '', '', 0, '');
    await this.#session.run('insertBody', id, PROOF);
    await this.#session.run('deleteBody', id);
    await this.#session.run('deletePush', id);
  }

  /** The clock was set: what waits keeps the wait that it had. @param stepMs by how much; 0 when that is not known */
  async mend(stepMs: number): Promise<number> {
    const at = this.#clock.now();
    const skipped = stepMs > 0 ? await this.#session.run('skipped', at, Math.round(stepMs)) : 0;
    await this.#session.run('futureInstances', at);
    await mendEvents(this.#session, at, stepMs);
    const open = await this.#session.run('futureOpen', at);
    return skipped + open + (await this.#session.run('futureEnded', at));
  }

  /** @returns whether this process has left nothing that others must take over */
  async signOff(): Promise<boolean> {
    if (this.#owner === '') return true;
    if ((await this.#session.get('orphan', this.#owner)) !== undefined) return false;
    await this.#session.run('deleteInstance', this.#owner);
    return true;
  }

  /** Says that this process has ended, and what it was sending is for others. */
  async leave(): Promise<void> {
    await this.#session.run('leave', this.#owner);
  }

  takeAlert(order: AlertOrder, compose: (news: AlertNews) => readonly NewPush[]): Promise<readonly PushRow[]> {
    return takeAlert(this.#session, order, this.#clock.now(), compose, (pushes) => this.#stored(pushes));
  }

  storeEvent(event: NewEvent): Promise<EventFate> {
    return storeEvent(this.#session, event, this.#clock.now());
  }

  takeRecords(due: DueRecords, compose: (record: EventRecord) => readonly NewPush[]) {
    return takeRecords(this.#session, due, this.#clock.now(), (record) => this.#stored(compose(record)));
  }

  async outageBegan({ target, since, reason }: Omit<Outage, 'backAt'>): Promise<void> {
    await this.#session.run('outageDown', target, since, reason);
  }

  async outageEnded(target: string): Promise<void> {
    await outageIsOver(this.#session, target, this.#clock.now());
  }

  async keepDetails(id: string, details: Details): Promise<void> {
    await this.#session.run('keepDetails', id, detailsToText(details), this.#clock.now());
  }

  async retry(id: string, giveUpAfterMs: number): Promise<boolean> {
    const at = this.#clock.now();
    if ((await this.#session.run('retry', id, at, at + giveUpAfterMs)) === 0) return false;
    await this.#session.tell();
    return true;
  }

  async drop(id: string): Promise<boolean> {
    const dropped = (await this.#session.run('drop', id, this.#clock.now())) > 0;
    if (dropped) await this.#session.run('deleteBody', id);
    return dropped;
  }

  forget(before: number): Promise<number> {
    return forgetAll(this.#session, before, this.#clock.now());
  }

  async #stored(pushes: readonly NewPush[]): Promise<readonly PushRow[]> {
    return (await this.acceptAll(pushes)).map(({ row }) => row);
  }

  #find(id: string): Promise<PushRow | undefined> {
    return findPush(this.#session, id);
  }

  #known(id: string): Promise<PushRow> {
    return knownPush(this.#session, id);
  }
}

/** What is not there yet, another gateway may be about to store. */
function locksOf({ fingerprint, againOf = fingerprint, duplicateWindowMs }: NewPush): readonly string[] {
  return duplicateWindowMs > 0 ? [fingerprint, againOf] : [];
}

/** As large as what is pushed of most requests. */
const PROOF = 'x'.repeat(16 * 1024);

/** How a queued push begins. */
const QUEUED = { state: 'waiting', attempts: 0, owed: 1, owner: null } as const;

/** The name of a section, and the id of a call. */
const LONGEST_ORIGIN = 120;

/** Longer than any number of HelpSpot's: what is longer is nonsense, and need not fill a table. */
const LONGEST_X_REQUEST = 40;

function shown(xRequest: string): string {
  return storedText(xRequest, LONGEST_X_REQUEST);
}
