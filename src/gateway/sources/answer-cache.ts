/** The answers of a source that are kept for a while, in memory only. */
import { LRUCache } from 'lru-cache';
import { isLink, isList, type Scalar, type SourceRecord } from '../../contract/index.ts';

/** What a source answered to a question. */
export interface KeptAnswer {
  readonly records: readonly SourceRecord[];
  /** What it said of its answer, for staff. */
  readonly notices: readonly string[];
  /** When it answered, as `Date.now()` has it; and on the clock of `performance.now()`, which nobody sets back. */
  readonly at: number;
  readonly keptAt: number;
}

/** `sources.NAME.cache:` Times in milliseconds. */
export interface CachePlan {
  /** So long an answer is given again without asking. */
  readonly freshMs: number;
  /** So long it is kept for when the source fails. */
  readonly staleMs: number;
  /** At most so many answers. */
  readonly entries: number;
}

/** Nobody may have been found because he was not entered yet, and staff look again when he is. */
const NOBODY_MS = 5_000;

/** Of all answers of a source together; a text of so many characters takes at most twice the bytes. */
const MOST_CHARACTERS = 32_000_000;
/** What a value takes beside its characters, as a number of characters. */
const OVERHEAD = 16;

/** Answers by question. */
export class AnswerCache {
  readonly #plan: CachePlan;
  readonly #answers: LRUCache<string, KeptAnswer>;

  constructor(plan: CachePlan) {
    this.#plan = plan;
    this.#answers = new LRUCache({
      max: plan.entries,
      maxSize: MOST_CHARACTERS,
      ttl: Math.max(plan.freshMs, plan.staleMs),
      sizeCalculation: (answer, key) => key.length + sizeOf(answer.records),
    });
  }

  /** The answer that may be given without asking. */
  fresh(key: string): KeptAnswer | undefined {
    const answer = this.#answers.get(key);
    return answer !== undefined && performance.now() - answer.keptAt < this.#freshMs(answer) ? answer : undefined;
  }

  /** The answer that may be given when the source fails. */
  stale(key: string): KeptAnswer | undefined {
    return this.#answers.get(key);
  }

  keep(key: string, answer: KeptAnswer): void {
    const isNobody = answer.records.length === 0;
    this.#answers.set(key, answer, isNobody ? { ttl: NOBODY_MS } : {});
  }

  #freshMs({ records }: KeptAnswer): number {
    return records.length === 0 ? Math.min(NOBODY_MS, this.#plan.freshMs) : this.#plan.freshMs;
  }
}

/** In characters, roughly. */
function sizeOf(records: readonly SourceRecord[]): number {
  let size = OVERHEAD;
  for (const record of records) {
    for (const [name, value] of Object.entries(record)) {
      size += name.length + OVERHEAD;
      if (value === undefined) continue;
      for (const item of isList(value) ? value : [value]) size += OVERHEAD + lengthOf(item);
    }
  }
  return size;
}

function lengthOf(value: Scalar): number {
  if (typeof value === 'string') return value.length;
  return typeof value === 'object' && isLink(value) ? value.text.length + value.href.length : 0;
}
