/** What time it is at a system, as far as its answers tell. */
import type { HttpAnswer } from './types.ts';

/** The clock of one system: that of this machine, until an answer has told (Date: RFC 9110, 6.6.1). Milliseconds. */
export class SystemClock {
  #aheadMs = 0;

  learn(answer: Pick<HttpAnswer, 'header'>): void {
    const date = Date.parse(answer.header('date') ?? '');
    if (!Number.isNaN(date)) this.#aheadMs = date - Date.now();
  }

  get now(): number {
    return Date.now() + this.#aheadMs;
  }

  /** What time it was there at a moment of `performance.now()`. */
  at(moment: number): number {
    return this.now - (performance.now() - moment);
  }
}
