/** The index of one source: it answers in the source's place, is kept up to date, and fed between its runs. */
import type { CallContext, FindQuery, Log, SourceRecord } from '../../contract/index.ts';
import type { SourcePlan } from '../plan.ts';
import type { GatewayEvents } from '../telemetry.ts';
import type { CustomerIndex, IndexPlan, IndexState } from './customer-index.ts';
import { Follower } from './follower.ts';
import { type FedWhere, type FeedResult, IndexFeeder, watched } from './index-feeder.ts';
import { IndexedSource } from './indexed-source.ts';
import type { OpenedSource } from './opened-source.ts';
import type { Questions } from './questions.ts';
import type { SourceValues } from './source-values.ts';

// Nobody waits for what is fed into the index, and it stands behind those who do.
const FEEDING_LIMIT_MS = 30_000;

/** What it works with. */
interface Parts {
  readonly plan: SourcePlan;
  readonly index: IndexPlan;
  readonly customers: CustomerIndex;
  readonly opened: OpenedSource;
  readonly values: SourceValues;
  readonly questions: Questions;
  readonly log: Log;
  readonly events: GatewayEvents;
  /** Whether it is worth while to ask the source. */
  readonly isAtRest: () => boolean;
}

export class SourceIndex {
  /** In place of the source. */
  readonly answers: IndexedSource;
  readonly #parts: Parts;
  readonly #follower: Follower;
  readonly #feeder: IndexFeeder;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { opened } = parts;
    this.answers = new IndexedSource(parts);
    this.#follower = new Follower({
      ...parts,
      list: (query, context) => opened.list(query, context),
      listsChanges: (signal) => this.#listsChanges(signal),
    });
    this.#feeder = new IndexFeeder({
      ...parts,
      ask: (query, context) => this.#askAfresh(query, context),
      keysOf: (records, context) => this.#keysOf(records, context),
      runSoon: () => this.#follower.runSoon(),
    });
  }

  /** What there is in it; undefined where there is nothing yet. Of a file that cannot be read the log of questions tells. */
  state(): Promise<IndexState | undefined> {
    const { customers, plan } = this.#parts;
    return customers.state(plan.name).catch(() => undefined);
  }

  /**
   * Feeds it with what the source has of these records now ({@link IndexFeeder}). Never throws.
   * @param where field → value, as a lookup would search by
   */
  feed(where: FedWhere): Promise<FeedResult> {
    return this.#feeder.feed(where);
  }

  /** By hand: has everything read again. @returns false where there is nothing in it yet @throws {StoreError} */
  rebuild(): Promise<boolean> {
    const { customers, plan } = this.#parts;
    return customers.rebuild(plan.name);
  }

  /** Whether it can be written. @throws {StoreError} why it cannot */
  prove(): Promise<void> {
    return this.#parts.customers.prove();
  }

  /** Brings it up to date from now on. */
  follow(): void {
    this.#follower.start();
  }

  /** Brings it up to date no more; whoever does so after it goes on with the run under way. */
  unfollow(): Promise<void> {
    return this.#follower.end();
  }

  async end(): Promise<void> {
    await Promise.all([this.#follower.end(), this.#feeder.end()]);
  }

  /** What the system itself gives, as its `list` would give it. */
  #askAfresh(query: FindQuery, context: CallContext): Promise<readonly SourceRecord[]> {
    const { plan, opened, values, questions } = this.#parts;
    const limitMs = plan.timeoutMs ?? FEEDING_LIMIT_MS;
    const options = { user: 'index', limitMs, deadlineMs: FEEDING_LIMIT_MS };
    return questions.findAfresh(query, context, options, async (asked, waiting, user) => {
      const records = new Map<string, SourceRecord>();
      await opened.call(waiting, (source, limited) => {
        // A question in parts may find the same record by each.
        const see = (some: readonly SourceRecord[]) => {
          for (const one of some) records.set(JSON.stringify(one), one);
        };
        return values.find(watched(source, see), asked, limited, user);
      });
      return [...records.values()];
    });
  }

  #keysOf(records: readonly SourceRecord[], context: CallContext): Promise<readonly string[]> {
    return this.#parts.opened.call(context, async (source, limited) => {
      const keys = records.length === 0 ? [] : ((await source.keysOf?.(records, limited)) ?? []);
      return records.map((_record, at) => keys[at] ?? '');
    });
  }

  async #listsChanges(signal: AbortSignal): Promise<boolean> {
    const { listsChanges } = await this.#parts.opened.ready(signal);
    return listsChanges === true || (listsChanges === 'with updated' && this.#parts.index.updated !== undefined);
  }
}
