/** What alerts are made of, beside pushes, and when. */

/** The ends of a push that are worth an alert. */
export type AlarmingState = 'failed' | 'unclear';

/** When an alert is due, and what it is of. */
export interface AlertOrder {
  readonly states: readonly AlarmingState[];
  /** Whether push targets that are down are told of. */
  readonly withTargets: boolean;
  /** The push targets that alerts go to. While an alert is on its way to each of them, none is due. */
  readonly targets: readonly string[];
  /** From the first event on so long is waited for others. Milliseconds. */
  readonly settleMs: number;
  /** The least time between two alerts. Milliseconds. */
  readonly everyMs: number;
  /** So many pushes are given one by one; the others are counted. */
  readonly most: number;
}

/** A push target that is down, or is back since somebody was told that it is down. */
export interface Outage {
  readonly target: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** What became of its pushes: "FogBugz did not answer". */
  readonly reason: string;
  /** Undefined while it is down. */
  readonly backAt: number | undefined;
}
