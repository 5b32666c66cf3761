/** Somebody is told of pushes that went wrong: by mail through a real SMTP server, and by other push targets. */

import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import email from '../../../adapters/email/index.ts';
import webhook from '../../../adapters/webhook/index.ts';
import type { Adapter } from '../../../src/contract/index.ts';
import { createGateway, type Gateway } from '../../../src/gateway/gateway.ts';
import type { GatewayPlan, SourcePlan } from '../../../src/gateway/plan.ts';
import type { AlertsPlan, PushTargetPlan } from '../../../src/gateway/push/plan.ts';
import type { GatewayEvent } from '../../../src/gateway/telemetry.ts';
import { openLedger } from '../../../src/store/ledger.ts';
import { startStandIn } from '../../support/http/stand-in.ts';
import { recordedLog } from '../../support/log.ts';
import { readMail } from '../../support/mail-reader.ts';
import { memorySystem } from '../../support/memory-adapter.ts';
import { memorySource } from '../../support/plans.ts';
import { pushAdapter } from '../../support/push-adapter.ts';
import { type MailStandIn, startMailServer } from '../../support/smtp.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { benchPlan, newTarget, pushed, pushTargetPlan, until } from './harness.ts';

const EVERY_MS = 1_000;
/** Longer than it takes until an alert is out that is due. */
const QUIET_MS = 3 * EVERY_MS + 1_000;

interface Receiver {
  readonly source: SourcePlan;
  readonly plan?: Partial<PushTargetPlan>;
}

function source(name: string, adapter: Adapter, settings: object): SourcePlan {
  return memorySource(name, memorySystem(), { adapter, title: name, settings: adapter.settings.parse(settings) });
}

function mailTo(server: MailStandIn): Receiver {
  const settings = {
    host: '127.0.0.1',
    port: server.port,
    security: 'none',
    from: 'a@example.com',
    to: 'ops@example.com',
  };
  return { source: source('mail', email, settings) };
}

/** Gateways on one store: Tickets, and what alerts go to. */
async function alertBench(receivers: Readonly<Record<string, Receiver>>, more: Partial<AlertsPlan> = {}) {
  const target = await newTarget();
  const store = join(await temporaryFolder(), 'gateway.db');
  const base = benchPlan(
    { plan: { mode: 'queued', retry: { firstMs: 20, longestMs: 20, giveUpAfterMs: 60_000 } } },
    target,
    store,
  );
  const plan: GatewayPlan = {
    ...base,
    sources: new Map([
      ...base.sources,
      ...Object.entries(receivers).map(([, { source: own }]) => [own.name, own] as const),
    ]),
    push: new Map([
      ...base.push,
      ['Now', pushTargetPlan({ name: 'Now' })],
      ...Object.entries(receivers).map(
        ([name, one]) =>
          [
            name,
            pushTargetPlan({
              name,
              source: one.source.name,
              mode: 'queued',
              retry: { firstMs: 20, longestMs: 20, giveUpAfterMs: 200 },
              ...one.plan,
            }),
          ] as const,
      ),
    ]),
    alerts: { push: Object.keys(receivers), when: ['failed', 'unclear', 'targetDown'], everyMs: EVERY_MS, ...more },
  };
  const log = recordedLog();
  const gateway = (own: GatewayPlan = plan): Gateway => {
    const made = createGateway(own, { log, openLedger: () => openLedger(store) });
    onTestFinished(() => made.close());
    return made;
  };
  /** One that runs, for which alerts have begun. */
  const running = async (own?: GatewayPlan) => {
    const made = gateway(own);
    // Not both at once: two openings of a new file in one process wait for each other.
    const ledger = await openLedger(store, { sends: false });
    made.pushes.start();
    const order = { states: ['failed'], withTargets: false, targets: ['x'], settleMs: 0, everyMs: 0, most: 1 } as const;
    await until(async () => (await ledger.alerts.dueAt(order)) === undefined, 'the beginning of alerts');
    await ledger.close();
    return made;
  };
  return { target, store, plan, log, gateway, running };
}

/** Pushes to a target that refuses, for whom staff wait. */
async function fail(gateway: Gateway, count: number, from = 0): Promise<void> {
  const one = (number: number) =>
    gateway.push({ target: 'Now', request: pushed({ xRequest: String(number), sTitle: 'Private title' }) });
  // As many at once as a source is asked.
  for (let done = 0; done < count; done += 8) {
    await Promise.all(Array.from({ length: Math.min(8, count - done) }, (_, index) => one(from + done + index)));
  }
}

const mails = (server: MailStandIn) =>
  server.mails.map(({ raw }) => {
    const mail = readMail(raw);
    return { subject: mail.header('subject'), lines: mail.text.trim().split(/\r?\n/) };
  });

