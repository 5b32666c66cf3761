/** `helpspot-gateway serve`: answers HelpSpot over HTTP until it is told to stop. */

import { isDeepStrictEqual } from 'node:util';
import { adapters } from '../../adapters/index.ts';
import { loadConfiguration } from '../config/load.ts';
import { watchConfiguration } from '../config/watch.ts';
import { type Log, UserError } from '../contract/index.ts';
import { failureFields } from '../gateway/failure.ts';
import { createGateway, type Gateway } from '../gateway/gateway.ts';
import type { GatewayPlan } from '../gateway/plan.ts';
import { storeName } from '../gateway/push/plan.ts';
import { addressesOf, type PastedAddress } from '../http/addresses.ts';
import { listen, type RunningServer } from '../http/listen.ts';
import { figuresOf } from '../http/routes/metrics.ts';
import { openServingAudit } from '../store/audit.ts';
import { openServingLedger, servingIndex, spoolPlace } from '../store/store.ts';
import { thisGateway } from '../store/this-gateway.ts';
import type { Telemetry } from '../telemetry/open-telemetry.ts';
import { wantedSignals } from '../telemetry/wanted.ts';
import { openCommandLineSocket } from './command-line-socket.ts';
import { followCertificate } from './follow-certificate.ts';
import { createLog, type GatewayLog } from './log.ts';
import { type LogWishes, openLogOutput } from './log-output.ts';
import { sampleNotice } from './sample-notice.ts';
import { serviceManager } from './service-manager.ts';
import { outliveOutputs, type Terminal } from './terminal.ts';
import { packageVersion } from './version.ts';

/** A gateway that serves. */
export interface Serving {
  readonly url: string;
  /** Reads the configuration again, as on SIGHUP. */
  reload(): Promise<void>;
  /** Stops: calls in hand are answered, pushes under way may end, then sources are closed. */
  stop(): Promise<void>;
}

/**
 * Starts to serve.
 * @throws {UserError} when the configuration is wrong or the address cannot be used
 */
export async function startServing(file: string, terminal: Terminal, wishes: LogWishes = {}): Promise<Serving> {
  const watching = new AbortController();
  let missed = false;
  let reload = async () => {
    missed = true;
  };
  // Watched before it is read, so that no change falls between the two.
  watchConfiguration(file, () => void reload(), watching.signal);
  try {
    const plan = await loadConfiguration(file, adapters, terminal.environment);
    terminal.holdProgram?.();
    const output = await openLogOutput(plan.log, terminal.stderr, wishes);
    const log = createLog(plan.log.level, output, () => gateway.plan.secrets);
    const gateway = createGateway(plan, {
      log,
      openIndex: await servingIndex(plan.store, log),
      openAudit: openServingAudit,
      spool: spoolPlace(plan.store),
      openLedger: () => openServingLedger(plan.store, log, thisGateway(packageVersion(terminal.packageRoot))),
      readPlan: () => loadConfiguration(file, adapters, terminal.environment),
    });
    const telemetry = await telemetryOf(gateway, terminal);
    const server = await listenOrClose(gateway);
    const certificate = followCertificate(gateway, server);
    const manager = serviceManager(terminal.environment, log);
    const status = `answers on ${server.url}`;
    const socket = await openCommandLineSocket(gateway, terminal.packageRoot);
    const onForgotten = forgotten(log);
    for (const event of FORGOTTEN) process.on(event, onForgotten);
    gateway.pushes.start();
    gateway.audit.start();
    gateway.readAhead();
    let reloading = Promise.resolve();
    reload = () => {
      // Also where the new configuration is wrong: logrotate has renamed the file.
      output.use(gateway.plan.log);
      reloading = reloading.then(async () => {
        manager.reloading();
        try {
          await reloadOnce(gateway, log, terminal);
          certificate.follow();
          output.use(gateway.plan.log);
        } finally {
          manager.ready(status);
        }
      });
      return reloading;
    };
    if (missed) void reload();
    log.info({ url: server.url, file }, 'listening');
    terminal.stdout.write(welcome(server.url, plan, terminal));
    manager.ready(status);
    const stop = async () => {
      watching.abort();
      await reloading;
      const told = manager.stopping();
      certificate.stop();
      await Promise.all([server.close(), socket.close()]);
      await gateway.close();
      await told;
      await telemetry?.stop();
      for (const event of FORGOTTEN) process.off(event, onForgotten);
      log.info({}, 'stopped');
      await output.close();
    };
    return { url: server.url, reload: () => reload(), stop };
  } catch (error) {
    watching.abort();
    throw error;
  }
}

const FORGOTTEN = ['unhandledRejection', 'uncaughtException'] as const;

/**
 * A failure that nobody waits for belongs to one call, or to a library behind it: it is a bug, and told as one. Node.js
 * would end the process, and with it the calls of everybody else.
 */
function forgotten(log: Log): (error: unknown) => void {
  return (error) => log.error(failureFields(error), 'a failure was forgotten, by a bug in the gateway or an adapter');
}

