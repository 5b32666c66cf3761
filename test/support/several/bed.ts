/**
 * Three gateways as processes behind nginx, on a real PostgreSQL on a small disk, each reaching it through a proxy of its
 * own: what the chaos of `bench/several.ts` and of its short form in the suite happens to.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cutter, startCutter } from '../directory/cutter.ts';
import { type MountedDisk, mountDisk } from '../disk.ts';
import { requireCommand } from '../packages.ts';
import { type PostgresServer, requirePostgres, startPostgres } from '../sql/postgres.ts';
import { lastingPort } from '../sql/restart.ts';
import { requireNginx, startBalancer } from './balancer.ts';
import { ServedGateway } from './gateway.ts';
import { type RecordingTarget, startIdempotentHook, startSearchedTracker } from './targets.ts';

/** After so long without a word a gateway has ended as far as others know. */
export const LEASE_MS = 2_000;
const GATEWAYS = 3;
const KEY = 'a-key-for-several-gateways';
const DISK_KILOBYTES = 400_000;

/** All of it, running. */
export interface SeveralGateways {
  /** Of the balancer, with the key. */
  readonly url: string;
  readonly gateways: readonly ServedGateway[];
  /** In front of the database, one for each gateway. */
  readonly cutters: readonly Cutter[];
  readonly server: PostgresServer;
  /** The database's. */
  readonly disk: MountedDisk;
  readonly targets: readonly RecordingTarget[];
  /** Where configurations and logs are. */
  readonly folder: string;
  /** How many pushes the store has in each state. */
  states(): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

/** Why it cannot be tried here; empty where it can. What is missing is installed on Debian as root. */
export async function whyNotSeveral(): Promise<string> {
  const why = 'clocks are set apart with it';
  for (const available of [
    await requirePostgres(),
    await requireNginx(),
    await requireCommand('faketime', ['faketime'], why),
  ]) {
    if (!available.ok) return ` (skipped: ${available.reason})`;
  }
  return '';
}

/** What sets the clock of a process, and leaves alone the one that measures how long things take. @param by `+7m` */
export function clockOff(by: string): Readonly<Record<string, string>> {
  // The loader knows the folder of its machine by this name (ld.so(8)); where it is not there, the test of the clocks says so.
  const library = '/usr/$LIB/faketime/libfaketimeMT.so.1';
  return { LD_PRELOAD: library, FAKETIME: by, FAKETIME_DONT_FAKE_MONOTONIC: '1', DONT_FAKE_MONOTONIC: '1' };
}

/** What differs from run to run. */
export interface SeveralOptions {
  /** Of each gateway, beside the usual one. */
  readonly environment: readonly Readonly<Record<string, string>>[];
  /** So long a push is looked for that may have arrived: longer than any gateway stands still. */
  readonly lookFor: string;
}

/** Starts all of it. */
export async function startSeveral(options: SeveralOptions): Promise<SeveralGateways> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-several-'));
  const disk = mountDisk(DISK_KILOBYTES, '0755');
  const closing: (() => unknown)[] = [() => disk.unmount(), () => rm(folder, { recursive: true, force: true })];
  const close = async () => {
    for (const end of closing.splice(0).toReversed()) await end();
  };
  try {
    return { ...(await started(folder, disk, options, closing)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function started(
  folder: string,
  disk: MountedDisk,
  { environment, lookFor }: SeveralOptions,
  closing: (() => unknown)[],
): Promise<Omit<SeveralGateways, 'close'>> {
  const settings = { log_statement: 'none', max_connections: '60' };
  const server = await startPostgres({ parent: disk.folder, settings });
  closing.push(() => server.stop());
  await server.sql('CREATE SCHEMA helpspot_gateway AUTHORIZATION helpspot_ro');
  const targets = [await startIdempotentHook(), await startSearchedTracker(lookFor)];
  closing.push(() => Promise.all(targets.map((target) => target.close())));
  const cutters: Cutter[] = [];
  const gateways: ServedGateway[] = [];
  for (let number = 0; number < GATEWAYS; number += 1) {
    const cutter = await startCutter({ host: '127.0.0.1', port: server.port });
    closing.push(() => cutter.stop());
    const own = join(folder, `gateway-${number + 1}`);
    await mkdir(own);
    const [configuration, logFile] = [join(own, 'gateway.yaml'), join(own, 'log')];
    const port = await lastingPort('127.0.0.1');
    await writeFile(configuration, JSON.stringify(configurationOf(port, cutter.port, server, targets)));
    const gateway = new ServedGateway({ configuration, port, logFile, environment: environment[number] ?? {} });
    cutters.push(cutter);
    gateways.push(gateway);
  }
  closing.push(() => Promise.all(gateways.map((gateway) => gateway.end('SIGKILL'))));
  await Promise.all(gateways.map((gateway) => gateway.start()));
  const nginx = await requireNginx();
  if (!nginx.ok) throw new Error(nginx.reason);
  const ports = gateways.map(({ plan }) => plan.port);
  const balancer = await startBalancer(nginx.path, join(folder, 'nginx'), ports);
  closing.push(() => balancer.stop());
  const states = async () => {
    const lines = await server.sql('SELECT state, count(*) FROM helpspot_gateway.pushes GROUP BY state');
    return Object.fromEntries(lines.map((line) => line.split('|')).map(([state, count]) => [state, Number(count)]));
  };
  return { url: `${balancer.url}/k/${KEY}`, gateways, cutters, server, disk, targets, folder, states };
}

function configurationOf(
  port: number,
  serverPort: number,
  server: PostgresServer,
  targets: readonly RecordingTarget[],
) {
  const account = `${server.settings['user']}:${encodeURIComponent(String(server.settings['password']))}`;
  const retry = { first: '200ms', longest: '2s', giveUpAfter: '1h' };
  const title = 'Request {{xRequest}}';
  const usual = { mode: 'queued', title, duplicateWindow: '10m', retry };
  return {
    server: { host: '127.0.0.1', port, deadline: '5s', trustProxy: ['127.0.0.1'] },
    access: { ratePerMinute: 0, keys: [{ name: 'helpspot', secret: KEY }] },
    log: { level: 'info' },
    sources: Object.fromEntries(targets.map(({ name, source }) => [name.toLowerCase(), source])),
    push: Object.fromEntries(
      targets.map(({ name, push }) => [name, { source: name.toLowerCase(), ...usual, ...push }]),
    ),
    store: {
      url: `postgres://${account}@127.0.0.1:${serverPort}/crm`,
      ...{ schema: 'helpspot_gateway', lease: `${LEASE_MS / 1000}s` },
    },
  };
}
