/** What happens in the gateway, for those who count. A listener must be quick and must not throw. */

/** How a push came on: `repeated` came before, `refused` could not be stored; the others are ends of attempts and of pushes. */
export type PushResult = 'accepted' | 'repeated' | 'refused' | 'done' | 'postponed' | 'failed' | 'unclear';

/**
 * What an index did for a question: `instead` answered, and the system was not asked; `stale` stood in when the system failed;
 * `miss` has nobody, so that the system was asked, or nothing to stand in with.
 */
export type IndexHit = 'instead' | 'stale' | 'miss';

/** What became of an event of another system; `refused`: its signature was not right. */
export type EventResult = 'stored' | 'repeated' | 'late' | 'alone' | 'refused' | 'unreadable' | 'unstored';

/** A lookup that has been answered, in seconds; a push that has come on. Names are those of the configuration. */
export type GatewayEvent =
  | { readonly kind: 'lookup'; readonly lookup: string; readonly seconds: number; readonly failed: boolean }
  | {
      readonly kind: 'push';
      readonly target: string;
      readonly result: PushResult;
      /** It is of no request: it tells what went wrong with others. */
      readonly isAlert?: boolean;
    }
  /** An event of another system has come. `stream`: its name under `events`. */
  | { readonly kind: 'event'; readonly stream: string; readonly result: EventResult }
  /** A source was asked. `result`: `answered`, `bug`, or the kind of its failure. */
  | { readonly kind: 'source'; readonly source: string; readonly result: string; readonly seconds: number }
  /** A question to a source that keeps its answers. */
  | { readonly kind: 'cache'; readonly source: string; readonly hit: 'fresh' | 'stale' | 'miss' }
  /** A question to a source with an index. */
  | { readonly kind: 'index'; readonly source: string; readonly hit: IndexHit }
  /** Entries of the audit: in the file, or lost because they could not be written. */
  | { readonly kind: 'audit'; readonly result: 'kept' | 'lost'; readonly count: number }
  /** A run that brings an index up to date has ended. `held`: it would have removed so many that it asks first. */
  | { readonly kind: 'index-run'; readonly source: string; readonly result: 'done' | 'held' | 'failed' };

/** Work that is followed from its beginning to its end. Names are those of the configuration; nothing of it is a customer's. */
export type Stretch = { readonly reference: string } & (
  | {
      readonly kind: 'call';
      /** What is called: `lookup`, `ajax`, `push`, `webhook`, `event`. */
      readonly call: string;
      /** Undefined for a name that anybody can make up. */
      readonly name: string | undefined;
      readonly via: string | undefined;
      /** What the caller said of the trace that it belongs to (W3C Trace Context), as it was sent. */
      readonly traceparent: string | undefined;
    }
  | {
      /** A source is asked, or one that stands in for it. */
      readonly kind: 'question';
      readonly source: string;
      readonly adapter: string;
      /** Whether the system is told of the trace. */
      readonly passesOn: boolean;
    }
  | {
      /** A push is sent. */
      readonly kind: 'attempt';
      readonly target: string;
      readonly push: string;
      readonly attempt: number;
      readonly source: string;
      readonly adapter: string | undefined;
      readonly passesOn: boolean;
    }
);

/** How it came out. */
export interface StretchEnd {
  /** `answered`, `done`, `failed` …, or the kind of the failure: `timeout`. */
  readonly outcome: string;
  readonly isFailed: boolean;
  /** The HTTP status that says the same. */
  readonly status?: number | undefined;
  readonly records?: number;
  /** Who answered a question. */
  readonly from?: 'source' | 'cache' | 'index';
  /** Whether that is old, and stands in for a source that failed. */
  readonly isStale?: boolean;
  /** Whether the source is left alone after failures. */
  readonly isResting?: boolean;
}

/** Follows work. */
export interface Tracer {
  /** Does the work, and has its outcome whatever happens here. @param endOf of what it resolves to, or throws */
  trace<T>(stretch: Stretch, work: () => Promise<T>, endOf: StretchEnds<T>): Promise<T>;
}

/** How work came out, by what came of it. */
export interface StretchEnds<T> {
  answered(result: T): StretchEnd;
  failed(error: unknown): StretchEnd;
}

/** Tells listeners of events, in order, at once. */
export class GatewayEvents {
  readonly #listeners = new Set<(event: GatewayEvent) => void>();
  /** Undefined: nobody follows. */
  tracer: Tracer | undefined;

  /** Does work that is followed where somebody wants that. */
  trace<T>(stretch: () => Stretch, work: () => Promise<T>, ends: StretchEnds<T>): Promise<T> {
    return this.tracer === undefined ? work() : this.tracer.trace(stretch(), work, ends);
  }

  /** @returns a function that ends the listening */
  listen(listener: (event: GatewayEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  tell(event: GatewayEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
