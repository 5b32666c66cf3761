/** `alerts:` */
import * as z from 'zod';
import { duration } from '../../contract/index.ts';
import type { AlertsPlan } from '../../gateway/push/plan.ts';
import { DEFAULTS } from '../defaults.ts';
import { LIST_EVEN_IF_WRONG, repetitions } from './common.ts';

const CAUSES = ['failed', 'unclear', 'targetDown'] as const;

/** Who is told of pushes that went wrong. */
export const alertsSection = z
  .strictObject({
    push: listed(z.string().min(1).max(100)).meta({
      description: 'The push targets that alerts go to.',
      examples: [['Ops']],
    }),
    when: listed(z.enum(CAUSES).meta({ examples: ['failed'] }))
      .meta({
        description:
          'failed: a push that is not tried any more. unclear: a push of which a person must find out whether it arrived. targetDown: a push target takes no pushes. Left out: all of them.',
        examples: [[...CAUSES]],
      })
      .default([...CAUSES]),
    every: duration('1s', '1d', DEFAULTS.alertsEvery)
      .meta({ description: 'There is at most one alert in this time.', examples: [DEFAULTS.alertsEvery] })
      .prefault(DEFAULTS.alertsEvery),
  })
  .meta({
    description: 'Who is told of pushes that went wrong.',
    examples: [{ push: ['Ops'], every: DEFAULTS.alertsEvery }],
  })
  .transform(({ every: everyMs, ...rest }): AlertsPlan => ({ ...rest, everyMs }));

/** A list with something in it, and nothing twice. */
function listed<Entry extends z.ZodType>(entry: Entry) {
  return z
    .array(entry)
    .min(1)
    .superRefine((entries, context) => {
      for (const { index } of repetitions(entries)) {
        context.addIssue({ code: 'custom', path: [index], message: 'stands in the list already; remove it' });
      }
    }, LIST_EVEN_IF_WRONG);
}
