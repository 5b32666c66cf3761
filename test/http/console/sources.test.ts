import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SourceError } from '../../../src/contract/index.ts';
import { createGateway, type Gateway } from '../../../src/gateway/gateway.ts';
import { listen, type RunningServer } from '../../../src/http/listen.ts';
import { openAuditHere } from '../../../src/store/audit-file/audit-file.ts';
import { openCustomerIndex } from '../../../src/store/index-file/index-file.ts';
import { until } from '../../gateway/push/harness.ts';
import { indexedPlan, listing } from '../../support/indexed-gateway.ts';
import { type RecordedLog, recordedLog } from '../../support/log.ts';
import { type MemorySystem, memoryAdapter, memorySystem } from '../../support/memory-adapter.ts';
import { memorySource } from '../../support/plans.ts';
import { temporaryFolderForAll } from '../../support/temp.ts';
import { consoleOfRoles, fieldsOf, Visitor } from './visitor.ts';

const SECRET = 'mark-of-a-secret-7Q';
const HOSTILE = '<img src=x onerror=alert(1)>';
const folder = await temporaryFolderForAll();
const broken: MemorySystem = {
  ...memorySystem(),
  error: new SourceError('unreachable', `no way with ${SECRET} ${HOSTILE}`),
};
const odd = memorySystem([{ [HOSTILE]: `Zoë ${SECRET} 12`, kdnr: '007' }]);
const people = listing();
let gateway: Gateway;
let server: RunningServer;
let log: RecordedLog;
let visitors: Record<'viewer' | 'operator' | 'administrator', Visitor>;

beforeAll(async () => {
  const plan = indexedPlan(people, join(folder, 'index.db'), {
    index: { everyMs: 600_000, fullMs: 600_000 },
    others: [
      memorySource('broken', broken),
      memorySource('odd', odd, { title: HOSTILE, kinds: new Map([['kdnr', 'code']]) }),
      memorySource('hook', memorySystem(), { adapter: { ...memoryAdapter(memorySystem()), finds: false } }),
    ],
  });
  log = recordedLog();
  const audit = { file: join(folder, 'audit.db'), keepMs: 86_400_000, values: false };
  gateway = createGateway(
    { ...plan, console: consoleOfRoles(), secrets: [SECRET], audit },
    { log, openIndex: openCustomerIndex, openAudit: openAuditHere },
  );
  server = await listen(gateway);
  gateway.readAhead();
  const [viewer, operator, administrator] = await Promise.all([
    Visitor.signIn(server.url, 'viewer'),
    Visitor.signIn(server.url, 'operator'),
    Visitor.signIn(server.url, 'administrator'),
  ]);
  visitors = { viewer, operator, administrator };
});

afterAll(async () => {
  await server.close();
  await gateway.close();
  for (const { seen } of Object.values(visitors)) {
    for (const page of seen) {
      expect(page).not.toContain(SECRET);
      expect(page).not.toContain('<img');
    }
  }
});

it('lists the sources, and says that there is no other', async () => {
  const { viewer } = visitors;
  const page = await viewer.get('/console/sources');
  expect(page.html).toContain('<h1>Sources</h1>');
  for (const name of ['crm', 'broken', 'odd']) expect(page.html).toContain(`href="/console/sources/${name}"`);
  expect((await viewer.get('/console/sources/nobody')).status).toBe(404);
  expect((await viewer.get(`/console/sources/${encodeURIComponent(HOSTILE)}`)).status).toBe(404);
});

it('shows the values of customers to administrators who ask for them, and to nobody else', async () => {
  for (const visitor of Object.values(visitors)) {
    const masked = await visitor.get('/console/sources/crm');
    expect(masked.html).toContain('<td>email</td>');
    expect(masked.html).toContain('>Xxx Xxxxxx<');
    expect(masked.html).not.toContain('Müller');
  }
  for (const who of ['viewer', 'operator'] as const) {
    expect((await visitors[who].get('/console/sources/crm?examples=1')).html).not.toContain('Müller');
  }
  expect(log.lines.some(({ fields }) => fields['what'] === 'source.examples')).toBe(false);
  expect((await visitors.administrator.get('/console/sources/crm?examples=1')).html).toContain('>Max Müller<');
  // The first run of the index may say something meanwhile.
  const told = log.lines.findLast(({ fields }) => 'user' in fields);
  expect(told?.fields).toEqual({ user: 'administrator', what: 'source.examples', of: 'crm' });
});

it('says of a source that only takes pushes that nothing is looked up there', async () => {
  const { html } = await visitors.administrator.get('/console/sources/hook');
  expect(html).toContain('It takes pushes only; nothing is looked up there.');
  expect(html).not.toContain('examples=1');
});

