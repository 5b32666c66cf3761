/** Errors of SQL Server, of its driver and of the network, in words of the people who mend them. */
import type { SourceErrorKind } from '../../src/contract/index.ts';

/** What a failure is, how its message goes on after the name of the server, and what to do about it. */
export type ErrorWords = readonly [kind: SourceErrorKind, says: string, remedy: string];

type Words = readonly [says: string, remedy: string];

// https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors
// From 7202 to 7416 of linked servers, from 10928 on of Azure SQL Database.
const REFUSALS = {
  unauthorized: {
    229: ['does not let the login read the table', 'run GRANT SELECT ON … TO … in the database'],
    230: ['does not let the login read a column', 'run GRANT SELECT ON … TO … in the database'],
    916: ['does not let the login into the database', 'run CREATE USER … FOR LOGIN … in the database'],
    7416: [
      'has no login for the linked server',
      "give it one: sp_addlinkedsrvlogin 'ADSI', 'false', NULL, 'DOMAIN\\reader', '…'",
    ],
    18452: [
      'did not accept the Windows account, or takes no other logins',
      'see user, password and domain; for a login of SQL Server leave domain out, and allow ' +
        '"SQL Server and Windows Authentication mode" in the properties of the server',
    ],
    18456: [
      'refused the user name or the password',
      'see user and password; the log of the server names the reason: a wrong password, a disabled login, or that only Windows logins are allowed',
    ],
    18470: ['has the login disabled', 'run ALTER LOGIN … ENABLE'],
    18486: ['has locked the login', 'run ALTER LOGIN … WITH PASSWORD = … UNLOCK'],
    18487: ['says that the password of the login has expired', 'set a new one, with CHECK_EXPIRATION = OFF'],
    18488: ['wants the password of the login to be changed', 'set a new one without MUST_CHANGE'],
    40615: [
      'has a firewall that does not let this machine in',
      'add its address under Networking of the server in Azure',
    ],
    40914: [
      'has a firewall that does not let this network in',
      'add its network under Networking of the server in Azure',
    ],
  },
  rejected: {
    102: ['found a mistake in the query', 'run the query in Management Studio with a value for each parameter'],
    156: ['found a mistake in the query', 'run the query in Management Studio with a value for each parameter'],
    201: ['misses a parameter of the procedure', 'name every parameter that has no default'],
    207: ['has no such column', 'see its spelling in columns: or in the query'],
    208: [
      'has no such table or view',
      'see its spelling, and its schema: write dbo.customers when it is not in the default schema of the user',
    ],
    245: [
      'cannot compare a text with a column of another type',
      'compare as text in the query: CAST(column AS nvarchar(50)) = :name, or TRY_CAST(:name AS int)',
    ],
    911: ['has no such database', 'see the spelling of database:'],
    1205: [
      'ended the query because of a deadlock with another one',
      'try again; where it happens often, read with READ COMMITTED SNAPSHOT',
    ],
    2812: ['has no such procedure', 'see its spelling and its schema: dbo.find_customer'],
    3906: ['has the database for reading only', 'a source only reads; see what the query writes'],
    4060: [
      'does not open the database',
      'see the spelling of database:, and create a user for the login in it: CREATE USER … FOR LOGIN …',
    ],
    7202: [
      'has no such linked server',
      "run sp_addlinkedserver 'ADSI', 'Active Directory Service Interfaces', 'ADSDSOObject', 'adsdatasource'",
    ],
    7321: [
      'could not prepare the search of the directory',
      'see baseDn, and the login of the linked server (Security tab)',
    ],
    7330: [
      'could not read a row from the directory',
      'search by more; a directory gives at most 1,000 entries for one search',
    ],
    7346: [
      'could not read a value of the directory',
      'take attributes with several values (description, proxyAddresses, memberOf) out of attributes:',
    ],
    7399: ['was refused by the directory', 'see baseDn, and the login of the linked server (Security tab)'],
    7411: ['does not allow OPENQUERY on the linked server', "run sp_serveroption 'ADSI', 'data access', 'true'"],
    8114: [
      'cannot convert a text to the type of a column',
      'use TRY_CAST(:name AS …) in the query, which gives NULL for what does not fit',
    ],
    8145: ['does not know a parameter of the procedure', 'name only parameters that it has'],
  },
  'rate-limited': {
    10928: ['has reached the limit of its resources', 'choose a larger service tier, or fewer connections'],
    10929: ['has reached the limit of its resources', 'choose a larger service tier, or fewer connections'],
    40501: ['is busy and asks to wait', 'choose a larger service tier'],
  },
  timeout: {
    1222: ['waited too long for a lock', 'keep the transactions of other programs short'],
  },
  unreachable: {
    596: ['ended the session', 'see who ran KILL'],
    6005: ['is shutting down', 'see why in its log'],
    17142: ['is paused', 'let it continue: Configuration Manager, SQL Server Services'],
    40613: [
      'says that the database is not available now',
      'a serverless database takes a minute to wake; turn auto-pause off',
    ],
  },
} satisfies Partial<Record<SourceErrorKind, Readonly<Record<number, Words>>>>;

