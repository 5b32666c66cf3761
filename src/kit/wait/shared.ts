/** What several have in common: made for the first who asks for it, forgotten after the last has given it back. */

/** Something that remembers for a while what it was used for. */
export interface Shareable {
  /** False as long as it remembers what matters to the next: the successor of a source goes on where that ended. */
  readonly isAtRest: boolean;
}

interface Entry<T> {
  readonly value: T;
  users: number;
}

/** Things by their keys. */
export class Shared<T extends Shareable> {
  readonly #entries = new Map<string, Entry<T>>();

  /** How many are known. */
  get size(): number {
    return this.#entries.size;
  }

  /** The thing of a key; `release` gives it back, once. */
  borrow(key: string, make: () => T): { readonly value: T; release(): void } {
    this.#forget();
    const entry = this.#entries.get(key) ?? { value: make(), users: 0 };
    this.#entries.set(key, entry);
    entry.users += 1;
    let isHeld = true;
    const release = () => {
      if (!isHeld) return;
      isHeld = false;
      entry.users -= 1;
      this.#forget();
    };
    return { value: entry.value, release };
  }

  /** Without a timer: what is left until the next asks is one small thing for each account. */
  #forget(): void {
    for (const [key, { users, value }] of this.#entries) {
      if (users === 0 && value.isAtRest) this.#entries.delete(key);
    }
  }
}