it('says what kind a field is, whatever it is called', async () => {
  const { html } = await visitors.administrator.get('/console/sources/odd?examples=1');
  expect(html).toContain('>kdnr</th><td>code</td>');
  expect(html).toContain('&lt;img src=x onerror=alert(1)></th>');
  expect(html).toContain('>Zoë *** 12<');
});

it('tests the credentials of one source, and says why it failed', async () => {
  const before = people.checks;
  expect((await visitors.viewer.get('/console/sources/crm?check=1')).html).toContain('the credentials are accepted');
  expect(people.checks).toBe(before + 1);
  const { html } = await visitors.viewer.get('/console/sources/broken?check=1');
  expect(html).toContain('no way with *** &lt;img');
  expect(html).toContain('cannot be asked for its fields');
});

it('shows the audit to administrators: who was signed in, whoever was typed, and no secret', async () => {
  const { administrator, viewer } = visitors;
  expect((await viewer.get('/console/audit')).status).toBe(403);
  const typed = { acting_person_fname: 'Boss', acting_person_xperson: '1', customer_id: '1' };
  await viewer.post('/console/try-lookup/ask', { 'console-name': 'default', ...typed });
  const lookup = { lookup: 'default', parameters: { ...typed, acting_person_fname: `Al ${SECRET}` } };
  await gateway.lookup(lookup, { via: 'http', caller: 'helpspot' });
  const { html } = await administrator.get('/console/audit?lookup=default&since=2026-02-31');
  expect(html).toMatch(/<td>Al \*\*\* \(1\)<\/td>.*<td>viewer<\/td>/s);
  expect(html).not.toContain('Boss');
  const csv = await administrator.get('/console/audit?lookup=default&csv=1');
  expect(csv.headers.get('content-disposition')).toBe('attachment; filename="audit.csv"');
  expect(csv.html).toMatch(/,1,Al \*\*\*,.*,helpspot,http,.*,,viewer,.*,,console,/s);
  expect((await administrator.get('/console/audit?from=x')).status).toBe(200);
});

it('rebuilds an index for administrators, who are asked first', async () => {
  const { viewer, operator, administrator } = visitors;
  await until(async () => (await gateway.indexes()).get('crm')?.fullAt !== undefined, 'the index');
  const page = await administrator.get('/console/sources/crm');
  expect(page.html).toContain('<dt>Records in the index</dt><dd>3</dd>');
  expect((await operator.get('/console/sources/crm')).html).not.toContain('ask-rebuild');
  for (const visitor of [viewer, operator]) {
    expect((await visitor.post('/console/sources/rebuild', [['source', 'crm']])).status).toBe(403);
  }
  expect((await administrator.post('/console/sources/rebuild', [['source', 'crm']], 'wrong')).status).toBe(403);
  expect((await administrator.post('/console/sources/rebuild', [['source', 'nobody']])).status).toBe(404);
  const asked = await administrator.post('/console/sources/ask-rebuild', fieldsOf(page.html, 'sources/ask-rebuild'));
  expect(asked.html).toContain('Read everything of crm again?');
  const runs = people.lists?.length;
  expect(runs).toBe(1);
  const done = await administrator.post('/console/sources/rebuild', fieldsOf(asked.html, 'sources/rebuild'));
  expect(done.html).toContain('Everything is read again');
  expect(log.lines.some(({ fields }) => fields['what'] === 'index.rebuild' && fields['of'] === 'crm')).toBe(true);
  expect((await gateway.indexes()).get('crm')?.fullAt).toBeUndefined();
  expect((await administrator.post('/console/sources/rebuild', [['source', 'odd']])).html).toContain(
    'nothing in the index',
  );
  const by = { personName: 'administrator', via: 'console', outcome: 'done', things: ['crm'] };
  // Who signed in, who saw values of customers, and what was changed: once each.
  const changes = (await gateway.audit.page({ kind: 'change' }, { limit: 10 })).entries;
  expect(changes.filter(({ name }) => name === 'index.rebuild')).toMatchObject([by]);
  expect(changes.filter(({ things }) => things[0] === 'crm' && things.length === 1)).toHaveLength(changes.length - 1);
  expect(changes.find(({ name }) => name === 'source.examples')).toMatchObject({ personName: 'administrator' });
  expect(await gateway.audit.count({ kind: 'sign-in' })).toBe(3);
});

it('says that the audit cannot be read', async () => {
  const { administrator } = visitors;
  const { plan } = gateway;
  await gateway.reload({ ...plan, audit: { file: folder, keepMs: 86_400_000, values: false } });
  for (const path of ['/console/audit', '/console/audit?csv=1']) {
    const page = await administrator.get(path);
    expect([page.status, page.html]).toEqual([503, expect.stringContaining('The audit cannot be read')]);
  }
  await gateway.reload(plan);
});
