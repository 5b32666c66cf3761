/** What people change by hand in a gateway that runs: by a page of the console, or by the API. */
import type { Gateway } from '../gateway.ts';

/** Who makes a change: somebody who is signed in, or a key by its name. */
export type ChangeMaker =
  | { readonly user: string; readonly via: 'console' | 'http' }
  | { readonly key: string; readonly via: 'http' };

/** What was changed: names and counts, never a customer's value. */
export interface ChangeByHand {
  /** `push.retry`, `push.drop`, `push.send`, `index.rebuild` … */
  readonly what: string;
  /** Of what, in the words of the log: ids of pushes, the name of a source. */
  readonly of: string;
  /** One by one, for the audit; absent: it is one thing, `of`. */
  readonly things?: readonly string[];
  readonly count?: number;
}

/** Leaves a line in the log and in the audit with the name of who did it. Every change of a page and of the API comes through here. */
export function tellChange(
  { audit, log }: Pick<Gateway, 'audit' | 'log'>,
  who: ChangeMaker,
  { things, ...change }: ChangeByHand,
) {
  const { what: name, of, count = 1 } = change;
  const maker = 'user' in who ? { personName: who.user } : { caller: who.key };
  const entry = {
    at: Date.now(),
    kind: 'change',
    name,
    things: things ?? [of],
    count,
    outcome: 'done',
    via: who.via,
  } as const;
  audit.record({ ...entry, ...maker });
  const { via, ...named } = who;
  const where = via === 'console' ? 'in the console' : 'by the API';
  log.info({ ...named, ...change }, `something was changed ${where}`);
}
