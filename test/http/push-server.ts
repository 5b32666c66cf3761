/** A gateway with push targets over HTTP, and the PHP file that HelpSpot pushes through. */
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { createGateway, type Gateway } from '../../src/gateway/gateway.ts';
import type { AccessPlan } from '../../src/gateway/plan.ts';
import { type PushFileOptions, pushFileName, writePushFile } from '../../src/helpspot/push-file.ts';
import { listen } from '../../src/http/listen.ts';
import { openLedger } from '../../src/store/ledger.ts';
import { benchPlan, newTarget, type PushSetup, pushTargetPlan } from '../gateway/push/harness.ts';
import { type RecordedLog, recordedLog } from '../support/log.ts';
import type { PushTarget } from '../support/push-target.ts';
import { temporaryFolder } from '../support/temp.ts';
import { KEYS, SECRET } from './harness.ts';

/** A gateway that listens. */
export interface PushServer {
  readonly url: string;
  readonly port: number;
  readonly gateway: Gateway;
  readonly target: PushTarget;
  readonly log: RecordedLog;
}

/**
 * Starts a gateway with the push targets `Tickets` (direct, or as `plan` says) and `Later` (queued), the webhooks
 * `escalations` (Tickets) and `both`, and the keys of `harness.ts`. It ends with the test.
 */
export async function startPushing(
  setup: PushSetup & { readonly access?: Partial<AccessPlan> } = {},
): Promise<PushServer> {
  const target = setup.target ?? (await newTarget());
  const store = join(await temporaryFolder(), 'gateway.db');
  // A busy machine must not turn an answer into "it is under way".
  const base = benchPlan({ deadlineMs: 15_000, ...setup }, target, store);
  const access = { ...base.access, keys: KEYS, ...setup.access };
  const later = pushTargetPlan({ ...setup.plan, name: 'Later', mode: 'queued' });
  const log = recordedLog();
  const gateway = createGateway(
    {
      ...base,
      access,
      secrets: access.keys.map(({ secret }) => secret),
      push: new Map([...base.push, ['Later', later]]),
      webhooks: new Map([...base.webhooks, ['both', { name: 'both', push: ['Tickets', 'Later'] }]]),
    },
    { log, openLedger: setup.openLedger ?? (() => openLedger(store)) },
  );
  gateway.pushes.start();
  const server = await listen(gateway);
  onTestFinished(async () => {
    await server.close();
    await gateway.close();
  });
  return { url: server.url, port: server.address.port, gateway, target, log };
}

/** An HTTP server of the test's own, in place of the gateway. Its address. */
export async function startOther(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP server');
  return `http://127.0.0.1:${address.port}`;
}

/** The template of the PHP file, as it is in the package. */
export function pushTemplate(): Promise<string> {
  return readFile(resolve(import.meta.dirname, '../../samples/push/RequestPush-NAME.php'), 'utf8');
}

/** Writes the PHP file for a gateway into a folder of the test; its path. `edit` is what an administrator changes in it. */
export async function phpFile(
  options: Partial<PushFileOptions> & Pick<PushFileOptions, 'gateway'>,
  edit: (php: string) => string = (php) => php,
): Promise<string> {
  const all = { name: 'Tickets', key: SECRET, connectSeconds: 5, totalSeconds: 25, ...options };
  const file = join(await temporaryFolder(), pushFileName(all.name));
  await writeFile(file, edit(writePushFile(await pushTemplate(), all)));
  return file;
}
