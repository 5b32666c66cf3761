import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import webhook from '../../../adapters/webhook/index.ts';
import { createGateway, type Gateway } from '../../../src/gateway/gateway.ts';
import type { AttemptResult, Ledger, NewPush } from '../../../src/gateway/push/ledger.ts';
import { listen, type RunningServer } from '../../../src/http/listen.ts';
import { openAuditHere } from '../../../src/store/audit-file/audit-file.ts';
import { openLedger } from '../../../src/store/ledger.ts';
import { benchPlan, pushTargetPlan } from '../../gateway/push/harness.ts';
import { anyPush } from '../../store/support.ts';
import { type RecordedLog, recordedLog } from '../../support/log.ts';
import { memorySystem } from '../../support/memory-adapter.ts';
import { memorySource } from '../../support/plans.ts';
import { type PushTarget, startPushTarget } from '../../support/push-target.ts';
import { temporaryFolderForAll } from '../../support/temp.ts';
import { consoleOfRoles, fieldsOf, Visitor } from './visitor.ts';

const SECRET = 'mark-of-a-secret-7Q';
const HOSTILE = '<img src=x onerror=alert(1)>"\'</title>';
const folder = await temporaryFolderForAll();
let gateway: Gateway;
let server: RunningServer;
let target: PushTarget;
let ledger: Ledger;
let log: RecordedLog;
let viewer: Visitor;
let operator: Visitor;

beforeAll(async () => {
  target = await startPushTarget();
  const store = join(folder, 'gateway.db');
  const base = benchPlan({ plan: { body: `{{note}} ${SECRET}`, fields: { priority: '{{Custom5}}' } } }, target, store);
  const html = pushTargetPlan({ name: 'Gone' });
  log = recordedLog();
  const audit = { file: join(folder, 'audit.db'), keepMs: 86_400_000, values: false };
  const plan = { ...base, console: consoleOfRoles(), secrets: [SECRET], audit };
  const hook = memorySource('hook', memorySystem(), {
    ...{ adapter: webhook, title: 'hook' },
    settings: webhook.settings.parse({ url: `${target.url}/{{Custom5}}`, json: { key: SECRET, title: '{{sTitle}}' } }),
  });
  const hooked = pushTargetPlan({ name: 'Hook', source: 'hook' });
  const sources = new Map([...plan.sources, ['hook', hook]]);
  gateway = createGateway(
    { ...plan, sources, push: new Map([...plan.push, ['Gone', html], ['Hook', hooked]]) },
    { log, openLedger: () => openLedger(store), openAudit: openAuditHere },
  );
  server = await listen(gateway);
  const opened = await gateway.pushes.ledger(new AbortController().signal);
  if (opened === undefined) throw new Error('there is no ledger');
  ledger = opened;
  [viewer, operator] = await Promise.all([
    Visitor.signIn(server.url, 'viewer'),
    Visitor.signIn(server.url, 'operator'),
  ]);
});

afterAll(async () => {
  await server.close();
  await gateway.close();
  await target.close();
  for (const page of [...viewer.seen, ...operator.seen, JSON.stringify(log.lines)]) expect(page).not.toContain(SECRET);
});

const failed: AttemptResult = {
  state: 'failed',
  trouble: { kind: 'rejected', problem: `no ${SECRET} <b>`, words: 'w' },
};

async function add(id: string, more: Partial<NewPush> = {}, result: AttemptResult | 'none' = failed): Promise<void> {
  const push = anyPush({ id, xRequest: id, fingerprint: id, giveUpAfterMs: 60_000, ...more });
  await ledger.accept([push]);
  if (result === 'none') return;
  await ledger.claim(push.target, 100);
  await ledger.settle({ id, attempts: 1 }, result);
}

const stateOf = async (id: string) => (await ledger.row(id))?.state;

it('has the gateways that use the store on its overview, in either language', async () => {
  const { html } = await viewer.get('/console/');
  expect(html).toContain('Queue of pushes');
  expect(html).toContain('Gateways on this store');
  expect(html).toContain(`${hostname()} (${process.pid})`);
  expect((await viewer.get('/console/', { 'accept-language': 'de' })).html).toContain('Gateways an diesem Speicher');
});

