/** What somebody has changed in the console. */
import { auditEntry } from '../../gateway/audit/entry.ts';
import type { Visit } from './visit.ts';

/** What was changed: names and counts, never a customer's value. */
export interface ConsoleChange {
  /** `push.retry`, `push.drop`, `push.send`, `index.rebuild` … */
  readonly what: string;
  /** Of what, in the words of the log: ids of pushes, the name of a source. */
  readonly of: string;
  /** One by one, for the audit; absent: it is one thing, `of`. */
  readonly things?: readonly string[];
  readonly count?: number;
}

/** Leaves a line in the log and in the audit with the name of who did it. Every change of a page comes through here. */
export function changed({ gateway, user }: Visit, { things, ...change }: ConsoleChange): void {
  const { what: name, of, count = 1 } = change;
  const who = { personName: user.name, via: 'console' } as const;
  const entry = {
    at: Date.now(),
    kind: 'change',
    name,
    things: things ?? [of],
    count,
    outcome: 'done',
    ...who,
  } as const;
  gateway.audit.record(auditEntry(entry));
  gateway.log.info({ user: user.name, ...change }, 'something was changed in the console');
}
