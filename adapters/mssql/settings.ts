/** What an administrator writes about a SQL Server. */
import * as z from 'zod';
import { checkSqlShape, insertShape, procedureShape, serverShape, sqlShape, zone } from '../../src/kit/sql/index.ts';
import { tlsSettings } from '../../src/kit/tls/index.ts';

const text = z.string().min(1);

const tls = tlsSettings.extend({
  serverName: text.optional().describe('The name in the certificate of the server, where host has another one.'),
});

const attribute = z
  .string()
  .regex(/^[A-Za-z](?:-?[A-Za-z0-9])*$/)
  .meta({ title: 'the LDAP name of an attribute', examples: ['telephoneNumber'] });

/** What a search in Active Directory shows, where nothing else is written. */
const ATTRIBUTES = {
  customer_id: 'sAMAccountName',
  first_name: 'givenName',
  last_name: 'sn',
  email: 'mail',
  phone: 'telephoneNumber',
  full_name: 'displayName',
  title: 'title',
  department: 'department',
  company: 'company',
  city: 'l',
};

const linked = {
  linkedServer: text
    .optional()
    .describe('Instead of table: the linked server of Active Directory, as given to sp_addlinkedserver: ADSI.'),
  baseDn: z
    .string()
    .regex(/=/)
    .meta({ title: 'the distinguished name of a part of the directory', examples: ['DC=example,DC=com'] })
    .optional()
    .describe('With linkedServer: where to search.'),
  attributes: z
    .record(z.string().min(1), attribute)
    .refine((value) => Object.keys(value).length > 0)
    .meta({ title: 'fields with their attributes', examples: [{ email: 'mail' }] })
    .optional()
    .describe('With linkedServer: field → attribute with one value. Left out: the usual ones of a person.'),
};

/** The schema. */
export const settings = z
  .strictObject({
    ...serverShape,
    port: z.number().int().min(1).max(65_535).optional().describe('1433 unless written; not with instanceName.'),
    instanceName: z
      .string()
      .regex(/^[\p{L}_#][\p{L}\p{N}_$#]*$/u)
      .meta({ title: 'the name of an instance', examples: ['SQLEXPRESS'] })
      .optional()
      .describe('A named instance. The SQL Server Browser (UDP 1434) is asked for its port; a fixed port is better.'),
    domain: text
      .optional()
      .describe('The Windows domain of user, which logs in by NTLM then. Left out: a login of SQL Server itself.'),
    database: text.optional().describe('The database. Left out: the default one of the login.'),
    encrypt: z
      .union([z.boolean(), z.literal('strict')])
      .default(true)
      .describe(
        'true: TLS, or no login. strict: TLS from the first byte (SQL Server 2022, Azure). ' +
          'false: nothing is encrypted, the password neither.',
      ),
    trustServerCertificate: z
      .boolean()
      .default(false)
      .describe('true takes any certificate. For a laboratory: whoever is on the network can read the password.'),
    tls: tls.optional().describe('How the certificate of the server is checked.'),
    readOnlyIntent: z
      .boolean()
      .default(true)
      .describe(
        'Asks an availability group for a readable copy (ApplicationIntent=ReadOnly). Other servers ignore it.',
      ),
    timeZone: zone
      .default('UTC')
      .describe('The zone of datetime columns, which do not say theirs: UTC, an offset, or a name.'),
    ...sqlShape,
    ...procedureShape,
    ...insertShape,
    ...linked,
  })
  .superRefine((value, context) => {
    const issue = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (value.port !== undefined && value.instanceName !== undefined) {
      issue('instanceName', 'goes without port; write only the port, which needs no SQL Server Browser');
    }
    if (value.encrypt === false && value.tls !== undefined) issue('tls', 'goes with encrypt: true');
    if (value.linkedServer === undefined) {
      checkSqlShape(value, context, 'mssql');
      for (const key of ['baseDn', 'attributes'] as const) {
        if (value[key] !== undefined) issue(key, 'goes with linkedServer only');
      }
      return;
    }
    if (value.baseDn === undefined) issue('baseDn', 'is missing; write where to search: DC=example,DC=com');
    for (const key of ['table', 'columns', 'key', 'query', 'queries', 'procedure', 'arguments'] as const) {
      if (value[key] !== undefined) issue(key, 'does not go with linkedServer; write attributes: { field: attribute }');
    }
    if (Object.keys(value.add).length > 0) issue('add', 'does not go with linkedServer');
    if (value.insert !== undefined) issue('insert', 'does not go with linkedServer; a directory takes no rows');
  });

/** The settings, read. */
export type Settings = z.output<typeof settings>;

/** Field → attribute. */
export function attributesOf({ attributes }: Settings): Readonly<Record<string, string>> {
  return attributes ?? ATTRIBUTES;
}
