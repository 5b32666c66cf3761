/** What an administrator writes about a HelpSpot. */
import * as z from 'zod';
import { duration } from '../../src/contract/index.ts';
import { httpShape } from '../../src/kit/http/index.ts';
import { credentialsShape, deskAddress, pushShape, refuseUnfitting } from './push-settings.ts';

/** What a source can give in place of requests. */
export const LISTS = [
  ...(['categories', 'statuses', 'customFields', 'mailboxes', 'staff'] as const),
  ...(['filters', 'contacts', 'timeEvents', 'kb'] as const),
] as const;

/** The schema. */
export const settings = z
  .strictObject({
    url: deskAddress
      .describe('The address of the help desk: what stands before /admin where staff work.')
      .meta({ examples: ['https://help.example.com'] }),
    ...credentialsShape,
    list: z
      .enum(LISTS)
      .optional()
      .describe('What the source gives in place of requests.')
      .meta({ examples: ['categories'] }),
    filter: z
      .union([z.int().positive(), z.string().regex(/^[A-Za-z0-9_]{1,40}$/)])
      .optional()
      .describe('The source gives the requests of this filter: its number, or inbox or myq.')
      .meta({ examples: [12] }),
    history: z
      .boolean()
      .default(false)
      .describe(
        'Whether requests come with notes, files and reporting tags. It takes another request for each search.',
      ),
    phoneFormats: z
      .array(z.string().max(60).regex(/#/, 'has no #; write one for each digit: "+41 ## ### ## ##"'))
      .max(10)
      .default([])
      .describe('How telephone numbers are written in requests; # is a digit.')
      .meta({ examples: [['(###) ###-####']] }),
    keep: duration('1s', '1d', '10m')
      .default(600_000)
      .describe('How long lists (categories, staff …) are kept before they are asked for again.'),
    ...pushShape,
    ...httpShape,
  })
  .superRefine((given, context) => {
    const { list, filter, history } = given;
    const wrongAt = (path: readonly string[], message: string) =>
      context.addIssue({ code: 'custom', path: [...path], message });
    const wrong = (path: string, message: string) => wrongAt([path], message);
    refuseUnfitting(given, wrongAt);
    if (list !== undefined && filter !== undefined) {
      wrong('filter', `stands beside list; the requests of a filter and ${list} are two sources`);
    }
    if (list !== undefined && history)
      wrong('history', `goes with requests only, and not with list: ${list}; remove it`);
  });

/** The settings, checked. */
export type Settings = z.output<typeof settings>;

/** One of {@link LISTS}. */
export type ListName = (typeof LISTS)[number];
