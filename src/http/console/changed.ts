/** What somebody has changed in the console. */
import type { Visit } from './visit.ts';

/** What was changed: names and counts, never a customer's value. */
export interface ConsoleChange {
  /** `push.retry`, `push.drop`, `push.send`, `index.rebuild` … */
  readonly what: string;
  /** Of what: ids of pushes, the name of a source. */
  readonly of: string;
  readonly count?: number;
}

/** Leaves a line in the log with the name of who did it. Every change of a page comes through here. */
export function changed({ gateway, user }: Visit, change: ConsoleChange): void {
  gateway.log.info({ user: user.name, ...change }, 'something was changed in the console');
}
