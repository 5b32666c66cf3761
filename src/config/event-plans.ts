/** `events:` */
import { placesOf } from '../contract/index.ts';
import type { EventsPlan } from '../gateway/events/plan.ts';
import { checkedNames, checkTargets, namesInSection } from './named-entries.ts';
import { checkSourceName } from './named-sources.ts';
import type { Report } from './report.ts';
import { eventsSection } from './sections/events.ts';
import type { Path } from './tree.ts';

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
    if (plan.index !== undefined) checkIndex(report, [...path, 'index'], plan.index);
    plans.set(name, { name, ...plan });
  }
  return plans;
}

function checkIndex(report: Report, path: Path, { source, where }: NonNullable<EventsPlan['index']>): void {
  checkSourceName(report, [...path, 'source']);
  const isThere = namesInSection(report, 'sources').includes(source);
  if (isThere && report.value(['sources', source, 'index']) === undefined) {
    report.add([...path, 'source'], `the source ${source} has no index; write index: { every: 15m } into it`);
  }
  for (const [field, template] of Object.entries(where)) {
    const places = placesOf(template);
    if (places.length > 0) continue;
    report.add([...path, 'where', field], 'is the same for every event; write a field of the event, as in "{{id}}"');
  }
}
