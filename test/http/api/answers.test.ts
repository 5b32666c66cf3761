/** What the API answers and how it describes itself, field by field, as `__snapshots__` has it (`npx vitest run FILE -u` writes it anew). */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openApiDocument } from '../../../src/http/api/openapi.ts';
import { apiOperations } from '../../../src/http/api/routes.ts';
import { figuresOf } from '../../../src/http/routes/metrics.ts';
import { anyPush } from '../../store/support.ts';
import { temporaryFolderForAll } from '../../support/temp.ts';
import { NOW } from '../console/drawn.ts';
import { SECRET, startApi } from './harness.ts';

const folder = await temporaryFolderForAll();
let api: Awaited<ReturnType<typeof startApi>>;

beforeAll(async () => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
  api = await startApi(folder, (plan) => ({
    ...plan,
    // Nothing runs in the background.
    sources: new Map([...plan.sources].map(([name, { index: _index, ...source }]) => [name, source])),
    store: { file: join(folder, 'gateway.db'), keepBodies: true, retentionMs: 90 * 86_400_000 },
  }));
  const trouble = { kind: 'rejected', problem: `no ${SECRET}`, words: 'w' };
  const add = async (id: string, xRequest: string, result: Parameters<typeof api.ledger.settle>[1]) => {
    await api.ledger.accept([
      anyPush({ id, xRequest, fingerprint: id, giveUpAfterMs: 60_000, reference: 'a1b2c3', staff: 'Anna' }),
    ]);
    await api.ledger.claim('Tickets', 1);
    await api.ledger.settle({ id, attempts: 1 }, { tookMs: 12, ...result });
  };
  await add('q-failed', '1', { state: 'failed', trouble });
  await add('q-done', '2', { state: 'done', receipt: { id: 'T-1', link: 'https://t.example/1' }, keepBody: true });
  await add('q-unclear', '3', { state: 'unclear', trouble });
});
afterAll(async () => {
  await api.close();
  vi.useRealTimers();
});

/** Durations, references, and what names this process, have the same name at each call. */
const steady = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (name, one: unknown) => {
    const isTime = /^(?:milliseconds|ms|p50Seconds|p95Seconds|pid|version)$/.test(name) && one !== undefined;
    if (isTime || (name === 'reference' && one !== 'a1b2c3') || name === 'seenAt') return 'N';
    return typeof one === 'string' ? one.replace(/ref [0-9a-f]{6}/, 'ref REFERENCE') : one;
  });

it.each([
  ['administrator', '/api/caller'],
  ['plain', '/api/caller'],
  ['plain', '/api/lookups'],
  ['plain', '/api/ajax/people'],
  ['operator', '/api/lookups/default?name=Anna+Schmidt&explain=1&provenance=1'],
  ['viewer', '/api/overview'],
  ['viewer', '/api/overview?check=1'],
  ['viewer', '/api/sources'],
  ['viewer', '/api/sources/crm/fields'],
  ['viewer', '/api/pushes?limit=2'],
  ['viewer', '/api/pushes?limit=3'],
  ['operator', '/api/pushes/q-failed?body=1&details=1'],
  ['viewer', '/api/pushes/q-done'],
  ['administrator', '/api/audit?limit=1&kind=change'],
  ['administrator', '/api/configuration'],
  ['nobody', '/api/pushes'],
  ['plain', '/api/pushes'],
  ['viewer', '/api/pushes/q-nobody'],
  ['viewer', '/api/pushes/q-done?details=1'],
  ['viewer', '/api/pushes?targt=x'],
  ['viewer', '/api/sources/crmm'],
] as const)('%s %s', async (who, path) => {
  const { status, body } = await api.call(who, path);
  expect(steady({ status, body })).toMatchSnapshot();
});

it.each([
  ['/api/pushes/drop', { filter: { target: 'Tickets' }, confirm: 1 }],
  ['/api/pushes/drop', { filter: { state: 'unclear' }, confirm: 2 }],
  ['/api/pushes/drop', { confrm: 1 }],
  ['/api/pushes/drop', { ids: 1 }],
  ['/api/pushes/drop', { filter: {}, ids: ['q-failed'] }],
  ['/api/pushes/drop', { ids: ['q-done', 'q-nobody'] }],
  ['/api/pushes/q-done/retry', {}],
  ['/api/pushes/q-nobody/retry', {}],
  ['/api/pushes/drop', { filter: { state: 'unclear' }, confirm: 1 }],
  ['/api/sources/broken/test', {}],
  ['/api/sources/crm/index/rebuild', {}],
])('%s %j', async (path, json) => {
  const { status, body } = await api.call('administrator', path, { json });
  expect(steady({ status, body })).toMatchSnapshot();
});

it('describes operations of each kind', () => {
  const some = ['getDescription', 'askLookup', 'listPushes', 'dropPush', 'listAudit'];
  const operations = apiOperations.filter(({ id }) => some.includes(id));
  const { components, ...rest } = openApiDocument(operations, { lookups: ['a'], ajax: ['b'] });
  const { schemas, ...schemes } = Object(components);
  const { Error: refusal, PushChanged: one } = schemas;
  const document = { ...rest, ...schemes, refusal, one, names: Object.keys(schemas) };
  // What is refused, one a line.
  const short = JSON.parse(JSON.stringify(document), (name, value) =>
    name === 'responses' ? Object.entries(value).map((response) => JSON.stringify(response)) : value,
  );
  expect(short).toMatchSnapshot();
});

it('has every figure, with what it means', async () => {
  const registry = await figuresOf(api.gateway);
  const { events } = api.gateway;
  events.tell({ kind: 'push', target: 'Tickets', result: 'done' });
  events.tell({ kind: 'push', target: 'Tickets', result: 'done', isAlert: true });
  events.tell({ kind: 'audit', result: 'lost', count: 3 });
  events.tell({ kind: 'event', stream: 'video', result: 'late' });
  events.tell({ kind: 'cache', source: 'cached', hit: 'miss' });
  events.tell({ kind: 'source', source: 'asked', result: 'timeout', seconds: 0.3 });
  events.tell({ kind: 'index', source: 'listed', hit: 'stale' });
  events.tell({ kind: 'index-run', source: 'listed', result: 'held' });
  events.tell({ kind: 'lookup', lookup: 'told', failed: true, seconds: 3 });
  const text = await registry.metrics();
  // What the tests before have asked of sources took some time.
  expect(text.replace(/^\S*\{[^}]*"(?:crm|broken|default|tickets|kept)".*\n/gm, '')).toMatchSnapshot();
});
