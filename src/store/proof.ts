/**
 * Whether pushes can be stored, found out by storing one: reading, and asking for the free space, say well of a full
 * disk, a used-up quota and a file that must not be written any more.
 */

import { performance } from 'node:perf_hooks';
import { StoreError } from '../contract/index.ts';

/** An answer serves everybody who asks for so long: each is a wait for the disk. */
const FRESH_MS = 2_000;
/** A healthy disk takes milliseconds; who waits for longer than a locked file is waited for does not get an answer. */
const HANGS_MS = 5_000;

/** For one ledger. Times are those of `performance.now()`. */
export class Proof {
  readonly #file: string;
  readonly #store: () => Promise<void>;
  #running: { readonly since: number; readonly ended: Promise<void> } | undefined;
  #last: { readonly at: number; readonly trouble: StoreError | undefined } | undefined;

  /** @param store stores a push and takes it out again; rejects with a {@link StoreError} when it cannot */
  constructor(file: string, store: () => Promise<void>) {
    this.#file = file;
    this.#store = store;
  }

  /** Milliseconds since the last answer. */
  get ageMs(): number {
    return this.#last === undefined ? Number.POSITIVE_INFINITY : performance.now() - this.#last.at;
  }

  /** What is known without asking. */
  get trouble(): StoreError | undefined {
    const { since } = this.#running ?? {};
    if (since !== undefined && performance.now() - since > HANGS_MS) return this.#hangs(performance.now() - since);
    return this.#last?.trouble;
  }

  /** @throws {StoreError} why no push can be stored */
  async ask(): Promise<void> {
    if (this.#running === undefined && this.ageMs < FRESH_MS) return this.#answer();
    this.#running ??= { since: performance.now(), ended: this.#run() };
    await this.#running.ended;
    this.#answer();
  }

  /** A push was stored, or could not be: nobody need ask. A failure that is none of the store's says nothing. */
  learned(error?: unknown): void {
    if (error === undefined) this.#last = { at: this.#last?.at ?? 0, trouble: undefined };
    else if (error instanceof StoreError) this.#last = { at: performance.now(), trouble: error };
  }

  async #run(): Promise<void> {
    try {
      await this.#store();
      this.#last = { at: performance.now(), trouble: undefined };
    } catch (error) {
      // A bug is no trouble of the store; whoever asked is told.
      if (!(error instanceof StoreError)) throw error;
      this.#last = { at: performance.now(), trouble: error };
    } finally {
      this.#running = undefined;
    }
  }

  #answer(): void {
    const { trouble } = this.#last ?? {};
    if (trouble !== undefined) throw trouble;
  }

  #hangs(ms: number): StoreError {
    const seconds = Math.round(ms / 1000);
    const words = `the store ${this.#file} has not answered for ${seconds} seconds; see whether its disk hangs`;
    return new StoreError('unusable', words);
  }
}
