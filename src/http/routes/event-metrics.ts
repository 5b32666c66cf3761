/** The figures of events of other systems. */
import type { Registry } from 'prom-client';
import type { Gateway } from '../../gateway/gateway.ts';
import type { GatewayEvent } from '../../gateway/telemetry.ts';

type Library = typeof import('prom-client');

/** What became of events. */
export function eventCounter({ Counter }: Library, registry: Registry) {
  const events = new Counter({
    name: 'helpspot_gateway_events_total',
    help: 'Events of other systems: stored, repeated, late (its record was closed), alone (not gathered), refused (wrong signature), unreadable, unstored.',
    labelNames: ['events', 'result'],
    registers: [registry],
  });
  return ({ stream, result }: Extract<GatewayEvent, { readonly kind: 'event' }>) => {
    events.inc({ events: stream, result });
  };
}

/** Records that wait for their end. */
export function eventGauge({ Gauge }: Library, registry: Registry, gateway: Gateway): void {
  const open = new Gauge({
    name: 'helpspot_gateway_event_records_open',
    help: 'Records of events that are not pushed yet.',
    labelNames: ['events'],
    registers: [registry],
    collect: async () => {
      const counts = await gateway.pushes.openRecords();
      open.reset();
      // What is not known is a gap in the picture.
      if (counts === undefined) return;
      for (const name of gateway.plan.events?.keys() ?? []) open.set({ events: name }, 0);
      for (const [name, count] of counts) open.set({ events: name }, count);
    },
  });
}
