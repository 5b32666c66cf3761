/** `auth:` How a web system knows the gateway. */
import * as z from 'zod';

const text = z.string().min(1);

const oauth2 = z.strictObject({
  tokenUrl: z
    .url({ protocol: /^https?$/ })
    .describe('Where tokens are given out.')
    .meta({ examples: ['https://login.example.com/oauth2/token'] }),
  clientId: text.describe('The client that the system made for the gateway.'),
  clientSecret: text.describe('Its secret: "${NAME}" takes it from the environment.'),
  scope: text.optional().describe('The scopes that are asked for, with spaces between.'),
  parameters: z
    .record(z.string().min(1), z.string())
    .default({})
    .describe('More parameters of the token request: { audience: https://api.example.com }.'),
  credentialsIn: z
    .enum(['header', 'body'])
    .default('header')
    .describe('Where the client is named: in an Authorization header (RFC 6749 prefers it), or in the form.'),
});

/** The setting. Exactly one way. */
export const authSetting = z
  .strictObject({
    bearer: text.optional().describe('A token, sent as Authorization: Bearer.'),
    basic: z
      .strictObject({
        user: text.describe('The name of the account, or a key.'),
        password: z.string().default('').describe('Its password. Left out: none.'),
      })
      .optional()
      .describe('User name and password. Some systems take a key as the user name.'),
    header: z
      .record(z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'is no name of a header'), text)
      .optional()
      .describe('Headers of any name: { X-Api-Key: "${KEY}" }.'),
    query: z
      .record(z.string().min(1), text)
      .optional()
      .describe(
        'Parameters of the address: { api_token: "${KEY}" }. Prefer the others: addresses are logged on the way.',
      ),
    oauth2: oauth2.optional().describe('The client credentials grant (RFC 6749, 4.4): tokens are fetched and renewed.'),
  })
  .refine((ways) => Object.values(ways).filter((way) => way !== undefined).length === 1, {
    error: 'needs exactly one of bearer, basic, header, query and oauth2',
  });

/** A way to be known. */
export type AuthSetting = z.output<typeof authSetting>;
export type OAuth2Setting = z.output<typeof oauth2>;
