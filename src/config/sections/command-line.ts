/** `commandLine:` */
import * as z from 'zod';
import type { CommandLinePlan } from '../../gateway/plan.ts';
import { LIST_EVEN_IF_WRONG, repetitions } from './common.ts';

/** What the command line of a Live Lookup needs to know of HelpSpot. */
export const commandLineSection = z
  .strictObject({
    customFields: z
      .array(
        z
          .int()
          .min(1)
          .max(1_000_000)
          .meta({ examples: [5] }),
      )
      .superRefine((ids, context) => {
        for (const { index } of repetitions(ids)) {
          context.addIssue({ code: 'custom', path: [index], message: 'stands in the list already; remove it' });
        }
      }, LIST_EVEN_IF_WRONG)
      .transform((ids) => [...ids].sort((a, b) => a - b))
      .meta({
        description:
          'For HelpSpot before 5.3.0, which passes values without names: the ids of all custom fields, in any order.',
        examples: [[1, 5, 7]],
      })
      .prefault([]),
    log: z
      .string()
      .min(1)
      .meta({
        title: 'the path of a file',
        description:
          'A file to which each lookup that bin/livelookup answers by itself appends what it says on standard error, which HelpSpot throws away.',
        examples: ['/var/log/helpspot-gateway/command-line.log'],
      })
      .optional(),
  })
  .meta({ description: 'Live Lookup from the command line.', examples: [{ customFields: [1, 5, 7] }] })
  .transform((commandLine): CommandLinePlan => commandLine);
