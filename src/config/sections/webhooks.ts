/** `webhooks.NAME:` */
import * as z from 'zod';
import { LIST_EVEN_IF_WRONG, repetitions } from './common.ts';

/** Everything but the name of the webhook. */
export const webhookSection = z
  .strictObject({
    push: z
      .array(z.string().min(1).max(100))
      .min(1)
      .superRefine((names, context) => {
        for (const { index } of repetitions(names)) {
          context.addIssue({ code: 'custom', path: [index], message: 'stands in the list already; remove it' });
        }
      }, LIST_EVEN_IF_WRONG)
      .meta({ description: 'The push targets that get the request.', examples: [['Zapier']] }),
  })
  .meta({ description: 'One HelpSpot webhook: /webhooks/NAME.', examples: [{ push: ['Zapier'] }] });
