/** The Express application: what a call passes, in this order. */
import express, { type Express } from 'express';
import type { Gateway } from '../gateway/gateway.ts';
import { Statistics } from '../gateway/statistics.ts';
import { accessRules, knownNetworks, limitedCalls } from './access.ts';
import { apiRoutes } from './api/routes.ts';
import { arrival } from './arrival.ts';
import { consolePages } from './console/console.ts';
import { Sessions } from './console/sessions.ts';
import { refusals } from './failed-calls.ts';
import { httpLimits } from './limits.ts';
import { nothingHere } from './refusal.ts';
import { ajaxFields } from './routes/ajax.ts';
import { signedEvents } from './routes/events.ts';
import { alive, readiness } from './routes/health.ts';
import { liveLookup } from './routes/livelookup.ts';
import { metrics } from './routes/metrics.ts';
import { requestPush } from './routes/push.ts';
import { webhooks } from './routes/webhooks.ts';

/**
 * Makes the application of a gateway. It does not listen; `listen.ts` does. Throws `UserError` for an `access:` that cannot work.
 * @param lingerMs how long the rest of a call that is refused is read
 */
export function createApp(gateway: Gateway, lingerMs: number = httpLimits.lingerMs): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);

  const rules = accessRules(gateway);
  app.use(arrival(app, gateway, rules));
  app.use(knownNetworks(rules));
  // Whoever watches the process needs no key, and is not counted.
  alive(app);
  app.use(limitedCalls(rules));

  // On one router: each router more takes some µs of every call.
  liveLookup(app, gateway);
  ajaxFields(app, gateway);
  requestPush(app, gateway);
  webhooks(app, gateway);
  signedEvents(app, gateway);
  readiness(app, gateway);
  metrics(app, gateway);
  // Counted while somebody may look.
  const isWanted = () =>
    gateway.plan.console !== undefined || gateway.plan.access.keys.some(({ role }) => role !== undefined);
  const parts = { sessions: new Sessions(), statistics: new Statistics(gateway.events, isWanted) };
  apiRoutes(app, gateway, parts);
  consolePages(app, gateway, parts);

  app.use(nothingHere);
  app.use(refusals(gateway, lingerMs));
  return app;
}
