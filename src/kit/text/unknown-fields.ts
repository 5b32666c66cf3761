/** Fields that a lookup searches and a source does not have. */
import type { Criterion, Log } from '../../contract/index.ts';

const USUAL = 'a lookup searches a field that the source does not have, and finds nobody';

/**
 * Tells of each such field once, and softly: a step of a lookup may be meant for another of its sources. Steps that none can
 * answer, and sources that can answer none, are told by `check`.
 */
export class UnknownFields {
  readonly #log: Log;
  readonly #isKnown: (field: string) => boolean;
  readonly #message: string;
  readonly #told = new Set<string>();

  constructor(log: Log, isKnown: (field: string) => boolean, message = USUAL) {
    this.#log = log;
    this.#isKnown = isKnown;
    this.#message = message;
  }

  /** Whether one of the criteria is for such a field: then nobody is found. */
  areIn(criteria: readonly Criterion[]): boolean {
    const unknown = criteria.map(({ field }) => field).filter((field) => !this.#isKnown(field));
    for (const field of unknown) {
      if (this.#told.has(field)) continue;
      this.#told.add(field);
      this.#log.debug({ field }, this.#message);
    }
    return unknown.length > 0;
  }
}
