/** `POST /push/NAME` with JSON of other systems, which the push target maps to a request. */
import { describe, expect, it } from 'vitest';
import type { JsonMapping } from '../../src/gateway/push/plan.ts';
import type { PushSetup } from '../gateway/push/harness.ts';
import { MANUAL_REQUEST } from '../helpspot/pushed-examples.ts';
import { KEYS, SECRET } from './harness.ts';
import { type PushServer, startPushing } from './push-server.ts';

const OTHER_SECRET = 'another-secret-of-the-tests-of-pushes';

const MAP: JsonMapping = {
  map: {
    sTitle: '{{subject}}',
    sEmail: '{{contact.email}}',
    tNote: 'Call {{call.id}} from {{contact.phones.number}}; first {{contact.phones.0.number}}; tags {{tags}}; {{vip}}',
    Custom5: '{{call.duration}}',
  },
};
const CALL = {
  subject: 'A call',
  contact: { email: 'bob@example.com', phones: [{ number: '+49 30 1' }, { number: '+49 30 2' }] },
  call: { id: 12345678901234567890n, duration: 61 },
  tags: ['vip', 7, null, ['nested']],
  vip: true,
};
const text = JSON.stringify(CALL, (_key, value) => (typeof value === 'bigint' ? `#${value}#` : value)).replace(
  /"#|#"/g,
  '',
);

function startMapped(json: JsonMapping = MAP, setup: PushSetup = {}): Promise<PushServer> {
  const plan = { title: '{{sTitle}}', body: '{{note}}|{{sEmail}}|{{Custom5}}', fields: {}, json, ...setup.plan };
  const keys = [...KEYS, { name: 'other', secret: OTHER_SECRET }];
  return startPushing({ ...setup, plan, access: { keys } });
}

async function ask(server: PushServer, path: string, init: RequestInit = {}, secret = SECRET) {
  const headers = { Authorization: `Basic ${Buffer.from(`x:${secret}`).toString('base64')}`, ...Object(init.headers) };
  const answer = await fetch(`${server.url}${path}`, { ...init, headers });
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  return { status: answer.status, body: Object(await answer.json()) };
}

function push(server: PushServer, body: string | Uint8Array<ArrayBuffer>, headers: object = {}, secret = SECRET) {
  const all = { 'Content-Type': 'application/json', ...headers };
  return ask(server, '/push/Tickets', { method: 'POST', headers: all, body }, secret);
}

