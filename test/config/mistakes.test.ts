import { describe, expect, test } from 'vitest';
import { ConfigurationError } from '../../src/config/problems.ts';
import { UserError } from '../../src/contract/index.ts';
import { load, mistakesOf, REST, writeConfiguration } from './files.ts';

describe('one error tells everything', () => {
  test('each with file, line, column and what to write, in the order of the file', async () => {
    const text = `
lookups:
  default:
    sources: [custmers]
    colums: [email]
    limit: "fifty"
sources:
  customers: { adapter: lits, file: a.csv }
server: { port: 99999 }
`;
    expect(await mistakesOf(text)).toMatchInlineSnapshot(`
      "4:15 lookups.default.sources[0]: unknown source "custmers"; did you mean "customers"?
      5:5 lookups.default.colums: unknown key; did you mean "columns"?
      6:5 lookups.default.limit: must be a whole number from 1 to 1000, not a text; write limit: 50
      8:16 sources.customers.adapter: unknown adapter "lits"; did you mean "list"?
      9:11 server.port: must be a whole number from 0 to 65535, not 99999; write port: 8787"
    `);
  });

  test('the problems can be read one by one', async () => {
    const error: unknown = await load(`log: { level: loud }\nserver: { port: -1 }\n${REST}`).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toBeInstanceOf(ConfigurationError);
    if (!(error instanceof ConfigurationError)) return;
    expect(error.problems.map(({ line, column }) => [line, column])).toEqual([
      [1, 8],
      [2, 11],
    ]);
    expect(error.problems[0]?.message).toBe('log.level: must be one of debug, info, warn, error, silent, not "loud"');
    expect(error.message.split('\n')[0]).toBe(`${error.problems[0]?.file}:1:8 ${error.problems[0]?.message}`);
  });

  test('a hundred at most', async () => {
    const ids = Array.from({ length: 150 }, () => '0').join(', ');
    const message = await mistakesOf(`commandLine: { customFields: [${ids}] }\n${REST}`);
    expect(message.split('\n')).toHaveLength(101);
    expect(message).toMatch(/\n… and \d+ more$/);
  });
});

