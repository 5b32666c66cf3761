/** What ledgers have in common, whichever database keeps them. */
import { type Details, untilAborted } from '../contract/index.ts';
import type {
  AlertLedger,
  AttemptClaim,
  AttemptResult,
  HandedPush,
  LearntOfTarget,
  Ledger,
  NewPush,
} from '../gateway/push/ledger.ts';
import type { PushFilter, PushRow, PushSelection, PushTrouble, SelectionPage } from '../gateway/push/push-row.ts';
import type { LedgerChanges } from './changes.ts';
import type { Proof } from './proof.ts';
import type { LedgerReads } from './reads.ts';
import type { LedgerClock } from './session.ts';

/** A change, within a transaction. */
export type LedgerChange<T> = (changes: LedgerChanges) => Promise<T>;

/** A process says so often that it lives, and in trouble more often, to notice its end. */
const PROVE_AGAIN_MS = 2_000;

/** What a database adds to {@link CommonLedger}. */
export interface LedgerParts {
  readonly reads: LedgerReads;
  readonly clock: LedgerClock;
  /** Whether pushes can be stored. */
  readonly proof: Proof;
  /** A gateway that has said nothing for longer is silent. Milliseconds. */
  readonly silentMs: number;
  /** It is said so often that this process lives; undefined for one that sends nothing. */
  readonly signOfLifeMs: number | undefined;
}

/** A ledger but for its database. */
export abstract class CommonLedger implements Ledger {
  readonly #parts: LedgerParts;
  #others = 0;
  readonly alerts: AlertLedger;
  readonly events: Ledger['events'];

  constructor(parts: LedgerParts) {
    this.#parts = parts;
    const { reads, clock } = parts;
    this.alerts = {
      dueAt: (order) => reads.alertDue(order, clock.now()),
      take: (order, compose) => this.write((changes) => changes.takeAlert(order, compose)),
      outages: () => reads.outages(),
      down: (outage) => this.write((changes) => changes.outageBegan(outage)),
      back: (target) => this.write((changes) => changes.outageEnded(target)),
    };
    this.events = {
      store: (event, signal) => this.#takeIn((changes) => changes.storeEvent(event), signal),
      nextDue: (stream) => reads.nextRecord(stream),
      take: async (due, compose) => {
        const taken = await this.write((changes) => changes.takeRecords(due, compose));
        if (taken.length > 0 && !due.keepBodies) this.removed();
        return taken;
      },
      open: () => reads.openRecords(),
    };
  }

  /** Runs a change in a transaction. @throws {StoreError} where the database cannot be used */
  protected abstract write<T>(change: LedgerChange<T>, signal?: AbortSignal): Promise<T>;
  /** Something that was pushed is not kept any more. */
  protected abstract removed(): void;
  /** What is older than this may be removed. @param before the same by the clock, which may have been set */
  protected abstract believed(before: number): number;
  abstract recover(...asked: Parameters<Ledger['recover']>): Promise<readonly PushRow[]>;
  abstract verify(): Promise<void>;
  abstract mendTimes(): Promise<number>;
  abstract close(): Promise<void>;

  /** Where nobody can tell, nothing is told. */
  onWork(_listener: () => void): void {}

  /** A process that lives keeps what it sends. */
  async isMine(_claim: AttemptClaim): Promise<boolean> {
    return true;
  }

  get livingGateways(): number {
    return this.#others + 1;
  }

  /** So many other processes live. */
  protected live(others: number): void {
    this.#others = others;
  }

  now(): number {
    return this.#parts.clock.now();
  }

  async accept(pushes: readonly NewPush[], signal?: AbortSignal) {
    return this.#takeIn((changes) => changes.acceptAll(pushes), signal);
  }

  handOver(pushes: readonly HandedPush[]) {
    return this.write((changes) => changes.handOver(pushes));
  }

  spooled(limit: number) {
    return this.#parts.reads.spooled(limit);
  }

