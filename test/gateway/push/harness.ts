/** A gateway with one push target, over a real ledger and a real ticket system. */
import { join } from 'node:path';
import Database from 'libsql';
import { onTestFinished } from 'vitest';
import { createGateway, type Gateway } from '../../../src/gateway/gateway.ts';
import type { GatewayPlan } from '../../../src/gateway/plan.ts';
import type { Ledger } from '../../../src/gateway/push/ledger.ts';
import type { PushTargetPlan } from '../../../src/gateway/push/plan.ts';
import type { SpoolPlace } from '../../../src/gateway/push/spool.ts';
import type { PushedRequest } from '../../../src/helpspot/pushed-request.ts';
import { openLedger } from '../../../src/store/ledger.ts';
import { begins } from '../../store/support.ts';
import { type RecordedLog, recordedLog } from '../../support/log.ts';
import { memorySystem } from '../../support/memory-adapter.ts';
import { gatewayPlan, memorySource } from '../../support/plans.ts';
import { type PushTalents, pushAdapter } from '../../support/push-adapter.ts';
import { type PushTarget, startPushTarget } from '../../support/push-target.ts';
import { temporaryFolder } from '../../support/temp.ts';

export interface PushSetup {
  readonly talents?: PushTalents;
  readonly plan?: Partial<PushTargetPlan>;
  readonly deadlineMs?: number;
  readonly keepBodies?: boolean;
  readonly secrets?: readonly string[];
  /** Instead of a new one. */
  readonly target?: PushTarget;
  readonly store?: string;
  readonly started?: boolean;
  readonly openLedger?: () => Promise<Ledger>;
  readonly spool?: SpoolPlace | undefined;
}

export interface PushBench {
  readonly gateway: Gateway;
  readonly target: PushTarget;
  readonly store: string;
  readonly log: RecordedLog;
  readonly plan: GatewayPlan;
  /** Pushes; the id, or the words of the failure. */
  push(fields?: Record<string, string>): Promise<string>;
  details(id: string): Promise<unknown>;
  close(): Promise<void>;
}

export function pushTargetPlan(more: Partial<PushTargetPlan> = {}): PushTargetPlan {
  return {
    name: 'Tickets',
    source: 'tickets',
    mode: 'direct',
    title: undefined,
    body: '{{note}}',
    fields: {},
    attachments: 'links',
    link: false,
    duplicateWindowMs: 60_000,
    whenUnclear: 'hold',
    lookForMs: 0,
    retry: { firstMs: 20, longestMs: 100, giveUpAfterMs: 60_000 },
    ...more,
  };
}

/** A request of HelpSpot. */
export function pushed(fields: Record<string, string> = {}): PushedRequest {
  const note = {
    ...{ id: '236', person: '0', at: new Date(0), isPublic: true, isInitial: true, isHtml: false },
    ...{ text: 'The printer burns', log: '', files: [] },
  };
  const all: Record<string, string> = { xRequest: '12400', sTitle: 'Printer', ...fields };
  return { fields: Object.assign(Object.create(null), all), notes: [note] };
}

export async function pushBench(setup: PushSetup = {}): Promise<PushBench> {
  const target = setup.target ?? (await newTarget());
  const store = setup.store ?? join(await temporaryFolder(), 'var', 'gateway.db');
  const plan = benchPlan(setup, target, store);
  const log = recordedLog();
  const { spool } = setup;
  const gateway = createGateway(plan, { log, openLedger: setup.openLedger ?? (() => openLedger(store)), spool });
  if (setup.started !== false) gateway.pushes.start();
  onTestFinished(() => gateway.close());
  return {
    ...{ gateway, target, store, log, plan },
    async push(fields) {
      const outcome = await gateway.push({ target: 'Tickets', request: pushed(fields) });
      return outcome.id ?? outcome.failure.message;
    },
    details: async (id) => {
      const outcome = await gateway.pushDetails({ target: 'Tickets', id });
      return outcome.view ?? outcome.failure;
    },
    close: () => gateway.close(),
  };
}

export async function newTarget(): Promise<PushTarget> {
  const target = await startPushTarget();
  onTestFinished(() => target.close());
  return target;
}

export function benchPlan(setup: PushSetup, target: PushTarget, store: string): GatewayPlan {
  const source = memorySource('tickets', memorySystem(), {
    adapter: pushAdapter(setup.talents),
    title: 'Tickets',
    settings: { url: target.url },
  });
  const base = gatewayPlan([source]);
  return {
    ...base,
    secrets: setup.secrets ?? base.secrets,
    server: { ...base.server, deadlineMs: setup.deadlineMs ?? 5_000 },
    push: new Map([['Tickets', pushTargetPlan(setup.plan)]]),
    webhooks: new Map([['escalations', { name: 'escalations', push: ['Tickets'] }]]),
    store: { file: store, keepBodies: setup.keepBodies ?? false, retentionMs: 90 * 86_400_000 },
    helpSpotUrl: 'https://help.example.com',
  };
}

/** Waits until something is so. */
export async function until(isSo: () => boolean | Promise<boolean>, what = 'it'): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error(`${what} did not come about`);
    await new Promise((next) => setTimeout(next, 10));
  }
}

/** Another program locks the store for writing, until the end of the test at the latest. @returns what ends it */
export async function lockStore(store: string): Promise<() => void> {
  const other = new Database(store);
  // The gateway may be writing, in this very thread: nobody can wait for that in one go.
  await until(() => begins(other), 'the lock');
  let isOpen = true;
  const end = () => {
    if (isOpen) other.close();
    isOpen = false;
  };
  onTestFinished(end);
  return end;
}
