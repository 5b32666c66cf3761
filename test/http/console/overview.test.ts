import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Statistics } from '../../../src/gateway/statistics.ts';
import { GatewayEvents } from '../../../src/gateway/telemetry.ts';
import { startConsole } from './harness.ts';
import { consoleOfRoles, Visitor } from './visitor.ts';

const HOUR_MS = 3_600_000;
const NOON = Date.parse('2026-03-04T12:30:00Z');

describe('what is counted', () => {
  const events = new GatewayEvents();
  const answered = (seconds: number) => events.tell({ kind: 'source', source: 'crm', result: 'answered', seconds });

  beforeEach(() => void vi.useFakeTimers({ now: NOON, toFake: ['Date'] }));
  afterEach(() => void vi.useRealTimers());

  it('is a day of answer times, hour by hour', () => {
    const statistics = new Statistics(events, () => true);
    for (let hour = 0; hour < 30; hour += 1) {
      vi.setSystemTime(NOON + hour * HOUR_MS);
      answered(hour === 29 ? 2 : 0.01);
      if (hour % 2 === 1) events.tell({ kind: 'source', source: 'crm', result: 'timeout', seconds: 9 });
    }
    const hours = statistics.sourceHours('crm');
    expect(hours).toHaveLength(24);
    expect(hours.map(({ calls }) => calls)).toEqual(Array.from({ length: 24 }, (_, at) => 1 + (at % 2)));
    expect(hours.at(-1)).toMatchObject({ at: Date.parse('2026-03-05T17:00:00Z'), failed: 1 });
    // Bounds are a third apart.
    expect(hours.at(-1)?.p95).toBeGreaterThanOrEqual(2);
    expect(hours.at(-1)?.p95).toBeLessThan(2.7);
    expect(hours.at(0)?.p50).toBeLessThan(0.014);
    expect(statistics.source('crm')).toMatchObject({ calls: 3, failed: 1 });
    expect(statistics.sourceHours('nobody').every(({ calls, p50 }) => calls === 0 && p50 === undefined)).toBe(true);
  });

  it('is nothing while nobody could look at it', () => {
    let isWanted = false;
    const statistics = new Statistics(events, () => isWanted);
    const lookup = () => events.tell({ kind: 'lookup', lookup: 'default', seconds: 0.1, failed: false });
    lookup();
    answered(0.1);
    expect(statistics.source('crm').calls).toBe(0);
    isWanted = true;
    lookup();
    answered(0.1);
    expect(statistics.hours().reduce((sum, { lookups }) => sum + lookups, 0)).toBe(1);
    expect(statistics.source('crm').calls).toBe(1);
  });
});

it('counts from when a console is configured', async () => {
  const { gateway, url } = await startConsole((plan) => ({ ...plan, console: undefined }));
  const lookup = () => fetch(`${url}/livelookup?customer_id=12`);
  await lookup();
  await gateway.reload({ ...gateway.plan, console: consoleOfRoles() });
  const viewer = await Visitor.signIn(url, 'viewer');
  expect((await viewer.get('/console/')).html).not.toContain('role="img"');
  await lookup();
  const { html } = await viewer.get('/console/');
  expect(html).toMatch(/role="img" aria-label="Lookups of 24 hours by the hour: 1, 0 of them with an error;/);
});

it('draws lookups and answer times, and has them in words and in tables', async () => {
  const { url, signedIn, gateway } = await startConsole();
  for (let call = 0; call < 3; call += 1) await fetch(`${url}/livelookup?customer_id=12`);
  for (let at = 0; at < 9; at += 1) {
    gateway.events.tell({ kind: 'source', source: 'customers', result: 'answered', seconds: 0.5 });
  }
  gateway.events.tell({ kind: 'source', source: 'customers', result: 'timeout', seconds: 5 });
  gateway.events.tell({ kind: 'lookup', lookup: 'default', seconds: 5, failed: true });
  const { html } = await (await signedIn('viewer')).get('/console/');
  expect(html).toContain('aria-label="Lookups of 24 hours by the hour: 4, 1 of them with an error; the most, 4, in');
  expect(html).toMatch(/aria-label="Answer times of customers by the hour: 13 calls in 24 hours; in the slowest/);
  const [lookups = '', times = ''] = [...html.matchAll(/<figure>.*?<\/figure>/gs)].map(([figure]) => figure);
  expect(lookups).toMatch(/<td>4<\/td><td>1<\/td>/);
  expect(times).toMatch(/<td>13<\/td><td>1<\/td><td>\d+ ms<\/td><td>\d+ ms<\/td>/);
  // 4 lookups are the height of the drawing, 1 failure a quarter of it.
  expect(lookups).toMatch(/class="main" x="\d+" y="0" width="18" height="100"/);
  expect(lookups).toMatch(/class="failed" x="\d+" y="75" width="18" height="25"/);
  expect(html).not.toContain('style=');
});
