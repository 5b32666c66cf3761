/** The ledger of a gateway: opened when it is first needed, tried again after a failure, with the queue that works on it. */

import { setTimeout as wait } from 'node:timers/promises';
import { StoreError, UserError } from '../../contract/index.ts';
import { failureFields } from '../failure.ts';
import type { PushHost } from './host.ts';
import type { Ledger } from './ledger.ts';
import { GatewayStops } from './refusals.ts';
import { Runner } from './runner.ts';
import { PushSender } from './sender.ts';

/** An open ledger and those who work on it. */
export interface OpenLedger {
  readonly ledger: Ledger;
  readonly sender: PushSender;
  readonly runner: Runner;
}

/** Shorter than what service managers leave between asking a process to stop and killing it (Docker: 10 s). */
const CLOSE_GRACE_MS = 5_000;
/** A ledger that cannot be opened is tried again so often, for what waits in it. */
const OPEN_AGAIN_MS = 10_000;

/** Opens once, whoever comes first. */
export class LedgerOpener {
  readonly #host: PushHost;
  readonly #openLedger: (() => Promise<Ledger>) | undefined;
  #opening: Promise<OpenLedger> | undefined;
  #opened: OpenLedger | undefined;
  #started = false;
  #failed = false;
  readonly #end = new AbortController();

  constructor(host: PushHost, openLedger: (() => Promise<Ledger>) | undefined) {
    this.#host = host;
    this.#openLedger = openLedger;
  }

  get opened(): OpenLedger | undefined {
    return this.#opened;
  }

  /** Whether the last try to open it failed. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Whether pushes can be stored, as far as that is known: well before the ledger is needed. */
  get isUp(): boolean {
    return this.#opened === undefined ? !this.#failed : this.#opened.ledger.trouble === undefined;
  }

  /** Whether there is a ledger to open. */
  get exists(): boolean {
    return this.#openLedger !== undefined;
  }

  /** Whether there is something to do on it. One that several share is opened all the same: others see who is there. */
  get isNeeded(): boolean {
    const { push, store } = this.#host.plan();
    return this.exists && (push.size > 0 || store.postgres !== undefined);
  }

  /**
   * The ledger; one whose file has gone from its place is given up for what is there, when nothing waits in it any more.
   * @throws {StoreError} when the file cannot be used
   * @throws {GatewayStops}
   */
  async open(): Promise<OpenLedger> {
    if (this.#end.signal.aborted) throw new GatewayStops('the gateway is being stopped');
    if (this.#opened !== undefined) await this.#leaveIfGone(this.#opened);
    this.#opening ??= this.#open();
    return this.#opening;
  }

  start(): void {
    this.#started = true;
    this.#opened?.runner.start();
    this.reload();
  }

  /** There may be push targets now, or others. */
  reload(): void {
    if (!this.#started || !this.isNeeded) return;
    if (this.#opened === undefined) void this.#openUntilDone();
    else this.#reload(this.#opened);
  }

  async close(): Promise<void> {
    this.#end.abort();
    const opened = await this.#opening?.catch(() => undefined);
    this.#opened = undefined;
    if (opened === undefined) return;
    await opened.runner.close();
    await opened.sender.close(CLOSE_GRACE_MS);
    await opened.ledger.close();
  }

  #reload({ sender, runner }: OpenLedger): void {
    void sender.reload().finally(() => runner.wake());
  }

  async #open(): Promise<OpenLedger> {
    try {
      if (this.#openLedger === undefined) throw new UserError('this gateway has no store for pushes');
      const ledger = await this.#openLedger();
      const sender = new PushSender(this.#host, ledger);
      this.#opened = { ledger, sender, runner: new Runner(this.#host, ledger, sender) };
      this.#failed = false;
      const { runner } = this.#opened;
      ledger.onWork(() => runner.wake());
      if (this.#started) runner.start();
      return this.#opened;
    } catch (error) {
      this.#opening = undefined;
      this.#failed = true;
      throw error;
    }
  }

  /** What it holds goes out first: at the end of the file that has gone all of it would be lost. */
  async #leaveIfGone(old: OpenLedger): Promise<void> {
    const trouble = await old.ledger.verify().then(
      () => undefined,
      (error: unknown) => error,
    );
    if (!(trouble instanceof StoreError && trouble.kind === 'gone') || (await holdsAny(old)) || this.#opened !== old)
      return;
    this.#opened = undefined;
    this.#opening = this.#anew(old, trouble);
    await this.#opening;
  }

  async #anew(old: OpenLedger, { message: problem }: StoreError): Promise<OpenLedger> {
    // A record may wait for a day, and nobody can be told for so long that he cannot push.
    const records = [...(await recordsOf(old))].reduce((sum, [, count]) => sum + count, 0);
    const lost = records === 0 ? {} : { eventRecordsLost: records };
    const words = 'the store of pushes is opened anew: no push waited in the file that has gone';
    this.#host.log.warn({ problem, ...lost }, words);
    await old.runner.close();
    await old.sender.close(CLOSE_GRACE_MS);
    await old.ledger.close();
    return this.#open();
  }

  async #openUntilDone(): Promise<void> {
    const { signal } = this.#end;
    let told = false;
    while (!signal.aborted) {
      try {
        await this.open();
        return;
      } catch (error) {
        if (!told) this.#host.log.error(failureFields(error), openWords(error));
        told = true;
        await wait(OPEN_AGAIN_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}

async function recordsOf({ ledger }: OpenLedger): Promise<ReadonlyMap<string, number>> {
  try {
    return await ledger.events.open();
  } catch {
    // What cannot be read cannot be counted.
    return new Map();
  }
}

async function holdsAny({ ledger }: OpenLedger): Promise<boolean> {
  return (await ledger.figures()).some(({ waiting, sending }) => waiting + sending > 0);
}

function openWords(error: unknown): string {
  const what = error instanceof StoreError ? 'the store of pushes' : 'the queue of pushes';
  return `${what} cannot be opened; tried again`;
}
