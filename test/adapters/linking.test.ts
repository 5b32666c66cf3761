/** How staff name what is there already, for each kind of system; and that it is linked, the whole way to its API. */

import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import activecollab from '../../adapters/activecollab/index.ts';
import fogbugz from '../../adapters/fogbugz/index.ts';
import github from '../../adapters/github/index.ts';
import helpspot from '../../adapters/helpspot/index.ts';
import { adapters } from '../../adapters/index.ts';
import jira from '../../adapters/jira/index.ts';
import webhook from '../../adapters/webhook/index.ts';
import type { Adapter } from '../../src/contract/index.ts';
import { createGateway } from '../../src/gateway/gateway.ts';
import { openLedger } from '../../src/store/ledger.ts';
import { pushed, pushTargetPlan } from '../gateway/push/harness.ts';
import { type StandIn, startStandIn } from '../support/http/stand-in.ts';
import { recordedLog } from '../support/log.ts';
import { memorySystem } from '../support/memory-adapter.ts';
import { context } from '../support/open-source.ts';
import { gatewayPlan, memorySource } from '../support/plans.ts';
import { openTarget, pushRequest } from '../support/push-source.ts';
import { temporaryFolder } from '../support/temp.ts';
import { openCollab } from './activecollab/source.ts';
import { openFogBugz } from './fogbugz/source.ts';
import { openGithub } from './github/source.ts';
import { openHelpSpot } from './helpspot/target.ts';
import { openJira } from './jira/source.ts';

interface System {
  readonly http: StandIn;
  readonly settings: object;
}

interface Row {
  readonly name: string;
  readonly adapter: Adapter;
  /** With one thing in it. */
  readonly start: () => Promise<System>;
  readonly id: string;
  /** `URL` is the address of the stand-in. */
  readonly names: readonly string[];
  readonly others: readonly string[];
  /** Of nothing, and what staff then read. */
  readonly missing: readonly [comment: string, words: string];
}

async function startHook(): Promise<System> {
  const http = await startStandIn(({ path }) => (path === '/items/AB-7' ? { body: { name: 'It' } } : { status: 404 }));
  onTestFinished(() => http.close());
  return { http, settings: { url: `${http.url}/hook`, details: { url: `${http.url}/items/{{id}}`, title: '$.name' } } };
}

const fogBugzRow = (api: 'xml' | 'json'): Row => ({
  name: `FogBugz (${api})`,
  adapter: fogbugz,
  async start() {
    const { fogBugz, target } = await openFogBugz({ api });
    await target.push(pushRequest(), context());
    return fogBugz;
  },
  id: '101',
  names: [
    ...[
      'FB 101',
      'fb101: the same',
      'FB-101 again',
      'FogBugz #101',
      '#101',
      '#101, please',
      '101',
      ' 101. ',
      'Case 101',
    ],
    ...['URL/f/cases/101', 'URL/f/cases/101/Printer-on-fire look', 'URL/default.asp?101', 'URL/default.asp?101#7'],
  ],
  others: [
    ...['101 printers burn', 'Case 101 printers', 'FBI 101', 'see FB 101', '', '#', '# 101', 'FB', 'FB 0101', '#101b'],
    ...['https://other.example.com/f/cases/101', 'URL/f/filters/101', 'URL/default.asp?pg=101', 'FB 12345678901'],
  ],
  missing: ['FB 1234', 'FogBugz has no case 1234; nothing was made'],
});

