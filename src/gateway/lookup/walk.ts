/** One source on its way through the questions of a lookup. */
import type { SourceRecord } from '../../contract/index.ts';
import type { SourceHandle } from '../sources/source-handle.ts';
import type { NamedQuestion } from './match-steps.ts';

/** A source that failed during a lookup, or was not waited for. */
export interface SourceFailure {
  readonly source: string;
  readonly title: string;
  readonly error: unknown;
}

/** A place behind all steps. */
export const NOWHERE = Number.POSITIVE_INFINITY;

/** What a walk asks on its way. */
export interface Way {
  readonly questions: readonly NamedQuestion[];
  /** The step of the first question. */
  readonly from: number;
  /** The earliest step at which somebody was found by now. */
  best(): number;
  ask(walk: Walk, question: NamedQuestion): Promise<readonly SourceRecord[]>;
  /** The walk has come on. */
  changed(walk: Walk): void;
}

/** A walk: from question to question until somebody is found, the source fails, or an earlier step has found somebody. */
export class Walk {
  readonly source: SourceHandle;
  /** Settles, and never rejects, when it asks nothing more. */
  readonly ended: Promise<void>;
  readonly #way: Way;
  #at: number;
  #records: readonly SourceRecord[] = [];
  #hasEnded = false;
  #isLeft = false;
  #question: NamedQuestion | undefined;
  failure: SourceFailure | undefined;
  /** When the source said what it says, as `Date.now()` has it: earlier where it was kept. */
  answeredAt = Number.POSITIVE_INFINITY;

  constructor(source: SourceHandle, way: Way) {
    this.source = source;
    this.#way = way;
    this.#at = way.from;
    this.ended = this.#walked();
  }

  /** The step that it is at, or at which it ended; {@link NOWHERE} when it has been through all of them in vain. */
  get at(): number {
    return this.#at;
  }

  get records(): readonly SourceRecord[] {
    return this.#records;
  }

  /** What it asks, or asked last. */
  get question(): NamedQuestion | undefined {
    return this.#question;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Whether the answer is made without it. */
  get isLeft(): boolean {
    return this.#isLeft;
  }

  fail(error: unknown): void {
    const { name, title } = this.source.plan;
    this.failure = { source: name, title, error };
  }

  /** The answer is made without it. The call under way goes on, for the cache and for what is known of the source. */
  leave(): void {
    this.#isLeft = true;
    this.source.wasLeft();
  }

  /** An older answer stands in for the one that has not come. */
  take(records: readonly SourceRecord[]): void {
    this.#records = records;
  }

  async #walked(): Promise<void> {
    try {
      await this.#go();
    } finally {
      this.#hasEnded = true;
      this.#way.changed(this);
    }
  }

  async #go(): Promise<void> {
    for (const question of this.#way.questions) {
      // By an earlier step somebody is found more surely.
      if (this.#isLeft || this.#at > this.#way.best()) return;
      this.#question = question;
      const records = await this.#way.ask(this, question);
      if (this.#isLeft) return;
      // Of several questions at once one may have failed.
      this.#records = records;
      if (records.length > 0 || this.failure !== undefined) return;
      this.#at += 1;
      this.#way.changed(this);
    }
    this.#at = NOWHERE;
  }
}