it('shows a list that can be filtered and turned over, and nothing of what customers wrote as markup', async () => {
  for (let at = 0; at < 52; at += 1) await add(`q-many${at}`, { target: 'Gone' });
  await add('q-hostile', { xRequest: HOSTILE, request: { ...anyPush().request, title: HOSTILE } });
  const first = await viewer.get('/console/pushes');
  expect(first.status).toBe(200);
  expect(first.html).toContain('<h1>Pushes</h1>');
  expect(first.html).toContain('q-hostile');
  expect(first.html).not.toContain('<img');
  expect(first.html).not.toContain('q-many0<');
  const next = /href="([^"]+)" rel="next"/.exec(first.html)?.[1]?.replaceAll('&amp;', '&') ?? '';
  expect((await viewer.get(next)).html).toContain('>q-many0<');
  const filtered = await viewer.get('/console/pushes?target=Tickets&state=failed&since=1d');
  expect(filtered.html).toContain('q-hostile');
  expect(filtered.html).not.toContain('q-many');
  await add('q-called', { target: 'Called', reference: '4f2a1c' });
  const called = await operator.get('/console/pushes?reference=(ref 4F2A1C)');
  expect(called.html).toContain('q-called');
  expect(called.html).not.toContain('q-hostile');
  const ofAll = fieldsOf(called.html.slice(called.html.lastIndexOf('<form')), 'pushes/ask');
  const asked = await operator.post('/console/pushes/ask', [...ofAll, ['change', 'drop']]);
  expect(asked.html).toContain('Drop 1 push?');
  expect((await viewer.get('/console/pushes?state=done')).html).toContain('There are no such pushes');
  expect(
    (await viewer.get(`/console/pushes?target=${encodeURIComponent(HOSTILE)}&state=x&since=%00`)).html,
  ).not.toContain('<img');
  // Where nothing can be changed, nothing is offered for all.
  expect((await operator.get('/console/pushes?target=Gone')).html).toContain('All that fit the filter');
  await add('q-done', { target: 'Done' }, 'none');
  expect((await operator.get('/console/pushes?target=Done')).html).not.toContain('All that fit the filter');
  expect(filtered.html).toContain('the last day');
  // Nothing to change for somebody who may only look.
  expect(first.html).not.toContain('type="checkbox"');
});

it('shows one push with its attempts and, to operators, what is pushed', async () => {
  const request = { ...anyPush().request, body: `the body ${SECRET} ${HOSTILE}`, fields: { project: HOSTILE } };
  await add('q-one', { request });
  const page = await operator.get('/console/pushes/q-one');
  expect(page.html).toContain('<h1>Push q-one</h1>');
  expect(page.html).toContain('the body *** &lt;img');
  expect(page.html).toContain('no *** &lt;b>');
  expect(page.html).toMatch(
    /<iframe class="answer" height="\d+" sandbox(?:="")? loading="lazy" title="[^"]*" srcdoc="/,
  );
  expect(page.html).not.toContain('<img');
  const looked = await viewer.get('/console/pushes/q-one');
  expect(looked.html).not.toContain('the body');
  expect(looked.html).not.toContain('pushes/ask');
  expect((await viewer.get('/console/pushes/q-nobody')).status).toBe(404);
  expect((await viewer.get('/console/pushes', { 'accept-language': 'de' })).html).toContain('Übergaben');
});

it('asks before it drops one, and says how many it was', async () => {
  await add('q-drop');
  const asked = await operator.post('/console/pushes/ask', [
    ['change', 'drop'],
    ['id', 'q-drop'],
    ['id', 'q-never'],
  ]);
  expect(asked.html).toContain('Drop 2 pushes?');
  expect(await stateOf('q-drop')).toBe('failed');
  const done = await operator.post('/console/pushes/drop', fieldsOf(asked.html, 'pushes/drop'));
  expect(done.html).toContain('1 push is dropped.');
  expect(done.html).toContain('1 not changed (q-never): There is no such push.');
  expect(await stateOf('q-drop')).toBe('dropped');
  expect(log.lines.at(-1)?.fields).toEqual({ user: 'operator', what: 'push.drop', of: 'q-drop q-never', count: 1 });
  expect((await gateway.audit.page({ kind: 'change' }, { limit: 1 })).entries).toMatchObject([
    { name: 'push.drop', things: ['q-drop'], count: 1, personName: 'operator', via: 'console' },
  ]);
});

it('changes nothing for a viewer, for a form of elsewhere, and for what was not asked', async () => {
  await add('q-kept');
  for (const path of ['ask', 'retry', 'drop', 'ask-send', 'send']) {
    expect(
      (
        await viewer.post(`/console/pushes/${path}`, [
          ['id', 'q-kept'],
          ['target', 'Tickets'],
        ])
      ).status,
    ).toBe(403);
    expect(
      (
        await operator.post(
          `/console/pushes/${path}`,
          [
            ['id', 'q-kept'],
            ['target', 'Tickets'],
          ],
          'wrong',
        )
      ).status,
    ).toBe(403);
  }
  expect(
    (
      await operator.post('/console/pushes/drop', [
        ['all', '1'],
        ['target', 'Tickets'],
      ])
    ).status,
  ).toBe(404);
  expect(
    (
      await operator.post('/console/pushes/drop', [
        ['all', '1'],
        ['state', 'done'],
        ['last', '99'],
      ])
    ).html,
  ).toContain('No push is selected');
  expect(await stateOf('q-kept')).toBe('failed');
  expect(target.tickets).toEqual([]);
});

