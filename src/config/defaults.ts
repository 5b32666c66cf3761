/** Every default and limit of the configuration, in one place, each with its reason. */

/** What a key is when it is left out, as it would be written. */
export const DEFAULTS = {
  /** Only this machine can call until an administrator decides otherwise. */
  host: '127.0.0.1',
  /** Above 1024 (no root needed), and not the 80/443/8080 that the help desk's own web server has. */
  port: 8787,
  /** HelpSpot waits without a limit of its own, and the staff member's pane with it; people leave after some seconds. */
  deadline: '5s',
  /** Beside the store. bin/livelookup looks for it there, and nobody else may write there. */
  socketFile: '../var/gateway.sock',
  /** Ten clicks a second on one key: more than a help desk makes, less than a runaway script. */
  ratePerMinute: 600,
  /** One line a lookup. */
  logLevel: 'info',
  /** Some fifty thousand lookups, and an editor still opens it. */
  logMegabytes: 10,
  /** With the one that is written, sixty megabytes: no disk is too small for them. */
  logFiles: 5,
  /** Beside the folder of the configuration: that one may be read-only. */
  storeFile: '../var/gateway.db',
  storeSchema: 'helpspot_gateway',
  storeLease: '1m',
  indexFile: '../var/index.db',
  /** A customer who is entered while he calls is found at his next call; a system is asked for changes 96 times a day. */
  indexEvery: '15m',
  /** What was removed is found out once a day, when most systems have little to do. */
  indexFull: '1d',
  /** Long enough to be asked about by a customer, short enough for those who must not keep personal data. */
  retention: '90d',
  /** An audit is asked about when a complaint comes, which may take months. */
  auditKeep: '1y',
  /** A double click, and HelpSpot's repetition after a time-out. */
  duplicateWindow: '60s',
  /** A hiccup is over within seconds. */
  retryFirst: '5s',
  /** Within an hour of a system's return everything is out. */
  retryLongest: '1h',
  /** A long weekend. */
  giveUpAfter: '3d',
  /** Soon enough for a person, and an outage of a night is no flood of mails. */
  alertsEvery: '10m',
  /** Longer than any call, and a record whose end was lost is not pushed weeks later. */
  eventsWithin: '1d',
  /** What was overtaken by the end of its record comes within seconds. */
  eventsSettle: '10s',
  /** More rows than this no one reads in HelpSpot's popup. */
  limit: 50,
  /** A table of more rows pushes everything else out of the pane. */
  related: 10,
  /** What staff hardly notice; most systems answer in a tenth of it. */
  patience: '1s',
  /** One failure is a hiccup, two may be one, three are an outage. */
  breakerFailures: 3,
  /** A restart is over within seconds; asked once a minute, no system notices. */
  breakerRetry: '5s',
  breakerLongest: '1m',
  /** Below the connections that databases and directories have for one program, and enough for a help desk of hundreds. */
  concurrency: 8,
  /** Staff who click twice, and a request that is opened again, are served from it; a new customer is found soon. */
  cacheFresh: '30s',
  /** A customer of yesterday is better than none. */
  cacheStale: '1d',
  /** The customers of some days. */
  cacheEntries: 10_000,
  /** A day of work: whoever leaves the machine signs in again tomorrow. */
  consoleSession: '8h',
  /** What Entra ID, Keycloak, Okta and others call it. */
  openIdGroups: 'groups',
  /** More options than this no one scrolls through. */
  ajaxLimit: 100,
} as const;

/** From the surest sign of a person to the least: an id, an address, a telephone, a whole name, the beginning of a name. */
export const DEFAULT_MATCH: (string | string[] | Record<string, 'prefix'>)[] = [
  'customer_id',
  'email',
  'phone',
  ['first_name', 'last_name'],
  { last_name: 'prefix' },
];

/** How much is read and taken; more is a mistake with words. */
export const LIMITS = {
  /** The file is read at once; a real one has some kilobytes. */
  fileBytes: 5 * 1024 * 1024,
  /** A password, a token, a private key or a bundle of certificates fits; a wrong path to a log file does not. */
  secretFileBytes: 64 * 1024,
  /** Aliases (`*name`) can multiply a small file into a huge one; a real file has some hundred values. */
  values: 100_000,
  /** Each alias is looked for in the whole document. */
  aliases: 1_000,
  /** Deeper than any setting; an alias that contains itself would never end. */
  depth: 40,
  /** Open brackets, maps and lists while the file is read; more than `depth`, because one level can be two of these. */
  parserDepth: 100,
  /** A module is read in some milliseconds; what takes longer waits for something. Half of what the command line may take. */
  importMs: 5_000,
  /** Of the words of others in a message: a line on a screen or two. */
  quotedCharacters: 200,
  /** More than this at once helps no one. */
  problems: 100,
  /** A key that goes over the network must not be guessed: 16 characters are at least 80 bits when they are random. */
  keyCharacters: 16,
  /** Customers in one answer. */
  customers: 1_000,
  /** Related records of one kind that are shown of one customer. */
  related: 100,
  /** Kinds of related records: each is a question more to a system at every click. */
  relatedKinds: 20,
  /** Columns of a table: more cannot be read beside a request. */
  tableColumns: 20,
  /** Options in one answer: HelpSpot makes a page of them while the staff member waits. */
  ajaxOptions: 1_000,
  /** More questions at once than this no system answers sooner. */
  concurrency: 100,
  /** More failures than this are no outage, but how the system is. */
  breakerFailures: 100,
  /** With some hundred characters each, a hundred megabytes; the cache keeps within its memory anyway. */
  cacheEntries: 1_000_000,
  /** Nobody types more only to see a list. */
  searchMinimum: 20,
  /** While a secret is changed there are two; more are forgotten ones. */
  eventSecrets: 5,
  /** A file of more than ten gigabytes is read by nobody. */
  logMegabytes: 10_000,
  /** Each is renamed when one goes aside. */
  logFiles: 1_000,
  /** Shorter texts are in every other word; masking them would hide everything but the secret. */
  maskedCharacters: 4,
} as const;
