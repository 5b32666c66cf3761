/** How pushed things stand: asked of the other system, or the last that is known. */
import { type CallContext, type Details, untilAborted, withDeadlineWithin } from '../../contract/index.ts';
import type { DetailsView } from '../../helpspot/details-html.ts';
import { asSourceError, failureFields } from '../failure.ts';
import type { OrFailure } from '../outcome.ts';
import { lookedForUntil } from './horizon.ts';
import type { PushHost } from './host.ts';
import type { KeptDetails, Ledger } from './ledger.ts';
import type { PushTargetPlan } from './plan.ts';
import type { PushRow } from './push-row.ts';
import { pushFailure, pushWords, standingOf } from './words.ts';

/** Several staff members look at one request; a page is loaded again and again. */
const FRESH_MS = 15_000;
const MOST_CACHED = 1_000;

type Asked =
  | { readonly kind: 'found'; readonly details: Details; readonly at: number }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'silent' }
  | { readonly kind: 'failed'; readonly error: unknown };

/** What staff see, or why not. */
type Result = OrFailure<{ readonly view: DetailsView }>;

interface Cached {
  readonly answer: Promise<Asked>;
  /** Undefined while it is being asked. */
  staleAt: number | undefined;
}

/** Answers `details`. */
export class PushDetails {
  readonly #host: PushHost;
  readonly #cache = new Map<string, Cached>();

  constructor(host: PushHost) {
    this.#host = host;
  }

  /** Another configuration may ask another system. */
  reload(): void {
    this.#cache.clear();
  }

  /**
   * @param id ours or the other system's
   * @param ledger undefined when it cannot be opened: then the other system alone is asked
   */
  async details(
    plan: PushTargetPlan,
    id: string,
    ledger: Ledger | undefined,
    { signal, reference }: CallContext,
  ): Promise<Result> {
    const row = await this.#stored(async () => ledger?.find(plan.name, id), reference);
    const now = () => ledger?.now() ?? Date.now();
    if (row !== undefined && row.state !== 'done') return this.ofRow(plan, row, now());
    const { title } = this.#host.source(plan.source).plan;
    const asked = await untilAborted(this.#ask(plan, row?.receipt?.id ?? id, reference, now), signal).catch(
      (error: unknown): Asked => ({ kind: 'failed', error: asSourceError(error, signal, `source ${plan.source}`) }),
    );
    if (asked.kind === 'found') {
      void this.#keep(ledger, row, asked, reference);
      return { view: viewOf(asked.details, row) };
    }
    if (asked.kind === 'failed') return this.#lastKnown(ledger, row, title, asked.error, reference);
    const standing =
      asked.kind === 'unknown' ? `${title} does not know ${id} (any more).` : `${title} cannot be asked how it stands.`;
    return { view: row === undefined ? { title: id, rows: [], standing } : pushedView(row, { standing }) };
  }

  /** Of one that the other system does not have, or may not have. @param now by the clock of its ledger */
  ofRow(plan: PushTargetPlan, row: PushRow, now: number): { readonly view: DetailsView } {
    const { title } = this.#host.source(plan.source).plan;
    const standing = standingOf(row, title, now, lookedForUntil(row, plan));
    return { view: { title: row.title, rows: [], standing: `${standing}.` } };
  }

  #ask(plan: PushTargetPlan, id: string, reference: string, now: () => number): Promise<Asked> {
    const key = JSON.stringify([plan.name, id]);
    const cached = this.#cache.get(key);
    if (cached !== undefined && (cached.staleAt === undefined || performance.now() < cached.staleAt)) {
      return cached.answer;
    }
    const fresh: Cached = { answer: this.#askSource(plan, id, reference, now), staleAt: undefined };
    // Last in the map is last to go.
    this.#cache.delete(key);
    this.#cache.set(key, fresh);
    for (const oldest of this.#cache.keys()) {
      if (this.#cache.size <= MOST_CACHED) break;
      this.#cache.delete(oldest);
    }
    void fresh.answer.then(({ kind }) => {
      // A failure is not kept: the next click may find the system back.
      fresh.staleAt = performance.now() + (kind === 'failed' ? 0 : FRESH_MS);
    });
    return fresh.answer;
  }

  async #askSource(plan: PushTargetPlan, id: string, reference: string, now: () => number): Promise<Asked> {
    try {
      const source = this.#host.source(plan.source);
      // Anything may stand in the address of a call, and an adapter makes addresses and queries of an id.
      if (source.plan.adapter.push?.ids?.test(id) === false) return { kind: 'unknown' };
      return await withDeadlineWithin(this.#host.plan().server.deadlineMs, undefined, (signal) =>
        source.call({ signal, reference }, async (opened, context): Promise<Asked> => {
          if (opened.details === undefined) return { kind: 'silent' };
          const details = await opened.details(id, context);
          return details === undefined ? { kind: 'unknown' } : { kind: 'found', details, at: now() };
        }),
      );
    } catch (error) {
      this.#host.log.error({ reference, target: plan.name, ...failureFields(error) }, 'details could not be asked for');
      return { kind: 'failed', error };
    }
  }

  /** Never rejects. */
  async #keep(
    ledger: Ledger | undefined,
    row: PushRow | undefined,
    kept: KeptDetails,
    reference: string,
  ): Promise<void> {
    if (ledger === undefined || row === undefined) return;
    // What is in the cache has been kept already.
    const before = await this.#stored(() => ledger.keptDetails(row.id), reference);
    if ((before?.at ?? 0) >= kept.at) return;
    await ledger.keepDetails(row.id, kept.details).catch((error) => {
      this.#host.log.warn({ reference, push: row.id, ...failureFields(error) }, 'details could not be kept');
    });
  }

  /** What the ledger says; a damaged one says nothing, and the other system is asked all the same. */
  async #stored<T>(read: () => Promise<T | undefined>, reference: string): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      this.#host.log.error({ reference, ...failureFields(error) }, 'the store of pushes cannot be read');
      return undefined;
    }
  }

  async #lastKnown(
    ledger: Ledger | undefined,
    row: PushRow | undefined,
    title: string,
    error: unknown,
    reference: string,
  ): Promise<Result> {
    if (row === undefined) return { failure: pushFailure(title, error, reference) };
    const reason = `${pushWords(title, error)} (ref ${reference})`;
    const kept = await this.#stored(async () => ledger?.keptDetails(row.id), reference);
    if (kept === undefined) return { view: pushedView(row, { standing: `${reason}.` }) };
    const stale = { ageMs: Math.max(0, (ledger?.now() ?? kept.at) - kept.at), reason };
    return { view: { ...viewOf(kept.details, row), stale } };
  }
}

function viewOf({ title, link, rows }: Details, row: PushRow | undefined): DetailsView {
  return { title, link: link ?? row?.receipt?.link, rows };
}

/** What the ledger alone knows of a push that has arrived. */
function pushedView(row: PushRow, more: Partial<DetailsView>): DetailsView {
  const rows = [
    { label: 'Id', value: row.receipt?.id },
    { label: 'Pushed', value: new Date(row.changedAt) },
  ];
  return { title: row.title, link: row.receipt?.link, rows, ...more };
}
