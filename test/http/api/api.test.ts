import { hostname } from 'node:os';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AttemptResult, NewPush } from '../../../src/gateway/push/ledger.ts';
import { apiOperations } from '../../../src/http/api/routes.ts';
import { createApp } from '../../../src/http/app.ts';
import { until } from '../../gateway/push/harness.ts';
import { anyPush } from '../../store/support.ts';
import { temporaryFolderForAll } from '../../support/temp.ts';
import { Visitor } from '../console/visitor.ts';
import { HOSTILE, SECRET, startApi, WHO, type Who } from './harness.ts';

const folder = await temporaryFolderForAll();
let api: Awaited<ReturnType<typeof startApi>>;

beforeAll(async () => {
  api = await startApi(folder);
  await until(async () => (await api.gateway.indexes()).get('crm')?.freshAt !== undefined, 'the index');
});

afterAll(async () => {
  await api.close();
  for (const text of [...api.texts, JSON.stringify(api.log.lines)]) expect(text).not.toContain(SECRET);
});

const failed: AttemptResult = {
  state: 'failed',
  trouble: { kind: 'rejected', problem: `no ${SECRET} ${HOSTILE}`, words: 'w' },
};

/** A push that has failed. */
async function add(id: string, more: Partial<NewPush> = {}): Promise<void> {
  const push = anyPush({ id, xRequest: id, fingerprint: id, giveUpAfterMs: 60_000, ...more });
  await api.ledger.accept([push]);
  await api.ledger.claim(push.target, 100);
  await api.ledger.settle({ id, attempts: 1 }, failed);
}

const stateOf = async (id: string) => (await api.ledger.row(id))?.state;

/** Whoever is named, and those behind, may; the address and the body of a call that can be made by each of them. */
const ALLOWED: readonly (readonly [id: string, from: Who, path: string, body?: unknown])[] = [
  ['getDescription', 'nobody', '/api/openapi.json'],
  ['getCaller', 'plain', '/api/caller'],
  ['listLookups', 'plain', '/api/lookups'],
  ['askLookup', 'plain', '/api/lookups/default?name=Anna+Schmidt'],
  ['askAjax', 'plain', '/api/ajax/people'],
  ['getOverview', 'viewer', '/api/overview'],
  ['listGateways', 'viewer', '/api/gateways'],
  ['listSources', 'viewer', '/api/sources'],
  ['getSource', 'viewer', '/api/sources/crm'],
  ['listSourceFields', 'viewer', '/api/sources/crm/fields'],
  ['testSource', 'viewer', '/api/sources/broken/test', {}],
  ['rebuildIndex', 'administrator', '/api/sources/crm/index/rebuild', {}],
  ['listPushes', 'viewer', '/api/pushes'],
  ['getPush', 'viewer', '/api/pushes/q-role'],
  ['retryPush', 'operator', '/api/pushes/q-nobody/retry', {}],
  ['retryPushes', 'operator', '/api/pushes/retry', { ids: ['q-nobody'] }],
  ['dropPush', 'operator', '/api/pushes/q-nobody/drop', {}],
  ['dropPushes', 'operator', '/api/pushes/drop', { ids: ['q-nobody'] }],
  ['listAudit', 'administrator', '/api/audit'],
  ['getConfiguration', 'administrator', '/api/configuration'],
];

describe('roles', () => {
  it('are told of every operation', () => {
    expect(ALLOWED.map(([id]) => id).sort()).toEqual(apiOperations.map(({ id }) => id).sort());
  });

  for (const [id, from, path, body] of ALLOWED) {
    it(`let ${from} and those who may more do ${id}`, async () => {
      await add('q-role').catch(() => undefined);
      for (const who of WHO) {
        // Whoever shows a wrong key is refused everywhere.
        const may = who !== 'wrong' && WHO.indexOf(who) >= WHO.indexOf(from);
        const { status, headers } = await api.call(who, path, body === undefined ? {} : { json: body });
        if (may) expect([200, 404], `${who} ${path}`).toContain(status);
        else expect(status, `${who} ${path}`).toBe(who === 'nobody' || who === 'wrong' ? 401 : 403);
        expect(headers.get('cache-control')).toBe('no-store');
      }
    });
  }

  it('are not shown in the address, except to ask a lookup', async () => {
    const key = `${SECRET}-of-administrator`;
    for (const [prefix, query] of [
      [`/k/${key}`, ''],
      ['', `?key=${key}`],
    ]) {
      const refused = await api.call('nobody', `${prefix}/api/sources${query}`);
      expect(refused.status).toBe(401);
      expect(refused.body.error).toContain('Authorization: Bearer KEY');
      expect((await api.call('nobody', `${prefix}/api/lookups${query}`)).status).toBe(200);
    }
    expect((await api.call('nobody', `/k/${key}/api/lookups/default?name=x&explain=1`)).status).toBe(401);
  });
});

