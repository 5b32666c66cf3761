/** The plan of `push-gateway.ts`: nothing in it needs vitest. */
import type { EventsPlan } from '../../src/gateway/events/plan.ts';
import type { GatewayPlan } from '../../src/gateway/plan.ts';
import type { PostgresStorePlan, PushTargetPlan, RetryPlan } from '../../src/gateway/push/plan.ts';
import { type PushTalents, pushAdapter } from './push-adapter.ts';

/** The one argument of the process, as JSON. */
export interface PushProcessSettings {
  readonly store: string;
  /** In place of the file. */
  readonly postgres?: PostgresStorePlan;
  readonly targetUrl: string;
  readonly talents: PushTalents;
  readonly lookForMs?: number;
  readonly retry?: RetryPlan;
  /** What the system does not answer within that time has failed. */
  readonly timeoutMs?: number;
  /** With it, call events of Help Lightning are taken under the name `video`. */
  readonly eventSecret?: string;
}

export function gatewayPlan(settings: PushProcessSettings): GatewayPlan {
  const { store, postgres, targetUrl, talents, lookForMs = 0, timeoutMs, eventSecret } = settings;
  const { retry = { firstMs: 20, longestMs: 200, giveUpAfterMs: 600_000 } } = settings;
  const source = {
    name: 'tickets',
    adapter: pushAdapter(talents),
    title: 'Tickets',
    timeoutMs,
    concurrency: 8,
    breaker: { failures: 3, retryMs: 5_000, longestMs: 60_000 },
    settings: { url: targetUrl },
    directory: '/',
    written: 'tickets',
  };
  const target: PushTargetPlan = {
    ...{
      name: 'Tickets',
      source: 'tickets',
      title: eventSecret === undefined ? undefined : '{{call_id}} {{event_count}} {{is_complete}}',
    },
    ...{ body: '{{note}}', fields: {} },
    ...{
      mode: 'queued',
      attachments: 'links',
      link: false,
      duplicateWindowMs: 600_000,
      whenUnclear: 'hold',
      lookForMs,
    },
    retry,
  };
  return {
    file: '/gateway.yaml',
    server: { host: '127.0.0.1', port: 0, deadlineMs: 5_000, trustProxy: [] },
    access: { keys: [], networks: [], ratePerMinute: 0 },
    log: { level: 'silent', customerValues: false },
    commandLine: { customFields: [] },
    sources: new Map([['tickets', source]]),
    lookups: new Map(),
    ajax: new Map(),
    push: new Map([['Tickets', target]]),
    webhooks: new Map(),
    events: eventSecret === undefined ? undefined : new Map([['video', eventsOf(eventSecret)]]),
    store: { file: store, postgres, keepBodies: false, retentionMs: 86_400_000 },
    helpSpotUrl: undefined,
    secrets: [],
  };
}

function eventsOf(secret: string): EventsPlan {
  return {
    ...{ name: 'video', verify: 'help-lightning', secrets: [secret], id: undefined, type: undefined, time: undefined },
    ...{ gather: 'call_id', until: ['ended'], withinMs: 600_000, settleMs: 20, push: ['Tickets'] },
  };
}
