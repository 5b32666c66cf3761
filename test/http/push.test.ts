import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { LONGEST_PUSH_ID } from '../../src/gateway/push/outcome.ts';
import { MANUAL_REQUEST } from '../helpspot/pushed-examples.ts';
import { SECRET } from './harness.ts';
import { type PushServer, startPushing } from './push-server.ts';

const KEY = { Authorization: `Basic ${Buffer.from(`helpspot:${SECRET}`).toString('base64')}` };
const JSON_HEADERS = { ...KEY, 'Content-Type': 'application/json' };

interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly body: string;
  readonly headers: Headers;
}

async function ask(server: PushServer, path: string, init: RequestInit = { headers: KEY }): Promise<Answer> {
  const answer = await fetch(`${server.url}${path}`, init);
  const { status, headers } = answer;
  return { status, type: headers.get('content-type'), body: await answer.text(), headers };
}

function push(server: PushServer, request: unknown = MANUAL_REQUEST, target = 'Tickets'): Promise<Answer> {
  return ask(server, `/push/${target}`, { method: 'POST', headers: JSON_HEADERS, body: JSON.stringify(request) });
}

const errorIn = ({ body }: Answer): unknown => JSON.parse(body).error;

describe('POST /push/NAME', () => {
  it('pushes the array of the manual and answers the id', async () => {
    const server = await startPushing({ plan: { body: '{{note}} {{request_link}} {{files}}' } });
    const answer = await push(server);
    expect(answer).toMatchObject({ status: 200, type: 'application/json; charset=utf-8', body: '{"id":"1"}\n' });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(server.target.tickets).toMatchObject([
      {
        title: 'HelpSpot request 12400',
        body:
          'Request history note https://help.example.com/admin?pg=request&reqid=12400 ' +
          '- icon.jpg: http://www.site.com/admin.php?pg=file&id=59',
      },
    ]);
  });

  it('leaves nothing of the request in the log', async () => {
    const server = await startPushing();
    await push(server, { xRequest: 1, tNote: 'very private' });
    expect(server.log.lines).not.toEqual([]);
    expect(JSON.stringify(server.log.lines)).not.toContain('private');
  });

  it('takes the key in the path', async () => {
    const server = await startPushing();
    const path = `/k/${encodeURIComponent(SECRET)}/push/Tickets`;
    const init = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"xRequest":1}' };
    expect(await ask(server, path, init)).toMatchObject({ status: 200 });
    expect(await ask(server, '/push/Tickets', init)).toMatchObject({
      status: 401,
      type: expect.stringContaining('json'),
    });
    expect(server.target.asked).toHaveLength(1);
  });

  it('answers a queued push at once with an id of ours, which details know', async () => {
    const server = await startPushing();
    server.target.fault = () => 'late';
    const { id } = JSON.parse((await push(server, MANUAL_REQUEST, 'Later')).body);
    expect(id).toMatch(/^q-/);
    await expect.poll(() => server.target.asked.length).toBe(1);
    const details = await ask(server, `/push/Later/details?id=${id}`);
    expect(details).toMatchObject({ status: 200, type: 'text/html; charset=utf-8' });
    expect(details.body).toMatch(/^<p>It is being sent to Tickets/);
    server.target.release();
  });

  it('says what the other system said, with a status that says the same', async () => {
    const server = await startPushing();
    server.target.fault = () => 422;
    const refused = await push(server);
    expect(refused.status).toBe(502);
    expect(errorIn(refused)).toMatch(/^Tickets refused what was pushed; tell your administrator \(ref \w+\)$/);
    server.target.fault = () => 429;
    const throttled = await push(server, { xRequest: 2 });
    expect([throttled.status, errorIn(throttled)]).toEqual([503, expect.stringContaining('asks us to slow down')]);
  });

  it('goes on with a push when the caller hangs up', async () => {
    const server = await startPushing();
    server.target.fault = () => 'late';
    const gone = new AbortController();
    const init = { method: 'POST', headers: JSON_HEADERS, body: JSON.stringify(MANUAL_REQUEST), signal: gone.signal };
    const call = ask(server, '/push/Tickets', init);
    await expect.poll(() => server.target.asked.length).toBe(1);
    gone.abort();
    await expect(call).rejects.toThrow();
    server.target.release();
    // The same push again gets the first one's ticket.
    expect((await push(server)).body).toBe('{"id":"1"}\n');
    expect(server.target.tickets).toHaveLength(1);
  });

  it.each([
    ['no JSON', '{"xRequest":', 'is no JSON'],
    ['nothing', '', 'Nothing arrived'],
    ['a list', '[1]', 'is a list'],
    ['brackets', '['.repeat(1_000_000), 'nested more than 20 deep'],
  ])('refuses %s', async (_what, body, words) => {
    const server = await startPushing();
    const answer = await ask(server, '/push/Tickets', { method: 'POST', headers: JSON_HEADERS, body });
    expect([answer.status, errorIn(answer)]).toEqual([400, expect.stringContaining(words)]);
  });

  it('wants JSON, which no page of another site can send', async () => {
    const server = await startPushing();
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
      const init = { method: 'POST', headers: { ...KEY, 'Content-Type': type }, body: '{"xRequest":1}' };
      const answer = await ask(server, '/push/Tickets', init);
      expect([answer.status, errorIn(answer)]).toEqual([415, expect.stringContaining('application/json')]);
    }
  });

  it('takes large requests, packed too, and says where it ends', async () => {
    const server = await startPushing();
    const tNote = 'a long mail\n'.repeat(800_000);
    expect((await push(server, { xRequest: 1, tNote })).status).toBe(200);
    const headers = { ...JSON_HEADERS, 'Content-Encoding': 'gzip' };
    const packed = (size: number) => {
      const body = gzipSync(JSON.stringify({ xRequest: 2, sTitle: 'packed', tNote: 'x'.repeat(size) }));
      return ask(server, '/push/Tickets', { method: 'POST', headers, body });
    };
    expect((await packed(1_000_000)).status).toBe(200);
    expect(server.target.tickets.at(-1)?.title).toBe('packed');
    const tooLarge = await packed(17 * 1024 * 1024);
    expect([tooLarge.status, errorIn(tooLarge)]).toEqual([
      413,
      'The request, with all its history, is larger than the gateway reads (16 MB); copy what matters into the other system by hand',
    ]);
  });

  it('knows its targets, and the nearest to a name that is none', async () => {
    const server = await startPushing();
    const unknown = await push(server, MANUAL_REQUEST, 'Ticket');
    expect([unknown.status, errorIn(unknown)]).toEqual([404, expect.stringContaining('did you mean "Tickets"?')]);
    const broken = await ask(server, '/push/Ticket', { method: 'POST', headers: JSON_HEADERS, body: '{' });
    expect([broken.status, errorIn(broken)]).toEqual([404, errorIn(unknown)]);
    const noId = await ask(server, '/push/Ticket/details');
    expect([noId.status, errorIn(noId)]).toEqual([404, errorIn(unknown)]);
    const unnamed = await ask(server, '/push', { method: 'POST', headers: JSON_HEADERS, body: '{}' });
    expect([unnamed.status, errorIn(unnamed)]).toEqual([404, expect.stringContaining('/push/NAME')]);
  });
});