describe('sections', () => {
  test('unknown ones', async () => {
    expect(await mistakesOf(`acess: {}\nreports: {}\nconstructor: 1\n${REST}`)).toMatchInlineSnapshot(`
      "1:1 acess: unknown key; did you mean "access"?
      2:1 reports: unknown key; known keys: server, access, log, commandLine, sources, lookups, ajax, push, webhooks, events, alerts, store, audit, helpspot, phones, console
      3:1 constructor: unknown key; known keys: server, access, log, commandLine, sources, lookups, ajax, push, webhooks, events, alerts, store, audit, helpspot, phones, console"
    `);
  });

  test.each([
    ['access.keys', 'access: { keys: { helpspot: "a secret of many characters" } }'],
    ['alerts.push', 'alerts: { push: { a: b } }'],
    ['webhooks.w.push', 'webhooks: { w: { push: { a: b } } }'],
    ['commandLine.customFields', 'commandLine: { customFields: { a: 1 } }'],
  ])('a map in the place of the list %s', async (key, text) => {
    expect(await mistakesOf(`${text}\n${REST}`)).toContain(`${key}: must be a list`);
  });

  test('missing or empty', async () => {
    expect(await mistakesOf('log:\nlookups: {}\n')).toMatchInlineSnapshot(`
      "1:1 sources: is missing; write sources: { customers: { adapter: csv, file: customers.csv } }
      2:1 lookups: is empty; write lookups: { default: { sources: [customers] } }"
    `);
    expect(await mistakesOf('sources: [a]\nlookups: default\n')).toMatchInlineSnapshot(`
      "1:1 sources: must be a map of names; write sources: { customers: { adapter: csv, file: customers.csv } }
      2:1 lookups: must be a map of names; write lookups: { default: { sources: [customers] } }"
    `);
  });

  test('server', async () => {
    const text = `
server:
  host: [::]
  port: 80.5
  deadline: 5
  trustProxy: 10.0.0.1
  keepAlive: 3s
`;
    expect(await mistakesOf(text + REST)).toMatchInlineSnapshot(`
      "3:3 server.host: must be an address of this machine, or its name, not a list; write host: 127.0.0.1
      4:3 server.port: must be a whole number from 0 to 65535, not 80.5; write port: 8787
      5:3 server.deadline: must be a time with its unit, from 100ms to 2m, not 5; write deadline: 5s
      6:3 server.trustProxy: must be a list, not "10.0.0.1"; write trustProxy: [10.0.0.0/8]
      7:3 server.keepAlive: unknown key; known keys: host, port, deadline, trustProxy, tls, publicAddress, socket, socketAccess"
    `);
    const secure =
      'server: { tls: { cert: "-----BEGIN CERTIFICATE-----", keys: a }, publicAddress: "https://gateway.example.com/k/KEY" }\n';
    expect(await mistakesOf(secure + REST)).toMatchInlineSnapshot(`
      "1:18 server.tls.cert: is the text itself; write the name of the file that holds it
      1:55 server.tls.keys: unknown key; did you mean "key"?
      1:66 server.publicAddress: must be where HelpSpot reaches the gateway, without a key in it; write https://gateway.example.com"
    `);
    const another =
      'server: { deadline: 1h, port: , host: "gate way", trustProxy: [10.0.0.0/33, "fe80::1%eth0", a] }\n';
    expect(await mistakesOf(another + REST)).toMatchInlineSnapshot(`
      "1:11 server.deadline: must be a time with its unit, from 100ms to 2m, not "1h"; write deadline: 5s
      1:25 server.port: must be a whole number from 0 to 65535, but is empty; write port: 8787
      1:33 server.host: must be an address of this machine, or its name, not "gate way"; write host: 127.0.0.1
      1:64 server.trustProxy[0]: must be an IP address or a network, not "10.0.0.0/33"; write 10.0.0.0/8
      1:77 server.trustProxy[1]: must be an IP address or a network, not "fe80::1%eth0"; write 10.0.0.0/8
      1:93 server.trustProxy[2]: must be an IP address or a network, not "a"; write 10.0.0.0/8"
    `);
    expect(await mistakesOf(`server: { deadline: 10ms }\n${REST}`)).toMatchInlineSnapshot(
      `"1:11 server.deadline: must be a time with its unit, from 100ms to 2m, not "10ms"; write deadline: 5s"`,
    );
  });

  test('access', async () => {
    const text = `
access:
  keys:
    - { name: help spot, secret: sixteen characters }
    - { name: a, secret: too-short }
    - { name: b }
    - { name: b, secret: sixteen characters, scope: all }
    - just a text with a secret
  networks: [127.0.0.1/8/8]
  ratePerMinute: -1
`;
    expect(await mistakesOf(text + REST)).toMatchInlineSnapshot(`
      "4:9 access.keys[0].name: must be a name of letters, digits, - and _, not "help spot"; write name: helpspot
      5:18 access.keys[1].secret: must be a text of at least 16 characters; write secret: "\${GATEWAY_KEY}"
      6:7 access.keys[2].secret: is missing; write secret: "\${GATEWAY_KEY}"
      7:9 access.keys[3].name: another key has this name already (keys[2]); choose another name
      7:46 access.keys[3].scope: unknown key; known keys: name, secret, role
      8:7 access.keys[4]: must be a map, not a text; write { name: helpspot, secret: "\${GATEWAY_KEY}" }
      9:14 access.networks[0]: must be an IP address or a network, not "127.0.0.1/8/8"; write 10.0.0.0/8
      10:3 access.ratePerMinute: must be a whole number from 0 to 1000000, not -1; write ratePerMinute: 600"
    `);
    expect(await mistakesOf(`access: { keys: "a secret in the wrong place" }\n${REST}`)).toMatchInlineSnapshot(
      `"1:11 access.keys: must be a list; write keys: [{ name: helpspot, secret: "\${GATEWAY_KEY}" }]"`,
    );
  });

  test('log and command line', async () => {
    const text = 'log: { level: inof, customerValues: "yes" }\ncommandLine: { customFields: [5, five, 5] }\n';
    expect(await mistakesOf(text + REST)).toMatchInlineSnapshot(`
      "1:8 log.level: must be one of debug, info, warn, error, silent, not "inof"; write level: info
      1:21 log.customerValues: must be true or false, not "yes"; write customerValues: true
      2:34 commandLine.customFields[1]: must be a whole number from 1 to 1000000, not a text; write 5
      2:40 commandLine.customFields[2]: stands in the list already; remove it"
    `);
  });

  test('a proxy in front without a key', async () => {
    expect(await mistakesOf(`server: { trustProxy: [127.0.0.1] }\n${REST}`)).toMatch(
      /^1:11 server.trustProxy: lets other machines in through the proxy, and access.keys is empty/,
    );
  });

  test('listening to other machines without a key', async () => {
    expect(await mistakesOf(`server: { host: 0.0.0.0 }\n${REST}`)).toMatchInlineSnapshot(
      `"1:11 server.host: is an address that other machines reach, and access.keys is empty, so everybody could read customers; write access: { keys: [{ name: helpspot, secret: "\${GATEWAY_KEY}" }] }, or host: 127.0.0.1"`,
    );
    expect(await mistakesOf(`server:\n  host: "\${HOST}"\n${REST}`, { environment: { HOST: '::' } })).toMatch(
      /^2:3 server.host: is an address that other machines reach/,
    );
    const key = 'access: { keys: [{ name: helpspot, secret: sixteen characters }] }\n';
    await expect(load(`server: { host: 0.0.0.0 }\n${key}${REST}`)).resolves.toBeDefined();
    for (const host of ['127.0.0.1', '127.8.8.8', '"::1"', 'localhost']) {
      await expect(load(`server: { host: ${host} }\n${REST}`)).resolves.toBeDefined();
    }
    // Only looks like the loopback.
    expect(await mistakesOf(`server: { host: 127.example.com }\n${REST}`)).toContain('access.keys is empty');
  });
});

