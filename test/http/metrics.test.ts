import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLedger } from '../../src/store/ledger.ts';
import { until } from '../gateway/push/harness.ts';
import { noDisk, smallDisk } from '../support/full-disk.ts';
import { call, KEYS, SECRET, start } from './harness.ts';
import { startPushing } from './push-server.ts';

const PATH = `/k/${encodeURIComponent(SECRET)}`;

/** Figures by name and labels: `name{a="b"}` → value. */
async function figuresAt(url: string): Promise<Record<string, number>> {
  const answer = await fetch(`${url}${PATH}/metrics`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    200,
    'text/plain; version=0.0.4; charset=utf-8',
  ]);
  const lines = (await answer.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(lines.map((line) => [line.replace(/ [^ ]+$/, ''), Number(line.split(' ').at(-1))]));
}

describe('/metrics', () => {
  it('counts what became of pushes', async () => {
    const { url, target } = await startPushing();
    const body = JSON.stringify({ xRequest: 1, sTitle: 'Printer' });
    const push = () =>
      fetch(`${url}${PATH}/push/Tickets`, { method: 'POST', body, headers: { 'Content-Type': 'application/json' } });
    await push();
    await push();
    target.fault = () => 422;
    await fetch(`${url}${PATH}/push/Tickets`, {
      ...{ method: 'POST', body: JSON.stringify({ xRequest: 2 }), headers: { 'Content-Type': 'application/json' } },
    });
    expect(await figuresAt(url)).toMatchObject({
      'helpspot_gateway_pushes_total{target="Tickets",result="accepted"}': 2,
      'helpspot_gateway_pushes_total{target="Tickets",result="repeated"}': 1,
      'helpspot_gateway_pushes_total{target="Tickets",result="done"}': 1,
      'helpspot_gateway_pushes_total{target="Tickets",result="failed"}': 1,
      'helpspot_gateway_pushes_waiting{target="Tickets"}': 0,
      'helpspot_gateway_pushes_failed{target="Tickets"}': 1,
      'helpspot_gateway_pushes_unclear{target="Later"}': 0,
    });
  });

  it('counts alerts, which are pushes, beside the others', async () => {
    const { url, gateway } = await startPushing();
    gateway.events.tell({ kind: 'push', target: 'Tickets', result: 'done', isAlert: true });
    gateway.events.tell({ kind: 'push', target: 'Tickets', result: 'done', isAlert: false });
    expect(await figuresAt(url)).toMatchObject({
      'helpspot_gateway_alerts_total{target="Tickets",result="done"}': 1,
      'helpspot_gateway_pushes_total{target="Tickets",result="done"}': 2,
    });
  });

  it('says how many wait, and since when', async () => {
    const { url, target } = await startPushing();
    target.fault = () => 'late';
    const headers = { 'Content-Type': 'application/json' };
    await fetch(`${url}${PATH}/push/Later`, { method: 'POST', body: '{"xRequest":"7"}', headers });
    const waiting = 'helpspot_gateway_pushes_waiting{target="Later"}';
    const oldest = 'helpspot_gateway_pushes_oldest_waiting_seconds{target="Later"}';
    await until(() => target.asked.length === 1);
    const first = await figuresAt(url);
    expect(first[waiting]).toBe(1);
    await until(async () => ((await figuresAt(url))[oldest] ?? 0) > (first[oldest] ?? 0));
    target.release();
    await until(async () => (await figuresAt(url))[waiting] === 0);
    expect((await figuresAt(url))[oldest]).toBe(0);
  });

  it('are there while the store cannot be used, but for those of pushes', async () => {
    const { url } = await startPushing({ openLedger: () => openLedger('/proc/nowhere/gateway.db') });
    await until(async () => (await figuresAt(url))['helpspot_gateway_store_up'] === 0);
    expect(JSON.stringify(await figuresAt(url))).not.toContain('helpspot_gateway_pushes_waiting');
    const usable = await figuresAt((await startPushing()).url);
    expect(usable).toMatchObject({
      helpspot_gateway_store_up: 1,
      'helpspot_gateway_pushes_waiting{target="Later"}': 0,
    });
  });

  it.skipIf(noDisk !== '')(`say that pushes cannot be stored on a full disk, as /readyz does${noDisk}`, async () => {
    const disk = smallDisk(2_000);
    const file = join(disk.folder, 'gateway.db');
    const { url } = await startPushing({ openLedger: () => openLedger(file) });
    const ready = async () => (await fetch(`${url}${PATH}/readyz`)).status;
    const isUp = async () => (await figuresAt(url))['helpspot_gateway_store_up'];
    await until(async () => (await ready()) === 200);
    expect(await isUp()).toBe(1);
    disk.fill();
    await until(async () => (await ready()) === 503, 'a store that is not ready');
    expect(await isUp()).toBe(0);
    // It can be read, so its figures are there.
    expect(await figuresAt(url)).toMatchObject({ 'helpspot_gateway_pushes_waiting{target="Later"}': 0 });
    disk.free();
    await until(async () => (await isUp()) === 1, 'the end of the trouble');
    await until(async () => (await ready()) === 200, 'a store that is ready');
  });

  it('counts and times lookups, but no names that callers make up', async () => {
    const { url } = await start({ access: { keys: KEYS } });
    await fetch(`${url}${PATH}/livelookup?customer_id=12`);
    await fetch(`${url}${PATH}/livelookup/made-up?customer_id=12`);
    const figures = await figuresAt(url);
    expect(figures).toMatchObject({
      'helpspot_gateway_lookups_total{lookup="default",result="answered"}': 1,
      'helpspot_gateway_lookup_duration_seconds_count{lookup="default"}': 1,
    });
    expect(JSON.stringify(figures)).not.toContain('made-up');
  });

  it('is told to this machine without a key, and to others with one only', async () => {
    const running = await start({ access: { keys: KEYS }, server: { trustProxy: ['127.0.0.1'] } });
    expect((await call(running, '/metrics')).status).toBe(200);
    const relayed = { 'X-Forwarded-For': '192.0.2.7' };
    const refused = await call(running, '/metrics', relayed);
    expect([refused.status, refused.body]).toEqual([401, expect.stringMatching(/want a key.*\n/)]);
    expect((await call(running, `${PATH}/metrics`, relayed)).status).toBe(200);
    const wrong = await call(running, '/metrics?key=wrong-key-that-is-long', relayed);
    expect(wrong.status).toBeGreaterThanOrEqual(401);
  });
});
