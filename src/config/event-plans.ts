/** `events:` */
import type { EventsPlan } from '../gateway/events/plan.ts';
import { checkedNames, checkTargets, namesInSection } from './named-entries.ts';
import type { Report } from './report.ts';
import { eventsSection } from './sections/events.ts';

const EXAMPLE = { video: { verify: 'help-lightning', secret: '…', push: ['HelpSpotNote'] } };

/** Reads the section; mistakes are added. */
export function eventsPlans(report: Report): ReadonlyMap<string, EventsPlan> {
  const plans = new Map<string, EventsPlan>();
  const targets = namesInSection(report, 'push');
  for (const name of checkedNames(report, 'events', EXAMPLE)) {
    const path = ['events', name];
    const plan = report.check(eventsSection, path);
    if (plan === undefined) continue;
    checkTargets(report, path, plan.push, targets);
    plans.set(name, { name, ...plan });
  }
  return plans;
}
