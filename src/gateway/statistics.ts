/** What has happened since the gateway has had a console, by the hour, for a picture of it. A day of it at most. */
import type { GatewayEvents } from './telemetry.ts';

const HOUR_MS = 3_600_000;
const HOURS = 24;
/** Upper bounds of times in seconds, a third more each: 1 ms … 2 minutes. */
const BOUNDS = Array.from({ length: 42 }, (_, at) => 0.001 * 1.33 ** at);

/** One hour of lookups. */
export interface LookupHour {
  /** Its beginning, as `Date.now()` has it. */
  readonly at: number;
  lookups: number;
  failed: number;
}

/** How a source has answered within the last hours. */
export interface SourceTimes {
  readonly calls: number;
  readonly failed: number;
  /** Half of the answers, and 95 of a hundred, took no longer, seconds; undefined before there is one. */
  readonly p50: number | undefined;
  readonly p95: number | undefined;
}

/** How a source has answered within one hour. */
export interface SourceHourTimes extends SourceTimes {
  /** Its beginning, as `Date.now()` has it. */
  readonly at: number;
}

interface SourceHour {
  readonly hour: number;
  readonly counts: number[];
  calls: number;
  failed: number;
}

/** Counts what a gateway tells, while somebody can look at it. */
export class Statistics {
  #hours: LookupHour[] = [];
  readonly #sources = new Map<string, SourceHour[]>();

  /** @param isWanted whether anything shows what is counted at this moment; nothing is counted otherwise */
  constructor(events: GatewayEvents, isWanted: () => boolean) {
    events.listen((event) => {
      if (!isWanted()) return;
      if (event.kind === 'lookup') this.#countLookup(event.failed);
      else if (event.kind === 'source') this.#countSource(event.source, event.result !== 'answered', event.seconds);
    });
  }

  /** The last 24 hours, the oldest first, those without a call too. */
  hours(now = Date.now()): readonly LookupHour[] {
    const last = hourOf(now);
    const known = new Map(this.#hours.map((one) => [one.at, one]));
    return Array.from({ length: HOURS }, (_, at) => {
      const begin = (last - HOURS + 1 + at) * HOUR_MS;
      return known.get(begin) ?? { at: begin, lookups: 0, failed: 0 };
    });
  }

  /** Of this hour and the one before. */
  source(name: string, now = Date.now()): SourceTimes {
    return timesOf((this.#sources.get(name) ?? []).filter(({ hour }) => hour >= hourOf(now) - 1));
  }

  /** The last 24 hours of a source, the oldest first, those without a call too. */
  sourceHours(name: string, now = Date.now()): readonly SourceHourTimes[] {
    const known = new Map((this.#sources.get(name) ?? []).map((one) => [one.hour, one]));
    return Array.from({ length: HOURS }, (_, at) => {
      const hour = hourOf(now) - HOURS + 1 + at;
      const one = known.get(hour);
      return { at: hour * HOUR_MS, ...timesOf(one === undefined ? [] : [one]) };
    });
  }

  #countLookup(failed: boolean): void {
    const at = hourOf(Date.now()) * HOUR_MS;
    let hour = this.#hours.at(-1);
    if (hour?.at !== at) {
      hour = { at, lookups: 0, failed: 0 };
      this.#hours = [...this.#hours.slice(1 - HOURS), hour];
    }
    hour.lookups += 1;
    if (failed) hour.failed += 1;
  }

  /** Names are those of the configuration. */
  #countSource(name: string, failed: boolean, seconds: number): void {
    const now = hourOf(Date.now());
    const hours = this.#sources.get(name) ?? [];
    let last = hours.at(-1);
    if (last?.hour !== now) {
      last = { hour: now, counts: BOUNDS.map(() => 0), calls: 0, failed: 0 };
      this.#sources.set(name, [...hours.slice(1 - HOURS), last]);
    }
    last.calls += 1;
    if (failed) last.failed += 1;
    const found = BOUNDS.findIndex((bound) => seconds <= bound);
    const at = found === -1 ? BOUNDS.length - 1 : found;
    if (!failed) last.counts[at] = (last.counts[at] ?? 0) + 1;
  }
}

function timesOf(hours: readonly SourceHour[]): SourceTimes {
  const counts = BOUNDS.map((_, at) => hours.reduce((sum, one) => sum + (one.counts[at] ?? 0), 0));
  return {
    calls: hours.reduce((sum, { calls }) => sum + calls, 0),
    failed: hours.reduce((sum, { failed }) => sum + failed, 0),
    p50: quantile(counts, 0.5),
    p95: quantile(counts, 0.95),
  };
}

function hourOf(time: number): number {
  return Math.floor(time / HOUR_MS);
}

function quantile(counts: readonly number[], part: number): number | undefined {
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all === 0) return undefined;
  let seen = 0;
  const at = counts.findIndex((count) => {
    seen += count;
    return seen >= all * part;
  });
  return BOUNDS[at];
}
