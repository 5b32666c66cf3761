/** Errors of SQL Server, of its driver and of the network, in words of the people who mend them. */
import type { SourceErrorKind } from '../../src/contract/index.ts';

/** What a failure is, how its message goes on after the name of the server, and what to do about it. */
export type ErrorWords = readonly [kind: SourceErrorKind, says: string, remedy: string];

// https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors
/** By the error number of the server. */
export const BY_NUMBER: Readonly<Record<number, ErrorWords>> = {
  18456: [
    'unauthorized',
    'refused the user name or the password',
    'see user and password; the log of the server names the reason: a wrong password, a disabled login, or that only Windows logins are allowed',
  ],
  18452: [
    'unauthorized',
    'did not accept the Windows account, or takes no other logins',
    'see user, password and domain; for a login of SQL Server leave domain out, and allow ' +
      '"SQL Server and Windows Authentication mode" in the properties of the server',
  ],
  18486: ['unauthorized', 'has locked the login', 'run ALTER LOGIN … WITH PASSWORD = … UNLOCK'],
  18487: [
    'unauthorized',
    'says that the password of the login has expired',
    'set a new one, with CHECK_EXPIRATION = OFF',
  ],
  18488: ['unauthorized', 'wants the password of the login to be changed', 'set a new one without MUST_CHANGE'],
  18470: ['unauthorized', 'has the login disabled', 'run ALTER LOGIN … ENABLE'],
  4060: [
    'rejected',
    'does not open the database',
    'see the spelling of database:, and create a user for the login in it: CREATE USER … FOR LOGIN …',
  ],
  911: ['rejected', 'has no such database', 'see the spelling of database:'],
  916: ['unauthorized', 'does not let the login into the database', 'run CREATE USER … FOR LOGIN … in the database'],
  229: ['unauthorized', 'does not let the login read the table', 'run GRANT SELECT ON … TO … in the database'],
  230: ['unauthorized', 'does not let the login read a column', 'run GRANT SELECT ON … TO … in the database'],
  208: [
    'rejected',
    'has no such table or view',
    'see its spelling, and its schema: write dbo.customers when it is not in the default schema of the user',
  ],
  207: ['rejected', 'has no such column', 'see its spelling in columns: or in the query'],
  2812: ['rejected', 'has no such procedure', 'see its spelling and its schema: dbo.find_customer'],
  201: ['rejected', 'misses a parameter of the procedure', 'name every parameter that has no default'],
  8145: ['rejected', 'does not know a parameter of the procedure', 'name only parameters that it has'],
  1205: [
    'rejected',
    'ended the query because of a deadlock with another one',
    'try again; where it happens often, read with READ COMMITTED SNAPSHOT',
  ],
  1222: ['timeout', 'waited too long for a lock', 'keep the transactions of other programs short'],
  245: [
    'rejected',
    'cannot compare a text with a column of another type',
    'compare as text in the query: CAST(column AS nvarchar(50)) = :name, or TRY_CAST(:name AS int)',
  ],
  8114: [
    'rejected',
    'cannot convert a text to the type of a column',
    'use TRY_CAST(:name AS …) in the query, which gives NULL for what does not fit',
  ],
  102: [
    'rejected',
    'found a mistake in the query',
    'run the query in Management Studio with a value for each parameter',
  ],
  156: [
    'rejected',
    'found a mistake in the query',
    'run the query in Management Studio with a value for each parameter',
  ],
  3906: ['rejected', 'has the database for reading only', 'a source only reads; see what the query writes'],
  6005: ['unreachable', 'is shutting down', 'see why in its log'],
  17142: ['unreachable', 'is paused', 'let it continue: Configuration Manager, SQL Server Services'],
  596: ['unreachable', 'ended the session', 'see who ran KILL'],
  // Linked servers.
  7202: [
    'rejected',
    'has no such linked server',
    "run sp_addlinkedserver 'ADSI', 'Active Directory Service Interfaces', 'ADSDSOObject', 'adsdatasource'",
  ],
  7321: [
    'rejected',
    'could not prepare the search of the directory',
    'see baseDn, and the login of the linked server (Security tab)',
  ],
  7399: ['rejected', 'was refused by the directory', 'see baseDn, and the login of the linked server (Security tab)'],
  7330: [
    'rejected',
    'could not read a row from the directory',
    'search by more; a directory gives at most 1,000 entries for one search',
  ],
  7346: [
    'rejected',
    'could not read a value of the directory',
    'take attributes with several values (description, proxyAddresses, memberOf) out of attributes:',
  ],
  7411: [
    'rejected',
    'does not allow OPENQUERY on the linked server',
    "run sp_serveroption 'ADSI', 'data access', 'true'",
  ],
  7416: [
    'unauthorized',
    'has no login for the linked server',
    "give it one: sp_addlinkedsrvlogin 'ADSI', 'false', NULL, 'DOMAIN\\reader', '…'",
  ],
  // Azure SQL Database.
  40613: [
    'unreachable',
    'says that the database is not available now',
    'a serverless database takes a minute to wake; turn auto-pause off',
  ],
  40615: [
    'unauthorized',
    'has a firewall that does not let this machine in',
    'add its address under Networking of the server in Azure',
  ],
  40914: [
    'unauthorized',
    'has a firewall that does not let this network in',
    'add its network under Networking of the server in Azure',
  ],
  40501: ['rate-limited', 'is busy and asks to wait', 'choose a larger service tier'],
  10928: [
    'rate-limited',
    'has reached the limit of its resources',
    'choose a larger service tier, or fewer connections',
  ],
  10929: [
    'rate-limited',
    'has reached the limit of its resources',
    'choose a larger service tier, or fewer connections',
  ],
};

