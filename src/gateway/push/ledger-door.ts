/** The ledger of a gateway: opened when it is first needed, tried again after a failure, with the queue that works on it. */
import { setTimeout as wait } from 'node:timers/promises';
import { UserError } from '../errors.ts';
import { failureFields } from '../failure.ts';
import type { DeskHost } from './desk.ts';
import type { Ledger } from './ledger.ts';
import { Runner } from './runner.ts';
import { Sender } from './sender.ts';

/** A push was not stored, and so it was not sent. `cause` says why. */
export class StoreFailure extends Error {
  override readonly name = 'StoreFailure';

  constructor(cause: unknown) {
    super('the push could not be stored', { cause });
  }
}

/** @throws {StoreFailure} in place of whatever `work` rejects with */
export async function stored<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new StoreFailure(error);
  }
}

/** An open ledger and those who work on it. */
export interface OpenLedger {
  readonly ledger: Ledger;
  readonly sender: Sender;
  readonly runner: Runner;
}

/** Shorter than what service managers leave between asking a process to stop and killing it (Docker: 10 s). */
const CLOSE_GRACE_MS = 5_000;
/** A ledger that cannot be opened is tried again so often, for what waits in it. */
const OPEN_AGAIN_MS = 10_000;

/** Opens once, whoever comes first. */
export class LedgerDoor {
  readonly #host: DeskHost;
  readonly #openLedger: (() => Promise<Ledger>) | undefined;
  #opening: Promise<OpenLedger> | undefined;
  #opened: OpenLedger | undefined;
  #started = false;
  #failed = false;
  readonly #end = new AbortController();

  constructor(host: DeskHost, openLedger: (() => Promise<Ledger>) | undefined) {
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

  /** Whether there is a ledger to open. */
  get exists(): boolean {
    return this.#openLedger !== undefined;
  }

  /** @throws {UserError} when the ledger cannot be used */
  open(): Promise<OpenLedger> {
    if (this.#end.signal.aborted) return Promise.reject(new UserError('the gateway is being stopped'));
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
    if (!this.#started || this.#host.plan().push.size === 0) return;
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
      const sender = new Sender(this.#host, ledger);
      this.#opened = { ledger, sender, runner: new Runner(this.#host, ledger, sender) };
      this.#failed = false;
      if (this.#started) this.#opened.runner.start();
      return this.#opened;
    } catch (error) {
      this.#opening = undefined;
      this.#failed = true;
      throw error;
    }
  }

  async #openUntilDone(): Promise<void> {
    const { signal } = this.#end;
    let told = false;
    while (!signal.aborted) {
      try {
        await this.open();
        return;
      } catch (error) {
        if (!told) this.#host.log.error(failureFields(error), 'the store of pushes cannot be opened; tried again');
        told = true;
        await wait(OPEN_AGAIN_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}
