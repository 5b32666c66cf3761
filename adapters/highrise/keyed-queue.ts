/** A keyed queue: what is about the same person waits for each other. */
import { untilAborted } from '../../src/contract/index.ts';
import { endOf } from '../../src/kit/wait/index.ts';

/** One after the other for what is about the same: two pushes at once must not make one person twice. */
export class KeyedQueue {
  readonly #last = new Map<string, Promise<unknown>>();

  /**
   * Does the work when everything with the same key that came before has ended.
   * @throws {SourceError} `timeout`, with nothing done, when the deadline comes first; and what the work throws
   */
  async run<T>(key: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const tooLate = () => endOf(signal, 'another push about the same person took too long', true);
    let hasBegun = false;
    const turn = before.then(() => {
      if (signal.aborted) throw tooLate();
      hasBegun = true;
      return work();
    });
    const ended = turn.catch(() => undefined);
    this.#last.set(key, ended);
    void ended.then(() => {
      if (this.#last.get(key) === ended) this.#last.delete(key);
    });
    try {
      await untilAborted(before, signal);
    } catch {
      if (hasBegun) return await turn;
      throw tooLate();
    }
    return await turn;
  }
}
