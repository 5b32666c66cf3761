/** What an administrator writes about a HelpSpot. */
import * as z from 'zod';
import { duration } from '../../src/contract/index.ts';
import { httpShape, webAddress } from '../../src/kit/http/index.ts';

/** What a source can give in place of requests. */
export const LISTS = [
  ...(['categories', 'statuses', 'customFields', 'mailboxes', 'staff'] as const),
  ...(['filters', 'contacts', 'timeEvents', 'kb'] as const),
] as const;

const credential = z.string().regex(/^[^\p{Cc}]+$/u, 'is empty, or has a character that no header can have');

/** The schema. */
export const settings = z
  .strictObject({
    url: webAddress
      .refine(
        (text) => !/\/(?:(?:api\/)?index\.php|admin(?:\.php)?|api)\/?$/i.test(new URL(text).pathname),
        'is the address of a page; write the one of the help desk, without admin, api or index.php',
      )
      .refine((text) => !/[?#]/.test(text), 'has something behind ? or #; write the address of the help desk only')
      .describe('The address of the help desk: what stands before /admin where staff work.')
      .meta({ examples: ['https://help.example.com'] }),
    token: z
      .string()
      .regex(/^[!-~]+$/, 'is no API token; copy it from the preferences of the staff member')
      .optional()
      .describe(
        'The API token of the staff member whom the gateway acts for: it sees and may do what that person does.',
      )
      .meta({ examples: ['${HELPSPOT_TOKEN}'] }),
    user: credential
      .regex(/^[^:]+$/, 'has a colon, which the name of an account cannot have here')
      .optional()
      .describe('Instead of token: the e-mail address, or the user name, that the staff member signs in with.')
      .meta({ examples: ['gateway@example.com'] }),
    password: credential
      .optional()
      .describe('With user: the password. Not where staff sign in through SAML.')
      .meta({ examples: ['${HELPSPOT_PASSWORD}'] }),
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
      .meta({ examples: ['(###) ###-####'] }),
    keep: duration('1s', '1d', '10m')
      .default(600_000)
      .describe('How long lists (categories, staff …) are kept before they are asked for again.'),
    ...httpShape,
  })
  .superRefine(({ token, user, password, list, filter, history }, context) => {
    const wrong = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (token === undefined && user === undefined && password === undefined) {
      wrong('token', 'is missing; write it, or user and password');
    }
    for (const [path, value] of Object.entries({ user, password })) {
      if (token !== undefined && value !== undefined)
        wrong(path, 'stands beside token; write only one of the two ways');
      else if (token === undefined && value === undefined && (user ?? password) !== undefined) {
        wrong(path, 'is missing; write both user and password, or a token');
      }
    }
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
