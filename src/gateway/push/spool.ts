/** Takes pushes in on the local disk while the store that several gateways share is away, and hands them over when it is back, each once. */
import type { Log } from '../../contract/index.ts';
import { failureFields } from '../failure.ts';
import type { GatewayPlan } from '../plan.ts';
import type { Ledger, NewPush, SpooledPush } from './ledger.ts';
import type { OpenLedger } from './ledger-opener.ts';
import { ONCE_WINDOW_MS } from './once.ts';
import type { PushRow } from './push-row.ts';

/** So often is looked whether the store is back. */
const LOOK_EVERY_MS = 1_000;
/** In one transaction: what is pushed may be megabytes. */
const HANDED_AT_ONCE = 20;

/** A ledger in a file that nothing is sent from. */
export interface SpoolPlace {
  /** For messages: its path. */
  readonly file: string;
  /** Whether there is one: to look makes none. */
  readonly isThere: () => boolean;
  readonly open: () => Promise<Ledger>;
}

/** What it works with. */
export interface PushSpoolParts {
  readonly place: SpoolPlace;
  readonly log: Log;
  readonly plan: () => GatewayPlan;
  /** The store, as far as it is open. */
  readonly store: () => OpenLedger | undefined;
}

/** Works until it is closed. */
export class PushSpool {
  readonly #parts: PushSpoolParts;
  #opening: Promise<Ledger> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #isTroubled = false;
  #isClosed = false;

  constructor(parts: PushSpoolParts) {
    this.#parts = parts;
  }

  /** For messages: its path. */
  get file(): string {
    return this.#parts.place.file;
  }

  /** What a gateway before this one has left is handed over, too. */
  start(): void {
    if (this.#parts.place.isThere()) this.#soon();
  }

  /**
   * As {@link Ledger.accept}; all of them wait.
   * @throws {StoreError} when the file cannot be used
   */
  async accept(pushes: readonly NewPush[], signal: AbortSignal) {
    const ledger = await this.#ledger();
    const taken = await ledger.accept(
      pushes.map((push) => ({ ...push, mode: 'queued' as const })),
      signal,
    );
    this.#soon();
    return taken;
  }

  /** One that waits here, by our id. */
  async find(target: string, id: string): Promise<PushRow | undefined> {
    if (this.#opening === undefined && !this.#parts.place.isThere()) return undefined;
    const row = await (await this.#ledger()).row(id);
    return row?.target === target ? row : undefined;
  }

  /** How many wait here. @throws {StoreError} when the file cannot be used */
  async waiting(): Promise<number> {
    if (this.#opening === undefined && !this.#parts.place.isThere()) return 0;
    const figures = await (await this.#ledger()).figures();
    return figures.reduce((sum, { waiting }) => sum + waiting, 0);
  }

  /** Whether a push could be taken in. @throws {StoreError} why not */
  async prove(): Promise<void> {
    await (await this.#ledger()).prove();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#round;
    const ledger = await this.#opening?.catch(() => undefined);
    await ledger?.close();
  }

  #ledger(): Promise<Ledger> {
    this.#opening ??= this.#parts.place.open().catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  #soon(): void {
    if (this.#isClosed) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#round = this.#handOver();
    }, LOOK_EVERY_MS).unref();
  }

  async #handOver(): Promise<void> {
    const { log, place } = this.#parts;
    try {
      const isDone = await this.#handAll();
      this.#isTroubled = false;
      if (!isDone) this.#soon();
    } catch (error) {
      const words = 'pushes that wait in the spool cannot be handed to the store; tried again';
      if (!this.#isTroubled) log.error({ spool: place.file, ...failureFields(error) }, words);
      this.#isTroubled = true;
      this.#soon();
    }
  }

  /** @returns whether nothing waits any more */
  async #handAll(): Promise<boolean> {
    const spool = await this.#ledger();
    for (;;) {
      const store = this.#parts.store();
      const some = await spool.spooled(HANDED_AT_ONCE);
      if (some.length === 0) return true;
      if (store === undefined || store.ledger.trouble !== undefined || this.#isClosed) return false;
      const handed = some.map((one) => ({ push: this.#asNew(one), ageMs: spool.now() - one.row.createdAt }));
      const rows = await store.ledger.handOver(handed);
      // Whoever is killed before this hands them over once more, which changes nothing.
      await spool.handedOver(some.map(({ row }) => row.id));
      for (const row of rows) this.#tell(row);
      store.runner.wake();
    }
  }

  #tell({ id, target, reference, supersededBy }: PushRow): void {
    const same = supersededBy === undefined ? {} : { sameAs: supersededBy };
    this.#parts.log.info({ reference, target, push: id, ...same }, 'a push was handed from the spool to the store');
  }

  #asNew({ row, fingerprint, request }: SpooledPush): NewPush {
    const { id, target, xRequest, staff, reference } = row;
    const windowMs = this.#parts.plan().push.get(target)?.duplicateWindowMs ?? 0;
    const again = / again$/.exec(fingerprint);
    return {
      ...{ id, target, mode: 'queued', xRequest, fingerprint, request, staff, reference },
      duplicateWindowMs: fingerprint.startsWith('once ') ? ONCE_WINDOW_MS : windowMs,
      giveUpAfterMs: row.giveUpAt - row.createdAt,
      againOf: again === null ? undefined : fingerprint.slice(0, again.index),
    };
  }
}
