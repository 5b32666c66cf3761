/** What is known of the calls under way, the same for every copy of the contract in this process. */

/** What is known of the call that a signal belongs to. Times on the clock of `performance.now()`. */
interface Call {
  readonly began: number;
  /** When the signal aborts at the latest. */
  readonly end: number | undefined;
  readonly isBackground: boolean;
}

interface Shared {
  readonly calls: WeakMap<AbortSignal, Call>;
  /** The clock of the copy that came first. */
  now(): number;
}

const PLACE = Symbol.for('helpspot-gateway.calls');
/** Far more than two readings of one clock are apart. */
const ANOTHER_CLOCK_MS = 1_000;

/**
 * Shared, since the program that runs is bundled and an adapter package imports a copy of its own: whether somebody
 * waits for a call, and how long, must not be lost between them. Not with the command-line Live Lookup, where it says
 * little and the bundle has another clock.
 */
export function knownCalls(): WeakMap<AbortSignal, Call> {
  const known: unknown = Reflect.get(globalThis, PLACE);
  if (isShared(known) && Math.abs(known.now() - performance.now()) < ANOTHER_CLOCK_MS) return known.calls;
  const made: Shared = { calls: new WeakMap(), now: () => performance.now() };
  Reflect.set(globalThis, PLACE, made);
  return made.calls;
}

function isShared(value: unknown): value is Shared {
  return typeof value === 'object' && value !== null && 'calls' in value && 'now' in value;
}
