/** `log:` */
import * as z from 'zod';
import type { LogPlan } from '../../gateway/plan.ts';
import { DEFAULTS, LIMITS } from '../defaults.ts';
import { pathFrom } from '../paths.ts';
import { filePath } from './store.ts';

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
    format: z
      .enum(['json', 'pretty'])
      .meta({ description: 'How serve writes it: a JSON object a line, or for people to read.', examples: ['json'] })
      .default('json'),
    file: filePath
      .meta({
        description: 'The file that serve writes it to. Left out: standard error.',
        examples: ['../var/gateway.log'],
      })
      .optional(),
    megabytes: z
      .int()
      .min(0)
      .max(LIMITS.logMegabytes)
      .meta({
        description: 'A file of this size goes aside, as FILE.1; 0: never, logrotate or another program does that.',
        examples: [DEFAULTS.logMegabytes],
      })
      .default(DEFAULTS.logMegabytes),
    keep: z
      .int()
      .min(1)
      .max(LIMITS.logFiles)
      .meta({ description: 'So many files that went aside are kept.', examples: [DEFAULTS.logFiles] })
      .default(DEFAULTS.logFiles),
  })
  .meta({ description: 'What is logged, and where.', examples: [{ level: 'info' }] });

/** @param directory that a file is relative to */
export function logPlan(
  { level, customerValues, format, file, megabytes, keep }: z.output<typeof logSection>,
  directory: string,
): LogPlan {
  const bytes = megabytes === 0 ? undefined : megabytes * 1024 * 1024;
  const path = file === undefined ? undefined : pathFrom(directory, file);
  return { level, customerValues, format, ...(path !== undefined && { file: { path, bytes, keep } }) };
}
