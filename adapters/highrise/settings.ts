/** What an administrator writes about a Highrise account. */

import * as z from 'zod';
import { httpShape, webAddress } from '../../src/kit/http/index.ts';
import { type CustomField, PERSON_FIELDS } from './record.ts';

const label = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .meta({ title: 'the label of a custom field', examples: ['Sales Region'] });

const customField = z.union([
  label,
  z.strictObject({
    label,
    criterion: z
      .string()
      .regex(/^\w{1,200}$/)
      .describe("The field's name in a search. Left out: the label in lower case, with _ between its words."),
  }),
]);

const fieldName = z
  .string()
  .regex(/^[A-Za-z]\w{0,99}$/)
  .refine((name) => !PERSON_FIELDS.has(name), { error: 'is a field of every person; take another name' })
  .meta({ title: 'a name of letters, digits and _', examples: ['sales_region'] });

/** The schema. */
export const settings = z.strictObject({
  url: webAddress
    .refine(
      (text) => ['', '/'].includes(new URL(text).pathname),
      'has a path; write only https://ACCOUNT.highrisehq.com',
    )
    .describe('The address of the account, where staff sign in.')
    .meta({ examples: ['https://example.highrisehq.com'] }),
  token: z
    .string()
    .regex(/^[!-9;-~]+$/, 'is no API token; copy it from My Info, Integrations')
    .describe('The API token of the user whom the gateway acts for: it sees and may do what that user does.')
    .meta({ examples: ['${HIGHRISE_TOKEN}'] }),
  records: z
    .enum(['people', 'notes'])
    .default('people')
    .describe('What the source gives: people, or the notes about one of them.')
    .meta({ examples: ['notes'] }),
  userAgent: z
    .string()
    .regex(/^[\x20-\x7e]{1,200}$/)
    .optional()
    .describe(
      'How the gateway introduces itself: a name and how you can be reached. Left out: its name and the address of the account.',
    )
    .meta({ examples: ['Example help desk (it@example.com)'] }),
  customFields: z
    .record(fieldName, customField)
    .default({})
    .describe('field: label of a custom field in Highrise. It can be shown, searched and pushed.'),
  phoneFormats: z
    .array(z.string().max(60).regex(/#/, 'has no #; write one for each digit: "+41 ## ### ## ##"'))
    .max(10)
    .default([])
    .describe('How telephone numbers are written in the account; # is a digit.')
    .meta({ examples: [['(###) ###-####']] }),
  emailSearches: z
    .int()
    .min(1)
    .max(10_000)
    .default(2)
    .describe('Searches by e-mail address in 10 seconds, at most. Highrise allows 2, shared with other programs here.'),
  exists: z
    .enum(['note', 'refuse'])
    .default('note')
    .describe('A push of somebody who is in Highrise already. note: a note on that person; refuse: an error.')
    .meta({ examples: ['refuse'] }),
  note: z
    .boolean()
    .default(true)
    .describe('Whether a push leaves a note. Without one it only makes the person, and adds the tags.'),
  ...httpShape,
});

/** The settings, checked. */
export type Settings = z.output<typeof settings>;

/** The custom fields by the names that the administrator gave them. */
export function customFieldsOf({ customFields }: Pick<Settings, 'customFields'>): ReadonlyMap<string, CustomField> {
  return new Map(
    Object.entries(customFields).map(([name, given]): [string, CustomField] => {
      if (typeof given !== 'string') return [name, given];
      // How a label becomes the name of a criterion is documented nowhere; this is how Rails makes names of labels.
      const criterion = given.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '_');
      return [name, { label: given, criterion: criterion.replace(/^_|_$/g, '') }];
    }),
  );
}
