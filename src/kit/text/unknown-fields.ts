/** Fields that a lookup searches and a source does not have. */
import type { Criterion, Log } from '../../contract/index.ts';

/** Tells of each such field once: a lookup may ask for it with every call. */
export class UnknownFields {
  readonly #log: Log;
  readonly #isKnown: (field: string) => boolean;
  readonly #told = new Set<string>();

  constructor(log: Log, isKnown: (field: string) => boolean) {
    this.#log = log;
    this.#isKnown = isKnown;
  }

  /** Whether one of the criteria is for such a field: then nobody is found. */
  areIn(criteria: readonly Criterion[]): boolean {
    const unknown = criteria.map(({ field }) => field).filter((field) => !this.#isKnown(field));
    for (const field of unknown) {
      if (this.#told.has(field)) continue;
      this.#told.add(field);
      this.#log.warn({ field }, 'a lookup searches a field that the source does not have, and finds nobody');
    }
    return unknown.length > 0;
  }
}
