/** `log:` */
import * as z from 'zod';
import type { LogPlan } from '../../gateway/plan.ts';
import { DEFAULTS } from '../defaults.ts';

/** What is logged. */
export const logSection = z
  .strictObject({
    level: z
      .enum(['debug', 'info', 'warn', 'error', 'silent'])
      .meta({ description: 'The least that is logged.', examples: [DEFAULTS.logLevel] })
      .default(DEFAULTS.logLevel),
    customerValues: z
      .boolean()
      .meta({
        description: 'Whether the values that staff searched for are logged. They are personal data.',
        examples: [false],
      })
      .default(false),
  })
  .meta({ description: 'What is logged, as JSON lines.', examples: [{ level: 'info' }] })
  .transform((log): LogPlan => log);
