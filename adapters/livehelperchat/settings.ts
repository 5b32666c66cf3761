/** What an administrator writes about a Live Helper Chat. */
import * as z from 'zod';
import { duration } from '../../src/contract/index.ts';
import { httpShape, webAddress } from '../../src/kit/http/index.ts';

/** What a source can give in place of chats. */
export const LISTS = ['departments', 'operators', 'online'] as const;

const credential = z.string().regex(/^[^\p{Cc}]+$/u, 'is empty, or has a character that no header can have');

/** The schema. */
export const settings = z
  .strictObject({
    url: webAddress
      .refine((text) => !/[?#]/.test(text), 'has something behind ? or #; write the address of the chat only')
      .describe('The address of Live Helper Chat, with or without index.php.')
      .meta({ examples: ['https://chat.example.com/index.php'] }),
    user: credential
      .regex(/^[^:]+$/, 'has a colon, which the name of an account cannot have here')
      .describe('The user name, or the e-mail address, of the account whom the gateway acts for.')
      .meta({ examples: ['rest'] }),
    key: credential
      .describe(
        'The REST API key of this account; or its password, where it has the right lhrestapi,use_direct_logins.',
      )
      .meta({ examples: ['${LHC_KEY}'] }),
    list: z
      .enum(LISTS)
      .optional()
      .describe('What the source gives in place of chats: departments, operators, or whether the chat is online.')
      .meta({ examples: ['departments'] }),
    online: z
      .boolean()
      .default(true)
      .describe(
        'Whether departments and operators come with their state. It takes a request for each of them, at most every 15 seconds.',
      ),
    transcript: z
      .boolean()
      .default(false)
      .describe('Whether the newest chat comes with what was said. It takes another request for each search.'),
    phoneFormats: z
      .array(z.string().max(60).regex(/#/, 'has no #; write one for each digit: "+41 ## ### ## ##"'))
      .max(10)
      .default([])
      .describe('How telephone numbers are written in chats; # is a digit.')
      .meta({ examples: [['(###) ###-####']] }),
    keep: duration('1s', '1d', '10m')
      .default(600_000)
      .describe('How long the lists of departments and operators are kept before they are asked for again.'),
    ...httpShape,
  })
  .superRefine(({ list, transcript }, context) => {
    if (list === undefined || !transcript) return;
    const message = `goes with chats only, and not with list: ${list}; remove it`;
    context.addIssue({ code: 'custom', path: ['transcript'], message });
  });

/** The settings, checked. */
export type Settings = z.output<typeof settings>;

/** One of {@link LISTS}. */
export type ListName = (typeof LISTS)[number];

/**
 * The address that `/restapi/…` stands behind: with `index.php`, which works with and without rewritten addresses.
 * `https://chat.example.com/lhc_web/` → `https://chat.example.com/lhc_web/index.php`
 */
export function baseAddress(url: string): string {
  const { origin, pathname } = new URL(url);
  const folders = pathname.split('/').filter((folder) => folder !== '');
  const end = folders.findIndex((folder) => folder === 'restapi' || folder === 'site_admin');
  const kept = end < 0 ? folders : folders.slice(0, end);
  return [origin, ...kept, ...(kept.includes('index.php') ? [] : ['index.php'])].join('/');
}
