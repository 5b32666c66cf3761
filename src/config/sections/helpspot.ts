/** `helpspot:` */
import * as z from 'zod';

export const helpspotSection = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .max(500)
      .meta({
        title: 'an http or https address',
        description: 'Where staff open HelpSpot; for links back to a request.',
        examples: ['https://help.example.com'],
      })
      .transform((url) => url.replace(/\/+$/, ''))
      .optional(),
  })
  .meta({ description: 'What is known of HelpSpot itself.', examples: [{ url: 'https://help.example.com' }] });
