import { describe, expect, it } from 'vitest';
import { SourceError } from '../../src/contract/index.ts';
import { memorySystem } from '../support/memory-adapter.ts';
import { memorySource } from '../support/plans.ts';
import { answersIn, dial, gatedSource, KEYS, OTHER_SECRET, planOf, readAll, start } from './harness.ts';

function failing() {
  const error = new SourceError('unauthorized', 'ldaps://dc1.corp refused cn=gateway', { remedy: 'set bindPassword' });
  return memorySource('directory', Object.assign(memorySystem(), { error }));
}

describe('/healthz', () => {
  it('answers without a source and without a key', async () => {
    const { url, system } = await start({ access: { keys: KEYS } });
    for (const path of ['/healthz', `/k/${OTHER_SECRET}/healthz`, '/healthz?key=wrong']) {
      const answer = await fetch(`${url}${path}`);
      expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }]);
      expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    }
    expect(system.opened).toBe(0);
    const head = await fetch(`${url}/healthz`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('takes GET only', async () => {
    const { url } = await start();
    const answer = await fetch(`${url}/healthz`, { method: 'POST' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect(await answer.json()).toEqual({ error: 'This address takes GET, not POST' });
  });
});

describe('/readyz', () => {
  it('is 200 when every source answers', async () => {
    const { url } = await start();
    const answer = await fetch(`${url}/readyz`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      status: 'ready',
      sources: [{ source: 'customers', adapter: 'memory', ok: true, problem: '' }],
    });
  });

  it('is 503 when one does not, and says why to this machine', async () => {
    const { url } = await start({ sources: [memorySource('customers', memorySystem()), failing()] });
    const answer = await fetch(`${url}/readyz`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({
      status: 'not ready',
      sources: [
        { source: 'customers', ok: true },
        { source: 'directory', ok: false, problem: 'ldaps://dc1.corp refused cn=gateway; set bindPassword' },
      ],
    });
  });

  it('says only what is down to strangers, who may stand behind a proxy on this machine', async () => {
    const sources = [failing()];
    const bare = { status: 'not ready', sources: [{ source: 'directory', ok: false }] };
    const trusting = await start({ sources, access: { keys: KEYS }, server: { trustProxy: ['127.0.0.1'] } });
    const stranger = { headers: { 'x-forwarded-for': '203.0.113.9' } };
    expect(await (await fetch(`${trusting.url}/readyz`, stranger)).json()).toEqual(bare);
    const keyed = await fetch(`${trusting.url}/k/${OTHER_SECRET}/readyz`, stranger);
    expect(JSON.stringify(await keyed.json())).toContain('bindPassword');
    const direct = await start({ sources });
    for (const header of ['x-forwarded-for', 'x-real-ip', 'forwarded', 'via']) {
      const answer = await fetch(`${direct.url}/readyz`, { headers: { [header]: '127.0.0.1' } });
      expect(await answer.json()).toEqual(bare);
    }
    expect((await fetch(`${trusting.url}/readyz?key=wrong`)).status).toBe(401);
  });

  it('asks once for many, and again after a reload', async () => {
    const gate = gatedSource();
    const { url, port, gateway, plan, system } = await start({ sources: [gate.source] });
    // In one packet, so that all of them are in hand before the source answers.
    const ask = 'GET /readyz HTTP/1.1\r\nHost: x\r\n';
    const socket = await dial(port);
    socket.write(`${ask}\r\n${ask}\r\n${ask}Connection: close\r\n\r\n`);
    await gate.asked();
    gate.release();
    expect(answersIn(await readAll(socket)).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect(gate.signals).toHaveLength(1);

    await gateway.reload(planOf({}, system));
    expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({ sources: [{ source: 'customers' }] });
    expect(plan.sources.has('customers')).toBe(false);
  });

  it('gives up at the deadline', async () => {
    const { url } = await start({ sources: [gatedSource('hangs').source], server: { deadlineMs: 50 } });
    const answer = await fetch(`${url}/readyz`);
    expect(answer.status).toBe(503);
    expect(JSON.stringify(await answer.json())).toContain('no answer within 50 ms');
  });
});
