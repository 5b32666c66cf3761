/** Whether the push targets that alerts go to can take what is of no request. */
import { fillTemplate } from '../../contract/index.ts';
import type { Finding } from '../outcome.ts';
import type { GatewayPlan } from '../plan.ts';

/** Of the fields that a target's system insists on: those that only a request fills. */
export function alertFindings({
  alerts,
  push,
  sources,
}: Pick<GatewayPlan, 'alerts' | 'push' | 'sources'>): readonly Finding[] {
  return (alerts?.push ?? []).flatMap((target, index) => {
    const plan = push.get(target);
    const required = plan === undefined ? [] : (sources.get(plan.source)?.adapter.push?.required ?? []);
    return required
      .filter((field) => fillTemplate(plan?.fields[field] ?? '', () => '').trim() === '')
      .map((field): Finding => {
        const sentence = `push.${target}.fields.${field} is empty in an alert, which is of no request, and the system refuses it then; name a push target of its own for alerts, with a value there`;
        return { where: `alerts.push[${index}]`, weight: 'warning', sentence };
      });
  });
}