  async handedOver(ids: readonly string[]): Promise<void> {
    await this.write((changes) => changes.handedOver(ids));
    this.removed();
  }

  claim(...asked: Parameters<Ledger['claim']>) {
    return this.write((changes) => changes.claim(...asked));
  }

  learn(learnt: LearntOfTarget): Promise<void> {
    return this.write((changes) => changes.learn(learnt));
  }

  async settle(claim: AttemptClaim, result: AttemptResult, learnt?: LearntOfTarget): Promise<void> {
    await this.write((changes) => changes.settle(claim, result, learnt));
    if (result.state === 'done' && !result.keepBody) this.removed();
  }

  promise(id: string): Promise<PushRow | undefined> {
    return this.write((changes) => changes.promise(id));
  }

  hurry(target: string, settleMs: number, except: readonly string[]): Promise<void> {
    return this.write((changes) => changes.hurry(target, settleMs, except));
  }

  explain(target: string, trouble: PushTrouble): Promise<void> {
    return this.write((changes) => changes.explain(target, trouble));
  }

  /** Says now and then that this process lives. */
  protected async signOfLife(): Promise<void> {
    const { signOfLifeMs, proof } = this.#parts;
    if (signOfLifeMs === undefined) return;
    // Not the clock of the day, which may be set back: then others would believe us dead.
    if (proof.ageMs >= (this.trouble === undefined ? signOfLifeMs : PROVE_AGAIN_MS)) await this.prove();
  }

  prove(): Promise<void> {
    return this.#parts.proof.ask();
  }

  get trouble(): Error | undefined {
    return this.#parts.proof.trouble;
  }

  nextDue(target: string) {
    return this.#parts.reads.nextDue(target);
  }

  row(id: string) {
    return this.#parts.reads.row(id);
  }

  find(target: string, id: string) {
    return this.#parts.reads.find(target, id);
  }

  list(filter: PushFilter) {
    return this.#parts.reads.list(filter);
  }

  count(selection: PushSelection) {
    return this.#parts.reads.count(selection);
  }

  select(selection: PushSelection, page: SelectionPage) {
    return this.#parts.reads.select(selection, page);
  }

  pushedSince(row: PushRow) {
    return this.#parts.reads.pushedSince(row);
  }

  attempts(id: string) {
    return this.#parts.reads.attempts(id);
  }

  holds(id: string) {
    return this.#parts.reads.holds(id);
  }

  request(id: string) {
    return this.#parts.reads.request(id);
  }

  figures() {
    return this.#parts.reads.figures();
  }

  gateways() {
    const { reads, clock, silentMs } = this.#parts;
    return reads.gateways(clock.now(), silentMs);
  }

  keptDetails(id: string) {
    return this.#parts.reads.keptDetails(id);
  }

  keepDetails(id: string, details: Details): Promise<void> {
    return this.write((changes) => changes.keepDetails(id, details));
  }

  retry(id: string, giveUpAfterMs: number): Promise<boolean> {
    return this.write((changes) => changes.retry(id, giveUpAfterMs));
  }

  async drop(id: string): Promise<boolean> {
    const dropped = await this.write((changes) => changes.drop(id));
    if (dropped) this.removed();
    return dropped;
  }

  async forget(before: number): Promise<number> {
    const count = await this.write((changes) => changes.forget(this.believed(before)));
    if (count > 0) this.removed();
    return count;
  }

  /** Stores what comes from outside: in the database that is at its place, with times that are right. */
  async #takeIn<T>(change: LedgerChange<T>, signal: AbortSignal | undefined): Promise<T> {
    const { proof } = this.#parts;
    try {
      const ready = this.verify().then(() => this.mendTimes());
      await (signal === undefined ? ready : untilAborted(ready, signal));
      const taken = await this.write(change, signal);
      proof.learned();
      return taken;
    } catch (error) {
      proof.learned(error);
      throw error;
    }
  }
}
