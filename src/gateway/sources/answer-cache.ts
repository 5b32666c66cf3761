/** The answers of a source that are kept for a while, in memory only. */
import { LRUCache } from 'lru-cache';
import { isList, type SourceRecord } from '../../contract/index.ts';
import { lengthOf } from './bounded-records.ts';

/** What a source answered to a question. */
export interface KeptAnswer {
  readonly records: readonly SourceRecord[];
  /** What it said of its answer, for staff. */
  readonly notices: readonly string[];
  /** There may be more records than it has, for another reason than the limit of the question. */
  readonly isCut?: boolean;
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
      sizeCalculation: (answer, key) => key.length + sizeOf(answer.records),
    });
  }

  /** The answer that may be given without asking. */
  fresh(key: string): KeptAnswer | undefined {
    return this.#within(key, this.#plan.freshMs);
  }

  /** The answer that may be given when the source fails. */
  stale(key: string): KeptAnswer | undefined {
    return this.#within(key, Math.max(this.#plan.freshMs, this.#plan.staleMs));
  }

  keep(key: string, answer: KeptAnswer): void {
    this.#answers.set(key, answer);
  }

  #within(key: string, milliseconds: number): KeptAnswer | undefined {
    const answer = this.#answers.get(key);
    if (answer === undefined) return undefined;
    const age = performance.now() - answer.keptAt;
    return age < (answer.records.length === 0 ? Math.min(NOBODY_MS, milliseconds) : milliseconds) ? answer : undefined;
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