describe('GET /push/NAME/details', () => {
  it('is a fragment of HTML', async () => {
    const server = await startPushing();
    await push(server);
    const details = await ask(server, '/push/Tickets/details?id=1');
    expect(details).toMatchObject({ status: 200, type: 'text/html; charset=utf-8' });
    expect(details.body).toContain(`<p><b><a href="${server.target.url}/tickets/1"`);
    expect(details.body).toMatch(/Status<\/th><td[^>]*>open<\/td>/);
    const head = await ask(server, '/push/Tickets/details?id=1', { method: 'HEAD', headers: KEY });
    expect([head.status, head.body]).toEqual([200, '']);
  });

  it('has one limit for ids', async () => {
    const server = await startPushing();
    const { status: known } = await ask(server, `/push/Tickets/details?id=${'x'.repeat(LONGEST_PUSH_ID)}`);
    expect(known).not.toBe(400);
    const long = await ask(server, `/push/Tickets/details?id=${'x'.repeat(LONGEST_PUSH_ID + 1)}`);
    expect([long.status, errorIn(long)]).toEqual([400, 'No id of a pushed request is longer than 1000 characters']);
  });

  it('takes any id, percent-encoded', async () => {
    const server = await startPushing();
    server.target.idOf = () => 'a/b?c=d&é "<>';
    const { id } = JSON.parse((await push(server)).body);
    expect(id).toBe('a/b?c=d&é "<>');
    const details = await ask(server, `/push/Tickets/details?id=${encodeURIComponent(id)}`);
    expect(details.body).toMatch(/Status<\/th><td[^>]*>open<\/td>/);
  });

  it('is an error in JSON when there are none', async () => {
    const server = await startPushing();
    const without = await ask(server, '/push/Tickets/details');
    expect([without.status, errorIn(without)]).toEqual([400, expect.stringContaining('?id=ID')]);
    const long = await ask(server, `/push/Tickets/details?id=${'x'.repeat(3_000)}`);
    expect(long.status).toBe(400);
    server.target.down = true;
    const down = await ask(server, '/push/Tickets/details?id=7');
    expect([down.status, errorIn(down)]).toEqual([503, expect.stringContaining('Tickets did not answer')]);
  });
});

describe('other addresses and methods', () => {
  it.each([
    ['GET', '/push/Tickets', 400, '/push/NAME?id=ID'],
    ['POST', '/push/Tickets/details?id=1', 405, 'takes GET, not POST'],
    ['GET', '/push/Tickets/other', 404, 'nothing at this address'],
    ['POST', '/push/Tickets/other', 404, 'nothing at this address'],
    ['GET', '/push/Tickets/details/1', 404, 'nothing at this address'],
    ['GET', '/push', 404, '/push/NAME/details?id=ID'],
    ['DELETE', '/push/Tickets', 405, 'takes POST and GET, not DELETE'],
  ])('%s %s is %d', async (method, path, status, words) => {
    const server = await startPushing();
    const body = method === 'POST' ? '{"xRequest":1}' : null;
    const answer = await ask(server, path, { method, headers: JSON_HEADERS, body });
    expect([answer.status, errorIn(answer)]).toEqual([status, expect.stringContaining(words)]);
    expect(server.target.asked).toEqual([]);
  });
});
