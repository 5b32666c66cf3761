/** What happens to lookups when the directory, or the way to it, fails. */

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import ldap from '../../../adapters/ldap/index.ts';
import { DeadlineExceeded } from '../../../src/contract/index.ts';
import { createGateway, type Gateway } from '../../../src/gateway/gateway.ts';
import { USUAL_ASKING } from '../../support/adapter-suite/subject.ts';
import { requireOpenLdap } from '../../support/directory/availability.ts';
import { type Cutter, startCutter } from '../../support/directory/cutter.ts';
import { borrowOpenLdap } from '../../support/directory/openldap.ts';
import type { DirectoryServer } from '../../support/directory/server.ts';
import { recordedLog } from '../../support/log.ts';
import { reasonOf } from '../../support/packages.ts';
import { gatewayPlan, steps } from '../../support/plans.ts';
import { openOn, settingsFor } from './source.ts';

const DEADLINE_MS = 1_500;
/** What a busy machine may add to a deadline. */
const SLACK_MS = 5_000;

const slapd = await requireOpenLdap();

describe.skipIf(!slapd.ok)(`ldap when things fail${reasonOf(slapd)}`, () => {
  let server: DirectoryServer;
  beforeAll(async () => {
    server = await borrowOpenLdap({ idleSeconds: 3 });
  });
  afterAll(() => server?.stop());

  /** A whole gateway with one lookup in the directory. */
  function gatewayOn(more: object = {}): Gateway {
    const source = {
      name: 'directory',
      adapter: ldap,
      title: 'LDAP directory',
      timeoutMs: undefined,
      ...USUAL_ASKING,
      // After three failures it rests, and comes back soon.
      breaker: { failures: 3, retryMs: 100, longestMs: 200 },
      settings: ldap.settings.parse(settingsFor(server, more)),
      directory: '/',
      written: 'directory',
    };
    const match = { match: steps('customer_id') };
    const around = { server: { host: '127.0.0.1', port: 0, deadlineMs: DEADLINE_MS, trustProxy: [] } };
    const gateway = createGateway(gatewayPlan([source], match, around), { log: recordedLog() });
    onTestFinished(() => gateway.close());
    return gateway;
  }

  /** One lookup: the number of customers, or the status of the failure. Nobody is never the answer. */
  async function lookup(gateway: Gateway): Promise<number> {
    const started = performance.now();
    const outcome = await gateway.lookup({ lookup: 'default', parameters: { customer_id: 'boss' } });
    expect(performance.now() - started).toBeLessThan(DEADLINE_MS + SLACK_MS);
    if (outcome.failure !== undefined) return outcome.failure.status;
    expect(outcome.answer.customers).toHaveLength(1);
    return 1;
  }

  async function cutterTo(): Promise<Cutter> {
    const cutter = await startCutter({ host: server.host, port: server.tlsPort });
    onTestFinished(() => cutter.stop());
    return cutter;
  }

  const through = ({ host, port }: Cutter) => ({ url: `ldaps://${host}:${port}` });

  test.each([
    ['LDAPS', () => ({})],
    ['StartTLS', () => ({ url: server.url, startTls: true })],
  ])(
    'an idle connection that the server closed costs no lookup, and the next is bound again: %s',
    async (_name, more) => {
      const cutter = await startCutter({ host: server.host, port: _name === 'LDAPS' ? server.tlsPort : server.port });
      onTestFinished(() => cutter.stop());
      const scheme = _name === 'LDAPS' ? 'ldaps' : 'ldap';
      const gateway = gatewayOn({ ...more(), url: `${scheme}://${cutter.host}:${cutter.port}` });
      expect(await lookup(gateway)).toBe(1);
      expect(cutter.accepted).toBe(1);
      await expect.poll(() => cutter.open, { timeout: 20_000 }).toBe(0);
      expect(await lookup(gateway)).toBe(1);
      expect(cutter.accepted).toBe(2);
    },
  );

  test('a restart between two lookups costs none', async () => {
    const gateway = gatewayOn();
    expect(await lookup(gateway)).toBe(1);
    await server.restart();
    expect(await lookup(gateway)).toBe(1);
  });

  test('killed and started again under load: lookups fail with a word, never with nobody, and then succeed', async () => {
    const gateway = gatewayOn();
    const statuses: number[] = [];
    let go = true;
    const load = Array.from({ length: 6 }, async () => {
      while (go) {
        statuses.push(await lookup(gateway));
        // A source that rests answers without waiting for anything; the clock must have its turn.
        await sleep(5);
      }
    });
    await expect.poll(() => statuses.length).toBeGreaterThan(20);
    await server.kill();
    await expect.poll(() => statuses.filter((status) => status === 503).length).toBeGreaterThan(5);
    await server.restart();
    await expect.poll(() => lookup(gateway), { timeout: 30_000 }).toBe(1);
    go = false;
    await Promise.all(load);
    expect(new Set(statuses)).toEqual(new Set([1, 503]));
    const after = await Promise.all(Array.from({ length: 8 }, () => lookup(gateway)));
    expect(after).toEqual(Array(8).fill(1));
  });

  test('a connection that is cut in the middle of an answer: the search is asked again', async () => {
    const cutter = await cutterTo();
    const directory = await openOn(server, through(cutter));
    const wide = { match: 'contains', limit: 200 } as const;
    expect(await directory.find({ email: 'example.test' }, wide)).toHaveLength(200);
    cutter.cutAfter(5_000);
    expect(await directory.find({ email: 'example.test' }, wide)).toHaveLength(200);
    expect(cutter.accepted).toBe(2);
  });

  test('all connections cut at once: no lookup fails', async () => {
    const cutter = await cutterTo();
    const gateway = gatewayOn(through(cutter));
    await Promise.all(Array.from({ length: 4 }, () => lookup(gateway)));
    cutter.cut();
    expect(await Promise.all(Array.from({ length: 4 }, () => lookup(gateway)))).toEqual([1, 1, 1, 1]);
  });

  test('an answer that never comes: every lookup ends at its deadline, and they succeed again by themselves', async () => {
    const cutter = await cutterTo();
    const gateway = gatewayOn(through(cutter));
    await Promise.all(Array.from({ length: 4 }, () => lookup(gateway)));
    cutter.silence();
    // More than there are connections: some wait for a connection, some for an answer.
    const lost = await Promise.all(Array.from({ length: 10 }, () => lookup(gateway)));
    for (const status of lost) expect([503, 504]).toContain(status);
    await cutter.restore();
    await expect.poll(() => lookup(gateway), { timeout: 30_000 }).toBe(1);
  });

  test('connections that a firewall forgot: one lookup is late, and then none', async () => {
    const firewall = await startFirewall({ host: server.host, port: server.tlsPort });
    const gateway = gatewayOn({ url: `ldaps://127.0.0.1:${firewall.port}` });
    await Promise.all(Array.from({ length: 4 }, () => lookup(gateway)));
    firewall.forget();
    expect(await lookup(gateway)).toBe(504);
    for (let round = 0; round < 4; round += 1) expect(await lookup(gateway)).toBe(1);
  });

  test('a server that stands still, and goes on', async () => {
    const gateway = gatewayOn();
    expect(await lookup(gateway)).toBe(1);
    server.pause();
    try {
      // The signal takes effect when the server is next on a processor.
      await expect.poll(() => lookup(gateway), { timeout: 30_000, interval: 1 }).toBe(504);
      expect([503, 504]).toContain(await lookup(gateway));
    } finally {
      server.resume();
    }
    await expect.poll(() => lookup(gateway), { timeout: 30_000 }).toBe(1);
  });

  test('a search that ran out of time is abandoned on the wire', async () => {
    const directory = await openOn(server);
    await directory.find({ customer_id: 'boss' });
    const controller = new AbortController();
    const reason = new DeadlineExceeded(1);
    server.pause();
    const search = directory.find({ customer_id: 'star' }, { signal: controller.signal });
    setImmediate(() => controller.abort(reason));
    try {
      await expect(search).rejects.toBe(reason);
    } finally {
      server.resume();
    }
    await expect.poll(() => server.log).toMatch(/ ABANDON msg=\d+[\s\S]* UNBIND/);
    expect(await directory.find({ customer_id: 'star' })).toHaveLength(1);
  });

  test('another password: who is bound goes on, a new connection is refused with a word; with the old one all is well', async () => {
    const old = server.bindPassword;
    const cutter = await cutterTo();
    const settings = through(cutter);
    const gateway = gatewayOn(settings);
    expect(await lookup(gateway)).toBe(1);
    await server.setPassword('another secret');
    try {
      expect(await lookup(gateway)).toBe(1);
      const [row] = await gateway.check();
      expect(row).toMatchObject({ ok: false, problem: expect.stringContaining('the password is wrong') });
      cutter.cut();
      const outcome = await gateway.lookup({ lookup: 'default', parameters: { customer_id: 'boss' } });
      expect(outcome.failure).toMatchObject({
        status: 502,
        message: expect.stringContaining('LDAP directory refused the credentials of the gateway'),
      });
    } finally {
      await server.setPassword(old);
    }
    // A password that was refused is tried again when the configuration is read.
    await gateway.reload(gateway.plan);
    await expect.poll(() => lookup(gateway), { timeout: 30_000 }).toBe(1);
  });

  test('a second server takes over from the first', async () => {
    const cutter = await cutterTo();
    const gateway = gatewayOn({ url: [`ldaps://${cutter.host}:${cutter.port}`, server.tlsUrl] });
    expect(await lookup(gateway)).toBe(1);
    expect(cutter.accepted).toBe(1);
    await cutter.refuse();
    expect(await lookup(gateway)).toBe(1);
    expect(await lookup(gateway)).toBe(1);
  });
});

/** A way to the server on which what is open falls silent, without a word to either side; new connections work. */
async function startFirewall(target: { host: string; port: number }): Promise<{ port: number; forget(): void }> {
  const sockets = new Set<Socket>();
  const listener = createServer((client) => {
    const upstream = connect(target);
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
  });
  await once(listener.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => listener.close(resolve));
  });
  const address = listener.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    port,
    forget: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
  };
}