describe('sources', () => {
  test('the part that all have', async () => {
    const text = `
server: { deadline: 1s }
sources:
  a b: { adapter: list, file: x }
  nothing:
  text: list
  noadapter: { file: x }
  typo: { adapter: dirctory }
  slow: { adapter: list, file: x, timeout: 2s }
  titled: { adapter: list, file: x, title: "", tiemout: 1s }
  inherited: { adapter: toString }
lookups: { default: { sources: slow } }
`;
    expect(await mistakesOf(text)).toMatchInlineSnapshot(`
      "4:3 sources["a b"]: a name has letters, digits, - and _ only; write a-b
      5:3 sources.nothing: must be a map, but is empty; write nothing: { adapter: csv, file: customers.csv }
      6:3 sources.text: must be a map, not a text; write text: { adapter: csv, file: customers.csv }
      7:3 sources.noadapter.adapter: is missing; write adapter: csv
      8:11 sources.typo.adapter: unknown adapter "dirctory"; did you mean "directory"?
      9:35 sources.slow.timeout: is longer than the deadline of the server (1000 ms), which ends the call before; write a shorter time
      10:37 sources.titled.title: must be a text of 1 to 100 characters, not ""; write title: "Customer list"
      10:48 sources.titled.tiemout: unknown key; did you mean "timeout"?
      11:16 sources.inherited.adapter: unknown adapter "toString"; known adapters: list, directory"
    `);
  });

  test('the settings of the adapter', async () => {
    const text = `
sources:
  list: { adapter: list, delimiter: ";;", skip: 1000, header: maybe, dilimiter: ";" }
  form:
    adapter: directory
    url: dc1.example.com
    bindPassword: short
    scope: subtre
    search: { tabel: people, colums: [a] }
  query:
    adapter: directory
    url: ldaps://dc1.example.com
    bindPassword: long enough
    headers: { a: 5, b: [x] }
    search: { query: DELETE }
    tag: no
lookups: { default: { sources: list } }
`;
    expect(await mistakesOf(text)).toMatchInlineSnapshot(`
      "3:3 sources.list.file: is missing; write file: customers.csv
      3:26 sources.list.delimiter: must be a text of 1 character, not ";;"
      3:43 sources.list.skip: must be a whole number from 0 to 100, not 1000
      3:55 sources.list.header: must be true or false, not a text; write header: true
      3:70 sources.list.dilimiter: unknown key; did you mean "delimiter"?
      6:5 sources.form.url: must be a text that is an address with its scheme, such as https://example.com, not "dc1.example.com"
      7:5 sources.form.bindPassword: must be a text of at least 8 characters
      8:5 sources.form.scope: must be one of base, one, subtree, not "subtre"; write scope: subtree
      9:15 sources.form.search.tabel: unknown key; did you mean "table"?
      9:30 sources.form.search.colums: unknown key; did you mean "columns"?
      14:16 sources.query.headers.a: must be a text, not 5; write a: "5", in quotes
      14:22 sources.query.headers.b: must be a text, not a list
      15:15 sources.query.search.query: must begin with SELECT
      16:5 sources.query.tag: the tag no is taken"
    `);
  });
});