describe('the description', () => {
  it('is OpenAPI 3.1, and has every address of the application and no other', async () => {
    const { body } = await api.call('nobody', '/api/openapi.json');
    const result = await new Validator().validate(structuredClone(body));
    expect(result.errors).toBeUndefined();
    expect(result.valid).toBe(true);
    const described = Object.entries(Object(body.paths)).flatMap(([path, methods]) =>
      Object.keys(Object(methods)).map((method) => `${method} ${path}`),
    );
    expect(routesOf(createApp(api.gateway)).sort()).toEqual(described.sort());
    const ids = described.map((one) => {
      const [method = '', path = ''] = one.split(' ');
      return body.paths[path][method].operationId;
    });
    expect(new Set(ids).size).toBe(ids.length);
    expect(body.servers).toEqual([{ url: '/' }]);
    for (const [path, methods] of Object.entries<Record<string, object>>(body.paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        const refusal = { content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } } };
        expect(operation, `${method} ${path}`).toMatchObject({ responses: { 400: refusal } });
        if (method === 'get') expect(operation, path).not.toHaveProperty('requestBody');
      }
    }
  });

  it('names lookups to whoever may ask them', async () => {
    const named = (await api.call('plain', '/api/openapi.json')).body.paths['/api/lookups/{name}'].get.parameters[0];
    expect(named).toMatchObject({ name: 'name', in: 'path', required: true, schema: { enum: ['default'] } });
    expect((await api.call('nobody', '/api/openapi.json')).text).not.toContain('people');
  });
});

/** `get /api/pushes/{id}` of what Express has; what only refuses takes every method. */
function routesOf(app: ReturnType<typeof createApp>): string[] {
  return app.router.stack.flatMap(({ route }) => {
    if (typeof route?.path !== 'string' || !route.path.startsWith('/api')) return [];
    const [method = '', ...others] = new Set(route.stack.map((layer) => layer.method ?? ''));
    return others.length > 0 ? [] : [`${method} ${route.path.replace(/:(\w+)/g, '{$1}')}`];
  });
}

describe('lookups', () => {
  it('are listed with what they are asked by, and explained to operators', async () => {
    const { body } = await api.call('plain', '/api/lookups');
    expect(body.lookups).toEqual([
      {
        name: 'default',
        steps: [['name'], ['email'], ['phone']],
        parameters: ['name', 'email', 'phone'],
        addressBook: false,
      },
    ]);
    const path = '/api/lookups/default?name=Anna+Schmidt';
    expect((await api.call('viewer', `${path}&explain=1`)).status).toBe(403);
    const explained = await api.call('operator', `${path}&explain=1`);
    expect(explained.body.customers).toMatchObject([{ email: 'anna@example.com' }]);
    expect(explained.body.explanation).toMatchObject({
      customers: 1,
      steps: expect.arrayContaining([expect.objectContaining({ step: 'name', source: 'crm', count: 1 })]),
    });
    const whole = await api.call('plain', `${path}&provenance=1`);
    expect(whole.body.provenance[0].email[0].source).toBe('crm');
    expect((await api.call('plain', '/api/lookups/defualt')).status).toBe(404);
    expect((await api.call('plain', '/api/ajax/people')).body.options).toContainEqual({
      value: '2',
      description: 'Anna Schmidt',
    });
  });
});

