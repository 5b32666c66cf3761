/** `helpspot:` */

import * as z from 'zod';
import { parsedAddress, trimmedEnd } from '../../kit/text/index.ts';
import { mistake, name } from './common.ts';

/** Links to requests go to other systems, and all of the address with them. */
function accountMistake(url: string): string | undefined {
  // What is no address has been told.
  const { username = '', password = '' } = parsedAddress(url) ?? {};
  if (username === '' && password === '') return undefined;
  return 'holds a user name or a password, which every link to a request would give away; write it without';
}

/** As written: what is known of HelpSpot. `url` comes out without slashes at its end. */
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
      .superRefine(mistake(accountMistake))
      .transform((url) => trimmedEnd(url, '/'))
      .optional(),
    source: name()
      .meta({
        description:
          'The source that is this HelpSpot: it has names for what requests have by number, and says which custom fields there are.',
        examples: ['helpdesk'],
      })
      .optional(),
  })
  .meta({ description: 'What is known of HelpSpot itself.', examples: [{ url: 'https://help.example.com' }] });
