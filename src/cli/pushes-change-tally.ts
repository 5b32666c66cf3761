/** How many pushes were changed by hand, how many were not, and why. */
import type { PushWork } from './pushes-selection.ts';
import { printable } from './text-width.ts';

/** Of those that could not be changed for one reason, so many are named. */
const MOST_NAMED = 3;

/** Counts; it remembers few ids, however many pushes there are. */
export class ChangeTally {
  readonly #done: string;
  #changed = 0;
  readonly #left: string[] = [];
  #leftCount = 0;
  readonly #failed = new Map<string, { count: number; readonly ids: string[] }>();

  /** @param done what has become of those that were changed: "dropped" */
  constructor(done: string) {
    this.#done = done;
  }

  /** @param why it could not be changed */
  count(id: string, why: string | undefined): void {
    if (why === undefined) {
      this.#changed += 1;
      return;
    }
    const reason = this.#failed.get(why) ?? { count: 0, ids: [] };
    this.#failed.set(why, reason);
    reason.count += 1;
    if (reason.ids.length < MOST_NAMED) reason.ids.push(id);
  }

  /** Staff have pushed it again: to send it would do it twice. */
  leaveOut(id: string): void {
    this.#leftCount += 1;
    if (this.#left.length < MOST_NAMED) this.#left.push(id);
  }

  /** Does some of the work; where it fails, what was changed before is told all the same. */
  async during(work: PushWork, change: () => Promise<void>): Promise<void> {
    try {
      await change();
    } catch (error) {
      if (this.#changed > 0) this.tell(work);
      throw error;
    }
  }

  /** @returns the exit status: 1 when one could not be changed */
  tell({ say }: PushWork): number {
    say(`${this.#changed} ${this.#changed === 1 ? 'push is' : 'pushes are'} ${this.#done}\n`);
    const were = (count: number) => `${count} ${count === 1 ? 'was' : 'were'} not`;
    if (this.#leftCount > 0) {
      const ids = named(this.#left, this.#leftCount);
      say(
        `${were(this.#leftCount)} (${ids}): staff have pushed them again since; name them to send them all the same\n`,
      );
    }
    for (const [why, { count, ids }] of this.#failed) say(`${were(count)} (${named(ids, count)}): ${why}\n`);
    return this.#failed.size === 0 ? 0 : 1;
  }
}

function named(ids: readonly string[], count: number): string {
  return `${ids.map(printable).join(', ')}${count > ids.length ? ' …' : ''}`;
}