describe('sources', () => {
  it('stand as the gateway knows them', async () => {
    const { body } = await api.call('viewer', '/api/sources/crm');
    expect(body).toMatchObject({ name: 'crm', state: 'asked', index: { use: 'when-down', records: 3 } });
    expect((await api.call('viewer', `/api/sources/${encodeURIComponent(HOSTILE)}`)).status).toBe(404);
    const tested = await api.call('viewer', '/api/sources/broken/test', { method: 'POST' });
    expect(tested.body).toMatchObject({ ok: false, problem: expect.stringContaining('no way with ***') });
    expect((await api.call('viewer', '/api/sources/crm/test', { method: 'POST' })).body.ok).toBe(true);
    const overview = await api.call('viewer', '/api/overview?check=1');
    expect(overview.body.problems).toContainEqual(
      expect.objectContaining({ where: 'sources.broken', weight: 'error' }),
    );
    expect(overview.body.pushes[0].target).toBe('Tickets');
    expect(overview.body.lookupsByHour).toHaveLength(24);
  });

  it('show the values of customers to administrators only, who stand in the audit', async () => {
    const masked = await api.call('viewer', '/api/sources/crm/fields');
    expect(masked.body.fields).toContainEqual(expect.objectContaining({ name: 'name', example: 'Xxx Xxxxxx' }));
    expect((await api.call('operator', '/api/sources/crm/fields?examples=1')).status).toBe(403);
    const shown = await api.call('administrator', '/api/sources/crm/fields?examples=1');
    expect(shown.text).toContain('Max Müller');
    expect((await api.call('administrator', '/api/audit?kind=change&limit=1')).body.entries).toMatchObject([
      { kind: 'change', name: 'source.examples', things: ['crm'], caller: 'key-administrator', via: 'http' },
    ]);
  });

  it('have their index read anew', async () => {
    const path = '/api/sources/crm/index/rebuild';
    expect((await api.call('administrator', path, { method: 'POST' })).body).toEqual({ source: 'crm', begun: true });
    const none = await api.call('administrator', '/api/sources/broken/index/rebuild', { method: 'POST' });
    expect([none.status, none.body.error]).toEqual([409, expect.stringContaining('has no index')]);
  });
});

describe('gateways', () => {
  it('that use the store are named', async () => {
    await add('q-shared');
    const { body } = await api.call('viewer', '/api/gateways');
    expect(body.gateways).toContainEqual(
      expect.objectContaining({ name: hostname(), pid: process.pid, silent: false, sending: 0 }),
    );
  });
});

