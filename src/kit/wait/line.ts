/** Who waits for a turn, and whose turn is next: staff before background work, and of these the call that began first. */
import type { Caller } from './caller.ts';

/** Of so many turns that staff have in a row while background work waits, the next is for that: it is not starved. */
const STAFF_IN_A_ROW = 4;
/** Those who wait with a deadline go by themselves; without one, more than so many are a mistake of somebody's. */
const MOST_WAITING = 10_000;

/** Somebody in the line. */
export interface InLine {
  readonly caller: Caller;
  /** When he joined the line, on the clock of `performance.now()`. */
  readonly came: number;
}

/**
 * A line with two sides. A call may need several turns, one after another: since the oldest call goes first, it is
 * finished before a later one begins, and not all of them come too late together.
 */
export class Line<One extends InLine> {
  // In the order of coming.
  readonly #waiting = new Set<One>();
  #inARow = 0;

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  get isFull(): boolean {
    return this.#waiting.size >= MOST_WAITING;
  }

  join(one: One): void {
    this.#waiting.add(one);
  }

  /** Leaves the line without a turn. */
  leave(one: One): void {
    this.#waiting.delete(one);
  }

  /** Whose turn is next. Asked each time: to somebody in the background, staff who want the same may come meanwhile. */
  next(): One | undefined {
    let staff: One | undefined;
    let background: One | undefined;
    for (const one of this.#waiting) {
      if (one.caller.isBackground()) background = earlier(background, one);
      else staff = earlier(staff, one);
    }
    return background !== undefined && this.#inARow >= STAFF_IN_A_ROW ? background : (staff ?? background);
  }

  /** He who is next has his turn, and leaves the line. */
  serve(one: One): void {
    this.#waiting.delete(one);
    const isStaff = !one.caller.isBackground();
    const passes = isStaff && [...this.#waiting].some(({ caller }) => caller.isBackground());
    this.#inARow = passes ? this.#inARow + 1 : 0;
  }

  /** Those who have their turns before somebody who comes now, if nobody else comes. */
  before(caller: Caller): readonly One[] {
    const staff: One[] = [];
    const background: One[] = [];
    const began = caller.began() ?? Number.POSITIVE_INFINITY;
    const isBackground = caller.isBackground();
    for (const one of this.#waiting) {
      if (one.caller.isBackground()) background.push(one);
      else if (isBackground || beganOf(one) <= began) staff.push(one);
    }
    const inOrder = (ones: One[]) => ones.sort((a, b) => beganOf(a) - beganOf(b));
    if (!isBackground) {
      const turns = Math.floor((this.#inARow + staff.length) / STAFF_IN_A_ROW);
      return [...staff, ...inOrder(background).slice(0, turns)];
    }
    const earlierOnes = background.filter((one) => beganOf(one) <= began);
    const turns = Math.max(0, (earlierOnes.length + 1) * STAFF_IN_A_ROW - this.#inARow);
    return [...inOrder(staff).slice(0, turns), ...earlierOnes];
  }
}

function earlier<One extends InLine>(a: One | undefined, b: One): One {
  return a === undefined || beganOf(b) < beganOf(a) ? b : a;
}

function beganOf({ caller, came }: InLine): number {
  return caller.began() ?? came;
}
