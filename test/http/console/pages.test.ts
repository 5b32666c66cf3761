/**
 * Every page of the console, element by element, as `__snapshots__` has it: what a page lost, or shows to whom it should not, stands
 * in the difference. `npx vitest run -u test/http/console/pages.test.ts` writes them anew.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { SourceError, UserError } from '../../../src/contract/index.ts';
import { createGateway, type Gateway } from '../../../src/gateway/gateway.ts';
import type { GatewayPlan, SourcePlan } from '../../../src/gateway/plan.ts';
import type { AttemptResult, Ledger, NewPush } from '../../../src/gateway/push/ledger.ts';
import { openAuditHere } from '../../../src/store/audit-file/audit-file.ts';
import { openLedger } from '../../../src/store/ledger.ts';
import { pushTargetPlan } from '../../gateway/push/harness.ts';
import { anyPush } from '../../store/support.ts';
import { recordedLog } from '../../support/log.ts';
import { memoryAdapter, memorySystem } from '../../support/memory-adapter.ts';
import { gatewayPlan, lookupPlan, memorySource } from '../../support/plans.ts';
import { pushAdapter } from '../../support/push-adapter.ts';
import { temporaryFolderForAll } from '../../support/temp.ts';
import { NOW, painter } from './drawn.ts';

const HOUR_MS = 3_600_000;
const SECRET = 'mark-of-a-secret-7Q';
const folder = await temporaryFolderForAll();
const signal = new AbortController().signal;
const rejected = { kind: 'rejected', problem: `no project ${SECRET}`, words: 'refused it' };
let gateway: Gateway;

/** Counts of calls begin anew for each. */
const draw = (...drawing: Parameters<ReturnType<typeof painter>['draw']>) => painter(gateway).draw(...drawing);

const failing = new SourceError('unreachable', `no way in with ${SECRET}`);
const broken = { ...memorySystem(), error: failing };
const people = memorySystem([
  { customer_id: '12', name: 'Bob', email: 'bob@example.com', pin: SECRET },
  { customer_id: '13', name: 'Ann', email: 'ann@example.com' },
]);
people.fields = [
  { name: 'customer_id', searchable: ['exact'] },
  { name: 'name', searchable: ['exact', 'prefix'] },
  { name: 'notes', searchable: [] },
];

function planOf(): GatewayPlan {
  const once = { failures: 1, retryMs: 90_000, longestMs: 90_000 };
  const sources: SourcePlan[] = [
    memorySource('crm', people, { title: 'Customers', timeoutMs: 2_500 }),
    memorySource('bare', memorySystem()),
    memorySource('broken', broken, { breaker: once }),
    memorySource('hook', memorySystem(), { adapter: { ...memoryAdapter(memorySystem()), finds: false } }),
    memorySource('tickets', memorySystem(), {
      ...{ adapter: pushAdapter({ format: 'html' }), title: 'Tickets' },
      // Nobody listens there.
      settings: { url: 'http://127.0.0.1:9' },
    }),
  ];
  const push = [
    pushTargetPlan({ mode: 'queued', title: '{{sTitle}}', fields: { priority: '{{Custom5}}, {{Custom12.1}}' } }),
    pushTargetPlan({ name: 'Other things' }),
  ];
  const day = 86_400_000;
  const usual = gatewayPlan(sources, { sources: ['crm'] });
  const away = lookupPlan({ name: 'away', sources: ['broken'] });
  return {
    ...usual,
    lookups: new Map([...usual.lookups, ['away', away]]),
    ...{ push: new Map(push.map((one) => [one.name, one])), secrets: [SECRET] },
    store: { file: join(folder, 'gateway.db'), keepBodies: true, retentionMs: 90 * day },
    audit: { file: join(folder, 'audit.db'), keepMs: day, values: false },
    access: { keys: [{ name: 'helpspot', secret: 'a-key-of-the-test' }], networks: [], ratePerMinute: 0 },
    webhooks: new Map([['escalations', { name: 'escalations', push: ['Tickets'] }]]),
  };
}