describe('pushes', () => {
  it('are listed page by page, with a filter', async () => {
    for (let at = 0; at < 5; at += 1) await add(`q-page${at}`);
    const first = await api.call('viewer', '/api/pushes?state=failed&target=Tickets&since=1h&limit=3');
    expect(first.body.pushes.map(({ id }: { id: string }) => id)).toEqual(['q-page4', 'q-page3', 'q-page2']);
    const next = await api.call('viewer', `/api/pushes?limit=2&before=${first.body.next}`);
    expect(next.body.pushes[0].id).toBe('q-page1');
    expect((await api.call('viewer', '/api/pushes?state=done')).body).toEqual({ pushes: [] });
    await add('q-called', { reference: '4f2a1c' });
    const called = await api.call('viewer', '/api/pushes?reference=4F2A1C');
    expect(called.body.pushes).toMatchObject([{ id: 'q-called', reference: '4f2a1c' }]);
    const of = { filter: { reference: '4f2a1c' }, confirm: 1 };
    expect((await api.call('operator', '/api/pushes/drop', { json: of })).body).toMatchObject({ changed: 1 });
    const words = 'There is no push target "Tickts"; did you mean "Tickets"?';
    expect(await api.call('viewer', '/api/pushes?target=Tickts')).toMatchObject({
      status: 422,
      body: { error: words },
    });
  });

  it('have their attempts, and for operators what was pushed', async () => {
    await add('q-one', { request: { ...anyPush().request, body: `the body ${SECRET} ${HOSTILE}` } });
    const shown = await api.call('operator', '/api/pushes/q-one?body=1');
    expect(shown.body).toMatchObject({ state: 'failed', pushed: { body: `the body *** ${HOSTILE}` } });
    expect(shown.body.tried[0]).toMatchObject({
      number: 1,
      result: 'failed',
      reason: expect.stringContaining('no ***'),
    });
    expect((await api.call('operator', '/api/pushes/q-one')).body.pushed).toBeUndefined();
    expect((await api.call('viewer', '/api/pushes/q-one?body=1')).text).not.toContain('the body');
    expect((await api.call('viewer', '/api/pushes/q-one?details=1')).body.details.standing).toContain('failed');
    expect((await api.call('viewer', '/api/pushes/q-nobody')).status).toBe(404);
  });

  it('are sent again and dropped one by one, and the audit has the key', async () => {
    await Promise.all([add('q-retry'), add('q-drop')]);
    expect((await api.call('operator', '/api/pushes/q-retry/retry', { method: 'POST' })).body).toEqual({
      id: 'q-retry',
      state: 'waiting',
    });
    expect((await api.call('operator', '/api/pushes/q-drop/drop', { json: {} })).status).toBe(200);
    expect(await stateOf('q-drop')).toBe('dropped');
    const again = await api.call('operator', '/api/pushes/q-drop/drop', { method: 'POST' });
    expect([again.status, again.body.error]).toEqual([409, expect.stringContaining('q-drop is dropped')]);
    const { entries } = (await api.call('administrator', '/api/audit?kind=change&limit=2')).body;
    expect(entries).toMatchObject([
      { name: 'push.drop', things: ['q-drop'], caller: 'key-operator' },
      { name: 'push.retry', things: ['q-retry'], caller: 'key-operator' },
    ]);
  });

  it('that staff have pushed again since are sent only where that is said', async () => {
    await add('q-old', { xRequest: '77' });
    await api.ledger.accept([anyPush({ id: 'q-new', xRequest: '77', fingerprint: 'q-new', giveUpAfterMs: 60_000 })]);
    const refused = await api.call('operator', '/api/pushes/q-old/retry', { method: 'POST' });
    expect([refused.status, refused.body.error]).toEqual([409, expect.stringContaining('q-new is waiting')]);
    expect((await api.call('operator', '/api/pushes/retry', { json: { ids: ['q-old'] } })).status).toBe(409);
    expect(await stateOf('q-old')).toBe('failed');
    expect((await api.call('operator', '/api/pushes/q-old/retry', { json: { again: true } })).status).toBe(200);
  });

  it('of a filter are changed when their number is confirmed', async () => {
    const filter = { target: 'Bulk' };
    for (const id of ['q-a', 'q-b', 'q-c']) await add(id, { target: 'Bulk' });
    const asked = await api.call('operator', '/api/pushes/drop', { json: { filter, confirm: 2 } });
    expect([asked.status, asked.body.error]).toEqual([409, expect.stringContaining('3 pushes fit, not 2')]);
    expect(await stateOf('q-a')).toBe('failed');
    const gone = await api.call('operator', '/api/pushes/retry', { json: { filter, confirm: 3 } });
    expect(gone.body).toMatchObject({
      changed: 0,
      notChanged: [{ count: 3, reason: expect.stringContaining('Bulk') }],
    });
    const done = await api.call('operator', '/api/pushes/drop', { json: { filter, confirm: 3 } });
    expect(done.body).toEqual({ changed: 3, leftOut: 0, notChanged: [], isWhole: true });
    expect(await stateOf('q-a')).toBe('dropped');
    for (const json of [{}, { filter }, { confirm: 3 }, { filter, confirm: 3, ids: ['q-a'] }]) {
      expect((await api.call('operator', '/api/pushes/drop', { json })).status).toBe(422);
    }
    const named = await api.call('operator', '/api/pushes/drop', { json: { ids: ['q-a', 'q-x'] } });
    expect(named.body).toMatchObject({ changed: 0, notChanged: [{ ids: ['q-a'] }, { ids: ['q-x'] }] });
  });
});

describe('the audit and the configuration', () => {
  it('are given as JSON and as CSV', async () => {
    const page = await api.call('administrator', '/api/audit?limit=1');
    const next = await api.call('administrator', `/api/audit?limit=1&from=${page.body.next}`);
    expect(next.body.entries[0].at <= page.body.entries[0].at).toBe(true);
    await api.call('plain', `/api/lookups/default?acting_person_fname=${SECRET}`);
    const csv = await api.call('administrator', '/api/audit?lookup=default', { headers: { accept: 'text/csv' } });
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(csv.text).toMatch(/^time,kind,name,/);
    expect(csv.text).toContain('***');
    expect(csv.text).not.toContain(SECRET);
    const { body } = await api.call('administrator', '/api/configuration');
    expect(body).toMatchObject({ readAt: '1970-01-01T00:00:00.000Z', text: `# ${HOSTILE}\npassword: ***\n` });
  });
});

