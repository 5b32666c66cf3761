/** What an administrator writes about a directory. */
import * as z from 'zod';
import { duration, UserError } from '../../src/contract/index.ts';
import { parsedAddress } from '../../src/kit/text/index.ts';
import { tlsSettings } from '../../src/kit/tls/index.ts';
import { isAttributeName, parseFilter } from './filter-text.ts';
import { type Field, field, presets } from './presets.ts';

const text = z.string().min(1);
const count = (most: number) => z.number().int().min(1).max(most);

const url = z
  .string()
  .refine(isUrl)
  .meta({ title: 'an ldap:// or ldaps:// address', examples: ['ldaps://dc1.example.com'] });

const attribute = z
  .string()
  .refine(isAttributeName)
  .meta({ title: 'the name of an attribute', examples: ['physicalDeliveryOfficeName'] });

const filter = z.string().superRefine((text, context) => {
  try {
    parseFilter(text);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
  }
});

const tls = tlsSettings.extend({
  ca: text
    .optional()
    .describe(
      'A PEM file with the certificate of the authority that signed the certificate of the server, or with that one itself. ' +
        'A relative path counts from the folder of the configuration file. Left out: the authorities that Node.js knows.',
    ),
  serverName: text.optional().describe('The name in the certificate of the server, where the address has another one.'),
});

/** The schema. */
export const settings = z
  .strictObject({
    url: z
      .union([url, z.array(url).min(1)])
      .describe('The server: ldaps://HOST, or ldap://HOST; or a list, tried in this order.'),
    startTls: z
      .boolean()
      .default(false)
      .describe('With ldap:// addresses: go over to TLS before the password is sent.'),
    tls: tls.prefault({}).describe('Which certificates of the server are believed.'),
    bindDn: text
      .optional()
      .describe('The account of the gateway: a DN or, in Active Directory, user@domain. Left out: anonymous.'),
    bindPassword: text.optional().describe('Its password.'),
    baseDn: z
      .union([text, z.array(text).min(1)])
      .describe('The part of the directory that is searched, or a list of parts.'),
    scope: z
      .enum(['sub', 'one', 'base'])
      .default('sub')
      .describe('sub: everything below the base; one: only what is directly below it; base: the base itself.'),
    aliases: z
      .enum(['never', 'below', 'base', 'always'])
      .default('never')
      .describe(
        'Whether an alias entry stands for the entry that it names: never; those below the base; the base itself; ' +
          'always: both. Active Directory has none.',
      ),
    preset: z
      .enum(['active-directory', 'openldap'])
      .optional()
      .describe('The fields, attributes and filter that fit this kind of directory.'),
    filter: filter
      .optional()
      .describe('Which entries are searched at all, as an LDAP filter. Left out: the people, as the preset says.'),
    attributes: z
      .record(z.string().min(1), z.union([attribute, z.array(attribute).min(1)]))
      .default({})
      .describe(
        'field: attribute, on top of the preset. Of a list, all are searched, and the first that has a value is shown. ' +
          'The attribute dn is the DN of the entry.',
      ),
    resolve: z
      .array(text)
      .default([])
      .describe('Fields with DNs (manager, groups) that are shown as the names of these entries: one more search.'),
    pageSize: count(10_000)
      .default(500)
      .describe('Entries in one page of an answer. Active Directory gives at most 1,000.'),
    connectTimeout: duration('10ms', '1m', '2s')
      .default(2_000)
      .describe('One server must accept the connection and the bind within this time; then the next one is tried.'),
    searchTimeout: duration('10ms', '2m', '10s')
      .default(10_000)
      .describe(
        'The server gives a search up after this time. The deadline of the lookup comes first if it is shorter.',
      ),
    connections: count(50).default(4).describe('At most so many connections are kept, each for one search at a time.'),
  })
  .superRefine((value, context) => {
    const complain = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (value.bindDn !== undefined && value.bindPassword === undefined) {
      // A server takes a name without a password for nobody, and gives such a caller empty answers.
      complain('bindDn', 'needs bindPassword too; an anonymous search has neither');
    }
    if (value.bindPassword !== undefined && value.bindDn === undefined) complain('bindPassword', 'needs bindDn too');
    const fields = fieldsOf(value);
    if (fields.size === 0) complain('preset', 'is needed, or attributes; write active-directory or openldap');
    for (const name of value.resolve) {
      if (!fields.has(name))
        complain('resolve', `names "${name}", which is no field; there are ${[...fields.keys()].join(', ')}`);
    }
    if (value.startTls && listOf(value.url).every((one) => one.startsWith('ldaps:'))) {
      complain('startTls', 'goes with ldap:// addresses; ldaps:// has TLS from the beginning');
    }
  });

/** The settings, read. */
export type Settings = z.output<typeof settings>;

/** The fields of the records: the preset's, and on top those that are named. */
export function fieldsOf({ preset, attributes }: Pick<Settings, 'preset' | 'attributes'>): ReadonlyMap<string, Field> {
  const own = Object.entries(attributes).map(([name, list]) => [name, field(list)] as const);
  return new Map([...(preset === undefined ? [] : Object.entries(presets[preset].fields)), ...own]);
}

/** One or several, as a list. */
export function listOf(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}

function isUrl(text: string): boolean {
  const address = /^ldaps?:\/\//i.test(text) ? parsedAddress(text) : undefined;
  if (address === undefined) return false;
  const { hostname, pathname, search, username, password } = address;
  // The base, the filter and the account have settings of their own.
  return hostname !== '' && (pathname === '' || pathname === '/') && search + username + password === '';
}
