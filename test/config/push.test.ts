import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { adapters } from '../../adapters/index.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import { ConfigurationError } from '../../src/config/problems.ts';
import { PUSH_NAME } from '../../src/config/sections/push.ts';
import type { PushAbility } from '../../src/contract/index.ts';
import { pushAdapter } from '../support/push-adapter.ts';
import { testAdapters } from './adapters.ts';
import { writeConfiguration } from './files.ts';

const strict: PushAbility = {
  format: 'text',
  fields: { project: 'the project', priority: 'how urgent' },
  otherFields: { pattern: /^custom_\d+$/, example: 'custom_100', description: 'a field of your own by its number' },
  required: ['project'],
  files: true,
};

const table = {
  ...testAdapters().adapters,
  tickets: async () => pushAdapter(),
  strict: async () => ({ ...pushAdapter(), push: strict }),
  hook: async () => ({ ...pushAdapter(), push: { format: 'text', fields: 'any', whenUnclear: 'repeat' } as const }),
  lagging: async () => pushAdapter({ findable: true, searchLagMs: 600_000 }),
  both: async () => pushAdapter({ idempotent: true, searchLagMs: 600_000 }),
};

const LAGGING = `  lagging: { adapter: lagging, url: "http://x/" }
  both: { adapter: both, url: "http://x/" }
`;

const BASE = `sources:
  customers: { adapter: list, file: a.csv }
  tickets: { adapter: tickets, url: "http://x/" }
  strict: { adapter: strict, url: "http://x/" }
lookups: { default: { sources: customers } }
`;

async function load(text: string, base = BASE) {
  const file = writeConfiguration(base + text);
  return { file, plan: await loadConfiguration(file, table, {}) };
}

/** Line and words of each mistake; line 6 is the first after the base. */
async function mistakesOf(text: string, base = BASE): Promise<string[]> {
  try {
    await load(text, base);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems.map(({ line, message }) => `${line} ${message}`);
  }
  throw new Error('the configuration has no mistake');
}

