/** Messages for mistakes that people really made: each says what was meant. */
import { describe, expect, it } from 'vitest';
import { adapters } from '../../adapters/index.ts';
import { parseFile } from '../../src/config/document.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import { clearSecrets, collectSecrets } from '../../src/config/secrets.ts';
import { writeConfiguration } from './files.ts';

async function mistake(yaml: string, environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const file = writeConfiguration(yaml);
  return loadConfiguration(file, adapters, environment).then(
    () => 'nothing',
    (error: Error) => error.message,
  );
}

const CSV = 'sources: { people: { adapter: csv, file: people.csv } }\n';
const withFields = (fields: string) =>
  `${CSV}lookups:\n  default:\n    sources: people\n    fields:\n      ${fields}\n`;
const mysql = (more: string) =>
  `sources: { crm: { adapter: mysql, user: u, database: d, table: t, ${more} } }\nlookups: { default: { sources: crm } }\n`;
const withAuth = (auth: string) =>
  `sources: { hub: { adapter: webhook, url: https://hub.example.com, auth: ${auth} } }\n`;

describe('the message for', () => {
  it.each([
    ['an unquoted template', withFields('city: { value: {{city}} }'), 'needs quotes; write "{{FIELD}}"'],
    ['the same on a line of its own', withFields('city:\n        value: {{city}}'), 'needs quotes'],
    [
      'a colon in a text',
      withFields('crm: { link: "https://x/{{id}}", text: Open: CRM }'),
      'a text that contains ": " in quotes',
    ],
    [
      'a colon in a text in a block',
      withFields('crm:\n        text: Open: CRM'),
      'a text that contains ": " in quotes',
    ],
    [
      'curly quotes',
      `${CSV}access: { keys: [{ name: hs, secret: “0123456789abcdef” }] }`,
      '“ (U+201C), which is no quote',
    ],
    ['curly quotes within braces', withFields('a: { value: “{{last_name}}” }'), '“ (U+201C) is no quote of YAML'],
    ['an adapter with two letters changed', 'sources: { p: { adapter: cvs, file: a.csv } }', 'did you mean "csv"?'],
    ['low quotes', withFields('city: „city”'), '„ (U+201E)'],
    ['angle quotes', withFields('city: «city»'), '« (U+00AB)'],
    [
      'a name in networks',
      `${CSV}access: { networks: [localhost] }`,
      'must be an address, not a name; write 127.0.0.1',
    ],
    ['yes for true', `${CSV}log: { customerValues: yes }`, 'write customerValues: true'],
    ['off for false', `${CSV}log: { customerValues: off }`, 'write customerValues: false'],
    [
      'a flag for a template',
      withFields('a: { html: true }'),
      'a.html: must be a text of 1 to 10000 characters, not true',
    ],
    ['a number for a flag', withFields('a: { from: b, html: 7 }'), 'a.html: must be true or false, not a number'],
    ['1 for true', `${CSV}log: { customerValues: 1 }`, 'write customerValues: true'],
    ['a time in words', `${CSV}server: { deadline: 10 Sec }`, 'not "10 Sec"; write deadline: 10s'],
    ['minutes', `${CSV}server: { deadline: 2 minutes }`, 'from 100ms to 2m; write deadline: 2m'],
    ['a time that is too long', `${CSV}server: { deadline: 90 min }`, 'not "90 min"; write deadline: 5s'],
    ['another word for an adapter', 'sources: { p: { adapter: sql server } }', '"sql server"; did you mean "mssql"?'],
    ['warning for warn', `${CSV}log: { level: warning }`, 'write level: warn'],
    ['debugging for debug', `${CSV}log: { level: debugging }`, 'write level: debug'],
    [
      'an address as host',
      mysql('host: "mysql://db.example.com/crm"'),
      'without mysql:// or a path, and the port as port; write host: db.example.com',
    ],
    ['a port in host', mysql('host: "db:3306"'), 'and the port as port'],
    ['a port behind an IP address', mysql('host: "10.0.0.7:3306"'), 'and the port as port'],
    ['a space of a web page', `sources:\n\u00a0\u00a0people: { adapter: csv }\n`, 'begins with a space that is none'],
    ['a path as host', mysql('host: db.example.com/crm'), 'without mysql:// or a path'],
    [
      'a secret that is not set',
      mysql('host: db, password: "${DB_PASSWORD}"'),
      'set it there or in .env beside the configuration, or write ${file:PATH}',
    ],
    ['a bearer that is not set', withAuth('{ bearer: "${HUB}" }'), 'or write ${file:PATH}'],
    ['a secret of another name', withAuth('{ basic: { user: "${HUB_KEY}", password: x } }'), 'or write ${file:PATH}'],
    [
      'no space behind a colon',
      'server: {port:80}',
      '1:10 server.port: write "port: ", with a colon and a space behind it',
    ],
    ['no space behind one of several', `${CSV}log: { level: info, file:a.log }`, 'log.file: write "file: "'],
    ['an equals sign for a colon', `${CSV}log: { level: info, file=a.log }`, 'log.file: write "file: "'],
    [
      'no space behind any colon',
      'sources:\n  people:\n    adapter:mysql\n    password:hunter22\n',
      '2:3 sources.people: must be a map, not a text; a space is missing behind "adapter:"',
    ],
    [
      'a text with a comma',
      mysql('host: h, password: hun,ter22'),
      'sources.crm: has a key without a value here; write KEY: VALUE',
    ],
    ['another value that is not set', mysql('host: "${DB_HOST}"'), 'give a default: ${DB_HOST:-default}'],
    ['an unknown country', `${CSV}phones: { country: Germany }`, 'write two capitals (ISO 3166), such as DE'],
    [
      'a format without letters',
      'sources: { people: { adapter: csv, file: p.csv, dates: { end: "%d.%m.%Y" } } }',
      'DD, MM, YYYY',
    ],
    [
      'a kind that is none',
      'sources: { people: { adapter: csv, file: p.csv, kinds: { a: telephone } } }',
      'one of phone, email',
    ],
  ])('%s', async (_what, yaml, words) => {
    expect(await mistake(yaml)).toContain(words);
  });

  it.each([
    ['where a map is wanted', withAuth('Bearer hunter22')],
    ['of a header', withAuth('{ header: "X-Key: hunter22" }')],
    ['with a user', withAuth('{ basic: "anna:hunter22" }')],
    ['in a host', mysql('host: "Server=db;Pwd=hunter22"')],
    ['in an address of a database', 'sources: { crm: "Server=db;Pwd=hunter22" }'],
    ['behind a colon without a space', mysql('host: h, password:hunter22')],
    ['behind an equals sign', mysql('host: h, password=hunter22')],
    ['with a comma', mysql('host: h, password: hun,ter22')],
    ['in one text with other keys', 'sources:\n  crm:\n    adapter:mysql\n    password:hunter22\n'],
    ['of the gateway', `${CSV}access: hunter22hunter22\n`],
    ['where a number is wanted', `${CSV}server: { port: hunter22 }`],
    ['in a list of numbers', `${CSV}commandLine: { customFields: [hunter22] }`],
    ['where a flag is wanted', `${CSV}log: { customerValues: hunter22 }`],
    ['where a choice is wanted', `${CSV}log: { level: hunter22 }`],
    ['where a choice or a map is wanted', `${CSV}events: { e: { verify: hunter22 } }`],
    ['where a time is wanted', `${CSV}server: { deadline: hunter22 }`],
    ['where a number of an adapter is wanted', mysql('host: h, port: hunter22')],
    ['in place of a source', `${CSV}lookups: { default: { sources: "pwd=hunter22" } }`],
    ['in place of an adapter', `sources: { people: { adapter: "pwd=hunter22" } }`],
    ['in place of an adapter, with a word before it', `sources: { people: { adapter: Bearer hunter22 } }`],
    ['in words of an adapter', 'sources: { d: { adapter: ldap, resolve: ["pwd=hunter22"] } }'],
    ['in place of a push target', `${CSV}webhooks: { w: { push: ["pwd=hunter22"] } }`],
    ['behind a choice', `${CSV}log: { level: info-hunter22 }`],
    ['in an address', `${CSV}helpspot: { url: "help.example.com?key=hunter22" }`],
    ['of digits where a map is wanted', withAuth('83922')],
    ['of digits where a flag is wanted', `${CSV}log: { customerValues: 83922 }`],
  ])('a secret %s does not have it in it', async (_where, yaml) => {
    expect(await mistake(yaml)).not.toMatch(/nothing|anna|ter22|83922/);
  });

  it.each([
    [
      'a text',
      `${CSV}lookups: { default: { sources: people, limit: "5" } }`,
      'not "5"; write limit: 5, without quotes',
    ],
    ['of a list', `${CSV}commandLine: { customFields: ['7'] }`, 'not "7"; write 7, without quotes'],
    ['a flag', `${CSV}log: { customerValues: "true" }`, 'not "true"; write customerValues: true, without quotes'],
    ['too large', `${CSV}lookups: { default: { sources: people, limit: "5000" } }`, 'not "5000"; write limit: 50'],
    [
      'where a text is wanted',
      mysql('host: 007, password: x').replace('user: u', 'user: 007'),
      'write user: "007", in quotes',
    ],
    ['for a password', mysql('host: h, password: 83922'), 'sources.crm.password: must be a text; write it in quotes'],
    [
      'without its unit',
      `${CSV}server: { deadline: "5" }`,
      'must be a time with its unit, from 100ms to 2m, not "5"; write deadline: 5s',
    ],
  ])('a number in quotes, %s', async (_where, yaml, words) => {
    expect(await mistake(yaml)).toContain(words);
  });

  it.each([
    [
      'source: { people: { adapter: csv, file: people.csv } }\nlookups: { default: { sources: people } }',
      'source',
      'sources',
    ],
    [`${CSV}lookup: { default: { sources: people } }`, 'lookup', 'lookups'],
    [`${CSV}lookups: { default: { source: people } }`, 'lookups.default.source', 'sources'],
    ['sources: { people: { adapter: csv, files: people.csv } }', 'sources.people.files', 'file'],
    ['sources: { people: { adaptor: csv, file: people.csv } }', 'sources.people.adaptor', 'adapter'],
    [`${CSV}server: { tls: { certificate: a, keys: b, cert: c } }`, 'server.tls.keys', 'key'],
    [`${CSV}ajax: { a: { sorce: people, value: "{{code}}" } }`, 'ajax.a.sorce', 'source'],
  ])('%s is one', async (yaml, key, meant) => {
    const said = (await mistake(yaml)).split('\n').filter((line) => !line.includes('lookups: is missing'));
    expect(said.map((line) => line.replace(/^\S+ /, ''))).toContain(`${key}: unknown key; did you mean "${meant}"?`);
    expect(said.filter((line) => line.includes('is missing') || line.includes('unknown source'))).toEqual([]);
  });

  it.each([
    [`sources: { people: { adapter: csv, file: people.csv, cache: { fresh: hunter22 } } }`, 'cache.fresh'],
    [`sources: { people: { adapter: csv, file: people.csv, breaker: { retry: hunter22 } } }`, 'breaker.retry'],
    [`sources: { people: { adapter: csv, file: people.csv, breaker: { longest: '2' } } }`, 'breaker.longest'],
    [`sources: { people: { adapter: csv, file: people.csv, cache: { stale: '5' } } }`, 'cache.stale'],
    [`sources: { people: { adapter: csv, file: people.csv, index: { full: '' } } }`, 'index.full'],
    [`sources: { people: { adapter: csv, file: people.csv, index: { every: hunter22 } } }`, 'index.every'],
    [
      'source: {}\nevents: { v: { verify: slack, secret: abcdefghijkl, index: { source: p, where: { a: "{{b}}" } } } }',
      'source',
    ],
  ])('%s is the only one', async (yaml, key) => {
    const said = (await mistake(`${yaml}\nlookups: { default: { sources: people } }\n`)).split('\n');
    expect(said).toEqual([expect.stringContaining(`${key}: `)]);
  });

  it('a list that is too long says by how much', async () => {
    const said = await mistake(`${CSV}events: { v: { verify: slack, secret: [a, b, c, d, e, f] } }`);
    expect(said).toContain('events.v.secret: has 6 entries; at most 5 are possible');
    expect(await mistake(`${CSV}lookups: { default: { sources: people, fields: { a: {} } } }`)).not.toContain(
      'not a map',
    );
  });

  it('a level that is none suggests none of those that it has listed', async () => {
    const said = await mistake(`${CSV}log: { level: chatty }`);
    expect(said).toContain('must be one of debug, info, warn, error, silent');
    expect(said).not.toContain('; write level');
  });

  it('a file below ${HOME} has its path in it', async () => {
    const said = await mistake('sources: { people: { adapter: csv, file: "${HOME}/a.csv", encoding: x } }', {
      HOME: '/home/hd',
    });
    expect(said).not.toContain('***');
    const { root } = parseFile('sources: { p: { file: "${HOME}/a.csv", password: "${PW}" } }', {
      variable: (name) => (name === 'HOME' ? '/home/helpdesk' : 'hunter22'),
      file: () => ({ mistake: 'no' }),
    });
    expect(root && collectSecrets(root)).toEqual(['hunter22']);
  });
});

it('says where secrets stand in the file, and not what they are', () => {
  const text = `access: { keys: [{ name: hs, secret: 0123456789abcdef }] }
sources:
  crm: { password: hunter22, token: "\${T}", user: u }
  api: { auth: { basic: { user: u, password: hunter23 } } }
  desk: { auth: { basic: { user: "\${T}", password: X } } }
lookups: { default: { fields: { token: password } } }
`;
  const { root } = parseFile(text, { variable: () => 'from-outside', file: () => ({ mistake: 'no' }) });
  expect(root && clearSecrets(root)).toEqual([
    'access.keys[0].secret',
    'sources.crm.password',
    'sources.api.auth.basic.password',
  ]);
});
