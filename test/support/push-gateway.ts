/** A process that is a gateway with one push target: for tests that kill it. Started by `push-process.ts`. */
import { createGateway } from '../../src/gateway/gateway.ts';
import { listen } from '../../src/http/listen.ts';
import { openServingLedger, spoolPlace } from '../../src/store/store.ts';
import { gatewayPlan, type PushProcessSettings } from './plan-of-process.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

const settings: PushProcessSettings = JSON.parse(process.argv[2] ?? '{}');
const plan = gatewayPlan(settings);
const gateway = createGateway(plan, {
  log: silent,
  openLedger: () => openServingLedger(plan.store, silent),
  spool: spoolPlace(plan.store),
});
const server = await listen(gateway);
gateway.pushes.start();
process.stdout.write(`${server.url}\n`);