describe('pushes that failed', { timeout: 60_000 }, () => {
  it('are told in one mail, though the gateway was stopped before it was out, without values of customers', async () => {
    const server = await startMailServer();
    const { target, gateway, running } = await alertBench({ Ops: mailTo(server) });
    await (await running()).close();
    target.fault = () => 422;
    target.said = 'Private title is refused';
    // Never started: it makes no alert, as one that is killed within seconds.
    const first = gateway();
    await fail(first, 300, 1_000);
    await first.close();
    expect(server.mails).toEqual([]);
    gateway().pushes.start();
    await until(() => server.mails.length > 0, 'the mail');
    await wait(QUIET_MS);
    const [mail, ...others] = mails(server);
    expect(others).toEqual([]);
    expect(mail?.subject).toBe('HelpSpot pushes: 300 failed');
    expect(mail?.lines).toHaveLength(1 + 1 + 50 + 1);
    expect(mail?.lines[0]).toBe('300 failed.');
    expect(mail?.lines[2]).toMatch(
      /^failed: request 1\d\d\d to Now \(ref [\da-f]+\): the ticket system said: \*\*\* is refused.*; see helpspot-gateway pushes show q-[\w-]+$/,
    );
    expect(mail?.lines.at(-1)).toBe('and 250 more: helpspot-gateway pushes list --state=failed,unclear');
    expect(server.mails.map(({ raw }) => raw).join()).not.toContain('Private');
  });

  it('are told with titles where customers’ values may be logged', async () => {
    const server = await startMailServer();
    const { target, plan, running } = await alertBench({ Ops: mailTo(server) });
    target.fault = () => 422;
    const gateway = await running({ ...plan, log: { level: 'info', customerValues: true } });
    await fail(gateway, 1);
    await until(() => server.mails.length > 0, 'the mail');
    expect(mails(server)[0]?.lines[2]).toMatch(/^failed: request 0 "Private title" to Now/);
  });

  it('are told by one of two gateways on one store, and the next ones later', async () => {
    const server = await startMailServer();
    const { target, running } = await alertBench({ Ops: mailTo(server) });
    target.fault = () => 422;
    const both = [await running(), await running()] as const;
    await fail(both[0], 3);
    await fail(both[1], 3, 10);
    await until(() => server.mails.length > 0, 'the mail');
    await wait(QUIET_MS);
    expect(mails(server).map(({ subject }) => subject)).toEqual(['HelpSpot pushes: 6 failed']);
    await fail(both[0], 1, 20);
    await until(() => server.mails.length > 1, 'the other mail');
    expect(mails(server)[1]?.lines[0]).toMatch(/^1 failed since the last alert \(.*\d\d:\d\d\)\.$/);
  });

  it('are not told when the same request got there since', async () => {
    const server = await startMailServer();
    const { target, running } = await alertBench({ Ops: mailTo(server) });
    const gateway = await running();
    target.fault = (call) => (call === 1 ? 422 : undefined);
    const request = pushed({ xRequest: '7' });
    expect((await gateway.push({ target: 'Now', request })).failure).toBeDefined();
    expect((await gateway.push({ target: 'Now', request })).id).toBe('1');
    await wait(QUIET_MS);
    expect(server.mails).toEqual([]);
  });

  it('are told to a web hook too, with title and text, and nothing of a request', async () => {
    const hook = await startStandIn(() => ({ status: 200, body: 'ok' }));
    onTestFinished(() => hook.close());
    const settings = { url: `${hook.url}/alerts` };
    const { target, running } = await alertBench({
      Ops: {
        source: source('hook', webhook, settings),
        plan: { title: '{{sTitle}}', body: '{{note}}', fields: { project: '{{Custom5}}', team: 'it {{Custom6}}' } },
      },
    });
    target.fault = () => 422;
    await fail(await running(), 1, 5);
    await until(() => hook.received.length > 0, 'the call of the hook');
    const body = hook.received[0]?.json();
    expect(body).toMatchObject({
      title: 'HelpSpot pushes: 1 failed',
      body: expect.stringMatching(/^1 failed\.\n\nfailed: request 5 to Now/),
    });
  });
});