const GIVE_CA =
  'name the certificate of the authority that signed it in tls: { ca: … } (PEM); trustServerCertificate: true only in a laboratory';
/** By the words of the driver, of Node.js or of OpenSSL. */
export const BY_TEXT: readonly (readonly [pattern: RegExp, words: ErrorWords])[] = [
  [
    /EPLAINTEXT/,
    [
      'unreachable',
      'answered that it does not encrypt, so the login was not sent',
      'give it a certificate (Configuration Manager, Protocols); if it has one, somebody between changes its answers; ' +
        'only where nobody else is on the network write encrypt: false',
    ],
  ],
  [
    /self.signed certificate|unable to (?:get|verify)|SELF_SIGNED|UNABLE_TO_/i,
    ['unreachable', 'has a certificate that this machine does not trust', GIVE_CA],
  ],
  [/certificate has expired|CERT_HAS_EXPIRED/i, ['unreachable', 'has a certificate that has expired', 'renew it']],
  [
    /does not match certificate|ALTNAME_INVALID/i,
    ['unreachable', 'has a certificate for another name', 'write that name as host, or in tls: { serverName: … }'],
  ],
  [
    /Port for \S{1,300} not found in|EINSTLOOKUP/,
    [
      'unreachable',
      'does not name the port of the instance',
      'start the SQL Server Browser service and open UDP 1434, or write port: instead of instanceName:',
    ],
  ],
  [/Server requires encryption/i, ['unreachable', 'takes encrypted connections only', 'write encrypt: true']],
  [
    /ECONNREFUSED/,
    [
      'unreachable',
      'refused the connection',
      'see whether SQL Server runs, that TCP/IP is enabled in its Configuration Manager, and the port (1433)',
    ],
  ],
  [
    /ENOTFOUND/,
    ['unreachable', 'has a name that is not known', 'see the spelling of host, and the DNS of this machine'],
  ],
  [/EAI_AGAIN/, ['unreachable', 'has a name that cannot be looked up now', 'see the DNS of this machine']],
  [/EHOSTUNREACH|ENETUNREACH/, ['unreachable', 'cannot be reached from here', 'see the network and its firewall']],
  [
    /Failed to connect to [^\s\\]{1,300}\\.{0,600} in \d{1,9}ms/,
    [
      'unreachable',
      'did not answer in time',
      'start the SQL Server Browser service and open UDP 1434, or write port: instead of instanceName:; ' +
        'see whether a firewall lets this machine through, and connectTimeout',
    ],
  ],
  [
    /Failed to connect to .{0,600} in \d{1,9}ms/,
    [
      'unreachable',
      'did not answer in time',
      'see the port, whether a firewall lets this machine through, and connectTimeout',
    ],
  ],
  [
    /SSL|TLS|EPROTO/,
    ['unreachable', 'did not agree on TLS', 'see encrypt: and the protocols that the server allows; it needs TLS 1.2'],
  ],
];
