import { describe, expect, it } from 'vitest';
import { wrongKeysPerMinute } from '../../src/http/limits.ts';
import { call, errorIn, KEYS, OTHER_SECRET, planOf, type Running, SECRET, start } from './harness.ts';

const ENCODED = encodeURIComponent(SECRET);

describe('networks', () => {
  it('refuse everybody else before anything is looked at', async () => {
    const running = await start({ access: { keys: KEYS, networks: ['10.0.0.0/8', '127.0.0.2', '2001:db8::/32'] } });
    for (const path of [`/k/${ENCODED}/livelookup?customer_id=12`, '/livelookup?key=wrong']) {
      const answer = await call(running, path);
      expect(answer.status).toBe(403);
      expect(errorIn(answer.body)).toMatch(/^The address 127\.0\.0\.1 may not call this gateway; .*access\.networks/);
    }
    expect((await call(running, '/healthz')).status).toBe(403);
    const fields = { status: 403, address: '127.0.0.1', path: '/livelookup' };
    expect(running.log.lines[1]).toMatchObject({ level: 'warn', fields });
    expect((await call(running, `/k/${ENCODED}/livelookup`, {}, '127.0.0.2')).status).toBe(200);
  });

  it('know an IPv4 caller on an IPv6 socket', async () => {
    const running = await start({ access: { networks: ['127.0.0.0/8'] }, server: { host: '::' } });
    expect((await call(running, '/livelookup')).status).toBe(200);
    const strict = await start({ access: { networks: ['10.0.0.0/8'] }, server: { host: '::' } });
    expect((await call(strict, '/livelookup')).status).toBe(403);
    expect(strict.log.lines[0]?.fields['address']).toBe('127.0.0.1');
  });
});

describe('a reverse proxy', () => {
  const networks = ['192.0.2.0/24'];
  const from = (header: string) => ({ 'x-forwarded-for': header });

  it('is believed when it is trusted, as far as the first stranger', async () => {
    const running = await start({ access: { networks }, server: { trustProxy: ['127.0.0.1', '10.0.0.0/8'] } });
    const ask = async (header: string) => (await call(running, '/livelookup', from(header))).status;
    expect(await ask('192.0.2.7')).toBe(200);
    expect(await ask('192.0.2.7, 10.1.2.3')).toBe(200);
    expect(await ask('::ffff:192.0.2.7')).toBe(200);
    expect(await ask('192.0.2.7:51234')).toBe(200);
    expect(await ask('192.0.2.7, 203.0.113.9')).toBe(403);
    expect(await ask('garbage')).toBe(403);
    expect(await ask('')).toBe(403);
  });

  it('is believed for the end of what it passes on, and no more of that is read', async () => {
    const running = await start({ access: { networks }, server: { trustProxy: ['127.0.0.1', '10.0.0.0/8'] } });
    const ask = async (header: string) => (await call(running, '/livelookup', from(header))).status;
    expect(await ask(`${'10.0.0.1,'.repeat(90_000)}192.0.2.7, 10.0.0.1`)).toBe(200);
    expect(await ask(`${'x'.repeat(9_000)}, 192.0.2.7`)).toBe(200);
    expect(await ask(`192.0.2.7${', 10.0.0.1'.repeat(90_000)}`)).toBe(403);
    expect(running.log.lines.at(-1)?.fields['address']).toBe('10.0.0.1');
  });

  it('is not believed when it is not trusted', async () => {
    for (const trustProxy of [[], ['10.0.0.0/8']]) {
      const running = await start({ access: { networks }, server: { trustProxy } });
      expect((await call(running, '/livelookup', from('192.0.2.7'))).status).toBe(403);
      expect(running.log.lines[0]?.fields['address']).toBe('127.0.0.1');
    }
  });
});