describe('an alert that cannot be sent', { timeout: 60_000 }, () => {
  it('is no cause of another, neither to the same nor to another receiver', async () => {
    const server = await startMailServer();
    const other = await newTarget();
    other.fault = () => 422;
    server.faults.push(...Array.from({ length: 100 }, () => ({ at: 'data', code: 554, words: 'no' }) as const));
    const { target, store, log, running } = await alertBench({
      Ops: mailTo(server),
      Boss: { source: source('boss', pushAdapter(), { url: other.url }) },
    });
    target.fault = () => 422;
    const gateway = await running();
    const results: GatewayEvent[] = [];
    gateway.events.listen((event) => void results.push(event));
    await fail(gateway, 1);
    const ledger = await openLedger(store, { sends: false });
    onTestFinished(() => ledger.close());
    const alerts = async () => (await ledger.list({ limit: 99 })).filter(({ isAlert }) => isAlert);
    await until(async () => {
      const made = await alerts();
      return made.length === 2 && made.every(({ state }) => state === 'failed');
    }, 'the end of both');
    await wait(QUIET_MS);
    expect(await alerts()).toHaveLength(2);
    expect(
      results.filter((event) => event.kind === 'push' && event.isAlert === true && event.result === 'failed'),
    ).toHaveLength(2);
    expect(log.lines.filter(({ message }) => message === 'a push failed for good')).toHaveLength(3);
  });

  it('waits for its receiver, which is down, and what comes meanwhile is told in the next', async () => {
    const other = await newTarget();
    other.fault = () => 503;
    const retry = { firstMs: 50, longestMs: 50, giveUpAfterMs: 60_000 };
    const { target, log, running } = await alertBench({
      Boss: { source: source('boss', pushAdapter(), { url: other.url }), plan: { retry } },
    });
    target.fault = () => 422;
    const gateway = await running();
    await fail(gateway, 1);
    await until(() => other.asked.length > 0, 'the try to tell');
    await fail(gateway, 2, 10);
    await until(
      () => log.lines.some(({ message }) => message.startsWith('an alert does not get out')),
      'the log of the alert',
    );
    // Three pushes that fail are an outage; requests go there too.
    for (const xRequest of ['90', '91', '92']) await gateway.push({ target: 'Boss', request: pushed({ xRequest }) });
    await until(
      () => log.lines.some(({ message }) => message.startsWith('the push target of alerts is down')),
      'the log',
    );
    await wait(QUIET_MS);
    other.fault = () => undefined;
    await until(() => other.tickets.filter(({ title }) => title.startsWith('HelpSpot pushes')).length === 2, 'both');
    const told = other.tickets.map(({ title }) => title).filter((title) => title.startsWith('HelpSpot pushes'));
    expect(told).toEqual(['HelpSpot pushes: 1 failed', 'HelpSpot pushes: 2 failed']);
  });
});

describe('a push target that is down', { timeout: 60_000 }, () => {
  it('is told, and that it is back, over a restart', async () => {
    const server = await startMailServer();
    const { target, running } = await alertBench({ Ops: mailTo(server) });
    const first = await running();
    target.fault = () => 503;
    for (const xRequest of ['1', '2', '3']) await first.push({ target: 'Tickets', request: pushed({ xRequest }) });
    await until(() => server.mails.length > 0, 'the mail');
    expect(mails(server)[0]).toEqual({
      subject: expect.stringMatching(/^HelpSpot pushes: Tickets is down since \d\d:\d\d$/),
      lines: [
        expect.stringMatching(
          /^Tickets is down since \d\d:\d\d: Tickets did not answer\. What is pushed to it waits\.$/,
        ),
      ],
    });
    await first.close();
    const second = await running();
    await wait(QUIET_MS);
    expect(server.mails).toHaveLength(1);
    target.fault = () => undefined;
    await until(() => server.mails.length > 1, 'the other mail');
    expect(mails(server)[1]?.subject).toBe('HelpSpot pushes: Tickets is back');
    expect(target.tickets).toHaveLength(3);
    await second.close();
  });

  it('because it wants no pushes any more is told at once, by what it said', async () => {
    const server = await startMailServer();
    const { target, running } = await alertBench({ Ops: mailTo(server) });
    const gateway = await running();
    target.fault = () => 410;
    await gateway.push({ target: 'Tickets', request: pushed() });
    await until(() => server.mails.length > 0, 'the mail');
    expect(mails(server)[0]?.subject).toMatch(/^HelpSpot pushes: Tickets is down since /);
  });

  it('and back within a moment is not told', async () => {
    const server = await startMailServer();
    const { target, running } = await alertBench({ Ops: mailTo(server) }, { everyMs: 3_000 });
    const gateway = await running();
    target.fault = () => 503;
    for (const xRequest of ['1', '2', '3']) await gateway.push({ target: 'Tickets', request: pushed({ xRequest }) });
    await until(() => target.asked.length > 5, 'an outage');
    await wait(1_200);
    target.fault = () => undefined;
    await until(() => target.tickets.length === 3, 'the end of it');
    await wait(5_000);
    expect(server.mails).toEqual([]);
  });

  it('is not told where that is not wanted', async () => {
    const server = await startMailServer();
    const { target, running } = await alertBench({ Ops: mailTo(server) }, { when: ['failed'] });
    const gateway = await running();
    target.fault = () => 503;
    for (const xRequest of ['1', '2', '3']) await gateway.push({ target: 'Tickets', request: pushed({ xRequest }) });
    await wait(QUIET_MS);
    expect(server.mails).toEqual([]);
  });
});
