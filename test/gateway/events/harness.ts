/** A gateway that takes events over HTTP and pushes to a ticket system, and the call events of Help Lightning. */
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { EventsPlan } from '../../../src/gateway/events/plan.ts';
import { createGateway, type Gateway } from '../../../src/gateway/gateway.ts';
import type { GatewayPlan } from '../../../src/gateway/plan.ts';
import type { Ledger } from '../../../src/gateway/push/ledger.ts';
import { listen } from '../../../src/http/listen.ts';
import { openLedger } from '../../../src/store/ledger.ts';
import { type RecordedLog, recordedLog } from '../../support/log.ts';
import type { PushTarget } from '../../support/push-target.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { benchPlan, newTarget, type PushSetup } from '../push/harness.ts';

export const SECRET = 'a-secret-that-nobody-guesses';

/** As `config/` makes it. */
export function eventsPlan(more: Partial<EventsPlan> = {}): EventsPlan {
  return {
    ...{ name: 'video', verify: 'help-lightning', secrets: [SECRET], id: undefined, type: undefined, time: undefined },
    ...{ gather: 'call_id', until: ['ended'], withinMs: 60_000, settleMs: 0, push: ['Tickets'] },
    ...more,
  };
}

export interface EventBench {
  readonly gateway: Gateway;
  readonly url: string;
  readonly port: number;
  readonly target: PushTarget;
  readonly log: RecordedLog;
  readonly store: string;
  readonly plan: GatewayPlan;
  /** Sends an event as its system does; the status, and what the answer says became of it. */
  send(event: unknown, headers?: Record<string, string>): Promise<{ status: number; said: string }>;
}

export interface EventSetup extends PushSetup {
  readonly events?: Partial<EventsPlan>;
  readonly more?: Partial<GatewayPlan>;
}

export async function eventBench({ events, more, ...setup }: EventSetup = {}): Promise<EventBench> {
  const target = setup.target ?? (await newTarget());
  const store = setup.store ?? join(await temporaryFolder(), 'gateway.db');
  const base = benchPlan({ ...setup, plan: { body: undefined, ...setup.plan } }, target, store);
  const stream = eventsPlan(events);
  const plan = { ...base, secrets: stream.secrets, events: new Map([[stream.name, stream]]), ...more };
  const log = recordedLog();
  const open: () => Promise<Ledger> = setup.openLedger ?? (() => openLedger(store));
  const gateway = createGateway(plan, { log, openLedger: open });
  if (setup.started !== false) gateway.pushes.start();
  const server = await listen(gateway);
  onTestFinished(async () => {
    await server.close();
    await gateway.close();
  });
  const send = async (event: unknown, headers: Record<string, string> = {}) => {
    const body = typeof event === 'string' ? event : JSON.stringify(event);
    const all = { 'Content-Type': 'application/json', ...signed(body), ...headers };
    const answer = await fetch(`${server.url}/events/${stream.name}`, { method: 'POST', body, headers: all });
    const text = await answer.text();
    const json: { event?: string; error?: string } = JSON.parse(text);
    return { status: answer.status, said: json.event ?? json.error ?? text };
  };
  return { gateway, url: server.url, port: server.address.port, target, log, store, plan, send };
}

/** As Help Lightning signs. */
export function signed(body: string | Uint8Array, secret = SECRET): Record<string, string> {
  return { 'X-HelpLightning-Signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` };
}

/** 2026-11-21T09:30:00Z, in seconds as Help Lightning has it. */
export const STARTED = Date.UTC(2026, 10, 21, 9, 30) / 1000;

/** The events of a call, as the release note of 14.2 has their payloads. */
export function callEvents(call: string) {
  const event = (category: string, seconds: number, more: object = {}) => {
    const data = { session_id: `session of ${call}`, call_id: call, ...more };
    return { type: 'call', category, version: 1, data, timestamp: STARTED + seconds };
  };
  const person = (id: string, name: string, email: string) => ({
    participant: { id, name, email, avatar: `https://example.com/${id}.png`, enterprise_id: 7, anonymous: false },
  });
  const jane = person('11', 'Jane Smith', 'jane@example.com');
  const bob = person('12', 'Bob Jones', 'bob@example.org');
  return [
    event('started', 0),
    event('participant_joined', 1, jane),
    event('participant_joined', 20, bob),
    event('attachment_created', 300, { attachment: { id: '91', name: 'valve.png', type: 'image' } }),
    event('participant_left', 700, bob),
    event('ended', 705),
  ] as const;
}

/** What becomes of such a call. */
export function callBody(call: string): string {
  return [
    `call_id: ${call}`,
    `session_id: session of ${call}`,
    'started_at: 2026-11-21T09:30:00Z',
    'ended_at: 2026-11-21T09:41:45Z',
    'duration: 705',
    'duration_hm: 0:12',
    'participants: Jane Smith, Bob Jones',
    'participant_emails: jane@example.com, bob@example.org',
    'attachments: valve.png',
  ].join('\n');
}