/** By the error number of the server. */
export const BY_NUMBER: ReadonlyMap<number, ErrorWords> = new Map(
  (['unauthorized', 'rejected', 'rate-limited', 'timeout', 'unreachable'] as const).flatMap((kind) =>
    Object.entries<Words>(REFUSALS[kind]).map(([number, words]) => [Number(number), [kind, ...words]] as const),
  ),
);

/** Why there is no connection: by the words of the driver, of Node.js or of OpenSSL. */
export const BY_TEXT: readonly (readonly [pattern: RegExp, ...Words])[] = [
  [
    /EPLAINTEXT/,
    'answered that it does not encrypt, so the login was not sent',
    'give it a certificate (Configuration Manager, Protocols); if it has one, somebody between changes its answers; ' +
      'only where nobody else is on the network write encrypt: false',
  ],
  [
    /self.signed certificate|unable to (?:get|verify)|SELF_SIGNED|UNABLE_TO_/i,
    'has a certificate that this machine does not trust',
    'name the certificate of the authority that signed it in tls: { ca: … } (PEM); trustServerCertificate: true only in a laboratory',
  ],
  [/certificate has expired|CERT_HAS_EXPIRED/i, 'has a certificate that has expired', 'renew it'],
  [
    /does not match certificate|ALTNAME_INVALID/i,
    'has a certificate for another name',
    'write that name as host, or in tls: { serverName: … }',
  ],
  [
    /Port for \S{1,300} not found in|EINSTLOOKUP/,
    'does not name the port of the instance',
    'start the SQL Server Browser service and open UDP 1434, or write port: instead of instanceName:',
  ],
  [/Server requires encryption/i, 'takes encrypted connections only', 'write encrypt: true'],
  [
    /ECONNREFUSED/,
    'refused the connection',
    'see whether SQL Server runs, that TCP/IP is enabled in its Configuration Manager, and the port (1433)',
  ],
  [/ENOTFOUND/, 'has a name that is not known', 'see the spelling of host, and the DNS of this machine'],
  [/EAI_AGAIN/, 'has a name that cannot be looked up now', 'see the DNS of this machine'],
  [/EHOSTUNREACH|ENETUNREACH/, 'cannot be reached from here', 'see the network and its firewall'],
  [
    /Failed to connect to [^\s\\]{1,300}\\.{0,600} in \d{1,9}ms/,
    'did not answer in time',
    'start the SQL Server Browser service and open UDP 1434, or write port: instead of instanceName:; ' +
      'see whether a firewall lets this machine through, and connectTimeout',
  ],
  [
    /Failed to connect to .{0,600} in \d{1,9}ms/,
    'did not answer in time',
    'see the port, whether a firewall lets this machine through, and connectTimeout',
  ],
  [/SSL|TLS|EPROTO/, 'did not agree on TLS', 'see encrypt: and the protocols that the server allows; it needs TLS 1.2'],
];
