/** An adapter over records in memory, with the faults that a real system has: for tests of the gateway itself. */

import * as z from 'zod';
import {
  type CallContext,
  defineAdapter,
  type FindQuery,
  inOrder,
  type ListBatch,
  type ListQuery,
  meets,
  type Source,
  type SourceField,
  type SourceRecord,
  type TimeSpan,
  UserError,
  untilAborted,
} from '../../src/contract/index.ts';

/** What such a system does, and what it saw. */
export interface MemorySystem {
  records: readonly SourceRecord[];
  /** What it says of its fields. */
  fields?: readonly SourceField[];
  /** What a push can fill, as it says. */
  pushFields?: readonly string[];
  /** Said with every answer. */
  notice?: string;
  /** Thrown by `open`. */
  openError?: unknown;
  /** Thrown by `find` and `check`. */
  error?: unknown;
  /** `find` and `check` never answer, and do not look at their signal. */
  hangs?: boolean;
  /** Waited for before a search is answered, unless the call is given up. */
  wait?: (query: FindQuery) => Promise<void>;
  /** As {@link Source.parameters}. */
  parameters?: readonly string[];
  /** Said with every answer, which may not be whole. */
  cut?: string;
  /** A field that can be searched, and that its records do not show. */
  hides?: string;
  /** As {@link Source.findsGroups}. */
  findsGroups?: true;
  /** As {@link Source.findsInOrder}; it then sorts. */
  findsInOrder?: true;
  /** As many systems do, it finds only who is looked for. */
  cannotList?: boolean;
  /** It lists its records, so many in a batch, by the field `id`; `since` is a number of {@link changes}. */
  batch?: number;
  /** The ids that changed, in their order; one that has no record any more was removed. Undefined: it cannot say. */
  changes?: string[];
  /** As {@link Source.keysOf}, by the field `id`. */
  tellsKeys?: boolean;
  /** Called before each batch. */
  listing?: (batch: number) => Promise<void>;
  /** What it says to be complete behind each batch: it lists the newest first. */
  complete?: (batch: number) => TimeSpan;
  /** The runs that it saw. */
  readonly lists?: ListQuery[];
  /** `open` never ends. */
  openHangs?: boolean;
  readonly queries: FindQuery[];
  /** How often it was asked for a sign of life. */
  checks: number;
  opened: number;
  closed: number;
}

/** A system with these records. */
export function memorySystem(records: readonly SourceRecord[] = []): MemorySystem {
  return { records, queries: [], checks: 0, opened: 0, closed: 0 };
}

/** The adapter for one system. */
export function memoryAdapter(system: MemorySystem) {
  return defineAdapter({
    name: 'memory',
    title: 'Memory',
    settings: z.strictObject({}),
    async open(): Promise<Source> {
      system.opened += 1;
      if (system.openHangs === true) await new Promise(() => undefined);
      if (system.openError !== undefined) throw system.openError;
      return withAbilities(new MemorySource(system), system);
    },
  });
}

/** What a source can do it says, or has no such capability at all. */
function withAbilities(source: Source, system: MemorySystem): Source {
  const { findsGroups, findsInOrder, pushFields, batch } = system;
  return Object.assign(
    source,
    findsGroups === true && { findsGroups },
    findsInOrder === true && { findsInOrder },
    pushFields !== undefined && { pushFields: async () => pushFields },
    batch !== undefined && { list: (query: ListQuery) => listed(system, query, batch) },
    system.tellsKeys === true && {
      keysOf: async (records: readonly SourceRecord[]) => records.map(({ id }) => String(id)),
    },
    batch !== undefined && system.changes !== undefined && { listsChanges: true },
  );
}

async function* listed(system: MemorySystem, query: ListQuery, size: number): AsyncGenerator<ListBatch, void> {
  system.lists?.push(query);
  const mark = String(system.changes?.length ?? 0);
  const byId = (id: string) => system.records.find((record) => record['id'] === id);
  const changed = query.since === undefined ? undefined : system.changes?.slice(Number(query.since));
  const wanted =
    changed === undefined ? system.records : system.records.filter(({ id }) => changed.includes(String(id)));
  const removed = changed?.filter((id) => byId(id) === undefined) ?? [];
  let [at, number] = [Number(query.from ?? 0), 0];
  do {
    await system.listing?.(number);
    if (system.error !== undefined) throw system.error;
    const records = wanted
      .slice(at, at + size)
      .map((record) => ({ key: String(record['id']), record: withOnly(record, query.fields) }));
    at += size;
    number += 1;
    const complete = system.complete?.(number);
    yield { records, removed, next: String(at), mark, ...(complete && { complete }) };
  } while (at < wanted.length);
}

function withOnly(record: SourceRecord, names: readonly string[] | undefined): SourceRecord {
  return Object.fromEntries(Object.entries(record).filter(([name]) => names?.includes(name) !== false));
}

class MemorySource implements Source {
  readonly #system: MemorySystem;

  constructor(system: MemorySystem) {
    this.#system = system;
  }

  get parameters(): readonly string[] | undefined {
    return this.#system.parameters;
  }

  async check(_context: CallContext): Promise<void> {
    this.#system.checks += 1;
    await this.#fault();
  }

  async fields(): Promise<readonly SourceField[] | undefined> {
    await this.#fault();
    return this.#system.fields;
  }

  async find(query: FindQuery, context: CallContext): Promise<readonly SourceRecord[]> {
    this.#system.queries.push(query);
    await this.#fault();
    await untilAborted(this.#system.wait?.(query) ?? Promise.resolve(), context.signal);
    if (this.#system.notice !== undefined) context.notice?.(this.#system.notice);
    if (this.#system.cut !== undefined) context.notice?.(this.#system.cut, true);
    const isListing = query.criteria.length === 0 && (query.groups ?? []).length === 0;
    if (isListing && this.#system.cannotList === true) throw new UserError('it cannot list');
    const found = this.#system.records.filter((record) => isWanted(record, query));
    return inOrder(found, query.order ?? [])
      .slice(0, query.limit)
      .map((record) => shownOf(record, this.#system));
  }

  async close(): Promise<void> {
    this.#system.closed += 1;
  }

  async #fault(): Promise<void> {
    if (this.#system.error !== undefined) throw this.#system.error;
    if (this.#system.hangs === true) await new Promise(() => undefined);
  }
}

function shownOf(record: SourceRecord, { hides }: MemorySystem): SourceRecord {
  return hides === undefined ? record : { ...record, [hides]: undefined };
}

function isWanted(record: SourceRecord, { criteria, groups = [] }: FindQuery): boolean {
  return [...criteria.map((one) => [one]), ...groups].every((group) => group.some((one) => meets(record, one)));
}