describe('JSON of another system', () => {
  it('becomes a request: nested, of lists, as it is written; and the answer is JSON', async () => {
    const server = await startMapped();
    const answer = await push(server, text);
    expect(answer).toEqual({
      status: 200,
      body: { id: '1', status: 'done', link: `${server.target.url}/tickets/1` },
    });
    expect(server.target.tickets).toMatchObject([
      {
        title: 'A call',
        body: 'Call 12345678901234567890 from +49 30 1, +49 30 2; first +49 30 1; tags vip, 7, nested; true|bob@example.com|61',
      },
    ]);
    expect(JSON.stringify(server.log.lines)).not.toContain('bob@example.com');
  });

  it('is empty where nothing is; keys with dots, odd names and media types are read', async () => {
    const map = {
      sTitle: '{{a.b}} {{missing.deep.0}}|{{__proto__}}|{{constructor}}|{{n}}|{{huge}}',
      Custom1: '{{c.d.e}}{{f.g.h}}{{f.i.0.j.k}}',
    };
    const server = await startMapped({ map }, { plan: { body: '{{Custom1}}' } });
    const dotted = '"f.g":{"h":"z"},"f.i":[{"j":{"k":1}}],"f.i.0":{},"f":{}';
    const body = `{"a.b":1.50,"__proto__":"p","n":null,"huge":1e999,"c":{"d.e":"x\\ud800y"},${dotted}}`;
    expect(await push(server, body, { 'Content-Type': 'application/vnd.api+json' })).toMatchObject({ status: 200 });
    expect(server.target.tickets).toMatchObject([{ title: '1.50 |p|||1e999', body: 'xyz1' }]);
  });

  it("leaves HelpSpot's own pushes to the same address as they are", async () => {
    const server = await startMapped();
    expect(await push(server, JSON.stringify(MANUAL_REQUEST))).toEqual({ status: 200, body: { id: '1' } });
    expect(server.target.tickets).toMatchObject([{ title: 'HelpSpot request 12400' }]);
    // One name alone may be what another system knows of the request.
    expect(await push(server, '{"xRequest":12400,"subject":"Of 12400"}')).toMatchObject({ body: { status: 'done' } });
    expect(server.target.tickets[1]).toMatchObject({ title: 'Of 12400' });
  });

  it.each([
    ['nothing', '', 'Nothing arrived; send one JSON object'],
    ['NaN', '{"subject":NaN}', 'is no JSON; send one JSON object'],
    ['a list', '[{"subject":"a"}]', 'What arrived is a list; send one JSON object'],
    ['a text', '"subject"', 'is a single value'],
    ['a key twice', '{"subject":"a","contact":{"email":"b","email":"c"}}', 'has the same key twice in one object'],
    [
      'too many keys',
      `{${Array.from({ length: 10_000 }, (_, at) => `"k${at}":${at}`).join()}}`,
      '5000 members or more',
    ],
    ['too many values', `{"a":[${'[1,2,3,4],'.repeat(4_200)}1]}`, 'holds more than 20000 values'],
    ['what is too deep', `{"a":${'['.repeat(30)}${']'.repeat(30)}}`, 'nested more than 20 deep'],
    [
      'what none of its templates names',
      '{"other":1}',
      'has nothing that push.Tickets.json names: subject, contact.email',
    ],
  ])('that is %s is refused in words', async (_what, body, words) => {
    const server = await startMapped();
    const answer = await push(server, body);
    expect(answer).toEqual({ status: 400, body: { error: expect.stringContaining(words) } });
    expect(server.target.asked).toEqual([]);
  });

  it('is refused without a mapping, with what to write', async () => {
    const server = await startPushing();
    for (const body of [text, '{"status":"open"}', '{"custom5":1}']) {
      const { status, body: answer } = await push(server, body);
      expect(status).toBe(400);
      expect(answer.error).toMatch(/is no request of HelpSpot.*write push\.Tickets\.json .*json: \{ map: \{ sTitle: /);
    }
    expect(server.target.asked).toEqual([]);
  });

  it('is 202 while it is not out, and GET says how it stands', async () => {
    const server = await startMapped(MAP, { plan: { mode: 'queued' } });
    server.target.fault = () => 'late';
    const taken = await push(server, text);
    expect(taken).toEqual({ status: 202, body: { id: expect.stringMatching(/^q-/), status: 'waiting' } });
    const { id } = taken.body;
    await expect.poll(() => server.target.asked.length).toBe(1);
    expect(await ask(server, `/push/Tickets?id=${id}`)).toEqual({
      status: 200,
      body: { id, status: 'sending', reason: 'It is being sent to Tickets' },
    });
    server.target.fault = () => undefined;
    server.target.release();
    const done = { id, status: 'done', link: `${server.target.url}/tickets/1` };
    await expect.poll(async () => (await ask(server, `/push/Tickets?id=${id}`)).body).toEqual(done);
    expect((await ask(server, '/push/Tickets?id=1')).body).toEqual({ ...done, id: '1' });
    expect(await ask(server, '/push/Tickets?id=q-none')).toMatchObject({
      status: 404,
      body: { error: expect.stringContaining('No push of this id is known here') },
    });
    expect(await ask(server, '/push/Tickets')).toMatchObject({ status: 400 });
    expect(await ask(server, `/push/Tickets?id=${id}`, {}, 'wrong')).toMatchObject({ status: 401 });
  });

  it('that the other system refuses says so with a status', async () => {
    const server = await startMapped();
    server.target.fault = () => 422;
    const refused = await push(server, text);
    expect(refused).toEqual({
      status: 502,
      body: { error: expect.stringContaining('Tickets refused what was pushed') },
    });
  });
});

describe('an idempotency key', () => {
  it('makes one push of several, whatever they hold, for each caller', async () => {
    const server = await startMapped(MAP, { plan: { duplicateWindowMs: 0 } });
    const first = await push(server, text, { 'Idempotency-Key': 'a' });
    expect(await push(server, '{"subject":"Another"}', { 'Idempotency-Key': 'a' })).toEqual(first);
    expect((await push(server, text, { 'Idempotency-Key': 'b' })).body.id).toBe('2');
    expect((await push(server, text, { 'Idempotency-Key': 'a' }, OTHER_SECRET)).body.id).toBe('3');
    expect(server.target.tickets).toHaveLength(3);
  });

  it('is made by the mapping where the header is missing', async () => {
    const server = await startMapped({ ...MAP, idempotencyKey: '{{call.id}}' }, { plan: { duplicateWindowMs: 0 } });
    const ids = [
      '{"subject":"a","call":{"id":7}}',
      '{"subject":"b","call":{"id":"7"}}',
      '{"subject":"b","call":{"id":8}}',
    ];
    const answers = [];
    for (const body of ids) answers.push((await push(server, body)).body.id);
    expect(answers).toEqual(['1', '1', '2']);
    // None is sent: what is equal is the same push as far as the window says.
    expect((await push(server, '{"subject":"b"}')).body.id).toBe('3');
    const long = await push(server, `{"call":{"id":"${'x'.repeat(256)}"}}`);
    expect(long).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('is longer than 255 characters') },
    });
  });

  it('that is none is refused', async () => {
    const server = await startMapped();
    for (const [key, words] of [
      [' ', 'is empty'],
      ['x'.repeat(256), 'is longer than 255 characters'],
    ] as const) {
      const answer = await push(server, text, { 'Idempotency-Key': key });
      expect(answer).toEqual({
        status: 400,
        body: { error: expect.stringContaining(`The header Idempotency-Key ${words}`) },
      });
    }
  });
});
