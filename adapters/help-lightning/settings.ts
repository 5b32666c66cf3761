/** What an administrator writes about a site of Help Lightning. */
import * as z from 'zod';
import { duration } from '../../src/contract/index.ts';
import { httpShape, webAddress } from '../../src/kit/http/index.ts';

/** What a source can give in place of calls. */
export const LISTS = ['users', 'tags'] as const;

const WAYS = ['token', 'partner', 'user'] as const;

const credential = z
  .string()
  .regex(/^[^\p{Cc}\s]+$/u, 'is empty, or has a space or a character that no header can have');

/** The schema. */
export const settings = z
  .strictObject({
    url: webAddress
      .refine((text) => !/[?#]/.test(text), 'has something behind ? or #; write the address of the API only')
      .default('https://api.helplightning.net')
      .describe('The address of the API; of sites in Europe https://api.eu1.helplightning.net.')
      .meta({ examples: ['https://api.eu1.helplightning.net'] }),
    apiKey: credential
      .describe('An API key of the site. It names the application, and proves nothing about who asks.')
      .meta({ examples: ['${HL_KEY}'] }),
    token: credential
      .optional()
      .describe('A token of the site, as it is: it cannot be renewed when it ends.')
      .meta({ examples: ['${HL_TOKEN}'] }),
    partner: z
      .strictObject({
        site: z
          .union([z.string(), z.int()])
          .transform(String)
          .pipe(z.string().regex(/^\d{1,18}$/, 'is no number; write the ID of the site'))
          .describe('The ID of the site.'),
        keyFile: z
          .string()
          .min(1)
          .describe('The PEM file with the private half of a partner key, relative to the configuration file.'),
      })
      .optional()
      .describe('Instead of token: a partner key, with which the gateway makes its own tokens.'),
    user: z
      .string()
      .min(1)
      .optional()
      .describe('Instead of token: the e-mail address of an administrator of the site.'),
    password: z
      .string()
      .min(1)
      .optional()
      .describe('With user: his password. Whoever signs in elsewhere (SSO) has none here.')
      .meta({ examples: ['${HL_PASSWORD}'] }),
    list: z
      .enum(LISTS)
      .optional()
      .describe('What the source gives in place of calls: users, or the tags of calls.')
      .meta({ examples: ['tags'] }),
    attachments: z
      .boolean()
      .default(false)
      .describe(
        'Whether calls come with the names of their attachments. It takes a request for each call that has some.',
      ),
    userKeys: z
      .array(z.string().regex(/^[A-Za-z_.]{1,40}$/, 'is no key of a filter: dialerId'))
      .max(5)
      .default(['dialerId', 'receiverId'])
      .describe('The keys of filters by which the calls of a user are asked for; none looks through the newest calls.'),
    keep: duration('1s', '1d', '10m')
      .default(600_000)
      .describe('How long the list of tags is kept before it is asked for again.'),
    ...httpShape,
  })
  .superRefine((values, context) => {
    const issue = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    const [way, another] = WAYS.filter((one) => values[one] !== undefined);
    if (way === undefined) issue('token', 'is missing; write token, partner, or user and password');
    else if (another !== undefined) issue(another, `stands beside ${way}; write only one of ${WAYS.join(', ')}`);
    if (values.user !== undefined && values.password === undefined) issue('password', 'is missing beside user');
    if (values.user === undefined && values.password !== undefined) issue('password', 'goes with user only');
    if (values.list !== undefined && values.attachments) {
      issue('attachments', `goes with calls only, and not with list: ${values.list}; remove it`);
    }
  });

/** The settings, checked. */
export type Settings = z.output<typeof settings>;

/** One of {@link LISTS}. */
export type ListName = (typeof LISTS)[number];

/** The address that `/api/…` stands behind, which its vendor's samples write with `/api`. */
export function baseAddress(url: string): string {
  const { origin, pathname } = new URL(url);
  const folders = pathname.split('/').filter((folder) => folder !== '');
  const end = folders.indexOf('api');
  return [origin, ...(end < 0 ? folders : folders.slice(0, end))].join('/');
}
