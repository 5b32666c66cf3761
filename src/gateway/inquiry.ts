/** Sources that are asked for one answer, and what staff and the log must know of each. */
import { type CallContext, type FindQuery, remainingMs, type SourceRecord } from '../contract/index.ts';
import type { Parameters } from '../helpspot/parameters.ts';
import { StandIns } from './failure.ts';
import { Notices } from './notices.ts';
import type { SourceReport } from './outcome.ts';
import type { SourceHandle } from './sources/source-handle.ts';
import { askedLate, Resting } from './sources/unasked.ts';

/** Who is asked, for whom, and within what. */
export interface InquiryParts {
  source(name: string): SourceHandle;
  /** What HelpSpot sent. */
  readonly parameters: Parameters;
  readonly context: Pick<CallContext, 'signal' | 'reference'>;
  /** The whole time that the answer may take. Milliseconds. */
  readonly deadlineMs: number;
  /** What asks, for messages: "AJAX field". */
  readonly user: string;
}

/** What a source is asked. */
export type SourceQuestion = Pick<FindQuery, 'criteria' | 'groups'>;

/** How a question is asked, where it is not as all of the call. */
export interface QuestionOptions {
  /** The answer is waited for so long at most, unless the source has a time of its own. Milliseconds. */
  readonly limitMs?: number;
  /** Ends before that of the call. */
  readonly signal?: AbortSignal;
  /** Whether an error is no failure of the source: who asks has another way. */
  readonly isExpected?: (error: unknown) => boolean;
}

/** A source that failed, also when an older answer stands in. */
export interface SourceProblem {
  readonly source: string;
  readonly error: unknown;
}

/** The questions of one call. */
export class Inquiry {
  /** What staff must know of the answers. */
  readonly notices = new Notices();
  readonly #parts: InquiryParts;
  readonly #problems: SourceProblem[] = [];
  readonly #reports = new Map<string, SourceReport>();
  readonly #standIns = new StandIns();

  constructor(parts: InquiryParts) {
    this.#parts = parts;
  }

  /** The signal of the call. */
  get signal(): AbortSignal {
    return this.#parts.context.signal;
  }

  get reference(): string {
    return this.#parts.context.reference;
  }

  /** The time that is left of the call. Milliseconds. */
  get leftMs(): number {
    return remainingMs(this.signal) ?? this.#parts.deadlineMs;
  }

  get deadlineMs(): number {
    return this.#parts.deadlineMs;
  }

  /** What failed, for the log. */
  get problems(): readonly SourceProblem[] {
    return this.#problems;
  }

  /** How each source took part, for the log. */
  get reports(): readonly SourceReport[] {
    return [...this.#reports.values()];
  }

  /** @throws for a name that the configuration does not have: a bug of ours */
  source(name: string): SourceHandle {
    return this.#parts.source(name);
  }

  /**
   * The answers to questions, which are asked side by side. What a source says of them is told under its title.
   * @throws as {@link SourceHandle.find}
   */
  async find(
    source: SourceHandle,
    questions: readonly SourceQuestion[],
    limit: number,
    { limitMs = this.deadlineMs, signal = this.signal, isExpected }: QuestionOptions = {},
  ): Promise<readonly (readonly SourceRecord[])[]> {
    const { name, title } = source.plan;
    const { parameters, deadlineMs, user } = this.#parts;
    const started = performance.now();
    const leftMs = this.leftMs;
    const notice = (sentence: string) => void this.notices.add(`${title}: ${sentence}`);
    const context = { signal, reference: this.reference, notice };
    const report = (count: number, failed: boolean, answer: SourceReport['answer'] | undefined) =>
      this.#report(name, Math.round(performance.now() - started), count, failed, answer);
    let answer: SourceReport['answer'];
    try {
      const answers = await Promise.all(
        questions.map(async (question) => {
          const query = { ...question, limit, parameters };
          const { records, kept, insteadOf, at } = await source.find(query, context, { user, limitMs, deadlineMs });
          answer = kept ?? answer;
          if (kept === 'stale') {
            const old = { error: insteadOf, at, count: records.length };
            this.notices.add(this.#standIns.add({ name, title }, old, 'nothing'), name);
            this.#failed(name, insteadOf);
          }
          return records;
        }),
      );
      report(
        answers.reduce((sum, records) => sum + records.length, 0),
        false,
        answer,
      );
      return answers;
    } catch (caught) {
      if (isExpected?.(caught) === true) throw caught;
      const error = askedLate(caught, name, leftMs, deadlineMs);
      report(0, true, error instanceof Resting ? 'rests' : answer);
      this.#failed(name, error);
      throw error;
    }
  }

  /** One line of the log for each source is enough. */
  #failed(source: string, error: unknown): void {
    if (!this.#problems.some((one) => one.source === source)) this.#problems.push({ source, error });
  }

  /** Adds questions to what is said of a source. */
  #report(
    source: string,
    milliseconds: number,
    count: number,
    failed: boolean,
    answer: SourceReport['answer'] | undefined,
  ): void {
    const { milliseconds: earlier = 0, count: others = 0 } = this.#reports.get(source) ?? {};
    const report = { source, milliseconds: earlier + milliseconds, count: others + count, failed };
    this.#reports.set(source, answer === undefined ? report : { ...report, answer });
  }
}
