/** What somebody has changed in the console. */
import { auditEntry } from '../../gateway/audit/entry.ts';
import type { Visit } from './visit.ts';

/** What was changed: names and counts, never a customer's value. */
export interface ConsoleChange {
  /** `push.retry`, `push.drop`, `push.send`, `index.rebuild` … */
  readonly what: string;
  /** Of what: ids of pushes, the name of a source. */
  readonly of: string;
  readonly count?: number;
}

/** Leaves a line in the log and in the audit with the name of who did it. Every change of a page comes through here. */
export function changed({ gateway, user }: Visit, change: ConsoleChange): void {
  const { what: name, of, count = 1 } = change;
  const who = { personName: user.name, via: 'console' } as const;
  const things = of.split(', ');
  gateway.audit.record(auditEntry({ at: Date.now(), kind: 'change', name, things, count, outcome: 'done', ...who }));
  gateway.log.info({ user: user.name, ...change }, 'something was changed in the console');
}
