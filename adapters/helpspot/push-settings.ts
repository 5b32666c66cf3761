/** What an administrator writes about pushes to a HelpSpot: what becomes of a request there, and what comes back. */
import * as z from 'zod';
import { webAddress } from '../../src/kit/http/index.ts';

/** What a push does. */
export const ACTIONS = ['create', 'update', 'time', 'subscribe', 'portal'] as const;

/** One of {@link ACTIONS}. */
export type Action = (typeof ACTIONS)[number];

const credential = z.string().regex(/^[^\p{Cc}]+$/u, 'is empty, or has a character that no header can have');

/** Credentials of a staff member. */
export const credentialsShape = {
  token: z
    .string()
    .regex(/^[!-~]+$/, 'is no API token; copy it from the preferences of the staff member')
    .optional()
    .describe('The API token of the staff member whom the gateway acts for: it sees and may do what that person does.')
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
};

/** The address of a help desk. */
export const deskAddress = webAddress
  .refine(
    (text) => !/\/(?:(?:api\/)?index\.php|admin(?:\.php)?|api)\/?$/i.test(new URL(text).pathname),
    'is the address of a page; write the one of the help desk, without admin, api or index.php',
  )
  .refine((text) => !/[?#]/.test(text), 'has something behind ? or #; write the address of the help desk only');

const MEGABYTE = 1_000_000;

/** Beside the other settings. */
export const pushShape = {
  action: z
    .enum(ACTIONS)
    .default('create')
    .describe(
      'What a push does. create: a request. update: a note in the request that the field request names. time: a time event there. subscribe: a staff member follows it. portal: a request as the portal makes one, without credentials.',
    ),
  category: z
    .union([z.int().positive().transform(String), z.string().min(1).max(255)])
    .optional()
    .describe('The category of new requests, by name or number; the field category of a push target names another.')
    .meta({ examples: ['Development'] }),
  largestFiles: z
    .int()
    .min(0)
    .max(50 * MEGABYTE)
    .default(5 * MEGABYTE)
    .describe(
      'Bytes of all files of one push; what is more is a link in the note. PHP takes 8 MB in one call unless post_max_size says otherwise, and files grow by a third on the way.',
    ),
  writeBack: z
    .string()
    .regex(/^Custom[1-9]\d{0,8}$/, 'is no custom field; write it like Custom7')
    .optional()
    .describe('The custom field of the request that was pushed into which the number of the new request is written.')
    .meta({ title: 'a custom field such as Custom7', examples: ['Custom7'] }),
  origin: z
    .strictObject({ url: deskAddress.describe('The address of that help desk.'), ...credentialsShape })
    .optional()
    .describe('Of writeBack: the HelpSpot that requests are pushed from. Left out: the one of the source itself.')
    .meta({ examples: [{ url: 'https://help.example.com', token: '${ORIGIN_TOKEN}' }] }),
};

/** The settings of {@link pushShape}, checked. */
export type PushSettings = z.output<z.ZodObject<typeof pushShape>>;

/** Says what is wrong, and where. */
type Wrong = (path: readonly string[], message: string) => void;

interface Credentials {
  readonly token?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
}

/** A token, or user and password. */
export function refuseHalfCredentials(
  { token, user, password }: Credentials,
  wrong: Wrong,
  at: readonly string[] = [],
) {
  if (token === undefined && user === undefined && password === undefined) {
    wrong([...at, 'token'], 'is missing; write it, or user and password');
  }
  for (const [path, value] of Object.entries({ user, password })) {
    if (token !== undefined && value !== undefined)
      wrong([...at, path], 'stands beside token; write only one of the two ways');
    else if (token === undefined && value === undefined && (user ?? password) !== undefined) {
      wrong([...at, path], 'is missing; write both user and password, or a token');
    }
  }
}

/** What of a push's settings does not go together. */
export function refuseUnfitting(
  settings: PushSettings & Credentials & { readonly list?: string | undefined; readonly filter?: unknown },
  wrong: Wrong,
): void {
  const { action, category, writeBack, origin, list, filter } = settings;
  const isNew = action === 'create' || action === 'portal';
  if (action === 'portal') {
    for (const name of ['token', 'user', 'password'] as const) {
      if (settings[name] !== undefined) {
        wrong([name], 'is not used with action: portal, which has no credentials; remove it, or write action: create');
      }
    }
  } else refuseHalfCredentials(settings, wrong);
  if (action !== 'create' && (list !== undefined || filter !== undefined)) {
    wrong(['action'], `stands beside ${list === undefined ? 'filter' : 'list'}; such a source takes no push`);
  }
  if (!isNew && category !== undefined) {
    wrong(['category'], `goes with new requests only; write category under fields of the push target`);
  }
  if (!isNew && writeBack !== undefined) {
    wrong(['writeBack'], `goes with new requests only, and not with action: ${action}; remove it`);
  }
  if (action === 'portal' && writeBack !== undefined && origin === undefined) {
    wrong(['origin'], 'is missing; writeBack needs credentials, and action: portal has none');
  }
  if (origin === undefined) return;
  if (writeBack === undefined) wrong(['origin'], 'is for nothing without writeBack; write writeBack: Custom7');
  refuseHalfCredentials(origin, wrong, ['origin']);
}
