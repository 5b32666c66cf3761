/** `POST /events/NAME` over real sockets: who is believed, what is refused in which words, and what the log says. */

import { createHmac } from 'node:crypto';
import { mkdirSync, rmdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { callEvents, type EventBench, eventBench, SECRET, signed } from '../gateway/events/harness.ts';
import { onlyAnswer, raw } from './harness.ts';

const EVENT = JSON.stringify(callEvents('c1')[0]);

/** Bytes as they are, with a signature that fits them. */
function request(
  body: string,
  more: readonly string[] = [],
  length: number | undefined = Buffer.byteLength(body),
): string {
  const [[name, value] = ['', '']] = Object.entries(signed(body));
  const size = length === undefined ? [] : [`Content-Length: ${length}`];
  const head = ['POST /events/video HTTP/1.1', 'Host: x', 'Connection: close', `${name}: ${value}`, ...size, ...more];
  return `${head.join('\r\n')}\r\n\r\n`;
}

const answerTo = async ({ port }: EventBench, text: string) => onlyAnswer(await raw(port, text));

async function stored(bench: EventBench): Promise<number> {
  await bench.gateway.close();
  const { default: Database } = await import('libsql');
  const database = new Database(bench.store);
  const count = database.prepare('SELECT count(*) AS n FROM events').get();
  database.close();
  return Number(Object(count).n);
}

describe('POST /events/NAME', () => {
  it('wants no key, and takes an event of any Content-Type, with or without chunks', async () => {
    const bench = await eventBench({
      more: { access: { keys: [{ name: 'helpspot', secret: 'the key of HelpSpot' }], networks: [], ratePerMinute: 0 } },
    });
    expect(await bench.send(callEvents('c1')[1])).toEqual({ status: 200, said: 'stored' });
    expect((await answerTo(bench, `${request(EVENT, ['Content-Type: application/vnd.x+json'])}${EVENT}`)).status).toBe(
      200,
    );
    const other = JSON.stringify(callEvents('c1')[2]);
    const chunks = [other.slice(0, 7), other.slice(7)].map((part) => `${part.length.toString(16)}\r\n${part}\r\n`);
    const chunked = request(other, ['Transfer-Encoding: chunked']).replace(/Content-Length: \d+\r\n/, '');
    expect((await answerTo(bench, `${chunked}${chunks.join('')}0\r\n\r\n`)).status).toBe(200);
    expect(await stored(bench)).toBe(3);
  });

  it('answers all who are not believed in the same words, stores nothing, and the log says whose fault it may be', async () => {
    const bench = await eventBench();
    const twice = `${request(EVENT, [`X-HelpLightning-Signature: ${signed(EVENT)['X-HelpLightning-Signature']}`])}${EVENT}`;
    const answers = [
      await bench.send(EVENT, signed(EVENT, 'another secret')),
      await bench.send(EVENT, { 'X-HelpLightning-Signature': 'sha256=' }),
      await bench.send(EVENT, { 'X-HelpLightning-Signature': `sha256=${'é'.repeat(64)}` }),
      await bench.send(`${EVENT} `, signed(EVENT)),
    ];
    const double = await answerTo(bench, twice);
    const none = await fetch(`${bench.url}/events/video`, { method: 'POST', body: EVENT });
    const said = [
      ...answers.map((one) => one.said),
      JSON.parse(double.body).error,
      JSON.parse(await none.text()).error,
    ];
    expect([...answers.map((one) => one.status), double.status, none.status]).toEqual(Array(6).fill(401));
    const words = said.map((text) => String(text).replace(/ref \w+/, 'ref'));
    expect(new Set(words)).toEqual(
      new Set(['The signature of this event is missing or not right; the log of the gateway says more (ref)']),
    );
    const told = bench.log.lines.filter(({ message }) => message === 'an event was refused');
    expect(told.map(({ fields }) => fields['culprit'])).toEqual(['secret', 'malformed', 'unsigned']);
    expect(JSON.stringify(bench.log.lines)).not.toContain(SECRET);
    expect(await bench.send(EVENT)).toEqual({ status: 200, said: 'stored' });
    expect(await stored(bench)).toBe(1);
  });

  it('fills no log, however many are not believed', async () => {
    const bench = await eventBench();
    await Promise.all(Array.from({ length: 50 }, () => bench.send(EVENT, signed(EVENT, 'guessed'))));
    expect(bench.log.lines.filter(({ level }) => level !== 'debug').length).toBeLessThan(5);
  });

  it('is limited as other calls are', async () => {
    const bench = await eventBench({ more: { access: { keys: [], networks: [], ratePerMinute: 3 } } });
    const statuses = [];
    for (let call = 0; call < 4; call += 1) statuses.push((await bench.send({ call })).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
  });

  it('tells a stranger no names, and takes POST only', async () => {
    const bench = await eventBench();
    for (const path of ['/events', '/events/vidio', '/events/__proto__', '/events/constructor']) {
      const answer = await fetch(`${bench.url}${path}`, { method: 'POST', body: EVENT });
      expect(answer.status).toBe(404);
      expect(await answer.text()).not.toContain('video');
    }
    expect((await fetch(`${bench.url}/events/video`)).status).toBe(405);
  });

  it('refuses what is too large before it has come, what is packed, and what is no JSON object', async () => {
    const bench = await eventBench();
    const much = 'x'.repeat(1024 * 1024 + 1);
    const large = await answerTo(bench, `${request(much)}${much}`);
    expect(large).toMatchObject({ status: 413, body: expect.stringContaining('larger than the gateway reads (1 MB)') });
    const packed = gzipSync(EVENT);
    const headers = { 'Content-Encoding': 'gzip', ...signed(packed) };
    const zipped = await fetch(`${bench.url}/events/video`, { method: 'POST', body: packed, headers });
    expect([zipped.status, await zipped.text()]).toEqual([415, expect.stringContaining('without a Content-Encoding')]);
    const odd = ['', '[]', 'null', '1', '"x"', '{', `{"a":1}{"a":1}`, 'payload=%7B%7D', '['.repeat(500_000)];
    for (const body of odd)
      expect([body.slice(0, 20), (await bench.send(body)).status]).toEqual([body.slice(0, 20), 400]);
    for (const body of [Buffer.from(EVENT, 'utf16le'), Buffer.from('{"a":"\xe9"}', 'latin1')]) {
      const answer = await fetch(`${bench.url}/events/video`, { method: 'POST', body, headers: signed(body) });
      expect(answer.status).toBe(400);
    }
  });

  it('keeps what fits of an event of many fields, deep ones and long ones', async () => {
    const bench = await eventBench({ events: { gather: undefined, until: [] } });
    const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`f${index}`, index]));
    const deep = `${'{"x":'.repeat(5_000)}1${'}'.repeat(5_000)}`;
    for (const event of [many, deep, { long: 'é'.repeat(300_000) }, { list: Array(100_000).fill('x') }, {}]) {
      expect(await bench.send(event)).toEqual({ status: 200, said: 'stored' });
    }
    const cut = bench.log.lines.filter(({ message }) => message.includes('the rest is left out'));
    expect(cut).toHaveLength(4);
    await expect.poll(() => bench.target.tickets.length, { timeout: 10_000 }).toBe(5);
  });

  it('says that an event was not taken where it cannot be stored, so that it is sent again', async () => {
    const bench = await eventBench({ started: false });
    mkdirSync(bench.store);
    expect((await bench.send(EVENT)).status).toBe(503);
    rmdirSync(bench.store);
    expect(await bench.send(EVENT)).toEqual({ status: 200, said: 'stored' });
    const figures = await (await fetch(`${bench.url}/metrics`)).text();
    expect(figures).toContain('helpspot_gateway_events_total{events="video",result="unstored"} 1');
    expect(figures).toContain('helpspot_gateway_events_total{events="video",result="stored"} 1');
    expect(figures).toContain('helpspot_gateway_event_records_open{events="video"} 1');
  });
});

