/** What an administrator writes about a mail server. */

import * as z from 'zod';
import { hostName, tlsSettings } from '../../src/kit/tls/index.ts';
import { FIELD_TYPES } from './tag-values.ts';
import { mistakeIn, TAG_NAMES } from './tags.ts';

/** RFC 5321, 4.5.3.1.3: a path has 256 characters with its brackets. */
const LONGEST_ADDRESS = 254;

const ADDRESS = /^[^\s\p{Cc}<>()[\]\\,;:"@]{1,64}@[\p{L}\p{N}](?:[\p{L}\p{N}.-]*[\p{L}\p{N}])?$/u;

/**
 * Whether a text is one plain mail address, and nothing else that a header could be made of: as far as a help desk meets
 * them, without quoted local parts, comments and address literals (RFC 5321, 4.1.2).
 */
export function isAddress(text: string): boolean {
  return text.length <= LONGEST_ADDRESS && ADDRESS.test(text);
}

const address = z
  .string()
  .refine(isAddress)
  .meta({ title: 'a mail address', examples: ['helpdesk@example.com'] });

const addresses = z
  .union([address, z.array(address).min(1).max(50)])
  .transform((given) => (typeof given === 'string' ? [given] : given));

const template = z.string().max(1_000);

const tagName = z
  .string()
  .regex(TAG_NAMES)
  .meta({ title: 'the name of a tag: customer_id, category, custom12 …', examples: ['customer_id'] });

const tagSetting = z.union([
  template,
  z.int().min(0),
  z.boolean(),
  z.strictObject({
    value: template.describe('A template.'),
    type: z.enum(FIELD_TYPES).describe('The type of the custom field in the other HelpSpot.'),
  }),
]);

const tags = z.record(tagName, tagSetting).superRefine((given, context) => {
  for (const [name, setting] of Object.entries(given)) {
    const message = mistakeIn(name, setting);
    if (message !== undefined) context.addIssue({ code: 'custom', path: [name], message });
  }
});

/** The schema. */
export const settings = z
  .strictObject({
    host: hostName('Name or address of the SMTP server.'),
    port: z.int().min(1).max(65_535).optional().describe('Left out: 587, and 465 with security: tls.'),
    security: z
      .enum(['starttls', 'tls', 'none'])
      .default('starttls')
      .describe('starttls: goes over to TLS before anything is said; tls: TLS from the start; none: in the clear.'),
    tls: tlsSettings.prefault({}).describe('Which certificates of the server are believed.'),
    user: z.string().min(1).optional().describe('The account of the gateway. Left out: no login.'),
    password: z.string().optional().describe('Its password: "${NAME}" takes it from the environment.'),
    from: address.describe('The sender.'),
    fromName: z.string().max(200).optional().describe('The name that readers see for the sender.'),
    to: addresses.describe('Who gets the mail: an address or a list.'),
    cc: addresses.optional().describe('Who gets a copy: an address or a list.'),
    replyTo: template
      .optional()
      .describe('Where answers go, as a template: "{{sEmail}}". What is no mail address is left out.')
      .meta({ examples: ['{{sEmail}}'] }),
    helpSpotTags: z
      .union([z.boolean(), tags])
      .default(false)
      .describe(
        "Tags for the email parser of another HelpSpot. true: the customer's id, names, phone and address; or a map of " +
          'tags without hs_ and templates: { category: 6, custom3: "{{Custom5}}" }, which stand beside them. A custom field ' +
          'that is no text field has its type: { value: "{{note}}", type: large }. forward: true has HelpSpot look for ' +
          'the sender in the text; forward: subject writes that tag into the subject.',
      ),
  })
  .superRefine(({ security, user, password }, context) => {
    const wrong = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (user !== undefined && security === 'none') {
      wrong('security', 'sends the password in the clear; write security: starttls or tls, or leave user out');
    }
    if (user === undefined && password !== undefined) wrong('password', 'needs a user beside it');
  });

/** The settings, checked. */
export type Settings = z.output<typeof settings>;
