/** What is different in another configuration: by names, never by values. */
import { isDeepStrictEqual } from 'node:util';
import type { GatewayPlan } from './plan.ts';

/** One difference. */
export interface PlanChange {
  /** `sources`, `lookups`, `push`; also a section without names of its own: `access`. */
  readonly section: string;
  /** Empty for a section without names of its own. */
  readonly name: string;
  readonly change: 'added' | 'removed' | 'changed';
}

/** Another configuration was put in force. */
export interface LastReload {
  readonly at: Date;
  readonly changes: readonly PlanChange[];
}

const NAMED = ['sources', 'lookups', 'ajax', 'push', 'webhooks', 'events'] as const;
const WHOLE = ['server', 'access', 'log', 'commandLine', 'alerts', 'store', 'audit', 'console', 'helpSpotUrl'] as const;

/** In the order of the sections, and of their names. */
export function planChanges(old: GatewayPlan, next: GatewayPlan): readonly PlanChange[] {
  const named = NAMED.flatMap((section) => namedChanges(section, entriesOf(old, section), entriesOf(next, section)));
  const whole = WHOLE.filter((section) => !isDeepStrictEqual(old[section], next[section])).map(
    (section): PlanChange => ({ section, name: '', change: 'changed' }),
  );
  return [...named, ...whole];
}

function namedChanges(
  section: string,
  old: ReadonlyMap<string, unknown>,
  next: ReadonlyMap<string, unknown>,
): readonly PlanChange[] {
  return [...new Set([...old.keys(), ...next.keys()])].flatMap((name): readonly PlanChange[] => {
    if (!old.has(name)) return [{ section, name, change: 'added' }];
    if (!next.has(name)) return [{ section, name, change: 'removed' }];
    return isDeepStrictEqual(old.get(name), next.get(name)) ? [] : [{ section, name, change: 'changed' }];
  });
}

/** Of a source what the file says of it: an adapter is another object in each reading. */
function entriesOf(plan: GatewayPlan, section: (typeof NAMED)[number]): ReadonlyMap<string, unknown> {
  if (section !== 'sources') return plan[section] ?? new Map();
  return new Map([...plan.sources].map(([name, { written }]) => [name, written]));
}