describe('push', () => {
  test('left out: nothing can be pushed, and the store lies beside the folder of the file', async () => {
    const { file, plan } = await load('');
    expect([plan.push.size, plan.webhooks.size, plan.helpSpotUrl]).toEqual([0, 0, undefined]);
    expect(plan.store).toEqual({
      file: resolve(dirname(file), '../var/gateway.db'),
      index: resolve(dirname(file), '../var/index.db'),
      keepBodies: false,
      retentionMs: 90 * 86_400_000,
    });
  });

  test('a target with nothing but its source', async () => {
    const { plan } = await load('push: { Tickets: { source: tickets } }\n');
    expect(plan.push.get('Tickets')).toEqual({
      ...{ name: 'Tickets', source: 'tickets', mode: 'direct', title: undefined, body: undefined, fields: {} },
      ...{ attachments: 'links', link: false, duplicateWindowMs: 60_000, whenUnclear: 'hold', lookForMs: 0 },
      retry: { firstMs: 5_000, longestMs: 3_600_000, giveUpAfterMs: 3 * 86_400_000 },
    });
  });

  test('what becomes of what is unclear is the word of the target, else of its adapter', async () => {
    const text = `push:
  A: { source: hook }
  B: { source: hook, whenUnclear: hold }
  C: { source: tickets }
  D: { source: tickets, whenUnclear: repeat }
`;
    const base = BASE.replace('lookups:', '  hook: { adapter: hook, url: "http://x/" }\nlookups:');
    const plan = await loadConfiguration(writeConfiguration(base + text), table, {});
    expect([...plan.push.values()].map(({ whenUnclear }) => whenUnclear)).toEqual(['repeat', 'hold', 'hold', 'repeat']);
  });

  test('how long what may have arrived is looked for is the word of the target, else of its adapter', async () => {
    const text = `push:
  A: { source: lagging }
  B: { source: lagging, lookFor: 2h }
  C: { source: lagging, lookFor: 0s }
  D: { source: both }
`;
    const base = BASE.replace('lookups:', `${LAGGING}lookups:`);
    const plan = await loadConfiguration(writeConfiguration(base + text), table, {});
    expect([...plan.push.values()].map(({ lookForMs }) => lookForMs)).toEqual([600_000, 7_200_000, 0, 0]);
  });

  test('where nothing is looked for a second time, and where nothing would be sent again, that is no setting', async () => {
    const text = `push:
  A: { source: tickets, lookFor: 1h }
  B: { source: both, lookFor: 1h }
  C: { source: lagging, lookFor: 3h, retry: { giveUpAfter: 3h } }
  D: { source: lagging, lookFor: 8d }
`;
    expect(await mistakesOf(text, BASE.replace('lookups:', `${LAGGING}lookups:`))).toEqual([
      '9 push.A.lookFor: is for nothing here: tickets has no search that may miss what is new; leave it out',
      '10 push.B.lookFor: is for nothing here: tickets takes the same push once only; leave it out',
      '11 push.C.lookFor: is not shorter than retry.giveUpAfter, so that nothing would ever be sent again; write a shorter time',
      expect.stringMatching(/^12 push\.D\.lookFor: must be a time with its unit, from 0s to 7d/),
    ]);
  });

  test('everything that can be said', async () => {
    const { file, plan } = await load(`push:
  Fog_Bugz2:
    source: strict
    mode: queued
    title: "{{sTitle}}"
    body: ""
    fields: { project: Support, priority: 3 }
    attachments: files
    duplicateWindow: 0s
    whenUnclear: repeat
    retry: { first: 1s, longest: 2h, giveUpAfter: 1d }
webhooks: { escalations: { push: [Fog_Bugz2] } }
store: { file: data/pushes.db, keepBodies: true, retention: 7d }
helpspot: { url: "https://help.example.com/" }
`);
    expect(plan.push.get('Fog_Bugz2')).toEqual({
      ...{ name: 'Fog_Bugz2', source: 'strict', mode: 'queued', title: '{{sTitle}}', body: '' },
      fields: { project: 'Support', priority: '3' },
      ...{ attachments: 'files', link: false, duplicateWindowMs: 0, whenUnclear: 'repeat', lookForMs: 0 },
      retry: { firstMs: 1_000, longestMs: 7_200_000, giveUpAfterMs: 86_400_000 },
    });
    expect(plan.webhooks.get('escalations')).toEqual({ name: 'escalations', push: ['Fog_Bugz2'] });
    const file2 = join(dirname(file), 'data/pushes.db');
    const index = resolve(dirname(file), '../var/index.db');
    expect(plan.store).toEqual({ file: file2, index, keepBodies: true, retentionMs: 7 * 86_400_000 });
    expect(plan.helpSpotUrl).toBe('https://help.example.com');
  });

  test('a store on PostgreSQL has its address, whose password is a secret', async () => {
    const url = 'postgres://gateway:Pa55%20of%20it@db.example.com:5433/crm';
    const { plan, file } = await load(`store: { url: "${url}", tls: { ca: db.pem }, lease: 30s }\n`);
    expect(plan.store.postgres).toEqual({
      ...{ url, where: 'postgres://db.example.com:5433/crm', schema: 'helpspot_gateway', leaseMs: 30_000 },
      tls: { ca: join(dirname(file), 'db.pem'), verify: true },
    });
    expect(plan.secrets).toContain('Pa55 of it');
    expect(plan.origin?.shown()).not.toContain('Pa55');
  });

  test('an empty section is no section', async () => {
    const { plan } = await load('store:\nhelpspot:\npush:\nwebhooks:\n');
    expect(plan.push.size).toBe(0);
  });

  test('every mistake is told at once, with what to write', async () => {
    expect(
      await mistakesOf(`push:
  Fog-Bugz: { source: tickets }
  A: { source: tikets }
  B: { source: customers }
  C: { source: tickets, fields: { projct: x }, attachments: files }
  D: { source: strict, retry: { first: 1h, longest: 1m } }
  E: { source: tickets, title: "{{custom5}}", mode: later, duplicateWindow: 2d }
webhooks:
  w: { push: [A, Z, A] }
  v: { push: [F] }
store: { retention: 5 }
helpspot: { url: help.example.com }
`),
    ).toMatchInlineSnapshot(`
      [
        "7 push.Fog-Bugz: HelpSpot names a PHP class after it, and no class can have a dash in its name; write Fog_Bugz",
        "8 push.A.source: unknown source "tikets"; did you mean "tickets"?",
        "9 push.B.source: names a source that cannot be pushed to: the adapter list only reads",
        "10 push.C.fields.projct: tickets has no such field; did you mean "project"?",
        "10 push.C.attachments: tickets takes no files; write attachments: links",
        "11 push.D.retry.longest: is shorter than retry.first; write a longer time",
        "12 push.E.title: HelpSpot tells capitals from small letters; write Custom5, not custom5",
        "12 push.E.mode: must be one of direct, queued, not "later"",
        "12 push.E.duplicateWindow: must be a time with its unit, from 0s to 1d, not "2d"; write duplicateWindow: 60s",
        "14 webhooks.w.push[2]: stands in the list already; remove it",
        "15 webhooks.v.push[0]: unknown push target "F"; known push targets: Fog-Bugz, A, B, C, D, E",
        "16 store.retention: must be a time with its unit, from 1h to 3650d, not 5; write retention: 90d",
        "17 helpspot.url: must be an http or https address, not "help.example.com"; write url: https://help.example.com",
      ]
    `);
  });

  test('names that HelpSpot or PHP cannot take', async () => {
    const long = 'x'.repeat(65);
    const names = ['Base', long, 'Zapier', 'ZAPIER', 'zapier2'];
    const text = `push:\n${names.map((name) => `  ${name}: { source: tickets }\n`).join('')}`;
    expect(await mistakesOf(text)).toEqual([
      '7 push.Base: RequestPush-base.php is the template that comes with HelpSpot',
      `8 push.${long}: the name is longer than 64 characters`,
      '10 push.ZAPIER: HelpSpot names a PHP class after it, and to PHP it is the same name as Zapier above; write another name',
    ]);
    const wrong = names.filter((name) => !PUSH_NAME.test(name));
    expect(wrong).toEqual(['Base', long]);
  });

  test('places that are slips for known ones', async () => {
    const target = (title: string) => `push: { A: { source: tickets, title: "${title}" } }\n`;
    expect(await mistakesOf(target('{{sTtile}} {{sTitle}}'))).toEqual([
      '6 push.A.title: has the place {{sTtile}}, which is none; did you mean {{sTitle}}?',
    ]);
    expect(await mistakesOf('push: { A: { source: tickets, fields: { project: "{{lastest_note}}" } } }\n')).toEqual([
      '6 push.A.fields.project: has the place {{lastest_note}}, which is none; did you mean {{latest_note}}?',
    ]);
    const passed = '{{Custom12}} {{sStatus}} {{team}} {{nte}} {{latest_note}} {{status}} {{tNote}}';
    expect((await load(target(passed))).plan.push.get('A')?.title).toBe(passed);
  });

  test('the address of HelpSpot holds no account, which links would give away', async () => {
    const mistakes = await mistakesOf('helpspot: { url: "https://staff:hunter2@help.example.com" }\n');
    expect(mistakes).toEqual([
      '6 helpspot.url: holds a user name or a password, which every link to a request would give away; write it without',
    ]);
  });

  test('a source that takes pushes only cannot be searched', async () => {
    const mistakes = async (text: string) => {
      const file = writeConfiguration(text);
      const error: unknown = await loadConfiguration(file, adapters, {}).catch((thrown) => thrown);
      return error instanceof ConfigurationError ? error.problems.map(({ message }) => message) : error;
    };
    const people = 'people: { adapter: csv, file: people.csv }';
    const mail = 'mail: { adapter: email, host: localhost, security: none, from: a@example.com, to: b@example.com }';
    const rows = 'rows: { adapter: sqlite, file: a.db, insert: { table: t } }';
    expect(
      await mistakes(`sources: { ${people}, ${mail}, ${rows} }
lookups: { default: { sources: [people, mail] }, other: { sources: rows } }
ajax: { codes: { source: mail, value: "{{code}}" } }
`),
    ).toEqual([
      'lookups.default.sources[1]: names a source that cannot be searched: the adapter email only takes pushes; sources that can: people',
      'lookups.other.sources: names a source that cannot be searched: it has "insert" only; add table or query to the source; sources that can: people',
      'ajax.codes.source: names a source that cannot be searched: the adapter email only takes pushes; sources that can: people',
    ]);
    expect(await mistakes(`sources: { ${mail} }\nlookups: { default: { sources: mail } }\n`)).toEqual([
      expect.stringContaining('no source of this file can be'),
    ]);
  });

  test('only where things can be looked up by their number can a comment link one', async () => {
    expect((await load('push: { A: { source: tickets } }\n')).plan.push.get('A')?.link).toBe(false);
    expect(
      await mistakesOf('push: { A: { source: tickets, link: true }, B: { source: tickets, link: maybe } }\n'),
    ).toEqual([
      '6 push.A.link: needs a source that can look things up by their number, and this one of tickets cannot; remove link',
      expect.stringMatching(/^6 push\.B\.link: must be true or false/),
    ]);
    const file = writeConfiguration(`sources:
  mail: { adapter: email, host: localhost, security: none, from: a@example.com, to: b@example.com }
  hook: { adapter: webhook, url: "https://hooks.example.com/1" }
  asked: { adapter: webhook, url: "https://hooks.example.com/1", details: { url: "https://hooks.example.com/{{id}}" } }
  chat: { adapter: campfire, url: "https://chat.example.com", room: 1, botKey: 1-a }
  rows: { adapter: sqlite, file: a.db, insert: { table: t } }
  crm: { adapter: highrise, url: "https://example.highrisehq.com", token: t }
push:
  M: { source: mail, link: true }
  H: { source: hook, link: true }
  A: { source: asked, link: true }
  C: { source: chat, link: true }
  R: { source: rows, link: true }
  P: { source: crm, link: true }
`);
    const error: unknown = await loadConfiguration(file, adapters, {}).catch((thrown) => thrown);
    const messages = error instanceof ConfigurationError ? error.problems.map(({ message }) => message) : [];
    expect(messages.map((message) => message.replace(/needs a source .* this one/, '…'))).toEqual([
      'push.M.link: … of email cannot; remove link',
      'push.H.link: … of webhook cannot; write details in the source, or remove link',
      'push.C.link: … of campfire cannot; remove link',
      'push.R.link: … of sqlite cannot; remove link',
      'push.P.link: … of highrise cannot; remove link',
    ]);
  });

  test('fields that the target needs are asked for', async () => {
    expect(await mistakesOf('push: { A: { source: strict, fields: { priority: 1 } } }\n')).toEqual([
      '6 push.A.fields: tickets needs project under fields; write fields: { project: … }',
    ]);
  });

  test('fields that have a form instead of a name are taken in that form only', async () => {
    const { plan } = await load(
      'push: { A: { source: strict, fields: { project: P, custom_1: x, custom_200: y } } }\n',
    );
    expect(plan.push.get('A')?.fields).toEqual({ project: 'P', custom_1: 'x', custom_200: 'y' });
    expect(
      await mistakesOf(`push:
  A: { source: strict, fields: { project: P, custon_12: x, custom_1x: x, priorty: x, whoever: x } }
`),
    ).toEqual([
      '7 push.A.fields.custon_12: tickets has no such field; write a field of your own by its number like custom_100',
      '7 push.A.fields.custom_1x: tickets has no such field; write a field of your own by its number like custom_100',
      '7 push.A.fields.priorty: tickets has no such field; did you mean "priority"?',
      '7 push.A.fields.whoever: tickets has no such field; known fields: project, priority, and a field of your own by its number: custom_100',
    ]);
  });

  test.each([
    ['{ file: data/x.db, index: ./data//x.db }', 'store.index: is the file of pushes; the index needs one of its own'],
    ['{ index: ":memory:" }', 'store.index: is no path of a file; write one, such as ../var/gateway.db'],
    ['{ file: "file:x.db?mode=memory" }', 'store.file: is no path of a file; write one, such as ../var/gateway.db'],
    ['{ file: x.db, url: "postgres://u:Pa55-of-it@db/crm" }', 'store.url: stands beside file; pushes are kept in one'],
    ['{ schema: gateways }', 'store.schema: goes with url only; write url, or take it out'],
    ['{ spool: spool.db }', 'store.spool: goes with url only; write url, or take it out'],
    ['{ url: "postgres://u:p@db/crm", spool: x.db, index: ./x.db }', 'store.spool: is the file of the index'],
    ['{ url: "mysql://u:Pa55-of-it@db/crm" }', 'store.url: is no address of a PostgreSQL database; write postgres://'],
    [
      '{ url: "postgres://u:Pa55-of-it@@/crm" }',
      'store.url: is no address of a PostgreSQL database; write postgres://',
    ],
    [
      '{ url: "postgres://u:Pa55-of-it@db" }',
      'store.url: names no database; write postgres://USER:PASSWORD@HOST/DATABASE',
    ],
    ['{ url: "postgres://db/crm" }', 'store.url: names no server or no account; write postgres://'],
    ['{ url: "postgres://u:Pa55-of-it@db/crm?sslmode=require" }', 'take it out: TLS is set under store.tls'],
    ['{ url: "postgres://u:p@db/crm", schema: Gate-way }', 'store.schema: must be a name of small letters, digits'],
    ['{ url: "postgres://u:p@db/crm", lease: 1s }', 'store.lease: must be a time with its unit, from 2s to 10m'],
  ])('what is wrong with a store is said: %s', async (store, problem) => {
    const mistakes = await mistakesOf(`store: ${store}\n`);
    expect(mistakes).toEqual([expect.stringContaining(problem)]);
    expect(mistakes.join()).not.toContain('Pa55');
  });

  test('the command line of a lookup passes over it', async () => {
    const file = writeConfiguration(`${BASE}push: { "bad-name": { source: nowhere } }\nstore: { file: 5 }\n`);
    const plan = await loadConfiguration(file, table, {}, { onlyLookup: 'default' });
    expect(plan.push.size).toBe(0);
  });
});

