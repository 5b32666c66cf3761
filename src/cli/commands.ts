/** The commands of `helpspot-gateway`: what each is called with, and what it does. */
import { PUSH_STATES } from '../gateway/push/push-row.ts';
import type { Command, CommandOption } from './command-line.ts';
import { LEVELS } from './question.ts';
import { SOURCE_OPTIONS } from './setup/options.ts';

const LOG_FORMATS = ['json', 'pretty'] as const;

/** How an answer is written, and as whom it is asked for. */
const QUESTION_OPTIONS: Readonly<Record<string, CommandOption>> = {
  as: { value: 'LEVEL', choices: LEVELS, help: `the staff level of who asks: ${LEVELS.join(', ')}` },
  xml: { help: 'exactly what HelpSpot would get' },
  json: { help: 'the same as JSON, for other programs' },
};

const QUESTION_NOTES = `Parameters are what HelpSpot sends, NAME=VALUE each. After "--" they may also be
written as HelpSpot writes them on a command line: -- --customer_id=12 --email
`;

const NOTES_ON_STATUS =
  'The exit status is 0 for an answer (also for nobody), 1 for a failure, 2 for a call that makes no sense.\n';

/** Name → command. Modules are loaded when a command runs: `schema` does not need Express. */
export const commands: Readonly<Record<string, Command>> = {
  serve: {
    summary: 'answer HelpSpot over HTTP until SIGTERM or SIGINT; SIGHUP reads the configuration again',
    options: {
      'log-file': { value: 'FILE', help: 'where the log goes (default: log.file, then standard error)' },
      'log-format': { value: 'FORMAT', choices: LOG_FORMATS, help: 'how it is written: json, or pretty for people' },
    },
    run: async (line, terminal) => {
      const format = LOG_FORMATS.find((one) => one === line.value('log-format'));
      const wishes = { file: line.value('log-file'), format };
      return (await import('./serve.ts')).serve(line.configuration(), terminal, wishes);
    },
  },
  init: {
    summary: 'look at a file, a database or a directory, and write a configuration that finds customers in it',
    options: {
      ...SOURCE_OPTIONS,
      out: { value: 'FOLDER', help: 'where gateway.yaml and .env go: a new folder, or one with nothing but the data' },
      name: { value: 'NAME', help: 'what the source is called (default: customers)' },
      country: { value: 'XX', help: 'where telephone numbers without a country code are from: DE, US' },
      port: { value: 'PORT', help: 'where the gateway listens (default: 8787)' },
    },
    notes: `It asks at the terminal what no option says. What is there is never written over.
The password of a database or directory is asked for, or taken from the
environment (CUSTOMERS_PASSWORD for the source "customers"); it goes to .env.

  helpspot-gateway init
  helpspot-gateway init --yes --csv=customers.csv --out=gateway --country=DE
  helpspot-gateway init --yes --url=postgres://reader@db/crm --table=customers --out=gateway
  helpspot-gateway init --yes --ldap=ldaps://dc1.example.com --bind=reader@example.com --out=gateway
`,
    run: async (line, terminal) => (await import('./init.ts')).init(line, terminal),
  },
  add: {
    summary: 'add a source or a lookup to a configuration: add source crm --sqlite=crm.db; add lookup crm --source=crm',
    arguments: 'source NAME | lookup NAME',
    options: {
      ...SOURCE_OPTIONS,
      source: { value: 'NAMES', help: 'lookup: which source it asks; several with commas' },
    },
    notes: `The file keeps its comments and its order. It is written only if it has no
mistake afterwards; a running gateway takes it over.

  helpspot-gateway add source crm --yes --sqlite=/var/lib/crm.db --config=gateway/gateway.yaml
  helpspot-gateway add lookup crm --source=crm --config=gateway/gateway.yaml
`,
    run: async (line, terminal) => (await import('./add.ts')).add(line, terminal),
  },
  check: {
    summary:
      'say which sources answer, and what the configuration asks of them that they cannot do; exit status 1 for a mistake',
    run: async (line, terminal) => (await import('./check.ts')).check(line.configuration(), terminal),
  },
  lookup: {
    summary: 'ask a lookup as HelpSpot would, and show the answer: lookup default email=bob@example.com',
    arguments: 'NAME PARAMETER=VALUE …',
    options: {
      ...QUESTION_OPTIONS,
      explain: {
        help: 'say which source was asked what, how many it found, how long it took, what was left out and what came out empty',
      },
    },
    notes: `${QUESTION_NOTES}
  helpspot-gateway lookup default email=zoe.mueller@gruenwald.example
  helpspot-gateway lookup default last_name=smith --as=admin

${NOTES_ON_STATUS}`,
    run: async (line, terminal) => (await import('./lookup.ts')).lookup(line, terminal),
  },
  ajax: {
    summary: 'ask an AJAX selection field as HelpSpot would, and show the list: ajax billing-codes sUserId=1001',
    arguments: 'NAME PARAMETER=VALUE …',
    options: QUESTION_OPTIONS,
    notes: `${QUESTION_NOTES}
  helpspot-gateway ajax billing-codes sUserId=1001
  helpspot-gateway ajax asset-search callingField=Custom11 Custom11=thinkpad

${NOTES_ON_STATUS}`,
    run: async (line, terminal) => (await import('./ajax.ts')).ajax(line, terminal),
  },
  'new-adapter': {
    summary: 'write the package of an adapter of your own, with tests that pass as they stand: new-adapter acme-crm',
    arguments: 'NAME',
    options: {
      http: { help: 'for a system that is asked over HTTP (the default)' },
      sql: { help: 'for a database with a driver of its own' },
      push: { help: 'it takes pushes, too' },
      out: { value: 'FOLDER', help: 'where it goes: a new folder (default: NAME, here)' },
    },
    notes: `docs/adapter-guide.md leads on from there.

  helpspot-gateway new-adapter acme-crm --push
`,
    run: async (line, terminal) => (await import('./new-adapter.ts')).newAdapter(line, terminal),
  },
  'push-file': {
    summary: 'print the PHP file through which HelpSpot pushes to a target: push-file FogBugz',
    arguments: 'NAME',
    options: {
      url: {
        value: 'URL',
        help: 'where HelpSpot reaches the gateway (default: server.publicAddress, else server.host and server.port)',
      },
      'key-name': { value: 'KEY', help: 'which of access.keys HelpSpot shows (default: helpspot, or the only one)' },
      'with-key': { help: 'write the secret into the file; else it has a place for it' },
    },
    notes: `  helpspot-gateway push-file FogBugz --url=https://gateway.example.com > RequestPush-FogBugz.php
`,
    run: async (line, terminal) => (await import('./push-file.ts')).pushFile(line, terminal),
  },
  pushes: {
    summary: 'list the pushes that the gateway keeps; show one, retry or drop some: pushes show q-…',
    arguments: '[list | show ID | retry ID … | drop ID … | gateways]',
    options: {
      target: { value: 'NAME', help: 'list, retry, drop: only those of this push target' },
      state: {
        value: 'STATES',
        choices: PUSH_STATES,
        isList: true,
        help: `list, retry, drop: only those that are ${PUSH_STATES.join(', ')}; several with commas`,
      },
      since: { value: 'TIME', help: 'list, retry, drop: only those taken within this time: 30m, 2h, 3d' },
      reference: {
        value: 'REF',
        help: 'list, retry, drop: only those of the call with this reference, as staff read it',
      },
      all: { help: 'retry, drop: all that are failed or unclear' },
      yes: { help: 'retry, drop: do it without a question' },
      limit: { value: 'COUNT', help: 'list: at most so many, the newest (default: 50)' },
      body: { help: 'show: what is pushed, too; it is personal data' },
      json: { help: 'list, show, gateways: the same as JSON, for other programs' },
    },
    notes: `gateways says which gateways use the store. A running gateway takes notice within a second; none need run.
Without --state, retry and drop take what is failed or unclear.

  helpspot-gateway pushes --state=failed,unclear --since=2h
  helpspot-gateway pushes retry --state=failed --target=FogBugz
  helpspot-gateway pushes retry q-m3v9x2ab-8c1f0a2b3c4d5e6f
`,
    run: async (line, terminal) => (await import('./pushes.ts')).pushes(line, terminal),
  },
  index: {
    summary:
      'list the indexes of sources; show, rebuild or empty one; find or delete a person: index find bob@example.com',
    arguments: '[list | show NAME | rebuild NAME | empty NAME | accept NAME | find [NAME] WHOM | delete [NAME] WHOM]',
    options: {
      yes: { help: 'empty, delete: do it without a question' },
      limit: { value: 'COUNT', help: 'find: at most so many records (default: 50)' },
      json: { help: 'list, show, find: the same as JSON, for other programs' },
    },
    notes: `list     how old each index is, and what becomes of it
show     what it keeps of the source, and how it is searched
rebuild  everything is read again; what is there answers meanwhile
empty    removes all that it has of the source, at once
accept   lets the next full run remove what the last one asked about
find     what it has of a person; WHOM is a text (a part of any value), or
         FIELD=VALUE, several of which must all be met; it is personal data
delete   removes that; what the source still lists comes back with a later run
NAME is a source; without it all are looked through. A running gateway takes
notice within some seconds; none need run.

  helpspot-gateway index
  helpspot-gateway index find email=bob@example.com
  helpspot-gateway index delete crm customer_id=1001
`,
    run: async (line, terminal) => (await import('./source-index.ts')).sourceIndex(line, terminal),
  },
  'console-password': {
    summary: 'ask for a password, and print what console.users has for it',
    notes: `It is asked for at the terminal, or read from standard input:

  helpspot-gateway console-password
  openssl rand -base64 18 | tee /dev/stderr | helpspot-gateway console-password
`,
    run: async (_line, terminal) => (await import('./console-password.ts')).consolePassword(terminal),
  },
  audit: {
    summary: 'say who looked whom up, and what was pushed and changed: audit --customer=1001',
    options: {
      person: { value: 'WHO', help: 'only what this person did: the number in HelpSpot, or a part of the name' },
      customer: { value: 'ID', help: 'only lookups that found the customer with this id' },
      request: { value: 'NUMBER', help: 'only what was done from this request' },
      lookup: { value: 'NAME', help: 'only this lookup' },
      since: { value: 'TIME', help: 'from then on: 2h (ago), 2026-11-20 or 2026-11-20T08:30 (UTC)' },
      until: { value: 'TIME', help: 'before then' },
      limit: { value: 'COUNT', help: 'at most so many, the newest (default: 50)' },
      json: { help: 'the same as JSON, for other programs' },
      csv: { help: 'the same as CSV, for a spreadsheet' },
    },
    notes: `Newest first. A running gateway writes within a second; none need run.

  helpspot-gateway audit --customer=1001 --since=30d
  helpspot-gateway audit --person=bob --since=2026-11-01 --limit=100000 --csv > bob.csv
`,
    run: async (line, terminal) => (await import('./audit.ts')).audit(line, terminal),
  },
  service: {
    summary: 'make a service of systemd: service install --config=/etc/helpspot-gateway/gateway.yaml',
    arguments: 'install',
    options: {
      user: { value: 'NAME', help: 'the account that the service runs as (default: helpspot-gateway)' },
      print: { help: 'print the unit instead of writing it' },
    },
    notes: `  helpspot-gateway service install --config=/etc/helpspot-gateway/gateway.yaml --print
`,
    run: async (line, terminal) => (await import('./service.ts')).service(line, terminal),
  },
  backup: {
    summary:
      'write the store, the index, the audit and the configuration into one file, while gateways go on: backup gateway.tar',
    arguments: 'FILE.tar',
    options: {
      'with-secrets': { help: 'also .env beside the configuration, and the files that it names with ${file:…}' },
    },
    notes: `All is of one moment, and checked. The file is for its owner alone (mode 0600):
personal data is in it, and whatever the configuration has. Nothing is
overwritten, and nothing is left of a backup that fails. It takes room for
twice what is in it. Pushes on PostgreSQL, and in the spool that waits for it,
are not in it: a copy could send them once more.

  helpspot-gateway backup /var/backups/gateway-$(date +%F).tar
`,
    run: async (line, terminal) => (await import('./backup.ts')).backup(line, terminal),
  },
  restore: {
    summary: 'bring back what a backup holds: restore gateway.tar --to=FOLDER',
    arguments: 'FILE.tar',
    options: {
      to: { value: 'FOLDER', help: 'an empty folder for all of it (default: where the configuration has its files)' },
      yes: { help: 'do it without a question' },
    },
    notes: `Stop the gateways first. Everything in the file is checked before anything is
written; what was there stays beside it as *.before-restore-TIME. An audit that
is there is kept, and gets what it lacks. Pushes that waited are "unclear" then:
they may have been sent since; "helpspot-gateway pushes retry" sends them.

  helpspot-gateway restore /var/backups/gateway-2026-11-26.tar
  helpspot-gateway restore gateway.tar --to=/tmp/look
`,
    run: async (line, terminal) => (await import('./restore.ts')).restore(line, terminal),
  },
  store: {
    summary: 'move the pushes of a file to PostgreSQL: store copy --to=env:STORE_URL',
    arguments: 'copy [FILE]',
    options: {
      to: { value: 'URL', help: 'where to, or env:NAME of a variable that says it (default: store.url)' },
      schema: { value: 'NAME', help: 'with --to: the schema there (default: helpspot_gateway)' },
      ca: { value: 'FILE', help: 'with --to: encrypts the connection, and checks the server by this authority' },
      yes: { help: 'do it without a question' },
    },
    notes: `Stop the gateways that use the file first. It gets another name (*.copied-TIME),
so that no gateway sends from it any more; where something fails, its old one.
Without FILE it is store.file of the configuration. A password in --to can be
read by others on the machine: write the address into a variable, or the
password into PGPASSWORD.

  helpspot-gateway store copy --to=env:STORE_URL
  helpspot-gateway store copy --to=postgres://gateway@db.example.com/helpdesk
  helpspot-gateway store copy /var/lib/helpspot-gateway/gateway.db
`,
    run: async (line, terminal) => (await import('./store.ts')).store(line, terminal),
  },
  schema: {
    summary: 'print the JSON Schema of the configuration, for editors',
    run: async (line, terminal) => (await import('./schema.ts')).schema(line.configuration(), terminal),
  },
};