describe('what is wrong is refused in words', () => {
  it.each([
    [422, '/api/pushes?limit=201'],
    [422, '/api/pushes?limit=x'],
    [422, '/api/pushes?state=lost'],
    [422, '/api/pushes?since=yesterday'],
    [422, '/api/pushes?since=2026-02-31'],
    [422, '/api/pushes?before=0'],
    [422, '/api/pushes?targt=Tickets'],
    [422, '/api/pushes?__proto__=1'],
    [422, '/api/pushes?constructor=1'],
    [422, `/api/pushes?target=${'x'.repeat(300)}`],
    [422, `/api/pushes/${'x'.repeat(300)}`],
    [400, `/api/openapi.json?${'&a='.repeat(2_500)}`],
    [422, '/api/audit?from=1'],
    [422, '/api/overview?check=perhaps'],
    [400, '/api/sources/%FF'],
    [404, '/api'],
    [404, '/api/pushes/q-1/body'],
    [404, '/api/%00'],
  ])('%i %s', async (status, path) => {
    const refused = await api.call('administrator', path);
    expect(refused.status).toBe(status);
    expect(refused.body.error.length).toBeGreaterThan(20);
    expect(refused.text).not.toContain('x'.repeat(100));
  });

  it('of bodies and methods', async () => {
    const post = (body: string, type?: string) =>
      api.call('operator', '/api/pushes/drop', { method: 'POST', body, headers: type ? { 'content-type': type } : {} });
    expect((await post('{}')).status).toBe(415);
    expect((await post('ids=q-1', 'application/x-www-form-urlencoded')).status).toBe(415);
    expect((await post('{', 'application/json')).status).toBe(400);
    expect((await post('null', 'application/json')).status).toBe(422);
    expect((await post('[[[[]]]]', 'application/json')).status).toBe(422);
    expect((await post('{"ids":["q-1"],"__proto__":{}}', 'application/json')).status).toBe(422);
    expect((await post(`{"ids":["${'x'.repeat(70_000)}"]}`, 'application/json')).status).toBe(413);
    expect((await post('', 'application/json')).status).toBe(422);
    expect((await api.call('operator', '/api/pushes/drop', { json: { ids: Array(51).fill('q') } })).status).toBe(422);
    const put = await api.call('administrator', '/api/pushes', { method: 'PUT' });
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    const wrong = await api.call('administrator', '/api/sources/crm/test');
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
  });
});

describe('somebody who is signed in to the console', () => {
  it('reads with the cookie, and changes with the token of the session', async () => {
    const visitor = await Visitor.signIn(api.url, 'operator');
    await visitor.get('/console/');
    const csrf = visitor.csrf ?? '';
    const cookie = { cookie: `helpspot_gateway_console=${visitor.cookie('helpspot_gateway_console')}` };
    const caller = await api.call('nobody', '/api/caller', { headers: cookie });
    expect(caller.body).toMatchObject({ kind: 'user', name: 'operator', role: 'operator', csrf });
    expect((await api.call('nobody', '/api/sources', { headers: cookie })).status).toBe(200);
    expect((await api.call('nobody', '/api/audit', { headers: cookie })).status).toBe(403);
    for (const name of ['default', 'nothing']) {
      await api.call('nobody', `/api/lookups/${name}?acting_person_fname=Boss`, { headers: cookie });
      expect((await api.call('administrator', '/api/audit?kind=lookup&limit=1')).body.entries).toMatchObject([
        { name, personName: 'operator', caller: '', via: 'console' },
      ]);
    }
    const elsewhere = { ...cookie, 'sec-fetch-site': 'cross-site' };
    expect((await api.call('nobody', '/api/sources', { headers: elsewhere })).status).toBe(401);
    await add('q-session');
    const drop = (headers: Record<string, string>) =>
      api.call('nobody', '/api/pushes/q-session/drop', { method: 'POST', headers });
    for (const headers of [cookie, { ...cookie, 'x-csrf-token': 'wrong' }]) {
      expect((await drop(headers)).body.error).toContain('X-CSRF-Token');
    }
    expect(await stateOf('q-session')).toBe('failed');
    expect((await drop({ ...cookie, 'x-csrf-token': csrf })).status).toBe(200);
    expect((await api.call('administrator', '/api/audit?kind=change&limit=1')).body.entries).toMatchObject([
      { name: 'push.drop', personName: 'operator', caller: '', via: 'http' },
    ]);
  });
});

it('every operation has given an answer that was held against its schema', () => {
  expect(apiOperations.map(({ id }) => id).filter((id) => !api.answered.has(id))).toEqual([]);
});