describe('what systems send to try the address out', () => {
  const now = () => String(Math.floor(Date.now() / 1000));

  it('is answered as Slack wants it, and only when it is signed', async () => {
    const bench = await eventBench({ events: { verify: 'slack', gather: undefined, until: [] } });
    const body = JSON.stringify({ type: 'url_verification', challenge: '3eZbrw1aB10FEMAGAZd4FyFQ' });
    const at = now();
    const hex = createHmac('sha256', SECRET).update(`v0:${at}:${body}`).digest('hex');
    const headers = { 'X-Slack-Request-Timestamp': at, 'X-Slack-Signature': `v0=${hex}` };
    const answer = await fetch(`${bench.url}/events/video`, { method: 'POST', body, headers });
    expect([answer.status, await answer.text()]).toEqual([200, '3eZbrw1aB10FEMAGAZd4FyFQ']);
    const unsigned = await fetch(`${bench.url}/events/video`, { method: 'POST', body });
    expect([unsigned.status, (await unsigned.text()).includes('3eZbrw')]).toEqual([401, false]);
  });

  it("is GitHub's ping; what happens there comes once, however often it is delivered", async () => {
    const plan = { title: '{{event_type}} {{issue.title}} {{issue.labels.name}}', body: '{{title}}' };
    const bench = await eventBench({ events: { verify: 'github', gather: undefined, until: [] }, plan });
    const send = (event: string, delivery: string, json: object) => {
      const body = JSON.stringify(json);
      const { 'X-HelpLightning-Signature': signature = '' } = signed(body);
      const headers = { 'X-GitHub-Event': event, 'X-GitHub-Delivery': delivery, 'X-Hub-Signature-256': signature };
      return bench.send(body, headers);
    };
    const issue = { action: 'opened', issue: { title: 'It <b>burns</b>', labels: [{ name: 'bug' }, { name: 'ui' }] } };
    expect(await send('ping', '1', { zen: 'Design for failure.' })).toEqual({ status: 200, said: 'trial' });
    expect(await send('issues', '2', issue)).toEqual({ status: 200, said: 'stored' });
    expect(await send('issues', '2', issue)).toEqual({ status: 200, said: 'repeated' });
    expect(await send('issues', '3', issue)).toEqual({ status: 200, said: 'stored' });
    await expect.poll(() => bench.target.tickets.length, { timeout: 10_000 }).toBe(2);
    expect(bench.target.tickets[0]?.title).toBe('issues.opened It <b>burns</b> bug, ui');
  });

  it('of Shopify one event under two topics is two, and in order by when it was set off', async () => {
    const events = { verify: 'shopify', gather: 'id', until: ['orders/fulfilled'], settleMs: 300 } as const;
    const bench = await eventBench({
      events,
      plan: { title: '{{event_types}} {{note}} {{customer.email}}', body: '' },
    });
    const send = (topic: string, event: string, at: string, json: object) => {
      const body = JSON.stringify(json);
      const signature = createHmac('sha256', SECRET).update(body).digest('base64');
      const about = { 'X-Shopify-Topic': topic, 'X-Shopify-Event-Id': event, 'X-Shopify-Triggered-At': at };
      return bench.send(body, { ...about, 'X-Shopify-Hmac-SHA256': signature });
    };
    const order = { id: 4711, note: 'ring twice', customer: { email: 'bob@example.com' } };
    expect((await send('orders/fulfilled', 'e2', '2026-11-21T09:31:00.123456789Z', order)).said).toBe('stored');
    expect((await send('orders/create', 'e1', '2026-11-21T09:30:00.5Z', order)).said).toBe('stored');
    expect((await send('orders/paid', 'e1', '2026-11-21T09:30:00.6Z', order)).said).toBe('stored');
    expect((await send('orders/paid', 'e1', '2026-11-21T09:30:00.6Z', order)).said).toBe('repeated');
    bench.gateway.pushes.start();
    await expect
      .poll(() => bench.target.tickets.map(({ title }) => title), { timeout: 10_000 })
      .toEqual(['orders/create, orders/paid, orders/fulfilled ring twice bob@example.com']);
  });

  it('of Standard Webhooks an event is held to five minutes', async () => {
    const key = Buffer.alloc(24, 7);
    const secrets = [`whsec_${key.toString('base64')}`];
    const events = { verify: 'standard-webhooks', secrets, gather: undefined, until: [] } as const;
    const bench = await eventBench({ events });
    const send = (at: string) => {
      const body = JSON.stringify({ type: 'contact.created', timestamp: '2026-11-21T09:30:00.5Z', data: { id: 1 } });
      const signature = createHmac('sha256', key).update(`msg_1.${at}.${body}`).digest('base64');
      return bench.send(body, {
        'webhook-id': 'msg_1',
        'webhook-timestamp': at,
        'webhook-signature': `v1,${signature}`,
      });
    };
    expect(await send(now())).toEqual({ status: 200, said: 'stored' });
    expect(await send(now())).toEqual({ status: 200, said: 'repeated' });
    expect((await send(String(Number(now()) - 400))).status).toBe(401);
    const told = bench.log.lines.find(({ message }) => message === 'an event was refused');
    expect(told?.fields).toMatchObject({ culprit: 'clock' });
  });
});
