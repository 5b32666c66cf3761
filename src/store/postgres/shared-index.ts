/**
 * The index of a gateway beside others on other machines: a file of its own, which is searched, and fed from a copy on PostgreSQL that
 * the one gateway writes which follows the source. What is written there and what is in a file are the same at the same version; what
 * a file has beyond it stands in its outbox, and is taken back where it was written by a gateway that followed no more.
 */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { type CallContext, type FindQuery, type ListBatch, type Log, StoreError } from '../../contract/index.ts';
import { failureFields } from '../../gateway/failure.ts';
import type { PostgresStorePlan } from '../../gateway/push/plan.ts';
import type {
  CustomerIndex,
  FedBatch,
  FedRecords,
  IndexPlan,
  IndexShape,
  IndexState,
} from '../../gateway/sources/customer-index.ts';
import { planText } from '../../gateway/sources/index-plan.ts';
import { Semaphore } from '../../kit/wait/index.ts';
import { IndexFile } from '../index-file/index-file.ts';
import { CopyFeed } from './copy-feed.ts';
import { changeCopies, planKey } from './index-by-hand.ts';
import { IndexSession } from './index-session.ts';
import { IndexTables } from './index-tables.ts';
import { storeServer } from './server.ts';

/** What is not told is found after so long. */
const LOOK_MS = 2_000;
/** Within a lease it is renewed so often. */
const RENEWALS = 4;

/** A source of which this process has the file. */
interface Held {
  readonly feed: CopyFeed;
  /** One thing at a time. */
  readonly turn: Semaphore;
  /** The fencing token, while this gateway follows. */
  epoch: number | undefined;
}

/** What it works with. */
export interface SharedIndexParts {
  /** Absolute path. */
  readonly file: string;
  readonly store: PostgresStorePlan;
  readonly log: Log;
  /** What people call this gateway; unless given, by its machine and the number of its process. */
  readonly follower?: string;
}

/** An index that gateways of several machines share. */
export class SharedIndex implements CustomerIndex {
  readonly #file: IndexFile;
  readonly #log: Log;
  readonly #follower: string;
  readonly #owner = randomBytes(8).toString('hex');
  readonly #session: Promise<IndexSession>;
  readonly #tables: Promise<IndexTables>;
  readonly #held = new Map<string, Held>();
  readonly #pausing = new Set<() => void>();
  readonly #heart: NodeJS.Timeout;
  #isAway = false;

  constructor({ file, store, log, follower = `${hostname()}:${process.pid}` }: SharedIndexParts) {
    this.#file = new IndexFile(file, true);
    this.#log = log;
    this.#follower = follower;
    this.#session = storeServer(store).then((server) => new IndexSession(server, (sender) => this.#told(sender)));
    // Told to whoever uses it.
    this.#session.catch(() => undefined);
    this.#tables = this.#session.then((session) => new IndexTables(session, this.#owner, store.leaseMs));
    this.#tables.catch(() => undefined);
    this.#heart = setInterval(() => void this.#renew(), store.leaseMs / RENEWALS).unref();
  }

  state(source: string): Promise<IndexState | undefined> {
    return this.#file.state(source);
  }

  find(source: string, query: FindQuery, context: CallContext) {
    return this.#file.find(source, query, context);
  }