/** Nothing of OpenTelemetry is loaded unless the environment names a collector. */
async function telemetryOf(gateway: Gateway, { environment, packageRoot }: Terminal): Promise<Telemetry | undefined> {
  const wanted = wantedSignals(environment);
  if (wanted === undefined) return undefined;
  const { log, events } = gateway;
  if (wanted.wrongEndpoint !== undefined) {
    const remedy = 'write one such as http://127.0.0.1:4318';
    log.error({ variable: wanted.wrongEndpoint, remedy }, 'the collector has no address of HTTP; it is not told');
    return undefined;
  }
  try {
    const { startTelemetry } = await import('../telemetry/open-telemetry.ts');
    const version = packageVersion(packageRoot);
    return await startTelemetry(wanted, { events, log, version, figures: () => figuresOf(gateway) });
  } catch (error) {
    const remedy =
      'its libraries are built into the gateway; install it anew, or run npm ci and npm run build in its folder';
    log.error({ ...failureFields(error), remedy }, 'OpenTelemetry cannot be used; no collector is told');
    return undefined;
  }
}

async function reloadOnce(gateway: Gateway, log: GatewayLog, terminal: Terminal): Promise<void> {
  const old = gateway.plan;
  const next = await readAgain(old.file, terminal, log);
  if (next === undefined) return;
  warnOfFixedSettings(old, next, log);
  log.level = next.log.level;
  await gateway.reload(next);
  log.info({ file: next.file }, 'the configuration was read again');
}

async function listenOrClose(gateway: Gateway): Promise<RunningServer> {
  try {
    return await listen(gateway);
  } catch (error) {
    await gateway.close();
    throw error;
  }
}

/** The new configuration; undefined, with the reason in the log, when it cannot be used: the old one goes on serving. */
async function readAgain(file: string, terminal: Terminal, log: Log): Promise<GatewayPlan | undefined> {
  try {
    const plan = await loadConfiguration(file, adapters, terminal.environment);
    // It may have other adapters.
    terminal.holdProgram?.();
    return plan;
  } catch (error) {
    const fields = error instanceof UserError ? { problem: error.message } : failureFields(error);
    log.error({ file, ...fields }, 'the new configuration is wrong; the old one goes on serving');
    return undefined;
  }
}

function warnOfFixedSettings(old: GatewayPlan, next: GatewayPlan, log: Log): void {
  if (storeName(old.store) !== storeName(next.store)) {
    log.warn({ store: storeName(next.store) }, 'another store takes effect at the next start');
  }
  if ((old.server.tls === undefined) !== (next.server.tls === undefined)) {
    log.warn({}, 'to begin or to end with server.tls takes effect at the next start');
  }
  if (!isDeepStrictEqual(old.server.socket, next.server.socket)) {
    log.warn({ file: next.server.socket?.file }, 'another server.socket takes effect at the next start');
  }
  if (old.server.host === next.server.host && old.server.port === next.server.port) return;
  log.warn({ host: next.server.host, port: next.server.port }, 'a new host or port takes effect at the next start');
}

/** What the administrator pastes into HelpSpot. The key is named, not printed. */
function welcome(listening: string, plan: GatewayPlan, terminal: Terminal): string {
  const url = plan.server.publicAddress ?? listening;
  const all = addressesOf(url, plan);
  const lines = Object.entries(HEADINGS).map(([kind, heading]) =>
    addressLines(
      heading,
      all.filter((one) => one.kind === kind),
    ),
  );
  const pages = plan.console === undefined ? '' : `Console for administrators:\n  ${url}/console/\n\n`;
  const end = `${tryIt(url, plan)}${sampleNotice(plan, terminal)}`;
  return `HelpSpot gateway is listening on ${listening}\n\n${lines.join('')}${pages}${end}`;
}

const HEADINGS: Readonly<Record<PastedAddress['kind'], string>> = {
  lookups: 'Paste into HelpSpot (Admin > Settings > Live Lookup, method HTTP GET or HTTP POST)',
  ajax: 'AJAX selection fields (custom fields of that type)',
  push: 'Request Push (helpspot-gateway push-file NAME prints the file for custom_code/)',
  webhooks: 'Webhooks',
  events: 'Events of other systems (signed, so without a key)',
};

/** A heading and the addresses below it; nothing when there are none. */
function addressLines(heading: string, all: readonly PastedAddress[]): string {
  if (all.length === 0) return '';
  const width = all.reduce((widest, { name }) => Math.max(widest, Math.min(name.length, 40)), 12);
  const lines = all.map(({ name, address }) => `  ${name.padEnd(width)} ${address}\n`);
  return `${heading}:\n${lines.join('')}\n`;
}

/** A call that changes nothing; a push would. */
function tryIt(url: string, { lookups, ajax, access }: GatewayPlan): string {
  const base = access.keys.length === 0 ? url : `${url}/k/YOUR-KEY`;
  const [lookup] = lookups.keys();
  const [field] = ajax.keys();
  if (lookup !== undefined) {
    const path = lookup === 'default' ? '' : `/${lookup}`;
    return `Try it:\n  curl '${base}/livelookup${path}?last_name=mul'\n\n`;
  }
  return field === undefined ? '' : `Try it:\n  curl '${base}/ajax/${field}'\n\n`;
}

/** Serves until SIGTERM or SIGINT. @returns the exit status, 0 */
export async function serve(file: string, terminal: Terminal, wishes: LogWishes = {}): Promise<number> {
  outliveOutputs();
  // Listened for before anything is open, so that a stop during the start is in order too.
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  let serving: Serving | undefined;
  const onHangUp = () => void serving?.reload();
  process.on('SIGHUP', onHangUp);
  serving = await startServing(file, terminal, wishes);
  await stopped;
  await serving.stop();
  process.off('SIGHUP', onHangUp);
  return 0;
}
