/** Figures of the index of sources, for `/metrics`. */
import type { Registry } from 'prom-client';
import type { Gateway } from '../../gateway/gateway.ts';
import { freshnessOf, type IndexState } from '../../gateway/sources/customer-index.ts';
import type { GatewayEvent } from '../../gateway/telemetry.ts';

type Library = typeof import('prom-client');

/** What happened with the index. @returns counts an event */
export function indexCounters({ Counter }: Library, registry: Registry) {
  const registers = [registry];
  const lookups = new Counter({
    name: 'helpspot_gateway_index_lookups_total',
    help: 'Questions to sources with an index: instead (answered from it, not asked), stale (the source failed, and it stood in), miss (it could not answer).',
    labelNames: ['source', 'hit'],
    registers,
  });
  const runs = new Counter({
    name: 'helpspot_gateway_index_runs_total',
    help: 'Runs that bring the index up to date: done, held (ended, but asks before it removes so many), failed.',
    labelNames: ['source', 'result'],
    registers,
  });
  return (event: Extract<GatewayEvent, { readonly kind: 'index' | 'index-run' }>) => {
    const { source } = event;
    if (event.kind === 'index') lookups.inc({ source, hit: event.hit });
    else runs.inc({ source, result: event.result });
  };
}

/** How the index stands. A source of which nothing is there yet is a gap in the picture. */
export function indexGauges({ Gauge }: Library, registry: Registry, gateway: Gateway): void {
  const gauge = (name: string, help: string, figure: (state: IndexState) => number | undefined) => {
    const about = { name: `helpspot_gateway_index_${name}`, help, labelNames: ['source'], registers: [registry] };
    const one = new Gauge({
      ...about,
      collect: async () => {
        const states = await gateway.indexes();
        one.reset();
        for (const [source, state] of states) {
          const value = figure(state);
          if (value !== undefined) one.set({ source }, value);
        }
      },
    });
  };
  gauge('records', 'Records of a source in the index.', ({ records }) => records);
  gauge('age_seconds', 'How long ago the last run began that has brought the index up to date.', (state) => {
    const at = freshnessOf(state)?.at;
    return at === undefined ? undefined : Math.max(0, (Date.now() - at) / 1000);
  });
  gauge('held', 'Records that the last full run would have removed, and asks before it does.', ({ held }) => held);
}
