/** HelpSpot in PHP, a gateway, and any system that can be pushed to: for the tests of adapters. */

import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Adapter } from '../../src/contract/index.ts';
import { createGateway } from '../../src/gateway/gateway.ts';
import type { PushTargetPlan } from '../../src/gateway/push/plan.ts';
import { listen } from '../../src/http/listen.ts';
import { openLedger } from '../../src/store/ledger.ts';
import { pushTargetPlan } from '../gateway/push/harness.ts';
import { MANUAL_REQUEST } from '../helpspot/pushed-examples.ts';
import { recordedLog } from '../support/log.ts';
import { memorySystem } from '../support/memory-adapter.ts';
import { type PushResult, runPushJob } from '../support/php-push.ts';
import { gatewayPlan, memorySource } from '../support/plans.ts';
import { temporaryFolder } from '../support/temp.ts';
import { phpFile } from './push-server.ts';

/** What staff do in HelpSpot. */
export interface PhpGateway {
  /** Pushes a request; that of the manual unless told. */
  push(request?: object): Promise<PushResult>;
  details(id: string): Promise<PushResult>;
}

/**
 * Starts a gateway with one direct push target, and prints its PHP file. Everything ends with the test.
 *
 * ```ts
 * const php = await requirePhpCurl();
 * it.skipIf(!php.ok)('goes the whole way', async () => {
 *   const helpSpot = await startPhpGateway(php, adapter, { url: system.url, … }, { fields: { project: 'Support' } });
 *   const { returned, error } = await helpSpot.push();
 * ```
 *
 * @param php of `requirePhpCurl()`
 * @param settings as they stand in the configuration
 */
export async function startPhpGateway(
  php: { readonly ok: boolean; readonly path?: string },
  adapter: Adapter,
  settings: object,
  plan: Partial<PushTargetPlan> = {},
): Promise<PhpGateway> {
  const { path: command } = php;
  if (command === undefined) throw new Error('PHP is not here');
  const name = 'Target';
  const source = memorySource('target', memorySystem(), {
    adapter,
    title: adapter.title,
    settings: adapter.settings.parse(settings),
  });
  const target = pushTargetPlan({ name, source: 'target', ...plan });
  const more = { push: new Map([[name, target]]), helpSpotUrl: 'https://help.example.com' };
  const store = join(await temporaryFolder(), 'gateway.db');
  const parts = { log: recordedLog(), openLedger: () => openLedger(store) };
  const gateway = createGateway({ ...gatewayPlan([source]), ...more }, parts);
  gateway.pushes.start();
  const server = await listen(gateway);
  onTestFinished(async () => {
    await server.close();
    await gateway.close();
  });
  const file = await phpFile({ gateway: server.url, name, key: '' });
  return {
    push: (request = MANUAL_REQUEST) => runPushJob(command, { file, name, push: request }),
    details: (id) => runPushJob(command, { file, name, details: id }),
  };
}
