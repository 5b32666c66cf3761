/** Identical questions at the same time are asked once. */
import { remainingMs, untilAborted } from '../../contract/index.ts';
import type { Caller } from './waiting.ts';

interface Flight<T> {
  readonly controller: AbortController;
  readonly answer: Promise<T>;
  readonly seats: Set<Seat>;
}

/** Somebody who waits. One signal may wait twice. */
interface Seat {
  readonly signal: AbortSignal;
}

/** The questions that are under way, each with all who wait for its answer. */
export class Flights<T> {
  readonly #flights = new Map<string, Flight<T>>();

  /**
   * The answer to the question that `key` stands for: asked by `ask`, or under way already.
   * The asking is aborted only when nobody waits for it any more.
   * @throws the signal's reason when it aborts, and what `ask` throws
   */
  async join(key: string, signal: AbortSignal, ask: (caller: Caller) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    const seat = { signal };
    const flight = this.#flights.get(key) ?? this.#start(key, seat, ask);
    flight.seats.add(seat);
    try {
      return await untilAborted(flight.answer, signal);
    } catch (error) {
      if (!signal.aborted || flight.seats.size > 1) throw error;
      this.#end(key, flight);
      flight.controller.abort(signal.reason);
      // It ends at once, and knows better how far it came.
      return await flight.answer;
    } finally {
      flight.seats.delete(seat);
    }
  }

  #start(key: string, seat: Seat, ask: (caller: Caller) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const seats = new Set([seat]);
    const caller: Caller = { signal: controller.signal, remaining: () => longestOf(seats) };
    const flight: Flight<T> = { controller, answer: ask(caller), seats };
    this.#flights.set(key, flight);
    const ended = () => this.#end(key, flight);
    flight.answer.then(ended, ended);
    return flight;
  }

  #end(key: string, flight: Flight<T>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
  }
}

/** How long the most patient of them waits; undefined when that is not known of one. */
function longestOf(seats: ReadonlySet<Seat>): number | undefined {
  let longest = 0;
  for (const { signal } of seats) {
    const remaining = remainingMs(signal);
    if (remaining === undefined) return undefined;
    longest = Math.max(longest, remaining);
  }
  return longest;
}
