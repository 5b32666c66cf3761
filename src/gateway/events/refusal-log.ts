/** The log of events that are not believed: whoever sends thousands of them fills no disk. */
import type { Log } from '../../contract/index.ts';
import type { SignatureProblem } from './signature.ts';

/** One line of a kind in this time. Milliseconds. */
const PAUSE_MS = 60_000;

interface Told {
  readonly at: number;
  /** How many have come since. */
  readonly untold: number;
}

/** For one gateway. */
export class RefusalLog {
  readonly #log: Log;
  readonly #now: () => number;
  /** By stream and culprit. */
  readonly #told = new Map<string, Told>();

  /** @param now milliseconds of a clock that is never set */
  constructor(log: Log, now: () => number = () => performance.now()) {
    this.#log = log;
    this.#now = now;
  }

  /** @param stream a name of the configuration: another one would fill the memory */
  tell(stream: string, { culprit, problem }: SignatureProblem, fields: Readonly<Record<string, unknown>>): void {
    const kind = `${stream} ${culprit}`;
    const told = this.#told.get(kind);
    const now = this.#now();
    if (told !== undefined && now - told.at < PAUSE_MS) {
      this.#told.set(kind, { ...told, untold: told.untold + 1 });
      return;
    }
    const others = told === undefined || told.untold === 0 ? {} : { before: told.untold };
    this.#told.set(kind, { at: now, untold: 0 });
    this.#log.warn({ ...fields, ...others, culprit, problem }, 'an event was refused');
  }
}