describe('json', () => {
  const target = (json: string) => `push: { Calls: { source: tickets, json: ${json} } }\n`;

  test('left out: JSON of other systems is refused; else templates by the names of fields', async () => {
    expect((await load(target('{ map: { sTitle: x } }'))).plan.push.get('Calls')?.json).toEqual({
      map: { sTitle: 'x' },
    });
    const json = '{ map: { sTitle: "{{a.0.b}}", Custom5: 3, contact: true }, idempotencyKey: "{{id}}" }';
    expect((await load(target(json))).plan.push.get('Calls')?.json).toEqual({
      map: { sTitle: '{{a.0.b}}', Custom5: '3', contact: 'true' },
      idempotencyKey: '{{id}}',
    });
  });

  test.each([
    ['{ map: {} }', /json\.map: is empty; write a template for each field/],
    ['{ map: { sTitle: "{{a..b}}" } }', /json\.map\.sTitle: has the place \{\{a\.\.b\}\}, which lacks a name/],
    ['{ map: { sTitle: "{{}}" } }', /json\.map\.sTitle: has the place \{\{\}\}, which lacks a name/],
    ['{ map: { sTitle: "{{a}" } }', /json\.map\.sTitle: has \{\{ or \}\} without the other/],
    ['{ map: { note: "{{a}}" } }', /json\.map\.note: is made by the gateway; map what it is made of: tNote/],
    ['{ map: { request_history: x } }', /json\.map\.request_history: is a history/],
    ['{ map: { stitle: x } }', /json\.map\.stitle: is written sTitle by HelpSpot/],
    ['{ map: { custom5: x } }', /json\.map\.custom5: .*write Custom5/],
    ['{ map: { "a b": x } }', /json\.map\["a b"\]: is no name of a field/],
    ['{ map: { a: x }, idempotencyKey: x }', /json\.idempotencyKey: names no place/],
    ['{ mpa: { a: x } }', /json\.mpa: unknown key; did you mean "map"/],
  ])('%s is told', async (json, words) => {
    expect(await mistakesOf(target(json))).toContainEqual(expect.stringMatching(words));
  });
});

