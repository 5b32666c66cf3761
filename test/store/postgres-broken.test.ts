/** A connection to PostgreSQL that breaks, at the worst moment: while a transaction is being confirmed. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Ledger } from '../../src/gateway/push/ledger.ts';
import { openPostgresLedger } from '../../src/store/postgres/ledger.ts';
import { startCutter } from '../support/directory/cutter.ts';
import { reasonOf } from '../support/packages.ts';
import { requirePostgres } from '../support/sql/postgres.ts';
import { borrowedStoreServer, newStorePlan } from './stores.ts';
import { anyPush } from './support.ts';

const available = await requirePostgres();
const LEASE_MS = 2_000;

/** What becomes of the COMMIT of a transaction that has a text in it: the server gets it, and the client no answer; or the server never gets it. */
type Break = 'before' | 'behind';

/** In front of a server. */
class CommitBreaker {
  next: { readonly text: string; readonly how: Break } | undefined;
  /** Afterwards nobody gets a connection. */
  refuses = false;
  #port = 0;

  get port(): number {
    return this.#port;
  }

  async start(serverPort: number): Promise<void> {
    const proxy = createServer((client) => {
      if (this.refuses) client.destroy();
      else this.#forward(client, connect(serverPort, '127.0.0.1'));
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const address: AddressInfo | string | null = proxy.address();
    if (typeof address === 'object' && address !== null) this.#port = address.port;
    onTestFinished(() => void proxy.close());
  }

  #forward(client: Socket, server: Socket): void {
    let isBroken = false;
    let isMeant = false;
    for (const socket of [client, server]) {
      socket.on('error', () => undefined);
      socket.on('close', () => [client, server].map((one) => one.destroy()));
    }
    client.on('data', (bytes) => {
      isMeant ||= this.next !== undefined && bytes.includes(this.next.text);
      const breaks = isMeant && bytes.includes('COMMIT') ? this.next?.how : undefined;
      if (breaks !== undefined) this.next = undefined;
      if (breaks === 'before') client.destroy();
      else server.write(bytes);
      isBroken ||= breaks === 'behind';
    });
    server.on('data', (bytes) => {
      if (isBroken) client.destroy();
      else client.write(bytes);
    });
  }
}

describe.skipIf(!available.ok)(`a connection that breaks${reasonOf(available)}`, () => {
  const server = borrowedStoreServer();

  async function behind(port: (of: number) => Promise<number>, leaseMs = 60_000) {
    const plan = { ...newStorePlan(server), leaseMs };
    const url = plan.url.replace(`:${server().port}/`, `:${await port(server().port)}/`);
    const open = async (reached: string): Promise<Ledger> => {
      const ledger = await openPostgresLedger({ ...plan, url: reached });
      onTestFinished(() => ledger.close());
      return ledger;
    };
    return { ledger: await open(url), straight: () => open(plan.url) };
  }

  async function breaking(leaseMs?: number) {
    const breaker = new CommitBreaker();
    const opened = await behind(async (port) => {
      await breaker.start(port);
      return breaker.port;
    }, leaseMs);
    return { breaker, ...opened };
  }

  it.each(['before', 'behind'] as const)('%s the server has it loses nothing and repeats nothing', async (how) => {
    const { breaker, ledger } = await breaking();
    const push = anyPush({ duplicateWindowMs: 0 });
    breaker.next = { text: push.id, how };
    expect(await ledger.accept([push])).toMatchObject([{ isNew: true, row: { id: push.id } }]);
    expect(breaker.next).toBeUndefined();
    expect(await ledger.list({ limit: 9 })).toMatchObject([{ id: push.id, state: 'waiting' }]);
  });

  it('and does not come back is told; what was stored all the same is for whoever finds it', async () => {
    const { breaker, ledger, straight } = await breaking(LEASE_MS);
    const push = anyPush({ mode: 'direct' });
    breaker.next = { text: push.id, how: 'behind' };
    breaker.refuses = true;
    await expect(ledger.accept([push])).rejects.toMatchObject({ kind: 'busy' });
    breaker.refuses = false;
    const other = await straight();
    expect(await other.row(push.id)).toMatchObject({ state: 'sending' });
    await wait(LEASE_MS + 100);
    // The gateway lives, under another name: it goes on with what it begins from now on.
    const later = anyPush({ mode: 'direct' });
    await ledger.accept([later]);
    expect(await other.recover(() => 0)).toMatchObject([{ id: push.id, state: 'waiting' }]);
    expect(await other.row(later.id)).toMatchObject({ state: 'sending' });
  });

  it('without a word is noticed in time, and mended when the network is', async () => {
    const { startedCutter, ledger } = await (async () => {
      const cutters: Awaited<ReturnType<typeof startCutter>>[] = [];
      const opened = await behind(async (port) => {
        const cutter = await startCutter({ host: '127.0.0.1', port });
        cutters.push(cutter);
        onTestFinished(() => cutter.stop());
        return cutter.port;
      });
      return { startedCutter: cutters[0], ...opened };
    })();
    startedCutter?.silence();
    const began = performance.now();
    const gone = new Error('staff have gone');
    const signal = AbortSignal.timeout(500);
    const accepted = ledger.accept([anyPush()], signal).catch(() => gone);
    const asked = ledger.figures().catch((error: unknown) => error);
    expect(await accepted).toBe(gone);
    expect(performance.now() - began).toBeLessThan(2_500);
    expect(await asked).toMatchObject({ kind: 'busy' });
    expect(performance.now() - began).toBeLessThan(9_000);
    await startedCutter?.restore();
    await expect
      .poll(
        () =>
          ledger.prove().then(
            () => true,
            () => false,
          ),
        { timeout: 20_000 },
      )
      .toBe(true);
    expect(await ledger.figures()).toEqual([]);
  });
});