const ROWS: readonly Row[] = [
  fogBugzRow('xml'),
  fogBugzRow('json'),
  {
    name: 'GitHub',
    adapter: github,
    async start() {
      const { running, target } = await openGithub();
      await target.push(pushRequest(), context());
      return { http: running.standIn, settings: running.settings };
    },
    id: '1',
    names: [
      ...[
        '#1',
        '#1 is the same',
        'GH-1',
        'github 1',
        'example/website#1 look',
        'Example/Website#1',
        'issue 1',
        'Issue #1',
      ],
      ...[
        'URL/example/website/issues/1',
        'URL/example/website/issues/1#issuecomment-7',
        'URL/example/website/issues/1?a=b',
      ],
    ],
    others: [
      ...['1 printer', 'issue 1 laptop', 'other/website#1', 'URL/example/other/issues/1', 'URL/example/website/pull/1'],
      ...['URL/example/website/issues/1x', 'https://evil.example/example/website/issues/1', '#1x', '#-1'],
    ],
    missing: ['#99', 'GitHub has no issue 99; nothing was made'],
  },
  {
    name: 'Jira',
    adapter: jira,
    async start() {
      const { running, target } = await openJira();
      await target.push(pushRequest(), context());
      return { http: running.standIn, settings: running.settings };
    },
    id: 'HELP-1',
    names: [
      ...['HELP-1', 'HELP-1: the same', '#HELP-1', 'Jira HELP-1 again', 'issue HELP-1', 'URL/browse/HELP-1'],
      'URL/browse/HELP-1?focusedCommentId=7 see there',
    ],
    others: [
      'HELP',
      'see HELP-1',
      'HELP-1b',
      'HELP-',
      'https://other.example.com/browse/HELP-1',
      'URL/projects/HELP-1',
    ],
    missing: ['PROJ-12', 'Jira has no issue PROJ-12; nothing was made'],
  },
  {
    name: 'HelpSpot',
    adapter: helpspot,
    start: () => openHelpSpot(),
    id: '12401',
    names: [
      ...['#12401', '#12401: the same', 'HelpSpot 12401 again', 'HS-12401', 'request 12401', 'Ticket #12401', '12401'],
      ...['URL/admin?pg=request&reqid=12401', 'URL/admin.php?pg=request&reqid=12401 look'],
      'URL/admin?reqid=12401&pg=request&from=3#note',
    ],
    others: [
      ...['12401 printers', 'request 12401 is', 'HSX 12401', 'see #12401', '#012401', '#12345678901'],
      ...['URL/admin?pg=workspace&reqid=12401', 'URL/admin?pg=request', 'URL/index.php?pg=request&reqid=12401'],
      'https://other.example.com/admin?pg=request&reqid=12401',
    ],
    missing: ['#99999', 'HelpSpot has no request 99999; nothing was made'],
  },
  {
    name: 'ActiveCollab',
    adapter: activecollab,
    async start() {
      const { collab, target } = await openCollab();
      await target.push(pushRequest(), context());
      return collab;
    },
    id: '7/21',
    names: ['#7/21', '#7/21 again', 'task 7/21', '7/21', 'ActiveCollab 7/21: look', 'URL/projects/7/tasks/21'],
    others: [
      '7/21 was too late',
      'task 7/21 was',
      '#21',
      'URL/projects/7/tasks/21x',
      'https://other.example.com/projects/7/tasks/21',
    ],
    missing: ['#7/99', 'ActiveCollab has no task 7/99; nothing was made'],
  },
  {
    name: 'ActiveCollab, classic',
    adapter: activecollab,
    async start() {
      const { collab, target } = await openCollab({ api: 'classic' });
      await target.push(pushRequest(), context());
      return collab;
    },
    id: '7/1',
    names: ['#7/1', 'ticket 7/1', 'URL/public/index.php?path_info=projects%2F7%2Ftickets%2F1'],
    others: ['URL/public/index.php?path_info=projects%2F7%2Ftickets%2F1x', 'URL/projects/7/tickets/1', '7/1 too late'],
    missing: ['#7/99', 'ActiveCollab has no ticket 7/99; nothing was made'],
  },
  {
    name: 'a web hook with details',
    adapter: webhook,
    start: startHook,
    id: 'AB-7',
    names: ['#AB-7', '#AB-7: the same'],
    others: ['AB-7', '#urgent', '#', '#../7', 'URL/items/AB-7'],
    missing: ['#AB-8', 'It has no item AB-8; nothing was made'],
  },
];

it.each(ROWS)('$name links what a comment begins with', async ({ adapter, start, id, names, others, missing }) => {
  const { http, settings } = await start();
  const parsed = adapter.settings.parse(settings);
  const push = adapter.pushOf?.(parsed) ?? adapter.push;
  if (push?.linking === undefined) throw new Error(`${adapter.name} links`);
  const written = (comment: string) => comment.replaceAll('URL', http.url);
  const idIn = (comment: string) => push.linking?.idIn(written(comment));
  for (const comment of names) expect(idIn(comment), comment).toBe(id);
  for (const comment of others) expect(idIn(comment), comment).toBeUndefined();
  for (const long of [
    '#'.repeat(1_000_000),
    `FB ${'1'.repeat(1_000_000)}`,
    ' '.repeat(1_000_000),
    'A'.repeat(1_000_000),
  ]) {
    expect(idIn(long)).toBeUndefined();
  }

  // The whole way, with a word that only makes: the stand-in counts what is sent.
  const title = adapter === webhook ? 'It' : adapter.title;
  const source = memorySource('system', memorySystem(), { adapter: { ...adapter, push }, title, settings: parsed });
  const store = { file: join(await temporaryFolder(), 'gateway.db'), keepBodies: false, retentionMs: 86_400_000 };
  const target = pushTargetPlan({ source: 'system', link: true });
  const plan = { ...gatewayPlan([source]), push: new Map([['Target', target]]), store };
  const gateway = createGateway(plan, { log: recordedLog(), openLedger: () => openLedger(store.file) });
  onTestFinished(() => gateway.close());
  const before = http.received.length;
  const pushWith = (comment: string) =>
    gateway.push({ target: 'Target', request: pushed({ staff_comment: written(comment) }) });
  expect(await pushWith(names[0] ?? '')).toMatchObject({ id });
  expect(await gateway.pushDetails({ target: 'Target', id })).toMatchObject({
    view: { title: expect.stringMatching(/./) },
  });
  const [comment, words] = missing;
  expect((await pushWith(comment)).failure?.message).toContain(words);
  const sent = http.received.slice(before);
  expect(sent.length).toBeGreaterThan(1);
  // FogBugz's commands are all POSTs: none of them makes or changes a case.
  const making = sent.filter((one) => one.method !== 'GET' && !/\bsearch\b/.test(one.text()));
  expect(making).toEqual([]);
});

it('no other kind of system links', async () => {
  const all: readonly Adapter[] = await Promise.all(Object.values(adapters).map((load) => load()));
  const rows = new Set(ROWS.map(({ adapter }) => adapter.name));
  for (const { name, push } of all) if (!rows.has(name)) expect(push?.linking, name).toBeUndefined();
  const bare = webhook.settings.parse({ url: 'http://hooks.example.com/1' });
  expect(webhook.pushOf?.(bare)?.linking).toBeUndefined();
  const target = await openTarget(webhook, { url: 'http://127.0.0.1:1/hook' });
  expect(target.details).toBeUndefined();
});
