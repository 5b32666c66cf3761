/** What is told of a search: to staff, in the log line, and by `--explain`. */
import { failureText, StandIns } from '../failure.ts';
import { Notices } from '../notices.ts';
import type { AskedStep, SourceReport } from '../outcome.ts';
import type { SourceAnswer } from '../sources/questions.ts';
import type { SourceHandle } from '../sources/source-handle.ts';
import { Resting } from '../sources/unasked.ts';
import type { SourceFailure } from './walk.ts';

/** How one question to one source went. */
export interface AskedQuestion {
  readonly step: string;
  readonly source: SourceHandle;
  readonly count: number;
  /** Undefined: it was not waited for. */
  readonly milliseconds: number | undefined;
  readonly error: unknown;
  /** Of an answer from the cache. */
  readonly kept: SourceAnswer['kept'];
}

/** Grows with each question of a lookup. */
export class SearchLog {
  readonly #reference: string;
  readonly #notices = new Notices();
  readonly #reports = new Map<string, SourceReport>();
  readonly #steps: AskedStep[] = [];
  readonly #replaced: SourceFailure[] = [];
  readonly #standIns = new StandIns();

  constructor(reference: string) {
    this.#reference = reference;
  }

  /** Tells staff what they must know of the answer. */
  say(sentence: string): void {
    this.#notices.add(sentence);
  }

  /** Notes that a step was not asked. */
  skip(step: AskedStep): void {
    this.#steps.push(step);
  }

  /**
   * Staff read how old the answer is that stands in for one that failed.
   * @param old `at` when it was current; `count` how many records it has
   */
  standIn(
    { plan: { name, title } }: SourceHandle,
    old: { readonly error: unknown; readonly at: number; readonly count: number },
    missing: 'nobody' | 'nothing',
  ): void {
    this.#notices.add(`${this.#standIns.add({ name, title }, old, missing)} (ref ${this.#reference})`, name);
    this.#replaced.push({ source: name, title, error: old.error });
  }

  /** Adds a question to what is said of its source. */
  asked({ step, source: { plan }, count, milliseconds, error, kept }: AskedQuestion): void {
    const source = plan.name;
    const isLate = milliseconds === undefined;
    const hasFailed = error !== undefined && !(isLate && kept !== undefined);
    const { milliseconds: earlier = 0, count: others = 0 } = this.#reports.get(source) ?? {};
    const answer = error instanceof Resting ? 'rests' : isLate && kept === undefined ? 'late' : kept;
    const report = { source, milliseconds: earlier + (milliseconds ?? 0), count: others + count, failed: hasFailed };
    this.#reports.set(source, answer === undefined ? report : { ...report, answer });
    const problem = error === undefined ? undefined : failureText(error);
    const asked = { step, source, count, problem, answer: kept };
    this.#steps.push(isLate ? asked : { ...asked, milliseconds });
  }

  get notices(): readonly string[] {
    return this.#notices.all();
  }

  get reports(): readonly SourceReport[] {
    return [...this.#reports.values()];
  }

  get steps(): readonly AskedStep[] {
    return this.#steps;
  }

  get replaced(): readonly SourceFailure[] {
    return this.#replaced;
  }
}