beforeAll(async () => {
  vi.useFakeTimers({ now: NOW - 2 * HOUR_MS, toFake: ['Date'] });
  const plan = planOf();
  gateway = createGateway(plan, {
    ...{
      log: recordedLog(),
      openLedger: () => openLedger(plan.store.file, { self: { name: 'help', pid: 77, version: '1.2.3' } }),
      openAudit: openAuditHere,
    },
  });
  const ledger = await gateway.pushes.ledger(signal);
  if (ledger === undefined) throw new Error('there is no ledger');
  await fill(ledger);
  // A rest has jitter.
  const random = vi.spyOn(Math, 'random').mockReturnValue(0);
  await gateway.lookup({ lookup: 'away', parameters: { customer_id: '1' } });
  random.mockRestore();
  vi.setSystemTime(NOW);
});
afterAll(async () => {
  await gateway.close();
  vi.useRealTimers();
});

/** A push of each state, and what else a row may say. */
async function fill(ledger: Ledger): Promise<void> {
  const add = async (id: string, result: AttemptResult | undefined, more: Partial<NewPush> = {}) => {
    const push = anyPush({
      ...{ id, xRequest: '4711', fingerprint: id, giveUpAfterMs: 86_400_000, reference: 'a1b2c3', staff: 'Anna Berg' },
      ...more,
    });
    await ledger.accept([push]);
    if (result === undefined) return;
    await ledger.claim(push.target, 1);
    vi.setSystemTime(Date.now() + 1_000);
    await ledger.settle({ id, attempts: 1 }, { tookMs: 1_234, ...result });
  };
  const failed: AttemptResult = { state: 'failed', trouble: rejected };
  const { request } = anyPush();
  await add('q-failed', failed, {
    request: {
      ...{ ...request, title: `Printer ${SECRET} <b>`, body: `<p>It burns, ${SECRET}</p>` },
      ...{
        fields: { priority: 'high', none: '' },
        files: [{ name: 'a.txt', type: 'text/plain', url: undefined, bytes: undefined }],
      },
    },
  });
  await add('q-old', failed, { xRequest: '77' });
  await add(
    'q-done',
    { state: 'done', receipt: { id: 'T-1', link: 'https://t.example/1' }, keepBody: false },
    { xRequest: '77' },
  );
  await add('q-linked', {
    state: 'done',
    receipt: { id: `T-2 ${SECRET}`, link: 'javascript:alert(1)', isLinked: true },
    keepBody: true,
  });
  await add('q-unclear', { state: 'unclear', trouble: rejected }, { xRequest: '78', target: 'Gone' });
  const later = { state: 'waiting', trouble: rejected, unsure: true, rejected: false } as const;
  await add('q-later', { ...later, nextAt: NOW + HOUR_MS }, { xRequest: '78', target: 'Gone' });
  await add('q-due', undefined, { target: 'Other things', xRequest: '', staff: '', reference: '' });
  await add('q-alert', failed, { isAlert: true, xRequest: '' });
  await add('q-sending', undefined, { target: 'Slow', xRequest: `1 ${SECRET}` });
  await ledger.claim('Slow', 1);
}

describe('the overview', () => {
  it('of what was asked, and with what check says', async () => {
    const { draw } = painter(gateway);
    expect(await draw('', { role: 'viewer' })).toMatchSnapshot();
    const answered = (seconds: number) =>
      gateway.events.tell({ kind: 'source', source: 'crm', result: 'answered', seconds });
    for (const seconds of [0.1, 2, 3]) answered(seconds);
    expect(await draw('?check=1', { role: 'viewer', language: 'de' })).toMatchSnapshot();
  });
});

