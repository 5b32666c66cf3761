/** People in Microsoft Entra ID (Azure AD), found through Microsoft Graph. */

import * as z from 'zod';
import {
  type CallContext,
  defineAdapter,
  type FindQuery,
  type Services,
  type Source,
  type SourceRecord,
} from '../../src/contract/index.ts';
import { httpShape } from '../../src/kit/http/index.ts';
import { credentialsOf, readPem, type SignIn } from './credentials.ts';
import { fieldsOf } from './fields.ts';
import { Graph } from './graph.ts';
import { People } from './people.ts';
import { filterMistake, signInMistakes } from './settings.ts';
import { Tokens } from './tokens.ts';
import { openWire } from './wire.ts';

const address = (preset: string) =>
  z
    .url({ protocol: /^https$/ })
    .refine((text) => ['', '/'].includes(new URL(text).pathname), 'has a path; write only https://HOST')
    .transform((text) => new URL(text).origin)
    .default(preset);

const property = z
  .string()
  .regex(
    /^[A-Za-z]\w*(?:\/[A-Za-z]\w*)?$/,
    'is no property of a Graph user; write one such as officeLocation or manager/mail',
  );

const settings = z
  .strictObject({
    tenantId: z
      .string()
      .regex(/^[\w.-]+$/, 'is neither an ID nor a domain; copy the Directory (tenant) ID')
      .optional()
      .describe('Directory (tenant) ID of the app registration, or a domain of the tenant.')
      .meta({ examples: ['11111111-2222-3333-4444-555555555555'] }),
    clientId: z
      .string()
      .min(1)
      .optional()
      .describe('Application (client) ID of the app registration; with credential, of a user-assigned identity.'),
    clientSecret: z.string().min(1).optional().describe('The Value of a client secret of the app.'),
    certificate: z
      .string()
      .min(1)
      .optional()
      .describe('Instead of clientSecret: a PEM file with a certificate of the app and its private key.'),
    certificatePassword: z.string().min(1).optional().describe('With certificate: opens an encrypted private key.'),
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
    ca: z
      .string()
      .min(1)
      .optional()
      .describe('PEM file of authorities to trust too, for a proxy that opens the encryption.'),
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
      .meta({ examples: ['+41 ## ### ## ##'] }),
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
    for (const { path, message } of signInMistakes(value)) context.addIssue({ code: 'custom', path: [path], message });
    const mistake = value.filter === undefined ? undefined : filterMistake(value.filter);
    if (mistake !== undefined) context.addIssue({ code: 'custom', path: ['filter'], message: mistake });
  });

type Settings = z.output<typeof settings>;

class AzureAdSource implements Source {
  readonly #people: People;
  readonly #end: () => Promise<void>;

  constructor(people: People, end: () => Promise<void>) {
    this.#people = people;
    this.#end = end;
  }

  check({ signal }: CallContext): Promise<void> {
    return this.#people.check(signal);
  }

  find(query: FindQuery, { signal }: CallContext): Promise<readonly SourceRecord[]> {
    return this.#people.find(query, signal);
  }

  close(): Promise<void> {
    return this.#end();
  }
}

async function openAzureAd(values: Settings, services: Services): Promise<Source> {
  const [identity, graphClient] = await Promise.all([
    import('@azure/identity'),
    import('@microsoft/microsoft-graph-client'),
  ]);
  const ca = values.ca === undefined ? undefined : await readPem(services.resolve(values.ca));
  const wire = await openWire({ ca, proxy: values.proxy });
  const open = credentialsOf(identity, signInOf(values, services), values.authority, wire);
  const tokens = new Tokens(open, `${values.graphUrl}/.default`);
  const graph = new Graph({ library: graphClient, origin: values.graphUrl, tokens, wire, log: services.log });
  const { phoneFormats, filter, pageSize } = values;
  const fields = fieldsOf(values.fields, values.alsoSearch);
  const people = new People(graph, { fields, phoneFormats, filter, pageSize }, services.log);
  return new AzureAdSource(people, () => {
    tokens.close();
    return wire.close();
  });
}

function signInOf(values: Settings, services: Services): SignIn {
  const { tenantId = '', clientId = '', clientSecret, certificate, credential } = values;
  if (clientSecret !== undefined) return { kind: 'secret', tenantId, clientId, clientSecret };
  if (certificate !== undefined) {
    const file = services.resolve(certificate);
    return { kind: 'certificate', tenantId, clientId, file, password: values.certificatePassword };
  }
  if (credential === 'managed-identity') return { kind: credential, clientId: values.clientId };
  return { kind: 'default', tenantId: values.tenantId, clientId: values.clientId };
}

export default defineAdapter({
  name: 'azure-ad',
  title: 'Azure AD',
  settings,
  open: openAzureAd,
});
