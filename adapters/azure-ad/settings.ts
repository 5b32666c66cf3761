/** What an administrator writes about a tenant of Microsoft Entra ID. */
import * as z from 'zod';
import { httpShape } from '../../src/kit/http/index.ts';

const text = z.string().min(1);

const WAYS = ['clientSecret', 'certificate', 'credential'] as const;

const address = (preset: string) =>
  z
    .url({
      protocol: /^https$/,
      // What follows reads an address.
      abort: true,
      error: ({ input }) =>
        typeof input === 'string' && /^http:/i.test(input)
          ? 'is not encrypted, and Microsoft answers only over TLS; write https://HOST'
          : 'is no https:// address; write https://HOST',
    })
    .refine((text) => ['', '/'].includes(new URL(text).pathname), 'has a path; write only https://HOST')
    .transform((text) => new URL(text).origin)
    .default(preset);

const property = z
  .string()
  .regex(
    /^[A-Za-z]\w*(?:\/[A-Za-z]\w*)?$/,
    'is no property of a Graph user; write one such as officeLocation or manager/mail',
  );

/** The schema. */
export const settings = z
  .strictObject({
    tenantId: z
      .string()
      .regex(/^[\w.-]+$/, 'is neither an ID nor a domain; copy the Directory (tenant) ID')
      .optional()
      .describe('Directory (tenant) ID of the app registration, or a domain of the tenant.')
      .meta({ examples: ['11111111-2222-3333-4444-555555555555'] }),
    clientId: text
      .optional()
      .describe('Application (client) ID of the app registration; with credential, of a user-assigned identity.'),
    clientSecret: text.optional().describe('The Value of a client secret of the app.'),
    certificate: text
      .optional()
      .describe('Instead of clientSecret: a PEM file with a certificate of the app and its private key.'),
    certificatePassword: text.optional().describe('With certificate: opens an encrypted private key.'),
    credential: z
      .enum(['managed-identity', 'default'])
      .optional()
      .describe(
        'Instead of clientSecret: the managed identity of this Azure machine, or the chain DefaultAzureCredential.',
      ),
    authority: address('https://login.microsoftonline.com').describe(
      'Where tokens come from; differs in national clouds.',
    ),
    graphUrl: address('https://graph.microsoft.com').describe('Where Microsoft Graph is; differs in national clouds.'),
    ca: text.optional().describe('PEM file of authorities to trust too, for a proxy that opens the encryption.'),
    proxy: httpShape.proxy,
    fields: z
      .record(z.string().min(1), z.union([property, z.array(property)]))
      .default({})
      .describe(
        'field: property of a Graph user, on top of the presets. Of several, the first with a value is shown; an empty list takes a field away.',
      ),
    alsoSearch: z
      .record(z.string().min(1), z.array(property))
      .default({})
      .describe('field: properties that a search looks into besides those that are shown.'),
    phoneFormats: z
      .array(z.string().regex(/#/, 'has no #; write one for each digit: "+41 ## ### ## ##"'))
      .default([])
      .describe('How your directory writes telephone numbers; # is a digit.')
      .meta({ examples: [['+41 ## ### ## ##']] }),
    filter: z
      .string()
      .trim()
      .min(1)
      .optional()
      .describe('A condition that every person must meet, in OData: accountEnabled eq true.')
      .meta({ examples: ["accountEnabled eq true and userType eq 'Member'"] }),
    pageSize: z.int().min(1).max(999).default(100).describe('Users in one answer of Graph, at most.'),
  })
  .superRefine((value, context) => {
    const issue = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    checkSignIn(value, issue);
    const mistake = value.filter === undefined ? undefined : filterMistake(value.filter);
    if (mistake !== undefined) issue('filter', mistake);
  });

/** The settings, checked. */
export type Settings = z.output<typeof settings>;

type SignInSetting = 'tenantId' | 'clientId' | 'clientSecret' | 'certificate' | 'certificatePassword' | 'credential';
type SignIn = Partial<Record<SignInSetting, string | undefined>>;

function checkSignIn(values: SignIn, issue: (path: SignInSetting, message: string) => void): void {
  const [way, another] = WAYS.filter((one) => values[one] !== undefined);
  if (way === undefined) {
    issue('clientSecret', 'is missing; write clientSecret, certificate, or credential: managed-identity');
  } else if (another !== undefined) {
    issue(another, `stands beside ${way}; write only one of ${WAYS.join(', ')}`);
  }
  for (const path of way === 'credential' ? [] : (['tenantId', 'clientId'] as const)) {
    if (values[path] === undefined) issue(path, 'is missing; copy it from the Overview of the app registration');
  }
  if (values.certificatePassword !== undefined && values.certificate === undefined) {
    issue('certificatePassword', 'goes with certificate only');
  }
  if (values.tenantId !== undefined && values.credential === 'managed-identity') {
    issue('tenantId', 'does not go with a managed identity, which has its tenant; leave it out');
  }
}

/** What is wrong with a filter that is to stand in parentheses: it must not end them. */
export function filterMistake(filter: string): string | undefined {
  const withoutTexts = filter.replace(/'(?:[^']|'')*'/g, '');
  if (withoutTexts.includes("'")) return "has a text that does not end; a quote within a text is doubled: 'O''Brien'";
  let depth = 0;
  for (const character of withoutTexts) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (depth < 0) break;
  }
  return depth === 0 ? undefined : 'has parentheses that do not match';
}
