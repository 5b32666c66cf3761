/** The Express application: what a call passes, in this order. */
import express, { type Express } from 'express';
import type { Gateway } from '../gateway/gateway.ts';
import { accessRules, knownNetworks, limitedCalls } from './access.ts';
import { arrival } from './arrival.ts';
import { refusals } from './failed-calls.ts';
import { httpLimits } from './limits.ts';
import { nothingHere } from './refusal.ts';
import { ajaxFields } from './routes/ajax.ts';
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
  app.use(alive());
  app.use(limitedCalls(rules));

  app.use(liveLookup(gateway));
  app.use(ajaxFields(gateway));
  app.use(requestPush(gateway));
  app.use(webhooks(gateway));
  app.use(readiness(gateway));
  app.use(metrics(gateway));

  app.use(nothingHere);
  app.use(refusals(gateway, lingerMs));
  return app;
}
