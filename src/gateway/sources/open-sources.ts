/** The sources of the configuration in force, each from the first question on, and the one index that they share. */
import { isDeepStrictEqual } from 'node:util';
import type { Log, SourceState } from '../../contract/index.ts';
import { failureFields } from '../failure.ts';
import type { GatewayPlan, SourcePlan } from '../plan.ts';
import type { GatewayEvents } from '../telemetry.ts';
import type { Rest } from './breaker.ts';
import type { CustomerIndex, IndexState } from './customer-index.ts';
import { SourceHandle } from './source-handle.ts';

/** Opens the index of what sources list. @param file its path */
export type OpenIndex = (file: string) => CustomerIndex;

/** Those of one gateway. */
export class OpenSources {
  readonly #log: Log;
  readonly #events: GatewayEvents;
  readonly #openIndex: OpenIndex | undefined;
  #plan: GatewayPlan;
  #handles: ReadonlyMap<string, SourceHandle> = new Map();
  #index: CustomerIndex | undefined;
  #readsAhead = false;
  /** Settles when nobody of an earlier configuration brings an index up to date any more. */
  #unfollowed: Promise<unknown> = Promise.resolve();

  constructor(plan: GatewayPlan, log: Log, events: GatewayEvents, openIndex: OpenIndex | undefined) {
    this.#plan = plan;
    this.#log = log;
    this.#events = events;
    this.#openIndex = openIndex;
    this.#handles = this.#handlesOf(plan);
  }

  get all(): readonly SourceHandle[] {
    return [...this.#handles.values()];
  }

  /** @param name of the configuration */
  of(name: string): SourceHandle {
    const handle = this.#handles.get(name);
    if (handle === undefined) throw new Error(`the configuration let an unknown source through: ${name}`);
    return handle;
  }

  /** What each says of its data, by name; those that say nothing, or are not open, are not in it. */
  states(): ReadonlyMap<string, SourceState> {
    return new Map(known(this.all.map((handle) => [handle.plan.name, handle.state()])));
  }

  /** What there is of each in the index, by name. */
  async indexes(): Promise<ReadonlyMap<string, IndexState>> {
    const states = this.all.map(async (handle) => [handle.plan.name, await handle.index?.state()] as const);
    return new Map(known(await Promise.all(states)));
  }

  /** Why each rests, by name; undefined while it is asked. */
  rests(): ReadonlyMap<string, Rest | undefined> {
    return new Map(this.all.map(({ plan, rest }) => [plan.name, rest]));
  }

  /** Lets those that read their data beforehand begin with it, now and after each reload. */
  readAhead(): void {
    this.#readsAhead = true;
    this.#retainIndexes();
    for (const handle of this.all) handle.readAhead();
  }

  /** Another configuration is in force at once. Resolves when what is not in it is closed; what did not change stays open. */
  async reload(plan: GatewayPlan): Promise<void> {
    const old = new Set(this.all);
    this.#handles = this.#handlesOf(plan);
    this.#plan = plan;
    const kept = new Set(this.all);
    for (const handle of kept) if (old.has(handle)) handle.reloaded();
    const gone = [...old].filter((handle) => !kept.has(handle));
    if (this.#readsAhead) {
      // Both would follow as the same gateway, and one write what the other reads.
      this.#unfollowed = Promise.all([this.#unfollowed, ...gone.map((handle) => handle.index?.unfollow())]);
      await this.#unfollowed;
      this.#retainIndexes();
      for (const handle of kept) if (!old.has(handle)) handle.readAhead();
    }
    await retireAll(gone);
  }

  async close(): Promise<void> {
    await retireAll(this.all);
    await this.#index?.close();
  }

  #handlesOf(plan: GatewayPlan): ReadonlyMap<string, SourceHandle> {
    const handle = (source: SourcePlan): SourceHandle => {
      const open = this.#handles.get(source.name);
      if (open !== undefined && isDeepStrictEqual(open.plan.written, source.written)) return open;
      const index = source.index && this.#customers(plan.store.index);
      return new SourceHandle(source, this.#log, this.#events, index);
    };
    return new Map([...plan.sources.values()].map((source) => [source.name, handle(source)]));
  }

  /** One file for all sources; another one in the configuration is used from the next start on. */
  #customers(file: string | undefined): CustomerIndex | undefined {
    if (file !== undefined && this.#openIndex !== undefined) this.#index ??= this.#openIndex(file);
    return this.#index;
  }

  /** What no source keeps any more is removed from the file. */
  #retainIndexes(): void {
    const names = [...this.#plan.sources.values()].flatMap(({ name, index }) => (index === undefined ? [] : [name]));
    this.#customers(this.#plan.store.index)
      ?.retain(names)
      .catch((error: unknown) => this.#log.error(failureFields(error), 'the index cannot be written'));
  }
}

function known<State>(
  states: readonly (readonly [string, State | undefined])[],
): readonly (readonly [string, State])[] {
  return states.flatMap(([name, state]) => (state === undefined ? [] : [[name, state] as const]));
}

async function retireAll(handles: readonly SourceHandle[]): Promise<void> {
  await Promise.all(handles.map((handle) => handle.retire()));
}