it('changes all that fit the filter, and not what came after the question', async () => {
  const asked = await operator.post('/console/pushes/ask', [
    ['change', 'drop'],
    ['all', '1'],
    ['target', 'Gone'],
    ['since', '1d'],
  ]);
  expect(asked.html).toContain('Drop 52 pushes?');
  await add('q-later', { target: 'Gone' });
  const done = await operator.post('/console/pushes/drop', fieldsOf(asked.html, 'pushes/drop'));
  expect(done.html).toContain('52 pushes are dropped.');
  expect([await stateOf('q-many0'), await stateOf('q-later')]).toEqual(['dropped', 'failed']);
});

it('sends again, but not by itself what staff have pushed again since', async () => {
  await add('q-old', { xRequest: '77' });
  await add('q-new', { xRequest: '77' }, 'none');
  const all = await operator.post('/console/pushes/ask', [
    ['change', 'retry'],
    ['all', '1'],
    ['target', 'Tickets'],
    ['state', 'failed'],
  ]);
  expect(all.html).toContain('1 left out');
  const named = await operator.post('/console/pushes/ask', [
    ['change', 'retry'],
    ['id', 'q-old'],
  ]);
  expect(named.html).toContain('q-old: q-new');
  const done = await operator.post('/console/pushes/retry', fieldsOf(named.html, 'pushes/retry'));
  expect(done.html).toContain('1 push is sent again.');
  expect(await stateOf('q-old')).not.toBe('failed');
});

it('shows what would be sent without sending it, and sends it when asked twice', async () => {
  const request: [string, string][] = [
    ...(
      [
        ['target', 'Tickets'],
        ['sTitle', `Printer ${HOSTILE}`],
        ['Custom5', 'high'],
        ['tNote', `It burns`],
      ] as const
    ).map(([name, value]): [string, string] => [name, value]),
    ['others', 'Custom9=x\nsRequestPassword=no'],
  ];
  expect((await viewer.get('/console/pushes/try')).html).toContain('Custom field 5');
  const shown = await viewer.post('/console/pushes/try', request);
  expect(shown.html).toContain('It burns ***');
  expect(shown.html).toContain('<dd>high</dd>');
  expect(shown.html).not.toContain('<img');
  expect(shown.html).not.toContain('action="/console/pushes/ask-send"');
  const again = await operator.post('/console/pushes/try', request);
  const asked = await operator.post('/console/pushes/ask-send', fieldsOf(again.html, 'pushes/ask-send'));
  expect(asked.html).toContain('Send this really to Tickets?');
  expect(target.tickets).toEqual([]);
  const sent = await operator.post('/console/pushes/send', fieldsOf(asked.html, 'pushes/send'));
  expect(sent.html).toContain('It was taken for Tickets.');
  expect(target.tickets).toMatchObject([{ title: `Printer ${HOSTILE}`, fields: { priority: 'high' } }]);
  const id = /href="\/console\/pushes\/(q-[^"]+)"/.exec(sent.html)?.[1] ?? '';
  expect((await viewer.get(`/console/pushes/${id}`)).html).toContain('<dd>operator</dd>');
  const entries = async (kind: 'push' | 'details') => (await gateway.audit.page({ kind }, { limit: 1 })).entries;
  expect(await entries('push')).toMatchObject([{ name: 'Tickets', personName: 'operator', via: 'console' }]);
  expect(await entries('details')).toMatchObject([{ things: [id], personName: 'viewer', via: 'console' }]);
  expect((await operator.post('/console/pushes/try', [['target', 'Nowhere']])).status).toBe(404);
});

it('shows what the templates of a source make of it, without its secrets, and what is wrong with them', async () => {
  const tried = (...more: [string, string][]) => viewer.post('/console/pushes/try', [['target', 'Hook'], ...more]);
  const shown = await tried(['Custom5', 'north'], ['sTitle', HOSTILE]);
  expect(shown.html).toContain('What the templates of the source make of it');
  expect(shown.html).toContain('application/json\n\n{&quot;key&quot;:&quot;***&quot;');
  expect((await tried()).html).toContain('has a place without a value in this request');
  expect(log.lines.filter(({ level }) => level === 'error')).toEqual([]);
});