  /** Where another follows, what it has written is put into the file. While the server is away nobody follows. */
  async claim(source: string, plan: string, shape: IndexShape): Promise<IndexState | undefined> {
    // Another process of this machine may feed the file.
    if ((await this.#file.claim(source, plan, shape)) === undefined) return undefined;
    try {
      const key = planKey(planText(plan, shape));
      const claimed = await this.#claimCopy(source, key, shape);
      if (this.#isAway) this.#log.info({}, 'the index is shared with other gateways again');
      this.#isAway = false;
      return claimed;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      await this.#file.keep(source, error.message);
      if (!this.#isAway) this.#log.warn(failureFields(error), 'the index cannot be shared; nobody follows its sources');
      this.#isAway = true;
      return undefined;
    }
  }

  async keep(source: string, problem?: string): Promise<IndexState> {
    const state = await this.#file.keep(source, problem);
    await this.#exchange(source);
    return state;
  }

  begin(source: string, run: { readonly since: string | undefined; readonly anew: boolean }) {
    return this.#file.begin(source, run);
  }

  async write(source: string, batches: readonly ListBatch[], index: IndexPlan, oldest: number | undefined) {
    const written = await this.#file.write(source, batches, index, oldest);
    await this.#exchange(source);
    return written;
  }

  async end(source: string) {
    const ended = await this.#file.end(source);
    await this.#exchange(source);
    const tidied = (await this.#tables).forget();
    await tidied.catch((error: unknown) => this.#log.debug(failureFields(error), 'removed with the next run'));
    return ended;
  }

  async feed(
    source: string,
    batch: FedBatch,
    index: IndexPlan,
    oldest: number | undefined,
  ): Promise<FedRecords | undefined> {
    const fed = await this.#file.feed(source, batch, index, oldest);
    // What cannot be told just now is told with what comes next.
    await this.#exchange(source).catch((error: unknown) => this.#log.debug(failureFields(error), 'not told yet'));
    return fed;
  }

  pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    const wake = () => woken.abort();
    this.#pausing.add(wake);
    const ends = AbortSignal.any([signal, woken.signal]);
    return wait(Math.min(milliseconds, LOOK_MS), undefined, { signal: ends })
      .catch(() => undefined)
      .finally(() => this.#pausing.delete(wake));
  }

  async release(source: string): Promise<void> {
    const held = this.#held.get(source);
    this.#held.delete(source);
    if (held?.epoch !== undefined) {
      await (await this.#tables).release(held.feed.copyId).catch((error: unknown) => {
        this.#log.debug(failureFields(error), 'another gateway follows when the lease is over');
      });
    }
    await this.#file.release(source);
  }

  async rebuild(source: string): Promise<boolean> {
    return changeCopies(await this.#tables, source, 'rebuild');
  }

  retain(names: readonly string[]): Promise<void> {
    return this.#file.retain(names);
  }

  prove(): Promise<void> {
    return this.#file.prove();
  }

  async close(): Promise<void> {
    clearInterval(this.#heart);
    for (const wake of this.#pausing) wake();
    await this.#file.close();
    await (await this.#session.catch(() => undefined))?.close();
  }

  async #claimCopy(source: string, plan: string, shape: IndexShape): Promise<IndexState | undefined> {
    const tables = await this.#tables;
    const before = this.#held.get(source);
    const turn = before?.turn ?? new Semaphore(1);
    const release = await turn.acquire(new AbortController().signal);
    try {
      const { copy, isMine } = await tables.claim(source, plan, this.#follower);
      const feed = new CopyFeed({ file: this.#file, tables, source, shape, copyId: copy.id });
      // Until its file is as the copy it is one of the others.
      const held: Held = { feed, turn, epoch: undefined };
      this.#held.set(source, held);
      if (!isMine) {
        await feed.exchange(undefined);
        return undefined;
      }
      await feed.takeOver(copy);
      held.epoch = copy.epoch;
      return await this.#file.keep(source);
    } finally {
      release();
    }
  }

  /** Tells what is new here, and puts in what is new there. @throws {NotFollowing} */
  async #exchange(source: string): Promise<void> {
    const held = this.#held.get(source);
    if (held === undefined) return;
    const release = await held.turn.acquire(new AbortController().signal);
    try {
      // With a token that is over it fails until the next claim: a run under way must not go on as if it were of use.
      await held.feed.exchange(held.epoch);
    } finally {
      release();
    }
  }

  /** Another gateway has written: whoever waits looks at once, and what it fed is put in. */
  #told(sender: string): void {
    if (sender === this.#owner) return;
    for (const wake of this.#pausing) wake();
    for (const [source, { epoch }] of this.#held) {
      // Whoever writes the next batch learns what was wrong.
      if (epoch !== undefined) void this.#exchange(source).catch(() => undefined);
    }
  }

  async #renew(): Promise<void> {
    if (![...this.#held.values()].some(({ epoch }) => epoch !== undefined)) return;
    await this.#tables.then((tables) => tables.renew()).catch(() => undefined);
  }
}
