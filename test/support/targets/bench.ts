/** HelpSpot in PHP, and a gateway that was configured as an administrator does it, for one system to push to. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { adapters } from '../../../adapters/index.ts';
import { loadConfiguration } from '../../../src/config/load.ts';
import { createGateway, type Gateway } from '../../../src/gateway/gateway.ts';
import type { GatewayPlan } from '../../../src/gateway/plan.ts';
import type { Ledger } from '../../../src/gateway/push/ledger.ts';
import type { PushFilter, PushRow } from '../../../src/gateway/push/push-row.ts';
import { listen } from '../../../src/http/listen.ts';
import { openLedger } from '../../../src/store/ledger.ts';
import { phpFile } from '../../http/push-server.ts';
import { type RecordedLog, recordedLog } from '../log.ts';
import { type PushJob, type PushResult, runPushJobs } from '../php-push.ts';
import { temporaryFolder } from '../temp.ts';
import { NASTY_REQUEST } from './request.ts';

/** A key of the gateway, as an administrator makes one. */
const KEY = '4f1c9a7be2d85306a1b7c9d0e3f24586';

/** A push target with a source of its own. */
export interface BenchTarget {
  readonly source: Readonly<Record<string, unknown>>;
  /** Beside `source`. */
  readonly push: Readonly<Record<string, unknown>>;
}

/** A gateway that runs until the test ends. */
export interface Bench {
  readonly log: RecordedLog;
  /** Every secret of its configuration. */
  readonly secrets: readonly string[];
  /** What staff call the system of a push target. */
  title(target: string): string;
  /** What staff do in HelpSpot, one after the other, in one PHP process. */
  run(...steps: readonly Step[]): Promise<readonly PushResult[]>;
  /** One of them. */
  do(step: Step): Promise<PushResult>;
  /** The ledger's rows of a push target, the newest first. */
  rows(target: string): Promise<readonly PushRow[]>;
}

/** `request` is that of the manual, made nasty, unless told. */
export type Step = { readonly target: string } & (
  | { readonly request?: object; readonly id?: undefined }
  | { readonly id: string }
);

/** A gateway without HelpSpot. It sends what is queued when its `pushes` are started. */
export interface BenchGateway {
  readonly gateway: Gateway;
  readonly plan: GatewayPlan;
  readonly log: RecordedLog;
  /** The ledger's rows of a push target, the newest first: a hundred unless told, in all states unless told. */
  rows(target: string, filter?: Partial<PushFilter>): Promise<readonly PushRow[]>;
}

/** Makes it. The configuration goes the whole way: a YAML file, its checks, the adapters' settings. */
export async function openBenchGateway(targets: Readonly<Record<string, BenchTarget>>): Promise<BenchGateway> {
  const folder = await temporaryFolder();
  const file = join(folder, 'gateway.yaml');
  // JSON is YAML.
  await writeFile(file, JSON.stringify(configuration(targets)));
  const plan = await loadConfiguration(file, adapters, {});
  const log = recordedLog();
  let ledger: Ledger | undefined;
  const gateway = createGateway(plan, {
    log,
    async openLedger() {
      ledger = await openLedger(plan.store.file);
      return ledger;
    },
  });
  onTestFinished(() => gateway.close());
  return {
    gateway,
    plan,
    log,
    rows: async (target, filter) => (await ledger?.list({ target, limit: 100, ...filter })) ?? [],
  };
}

/** Starts it, and HelpSpot. */
export async function startBench(php: string, targets: Readonly<Record<string, BenchTarget>>): Promise<Bench> {
  const { gateway, plan, log, rows } = await openBenchGateway(targets);
  const server = await listen(gateway);
  onTestFinished(() => server.close());
  gateway.pushes.start();
  const files = new Map<string, string>();
  for (const name of Object.keys(targets)) files.set(name, await phpFile({ gateway: server.url, name, key: KEY }));

  const jobOf = (step: Step): PushJob => {
    const common = { file: files.get(step.target) ?? '', name: step.target };
    return step.id === undefined ? { ...common, push: step.request ?? NASTY_REQUEST } : { ...common, details: step.id };
  };
  const run = (...steps: readonly Step[]) => runPushJobs(php, steps.map(jobOf));
  return {
    log,
    secrets: plan.secrets,
    title: (target) => plan.sources.get(target.toLowerCase())?.title ?? '',
    run,
    async do(step) {
      const [result] = await run(step);
      if (result === undefined) throw new Error('PHP gave no result');
      return result;
    },
    rows,
  };
}

function configuration(targets: Readonly<Record<string, BenchTarget>>): object {
  const entries = Object.entries(targets);
  const retry = { first: '100ms', longest: '1s' };
  return {
    // A busy machine must not turn an answer into "it is under way".
    server: { port: 0, deadline: '20s' },
    access: { keys: [{ name: 'helpspot', secret: KEY }] },
    helpspot: { url: 'https://help.example.com' },
    store: { file: 'gateway.db' },
    sources: Object.fromEntries(entries.map(([name, { source }]) => [name.toLowerCase(), source])),
    push: Object.fromEntries(entries.map(([name, { push }]) => [name, { source: name.toLowerCase(), retry, ...push }])),
  };
}
