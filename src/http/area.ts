/**
 * An area is what one route file answers for: a path and everything below it. To add one, write a file in
 * `routes/` that makes an `Area`, and name it in `routes/index.ts`.
 */
import type { Request, Response } from 'express';
import type { Call } from './call.ts';

/** How an area writes "no" in its own format. */
export interface RefusalFormat {
  readonly contentType: string;
  write(message: string): string;
}

/** A call that an area answers: with `send()`, or by throwing a `Refusal`. What else it throws is a bug. */
export interface Visit {
  readonly req: Request;
  readonly res: Response;
  readonly call: Call;
  /** What the path holds below the area's own, decoded: `[]` for `/livelookup` and `/livelookup/`, `['crm']` for `/livelookup/crm`. */
  readonly below: readonly string[];
}

/** A path and everything below it. */
export interface Area {
  /** `/livelookup`: lower case, no slash at the end. */
  readonly path: string;
  /**
   * `required`: refused without a right key. `optional`: {@link Call.keyName} says whether there was a right one;
   * a wrong one is refused. `ignored`: nobody is counted or refused for a key.
   */
  readonly key: 'required' | 'optional' | 'ignored';
  readonly refusal: RefusalFormat;
  /** Who answers which method; GET answers HEAD too. Every other method is refused with the names of these. */
  readonly methods: Readonly<Partial<Record<'GET' | 'POST', (visit: Visit) => Promise<void> | void>>>;
  /** How many names may follow the path, `/push/NAME/details` has two; more is an address where there is nothing. */
  readonly depth: 0 | 1 | 2;
}