describe('pushes', () => {
  it.each([
    ['the list, for operators', 'pushes', 'operator'],
    ['the list, for viewers', 'pushes', 'viewer'],
    ['of a filter', 'pushes?target=Other+things&state=waiting&since=7d', 'operator'],
    ['of a state that cannot be changed', 'pushes?state=done', 'operator'],
    ['of a target that is gone, older ones', 'pushes?target=Gone&before=6', 'operator'],
    ['that are none', 'pushes?target=Nothing&since=0', 'operator'],
    ['one that has failed', 'pushes/q-failed', 'operator'],
    ['one that has failed, for viewers', 'pushes/q-failed', 'viewer'],
    ['one that was superseded', 'pushes/q-old', 'operator'],
    ['one that is done', 'pushes/q-done', 'viewer'],
    ['one that was linked', 'pushes/q-linked', 'operator'],
    ['one that is tried later', 'pushes/q-later', 'operator'],
    ['one that is tried now', 'pushes/q-due', 'operator'],
    ['one that is under way', 'pushes/q-sending', 'viewer'],
    ['an alert', 'pushes/q-alert', 'operator'],
    ['the empty form of a trial', 'pushes/try', 'viewer'],
  ] as const)('%s', async (_what, path, role) => {
    expect(await draw(path, { role })).toMatchSnapshot();
  });

  const tried = {
    ...{ target: 'Tickets', xRequest: '4711', sTitle: 'Printer', Custom5: 'high', Custom12: 'x', csrf: 'CSRF' },
    ...{
      tNote: `It burns ${SECRET}`,
      staff_comment: 'see to it',
      others: 'Custom7 = north \nnothing\nsEmail=x',
      evil: '1',
    },
  };
  it.each([
    [
      'the question for two',
      'pushes/ask',
      [
        ['id', 'q-failed'],
        ['id', 'q-old'],
        ['id', 'q-old'],
        ['change', 'retry'],
      ],
    ],
    [
      'the question for one',
      'pushes/ask',
      [
        ['id', 'q-alert'],
        ['change', 'drop'],
      ],
    ],
    ['the question for all', 'pushes/ask', { all: '1', change: 'drop', target: 'Tickets', since: '30d' }],
    ['the question for all, pushed again', 'pushes/ask', { all: '1', target: 'Gone', state: 'unclear' }],
    ['the question for nothing', 'pushes/ask', {}],
    ['the question for none', 'pushes/ask', { all: '1', target: 'Nothing' }],
    ['a change of nothing', 'pushes/drop', { change: 'drop' }],
    [
      'a change of what cannot be changed',
      'pushes/retry',
      [
        ['id', 'q-done'],
        ['id', 'q-unclear'],
        ['id', 'q-nobody'],
      ],
    ],
    ['a change of one', 'pushes/drop', { id: 'q-alert' }],
    ['a trial', 'pushes/try', tried],
    ['a trial for nobody', 'pushes/try', { target: 'Nobody' }],
    ['the question whether to send', 'pushes/ask-send', tried],
    ['what could not be sent', 'pushes/send', { ...tried, target: 'Nobody' }],
  ] as const)('%s', async (_what, path, form) => {
    expect(await draw(path, { role: 'operator', form })).toMatchSnapshot();
  });

  it('the list is there with a slash behind it, too', async () => {
    for (const page of ['pushes', 'sources']) expect(await draw(`${page}/`)).toBe(await draw(page));
  });

  it('of other custom fields of a trial, some are read', async () => {
    const of = async (others: string) =>
      /<dt>priority<\/dt><dd>([^<]*)</.exec(await draw('pushes/try', { form: { target: 'Tickets', others } }))?.[1];
    expect(await of('Custom5= high = er \nCustom6=x')).toBe('high = er,');
    expect(await of(`${'x'.repeat(49_980)}\nCustom5=last`)).toBe('last,');
    expect(await of(`${'x'.repeat(50_000)}\nCustom5=late`)).toBe(',');
    expect(await of(`${'\n'.repeat(99)}Custom5=last`)).toBe('last,');
    expect(await of(`${'\n'.repeat(100)}Custom5=late`)).toBe(',');
  });

  it('a trial for viewers has no way on', async () => {
    expect(await draw('pushes/try', { role: 'viewer', form: tried })).not.toContain('ask-send');
  });
});