describe('lookups', () => {
  test('names, sources, limit', async () => {
    const text = `
sources: { customers: { adapter: list, file: x }, assets: { adapter: list, file: y } }
lookups:
  "first lookup": { sources: customers }
  none: {}
  empty: { sources: [] }
  unknown: { sources: [customers, asets], limit: 0 }
  single: { sources: nowhere-near, limit: 1001, mergeBy: 5 }
  list: [customers]
`;
    expect(await mistakesOf(text)).toMatchInlineSnapshot(`
      "4:3 lookups["first lookup"]: a name has letters, digits, - and _ only; write first-lookup
      5:3 lookups.none.sources: is missing; write sources: [customers]
      6:12 lookups.empty.sources: must have an entry; write sources: [customers]
      7:35 lookups.unknown.sources[1]: unknown source "asets"; did you mean "assets"?
      7:43 lookups.unknown.limit: must be a whole number from 1 to 1000, not 0; write limit: 50
      8:13 lookups.single.sources: unknown source "nowhere-near"; known sources: customers, assets
      8:36 lookups.single.limit: must be a whole number from 1 to 1000, not 1001; write limit: 50
      8:49 lookups.single.mergeBy: must be the name of a field, or a list of names, not 5; write mergeBy: email
      9:3 lookups.list: must be a map, not a list; write list: { sources: [customers] }"
    `);
  });

  test('match', async () => {
    const text = `
sources: { customers: { adapter: list, file: x } }
lookups:
  a: { sources: customers, match: [] }
  b: { sources: customers, match: email }
  c:
    sources: customers
    match:
      - custom5
      - { custom5: exact }
      - { asset_tag: { from: CUSTOM5 } }
      - { last_name: prefx }
      - { last_name: { form: Custom5 } }
      - {}
      - []
      - 5
      - [email, [phone]]
      - ""
`;
    expect(await mistakesOf(text)).toMatchInlineSnapshot(`
      "4:28 lookups.a.match: must have an entry; write match: [customer_id, email, phone, [first_name, last_name], { last_name: prefix }]
      5:28 lookups.b.match: must be a list of steps, not "email"; write match: [customer_id, email, phone, [first_name, last_name], { last_name: prefix }]
      9:9 lookups.c.match[0]: HelpSpot tells capitals from small letters; write Custom5, not custom5
      10:11 lookups.c.match[1].custom5: HelpSpot tells capitals from small letters; write Custom5, not custom5
      11:24 lookups.c.match[2].asset_tag.from: HelpSpot tells capitals from small letters; write Custom5, not CUSTOM5
      12:11 lookups.c.match[3].last_name: must be one of exact, prefix, contains or a map, not "prefx"; write last_name: prefix
      13:24 lookups.c.match[4].last_name.form: unknown key; did you mean "from"?
      14:9 lookups.c.match[5]: is empty; write { email: exact }
      15:9 lookups.c.match[6]: must have an entry; write email
      16:9 lookups.c.match[7]: must be a name such as email or words with a list of fields or a map of fields, such as { last_name: prefix } or a list of these, not 5; write email
      17:17 lookups.c.match[8][1]: must be a name such as email or words with a list of fields or a map of fields, such as { last_name: prefix }, not a list; write email
      18:9 lookups.c.match[9]: must be a name such as email or words with a list of fields or a map of fields, such as { last_name: prefix } or a list of these, not ""; write email"
    `);
  });

  test('fields', async () => {
    const text = `
sources: { customers: { adapter: list, file: x } }
lookups:
  default:
    sources: customers
    fields:
      custom5: building
      "*": name
      a: true
      b: 5
      c: {}
      d: { form: x }
      e: { from: x, dat: iso, list: coma }
      f: { value: "{{x}" }
      g: { html: "{{}}", visibleTo: admn }
      h: { link: "javascript:{{x}}", text: "}}" }
      i: { drillDown: [] }
      j: { checkbox: active, visibleTo: [] }
      k: ""
      l: { from: x, value: y }
`;
    expect(await mistakesOf(text)).toMatchInlineSnapshot(`
      "7:7 lookups.default.fields.custom5: HelpSpot tells capitals from small letters; write Custom5, not custom5
      8:7 lookups.default.fields["*"]: must be true or false; write "*": true
      9:7 lookups.default.fields.a: write the name of its field: a: a; or false to hide it
      10:7 lookups.default.fields.b: must be the name of a field, false, or a map with from, value, html, link, drillDown, checkbox, table, lines, first, count or exists, not 5; write b: company
      11:7 lookups.default.fields.c: must be the name of a field, false, or a map with from, value, html, link, drillDown, checkbox, table, lines, first, count or exists; write c: company
      12:12 lookups.default.fields.d.form: unknown key; did you mean "from"?
      13:21 lookups.default.fields.e.dat: unknown key; did you mean "date"?
      13:31 lookups.default.fields.e.list: must be one of comma, lines, bullets, not "coma"; write list: comma
      14:12 lookups.default.fields.f.value: has "{{" without "}}"; write {{field}}
      15:12 lookups.default.fields.g.html: has a place without a name; write {{field}}
      15:26 lookups.default.fields.g.visibleTo: must be one of admin, help-desk, level-2, guest or a list, not "admn"; write visibleTo: admin
      16:12 lookups.default.fields.h.link: must be an address that begins with https://, http:// or mailto:, or with {{field}}
      16:38 lookups.default.fields.h.text: has "}}" without "{{"; write {{field}}
      17:12 lookups.default.fields.i.drillDown: must have an entry; write drillDown: ["{{city}}", "{{street}}"]
      18:30 lookups.default.fields.j.visibleTo: must have an entry; write visibleTo: admin
      19:7 lookups.default.fields.k: must be the name of a field, false, or a map with from, value, html, link, drillDown, checkbox, table, lines, first, count or exists, not ""; write k: company
      20:21 lookups.default.fields.l.value: does not go with the other keys here; remove it"
    `);
  });

  test('columns that are not shown', async () => {
    const fields = 'fields: { company: org, phone: false }';
    const text = `
sources: { customers: { adapter: list, file: x } }
lookups:
  default: { sources: customers, limit: 0, columns: [compny, email, phone, custom7], ${fields} }
`;
    expect(await mistakesOf(text)).toMatchInlineSnapshot(`
      "4:34 lookups.default.limit: must be a whole number from 1 to 1000, not 0; write limit: 50
      4:54 lookups.default.columns[0]: is not among the elements that fields shows; did you mean "company"?
      4:69 lookups.default.columns[2]: is not among the elements that fields shows; known elements: customer_id, first_name, last_name, email, company
      4:76 lookups.default.columns[3]: HelpSpot tells capitals from small letters; write Custom7, not custom7"
    `);
  });
});

test('a file that is elsewhere is shown with its whole path, one below the working folder without it', async () => {
  const file = writeConfiguration('log: { level: loud }');
  const { loadConfiguration } = await import('../../src/config/load.ts');
  await expect(loadConfiguration(file, {})).rejects.toThrow(`${file}:1:8 log.level`);
});
