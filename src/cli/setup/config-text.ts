/** The text of a configuration, with the comments that a person wants. Values go through {@link scalar}; names are ours. */
import { relative, sep } from 'node:path';
import type { SetUpAdapter } from './given.ts';

import { type Proposed, proposalFor, type Said } from './proposal.ts';
import { ROLES, type Role } from './roles.ts';
import type { Looked } from './system.ts';

/** Lines of YAML, without the indentation of where they are put. */
export type Lines = readonly string[];

/** A source that is to be written. */
export interface NewSource {
  readonly name: string;
  readonly looked: Looked;
  readonly fields: readonly Proposed[];
  /** The variable that has the password; undefined: there is none. */
  readonly variable: string | undefined;
}

/** Begins and ends with no sign of YAML, and has none within that ends a value in braces. */
const PLAIN = /^[\p{L}/][\p{L}\d_ ./()-]*[\p{L}\d._)]$/u;
const NO_TEXT = /^(?:true|false|null|yes|no|on|off)$/i;

/** A value as YAML: plain where that is certain, else in double quotes. What looks like a reference stays as it is. */
export function scalar(value: string): string {
  // A function: in a replacement that is a text, `$$` stands for one `$`.
  const literal = value.replaceAll('${', () => '$${');
  return PLAIN.test(literal) && !NO_TEXT.test(literal) ? literal : JSON.stringify(literal);
}

/** The fields of a source. A directory has names of its own; a table or a file gets those that lookups find by. */
export function fieldsFor({ given, columns }: Looked, said: Said = {}): readonly Proposed[] {
  if (given.adapter !== 'ldap') return proposalFor(columns, said);
  return columns.map(({ name, calledThere = name }): Proposed => {
    const role = ROLES.find((one) => one === name);
    return { field: name, column: calledThere, role, why: undefined, dates: undefined };
  });
}

/** What a comment says of each adapter. */
const ABOUT: Readonly<Record<SetUpAdapter, string>> = {
  csv: 'A running gateway reads the file again when it changes. docs/adapters/csv.md',
  sqlite: 'The file is opened for reading only. docs/adapters/sqlite.md',
  postgres: 'The account needs SELECT only. docs/adapters/postgres.md',
  mysql: 'The account needs SELECT only. docs/adapters/mysql.md',
  mssql: 'The account needs SELECT only. docs/adapters/mssql.md',
  ldap: 'The account needs to read people only. docs/adapters/ldap.md',
};

/**
 * @param folder of the configuration: files below it are named relative to it
 * @param title what staff call it; left out: what they call any of its adapter
 */
export function sourceLines({ name, looked, fields, variable }: NewSource, folder: string, title?: string): Lines {
  const { adapter, passwordKey } = looked.given;
  const inside = (path: string) => (adapterPath(path, folder) === undefined ? path : adapterPath(path, folder));
  const settings = Object.entries(looked.settings).flatMap(([key, value]) =>
    settingLines(key, key === 'file' && typeof value === 'string' ? inside(value) : value, inside),
  );
  const password = passwordKey === undefined || variable === undefined ? [] : [`${passwordKey}: "\${${variable}}"`];
  return [
    `# ${ABOUT[adapter]}`,
    `${scalar(name)}:`,
    ...indented([
      `adapter: ${adapter}`,
      ...(title === undefined ? [] : [`title: ${scalar(title)} # what staff call it: "${title} did not answer"`]),
      ...settings,
      ...password,
      ...columnLines(looked, fields),
      ...dateLines(fields),
    ]),
  ];
}

function adapterPath(path: string, folder: string): string | undefined {
  const near = relative(folder, path);
  return near.startsWith('..') || near === path ? undefined : near.split(sep).join('/');
}

function settingLines(key: string, value: unknown, inside: (path: string) => string | undefined): Lines {
  if (typeof value === 'string') return [`${key}: ${scalar(value)}`];
  if (typeof value !== 'object' || value === null) return [`${key}: ${String(value)}`];
  const parts = Object.entries(value).map(([name, part]) => {
    const text = String(part);
    return `${name}: ${scalar(name === 'ca' ? (inside(text) ?? text) : text)}`;
  });
  return [parts.length === 0 ? `${key}: {}` : `${key}: { ${parts.join(', ')} }`];
}

/** Field on the left, column on the right. */
function columnLines({ given, columns }: Looked, fields: readonly Proposed[]): Lines {
  const isAsItIs = fields.length === columns.length && fields.every(({ field, column }) => field === column);
  if (given.adapter === 'ldap' || isAsItIs) return [];
  const width = fields.reduce((most, { field }) => Math.max(most, field.length), 0) + 1;
  // What HelpSpot knows first, in its order; then the rest as it stands in the file.
  const known = WRITTEN_FIRST.flatMap((role) => fields.filter((one) => one.role === role));
  const line = ({ field, column }: Proposed) => `${`${field}:`.padEnd(width)} ${scalar(column)}`;
  return [
    'columns: # the name here: what it is called there; take out what staff need not see',
    ...indented([...known, ...fields.filter(({ role }) => role === undefined)].map(line)),
  ];
}

const WRITTEN_FIRST: readonly Role[] = [
  ...(['customer_id', 'first_name', 'last_name', 'full_name', 'email', 'phone', 'mobile', 'company'] as const),
];

function dateLines(fields: readonly Proposed[]): Lines {
  const dates = fields.flatMap(({ field, dates }) => (dates === undefined ? [] : [`${field}: ${scalar(dates)}`]));
  return dates.length === 0 ? [] : [`dates: { ${dates.join(', ')} }`];
}