describe('sources', () => {
  it.each([
    ['the list', 'sources', 'viewer'],
    ['one', 'sources/crm?check=1', 'viewer'],
    ['one, for administrators', 'sources/crm', 'administrator'],
    ['one with examples', 'sources/crm?examples=1', 'administrator'],
    ['one without records', 'sources/bare', 'viewer'],
    ['one that rests', 'sources/broken?check=1', 'administrator'],
    ['one for pushes only', 'sources/hook', 'viewer'],
  ] as const)('%s', async (_what, path, role) => {
    expect(await draw(path, { role })).toMatchSnapshot();
  });

  it('the question before an index is read anew, and that there is none', async () => {
    const form = { source: 'crm' };
    expect(await draw('sources/ask-rebuild', { form })).toMatchSnapshot();
    expect(await draw('sources/rebuild', { form })).toMatchSnapshot();
  });
});

describe('the configuration', () => {
  it('without a file, and with one that is the same, another, or wrong', async () => {
    expect(await draw('configuration')).toMatchSnapshot();
    const { plan } = gateway;
    const origin = { readAt: new Date(NOW), digest: 'one', shown: () => 'sources:\n  <b>' };
    let read: () => Promise<GatewayPlan> = async () => ({ ...plan, origin });
    const other = createGateway({ ...plan, origin }, { log: recordedLog(), readPlan: () => read() });
    const { draw: drawOther } = painter(other);
    expect(await drawOther('configuration')).toMatchSnapshot();
    read = async () => ({ ...plan, origin: { ...origin, digest: 'two' } });
    expect(await drawOther('configuration')).toContain('The file has changed since and can be used');
    read = () => Promise.reject(new UserError(`it is gone, ${SECRET}`));
    const gone = await drawOther('configuration');
    expect(gone).toContain(
      'The file cannot be used as it is now; what was read before stays in force.</p>\n<p>it is gone, ***</p>',
    );
    expect(gone).not.toContain('<ul>');
    await other.reload({ ...plan, origin });
    expect(await drawOther('configuration')).toContain('<p>Nothing that matters.</p>');
    await other.reload({ ...plan, origin, ajax: new Map(), webhooks: new Map() });
    expect(await drawOther('configuration')).toMatchSnapshot();
    await other.close();
  });
});

describe('the audit', () => {
  it('has its entries, a filter, pages, and a file', async () => {
    expect(await draw('audit?person=anna&since=2026-03-05')).toMatchSnapshot();
    const asked = {
      acting_person_fname: 'Anna',
      acting_person_lname: SECRET,
      acting_person_xperson: '3',
      request: '9',
    };
    for (const parameters of [
      { ...asked, customer_id: '12' },
      { request: '9', customer_id: '99' },
    ]) {
      await gateway.lookup({ lookup: 'default', parameters }, { via: 'http', caller: 'helpspot' });
    }
    await gateway.lookup({ lookup: 'nothing', parameters: { request: '9' } }, { via: 'http' });
    expect(await draw('audit?request=9')).toMatchSnapshot();
    expect(await draw('audit?customer=12&until=2026-03-04&person=+3+')).toMatchSnapshot();
    const rows = async (path: string) => (await draw(path)).match(/<tr>/g)?.length ?? 0;
    expect(await rows('audit?person=3&since=2026-03-05&from=x')).toBe(0);
    // What is no day asks for nothing.
    expect(await rows('audit?request=9&since=2026-03-04&until=2026-03-4')).toBe(4);
    expect(await draw('audit?csv=1&request=9', { language: 'de' })).toMatchSnapshot();
    for (let at = 0; at < 49; at += 1) await gateway.lookup({ lookup: 'default', parameters: { customer_id: '13' } });
    expect(await rows('audit?lookup=default')).toBe(51);
    const first = await draw('audit?lookup=default&from=');
    const next = /href="\/console\/(audit\?[^"]*)"/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? '';
    expect(next).toMatch(/^audit\?lookup=default&from=[^&]+$/);
    const last = await draw(next);
    expect([last.match(/<tr>/g)?.length, last.includes('Older entries')]).toEqual([2, false]);
  });

  it('may be nothing, or not be readable', async () => {
    const { plan } = gateway;
    await gateway.reload({ ...plan, audit: { file: folder, keepMs: 1, values: false } });
    expect(await draw('audit')).toMatchSnapshot();
    await gateway.reload({ ...plan, audit: undefined });
    expect(await draw('audit?csv=1')).toMatchSnapshot();
    await gateway.reload(plan);
  });
});