describe('the rate limit', () => {
  const ask = (running: Running, secret: string, headers = {}) =>
    call(running, `/k/${encodeURIComponent(secret)}/livelookup?customer_id=12`, headers);

  it('counts each key and address, and says when to come back', async () => {
    const running = await start({ access: { keys: KEYS, ratePerMinute: 2 }, server: { trustProxy: ['127.0.0.1'] } });
    const statuses = [await ask(running, SECRET), await ask(running, SECRET), await ask(running, SECRET)];
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 429]);
    const over = statuses[2];
    const seconds = Number(over?.headers['retry-after']);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(errorIn(over?.body ?? '')).toMatch(/^More than 2 calls in a minute .*; try again in \d+ seconds?$/);
    expect((await ask(running, OTHER_SECRET)).status).toBe(200);
    expect((await ask(running, SECRET, { 'x-forwarded-for': '192.0.2.7' })).status).toBe(200);
    expect((await call(running, '/healthz')).status).toBe(200);
  });

  it('is not escaped by an invented address, nor by another of one IPv6 network', async () => {
    const direct = await start({ access: { keys: KEYS, ratePerMinute: 1 } });
    await ask(direct, SECRET, { 'x-forwarded-for': '192.0.2.1' });
    expect((await ask(direct, SECRET, { 'x-forwarded-for': '192.0.2.2' })).status).toBe(429);
    const proxied = await start({ access: { keys: KEYS, ratePerMinute: 1 }, server: { trustProxy: ['127.0.0.1'] } });
    await ask(proxied, SECRET, { 'x-forwarded-for': '2001:db8::1' });
    expect((await ask(proxied, SECRET, { 'x-forwarded-for': '2001:db8::2' })).status).toBe(429);
    expect((await ask(proxied, SECRET, { 'x-forwarded-for': '2001:db9::2' })).status).toBe(200);
  });

  it('counts a call once, though it falls through to a 404', async () => {
    const running = await start({ access: { ratePerMinute: 2 } });
    const paths = ['/livelookup/a/b', '/livelookup/a/b', '/livelookup/a/b'];
    const statuses = [];
    for (const path of paths) statuses.push((await call(running, path)).status);
    expect(statuses).toEqual([404, 404, 429]);
  });

  it('counts calls without a key too', async () => {
    const running = await start({ access: { keys: KEYS, ratePerMinute: 1 } });
    expect((await call(running, '/livelookup')).status).toBe(401);
    expect((await call(running, '/livelookup')).status).toBe(429);
  });

  it('stops an address that guesses, and never one that shows a right key', async () => {
    const running = await start({ access: { keys: KEYS } });
    for (let guess = 0; guess < wrongKeysPerMinute; guess += 1) {
      expect((await call(running, `/livelookup?key=guess-${guess}`)).status).toBe(401);
    }
    expect((await ask(running, SECRET)).status).toBe(200);
    const over = await call(running, '/livelookup?key=one-more');
    expect(over.status).toBe(429);
    expect(Number(over.headers['retry-after'])).toBeGreaterThan(0);
    expect(errorIn(over.body)).toMatch(/^Too many calls with a wrong key/);
    expect((await ask(running, SECRET)).status).toBe(200);
    expect((await call(running, '/livelookup?key=yet-another')).status).toBe(429);
    expect((await call(running, `/k/${ENCODED}/livelookup`, {}, '127.0.0.2')).status).toBe(200);
  });
});

describe('a reload', () => {
  it('changes keys, networks, the rate and the trusted proxies from the next call on', async () => {
    const running = await start({ access: { keys: KEYS, ratePerMinute: 1 } });
    const { gateway, system } = running;
    const statusOf = async (path: string, headers = {}) => (await call(running, path, headers)).status;
    expect(await statusOf(`/k/${ENCODED}/livelookup`)).toBe(200);
    expect(await statusOf(`/k/${ENCODED}/livelookup`)).toBe(429);

    await gateway.reload(planOf({ access: { keys: [{ name: 'new', secret: 'new-secret' }] } }, system));
    expect(await statusOf(`/k/${ENCODED}/livelookup`)).toBe(401);
    expect(await statusOf('/k/new-secret/livelookup')).toBe(200);
    expect(await statusOf('/k/new-secret/livelookup')).toBe(200);

    const access = { networks: ['192.0.2.0/24'] };
    await gateway.reload(planOf({ access }, system));
    expect(await statusOf('/livelookup', { 'x-forwarded-for': '192.0.2.7' })).toBe(403);
    await gateway.reload(planOf({ access, server: { trustProxy: ['127.0.0.1'] } }, system));
    expect(await statusOf('/livelookup', { 'x-forwarded-for': '192.0.2.7' })).toBe(200);
    expect(await statusOf('/livelookup')).toBe(403);
  });
});

it('a network that is none stops the start', async () => {
  const words = /access\.networks: "10\.0\.0\.0\/33" is no address/;
  await expect(start({ access: { networks: ['10.0.0.0/33'] } })).rejects.toThrow(words);
});