/** How customers are found, by what there is; undefined where there is nothing to find by. */
export function proposedSteps(names: ReadonlySet<string>): Lines | undefined {
  const one = (name: string) => (names.has(name) ? [name] : []);
  const steps = [
    ...one('customer_id'),
    ...one('email'),
    ...one('phone'),
    ...(names.has('mobile') ? ['{ mobile: { from: phone } }'] : []),
    ...(names.has('first_name') && names.has('last_name') ? ['[first_name, last_name]'] : []),
    ...(names.has('last_name') ? ['{ last_name: prefix }'] : []),
    ...(names.has('full_name') && !names.has('last_name')
      ? ['{ words: [full_name], from: [first_name, last_name] }']
      : []),
  ];
  return steps.length === 0 ? undefined : steps;
}

/** What staff see of several customers. */
const IN_TABLE = ['customer_id', 'first_name', 'last_name', 'full_name', 'email', 'company'];
/** What a directory has of a person that staff want to see, beside what HelpSpot knows. */
const OF_PERSON = [
  'full_name',
  'title',
  'department',
  'company',
  'office',
  'mobile',
  'street',
  'city',
  'country',
  'manager',
];

/**
 * A lookup.
 * @param names the fields of its sources
 * @param shown left out: every field
 */
export function lookupLines(
  name: string,
  sources: readonly string[],
  names: ReadonlySet<string>,
  shown?: readonly string[],
): Lines {
  const steps = proposedSteps(names) ?? [];
  const columns = IN_TABLE.filter((one) => names.has(one) && !(one === 'full_name' && names.has('last_name')));
  const fields = shown ?? [];
  return [
    `${scalar(name)}:`,
    ...indented([
      `sources: [${sources.map(scalar).join(', ')}]`,
      'match: # tried in this order, until a step finds somebody',
      ...indented(steps.map((step) => `- ${step}`)),
      ...(columns.length === 0 ? [] : [`columns: [${columns.join(', ')}] # of the table, when several are found`]),
      ...(fields.length === 0 ? [] : ['fields: # what staff see', ...indented(fields.map((one) => `${one}: ${one}`))]),
    ]),
  ];
}

/** What a lookup shows of a source, where not all of it. */
export function shownOf(adapter: string, names: ReadonlySet<string>): readonly string[] | undefined {
  return adapter === 'ldap' ? OF_PERSON.filter((one) => names.has(one)) : undefined;
}

/** A search box over a source; empty where there is nothing that tells one customer from another. */
export function ajaxLines(source: string, names: ReadonlySet<string>): Lines {
  const value = ['customer_id', 'email'].find((one) => names.has(one));
  const searched = ['last_name', 'full_name', 'company', 'email'].filter((one) => names.has(one)).slice(0, 3);
  if (value === undefined || searched.length === 0) return [];
  const person = names.has('last_name')
    ? ['first_name', 'last_name'].filter((one) => names.has(one))
    : searched.slice(0, 1);
  return [
    `${scalar(source)}:`,
    ...indented([
      `source: ${scalar(source)}`,
      `search: { fields: [${searched.join(', ')}], match: contains, minimum: 2 } # what is typed into the field`,
      `value: "{{${value}}}" # goes into the field`,
      `description: "${person.map((one) => `{{${one}}}`).join(' ')}" # what staff read`,
    ]),
  ];
}

/** Two spaces in front of each line. */
export function indented(lines: Lines, by = '  '): Lines {
  return lines.map((line) => (line === '' ? '' : by + line));
}

/** What a whole file has beside its source. */
export interface Settings {
  readonly port: number;
  readonly country: string | undefined;
}

/** A whole configuration, as a new file. */
export function configurationText(source: NewSource, { port, country }: Settings, folder: string): string {
  const names = new Set(source.fields.map(({ field }) => field));
  const shown = shownOf(source.looked.given.adapter, names);
  const ajax = ajaxLines(source.name, names);
  const phones = country === undefined ? '# phones: { country: DE }' : `phones: { country: ${country} }`;
  return `${[
    '# The configuration of the gateway, as "helpspot-gateway init" proposed it. Change it as you like: a running',
    '# gateway takes a changed file over; one with a mistake it refuses, says what is wrong in which line, and goes on',
    '# with the old one. docs/configuration.md has every key.',
    '',
    'server:',
    '  host: 127.0.0.1 # only this machine can call; where HelpSpot runs elsewhere, write 0.0.0.0',
    `  port: ${port}`,
    '',
    'access:',
    '  # Whoever calls shows this key. It stands in .env beside this file, which only its owner may read.',
    '  keys: [{ name: helpspot, secret: "${GATEWAY_KEY}" }]',
    '',
    '# Where telephone numbers without a country code are from: two letters.',
    phones,
    '',
    '# Where the data is. Files are named relative to this one.',
    'sources:',
    ...indented(sourceLines(source, folder)),
    '',
    '# What HelpSpot asks: Admin > Settings > Live Lookup.',
    'lookups:',
    `  # http://127.0.0.1:${port}/k/YOUR-KEY/livelookup`,
    ...indented(lookupLines('default', [source.name], names, shown)),
    ...(ajax.length === 0
      ? []
      : [
          '',
          '# Drop-down lists of AJAX selection fields: Admin > Organize > Custom Fields.',
          'ajax:',
          `  # http://127.0.0.1:${port}/k/YOUR-KEY/ajax/${source.name}`,
          ...indented(ajax),
        ]),
    '',
    '# Request Push needs a "push" section, and a place for what is pushed: docs/request-push.md',
    'store: { file: var/gateway.db, index: var/index.db }',
    '',
  ].join('\n')}`;
}
