/**
 * `GET /metrics`: figures for Prometheus. They name lookups and push targets, so they are told to this machine and to
 * those who show a key (Prometheus: `authorization`, or `basic_auth` with the key as the password).
 */
import type { IRouter, RequestHandler } from 'express';
import type { Registry } from 'prom-client';
import type { Gateway } from '../../gateway/gateway.ts';
import type { GatewayEvent } from '../../gateway/telemetry.ts';
import { callOf } from '../call.ts';
import { Refusal, takesOnly } from '../refusal.ts';
import { send } from '../send.ts';
import { counters } from './counters.ts';
import { gauges } from './gauges.ts';
import { seesProblems } from './health.ts';

/** The figures of a gateway. */
export function metrics(router: IRouter, gateway: Gateway): void {
  const collected = figuresOf(gateway);
  const tell: RequestHandler = async (req, res) => {
    if (!seesProblems(req, callOf(req))) {
      throw new Refusal(401, 'The figures want a key: as /k/KEY/metrics, ?key=KEY, or a Bearer token', {
        'WWW-Authenticate': 'Basic realm="helpspot-gateway"',
      });
    }
    const registry = await collected;
    send(res, { status: 200, contentType: registry.contentType, body: await registry.metrics() });
  };

  router.get('/metrics', tell);
  router.all('/metrics', takesOnly('GET'));
}

const registries = new WeakMap<Gateway, Promise<Registry>>();

/** The figures of a gateway, counted since they were first asked for: one list, whoever is told of it. */
export function figuresOf(gateway: Gateway): Promise<Registry> {
  const known = registries.get(gateway);
  if (known !== undefined) return known;
  const collected = collect(gateway);
  // Who asks is told; until then nobody waits for it.
  collected.catch(() => undefined);
  registries.set(gateway, collected);
  return collected;
}

/** Events that come before the library is loaded are kept for it. */
async function collect(gateway: Gateway): Promise<Registry> {
  const early: GatewayEvent[] = [];
  const stop = gateway.events.listen((event) => void early.push(event));
  const library = await import('prom-client');
  stop();
  const registry = new library.Registry();
  const count = counters(library, registry);
  for (const event of early) count(event);
  gateway.events.listen(count);
  gauges(library, registry, gateway);
  return registry;
}
