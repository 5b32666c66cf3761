/** Highrise's limits. */

/** "503 Service Unavailable … check the Retry-After header to see how many seconds to wait" (README.md, Rate limiting) */
export class Limit {
  readonly #most: number;
  readonly #seconds: number;
  #times: number[] = [];

  constructor(most: number, seconds: number) {
    this.#most = most;
    this.#seconds = seconds;
  }

  /** Seconds to wait; undefined when it may go on. */
  refuse(): number | undefined {
    const now = performance.now();
    this.#times = this.#times.filter((time) => time > now - this.#seconds * 1000);
    const [oldest] = this.#times;
    if (oldest !== undefined && this.#times.length >= this.#most) {
      return Math.max(1, Math.ceil((oldest + this.#seconds * 1000 - now) / 1000));
    }
    this.#times.push(now);
    return undefined;
  }
}
