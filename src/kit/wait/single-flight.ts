/** Identical questions at the same time are asked once. */
import { beganAt, isBackground, remainingMs, untilAborted } from '../../contract/index.ts';
import type { Caller } from './caller.ts';

interface Flight<T> {
  readonly controller: AbortController;
  readonly answer: Promise<T>;
  readonly waiting: Set<Waiting>;
}

/** Somebody who waits. One signal may wait twice. */
interface Waiting {
  readonly signal: AbortSignal;
}

/** The questions that are under way, each with all who wait for its answer. */
export class SingleFlight<T> {
  readonly #underWay = new Map<string, Flight<T>>();

  /**
   * The answer to the question that `key` stands for: asked by `ask`, or under way already.
   * The asking is aborted only when nobody waits for it any more, or by `ask` itself through `controller`.
   * @throws the signal's reason when it aborts, and what `ask` throws
   */
  async join(
    key: string,
    signal: AbortSignal,
    ask: (caller: Caller, controller: AbortController) => Promise<T>,
  ): Promise<T> {
    signal.throwIfAborted();
    const own = { signal };
    const flight = this.#underWay.get(key) ?? this.#start(key, own, ask);
    flight.waiting.add(own);
    try {
      return await untilAborted(flight.answer, signal);
    } catch (error) {
      if (!signal.aborted || flight.waiting.size > 1) throw error;
      this.#end(key, flight);
      flight.controller.abort(signal.reason);
      // It ends at once, and knows better how far it came.
      return await flight.answer;
    } finally {
      flight.waiting.delete(own);
    }
  }

  /** Gives up what is under way, whoever waits for it. */
  abort(reason: unknown): void {
    for (const { controller } of this.#underWay.values()) controller.abort(reason);
  }

  #start(key: string, first: Waiting, ask: (caller: Caller, controller: AbortController) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const waiting = new Set([first]);
    const caller: Caller = {
      signal: controller.signal,
      remaining: () => longestOf(waiting),
      began: () => earliestOf(waiting),
      isBackground: () => [...waiting].every(({ signal }) => isBackground(signal)),
    };
    const flight: Flight<T> = { controller, answer: ask(caller, controller), waiting };
    this.#underWay.set(key, flight);
    const ended = () => this.#end(key, flight);
    flight.answer.then(ended, ended);
    return flight;
  }

  #end(key: string, flight: Flight<T>): void {
    if (this.#underWay.get(key) === flight) this.#underWay.delete(key);
  }
}

/** How long the most patient of them waits; undefined when that is not known of one. */
function longestOf(waiting: ReadonlySet<Waiting>): number | undefined {
  let longest = 0;
  for (const { signal } of waiting) {
    const remaining = remainingMs(signal);
    if (remaining === undefined) return undefined;
    longest = Math.max(longest, remaining);
  }
  return longest;
}

/** When the first of their calls began; undefined when that is not known of any. */
function earliestOf(waiting: ReadonlySet<Waiting>): number | undefined {
  let earliest: number | undefined;
  for (const { signal } of waiting) {
    const began = beganAt(signal);
    if (began !== undefined) earliest = Math.min(began, earliest ?? began);
  }
  return earliest;
}