describe('alerts', () => {
  const push = 'push: { Ops: { source: tickets }, Boss: { source: tickets } }\n';

  test('left out: nobody is told; else of everything, every ten minutes', async () => {
    expect((await load(push)).plan.alerts).toBeUndefined();
    expect((await load(`${push}alerts: { push: [Ops] }\n`)).plan.alerts).toEqual({
      push: ['Ops'],
      when: ['failed', 'unclear', 'targetDown'],
      everyMs: 600_000,
    });
    expect((await load(`${push}alerts: { push: [Ops, Boss], when: [unclear], every: 1d }\n`)).plan.alerts).toEqual({
      push: ['Ops', 'Boss'],
      when: ['unclear'],
      everyMs: 86_400_000,
    });
  });

  test.each([
    ['{ push: [Opps] }', '7 alerts.push[0]: unknown push target "Opps"; did you mean "Ops"?'],
    ['{ push: [Ops, Ops] }', '7 alerts.push[1]: stands in the list already; remove it'],
    ['{ push: [] }', /^7 alerts\.push: must have an entry/],
    ['{ every: 1h }', /^7 alerts\.push: is missing/],
    ['{ push: [Ops], when: [] }', /^7 alerts\.when: must have an entry/],
    ['{ push: [Ops], when: [fail] }', /^7 alerts\.when\[0\]: .*failed/],
    ['{ push: [Ops], when: [failed, failed] }', '7 alerts.when[1]: stands in the list already; remove it'],
    ['{ push: [Ops], every: 2d }', /^7 alerts\.every: .*1d/],
    ['{ push: [Ops], every: 500ms }', /^7 alerts\.every: .*1s/],
    ['{ push: [Ops], evry: 1h }', /^7 alerts\.evry: unknown key; did you mean "every"\?/],
  ])('%s is told', async (written, words) => {
    expect(await mistakesOf(`${push}alerts: ${written}\n`)).toEqual([
      typeof words === 'string' ? words : expect.stringMatching(words),
    ]);
  });

  test('without any push target nobody can be told', async () => {
    expect(await mistakesOf('alerts: { push: [Ops] }\n')).toEqual([
      expect.stringMatching(/^6 alerts\.push\[0\]: unknown push target "Ops"/),
    ]);
  });
});
